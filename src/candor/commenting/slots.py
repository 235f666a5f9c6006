"""When a comment goes out: quiet hours, caps, distance, hours that did well. Pure, no dice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from candor.commenting.channel import Hours

STEP: Final = timedelta(minutes=5)
MIN_GAP: Final = timedelta(minutes=20)
"""Between two comments of the business in one channel, or of one account anywhere."""
HORIZON: Final = timedelta(hours=18)
WAITING_COST: Final = 0.15
"""What an hour of waiting costs against the best hour's worth of 1: fresh beats perfect."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What stands in the calendar already, as far as it matters for one comment."""

    channel_slots: Sequence[datetime]
    account_slots: Sequence[datetime]
    channel_cap: int
    account_cap: int
    best_hours: Mapping[int, float] = field(default_factory=dict)
    """Mean engagement by the channel's local hour."""


def choose_slot(
    *, now: datetime, not_after: datetime, hours: Hours, calendar: Calendar
) -> datetime | None:
    """The best free slot, `now` itself included; None when none is left before `not_after`."""
    last = min(not_after, now + HORIZON)
    free = [at for at in _candidates(now, last) if _is_free(at, hours, calendar)]
    return max(
        free, key=lambda at: (_worth(at, now, hours, calendar), -at.timestamp()), default=None
    )


def is_quiet(at: datetime, hours: Hours) -> bool:
    """Whether the channel's readers sleep. Equal ends mean: no quiet hours."""
    local, start, end = at.astimezone(hours.zone).time(), hours.quiet_from, hours.quiet_until
    if start == end:
        return False
    return start <= local < end if start < end else local >= start or local < end


def local_day(at: datetime, hours: Hours) -> tuple[datetime, datetime]:
    """The channel's calendar day around `at`, as aware times."""
    zone = hours.zone
    day = at.astimezone(zone).date()
    return (
        datetime.combine(day, time(), zone),
        datetime.combine(day + timedelta(days=1), time(), zone),
    )


def _candidates(now: datetime, last: datetime) -> Iterator[datetime]:
    yield now
    past = timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)
    at = now - past + STEP
    while at < last:
        yield at
        at += STEP


def _is_free(at: datetime, hours: Hours, calendar: Calendar) -> bool:
    if is_quiet(at, hours):
        return False
    day = at.astimezone(hours.zone).date()
    in_channel = _on_day(calendar.channel_slots, day, hours)
    in_account = _on_day(calendar.account_slots, day, hours)
    if in_channel >= calendar.channel_cap or in_account >= calendar.account_cap:
        return False
    gap = _gap(hours, calendar.channel_cap)
    return all(abs(at - other) >= gap for other in calendar.channel_slots) and all(
        abs(at - other) >= MIN_GAP for other in calendar.account_slots
    )


def _on_day(slots: Sequence[datetime], day: date, hours: Hours) -> int:
    return sum(slot.astimezone(hours.zone).date() == day for slot in slots)


def _gap(hours: Hours, cap: int) -> timedelta:
    """Spread: with a cap of 3 and 13 waking hours two comments stand over 2 hours apart."""
    awake = timedelta(days=1) - _quiet_span(hours)
    return max(MIN_GAP, awake / (2 * max(cap, 1)))


def _quiet_span(hours: Hours) -> timedelta:
    start = timedelta(hours=hours.quiet_from.hour, minutes=hours.quiet_from.minute)
    end = timedelta(hours=hours.quiet_until.hour, minutes=hours.quiet_until.minute)
    return (end - start) % timedelta(days=1)


def _worth(at: datetime, now: datetime, hours: Hours, calendar: Calendar) -> float:
    best = max(calendar.best_hours.values(), default=0.0)
    local_hour = at.astimezone(hours.zone).hour
    value = calendar.best_hours.get(local_hour, 0.0) / best if best > 0 else 0.0
    return value - WAITING_COST * ((at - now) / timedelta(hours=1))
