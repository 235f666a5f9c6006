"""The local reading of a message: everything of `MessageAnalysis` that needs no model."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from candor.common.llm import (
    Encoder,
    Intent,
    Language,
    MessageAnalysis,
    ReadingRequest,
    Step,
    Trigger,
    Vectors,
)
from candor.disclosure.visible_text import visible
from candor.llm.reading.examples import all_examples, phrases
from candor.llm.reading.fit import (
    FITS_ABOVE,
    NEEDED_EXAMPLES,
    UNSURE,
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
from candor.llm.reading.tone import tone_of

GREETING_SCORE: Final = 0.95
"""A greeting, or /start, is what a script's first step is made for."""
TRIGGER_NEAR: Final = 0.62
"""Mean cosine to the nearest examples from which a trigger without an intent of its own fires."""
TRIGGER_VERY_NEAR: Final = 0.8
"""Cosine to one example alone from which it does."""
TRIGGER_LEAD: Final = 0.08
"""By how much a trigger's examples must be nearer than its `unless`."""
PAYS_NEAR: Final = 0.3
"""The same from which a yes that nobody asked for may be about paying; nearly all orders to pay lie above."""
ASKED_SHARE: Final = 0.5
STEP_LEAD: Final = 0.15
MAX_PARTS: Final = 6
MAX_KEPT: Final = 2_000
_AGREEING: Final = frozenset({"open_group", "send_invoice"})
"""Actions that only a plain agreement may set off."""


@dataclass(frozen=True, slots=True)
class _Message:
    """A message with its parts and their vectors; row 0 is the whole."""

    text: str
    parts: tuple[str, ...]
    rows: Vectors
    outside: Numbers


@dataclass(frozen=True, slots=True)
class _Why:
    """Why a trigger fires: by its examples, or by an intent alone."""

    reason: str
    intent: Intent | None = None


class Reader:
    """Reads messages against scripts with the local encoder only; deterministic."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._fit = ScriptFit(encoder)
        self._intents = IntentReader(encoder)
        self._meant_for: dict[tuple[Intent, tuple[str, ...]], bool] = {}

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
        scores = script.scores(message.rows, message.outside) if script.places else {}
        score, reason = await self._scored(message, step, request, script, scores)
        found_step = _nearest_step(step, score, scores)
        fired = await self._triggers(message, intents, request.triggers)
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
        return await self._score(await self._message(text), step, await self._fit.script(steps))

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
            score = _unless_asked(request.text, step, scores[step.key])
        else:
            score = await self._score(message, step, script)
        calibrated = "" if _is_calibrated(script, step) else " (not calibrated: too few examples)"
        relation = "above" if score > FITS_ABOVE else "not above"
        return score, f"Fit with step {step.key}: {score:.2f}, {relation} 0.7{calibrated}."

    async def _score(self, message: _Message, step: Step, script: ScriptVectors) -> float:
        value = measure(message.rows, await self._fit.vectors(step), message.outside)
        return _unless_asked(message.text, step, script.calibration.score(value))

    async def _triggers(
        self, message: _Message, intents: Intents, triggers: Sequence[Trigger]
    ) -> dict[str, _Why]:
        found = {trigger.key: await self._fires(message, intents, trigger) for trigger in triggers}
        return {key: why for key, why in found.items() if why is not None}

    async def _fires(self, message: _Message, intents: Intents, trigger: Trigger) -> _Why | None:
        """Why the trigger fires, if it does."""
        if _is_spelt(message.text, trigger.unless):
            return None
        near = await self._nearness(message, trigger)
        if trigger.action in _AGREEING or await self._asks_for(trigger, "agreement"):
            return _by_yes(trigger, intents, near)
        if _is_spelt(message.text, trigger.fits):
            return _Why("the client said it word for word")
        is_yes = intents.agrees and "refusal" not in intents.found
        if near.is_like and not (trigger.action == "close" and is_yes):
            return _Why(f"like its examples ({near.told:.2f})")
        return await self._by_intent(trigger, intents, near)

    async def _by_intent(
        self, trigger: Trigger, intents: Intents, near: "_Nearness"
    ) -> _Why | None:
        """A wish for a person is for the trigger whose examples wish for one, not for any hand-off."""
        if trigger.action == "hand_off" and "wish_for_person" in intents.found:
            is_meant = await self._asks_for(trigger, "wish_for_person")
            return _Why("the client asks for a person", "wish_for_person") if is_meant else None
        if trigger.action == "close" and near.mean > 0.5:
            refused: tuple[Intent, ...] = ("refusal", "opt_out")
            said = next((intent for intent in refused if intent in intents.found), None)
            return _Why("the client refuses", said) if said else None
        return None

    async def _asks_for(self, trigger: Trigger, intent: Intent) -> bool:
        """Whether most of the trigger's examples say this themselves."""
        if not trigger.fits:
            return False
        key = (intent, trigger.fits)
        if key not in self._meant_for:
            if len(self._meant_for) > MAX_KEPT:
                self._meant_for.clear()
            said = [intent in (await self._intents.read(text)).found for text in trigger.fits]
            self._meant_for[key] = sum(said) * 2 > len(said)
        return self._meant_for[key]

    async def _nearness(self, message: _Message, trigger: Trigger) -> "_Nearness":
        rows = await self._encoder.encode((*trigger.fits, *trigger.unless))
        likeness = (message.rows @ rows.T).max(axis=0).tolist()
        fits, unless = likeness[: len(trigger.fits)], likeness[len(trigger.fits) :]
        nearest = sorted(fits)[-2:]
        mean = sum(nearest) / max(1, len(nearest))
        return _Nearness(mean, max(nearest, default=0.0), max(unless, default=0.0))


