"""The rules of the claims gate that a source may satisfy: each names what it found, or nothing.

A rule takes a visible sentence, whether it is a question, and what may be said (`Proof`).
"""

import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Final

from candor.disclosure import claim_patterns as say
from candor.disclosure import story_patterns as story
from candor.disclosure import terms_patterns as terms
from candor.disclosure.conduct import warns
from candor.disclosure.figure_proof import standings
from candor.disclosure.plain_statements import asserts, boasts, needs_proof, repeats_client
from candor.disclosure.proof import (
    Proof,
    bearing,
    is_offer_proven,
    is_supported,
    shared,
    stems,
)
from candor.disclosure.weekdays import weekdays

_COMMITS: Final = re.compile(
    r"(?<!\w)(?:мы|нас|наш\w*|ваш\w*|we|we're|we've|we'll|our|ours|us|your|they'll|it'll|you'll|you will)(?!\w)"
)
"""The business, or what the client will have: one word of it is a statement already."""


Rule = Callable[[str, bool, Proof], str]


_OFFERS: Final = (*say.OFFERS, terms.HALF_PRICE)


def tells(seen: str) -> bool:
    """ "Did you know that it's half price today?": a statement in the clothes of a question."""
    return terms.TELLS.search(seen) is not None


def _judging_turns(rule: Rule) -> Rule:
    """The rule judges what stands behind a denial and "but" by itself too: "no promises, but …"."""

    @wraps(rule)
    def judge(seen: str, is_question: bool, proof: Proof) -> str:
        found = rule(seen, is_question, proof)
        return found or next((w for t in turned(seen) if (w := rule(t, is_question, proof))), "")

    return judge


def turned(seen: str) -> list[str]:
    """What follows each "but" where something is denied in front of it, up to the next one."""
    denial = terms.DENIES_BEFORE.search(seen)
    if denial is None:
        return []
    turns = [turn for turn in terms.TURNS.finditer(seen) if turn.start() >= denial.end()]
    starts = [turn.end() for turn in turns]
    ends = [turn.start() for turn in turns[1:]] + [len(seen)]
    return [seen[start:end] for start, end in zip(starts, ends, strict=False)]


@_judging_turns
def offer(seen: str, is_question: bool, proof: Proof) -> str:
    for clause in _clauses(say.CONDITION.sub(" ", seen)):
        if (word := first(_OFFERS, clause)) and not say.DENIED.search(_without(_OFFERS, clause)):
            if is_question and say.ASKS_CLIENT.search(clause) and not _proposes(seen):
                continue
            told = terms.PROPOSES.sub(" ", seen) if is_question else seen
            if not is_offer_proven(word, told, proof) and not _is_compared(word, seen, proof):
                return word
    return ""


def _proposes(seen: str) -> bool:
    """The question offers; one about what the client wishes or means, or wishes to hear, does not."""
    return terms.PROPOSES.search(seen) is not None and not terms.ASKS_BACK.search(seen)


def _is_compared(word: str, seen: str, proof: Proof) -> bool:
    """ "Eight at once are 400 cheaper": a difference that follows from facts offers nothing new."""
    found = standings(seen, proof)
    return word in ("дешевле", "cheaper") and bool(found) and all(one.is_proven for one in found)


@_judging_turns
def guarantee(seen: str, is_question: bool, proof: Proof) -> str:
    if is_question and not re.search(r"гарант|guarant", seen):
        return ""
    word = first(say.GUARANTEES, seen)
    is_open = _is_negated(seen, word) or terms.NOT_SAID.search(seen)
    if not word or is_open or say.SERVICE_PROMISE.search(seen):
        return ""
    is_given = is_offer_proven(word, seen, proof) or is_supported(seen, proof)
    return "" if is_given and not _is_only_denied(word, proof) else word


def _is_only_denied(word: str, proof: Proof) -> bool:
    """ "We don't guarantee a job" proves no guarantee of a job."""
    stem = word[:6]
    holding = [source.seen for source in proof.sources if stem in source.seen]
    return bool(holding) and all(_is_negated(seen, stem) for seen in holding)


def _is_negated(seen: str, word: str) -> bool:
    clause = next((clause for clause in _clauses(seen) if word in clause), seen)
    return say.NEGATES_PROMISE.search(clause) is not None


