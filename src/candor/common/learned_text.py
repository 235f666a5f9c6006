"""A short text by weights learnt from labelled examples: letters and words counted, one sum a class.

Logistic regression over hashed n-grams (Weinberger et al., "Feature Hashing for Large Scale Multitask
Learning", 2009) beside whatever numbers the caller measures. `tools/learn.py` learns the weights from the
labelled lines in `training/`; here they are only applied, by numpy alone.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import log, sqrt
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

BUCKETS: Final = 1 << 17
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
_MOST: Final = LONGEST
_OFTEN: Final = (0.0, *(1.0 + log(count) for count in range(1, _MOST + 1)))
_STEM: Final = 5
_STEMS: Final = 0.9
"""Length of the stems in a row."""
_DAYS: Final = re.compile(
    r"(?:понедельник|вторник|четверг|пятниц|суббот|воскресень|завтра|сегодня|послезавтра|январ|феврал|апрел|сентябр|октябр"
    r"|ноябр|декабр|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|today|tonight|january|february|april"
    r"|september|october|november|december)|(?:сред[аыуе]|март[ае]?|ма[йя]|июн[ья]|июл[ья]|август[ае]?|пн|вт|ср|чт|пт|сб|вс"
    r"|mon|tues?|wed|thu(?:rs)?|fri|sat|sun|june|july|august)$"
)

Numbers = npt.NDArray[np.float32]


@lru_cache(maxsize=256)
def counted(seen: str) -> tuple[npt.NDArray[np.int64], Numbers]:
    """The buckets of a visible text and their weights: five groups, each of a length of its own.

    The groups are letters within words, words in a row, stems in a row, and words in a row of the first
    and of the last clause, where a message says what it comes to: a short "yes" counts whatever long
    question follows it. Stems let "put me down for Tuesday" teach what "put us down for Friday" is.
    Kept, since one message is weighed for several purposes: not to be changed.
    """
    text = seen[:LONGEST]
    words = _WORDS.findall(text)
    clauses = [part for part in _CLAUSES.split(text) if part.strip()] or [""]
    first, last = _WORDS.findall(clauses[0]), _WORDS.findall(clauses[-1])
    groups = (
        ([bucket for word in words for bucket in _letters(word)], 1.0),
        (_rows(words, b"w"), 1.0),
        (_rows([_stem(word) for word in words], b"s"), _STEMS),
        (_rows(first, b"f"), _CLAUSE),
        (_rows(last, b"l"), _CLAUSE),
    )
    found: dict[int, float] = {}
    for buckets, group in groups:
        _add(found, buckets, group)
    return (
        np.fromiter(found, np.int64, len(found)),
        np.fromiter(found.values(), np.float32, len(found)),
    )


def _add(found: dict[int, float], buckets: Sequence[int], group: float) -> None:
    """What occurs often counts more, by its logarithm; `group` is the length of all together."""
    counts = Counter(buckets)
    if len(counts) == len(buckets):
        weights = dict.fromkeys(counts, group / sqrt(len(buckets) or 1))
    else:
        often = {bucket: _OFTEN[min(count, _MOST)] for bucket, count in counts.items()}
        length = sqrt(sum(weight * weight for weight in often.values())) / group
        weights = {bucket: weight / length for bucket, weight in often.items()}
    if found:
        for bucket, weight in weights.items():
            found[bucket] = found.get(bucket, 0.0) + weight
    else:
        found.update(weights)


@lru_cache(maxsize=16_384)
def _letters(word: str) -> tuple[int, ...]:
    """Buckets of two to five letters in a row; kept, since most words come again."""
    framed = f" {word[:LONGEST_WORD]} "
    return tuple(
        crc32(framed[start : start + size].encode()) % BUCKETS
        for size in _LETTERS
        for start in range(max(1, len(framed) - size + 1))
    )


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    """The beginning of a word; all figures are one stem, all clock times, and all days and months."""
    if word[0].isdigit():
        return "0" if word.isdigit() else "0h"
    return "<day>" if _DAYS.match(word) else word[:_STEM]


def _rows(words: Sequence[str], mark: bytes) -> list[int]:
    """Buckets of one to three words in a row."""
    spelt = [b"\x1f" + word.encode() for word in words]
    found = []
    for start in range(len(spelt)):
        running = crc32(mark)
        for word in spelt[start : start + _ROW]:
            running = crc32(word, running)
            found.append(running % BUCKETS)
    return found


@dataclass(frozen=True, slots=True)
class LearnedText:
    """Weights of one kind of reading; `classes` are independent of each other."""

    classes: tuple[str, ...]
    bias: Numbers
    words: Numbers
    """A row per bucket, a column per class: a message's few rows lie in few places of memory."""
    measures: Numbers
    """A row per class, a column per number that the caller measures."""

    def likelihoods(self, seen: str, measured: Numbers) -> Mapping[str, float]:
        """How likely each class is, 0 to 1, for a visible text and the caller's numbers."""
        likely = 1.0 / (1.0 + np.exp(-self._sums(seen, measured)))
        return dict(zip(self.classes, likely.tolist(), strict=True))

    def log_odds(self, seen: str, measured: Numbers) -> Mapping[str, float]:
        """The same before the logistic."""
        return dict(zip(self.classes, self._sums(seen, measured).tolist(), strict=True))

    def _sums(self, seen: str, measured: Numbers) -> Numbers:
        buckets, weights = counted(seen)
        sums = self.bias + weights @ self.words[buckets] + self.measures @ measured
        return np.asarray(sums, dtype=np.float32)


def load_learned(package: str, name: str) -> LearnedText:
    """The weights that a package ships as `data/<name>`, written by `tools/learn.py`."""
    with files(package).joinpath("data", name).open("rb") as file, np.load(file) as kept:
        return LearnedText(
            classes=tuple(str(name) for name in kept["classes"]),
            bias=kept["bias"].astype(np.float32),
            words=np.ascontiguousarray(kept["words"].T, dtype=np.float32),
            measures=kept["measures"].astype(np.float32),
        )
