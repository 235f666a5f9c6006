"""H3: the gate for every draft. Invented experience, unproven figures, results and promises stop here.

`find_claims` reads a draft sentence by sentence, in Russian and English. What an AI can't have lived
through is never allowed; figures, offers and results are allowed when a fact of the script (with its
evidence) or an approved line of the owner proves them. Honest sentences pass: questions, the client's
own figures quoted back, "I can't promise that". What no rule decides is weighed by what was learnt from
labelled sentences; that can stop more, and let pass only what no rule is sure of.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from candor.disclosure import claim_patterns as say
from candor.disclosure import claim_rules as rule
from candor.disclosure import conduct
from candor.disclosure import terms_patterns as terms
from candor.disclosure.claim_likelihood import claim_logit
from candor.disclosure.claim_rules import first
from candor.disclosure.coverage import WORDS
from candor.disclosure.figure_proof import Standing, State, standings
from candor.disclosure.figures import Figure
from candor.disclosure.links import foreign_links
from candor.disclosure.not_claimed import advises, claimed, comforts, says_back
from candor.disclosure.proof import MONEY, SENTENCE, Proof, bearing, is_approved
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
    DEED = "deed"
    INSULT = "insult"
    HARM = "harm"
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
    Reason.SCARCITY: "presses by scarcity, a deadline or shame",
    Reason.GRADING: "grades the client's work or level",
    Reason.TERMS: "names terms (no limit, no burden, pay on success) that no fact gives",
    Reason.DEED: "tells of something done (a payment, a booking, a contract) that the AI can't do or see",
    Reason.INSULT: "insults or accuses somebody",
    Reason.HARM: "asks for a secret (a card's code, a password) or advises what harms",
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


def _stopped(sentence: str, proof: Proof) -> tuple[tuple[Reason, str], ...]:
    seen = visible(sentence)
    if is_approved(seen, proof):
        return never_allowed(seen)
    return _judged(
        _Case(
            seen,
            proof.parts,
            has_facts=len(proof.facts) >= LEAST_FACTS,
            called=proof.called and proof.called.intersection(WORDS.findall(seen)),
            quoted=frozenset(figure.value for figure in proof.quoted),
            is_client_known=bool(proof.client_said),
            proof=proof,
        )
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """A visible sentence that nobody approved, and all that its verdict depends on."""

    seen: str
    parts: tuple[tuple[str, ...], ...]
    has_facts: bool
    called: frozenset[str]
    quoted: frozenset[float]
    is_client_known: bool
    proof: Proof = field(compare=False)


@lru_cache(maxsize=2048)
def _judged(case: _Case) -> tuple[tuple[Reason, str], ...]:
    """Kept: a model says many sentences of a script again and again, to one client and another."""
    seen, proof = case.seen, case.proof
    findings = by_rules(seen, proof)
    found = tuple((one.reason, one.words) for one in findings)
    if is_stopped_by_rules(findings, proof):
        return found
    unproven = rule.unproven_statement(seen, is_question(seen), proof)
    if _is_uncarried(seen, proof, is_unproven=bool(unproven), minded=minded_by(findings)):
        return found or ((Reason.UNPROVEN, unproven or " ".join(seen.split()[:6])),)
    return ()


def _states_nothing(seen: str) -> bool:
    """One word ("Agreed."), an example sentence of a language, an emergency number."""
    is_word = len(seen.split()) == 1
    return (
        is_word
        or conduct.warns(seen)
        or bool(terms.EXAMPLE.search(seen) or terms.EMERGENCY.search(seen))
    )


class Finding(NamedTuple):
    """What a rule minds."""

    reason: Reason
    words: str
    is_sure: bool = True
    """Nothing that was learnt can overrule it."""


def is_stopped_by_rules(findings: Sequence[Finding], proof: Proof) -> bool:
    """Whether the rules alone stop a sentence: with hardly a fact, there is nothing to weigh it by."""
    return any(one.is_sure for one in findings) or bool(findings and len(proof.facts) < LEAST_FACTS)


def minded_by(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The reasons of rules that mind a sentence, for weighing it."""
    return tuple(dict.fromkeys(one.reason.value for one in findings))


def bound(*, is_unproven: bool, is_minded: bool) -> float:
    """Logit from which on a sentence is stopped that no rule is sure of."""
    if is_minded:
        return CLAIM_MINDED_FROM
    return CLAIM_FROM if is_unproven else CLAIM_SURE_FROM


