"""Times that follow from facts: "you're out by eight" from a start at 7:15 and 45 minutes, "an hour and a half"
from "5-6:30pm", "two hours a week" from two lessons of an hour."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Final

from candor.disclosure.figures import Figure
from candor.disclosure.proof import Proof, Source

HALF_DAY: Final = 720
"""Minutes. Whether an hour is one of the morning is often left open, so clocks are compared by twelve hours."""
_LONGEST: Final = 720
_MOST_TIMES: Final = 60


_COMPARES: Final = re.compile(
    r"(?<!\w)(?:дольше|длиннее|короче|больше|меньше|longer|shorter|more|less|extra)(?!\w)"
)


_JOINS: Final = re.compile(
    r"(?<!\w)(?:вместе|подряд|вдвоем|оба|обе|сразу|together|both|in a row|back to back)(?!\w)"
)


def timed(found: Sequence[Figure], seen: str, proof: Proof) -> frozenset[int]:
    """Places in `found` of the clock times and durations that follow from facts in one step."""
    kept = {
        place
        for place, figure in enumerate(found)
        if figure.unit in ("clock", "minutes") and _follows(figure, place, found, proof)
    }
    joined = set(_apart(proof)) if _COMPARES.search(seen) else set()
    joined |= set(_together(proof)) if _JOINS.search(seen) else set()
    kept |= {at for at, one in enumerate(found) if (one.unit, one.value) in joined}
    return frozenset(kept)


def _apart(proof: Proof) -> Iterator[tuple[str, float]]:
    """ "Half an hour longer": what two given durations differ by."""
    yield from (("minutes", abs(one - other)) for one, other in combinations(_lasting(proof), 2))


def _together(proof: Proof) -> Iterator[tuple[str, float]]:
    """ "Both take an hour and ten minutes": what two given durations come to."""
    yield from (("minutes", one + other) for one, other in combinations(_lasting(proof), 2))


def _lasting(proof: Proof) -> frozenset[float]:
    return frozenset(f.value for s in proof.sources for f in s.figures if f.unit == "minutes")


def _follows(figure: Figure, place: int, found: Sequence[Figure], proof: Proof) -> bool:
    others = [one for at, one in enumerate(found) if at != place]
    if figure.unit == "clock":
        return _ends(figure.value, others, proof)
    return any(abs(figure.value - one) < 1 for one in _durations(others, proof))


def _ends(clock: float, others: Sequence[Figure], proof: Proof) -> bool:
    """A start that a source or the sentence names, and how long a source says that it lasts."""
    lasting = _lasting(proof)
    starts = {clock for source in proof.sources for clock in _clocks(source.figures)}
    starts.update(_clocks(others))
    return any(
        (start + length - clock) % HALF_DAY == 0
        for start in starts
        for length in lasting
        if length < _LONGEST
    )


def _clocks(figures: Sequence[Figure]) -> Iterator[float]:
    for figure in figures:
        if figure.unit == "clock":
            yield figure.value
        elif not figure.unit and figure.value <= 24:
            yield figure.value * 60


def _durations(others: Sequence[Figure], proof: Proof) -> Iterator[float]:
    """From the hours of a source, and given ones as often as the sentence or a source counts them."""
    counts = [one.value for one in others if one.unit not in ("clock", "minutes")]
    lasting = [one.value for one in others if one.unit == "minutes"]
    yield from (each * count for each in lasting for count in counts if count <= _MOST_TIMES)
    for source in proof.sources:
        yield from _between(source)
        counted = [one.value for one in source.figures if one.unit not in ("clock", "minutes")]
        for figure in source.figures:
            if figure.unit == "minutes":
                yield from (
                    figure.value * count for count in (*counts, *counted) if count <= _MOST_TIMES
                )


def _between(source: Source) -> Iterator[float]:
    clocks = list(_clocks(source.figures))
    yield from ((other - one) % HALF_DAY for one, other in pairwise(clocks))
