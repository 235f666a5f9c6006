"""How far a list of clients is counted."""

import pytest

from candor.clients.record import counted_to


@pytest.mark.parametrize(
    ("last", "counted"),
    [(50, 1_000), (999, 1_000), (1_000, 2_000), (9_950, 10_000), (10_000, 10_000)],
)
def test_that_a_list_is_counted_beyond_its_page_and_never_past_ten_thousand(
    last: int, counted: int
) -> None:
    assert counted_to(last) == counted
