"""A flag that Telegram puts on an account (H9), on its way from either edge to whoever stops it."""

from collections.abc import Awaitable, Callable

from candor.accounts.limits import PAUSE_REASONS, Signal
from candor.common.ids import AccountId
from candor.messaging.gateway import AccountRestrictedError

OnRestricted = Callable[[AccountId, Signal], Awaitable[object]]
"""Told at once; bootstrap hands in `AccountManagementService.stop_for`."""


def signal_of(error: AccountRestrictedError) -> Signal:
    """Which H9 signal an error stands for."""
    named = error.details.get("signal")
    return next((signal for signal in PAUSE_REASONS if signal == named), "flagged")
