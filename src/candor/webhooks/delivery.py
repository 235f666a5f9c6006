"""Delivery: one lane per endpoint sends its events one after the other, oldest first.

An event that does not come through is tried again with growing pauses and holds back the ones after
it, so a receiver that was down for a day gets everything in order. After days the endpoint is paused
and the owner told; what happens meanwhile is kept and goes out when it is switched on again.
"""

import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog
from pydantic import SecretStr

from candor.accounts.ports import Place
from candor.common.clock import Clock
from candor.common.lanes import Lane
from candor.webhooks.endpoint import Attempt, Delivery, Endpoint, EndpointId, WebhookRepository
from candor.webhooks.signing import signed_headers

log = structlog.get_logger(__name__)

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=1)
JITTER: Final = 0.2
"""Share of a pause that is drawn by lot, so that endpoints on one server don't knock together."""
PAUSED_AFTER: Final = timedelta(days=5)
GONE: Final = 410


@dataclass(frozen=True, slots=True)
class Posted:
    """What a receiver answered; `status` None: it could not be reached, `error` says why."""

    status: int | None
    error: str = ""
    milliseconds: int = 0

    @property
    def is_accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Poster(Protocol):
    """Posts to an address that a person typed in; never raises for what the receiver does."""

    async def post(self, url: str, *, body: bytes, headers: dict[str, str]) -> Posted: ...


class SecretOpener(Protocol):
    """`AccountSecurityService` fulfils it."""

    def open(self, sealed: bytes, *, place: Place) -> SecretStr: ...


class WebhookUnit(Protocol):
    @property
    def webhooks(self) -> WebhookRepository: ...


WebhookUnits = Callable[[], AbstractAsyncContextManager[WebhookUnit]]
Tell = Callable[[str, str], Awaitable[None]]
"""Tells the owner: kind and text."""


class WebhookDelivery:
    """The handler of the lane `webhooks.deliver`."""

    def __init__(
        self,
        *,
        units: WebhookUnits,
        clock: Clock,
        poster: Poster,
        secrets: SecretOpener,
        tell: Tell,
    ) -> None:
        self._units = units
        self._clock = clock
        self._poster = poster
        self._secrets = secrets
        self._tell = tell

    async def deliver(self, lane: Lane) -> datetime | None:
        """Send the endpoint's oldest event; answers when to look again, None when nothing waits."""
        endpoint_id = EndpointId(int(lane.key))
        now = self._clock.now()
        async with self._units() as unit:
            endpoint = await unit.webhooks.get(endpoint_id)
            delivery = await unit.webhooks.first_pending(endpoint_id)
            sealed = await unit.webhooks.sealed_secret(endpoint_id)
        if endpoint is None or endpoint.status != "active" or delivery is None or sealed is None:
            return None
        if delivery.next_at is not None and delivery.next_at > now:
            return delivery.next_at
        attempt = await self._attempt(endpoint, delivery, sealed)
        return await self._settle(endpoint, delivery, attempt)

    async def _attempt(self, endpoint: Endpoint, delivery: Delivery, sealed: bytes) -> Attempt:
        secret = self._secrets.open(sealed, place=secret_place(endpoint.id))
        body = delivery.body.encode()
        headers = signed_headers(
            secret, event_id=delivery.event_id, body=body, at=self._clock.now()
        )
        posted = await self._poster.post(endpoint.url, body=body, headers=headers)
        now = self._clock.now()
        is_dropped = posted.status == GONE
        is_over = posted.is_accepted or is_dropped
        return Attempt(
            at=now,
            is_delivered=posted.is_accepted,
            is_dropped=is_dropped,
            answer_status=posted.status,
            error="" if posted.is_accepted else (posted.error or f"answered {posted.status}")[:300],
            milliseconds=posted.milliseconds,
            next_at=None if is_over else now + pause_after(delivery.attempts),
        )

    async def _settle(
        self, endpoint: Endpoint, delivery: Delivery, attempt: Attempt
    ) -> datetime | None:
        since = endpoint.failing_since or attempt.at
        is_given_up = not attempt.is_delivered and (
            attempt.is_dropped or attempt.at - since >= PAUSED_AFTER
        )
        async with self._units() as unit:
            await unit.webhooks.settle(delivery, attempt)
            if is_given_up:
                await unit.webhooks.set_status(endpoint.id, "auto_paused", now=attempt.at)
        if not is_given_up:
            return attempt.next_at or attempt.at
        log.warning("webhook_paused", endpoint=endpoint.id, error=attempt.error)
        await self._tell("webhook_paused", _paused_words(endpoint, attempt))
        return None


def pause_after(attempts: int) -> timedelta:
    """Before the next try after so many failed ones: 5 s, doubled each time, an hour at most."""
    pause = min(FIRST_PAUSE * int(2 ** min(attempts, 16)), LONGEST_PAUSE)
    return pause * (1 + JITTER * random.random())  # noqa: S311 - spreads load, guards nothing


def secret_place(endpoint_id: EndpointId) -> Place:
    """Where an endpoint's signing secret lies; bound into its ciphertext."""
    return Place("webhook_endpoints", endpoint_id, "secret")


def _paused_words(endpoint: Endpoint, attempt: Attempt) -> str:
    if attempt.is_dropped:
        return f"{endpoint.title}: the receiver answered 410 Gone, so the webhook is paused."
    return (
        f"{endpoint.title}: nothing has come through for {PAUSED_AFTER.days} days "
        f"({attempt.error}), so the webhook is paused. Events are kept; switch it on again in Webhooks."
    )
