"""A short text by weights learnt from labelled examples: letters and words counted, one sum a class.

Logistic regression over hashed n-grams (Weinberger et al., "Feature Hashing for Large Scale Multitask
Learning", 2009) beside whatever numbers the caller measures. `tools/learn.py` learns the weights from the
labelled lines in `training/`; here they are only applied, by numpy alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import log, sqrt
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

BUCKETS: Final = 1 << 16
LONGEST: Final = 600
"""Characters that are read of a text."""
LONGEST_WORD: Final = 20
"""Letters that are read of a word: what is longer is no word but a code."""
_WORDS: Final = re.compile(r"\w+(?:['-]\w+)*|[^\w\s]")
_CLAUSES: Final = re.compile(r"[,.;!?:()…\n]+| - |[–—]+|(?<!\w)(?:но|а|зато|but|though)(?!\w)")
_LETTERS: Final = range(2, 6)
_ROW: Final = 3
_CLAUSE: Final = 0.7
"""Length of the first clause's words and of the last one's, beside 1 for all words."""

Numbers = npt.NDArray[np.float32]


def counted(seen: str) -> tuple[npt.NDArray[np.int64], Numbers]:
    """The buckets of a visible text and their weights: four groups, each of a length of its own.

    The groups are letters within words, words in a row, and words in a row of the first and of the last
    clause, where a message says what it comes to: a short "yes" counts whatever long question follows it.
    """
    text = seen[:LONGEST]
    words = _WORDS.findall(text)
    clauses = [part for part in _CLAUSES.split(text) if part.strip()] or [""]
    first, last = _WORDS.findall(clauses[0]), _WORDS.findall(clauses[-1])
    groups = (
        ([bucket for word in words for bucket in _letters(word)], 1.0),
        (_rows(words, "w"), 1.0),
        (_rows(first, "f"), _CLAUSE),
        (_rows(last, "l"), _CLAUSE),
    )
    found: dict[int, float] = {}
    for buckets, group in groups:
        for bucket, weight in _weighed(buckets, group):
            found[bucket] = found.get(bucket, 0.0) + weight
    return (
        np.fromiter(found, np.int64, len(found)),
        np.fromiter(found.values(), np.float32, len(found)),
    )


def _weighed(buckets: Sequence[int], group: float) -> Iterable[tuple[int, float]]:
    """What occurs often counts more, by its logarithm; `group` is the length of all together."""
    weights = {bucket: 1.0 + log(count) for bucket, count in Counter(buckets).items()}
    length = sqrt(sum(weight * weight for weight in weights.values())) / group
    return ((bucket, weight / length) for bucket, weight in weights.items())


@lru_cache(maxsize=16_384)
def _letters(word: str) -> tuple[int, ...]:
    """Buckets of two to five letters in a row; kept, since most words come again."""
    framed = f" {word[:LONGEST_WORD]} "
    return tuple(
        crc32(framed[start : start + size].encode()) % BUCKETS
        for size in _LETTERS
        for start in range(max(1, len(framed) - size + 1))
    )


def _rows(words: Sequence[str], mark: str) -> list[int]:
    """Buckets of one to three words in a row."""
    return [
        crc32("\x1f".join((mark, *words[start : start + size])).encode()) % BUCKETS
        for size in range(1, _ROW + 1)
        for start in range(len(words) - size + 1)
    ]


@dataclass(frozen=True, slots=True)
class LearnedText:
    """Weights of one kind of reading; `classes` are independent of each other."""

    classes: tuple[str, ...]
    bias: Numbers
    words: Numbers
    """A row per class, a column per bucket."""
    measures: Numbers
    """A row per class, a column per number that the caller measures."""

    def likelihoods(self, seen: str, measured: Numbers) -> Mapping[str, float]:
        """How likely each class is, 0 to 1, for a visible text and the caller's numbers."""
        buckets, weights = counted(seen)
        sums = self.bias + self.words[:, buckets] @ weights + self.measures @ measured
        return dict(zip(self.classes, (1.0 / (1.0 + np.exp(-sums))).tolist(), strict=True))


def load_learned(package: str, name: str) -> LearnedText:
    """The weights that a package ships as `data/<name>`, written by `tools/learn.py`."""
    with files(package).joinpath("data", name).open("rb") as file, np.load(file) as kept:
        return LearnedText(
            classes=tuple(str(name) for name in kept["classes"]),
            bias=kept["bias"].astype(np.float32),
            words=kept["words"].astype(np.float32),
            measures=kept["measures"].astype(np.float32),
        )
