"""Which triggers of a script a message sets off, and why the others stay silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from candor.common.llm import Encoder, Intent, Trigger, Vectors
from candor.disclosure.visible_text import visible
from candor.llm.reading.intents import IntentReader, Intents

TRIGGER_NEAR: Final = 0.62
"""Mean cosine to the nearest examples from which a trigger without an intent of its own fires."""
TRIGGER_VERY_NEAR: Final = 0.8
"""Cosine to one example alone from which it does."""
TRIGGER_LEAD: Final = 0.08
"""By how much a trigger's examples must be nearer than its `unless`."""
PAYS_NEAR: Final = 0.3
"""The same from which a yes that nobody asked for may be about paying; nearly all orders to pay lie above."""
MAX_KEPT: Final = 2_000
_AGREEING: Final = frozenset({"open_group", "send_invoice"})
"""Actions that only a plain agreement may set off."""


@dataclass(frozen=True, slots=True)
class Match:
    """Why a trigger fires, by its examples or by an intent alone, or why it does not."""

    reason: str
    intent: Intent | None = None
    fires: bool = True


def _not(reason: str) -> Match:
    return Match(reason, fires=False)


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

    def why_not(self) -> str:
        """Of what is not like the examples."""
        if self.is_like:
            return "the client says yes, and it closes the dialogue"
        if self.mean < TRIGGER_NEAR and self.best < TRIGGER_VERY_NEAR:
            return f"too unlike its examples ({self.mean:.2f}; it fires from {TRIGGER_NEAR:.2f} on)"
        return f"as like its `unless` ({self.far:.2f}) as its examples ({self.told:.2f})"


class TriggerReader:
    """Matches messages with triggers by their examples, and by intents where a trigger waits for one."""

    def __init__(self, encoder: Encoder, intents: IntentReader) -> None:
        self._encoder = encoder
        self._intents = intents
        self._meant_for: dict[tuple[Intent, tuple[str, ...]], bool] = {}

    async def match(self, text: str, rows: Vectors, intents: Intents, trigger: Trigger) -> Match:
        """Whether the trigger fires, and why. `rows`: the vectors of the message and its sentences."""
        if _is_spelt(text, trigger.unless):
            return _not("its `unless` stands in the message word for word")
        near = await self._nearness(rows, trigger)
        if trigger.action in _AGREEING or await self._asks_for(trigger, "agreement"):
            return _by_yes(trigger, intents, near)
        if _is_spelt(text, trigger.fits):
            return Match("the client said it word for word")
        is_yes = intents.agrees and "refusal" not in intents.found
        if near.is_like and not (trigger.action == "close" and is_yes):
            return Match(f"like its examples ({near.told:.2f})")
        return await self._by_intent(trigger, intents, near) or _not(near.why_not())

    async def _by_intent(self, trigger: Trigger, intents: Intents, near: _Nearness) -> Match | None:
        """A wish for a person is for the trigger whose examples wish for one, not for any hand-off."""
        if trigger.action == "hand_off" and "wish_for_person" in intents.found:
            is_meant = await self._asks_for(trigger, "wish_for_person")
            return Match("the client asks for a person", "wish_for_person") if is_meant else None
        if trigger.action == "close" and near.mean > 0.5:
            refused: tuple[Intent, ...] = ("refusal", "opt_out")
            said = next((intent for intent in refused if intent in intents.found), None)
            return Match("the client refuses", said) if said else None
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

    async def _nearness(self, rows: Vectors, trigger: Trigger) -> _Nearness:
        examples = await self._encoder.encode((*trigger.fits, *trigger.unless))
        likeness = (rows @ examples.T).max(axis=0).tolist()
        fits, unless = likeness[: len(trigger.fits)], likeness[len(trigger.fits) :]
        nearest = sorted(fits)[-2:]
        mean = sum(nearest) / max(1, len(nearest))
        return _Nearness(mean, max(nearest, default=0.0), max(unless, default=0.0))


def _by_yes(trigger: Trigger, intents: Intents, near: _Nearness) -> Match:
    """What only a yes sets off. A question is none, however near ("when do the groups start?"); where the
    script has just invited, a plain one counts however near "yes, but later" lies."""
    if intents.heard == "question":
        return _not("it waits for a yes, and the client asks")
    if not intents.agrees:
        return _not("it waits for a yes, and none is heard")
    is_plain = trigger.is_invited and intents.heard == "yes"
    if not is_plain and near.far > near.mean + TRIGGER_LEAD:
        return _not(f"more like its `unless` ({near.far:.2f}) than its examples ({near.mean:.2f})")
    is_meant = trigger.action != "send_invoice" or trigger.is_invited or near.mean >= PAYS_NEAR
    if not is_meant:
        return _not("a yes, but not a word of paying")
    return Match("the client agrees", "agreement")


def _is_spelt(text: str, examples: Sequence[str]) -> bool:
    """An example stands in the message word for word."""
    seen = f" {_spelt(text)} "
    return any(plain and f" {plain} " in seen for plain in map(_spelt, examples))


@lru_cache(maxsize=8192)
def _spelt(text: str) -> str:
    """Kept, since every message is compared with the same examples of its script."""
    return " ".join(visible(text).replace(",", " ").replace(".", " ").split())
