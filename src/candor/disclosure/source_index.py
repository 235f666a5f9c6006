"""Which sources hold a word's stem: asked for every word of every draft, so it is made ready once.

A script's facts and lines are the same for all clients; only the lines that name the client are new.
An index therefore has parts: the common one is kept, the other is small.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class StemIndex:
    """Two stems are the same when they are equal, or one of `shortest` letters or more begins the other."""

    size: int
    shortest: int
    whole: Mapping[str, frozenset[int]]
    begun: Mapping[str, frozenset[int]]
    """By each beginning of a stem, the stem itself among them."""

    def holders(self, stem: str) -> frozenset[int]:
        """The places of the sources that hold the stem."""
        found = self.begun.get(stem, _NONE)
        for end in range(self.shortest, len(stem)):
            if places := self.whole.get(stem[:end]):
                found |= places
        return found


_NONE: Final = frozenset[int]()


def index_of(sources: Sequence[Iterable[str]], *, shortest: int = 1) -> StemIndex:
    """Of the stems of each source."""
    whole: dict[str, set[int]] = {}
    begun: dict[str, set[int]] = {}
    for place, stems in enumerate(sources):
        for stem in stems:
            whole.setdefault(stem, set()).add(place)
            for end in {*range(shortest, len(stem)), len(stem)}:
                begun.setdefault(stem[:end], set()).add(place)
    return StemIndex(len(sources), shortest, _frozen(whole), _frozen(begun))


def holders(stem: str, parts: Sequence[StemIndex]) -> list[int]:
    """The places of the sources that hold the stem, counted through all parts."""
    if len(parts) == 1:
        return list(parts[0].holders(stem))
    found: list[int] = []
    before = 0
    for part in parts:
        found += [before + place for place in part.holders(stem)]
        before += part.size
    return found


def most_held(stems: Iterable[str], parts: Sequence[StemIndex]) -> int:
    """How many of the stems the source holds that holds most."""
    asked = tuple(stems)
    best = 0
    for part in parts:
        held = Counter(place for stem in asked for place in part.holders(stem))
        best = max(best, *held.values(), 0)
    return best


def _frozen(found: Mapping[str, set[int]]) -> dict[str, frozenset[int]]:
    return {stem: frozenset(places) for stem, places in found.items()}
