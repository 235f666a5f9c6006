"""H3: the gate for every draft. Invented experience, unproven figures, results and promises stop here.

`find_claims` reads a draft sentence by sentence, in Russian and English. What an AI can't have lived
through is never allowed; figures, offers and results are allowed when a fact of the script (with its
evidence) or an approved line of the owner proves them. Honest sentences pass: questions, the client's
own figures quoted back, "I can't promise that".
"""

import enum
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from candor.disclosure import claim_patterns as say
from candor.disclosure import story_patterns as story
from candor.disclosure.figures import figures
from candor.disclosure.links import foreign_links
from candor.disclosure.plain_statements import boasts, needs_proof
from candor.disclosure.proof import (
    SENTENCE,
    Proof,
    is_approved,
    is_offer_proven,
    is_proven,
    is_supported,
    shared,
    stems,
)
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
    for reason, rule in _RULES:
        if found := rule(seen, is_question, proof):
            yield reason, found


def _never_allowed(seen: str) -> Iterable[tuple[Reason, str]]:
    if found := _first(say.DENIES_AI, seen):
        yield Reason.DENIES_AI, found
    if (found := _own_experience(seen)) or (found := _first(say.OWN_LIFE, seen)):
        yield Reason.EXPERIENCE, found
    if found := _first(say.GRADING, seen):
        yield Reason.GRADING, found


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
    if not found:
        return
    is_quoting = say.QUOTES_CLIENT.search(seen) is not None or seen.endswith("?")
    is_asking = seen.endswith("?")
    is_instruction = say.IMPERATIVE.search(seen) is not None
    quoted = {figure.value for figure in proof.quoted}
    for figure in found:
        if is_proven(figure, seen, proof) or (is_quoting and figure.value in quoted):
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


_MEASURING_PRODUCT: Final = frozenset(
    {"rub", "usd", "eur", "gbp", "percent", "date", "clock", "year", "months"}
)


def _offer(seen: str, is_question: bool, proof: Proof) -> str:
    for clause in _clauses(say.CONDITION.sub(" ", seen)):
        if (word := _first(say.OFFERS, clause)) and not say.DENIED.search(clause):
            if is_question and say.ASKS_CLIENT.search(clause):
                continue
            if not is_offer_proven(word, seen, proof):
                return word
    return ""


def _guarantee(seen: str, is_question: bool, proof: Proof) -> str:
    if is_question and not re.search(r"гарант|guarant", seen):
        return ""
    word = _first(say.GUARANTEES, seen)
    if not word or _is_negated(seen, word) or say.SERVICE_PROMISE.search(seen):
        return ""
    return "" if is_offer_proven(word, seen, proof) or is_supported(seen, proof) else word


def _is_negated(seen: str, word: str) -> bool:
    clause = next((clause for clause in _clauses(seen) if word in clause), seen)
    return say.NEGATES_PROMISE.search(clause) is not None


def _result(seen: str, is_question: bool, proof: Proof) -> str:
    if is_question and say.ASKS_CLIENT.search(seen):
        return ""
    word = _first(say.RESULTS, seen)
    if not word or say.NEGATES_RESULT.search(seen) or is_supported(seen, proof):
        return ""
    return word


def _testimonial(seen: str, is_question: bool, proof: Proof) -> str:
    word = _first(say.TESTIMONIALS, seen)
    if not word or (is_question and say.ASKS_CLIENT.search(seen)) or is_supported(seen, proof):
        return ""
    return word


def _superlative(seen: str, is_question: bool, proof: Proof) -> str:
    word = _first(say.SUPERLATIVES, seen)
    if not word or is_question or say.DENIED.search(seen.replace(word, " ")):
        return ""
    return "" if is_supported(seen, proof) else word


def _scarcity(seen: str, is_question: bool, proof: Proof) -> str:
    word = _first(say.SCARCITY, seen)
    return "" if is_question or say.DENIED.search(seen) or is_supported(seen, proof) else word


