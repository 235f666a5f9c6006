"""What words mean, as short vectors: "учитель", "преподаватель" and "teacher" lie close together.

The table is made once by `tools/learn_claims.py` with the sentence encoder, for the words of the training lines;
looking a word up costs nothing. A form that isn't in it takes the place of one with the same beginning.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float32]
_PACKAGE: Final = "candor.disclosure"
_FILE: Final = "words.npz"
_SCALE: Final = 127.0


@dataclass(frozen=True, slots=True)
class WordMeanings:
    """A row of length 1 per known word; the last row is zero, for words that aren't known."""

    rows: Rows
    places: dict[str, int]
    by_beginning: dict[str, int]

    def place(self, word: str) -> int:
        """The row of a visible word, of another form of it, or the zero row."""
        found = self.places.get(word)
        if found is None:
            found = self.by_beginning.get(beginning(word), len(self.rows) - 1)
        return found

    @property
    def width(self) -> int:
        return int(self.rows.shape[1])


@lru_cache(maxsize=16_384)
def beginning(word: str) -> str:
    """The word without its ending, by length alone."""
    return word if len(word) <= 4 else word[: max(4, min(6, len(word) - 2))]


def meanings_of(words: tuple[str, ...], rows: Rows) -> WordMeanings:
    """A table of these words; the first of several forms stands for their common beginning."""
    by_beginning: dict[str, int] = {}
    for place, word in enumerate(words):
        if len(word) > 4:
            by_beginning.setdefault(beginning(word), place)
    padded = np.vstack([rows, np.zeros((1, rows.shape[1]), dtype=np.float32)])
    return WordMeanings(padded, {word: at for at, word in enumerate(words)}, by_beginning)


@lru_cache(maxsize=1)
def word_meanings() -> WordMeanings:
    """The shipped table, read when it is first asked for."""
    with files(_PACKAGE).joinpath("data", _FILE).open("rb") as file, np.load(file) as kept:
        words = tuple(bytes(kept["words"]).decode().split("\n"))
        return meanings_of(words, kept["rows"].astype(np.float32) / _SCALE)


def pack(words: tuple[str, ...], rows: Rows) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of the file that `word_meanings` reads."""
    return {
        "words": np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        "rows": np.rint(rows * _SCALE).astype(np.int8),
    }
