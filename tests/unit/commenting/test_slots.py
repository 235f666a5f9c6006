"""Slots: quiet hours, caps, distance, and hours that did well."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from candor.commenting.channel import Hours
from candor.commenting.slots import MIN_GAP, Calendar, choose_slot, is_quiet

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MOSCOW = Hours("Europe/Moscow", time(22), time(9))
EMPTY = Calendar((), (), channel_cap=3, account_cap=5)


def test_that_an_empty_calendar_gives_now() -> None:
    later = NOW + timedelta(days=1)
    assert choose_slot(now=NOW, not_after=later, hours=MOSCOW, calendar=EMPTY) == NOW


def test_that_the_night_waits_for_the_morning_of_the_readers() -> None:
    night = datetime(2026, 3, 2, 20, tzinfo=UTC)
    at = choose_slot(now=night, not_after=night + timedelta(days=1), hours=MOSCOW, calendar=EMPTY)
    assert at is not None
    assert at.astimezone(ZoneInfo("Europe/Moscow")).time() == time(9)


def test_that_nothing_is_found_when_the_time_runs_out_first() -> None:
    night = datetime(2026, 3, 2, 20, tzinfo=UTC)
    late = night + timedelta(hours=2)
    assert choose_slot(now=night, not_after=late, hours=MOSCOW, calendar=EMPTY) is None


def test_that_a_full_day_moves_to_the_next() -> None:
    full = Calendar((NOW,), (), channel_cap=1, account_cap=5)
    at = choose_slot(now=NOW, not_after=NOW + timedelta(hours=24), hours=MOSCOW, calendar=full)
    assert at is None or at.astimezone(ZoneInfo("Europe/Moscow")).day == 3


def test_that_an_hour_that_did_well_is_waited_for_a_little() -> None:
    good = Calendar((), (), channel_cap=3, account_cap=5, best_hours={12: 1.0, 14: 10.0})
    at = choose_slot(now=NOW, not_after=NOW + timedelta(hours=10), hours=MOSCOW, calendar=good)
    assert at is not None
    assert at.astimezone(ZoneInfo("Europe/Moscow")).hour == 14


def test_that_a_clock_change_has_no_lost_night() -> None:
    berlin = Hours("Europe/Berlin", time(22), time(8))
    night = datetime(2026, 3, 28, 23, tzinfo=UTC)
    at = choose_slot(now=night, not_after=night + timedelta(days=1), hours=berlin, calendar=EMPTY)
    assert at is not None
    assert at.astimezone(ZoneInfo("Europe/Berlin")).time() == time(8)


@settings(max_examples=60, deadline=None)
@given(
    minutes=st.lists(st.integers(0, 2880), max_size=8),
    cap=st.integers(0, 4),
    start=st.integers(0, 1440),
    quiet=st.tuples(st.times(), st.times()),
)
def test_that_a_slot_keeps_every_rule(
    minutes: list[int], cap: int, start: int, quiet: tuple[time, time]
) -> None:
    hours = Hours("Asia/Yekaterinburg", quiet[0].replace(second=0), quiet[1].replace(second=0))
    taken = [NOW + timedelta(minutes=at) for at in minutes]
    now = NOW + timedelta(minutes=start)
    calendar = Calendar(taken, taken[:2], channel_cap=cap, account_cap=5)
    at = choose_slot(now=now, not_after=now + timedelta(hours=12), hours=hours, calendar=calendar)
    if at is not None:
        assert now <= at < now + timedelta(hours=12)
        assert not is_quiet(at, hours)
        assert all(abs(at - other) >= MIN_GAP for other in taken)
        day = at.astimezone(hours.zone).date()
        assert sum(other.astimezone(hours.zone).date() == day for other in taken) < cap
