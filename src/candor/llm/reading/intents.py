"""What the client wants: agreement, refusal, postponement, a person, a complaint, no more messages.

Learnt from labelled messages in `training/` (see `candor.common.learned_text`): the letters and words of
a message and its vector are weighed together. An agreement binds, so two readings are asked for it: the
rules of `agreement` and what was learnt: the less the rules hear a yes, the likelier it must be. An order
to the machine is nobody's yes. Where the two differ, or an intent is told apart by a hair's
breadth, the reading is called unsure, and a model is asked where there is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from candor.common.learned_text import LearnedText, load_learned
from candor.common.llm import Encoder, Intent, Vectors
from candor.disclosure.visible_text import visible
from candor.llm.reading.agreement import Polarity, stance
from candor.llm.reading.keywords import encoded_part, without_start
from candor.llm.reading.polarity_words import ASKS, ORDERS

FROM: Final[dict[Intent, float]] = {
    "refusal": 0.4,
    "postponement": 0.4,
    "wish_for_person": 0.4,
    "complaint": 0.4,
    "opt_out": 0.4,
}
"""Likelihood from which an intent is taken as said."""
AGREED: Final[dict[Polarity | None, float]] = {
    "yes": 0.25,
    None: 0.55,
    "later": 0.7,
    "question": 0.7,
    "no": 0.7,
}
"""Likelihood from which an agreement is taken, by what the rules hear: the best F1 on authors that were
not learnt from. Bounds that keep precision at 0.95 on the hardest of them lose a fifth of all agreements."""
SHIPPED_ENCODER: Final = "use-multilingual-3/"
"""How the name begins of the encoder whose vectors were learnt with."""
DOUBT: Final = 0.15
"""So near to its threshold an intent is unsure, taken or not."""
_EVEN: Final = 0.5
INTENTS: Final[tuple[Intent, ...]] = ("agreement", *FROM)
_STANCES: Final[tuple[Intent, ...]] = ("agreement", "refusal", "postponement")
"""A message takes one of these at the most."""


@dataclass(frozen=True, slots=True)
class Intents:
    """The intents of a message, whether it agrees, and a sentence for each why."""

    found: tuple[Intent, ...]
    agrees: bool
    is_sure: bool
    reasons: tuple[str, ...]
    open: tuple[Intent, ...] = ()
    """Told apart by a hair's breadth, found or not."""
    heard: Polarity | None = None
    """What the rules alone hear."""
    likely: Mapping[Intent, float] = field(default_factory=dict)
    """Each intent's likelihood, 0..1; empty for an empty message."""


class IntentReader:
    """Reads the intents of a message from its words and its vector."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    async def read(self, text: str, message: Vectors | None = None) -> Intents:
        """`message` is the vector (one row) of the text as `encoded_part` gives it, when the caller has it."""
        said = without_start(text)
        if not said.strip():
            return Intents((), agrees=False, is_sure=True, reasons=())
        if message is None or said != text:
            message = await self._encoder.encode((encoded_part(said),))
        seen = visible(said)
        weights = _weights(self._encoder.name)
        likely = weights.likelihoods(seen, message[0][: weights.measures.shape[1]])
        rules = stance(text)
        heard = rules.polarity
        found = _taken(likely, AGREED[heard], is_idiom=rules.is_idiom)
        if ORDERS.search(seen):
            found = [intent for intent in found if intent != "agreement"]
        reasons = [f"{intent}: {likely[intent]:.2f}" for intent in found]
        limits = {"agreement": AGREED[heard], **FROM}
        doubtful = tuple(one for one in INTENTS if abs(likely[one] - limits[one]) <= DOUBT)
        is_sure = (heard == "yes") == (likely["agreement"] >= _EVEN) and not doubtful
        if ASKS.search(seen):
            found.append("question")
        agrees = "agreement" in found
        named = {intent: likely[intent] for intent in INTENTS}
        return Intents(tuple(found), agrees, is_sure, tuple(reasons), doubtful, heard, named)


def _taken(likely: Mapping[str, float], agreed: float, *, is_idiom: bool) -> list[Intent]:
    """The intents that are said; of yes, no and later only the likeliest, and no yes beside a "stop".

    "I don't mind" is made of a refusal's words, so where the rules know the idiom a refusal isn't taken.
    """
    limits = {"agreement": agreed, **FROM}
    found = [intent for intent in INTENTS if likely[intent] >= limits[intent]]
    if "opt_out" in found and "agreement" in found:
        found.remove("agreement")
    if is_idiom and {"agreement", "refusal"} <= set(found):
        found.remove("refusal")
    stances = sorted((intent for intent in found if intent in _STANCES), key=likely.__getitem__)
    return [intent for intent in found if intent not in stances[:-1]]


@cache
def _weights(encoder: str) -> LearnedText:
    """Learnt with the vectors of the shipped encoder; by words alone for any other."""
    with_vectors = encoder.startswith(SHIPPED_ENCODER)
    return load_learned("candor.llm", "intents.npz" if with_vectors else "intents-by-words.npz")
