"""Whose words wait in a study group, and who of them is in danger, bereaved, under age, ill or in debt.

Each person's words are read by themselves: nobody is answered, or handed to a person, for what
somebody else wrote (H7).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, get_args

from candor.disclosure.vulnerable import Cue, find_cue
from candor.education.ports import GroupMessage

_GRAVEST_FIRST: Final[tuple[Cue, ...]] = get_args(Cue)


@dataclass(frozen=True, slots=True)
class Noticed:
    """What somebody's own words tell of them."""

    cue: Cue
    said: tuple[GroupMessage, ...]


def noticed(waiting: Sequence[GroupMessage]) -> Noticed | None:
    """The gravest cue among those who wrote, each read alone."""
    found = [Noticed(cue, said) for said in by_person(waiting) if (cue := cue_in(said))]
    return min(found, key=lambda one: _GRAVEST_FIRST.index(one.cue), default=None)


def cue_in(said: Sequence[GroupMessage]) -> Cue | None:
    """What one person's messages tell of them, read together."""
    return find_cue("\n".join(m.text for m in said), year=said[-1].created_at.year)


def by_person(waiting: Sequence[GroupMessage]) -> tuple[tuple[GroupMessage, ...], ...]:
    """The messages of each person, in the order in which they first wrote."""
    senders = dict.fromkeys(message.sender_id for message in waiting)
    return tuple(tuple(m for m in waiting if m.sender_id == sender) for sender in senders)
