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
from candor.disclosure.source_index import StemIndex, holders, index_of
from candor.disclosure.word_meanings import WordMeanings, beginning, word_meanings

WORDS: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[%?!$€£₽]|\d+(?:[.,:]\d+)*")
SAME: Final = 0.75
"""From this likeness on two words are taken for the same."""
AKIN: Final = 0.5
_NEAREST: Final = 8
"""Sources that a sentence is held against: about as many as a script has facts."""
LEAST_STEM: Final = 4
"""Shorter beginnings of words are the same only when they are equal."""
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


def _is_compared(word: str, proof: Proof) -> bool:
    """Numbers are weighed apart, and the client's own name states nothing."""
    is_counted = word in NUMBER_WORDS or word in UNITS
    return is_content(word) and not is_counted and word not in proof.called


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
    replaced: Sequence[float]
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
    rows: Numbers
    """What they mean."""
    index: tuple[StemIndex, ...]


def covered(seen: str, found: Sequence[Figure], proof: Proof) -> Covered:
    words = tuple(WORDS.findall(seen))
    content = tuple(dict.fromkeys(w for w in words if _is_compared(w, proof)))
    if not proof.sources:
        nothing = np.zeros(len(content), dtype=np.float32)
        return Covered(
            words, content, nothing, nothing, None, 0.0, (), (), frozenset(), frozenset()
        )
    ready = _joined(proof.parts)
    table = word_meanings()
    alike = table.rows[[table.place(word) for word in content]] @ ready.rows.T
    by_source = np.maximum.reduceat(alike, ready.cuts, axis=1) if content else alike[:, :1]
    for at, word in enumerate(content):
        by_source[at, holders(beginning(word), ready.index)] = 1.0
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
    strength = np.zeros(len(proof.sources), dtype=np.float32)
    if found:
        strength += [_FIGURE_COUNTS * _given(found, source) for source in proof.sources]
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
        block[missing].max(axis=1, initial=0.0).tolist(),
        sets[0],
        frozenset().union(*sets),
    )


def _given(found: Sequence[Figure], source: Source) -> int:
    return sum(any(proves(known, one) for known in source.figures) for one in found)


def _same(one: str, other: str) -> bool:
    is_long = len(one) >= LEAST_STEM and len(other) >= LEAST_STEM
    return one == other or (is_long and (one.startswith(other) or other.startswith(one)))


@lru_cache(maxsize=4096)
def _said(seen: str) -> frozenset[str]:
    return frozenset(WORDS.findall(seen))


@lru_cache(maxsize=32)
def _joined(parts: tuple[tuple[str, ...], ...]) -> _Ready:
    """What is the same for all clients is kept from turn to turn; the lines that name one are added."""
    common, *rest = map(_ready, parts)
    for own in rest:
        common = _Ready(
            common.words + own.words,
            np.concatenate((common.cuts, own.cuts + len(common.rows))),
            np.concatenate((common.rows, own.rows)),
            common.index + own.index,
        )
    return common


@lru_cache(maxsize=256)
def _ready(texts: tuple[str, ...]) -> _Ready:
    table: WordMeanings = word_meanings()
    words = tuple(
        tuple(dict.fromkeys(w for w in WORDS.findall(text) if is_content(w))) for text in texts
    )
    places: list[int] = []
    cuts: list[int] = []
    for held in words:
        cuts.append(len(places))
        places += [table.place(word) for word in held] or [len(table.rows) - 1]
    index = index_of([set(map(beginning, held)) for held in words], shortest=LEAST_STEM)
    return _Ready(words, np.asarray(cuts), table.rows[places], (index,))
