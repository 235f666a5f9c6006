"""How far the sources cover a sentence, word by word: by the same stem, or by a word that means the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from candor.disclosure.figure_words import NUMBER_WORDS, UNITS
from candor.disclosure.figures import Figure
from candor.disclosure.proof import Proof, Source, proves
from candor.disclosure.word_meanings import WordMeanings, beginning, word_meanings

WORDS: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[%?!$€£₽]|\d+(?:[.,:]\d+)*")
SAME: Final = 0.75
"""From this likeness on two words are taken for the same."""
AKIN: Final = 0.5
_NEAREST: Final = 8
"""Sources that a sentence is held against: about as many as a script has facts."""
_FIGURE_COUNTS: Final = 0.8
_FUNCTION: Final = frozenset(
    (
        "и", "а", "но", "в", "во", "на", "с", "со", "к", "ко", "по", "за", "из", "от", "до", "у", "о", "об", "для", "при", "же", "ли", "то", "это", "как", "что", "мы", "вы", "нас", "вас", "нам", "вам", "я",
        "the", "a", "an", "of", "to", "in", "on", "at", "for", "and", "or", "is", "are", "be", "it", "we", "you", "i", "our", "your", "with", "as", "that", "this", "by", "from", "will", "can",
    )
)  # fmt: skip

Numbers = npt.NDArray[np.float32]


def is_content(word: str) -> bool:
    return len(word) > 2 and word[0].isalpha() and word not in _FUNCTION


@dataclass(frozen=True, slots=True)
class Covered:
    """A sentence held against its sources."""

    words: tuple[str, ...]
    """Every word, number and mark of the sentence."""
    content: tuple[str, ...]
    by_any: Numbers
    """For each content word, how near the nearest word of any source lies, 0 to 1."""
    by_best: Numbers
    best: Source | None
    """The source that covers most."""
    strength: float
    left: tuple[str, ...]
    """Content words of the best source that the sentence doesn't say."""
    replaced: Numbers
    """For each content word that the best source lacks, its nearest word there."""
    said_by_best: frozenset[str]
    said_by_any: frozenset[str]

    def tag(self, word: str) -> str:
        """Whether the best source, any source, a kindred word or nothing covers the word."""
        if word in self.content:
            at = self.content.index(word)
            if self.by_best[at] >= SAME:
                return "b"
            return "a" if self.by_any[at] >= SAME else "p" if self.by_any[at] >= AKIN else "u"
        return "b" if word in self.said_by_best else "a" if word in self.said_by_any else "u"


@dataclass(frozen=True, slots=True)
class _Ready:
    """The sources' content words, one below the other."""

    words: tuple[tuple[str, ...], ...]
    cuts: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    """Their rows in the table of meanings."""
    holding: dict[str, frozenset[int]]
    """Which sources hold a beginning."""


def covered(seen: str, found: Sequence[Figure], proof: Proof) -> Covered:
    words = tuple(WORDS.findall(seen))
    content = tuple(
        dict.fromkeys(
            w for w in words if is_content(w) and w not in NUMBER_WORDS and w not in UNITS
        )
    )
    if not proof.sources:
        nothing = np.zeros(len(content), dtype=np.float32)
        empty = np.zeros(0, dtype=np.float32)
        return Covered(
            words, content, nothing, nothing, None, 0.0, (), empty, frozenset(), frozenset()
        )
    ready = _ready(tuple(source.seen for source in proof.sources))
    table = word_meanings()
    alike = table.rows[[table.place(word) for word in content]] @ table.rows[ready.places].T
    by_source = np.maximum.reduceat(alike, ready.cuts, axis=1) if content else alike[:, :1]
    for at, word in enumerate(content):
        by_source[at, list(_holders(word, ready))] = 1.0
    return _compared(words, content, alike, by_source, ready, found, proof)


def _compared(
    words: tuple[str, ...],
    content: tuple[str, ...],
    alike: Numbers,
    by_source: Numbers,
    ready: _Ready,
    found: Sequence[Figure],
    proof: Proof,
) -> Covered:
    figures_given = [
        sum(any(proves(known, one) for known in source.figures) for one in found)
        for source in proof.sources
    ]
    strength = np.asarray(figures_given, dtype=np.float32) * _FIGURE_COUNTS
    if content:
        strength = strength + np.clip((by_source - 0.45) / 0.4, 0, 1).sum(axis=0)
    nearest = np.argsort(-strength, kind="stable")[:_NEAREST]
    best = int(nearest[0])
    start = int(ready.cuts[best])
    block = alike[:, start : start + len(ready.words[best])].copy()
    stems = [beginning(word) for word in ready.words[best]]
    for at, word in enumerate(content):
        block[at, [n for n, stem in enumerate(stems) if _same(beginning(word), stem)]] = 1.0
    by_best = by_source[:, best] if content else np.zeros(0, dtype=np.float32)
    reached = block.max(axis=0, initial=0.0)
    missing = by_best < SAME
    sets = [_said(proof.sources[int(place)].seen) for place in nearest]
    return Covered(
        words,
        content,
        by_source[:, nearest].max(axis=1) if content else by_best,
        by_best,
        proof.sources[best],
        float(strength[best]),
        tuple(w for w, near in zip(ready.words[best], reached, strict=True) if near < SAME),
        block[missing].max(axis=1, initial=0.0),
        sets[0],
        frozenset().union(*sets),
    )


def _holders(word: str, ready: _Ready) -> frozenset[int]:
    stem = beginning(word)
    found = ready.holding.get(stem, frozenset())
    for end in range(4, len(stem)):
        found |= ready.holding.get(f"={stem[:end]}", frozenset())
    return found


def _same(one: str, other: str) -> bool:
    is_long = len(one) >= 4 and len(other) >= 4
    return one == other or (is_long and (one.startswith(other) or other.startswith(one)))


@lru_cache(maxsize=4096)
def _said(seen: str) -> frozenset[str]:
    return frozenset(WORDS.findall(seen))


@lru_cache(maxsize=128)
def _ready(texts: tuple[str, ...]) -> _Ready:
    """Kept: a script's facts and lines stay the same from turn to turn."""
    table: WordMeanings = word_meanings()
    words = tuple(
        tuple(dict.fromkeys(w for w in WORDS.findall(text) if is_content(w))) for text in texts
    )
    places: list[int] = []
    cuts: list[int] = []
    holding: dict[str, set[int]] = {}
    for number, held in enumerate(words):
        cuts.append(len(places))
        places += [table.place(word) for word in held] or [len(table.rows) - 1]
        for word in held:
            stem = beginning(word)
            holding.setdefault(f"={stem}", set()).add(number)
            for end in {*range(4, len(stem) + 1), len(stem)}:
                holding.setdefault(stem[:end], set()).add(number)
    kept = {stem: frozenset(numbers) for stem, numbers in holding.items()}
    return _Ready(words, np.asarray(cuts), np.asarray(places), kept)