def _day(seen: str, is_question: bool, proof: Proof) -> str:
    word = _first(say.DAYS, seen)
    if not word or is_question or say.INVITES.search(seen) or say.QUOTES_CLIENT.search(seen):
        return ""
    stem = word.split()[-1][:6]
    return "" if any(stem in source.seen for source in proof.sources) else word


def _assurance(seen: str, is_question: bool, proof: Proof) -> str:
    word = _first(say.ASSURANCES, seen)
    if not word or is_question or say.DENIED.search(seen):
        return ""
    is_given = any(word[:6] in source.seen for source in proof.sources)
    return "" if is_given or is_supported(seen, proof) else word


def _habit(seen: str, is_question: bool, proof: Proof) -> str:
    """A first-person verb of the present that no assistant says of itself; examples are approved."""
    for found in story.OWN_PRESENT.finditer(seen):
        if not story.ASSISTANTS_PRESENT.match(found.group("verb")):
            return found.group().strip()
    for found in story.OWN_PRESENT_EN.finditer(seen):
        if found.group("verb") not in story.ASSISTANTS_VERBS:
            return found.group().strip()
    return ""


def _unproven_statement(seen: str, is_question: bool, proof: Proof) -> str:
    """What is left: a statement in the third person needs a source that holds half of its words."""
    words = stems(seen)
    is_told = say.IMPERATIVE.search(seen) or say.DENIED.search(seen)
    if is_question or len(words) < 2 or (is_told and not boasts(seen)):
        return ""
    share = max((shared(words, source.stems) for source in proof.sources), default=0)
    if share >= 0.5 * len(words) or not needs_proof(seen) or _gives_proven(seen, proof):
        return ""
    return " ".join(seen.split()[:6])


def _gives_proven(seen: str, proof: Proof) -> bool:
    """The sentence restates a proven figure or offer, and boasts of nothing."""
    found = figures(seen)
    is_offer = bool(word := _first(say.OFFERS, seen)) and is_offer_proven(word, seen, proof)
    return (is_offer or any(is_proven(f, seen, proof) for f in found)) and not boasts(seen)


def _told(seen: str, is_question: bool, proof: Proof) -> str:
    """A story about others: crowds that do something, third persons in the past tense."""
    if is_question or is_supported(seen, proof):
        return ""
    if word := _first(story.CROWDS, seen):
        return word
    if story.ALLOWS_TOLD.search(seen):
        return ""
    if found := story.TOLD_EN.search(seen):
        return found.group().strip()
    for found in story.TOLD_RU.finditer(seen):
        verb = found.group("verb")
        is_verb = not story.NOT_TOLD.fullmatch(verb) and not verb.startswith(say.SERVICE_VERBS)
        if is_verb and not say.NEGATED_BEFORE.search(seen[: found.start()]):
            return verb
    return ""


Rule = Callable[[str, bool, Proof], str]
_RULES: Final[tuple[tuple[Reason, Rule], ...]] = (
    (Reason.OFFER, _offer),
    (Reason.GUARANTEE, _guarantee),
    (Reason.RESULT, _result),
    (Reason.TESTIMONIAL, _testimonial),
    (Reason.SUPERLATIVE, _superlative),
    (Reason.SCARCITY, _scarcity),
    (Reason.DATE, _day),
    (Reason.SUPERLATIVE, _assurance),
    (Reason.TESTIMONIAL, _told),
    (Reason.EXPERIENCE, _habit),
    (Reason.UNPROVEN, _unproven_statement),
)


def _clauses(seen: str) -> list[str]:
    return [clause for clause in re.split(r"[,;:–—]| но | а | but ", seen) if clause.strip()]


def _first(patterns: Sequence[re.Pattern[str]], seen: str) -> str:
    for pattern in patterns:
        if found := pattern.search(seen):
            return found.group().strip()
    return ""
