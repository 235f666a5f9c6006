"""To which item a figure or a day belongs: "the full service is £129" moves the price of the interim one.

A source often lists several items ("interim service £129, full service £189"). Each of its figures belongs to
the words of its own clause, and to those that stand beside no other figure of its kind. A sentence is held
against the item that its figure belongs to and against the items that have another figure of that kind.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Final

from candor.disclosure.figure_words import NUMBER_WORDS, UNITS
from candor.disclosure.figures import Figure, figures
from candor.disclosure.proof import MONEY, proves
from candor.disclosure.weekdays import weekdays
from candor.disclosure.word_meanings import beginning

_CLAUSE: Final = re.compile(
    r"[;:()!?–—]|[,.](?=\s|$)| (?:и|а|но|or|and|but|или|либо|плюс|plus|while|- )(?=\s)"
)
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_EMPTY: Final = frozenset(
    (
        "для", "при", "это", "как", "что", "вас", "нас", "вам", "нам", "или", "the", "and", "for", "with", "from", "our", "you", "your", "are", "will", "each", "per", "only", "стоит", "стоят", "costs", "cost", "price", "цена", "рублей", "будет",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Item:
    """A figure (or the days) of a text, and the beginnings of the words that it is about."""

    kind: str
    figure: Figure | None
    days: frozenset[int]
    about: frozenset[str]


def _kind(figure: Figure) -> str:
    return "money" if figure.unit in MONEY or figure.unit.startswith("per_") else figure.unit


@lru_cache(maxsize=4096)
def _items(seen: str) -> tuple[_Item, ...]:
    clauses = [part for part in _CLAUSE.split(seen) if part.strip()]
    held = [_stems(clause) for clause in clauses]
    given = [_valued(clause) for clause in clauses]
    found = []
    for place, valued in enumerate(given):
        for kind, figure, days in valued:
            others = [any(k == kind for k, _, _ in other) for other in given]
            about = [h for at, h in enumerate(held) if at == place or not others[at]]
            found.append(_Item(kind, figure, days, frozenset().union(*about)))
    return tuple(found)


def _valued(clause: str) -> list[tuple[str, Figure | None, frozenset[int]]]:
    days = weekdays(clause)
    found: list[tuple[str, Figure | None, frozenset[int]]] = [
        (_kind(figure), figure, frozenset()) for figure in figures(clause)
    ]
    return [*found, ("weekdays", None, frozenset(days))] if days else found


def _stems(clause: str) -> frozenset[str]:
    return frozenset(
        beginning(word)
        for word in _WORD.findall(clause)
        if word not in _EMPTY and word not in UNITS and word not in NUMBER_WORDS
    )


@lru_cache(maxsize=64)
def _known(parts: tuple[tuple[str, ...], ...]) -> tuple[tuple[_Item, ...], Mapping[str, int]]:
    """All items of the sources, and how many sources say each word."""
    texts = [text for part in parts for text in part]
    items = tuple(item for text in texts for item in _items(text))
    return items, Counter(stem for item in items for stem in item.about)


def attribution(
    seen: str, parts: tuple[tuple[str, ...], ...], *, has_figures: bool
) -> dict[str, float]:
    """How the items that the sentence's figures belong to fit it, beside items with other figures."""
    if not has_figures and not weekdays(seen):
        return {}
    items, often = _known(parts)
    found: dict[str, float] = {}
    for said in _items(seen):
        own, rivals = [], []
        for item in items:
            if _is_same(item, said):
                own.append(item)
            elif item.kind == said.kind:
                rivals.append(item)
        if own and rivals:
            for name, value in _against(said, own, rivals, often):
                full = f"{name} days" if said.kind == "weekdays" else name
                found[full] = max(found.get(full, 0.0), value)
    return found


def _is_same(item: _Item, said: _Item) -> bool:
    if said.figure is None or item.figure is None:
        return item.figure is said.figure and said.days <= item.days
    return proves(item.figure, said.figure)


def _against(
    said: _Item, own: Sequence[_Item], rivals: Sequence[_Item], often: Mapping[str, int]
) -> Iterator[tuple[str, float]]:
    def fit(item: _Item) -> float:
        return sum(1.0 / sqrt(often[stem]) for stem in item.about & said.about)

    best = max(own, key=fit)
    rival = max(rivals, key=fit)
    gap = fit(rival) - fit(best)
    only = best.about - rival.about
    theirs = (rival.about - best.about) & said.about
    yield "moved", min(2.0, max(0.0, gap))
    yield "in place", min(2.0, max(0.0, -gap))
    yield "moved words", min(3, len(theirs)) / 2
    yield "item unsaid", float(bool(only) and not only & said.about)
    yield "item said", len(only & said.about) / max(1, len(only))
    yield "moved wholly", float(bool(theirs) and not only & said.about)
