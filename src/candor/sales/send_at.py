"""When an education step is sent: `now`, `10:00`, `+2h`, `+1d`, `+1d 10:00`, `day 3 18:30`."""

import re
from dataclasses import dataclass
from datetime import time, timedelta

_CLOCK = r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)"
_AFTER = re.compile(rf"^\+\s*(?P<count>\d{{1,3}})\s*(?P<unit>[mhdмчд])\w*(?:\s+{_CLOCK})?$")
_DAY = re.compile(rf"^(?:day|день)\s+(?P<day>\d{{1,3}})(?:\s+{_CLOCK})?$")
_AT = re.compile(rf"^{_CLOCK}$")
_UNITS = {"m": "minutes", "м": "minutes", "h": "hours", "ч": "hours", "d": "days", "д": "days"}


@dataclass(frozen=True, slots=True)
class SendAt:
    """`after` the step became current and, if given, at the next `at` o'clock of the client's
    time zone from then on. `day`, counted from the day the group opened, which is day 1."""

    after: timedelta = timedelta()
    at: time | None = None
    day: int | None = None


def parse_send_at(text: str) -> SendAt | None:
    """The meaning of a `send_at`, or None when it has none."""
    plain = " ".join(text.lower().split())
    if plain in ("now", "сразу"):
        return SendAt()
    if match := _AT.match(plain):
        return SendAt(at=_time(match))
    if match := _AFTER.match(plain):
        after = timedelta(**{_UNITS[match["unit"]]: int(match["count"])})
        return SendAt(after=after, at=_time(match))
    if (match := _DAY.match(plain)) and int(match["day"]) >= 1:
        return SendAt(day=int(match["day"]), at=_time(match))
    return None


def _time(match: re.Match[str]) -> time | None:
    return time(int(match["hour"]), int(match["minute"])) if match["hour"] else None
