"""The periods: sane ones are kept, wrong ones named, and what is stored badly takes its default."""

import pytest

from candor.clients.retention import RetentionPeriods, check_periods, periods_of
from candor.common.errors import InvalidInputError


def test_that_stored_periods_win_over_the_defaults() -> None:
    found = periods_of({"messages": 90, "clients": None, "unknown": 5})

    assert found.messages == 90
    assert found.clients is None
    assert found.audit == RetentionPeriods().audit


@pytest.mark.parametrize(
    "stored", [None, [], "90", {"messages": "90"}, {"messages": True}, {"messages": 0}]
)
def test_that_nonsense_takes_the_defaults(stored: object) -> None:
    assert periods_of(stored) == RetentionPeriods()


def test_that_every_wrong_period_is_named() -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_periods(RetentionPeriods(messages=0, audit=99_999))

    assert [error.path for error in caught.value.errors] == ["messages", "audit"]
