"""Which of a step's `must_say` points a text carries: by meaning and by the points' own words."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from candor.common.llm import Encoder, Step, Vectors
from candor.disclosure.visible_text import visible
from candor.llm.reading.keywords import keywords, sentences

ENOUGH: Final = 0.8
"""Share of the points that a script_80 answer must carry."""
_NEAR: Final = 0.52
"""Cosine of a sentence and a point from which the sentence says it."""
_LEAST_NEAR: Final = 0.42
"""The same where not even the author's own sentences are nearer; small talk reaches 0.41."""
_LEEWAY: Final = 0.05
_PARAPHRASE: Final = 0.6
"""Cosine of a sentence and one of the author's that says the point, from which it says it too."""
_KEPT: Final = 512
_WORDS: Final = 0.6
_ASKING: Final = re.compile(r"вопрос|спросить|уточнить|узнать|ask|question|find out")
_GREETING: Final = re.compile(r"приветств|поздорова|greet|hello")
_GREETED: Final = re.compile(
    r"здравств|добр(?:ый|ое|ого)|привет|рад|hello|hi\b|good (?:day|morning|aft|eve)|welcome"
)
_WHO: Final = re.compile(r"кто (?:мы|пиш|я)|представ|who (?:we|i|is)|introduc")
_NAMED: Final = re.compile(r"(?:^|\W)(?:я|мы|это|меня зовут|i am|i'm|we are|we're|this is)(?:\W|$)")


Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Meaning:
    """One point as vectors: its own words, and the sentences by which its author says it."""

    point: str
    own: Vector
    near: float
    said_by: Vectors

    def is_in(self, rows: Vectors) -> bool:
        """Whether one of a text's sentences says the point."""
        if float(np.max(rows @ self.own)) >= self.near:
            return True
        return bool(self.said_by.size) and float(np.max(rows @ self.said_by.T)) >= _PARAPHRASE


class PointsCheck:
    """`covered_points`: the 80 % rule's measure, the same for both engines.

    What a point means is learned from its author: `must_say` is often a note ("a question about the
    goal") that no sentence resembles. In each wording of the step the sentence nearest to the point
    counts as saying it, and so does a paraphrase of that sentence.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._kept: OrderedDict[tuple[str, ...], tuple[_Meaning, ...]] = OrderedDict()

    async def covered_points(self, text: str, step: Step) -> tuple[str, ...]:
        """The step's points that the text carries, in their order.

        They are looked for by their words first; by meaning only while fewer than enough are found.
        """
        points, seen = step.must_say, visible(text)
        said = {point for point in points if _carries(seen, visible(point))}
        if not is_enough(tuple(said), points) and (parts := sentences(text)):
            meanings = await self._meanings(step)
            rows = await self._encoder.encode(tuple(parts))
            said |= {meaning.point for meaning in meanings if meaning.is_in(rows)}
        return tuple(point for point in points if point in said)

    async def _meanings(self, step: Step) -> tuple[_Meaning, ...]:
        """What the step's points mean; kept, since a script's steps are said to every client."""
        key = (step.say, *step.alternatives, "", *step.must_say)
        if (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return kept
        made = await self._learned(step)
        self._kept[key] = made
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return made

    async def _learned(self, step: Step) -> tuple[_Meaning, ...]:
        wordings = [parts for text in (step.say, *step.alternatives) if (parts := sentences(text))]
        listed = [part for parts in wordings for part in parts]
        rows = await self._encoder.encode((*step.must_say, *listed))
        points, rows = rows[: len(step.must_say)], rows[len(step.must_say) :]
        ends = np.cumsum([len(parts) for parts in wordings])[:-1]
        each = np.split(rows, ends) if wordings else []
        return tuple(
            _meaning(point, own, each) for point, own in zip(step.must_say, points, strict=True)
        )


def _meaning(point: str, own: Vector, wordings: Sequence[Vectors]) -> _Meaning:
    if not wordings:
        return _Meaning(point, own, _NEAR, np.zeros((0, len(own)), dtype=np.float32))
    said_by = np.stack([rows[int(np.argmax(rows @ own))] for rows in wordings])
    usual = float(np.max(said_by @ own))
    return _Meaning(point, own, min(_NEAR, max(_LEAST_NEAR, usual - _LEEWAY)), said_by)


def is_enough(covered: Sequence[str], must_say: Sequence[str]) -> bool:
    """Whether at least 80 % of the points are carried."""
    return not must_say or len(covered) >= ENOUGH * len(must_say) - 1e-9


def _carries(seen: str, point: str) -> bool:
    if _GREETING.search(point) and _GREETED.search(seen):
        return True
    if _WHO.search(point) and _NAMED.search(seen):
        return True
    wanted = _telling_words(point)
    hits = sum(_stem(word) in seen for word in wanted)
    if _ASKING.search(point):
        return "?" in seen and (not wanted or hits >= 0.4 * len(wanted) or _asks_something(seen))
    return bool(wanted) and hits >= _WORDS * len(wanted)


@lru_cache(maxsize=1024)
def _telling_words(point: str) -> tuple[str, ...]:
    return tuple(word for word in keywords(point, limit=20) if not _ASKING.search(word))


def _asks_something(seen: str) -> bool:
    """A question in the text; "вопрос о цели" is met by "для чего вам английский?"."""
    return seen.count("?") == 1


def _stem(word: str) -> str:
    return word[: max(4, len(word) - 3)] if len(word) > 4 else word
