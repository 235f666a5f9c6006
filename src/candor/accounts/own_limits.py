"""Sending limits of the owner's own: slower than Telegram allows, never faster. Pure rules."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Final

from candor.accounts.limits import DEFAULT_LIMITS, TelegramLimits
from candor.common.errors import FieldError, InvalidInputError

SENDING_SETTING: Final = "sending_limits"
"""Key of the override; its value is `OwnLimits.as_data()`."""
LONGEST_GAP: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLimits:
    """None: as Telegram's."""

    account_per_second: int | None = None
    """Messages of one account over all chats."""
    chat_gap_seconds: int | None = None
    """Between two messages in one chat."""
    group_per_minute: int | None = None
    """Messages of one account in one group."""

    def as_data(self) -> dict[str, int]:
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Allowed:
    """From the slowest to the fastest that may be chosen, both included."""

    least: int
    most: int


ALLOWED: Final[Mapping[str, Allowed]] = {
    "account_per_second": Allowed(1, int(DEFAULT_LIMITS.per_account_per_second)),
    "chat_gap_seconds": Allowed(int(DEFAULT_LIMITS.per_chat_interval.total_seconds()), LONGEST_GAP),
    "group_per_minute": Allowed(1, DEFAULT_LIMITS.per_group_per_minute),
}


def own_limits(**wanted: int | None) -> OwnLimits:
    """Raises InvalidInputError that names every field beyond Telegram's limits."""
    wrong = [
        FieldError(name, f"Choose from {ALLOWED[name].least} to {ALLOWED[name].most}.")
        for name, value in wanted.items()
        if value is not None and not ALLOWED[name].least <= value <= ALLOWED[name].most
    ]
    if wrong:
        raise InvalidInputError(
            "Candor may be slower than Telegram's limits, never faster.", errors=tuple(wrong)
        )
    return OwnLimits(**wanted)


def stored_limits(value: object) -> OwnLimits:
    """What an override holds; what can't be read, or goes beyond Telegram's, counts as not set."""
    given = value if isinstance(value, Mapping) else {}
    try:
        return own_limits(
            **{name: int(given[name]) for name in ALLOWED if given.get(name) is not None}
        )
    except (InvalidInputError, TypeError, ValueError):
        return OwnLimits()


def slower_of(own: OwnLimits, limits: TelegramLimits = DEFAULT_LIMITS) -> TelegramLimits:
    """Telegram's limits, made stricter by the owner's."""
    gap = timedelta(seconds=own.chat_gap_seconds or 0)
    return replace(
        limits,
        per_account_per_second=min(
            limits.per_account_per_second, own.account_per_second or limits.per_account_per_second
        ),
        per_chat_interval=max(limits.per_chat_interval, gap),
        per_group_per_minute=min(
            limits.per_group_per_minute, own.group_per_minute or limits.per_group_per_minute
        ),
    )
