"""The local reading of a message: everything of `MessageAnalysis` that needs no model."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from candor.common.llm import (
    UNSURE,
    Encoder,
    MessageAnalysis,
    ReadingRequest,
    Step,
    Vectors,
)
from candor.disclosure.visible_text import visible
from candor.llm.reading.examples import all_examples, phrases
from candor.llm.reading.fit import (
    FITS_ABOVE,
    NEEDED_EXAMPLES,
    Calibration,
    Likeness,
    Numbers,
    ScriptFit,
    ScriptVectors,
    measure,
)
from candor.llm.reading.intents import IntentReader, Intents
from candor.llm.reading.keywords import (
    encoded_part,
    is_greeting,
    keywords,
    main_idea,
    sentences,
)
from candor.llm.reading.language import language_of
from candor.llm.reading.responding import StepKind, responding_for, step_kind
from candor.llm.reading.tone import tone_of
from candor.llm.reading.triggers import TriggerReader

GREETING_SCORE: Final = 0.95
"""A greeting, or /start, is what a script's first step is made for."""
ASKED_SHARE: Final = 0.5
"""What is left of the likeness of a message that only asks, where nothing was learnt for the encoder."""
STEP_LEAD: Final = 0.15
MAX_PARTS: Final = 6
MAX_KEPT: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Message:
    """A message with its parts and their vectors; row 0 is the whole."""

    text: str
    parts: tuple[str, ...]
    rows: Vectors
    outside: Numbers


class Measured(NamedTuple):
    """A message beside the steps of a script."""

    intents: Intents
    vector: Vectors
    likenesses: Mapping[str, Likeness]
    calibration: Calibration


