"""The benchmark's messages are new ones."""

from candor.bench.sayings import DIFFERENT, TURNS, said_by
from candor.bench.turns import CONCURRENCY


def test_that_nobody_writes_what_somebody_has_written_before() -> None:
    said = [said_by(person, turn) for person in range(DIFFERENT) for turn in range(TURNS)]
    assert len(set(said)) == len(said)
    assert sum(CONCURRENCY) < DIFFERENT
