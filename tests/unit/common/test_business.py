"""When people answer, and what of the stored settings can be trusted."""

from datetime import UTC, datetime, time

import pytest

from candor.common.business import BusinessSettings, WorkingHours, stored_business

DAY = WorkingHours(time(9), time(18), (1, 2, 3, 4, 5))
NIGHT = WorkingHours(time(22), time(6), (5,))


@pytest.mark.parametrize(
    ("hours", "at", "is_open"),
    [
        (DAY, datetime(2026, 3, 2, 6, 0, tzinfo=UTC), True),  # Monday, 9:00 in Moscow
        (DAY, datetime(2026, 3, 2, 5, 59, tzinfo=UTC), False),
        (DAY, datetime(2026, 3, 2, 15, 0, tzinfo=UTC), False),  # 18:00
        (DAY, datetime(2026, 3, 1, 10, 0, tzinfo=UTC), False),  # Sunday
        (NIGHT, datetime(2026, 3, 6, 20, 0, tzinfo=UTC), True),  # Friday, 23:00
        (NIGHT, datetime(2026, 3, 7, 2, 0, tzinfo=UTC), True),  # Saturday, 5:00: Friday's night
        (NIGHT, datetime(2026, 3, 7, 20, 0, tzinfo=UTC), False),  # Saturday, 23:00
    ],
)
def test_that_hours_are_of_the_businesss_clock(
    hours: WorkingHours, at: datetime, is_open: bool
) -> None:
    assert hours.is_open(at, timezone="Europe/Moscow") is is_open


def test_that_what_was_stored_comes_back() -> None:
    own = BusinessSettings(name="Beacon", language="en", timezone="UTC", hours=DAY)
    assert stored_business(own.as_data()) == own


@pytest.mark.parametrize(
    "value", [None, [], {"hours": 3}, {"name": "x" * 99}, {"hours": {"days": 5}}]
)
def test_that_what_makes_no_sense_counts_as_not_set(value: object) -> None:
    assert stored_business(value) == BusinessSettings()
