"""How each figure of a sentence stands to the sources: given, counted from given ones, or of nothing."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from candor.disclosure.counting import followed
from candor.disclosure.figures import Figure, figures
from candor.disclosure.proof import Proof, is_proven, proves
from candor.disclosure.timing import timed


class State(enum.StrEnum):
    GIVEN = "given"
    COUNTED = "counted"
    ELSEWHERE = "elsewhere"
    """A source gives it, but one that speaks more about the same thing gives another."""
    VALUE = "value"
    """The number stands in a source, with another unit."""
    BARE = "bare"


PROVEN: Final = (State.GIVEN, State.COUNTED)


@dataclass(frozen=True, slots=True)
class Standing:
    figure: Figure
    state: State

    @property
    def is_proven(self) -> bool:
        return self.state in PROVEN


def standings(seen: str, proof: Proof) -> tuple[Standing, ...]:
    """Of a visible sentence, in its order. Kept with the proof, since rules and weights both ask."""
    if (known := proof.stated.get(seen)) is None:
        known = proof.stated[seen] = tuple(_standings(figures(seen), seen, proof))
    return known


def _standings(found: Sequence[Figure], seen: str, proof: Proof) -> list[Standing]:
    if not found:
        return []
    counted = followed(found, seen, proof) | timed(found, seen, proof)
    return [
        Standing(figure, _state(figure, seen, proof, is_counted=place in counted))
        for place, figure in enumerate(found)
    ]


def _state(figure: Figure, seen: str, proof: Proof, *, is_counted: bool) -> State:
    if is_proven(figure, seen, proof):
        return State.GIVEN
    if is_counted:
        return State.COUNTED
    known = [one for source in proof.sources for one in source.figures]
    if any(proves(one, figure) for one in known):
        return State.ELSEWHERE
    is_value = any(one.value == figure.value for one in known)
    return State.VALUE if is_value else State.BARE