def _is_uncarried(seen: str, proof: Proof, *, is_unproven: bool, minded: Sequence[str]) -> bool:
    """What no rule forbids: the rule for statements and what was learnt decide together.

    With hardly a fact there is nothing to hold a sentence against, and the rule decides alone.
    """
    if len(proof.facts) < LEAST_FACTS:
        return is_unproven
    if not is_unproven and not minded and _states_nothing(seen):
        return False
    logit = claim_logit(seen, proof, is_unproven=is_unproven, minded=minded)
    return logit > bound(is_unproven=is_unproven, is_minded=bool(minded))


def by_rules(seen: str, proof: Proof) -> tuple[Finding, ...]:
    """What the rules mind in a visible sentence that nobody approved."""
    never = (Finding(reason, words) for reason, words in never_allowed(seen))
    minded = (*_unproven_figures(seen, proof), *_minded(seen, proof))
    if minded and (rest := claimed(seen)) != seen:
        left = {one.reason for one in (*_unproven_figures(rest, proof), *_minded(rest, proof))}
        minded = tuple(one for one in minded if one.reason in left)
    return (*never, *minded)


def _minded(seen: str, proof: Proof) -> tuple[Finding, ...]:
    asks = is_question(seen)
    is_theirs = says_back(seen)
    found = (
        Finding(
            reason, words, asks or not (finds in _WEIGHED or _may_be_told(reason, words, proof))
        )
        for reason, finds in _RULES
        if not (is_theirs and reason is Reason.TESTIMONIAL) and (words := finds(seen, asks, proof))
    )
    return tuple(found)


def _may_be_told(reason: Reason, words: str, proof: Proof) -> bool:
    """A source makes such an offer, or gives such a title, and the sentence may tell it in quite other words."""
    return reason in (Reason.OFFER, Reason.SUPERLATIVE) and rule.is_spoken_of(words, proof)


def is_question(seen: str) -> bool:
    return seen.rstrip("\"'»)").endswith("?") and not rule.tells(seen)


@lru_cache(maxsize=2048)
def never_allowed(seen: str) -> tuple[tuple[Reason, str], ...]:
    """Kept, since a script's own sentences are said to every client."""
    found = (
        (Reason.DENIES_AI, first(say.DENIES_AI, seen)),
        (Reason.EXPERIENCE, _own_experience(seen) or first(say.OWN_LIFE, seen)),
        (Reason.GRADING, _graded(seen)),
        (Reason.HARM, conduct.harm(seen)),
    )
    return tuple((reason, words) for reason, words in found if words)


def _graded(seen: str) -> str:
    """A mark that is given; one of the client's school, or one that isn't promised, is none."""
    mark = first(say.GRADING, seen)
    is_told = terms.SCHOOL_MARKS.search(seen) is not None and not terms.MARKS_WORK.search(seen)
    return mark if mark and not is_told and first(say.GRADING, claimed(seen)) else ""


def _own_experience(seen: str) -> str:
    """A first-person verb of the past that isn't one of an assistant's own doings."""
    for pattern in say.FIRST_PERSON_PAST:
        for found in pattern.finditer(seen):
            verb = found.group("verb")
            if verb in say.NO_VERBS or verb.startswith(say.SERVICE_VERBS):
                continue
            is_others = say.OF_ANOTHER.search(seen[: found.start()]) is not None
            if not is_others and not say.NEGATED_BEFORE.search(seen[: found.start("verb")]):
                return found.group().strip()
    return ""


def _unproven_figures(seen: str, proof: Proof) -> tuple[Finding, ...]:
    """The first figure that stops the sentence by itself, else the first one that is weighed."""
    found = [one for one in standings(seen, proof) if not one.is_proven]
    if not found or terms.EMERGENCY.search(seen):
        return ()
    is_quoting = say.QUOTES_CLIENT.search(seen) is not None or seen.endswith("?")
    quoted = {figure.value for figure in proof.quoted} if is_quoting else ()
    is_instruction = say.IMPERATIVE.search(seen) is not None
    is_open = seen.endswith("?") or terms.UNSURE.search(seen) is not None
    is_child = terms.OF_A_CHILD.search(seen) is not None
    is_others = proof.most_shared(bearing(seen)) == 0
    is_life = is_others and (comforts(seen) or says_back(seen))
    is_advice = is_others and advises(seen)
    findings = []
    for one in found:
        figure = one.figure
        is_small = figure.value <= 15 and figure.unit not in _MEASURING_PRODUCT
        if figure.value in quoted and _is_clients_own(figure, seen):
            continue
        if is_instruction and is_small:
            continue
        if _is_said_back(figure, seen, proof) or _is_day_and_night(figure, seen, proof):
            continue
        if seen.endswith("?") and figure.unit in _ASKED:
            continue
        reason = Reason.DATE if figure.unit in ("date", "clock", "year") else Reason.FIGURE
        is_loose = is_open or (is_child and figure.unit in _AGES)
        is_loose = is_loose or (is_life and figure.unit in _LASTING)
        is_loose = is_loose or (is_advice and figure.unit == "minutes")
        findings.append(Finding(reason, figure.shown, not _is_weighed(one, is_open=is_loose)))
    sure = [one for one in findings if one.is_sure]
    return tuple((sure or findings)[:1])


