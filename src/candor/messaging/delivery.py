"""Delivery: one lane per chat sends what the outbox holds, labelled, in order, within the limits."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Generic

from candor.common.clock import Clock
from candor.common.lanes import Lane
from candor.messaging.gateway import Gateways
from candor.messaging.outgoing import Purpose
from candor.messaging.pacing import DEFAULT_PACE, Pace
from candor.messaging.ports import AccountRestrictions, U
from candor.messaging.rules import PurposeRule


class DeliveryService(Generic[U]):
    """The handler of the lane `messaging.deliver`."""

    def __init__(
        self,
        units: Callable[[], AbstractAsyncContextManager[U]],
        clock: Clock,
        gateways: Gateways,
        restrictions: AccountRestrictions,
        *,
        business: str,
        rules: Mapping[Purpose, PurposeRule[U]] | None = None,
        pace: Pace = DEFAULT_PACE,
    ) -> None:
        """`rules`: those of the areas (`comment`, `group`); the other two are built in."""

    async def deliver(self, lane: Lane) -> datetime | None:
        """Send the chat's next text; returns when to look again."""
        raise NotImplementedError
