"""What the owner sets about the business in the panel, over what the environment says.

The name, the language and the time zone are built into every room, so they hold from the next start
on; the hours in which people answer are read when they are needed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from candor.common.errors import FieldError, InvalidInputError

BUSINESS_SETTING: Final = "business"
"""Key of the override; its value is `BusinessSettings.as_data()`."""
MAX_NAME: Final = 40
Language = Literal["ru", "en"]
DAYS: Final = (1, 2, 3, 4, 5, 6, 7)
"""Monday is 1."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When people answer, by the clock of the business."""

    opens: time
    closes: time
    days: tuple[int, ...] = DAYS

    def is_open(self, at: datetime, *, timezone: str) -> bool:
        """`closes` before `opens` means past midnight."""
        local = at.astimezone(ZoneInfo(timezone))
        clock = local.time().replace(tzinfo=None)
        if self.opens <= self.closes:
            return local.isoweekday() in self.days and self.opens <= clock < self.closes
        if clock >= self.opens:
            return local.isoweekday() in self.days
        return clock < self.closes and (local.isoweekday() - 2) % 7 + 1 in self.days


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessSettings:
    """None: as the environment says; no hours: people may answer at any time."""

    name: str | None = None
    language: Language | None = None
    timezone: str | None = None
    hours: WorkingHours | None = None

    def as_data(self) -> dict[str, object]:
        data: dict[str, object] = {
            name: value
            for name, value in asdict(self).items()
            if value is not None and name != "hours"
        }
        if self.hours is not None:
            data["hours"] = {
                "opens": f"{self.hours.opens:%H:%M}",
                "closes": f"{self.hours.closes:%H:%M}",
                "days": list(self.hours.days),
            }
        return data


def business_settings(
    *,
    name: str = "",
    language: str = "",
    timezone: str = "",
    opens: str = "",
    closes: str = "",
    days: tuple[int, ...] = DAYS,
) -> BusinessSettings:
    """As typed by a person; raises InvalidInputError that names every wrong field."""
    wrong: list[FieldError] = []
    title = " ".join(name.split())
    if len(title) > MAX_NAME or not title.isprintable():
        wrong.append(FieldError("name", f"At most {MAX_NAME} letters."))
    if language not in ("", "ru", "en"):
        wrong.append(FieldError("language", "Languages are ru and en."))
    if timezone and not _is_zone(timezone):
        wrong.append(FieldError("timezone", "Write the time zone like Europe/Moscow."))
    hours = _hours(opens, closes, days, wrong)
    if wrong:
        raise InvalidInputError(errors=tuple(wrong))
    return BusinessSettings(
        name=title or None,
        language="ru" if language == "ru" else "en" if language == "en" else None,
        timezone=timezone or None,
        hours=hours,
    )


def stored_business(value: object) -> BusinessSettings:
    """What an override holds; what can't be read counts as not set."""
    given = value if isinstance(value, Mapping) else {}
    hours = given.get("hours")
    hours = hours if isinstance(hours, Mapping) else {}
    try:
        return business_settings(
            name=str(given.get("name") or ""),
            language=str(given.get("language") or ""),
            timezone=str(given.get("timezone") or ""),
            opens=str(hours.get("opens") or ""),
            closes=str(hours.get("closes") or ""),
            days=tuple(int(day) for day in hours.get("days") or DAYS),
        )
    except (InvalidInputError, TypeError, ValueError):
        return BusinessSettings()


def _hours(
    opens: str, closes: str, days: tuple[int, ...], wrong: list[FieldError]
) -> WorkingHours | None:
    if not opens and not closes:
        return None
    try:
        found = WorkingHours(_clock(opens), _clock(closes), tuple(sorted(set(days))))
    except ValueError:
        wrong.append(FieldError("hours", "Write both times like 09:00."))
        return None
    if found.opens == found.closes or not found.days or not set(found.days) <= set(DAYS):
        wrong.append(FieldError("hours", "Choose two different times and at least one day."))
    return found


def _clock(text: str) -> time:
    return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