def _is_clients_own(figure: Figure, seen: str) -> bool:
    """A sum or a share that the client named may be repeated as his own, or asked about; as our price it would bind us."""
    if figure.unit not in (*MONEY, "percent"):
        return True
    return seen.endswith("?") or terms.CLIENTS_MONEY.search(seen) is not None


def _is_weighed(one: Standing, *, is_open: bool) -> bool:
    """Counts may be told in many ways; a price, a share, a day or a term is given or it isn't."""
    if one.figure.unit in (*MONEY, "percent", "year"):
        return False
    return is_open or one.state is State.VALUE or one.figure.unit not in _PRECISE


def _is_day_and_night(figure: Figure, seen: str, proof: Proof) -> bool:
    """ "24 hours" is proven by "around the clock"."""
    is_day = figure.unit == "minutes" and figure.value == 1440
    return is_day and any(terms.UNLIMITED.search(source.seen) for source in proof.sources)


def _is_said_back(figure: Figure, seen: str, proof: Proof) -> bool:
    """Where nothing is known of what the client said, "you wrote that he is four" stays his own word."""
    is_price = figure.unit in (*MONEY, "percent") or figure.unit.startswith("per_")
    is_client = terms.SAID_BY_CLIENT.search(seen) is not None
    return is_client and not is_price and not proof.client_said


LEAST_FACTS: Final = 3
CLAIM_FROM: Final = -0.5
"""Logit from which on a sentence that the rule minds is stopped: below 0, since an invention is worse
than a stiff answer."""
CLAIM_MINDED_FROM: Final = -1.0
"""The same for one that a rule minds without being sure."""
CLAIM_SURE_FROM: Final = -0.5
"""Logit from which on a sentence is stopped that no rule minds."""
Rule = Callable[[str, bool, Proof], str]
_WEIGHED: Final[frozenset[Rule]] = frozenset(
    (rule.unlimited, rule.unburdened, rule.paid_on_success, rule.told)
)
"""What these rules mind may be told of a fact in other words."""
_ASKED: Final = frozenset({"clock", "date", "times", "minutes", "per_week", "per_day"})
_AGES: Final = ("months", "age")
_LASTING: Final = frozenset({"minutes", "days", "months", "age", "per_day", "clock"})
"""What the client's own life may be told in, where he is felt with or told what he said."""
_PRECISE: Final = frozenset({"clock", "date", "minutes", "days", "workdays", "months"})
_MEASURING_PRODUCT: Final = frozenset(
    {"rub", "usd", "eur", "gbp", "percent", "date", "clock", "year", "months"}
)


_RULES: Final[tuple[tuple[Reason, Rule], ...]] = (
    (Reason.OFFER, rule.offer),
    (Reason.GUARANTEE, rule.guarantee),
    (Reason.RESULT, rule.result),
    (Reason.TESTIMONIAL, rule.testimonial),
    (Reason.SUPERLATIVE, rule.superlative),
    (Reason.SCARCITY, rule.scarcity),
    (Reason.DATE, rule.day),
    (Reason.SUPERLATIVE, rule.assurance),
    (Reason.TESTIMONIAL, rule.crowds),
    (Reason.TESTIMONIAL, rule.told),
    (Reason.TERMS, rule.unlimited),
    (Reason.TERMS, rule.unburdened),
    (Reason.TERMS, rule.paid_on_success),
    (Reason.SUPERLATIVE, rule.credential),
    (Reason.EXPERIENCE, rule.habit),
    (Reason.RESULT, rule.denied_failure),
    (Reason.SCARCITY, conduct.pressure),
    (Reason.INSULT, conduct.insult),
    (Reason.DEED, conduct.deed),
)