class Reader:
    """Reads messages against scripts with the local encoder only; deterministic."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._fit = ScriptFit(encoder)
        self._intents = IntentReader(encoder)
        self._triggers = TriggerReader(encoder, self._intents)
        self._kinds: dict[tuple[str, ...], StepKind] = {}

    @property
    def encoder_name(self) -> str:
        return self._encoder.name

    async def warm(self) -> None:
        """Encode the shipped examples, so that the first client doesn't wait for them."""
        await self._encoder.encode(all_examples())

    async def read(self, request: ReadingRequest) -> MessageAnalysis:
        """The whole analysis of one message (or burst)."""
        language = language_of(
            request.text, history=request.history, default=request.script_language
        )
        message = await self._message(request.text)
        intents = await self._intents.read(request.text, message.rows[:1])
        step = request.step or (request.steps[0] if request.steps else None)
        script = await self._fit.script(request.steps or ((step,) if step else ()))
        scores = await self._scores(message, intents, script)
        score, reason = await self._scored(message, step, request, script, scores)
        found_step = _nearest_step(step, score, scores)
        matched = {
            item.key: await self._triggers.match(message.text, message.rows, intents, item)
            for item in request.triggers
        }
        fired = {key: why for key, why in matched.items() if why.fires}
        return MessageAnalysis(
            main_idea=main_idea(request.text),
            keywords=keywords(request.text),
            tone=await tone_of(
                request.text, self._encoder, vector=message.rows[:1], intents=intents.found
            ),
            script_fit_score=round(score, 4),
            step=found_step,
            triggers=tuple(fired),
            set_off={key: why.intent for key, why in fired.items() if why.intent},
            silent={key: why.reason for key, why in matched.items() if not why.fires},
            language=language,
            intents=intents.found,
            is_calibrated=_is_calibrated(script, request.step),
            is_sure=not UNSURE[0] <= score <= UNSURE[1] and intents.is_sure,
            open_intents=intents.open,
            encoder=self._encoder.name,
            reasons=(
                reason,
                *intents.reasons,
                *(f"Trigger {key}: {why.reason}." for key, why in fired.items()),
            ),
        )

    async def score(self, text: str, step: Step, steps: Sequence[Step]) -> float:
        """The fit of a text with one step of a script (for the benchmark and script tests)."""
        if not step.fits:
            return 0.0
        return (await self._scores(*await self._heard(text, steps)))[step.key]

    async def measured(self, text: str, steps: Sequence[Step]) -> "Measured":
        """What a score is made of (for learning its weights)."""
        message, intents, script = await self._heard(text, steps)
        likenesses = script.likenesses(message.rows, message.outside)
        return Measured(intents, message.rows[0], likenesses, script.calibration)

    async def _heard(
        self, text: str, steps: Sequence[Step]
    ) -> tuple[_Message, Intents, ScriptVectors]:
        script, message = await self._fit.script(steps), await self._message(text)
        return message, await self._intents.read(text, message.rows[:1]), script

    async def agrees(self, text: str) -> bool:
        """Whether the text agrees to what was offered."""
        return (await self._intents.read(text)).agrees

    async def intents(self, text: str) -> Intents:
        return await self._intents.read(text)

    async def _message(self, text: str) -> _Message:
        body = encoded_part(text)
        parts = [part for part in sentences(body)[:MAX_PARTS] if part != body]
        listed = (body, *(parts if len(parts) > 1 else ()))
        rows = await self._encoder.encode(listed)
        return _Message(text, listed, rows, await self._fit.outside(rows))

    async def _scores(
        self, message: _Message, intents: Intents, script: ScriptVectors
    ) -> Mapping[str, float]:
        """The fit with each step that lists expected replies: by what was learnt with this encoder, by
        likeness alone with another."""
        likenesses = script.likenesses(message.rows, message.outside) if script.places else {}
        learned = responding_for(self._encoder.name)
        if not likenesses or learned is None:
            given = {
                key: script.calibration.score(like.measure) for key, like in likenesses.items()
            }
            return {
                key: _unless_asked(message.text, script.examples[key], score)
                for key, score in given.items()
            }
        heard = learned.message(message.text, intents, message.rows[0])
        kinds = {key: await self.kind_of(script.examples[key]) for key in likenesses}
        return learned.scores(heard, likenesses, kinds, script.calibration)

    async def kind_of(self, fits: tuple[str, ...]) -> StepKind:
        """What kind of replies these examples are."""
        if fits not in self._kinds:
            if len(self._kinds) > MAX_KEPT:
                self._kinds.clear()
            read = [await self._intents.read(text) for text in fits]
            self._kinds[fits] = step_kind(fits, read)
        return self._kinds[fits]

    async def _scored(
        self,
        message: _Message,
        step: Step | None,
        request: ReadingRequest,
        script: ScriptVectors,
        scores: Mapping[str, float],
    ) -> tuple[float, str]:
        if step is None:
            return 0.0, "The script has no steps."
        if request.step is None:
            if is_greeting(request.text):
                return GREETING_SCORE, "The client greets: the first step answers."
            step = Step(step.key, step.say, fits=(*step.fits, *_openings()))
            score = await self._score(message, step, script)
        elif not step.fits:
            return _without_examples(step)
        elif step.key in scores:
            score = scores[step.key]
        else:
            score = await self._score(message, step, script)
        calibrated = "" if _is_calibrated(script, step) else " (not calibrated: too few examples)"
        relation = "above" if score > FITS_ABOVE else "not above"
        return score, f"Fit with step {step.key}: {score:.2f}, {relation} 0.7{calibrated}."

    async def _score(self, message: _Message, step: Step, script: ScriptVectors) -> float:
        value = measure(message.rows, await self._fit.vectors(step), message.outside)
        return _unless_asked(message.text, step.fits, script.calibration.score(value))


def _unless_asked(text: str, fits: Sequence[str], score: float) -> float:
    """A message that only asks ("is a certificate needed?") is no answer to a step that expects no
    question, though its words are the same."""
    seen = visible(text).strip()
    is_one = seen.endswith("?") and not _JOINS.search(seen)
    expects = any(fit.rstrip().endswith("?") for fit in fits)
    return score * ASKED_SHARE if is_one and not expects else score


_JOINS: Final = re.compile(r"[,.;!?:](?=.)")
"""What stands before it may have answered: "for work, and what does it cost?"."""


def _is_calibrated(script: ScriptVectors, step: Step | None) -> bool:
    """A step with too few examples of its own is not, however well the others are filled."""
    is_filled = step is None or len(step.fits) >= NEEDED_EXAMPLES
    return script.calibration.is_calibrated and is_filled


def _openings() -> tuple[str, ...]:
    """Examples of a first message that shows interest, whatever the script sells."""
    return phrases("openings")["interest"]


def _nearest_step(current: Step | None, score: float, scores: Mapping[str, float]) -> str | None:
    """The step that fits best; never another than the current one by a hair's breadth."""
    best = (current.key, score) if current and score > UNSURE[0] else None
    for key, other in scores.items():
        if current and key == current.key:
            continue
        if other > FITS_ABOVE and (best is None or other > best[1] + STEP_LEAD):
            best = (key, other)
    return best[0] if best else None


def _without_examples(step: Step) -> tuple[float, str]:
    """A step that lists no expected replies expects whatever comes: it is scored as unsure."""
    return UNSURE[1], f"Step {step.key} lists no expected replies: not calibrated."
