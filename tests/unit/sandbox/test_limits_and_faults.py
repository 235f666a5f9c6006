"""Sending limits on a clock that stands, and the plan of faults."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from candor.common.clock import FrozenClock
from candor.sandbox.botapi.faults import Fault, FaultKind, FaultPlan
from candor.sandbox.botapi.limits import LimitSettings, SendingLimits

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def limits(**more: object) -> tuple[FrozenClock, SendingLimits]:
    clock = FrozenClock(NOON)
    return clock, SendingLimits(clock, LimitSettings(**more))  # type: ignore[arg-type]


def wait(found: SendingLimits, chat: int = 1, *, is_group: bool = False, messages: int = 1) -> int:
    return found.seconds_to_wait(bot_id=9, chat_id=chat, is_group=is_group, messages=messages)


def test_that_a_short_burst_passes_and_then_one_a_second() -> None:
    clock, found = limits()
    assert [wait(found) for _ in range(4)] == [0, 0, 0, 1]
    clock.advance(timedelta(seconds=1))
    assert [wait(found) for _ in range(2)] == [0, 1]


def test_that_a_bot_sends_thirty_a_second_to_all_chats() -> None:
    clock, found = limits()
    assert sum(wait(found, chat) == 0 for chat in range(40)) == 30
    clock.advance(timedelta(seconds=1))
    assert sum(wait(found, chat) == 0 for chat in range(100, 140)) == 30


def test_that_an_album_counts_as_its_messages() -> None:
    _, found = limits()
    assert wait(found, is_group=True, messages=10) == 0
    assert wait(found, 2, is_group=True, messages=10) == 0
    assert wait(found, 3, messages=11) >= 1


@given(gaps=st.lists(st.floats(0, 5), min_size=1, max_size=120))
def test_that_no_group_gets_more_than_twenty_in_any_minute(gaps: list[float]) -> None:
    clock, found = limits()
    passed: list[datetime] = []
    for gap in gaps:
        now = clock.advance(timedelta(seconds=gap))
        if wait(found, is_group=True) == 0:
            passed.append(now)
    for start in passed:
        assert sum(start <= at < start + timedelta(seconds=60) for at in passed) <= 20


@given(gaps=st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_that_waiting_as_told_is_enough(gaps: list[float]) -> None:
    clock, found = limits()
    for gap in gaps:
        clock.advance(timedelta(seconds=gap))
        if seconds := wait(found, is_group=True):
            clock.advance(timedelta(seconds=seconds))
            assert wait(found, is_group=True) == 0


def test_that_faults_are_used_up_in_order() -> None:
    plan = FaultPlan()
    plan.add(Fault("sendmessage", FaultKind.ERROR_500, count=2))
    plan.add(Fault("*", FaultKind.ERROR_429, bot_id=7))
    assert plan.take("getme", 1) is None
    kinds = [fault.kind for _ in range(3) if (fault := plan.take("sendmessage", 7))]
    assert kinds == [FaultKind.ERROR_500, FaultKind.ERROR_500, FaultKind.ERROR_429]
    assert plan.take("sendmessage", 7) is None
