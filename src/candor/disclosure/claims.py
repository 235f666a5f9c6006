"""H3: the gate for every draft. Invented experience, unproven figures, results and promises stop here.

`find_claims` reads a draft sentence by sentence, in Russian and English. What an AI can't have lived
through is never allowed; figures, offers and results are allowed when a fact of the script (with its
evidence) or an approved line of the owner proves them. Honest sentences pass: questions, the client's
own figures quoted back, "I can't promise that".
"""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from candor.disclosure import claim_patterns as say
from candor.disclosure import claim_rules as rule
from candor.disclosure import terms_patterns as terms
from candor.disclosure.claim_rules import first
from candor.disclosure.figures import Figure, figures
from candor.disclosure.links import foreign_links
from candor.disclosure.proof import SENTENCE, Proof, is_approved, is_proven
from candor.disclosure.visible_text import visible

__all__ = ["EXPLAINED", "Claim", "Proof", "Reason", "find_claims", "is_honest"]


class Reason(enum.StrEnum):
    """Why a sentence is stopped. The text is shown to the owner and told to the model."""

    DENIES_AI = "denies_ai"
    EXPERIENCE = "experience"
    TESTIMONIAL = "testimonial"
    FIGURE = "figure"
    DATE = "date"
    OFFER = "offer"
    GUARANTEE = "guarantee"
    RESULT = "result"
    SUPERLATIVE = "superlative"
    SCARCITY = "scarcity"
    GRADING = "grading"
    TERMS = "terms"
    UNPROVEN = "unproven"
    LINK = "link"


EXPLAINED: Final[dict[Reason, str]] = {
    Reason.DENIES_AI: "says or implies that a person is writing",
    Reason.EXPERIENCE: "claims an experience, a feeling or a result of the AI's own",
    Reason.TESTIMONIAL: "tells the story of a customer that no fact proves",
    Reason.FIGURE: "gives a figure that no fact proves",
    Reason.DATE: "names a day or time that no fact proves",
    Reason.OFFER: "offers a discount, gift, refund or instalments that no fact proves",
    Reason.GUARANTEE: "promises or guarantees",
    Reason.RESULT: "foretells a result for the client that no fact proves",
    Reason.SUPERLATIVE: "praises the business or its people without proof",
    Reason.SCARCITY: "presses by scarcity or a deadline",
    Reason.GRADING: "grades the client's work or level",
    Reason.TERMS: "names terms (no limit, no burden, pay on success) that no fact gives",
    Reason.UNPROVEN: "states something about the business that no fact carries",
    Reason.LINK: "holds a link or an address outside the allowed ones",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One stopped sentence: where it stands in the draft (`start`, `end`) and why."""

    reason: Reason
    start: int
    end: int
    text: str
    detail: str = ""

    @property
    def explanation(self) -> str:
        """For the owner, and for the model that is asked again."""
        about = f" ({self.detail})" if self.detail else ""
        return f"“{self.text}” {EXPLAINED[self.reason]}{about}."


def find_claims(text: str, proof: Proof) -> tuple[Claim, ...]:
    """Everything in the draft that may not be sent, in reading order; empty means it may go."""
    claims: list[Claim] = []
    for found in SENTENCE.finditer(text):
        if not found.group().strip():
            continue
        for reason, detail in _stopped(found.group(), proof):
            start = found.start() + len(found.group()) - len(found.group().lstrip())
            claims.append(Claim(reason, start, found.end(), found.group().strip(), detail))
    claims += [
        Claim(Reason.LINK, at, at + len(link), link)
        for at, link in foreign_links(text, proof.allowed_links)
    ]
    return tuple(claims)


def is_honest(text: str, proof: Proof) -> bool:
    """Whether the draft passes the gate."""
    return not find_claims(text, proof)


def _stopped(sentence: str, proof: Proof) -> Iterable[tuple[Reason, str]]:
    seen = visible(sentence)
    yield from _never_allowed(seen)
    if is_approved(seen, proof):
        return
    yield from _unproven_figures(seen, proof)
    is_question = seen.rstrip("\"'»)").endswith("?")
    for reason, finds in _RULES:
        if found := finds(seen, is_question, proof):
            yield reason, found


@lru_cache(maxsize=2048)
def _never_allowed(seen: str) -> tuple[tuple[Reason, str], ...]:
    """Kept, since a script's own sentences are said to every client."""
    found = (
        (Reason.DENIES_AI, first(say.DENIES_AI, seen)),
        (Reason.EXPERIENCE, _own_experience(seen) or first(say.OWN_LIFE, seen)),
        (Reason.GRADING, first(say.GRADING, seen)),
    )
    return tuple((reason, words) for reason, words in found if words)


def _own_experience(seen: str) -> str:
    """A first-person verb of the past that isn't one of an assistant's own doings."""
    for pattern in say.FIRST_PERSON_PAST:
        for found in pattern.finditer(seen):
            verb = found.group("verb")
            if verb in say.NO_VERBS or verb.startswith(say.SERVICE_VERBS):
                continue
            if not say.NEGATED_BEFORE.search(seen[: found.start("verb")]):
                return found.group().strip()
    return ""


def _unproven_figures(seen: str, proof: Proof) -> Iterable[tuple[Reason, str]]:
    found = figures(seen)
    if not found or terms.NO_PROMISE.search(seen):
        return
    is_quoting = say.QUOTES_CLIENT.search(seen) is not None or seen.endswith("?")
    is_asking = seen.endswith("?")
    is_instruction = say.IMPERATIVE.search(seen) is not None
    quoted = {figure.value for figure in proof.quoted}
    for figure in found:
        if is_proven(figure, seen, proof) or (is_quoting and figure.value in quoted):
            continue
        if _is_day_and_night(figure, seen, proof) or terms.EMERGENCY.search(seen):
            continue
        is_small = figure.value <= 15 and figure.unit not in _MEASURING_PRODUCT
        if is_instruction and is_small:
            continue
        if is_asking and figure.unit in (
            "clock",
            "date",
            "times",
            "minutes",
            "per_week",
            "per_day",
        ):
            continue
        reason = Reason.DATE if figure.unit in ("date", "clock", "year") else Reason.FIGURE
        yield reason, figure.shown
        return


def _is_day_and_night(figure: Figure, seen: str, proof: Proof) -> bool:
    """ "24 hours" is proven by "around the clock"."""
    is_day = figure.unit == "minutes" and figure.value == 1440
    return is_day and any(terms.UNLIMITED.search(source.seen) for source in proof.sources)


_MEASURING_PRODUCT: Final = frozenset(
    {"rub", "usd", "eur", "gbp", "percent", "date", "clock", "year", "months"}
)


Rule = Callable[[str, bool, Proof], str]
_RULES: Final[tuple[tuple[Reason, Rule], ...]] = (
    (Reason.OFFER, rule.offer),
    (Reason.GUARANTEE, rule.guarantee),
    (Reason.RESULT, rule.result),
    (Reason.TESTIMONIAL, rule.testimonial),
    (Reason.SUPERLATIVE, rule.superlative),
    (Reason.SCARCITY, rule.scarcity),
    (Reason.DATE, rule.day),
    (Reason.SUPERLATIVE, rule.assurance),
    (Reason.TESTIMONIAL, rule.told),
    (Reason.TERMS, rule.unlimited),
    (Reason.TERMS, rule.unburdened),
    (Reason.TERMS, rule.paid_on_success),
    (Reason.SUPERLATIVE, rule.credential),
    (Reason.EXPERIENCE, rule.habit),
    (Reason.UNPROVEN, rule.unproven_statement),
)
