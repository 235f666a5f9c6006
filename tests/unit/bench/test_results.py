"""The form of a result: medians by name, also of nested figures."""

from candor.bench.results import percentile, result


def test_that_medians_are_taken_by_name_and_inside_nested_figures() -> None:
    runs = [{"a": 1, "b": {"c": 3.0}}, {"a": 2, "b": {"c": 1.0}}, {"a": 9, "b": {"c": 2.0}}]
    found = result("turns", runs)
    assert found["median"] == {"a": 2.0, "b": {"c": 2.0}}
    assert found["runs"] == runs
    assert {"name", "machine", "versions", "runs", "median"} <= set(found)


def test_that_what_is_no_number_stays_as_it_is() -> None:
    assert result("fit", [{"encoder": "use"}, {"encoder": "use"}])["median"] == {"encoder": "use"}


def test_that_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([1.0], 0.99) == 1.0
    assert percentile([], 0.5) == 0.0
