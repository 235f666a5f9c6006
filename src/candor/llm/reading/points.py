"""Which of a step's `must_say` points a text carries: by meaning and by the points' own words."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from candor.common.llm import Encoder
from candor.disclosure.visible_text import visible
from candor.llm.reading.keywords import keywords, sentences

ENOUGH: Final = 0.8
"""Share of the points that a script_80 answer must carry."""
_NEAR: Final = 0.52
"""Cosine of a sentence and a point from which the sentence says it."""
_WORDS: Final = 0.6
_ASKING: Final = re.compile(r"вопрос|спросить|уточнить|узнать|ask|question|find out")
_GREETING: Final = re.compile(r"приветств|поздорова|greet|hello")
_GREETED: Final = re.compile(
    r"здравств|добр(?:ый|ое|ого)|привет|рад|hello|hi\b|good (?:day|morning|aft|eve)|welcome"
)
_WHO: Final = re.compile(r"кто (?:мы|пиш|я)|представ|who (?:we|i|is)|introduc")
_NAMED: Final = re.compile(r"(?:^|\W)(?:я|мы|это|меня зовут|i am|i'm|we are|we're|this is)(?:\W|$)")


class PointsCheck:
    """`covered_points`: the 80 % rule's measure, the same for both engines."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    async def covered_points(self, text: str, must_say: Sequence[str]) -> tuple[str, ...]:
        """The points of `must_say` that the text carries, in their order."""
        if not must_say:
            return ()
        parts = [*sentences(text), text]
        rows = await self._encoder.encode((*parts, *must_say))
        likeness = rows[len(parts) :] @ rows[: len(parts)].T
        seen = visible(text)
        return tuple(
            point
            for point, row in zip(must_say, likeness, strict=True)
            if float(np.max(row)) >= _NEAR or _carries(seen, visible(point))
        )


def is_enough(covered: Sequence[str], must_say: Sequence[str]) -> bool:
    """Whether at least 80 % of the points are carried."""
    return not must_say or len(covered) >= ENOUGH * len(must_say) - 1e-9


def _carries(seen: str, point: str) -> bool:
    if _GREETING.search(point) and _GREETED.search(seen):
        return True
    if _WHO.search(point) and _NAMED.search(seen):
        return True
    wanted = [word for word in keywords(point, limit=20) if not _ASKING.search(word)]
    hits = sum(_stem(word) in seen for word in wanted)
    if _ASKING.search(point):
        return "?" in seen and (not wanted or hits >= 0.4 * len(wanted) or _asks_something(seen))
    return bool(wanted) and hits >= _WORDS * len(wanted)


def _asks_something(seen: str) -> bool:
    """A question in the text; "вопрос о цели" is met by "для чего вам английский?"."""
    return seen.count("?") == 1


def _stem(word: str) -> str:
    return word[: max(4, len(word) - 3)] if len(word) > 4 else word