@_judging_turns
def result(seen: str, is_question: bool, proof: Proof) -> str:
    if is_question and say.ASKS_CLIENT.search(seen):
        return ""
    word = first(say.RESULTS, seen)
    if not word or say.NEGATES_RESULT.search(seen) or is_supported(seen, proof):
        return ""
    is_offer = any(re.search(family, word) for family in say.OFFER_FAMILIES)
    return "" if is_offer and is_offer_proven(word, seen, proof) else word


def denied_failure(seen: str, is_question: bool, proof: Proof) -> str:
    """ "You can't fail", "nobody leaves without a result": a promise told by two denials."""
    found = terms.DENIED_FAILURE.search(seen)
    if not found or is_question or is_supported(seen, proof):
        return ""
    return found.group().strip()


@_judging_turns
def testimonial(seen: str, is_question: bool, proof: Proof) -> str:
    word = first(say.TESTIMONIALS, seen)
    if not word or (is_question and say.ASKS_CLIENT.search(seen)) or is_supported(seen, proof):
        return ""
    return word


@_judging_turns
def superlative(seen: str, is_question: bool, proof: Proof) -> str:
    word = first(say.SUPERLATIVES, seen)
    if not word or is_question or say.DENIED.search(seen.replace(word, " ")):
        return ""
    return "" if is_supported(seen, proof) else word


@_judging_turns
def scarcity(seen: str, is_question: bool, proof: Proof) -> str:
    word = first(say.SCARCITY, seen)
    is_asked = is_question and not _proposes(seen)
    is_open = is_asked or say.DENIED.search(seen) or terms.KNOWS_NOT.search(seen)
    return "" if is_open or is_supported(seen, proof) else word


def day(seen: str, is_question: bool, proof: Proof) -> str:
    word = first(say.DAYS, seen)
    if not word or is_question or say.INVITES.search(seen) or say.QUOTES_CLIENT.search(seen):
        return ""
    if terms.TOO_SOON.search(seen):
        return ""
    stem = word.split()[-1][:6]
    if any(stem in source.seen for source in proof.sources) or terms.NO_PROMISE.search(seen):
        return ""
    said = weekdays(seen)
    known = frozenset[int]().union(*(weekdays(source.seen) for source in proof.sources))
    is_closed = bool(known) and said.isdisjoint(known) and terms.CLOSED.search(seen) is not None
    is_open = said <= known and not terms.ONE_DAY.search(seen)
    return "" if said and (is_open or is_closed) else word


@_judging_turns
def assurance(seen: str, is_question: bool, proof: Proof) -> str:
    word = first(say.ASSURANCES, terms.EXAMPLE.sub(" ", seen))
    if not word or is_question or say.DENIED.search(seen):
        return ""
    same = say.DAILY if say.DAILY.search(word) else re.compile(re.escape(word[:6]))
    is_given = any(same.search(source.seen) for source in proof.sources)
    return "" if is_given or is_supported(seen, proof) else word


def unlimited(seen: str, is_question: bool, proof: Proof) -> str:
    found = terms.UNLIMITED.search(seen)
    is_asked = is_question and not _proposes(seen)
    if not found or is_asked or terms.KNOWS_NOT.search(seen) or terms.TALKS.search(seen):
        return ""
    return "" if _is_term_given(terms.UNLIMITED, seen, proof) else found.group().strip()


def unburdened(seen: str, is_question: bool, proof: Proof) -> str:
    found = terms.UNBURDENED.search(seen)
    if not found or is_question or terms.KNOWS_NOT.search(seen) or is_supported(seen, proof):
        return ""
    return "" if _is_term_given(terms.UNBURDENED, seen, proof) else found.group().strip()


def paid_on_success(seen: str, is_question: bool, proof: Proof) -> str:
    found = terms.PAID_ON_SUCCESS.search(seen)
    if not found or is_question or terms.KNOWS_NOT.search(seen):
        return ""
    words = stems(seen)
    return "" if proof.most_shared(words) >= 2 else found.group().strip()


def credential(seen: str, is_question: bool, proof: Proof) -> str:
    found = terms.CREDENTIALS.search(seen)
    if not found or is_question or terms.KNOWS_NOT.search(seen) or is_supported(seen, proof):
        return ""
    return found.group().strip()


def _is_term_given(pattern: re.Pattern[str], seen: str, proof: Proof) -> bool:
    """A source gives a term of this kind about the same thing."""
    about = stems(pattern.sub(" ", seen))
    return any(
        pattern.search(source.seen) and (not about or shared(about, source.stems))
        for source in proof.sources
    )


