"""H9 and the business window, as pure rules."""

from datetime import UTC, datetime, timedelta

import pytest

from candor.accounts.limits import (
    PAUSE_REASONS,
    BusinessRights,
    Signal,
    may_answer_business_chat,
    pause_for,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPEN = BusinessRights(is_enabled=True, can_reply=True)


@pytest.mark.parametrize("signal", PAUSE_REASONS)
def test_that_every_signal_stops_the_account_and_says_what_to_do(signal: Signal) -> None:
    for language in ("ru", "en"):
        pause = pause_for(signal, language=language)  # type: ignore[arg-type]
        assert pause.words
        assert pause.mend


@pytest.mark.parametrize(
    ("rights", "age", "may"),
    [
        (OPEN, timedelta(), True),
        (OPEN, timedelta(hours=23, minutes=59), True),
        (OPEN, timedelta(hours=24), False),
        (OPEN, timedelta(seconds=-1), False),
        (BusinessRights(is_enabled=True, can_reply=False), timedelta(), False),
        (BusinessRights(is_enabled=False, can_reply=True), timedelta(), False),
    ],
)
def test_that_a_business_chat_is_answered_within_its_day(
    rights: BusinessRights, age: timedelta, may: bool
) -> None:
    assert may_answer_business_chat(rights, last_in_at=NOW - age, now=NOW) is may


def test_that_nobody_is_written_to_first() -> None:
    assert not may_answer_business_chat(OPEN, last_in_at=None, now=NOW)
