"""The 80/20 boundary is strict."""

import math

from hypothesis import given
from hypothesis import strategies as some

from candor.sales.strategy import StrategySelectorService

select = StrategySelectorService().select


def test_that_exactly_seven_tenths_is_answered_freely() -> None:
    assert select(0.7) == "free_20"
    assert select(math.nextafter(0.7, 1)) == "script_80"
    assert select(math.nan) == "free_20"


@given(some.floats(0, 1))
def test_that_the_choice_follows_the_score_and_nothing_else(score: float) -> None:
    assert select(score) == ("script_80" if score > 0.7 else "free_20")
