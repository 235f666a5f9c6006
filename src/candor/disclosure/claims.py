"""H3: the gate for every draft. Invented experience, unproven figures, results and promises stop here.

`find_claims` reads a draft sentence by sentence, in Russian and English. What an AI can't have lived
through is never allowed; figures, offers and results are allowed when a fact of the script (with its
evidence) or an approved line of the owner proves them. Honest sentences pass: questions, the client's
own figures quoted back, "I can't promise that".
"""

import enum
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from candor.disclosure import claim_patterns as say
from candor.disclosure import story_patterns as story
from candor.disclosure.figure_words import NUMBER_WORDS, UNITS
from candor.disclosure.figures import Figure, figures
from candor.disclosure.links import foreign_links
from candor.disclosure.visible_text import visible

_SENTENCE: Final = re.compile(r".+?(?:[.!?…]+[)\"'»”]*(?=\s|$)|\n|$)", re.DOTALL)
_CONTENT: Final = re.compile(r"[^\W\d_]{4,}")
_SUPPORT: Final = 0.6
"""Share of a sentence's content words that one source must hold to prove it."""


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


@dataclass(frozen=True, slots=True)
class Proof:
    """What may be said: `facts` with evidence, `approved` words of the owner, what the client said."""

    facts: Sequence[str] = ()
    approved: Sequence[str] = ()
    """Script lines and knowledge passages that the owner wrote."""
    client_said: Sequence[str] = ()
    allowed_links: Sequence[str] = ()
    """Hosts (`example.org`), addresses or @names that may be in a text."""
    sources: tuple["Source", ...] = field(init=False, default=())
    quoted: tuple[Figure, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        texts = (*self.facts, *self.approved)
        sources = tuple(_source(part) for text in texts for part in _sentences(text))
        object.__setattr__(self, "sources", sources)
        quoted = tuple(f for text in self.client_said for f in figures(text))
        object.__setattr__(self, "quoted", quoted)


@dataclass(frozen=True, slots=True)
class Source:
    """One sentence of a fact or an approved line, made ready for comparing."""

    seen: str
    plain: str
    stems: frozenset[str]
    figures: tuple[Figure, ...]


def find_claims(text: str, proof: Proof) -> tuple[Claim, ...]:
    """Everything in the draft that may not be sent, in reading order; empty means it may go."""
    claims: list[Claim] = []
    for found in _SENTENCE.finditer(text):
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
    if _is_approved(seen, proof):
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
        if _is_proven(figure, seen, proof) or (is_quoting and figure.value in quoted):
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


def _is_proven(figure: Figure, seen: str, proof: Proof) -> bool:
    """A source gives this figure, and no source about the same thing gives another one instead."""
    alike = [s for s in proof.sources if any(_same_unit(figure, f) for f in s.figures)]
    giving = [s for s in alike if any(_proves(f, figure) for f in s.figures)]
    giving = giving or [s for s in proof.sources if _counts_same(figure, s)]
    if not giving:
        return False
    about = _stems(seen)
    best = max(_shared(about, source.stems) for source in giving)
    return all(_shared(about, source.stems) <= best for source in alike if source not in giving)


def _counts_same(said: Figure, source: "Source") -> bool:
    """ "40 снимков" is proven by "40 обработанных снимков": same value, the noun stands there too."""
    is_noun = len(said.unit) == 5 or said.unit in ("", "штук", "piece")
    same = any(known.value == said.value and len(known.unit) == 5 for known in source.figures)
    return same and is_noun and (said.unit in ("", "штук", "piece") or said.unit[:4] in source.seen)


def _proves(known: Figure, said: Figure) -> bool:
    if not said.unit and known.unit == "clock":
        return said.value in (known.value / 60, known.value / 60 - 12)
    return known.value == said.value and (known.unit == said.unit or not said.unit)


def _same_unit(said: Figure, known: Figure) -> bool:
    return known.unit == said.unit or not said.unit


def _is_approved(seen: str, proof: Proof) -> bool:
    """The sentence stands word for word in a fact or an approved line."""
    plain = _letters(seen)
    return len(plain) > 12 and any(plain in source.plain for source in proof.sources)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip()


def _is_supported(seen: str, proof: Proof) -> bool:
    """One source holds most of the sentence's content words (by stem)."""
    stems = _stems(seen)
    needed = max(2, _SUPPORT * len(stems))
    return any(_shared(stems, source.stems) >= needed for source in proof.sources)


def _is_offer_proven(word: str, seen: str, proof: Proof) -> bool:
    """A source makes this kind of offer about the same thing."""
    family = next((family for family in say.OFFER_FAMILIES if re.search(family, word)), word)
    about = _stems(re.sub(rf"\w*(?:{family})\w*", " ", seen))
    return any(
        re.search(family, source.seen) and (not about or _shared(about, source.stems))
        for source in proof.sources
    )


@lru_cache(maxsize=4096)
def _source(text: str) -> Source:
    """Kept, since the same facts and lines prove every answer of a script."""
    seen = visible(text)
    return Source(seen, _letters(seen), _stems(seen), figures(seen))


def _sentences(text: str) -> list[str]:
    return [found.group() for found in _SENTENCE.finditer(text) if found.group().strip()]


def _stems(seen: str) -> frozenset[str]:
    """Content words without their endings; words that only measure are left out."""
    return frozenset(
        word[: max(4, min(6, len(word) - 2))]
        for word in _CONTENT.findall(seen)
        if word not in UNITS and word not in NUMBER_WORDS and word[:4] not in say.EMPTY_STEMS
    )


def _shared(stems: frozenset[str], others: frozenset[str]) -> int:
    return sum(
        any(stem.startswith(other) or other.startswith(stem) for other in others) for stem in stems
    )


def _offer(seen: str, is_question: bool, proof: Proof) -> str:
    for clause in _clauses(say.CONDITION.sub(" ", seen)):
        if (word := _first(say.OFFERS, clause)) and not say.DENIED.search(clause):
            if is_question and say.ASKS_CLIENT.search(clause):
                continue
            if not _is_offer_proven(word, seen, proof):
                return word
    return ""


def _guarantee(seen: str, is_question: bool, proof: Proof) -> str:
    if is_question and not re.search(r"гарант|guarant", seen):
        return ""
    word = _first(say.GUARANTEES, seen)
    if not word or _is_negated(seen, word) or say.SERVICE_PROMISE.search(seen):
        return ""
    return "" if _is_offer_proven(word, seen, proof) or _is_supported(seen, proof) else word


def _is_negated(seen: str, word: str) -> bool:
    clause = next((clause for clause in _clauses(seen) if word in clause), seen)
    return say.NEGATES_PROMISE.search(clause) is not None


def _result(seen: str, is_question: bool, proof: Proof) -> str:
    if is_question and say.ASKS_CLIENT.search(seen):
        return ""
    word = _first(say.RESULTS, seen)
    if not word or say.NEGATES_RESULT.search(seen) or _is_supported(seen, proof):
        return ""
    return word


def _testimonial(seen: str, is_question: bool, proof: Proof) -> str:
    word = _first(say.TESTIMONIALS, seen)
    if not word or (is_question and say.ASKS_CLIENT.search(seen)) or _is_supported(seen, proof):
        return ""
    return word


def _superlative(seen: str, is_question: bool, proof: Proof) -> str:
    word = _first(say.SUPERLATIVES, seen)
    if not word or is_question or say.DENIED.search(seen.replace(word, " ")):
        return ""
    return "" if _is_supported(seen, proof) else word


def _scarcity(seen: str, is_question: bool, proof: Proof) -> str:
    word = _first(say.SCARCITY, seen)
    return "" if is_question or say.DENIED.search(seen) or _is_supported(seen, proof) else word


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
    return "" if is_given or _is_supported(seen, proof) else word


def _habit(seen: str, is_question: bool, proof: Proof) -> str:
    """A first-person verb of the present that no assistant says of itself; examples are approved."""
    for found in story.OWN_PRESENT.finditer(seen):
        if not story.ASSISTANTS_PRESENT.match(found.group("verb")):
            return found.group().strip()
    for found in story.OWN_PRESENT_EN.finditer(seen):
        if found.group("verb") not in story.ASSISTANTS_VERBS:
            return found.group().strip()
    return ""


def _told(seen: str, is_question: bool, proof: Proof) -> str:
    """A story about others: crowds that do something, third persons in the past tense."""
    if is_question or _is_supported(seen, proof):
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
)


def _clauses(seen: str) -> list[str]:
    return [clause for clause in re.split(r"[,;:–—]| но | а | but ", seen) if clause.strip()]


def _first(patterns: Sequence[re.Pattern[str]], seen: str) -> str:
    for pattern in patterns:
        if found := pattern.search(seen):
            return found.group().strip()
    return ""