def habit(seen: str, is_question: bool, proof: Proof) -> str:
    """A first-person verb of the present that no assistant says of itself; examples are approved."""
    seen = terms.EXAMPLE.sub(" ", seen)
    for found in story.OWN_PRESENT.finditer(seen):
        if not story.ASSISTANTS_PRESENT.match(found.group("verb")):
            return found.group().strip()
    for found in story.OWN_PRESENT_EN.finditer(seen):
        verb = found.group("verb")
        is_asked = seen[: found.start()].endswith(("shall ", "should ", "can ", "could ", "may "))
        is_offered = verb in story.OFFERED_VERBS and re.search(r" (?:can|will) ", found.group())
        if not is_asked and not is_offered and verb not in story.ASSISTANTS_VERBS:
            return found.group().strip()
    return ""


def unproven_statement(seen: str, is_question: bool, proof: Proof) -> str:
    """What is left: a statement in the third person needs a source that holds half of its words."""
    if is_question or terms.NO_OFFER.search(seen) or warns(seen):
        return ""
    if _is_carried(seen, proof) or _gives_proven(seen, proof):
        return ""
    if needs_proof(seen):
        return " ".join(seen.split()[:6])
    clauses = _clauses(seen)
    for clause in clauses if len(clauses) > 1 and not repeats_client(seen) else ():
        if asserts(clause) and needs_proof(clause) and not _is_carried(clause, proof):
            return " ".join(clause.split()[:6])
    return ""


def _is_carried(seen: str, proof: Proof) -> bool:
    """One source holds most of the words that bear the statement, or it has too few to state much."""
    words = bearing(seen)
    commits = _COMMITS.search(seen) is not None
    if len(words) < (1 if commits else 2):
        return not boasts(seen) and not (commits and len(seen.split()) > 3)
    share = proof.most_shared(words)
    is_much = boasts(seen) or commits or len(words) > 3
    return share > 0.5 * len(words) if is_much else share >= 0.5 * len(words)


def _gives_proven(seen: str, proof: Proof) -> bool:
    """The sentence restates a proven figure or offer, and boasts of nothing."""
    words = bearing(seen)
    known = sum(proof.most_shared(frozenset((word,))) for word in words)
    if len(words) - known > max(2, len(words) // 2):
        return False
    is_offer = bool(word := first(say.OFFERS, seen)) and is_offer_proven(word, seen, proof)
    is_given = is_offer or any(one.is_proven for one in standings(seen, proof))
    return is_given and not boasts(seen)


def is_spoken_of(word: str, proof: Proof) -> bool:
    """Whether a source makes such an offer, or gives such a title, of whatever; one that denies it makes none."""
    family = next((family for family in say.OFFER_FAMILIES if re.search(family, word)), "")
    same = re.compile(family or re.escape(word[:6]))
    return any(same.search(one.seen) and not say.DENIED.search(one.seen) for one in proof.sources)


def crowds(seen: str, is_question: bool, proof: Proof) -> str:
    """A story about crowds that do something."""
    return "" if is_question or is_supported(seen, proof) else first(story.CROWDS, seen)


def told(seen: str, is_question: bool, proof: Proof) -> str:
    """A story about others, in the past tense."""
    if is_question or is_supported(seen, proof) or story.ALLOWS_TOLD.search(seen):
        return ""
    if found := story.TOLD_EN.search(seen):
        return found.group().strip()
    for found in story.TOLD_RU.finditer(seen):
        verb = found.group("verb")
        is_verb = not story.NOT_TOLD.fullmatch(verb) and not verb.startswith(say.SERVICE_VERBS)
        is_told = is_verb and not say.NEGATED_BEFORE.search(seen[: found.start()])
        if is_told and not _is_condition(found, seen):
            return verb
    return ""


def _is_condition(verb: re.Match[str], seen: str) -> bool:
    """ "Опоздали — урок короче": what holds when something happens, told without "if"."""
    _, dash, after = seen.partition("—")
    return bool(dash) and verb.start() == 0 and not story.TOLD_RU.search(after)


def _clauses(seen: str) -> list[str]:
    return [clause for clause in re.split(r"[,;:–—]| но | а | but ", seen) if clause.strip()]


def _without(patterns: Sequence[re.Pattern[str]], seen: str) -> str:
    for pattern in patterns:
        seen = pattern.sub(" ", seen)
    return seen


def first(patterns: Sequence[re.Pattern[str]], seen: str) -> str:
    for pattern in patterns:
        if found := pattern.search(seen):
            return found.group().strip()
    return ""