@dataclass(frozen=True, slots=True)
class _Nearness:
    """Cosines of a message with a trigger's examples."""

    mean: float
    """To the two nearest."""
    best: float
    far: float
    """To the nearest of its `unless`."""

    @property
    def is_like(self) -> bool:
        """Like two of the examples, or very like one: another example must not make a trigger deaf."""
        if self.told <= self.far + TRIGGER_LEAD:
            return False
        return self.mean >= TRIGGER_NEAR or self.best >= TRIGGER_VERY_NEAR

    @property
    def told(self) -> float:
        return self.mean if self.mean >= TRIGGER_NEAR else self.best


def _by_yes(trigger: Trigger, intents: Intents, near: _Nearness) -> _Why | None:
    """What only a yes sets off. A question is none, however near ("when do the groups start?"); where the
    script has just invited, a plain one counts however near "yes, but later" lies."""
    if not intents.agrees or intents.heard == "question":
        return None
    is_plain = trigger.is_invited and intents.heard == "yes"
    if not is_plain and near.far > near.mean + TRIGGER_LEAD:
        return None
    is_meant = trigger.action != "send_invoice" or trigger.is_invited or near.mean >= PAYS_NEAR
    return _Why("the client agrees", "agreement") if is_meant else None


def _unless_asked(text: str, step: Step, score: float) -> float:
    """A message that only asks ("is a certificate needed?") is no answer to a step that expects no
    question, though its words are the same."""
    seen = visible(text).strip()
    is_one = seen.endswith("?") and not _JOINS.search(seen)
    expects = any(fit.rstrip().endswith("?") for fit in step.fits)
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


def _is_spelt(text: str, examples: Sequence[str]) -> bool:
    """An example stands in the message word for word."""
    seen = f" {_spelt(text)} "
    return any(plain and f" {plain} " in seen for plain in map(_spelt, examples))


@lru_cache(maxsize=8192)
def _spelt(text: str) -> str:
    """Kept, since every message is compared with the same examples of its script."""
    return " ".join(visible(text).replace(",", " ").replace(".", " ").split())


def _without_examples(step: Step) -> tuple[float, str]:
    """A step that lists no expected replies expects whatever comes: it is scored as unsure."""
    return UNSURE[1], f"Step {step.key} lists no expected replies: not calibrated."


def languages_of(analyses: Sequence[MessageAnalysis]) -> tuple[Language, ...]:
    return tuple(analysis.language for analysis in analyses)


def has(analysis: MessageAnalysis, *wanted: Intent) -> bool:
    """Whether any of these intents was found."""
    return bool(set(wanted) & set(analysis.intents))
