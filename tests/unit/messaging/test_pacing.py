"""Telegram's limits as times."""

from datetime import timedelta

from candor.accounts.limits import TelegramLimits
from candor.messaging.incoming import harmless
from candor.messaging.pacing import DEFAULT_PACE, pace_of, pause_before_retry


def test_that_the_default_pace_keeps_the_known_limits() -> None:
    assert DEFAULT_PACE.account_burst == 30
    assert DEFAULT_PACE.account_window >= timedelta(seconds=1)
    assert DEFAULT_PACE.gap(is_group=False) >= timedelta(seconds=1)
    assert DEFAULT_PACE.gap(is_group=True) >= timedelta(seconds=3)


def test_that_limits_are_configuration() -> None:
    pace = pace_of(
        TelegramLimits(
            per_account_per_second=10,
            per_chat_interval=timedelta(seconds=2),
            per_group_per_minute=6,
        ),
        margin=timedelta(),
    )

    assert pace.account_burst == 10
    assert pace.gap(is_group=False) == timedelta(seconds=2)
    assert pace.gap(is_group=True) == timedelta(seconds=10)


def test_that_pauses_grow_to_five_minutes() -> None:
    assert [pause_before_retry(n).total_seconds() for n in (0, 1, 2, 8, 99)] == [1, 2, 4, 256, 300]


def test_that_harmless_text_can_be_stored() -> None:
    assert harmless("a\x00b") == "ab"
    assert harmless("\ud83d") == "?"
    assert harmless("🦊 ёж") == "🦊 ёж"
