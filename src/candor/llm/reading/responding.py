"""Does the client respond to what the step said? Learnt from labelled dialogues of many trades.

Likeness to a step's expected replies tells what a message is about; it can't tell "on Thursday evening" from
"are you open on Thursdays?". So a message is weighed twice: by its own words and vector, whether whoever
writes so responds to anything, and then together with its likeness to the step's examples and with what
kind of reply they are. Weights come from `training/fit` by `tools/learn_fit.py`, whole authors left out
when they are judged. The script's own calibration is one of the signs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log1p
from typing import Final, NamedTuple

import numpy as np

from candor.common.learned_text import LearnedText, load_learned
from candor.common.llm import Vectors
from candor.disclosure.visible_text import visible
from candor.llm.reading.fit import Calibration, Likeness, chance
from candor.llm.reading.intents import INTENTS, SHIPPED_ENCODER, Intents
from candor.llm.reading.keywords import without_start

FILE: Final = "fit.npz"
RESPONDS: Final = "responds"
_FARTHEST: Final = 0.3
"""A lead over the script's other steps counts up to this cosine."""
_LIKE_FIT: Final = 3.0
"""The script's calibration is so much steeper than the weighing of words."""
MARKS: Final = (
    "words", "asks", "ends asking", "says yes", "says no", "says later", "only asks", "length",
    *(f"likely {intent}" for intent in INTENTS),
    "outside", "calibrated", "lesser of both", "best", "said",
    "lead", "is behind", "words and said", "words and lead", "examples say yes", "examples say no",
    "yes where expected", "no where expected", "examples agree", "agrees where expected", "agrees otherwise",
    "examples ask", "asks unexpected",
)  # fmt: skip
"""What is weighed, in the order of `marks`."""


class StepKind(NamedTuple):
    """What kind of replies a step expects: shares of its examples, 0..1."""

    yes: float
    no: float
    """Says no, or later."""
    agree: float
    """Mean likelihood of agreement."""
    ask: float


@dataclass(frozen=True, slots=True)
class Message:
    """A message by itself."""

    text: str
    words: float
    """How its words and vector sound: log odds that it responds to anything."""
    intents: Intents


def step_kind(fits: Sequence[str], read: Sequence[Intents]) -> StepKind:
    """`read`: the examples' intents, in their order."""
    count = max(1, len(fits))
    return StepKind(
        sum(one.heard == "yes" for one in read) / count,
        sum(one.heard in ("no", "later") for one in read) / count,
        sum(one.likely.get("agreement", 0.0) for one in read) / count,
        sum(text.rstrip().endswith("?") for text in fits) / count,
    )


def marks(
    message: Message, kind: StepKind, calibrated: float, like: Likeness, other: float | None
) -> list[float]:
    """The numbers that are weighed, as `MARKS` names them.

    `calibrated`: log odds by the script's calibration; `other`: the measure of its next likeliest step.
    """
    said, heard, words = visible(message.text).strip(), message.intents.heard, message.words
    yes, no = heard == "yes", heard in ("no", "later")
    agrees = message.intents.likely.get("agreement", 0.0)
    ends = said.endswith("?")
    lead = 0.0 if other is None else like.measure - other
    lead = min(max(lead, -_FARTHEST), _FARTHEST)
    return [
        words, "?" in said, ends, yes, heard == "no", heard == "later", heard == "question",
        log1p(len(said.split())), *(message.intents.likely.get(intent, 0.0) for intent in INTENTS),
        like.outside, calibrated, min(words, calibrated / _LIKE_FIT), like.best,
        like.said, lead, lead < 0, words * like.said, words * lead, kind.yes, kind.no,
        yes * kind.yes, no * kind.no, kind.agree, agrees * kind.agree, abs(agrees - kind.agree), kind.ask,
        ends * (1.0 - kind.ask),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Responding:
    """The learnt weights."""

    head: LearnedText
    weights: Vectors
    bias: float

    def message(self, text: str, intents: Intents, vector: Vectors) -> Message:
        """`vector`: of the whole message, one row's numbers."""
        odds = self.head.log_odds(visible(without_start(text)), vector)
        return Message(text, odds[RESPONDS], intents)

    def scores(
        self,
        message: Message,
        likenesses: Mapping[str, Likeness],
        kinds: Mapping[str, StepKind],
        calibration: Calibration,
    ) -> dict[str, float]:
        """The fit with each step, 0..1."""
        ranked = sorted(likenesses, key=lambda key: likenesses[key].measure, reverse=True)[:2]
        rows = []
        for key, like in likenesses.items():
            rival = next((other for other in ranked if other != key), None)
            nearest = likenesses[rival].measure if rival is not None else None
            odds = calibration.logit(like.measure)
            rows.append(marks(message, kinds[key], odds, like, nearest))
        sums = np.asarray(rows, dtype=np.float32) @ self.weights + self.bias
        return dict(zip(likenesses, map(chance, sums.tolist()), strict=True))


def responding_for(encoder: str) -> Responding | None:
    """The weights for an encoder; None for one that they were not learnt with."""
    return _load() if encoder.startswith(SHIPPED_ENCODER) else None


@cache
def _load() -> Responding:
    with files("candor.llm").joinpath("data", FILE).open("rb") as file, np.load(file) as kept:
        weights, bias = kept["weights"].astype(np.float32), float(kept["bias_of_marks"])
    return Responding(load_learned("candor.llm", FILE), weights, bias)
