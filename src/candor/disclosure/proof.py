"""What may be said, and whether a sentence is carried by it: the other half of the claims gate."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Final

from candor.disclosure import claim_patterns as say
from candor.disclosure.figure_words import NUMBER_WORDS, UNITS
from candor.disclosure.figures import Figure, figures
from candor.disclosure.source_index import StemIndex, index_of, most_held
from candor.disclosure.visible_text import visible

if TYPE_CHECKING:
    from candor.disclosure.figure_proof import Standing

SENTENCE: Final = re.compile(r".+?(?:[.!?…]+[)\"'»”]*(?=\s|$)|\n|$)", re.DOTALL)
_CONTENT: Final = re.compile(r"[^\W\d_]{4,}")
_SUPPORT: Final = 0.6
"""Share of a sentence's content words that one source must hold to prove it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What may be said: `facts` with evidence, `approved` words of the owner, what the client said."""

    facts: Sequence[str] = ()
    approved: Sequence[str] = ()
    """Script lines and knowledge passages that the owner wrote."""
    client_said: Sequence[str] = ()
    allowed_links: Sequence[str] = ()
    """Hosts (`example.org`), addresses or @names that may be in a text."""
    personal: Sequence[str] = ()
    """Approved lines that hold more of the client than his name: they are others for the next one."""
    addressed: Sequence[str] = ()
    """Approved lines as they call the client by name; `approved` has them without it. They may be said
    word for word."""
    names: Sequence[str] = ()
    """The client's own names, which state nothing."""
    sources: tuple["Source", ...] = field(init=False, default=())
    parts: tuple[tuple[str, ...], ...] = field(init=False, default=())
    """The sources as they are compared: those for everyone, and the personal ones."""
    plain: str = field(init=False, repr=False, default="")
    """The letters of all that may be said word for word, one sentence a line, between line ends."""
    called: frozenset[str] = field(init=False, default=frozenset())
    """The words of the client's names, as `visible` shows them."""
    quoted: tuple[Figure, ...] = field(init=False, default=())
    stated: dict[str, tuple["Standing", ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    """What `figure_proof` found of the sentences that were asked about."""
    _most: dict[frozenset[str], int] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        common = _part((*self.facts, *self.approved))
        personal, addressed = _part(tuple(self.personal)), _part(tuple(self.addressed))
        made = {
            "sources": common.sources + personal.sources,
            "parts": tuple(part.seen for part in (common, personal) if part.seen),
            "plain": "\n".join(("", common.plain, personal.plain, addressed.plain, "")),
            "called": frozenset(word for name in self.names for word in visible(name).split()),
            "quoted": tuple(figure for text in self.client_said for figure in figures(text)),
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    def most_shared(self, stems: frozenset[str]) -> int:
        """How many of a sentence's stems the source holds that holds most; several rules ask."""
        if (known := self._most.get(stems)) is None:
            known = self._most[stems] = most_held(stems, tuple(map(_index, self.parts)))
        return known


@dataclass(frozen=True, slots=True)
class Source:
    """One sentence of a fact or an approved line, made ready for comparing."""

    seen: str
    plain: str
    stems: frozenset[str]
    figures: tuple[Figure, ...]


def is_proven(figure: Figure, seen: str, proof: Proof) -> bool:
    """A source gives this figure, and no source about the same thing gives another one instead."""
    if _is_given(figure, seen, proof) or _is_sum(figure, proof):
        return True
    return any(_is_product(figure, seen, s) for s in proof.sources)


def _is_given(figure: Figure, seen: str, proof: Proof) -> bool:
    bears = bearing(seen)
    alike = [s for s in proof.sources if any(_same_unit(figure, f) for f in s.figures)]
    giving = [s for s in alike if _gives(s, figure, bears)]
    giving = giving or [s for s in proof.sources if _counts_same(figure, s)]
    if not giving:
        is_priced = any(one.unit in MONEY for one in figures(seen))
        return is_priced and any(_is_rate(figure, source) for source in proof.sources)
    about = stems(seen)
    best = max(shared(about, source.stems) for source in giving)
    return all(shared(about, source.stems) <= best for source in alike if source not in giving)


def _is_rate(said: Figure, source: "Source") -> bool:
    """ "600 ₽ за час" restates "600 ₽ в час": one unit, told without its number."""
    rate = _RATES.get((said.value, said.unit))
    return rate is not None and said.shown[:1].isalpha() and rate.search(source.seen) is not None


_RATES: Final = {
    (value, unit): re.compile(
        rf"(?:(?<!\w)(?:в|за|каждый|каждую|per|an?|each|every|one|один|одну) |/ ?)(?:{words})(?!\w)|(?<!\w)(?:{adverbs})(?!\w)"
    )
    for value, unit, words, adverbs in (
        (60.0, "minutes", "час|ч|hour|hr|h", r"hourly|почасов\w+"),
        (1.0, "days", "день|сутки|day", "daily|ежедневно"),
        (7.0, "days", "неделю|неделя|week", r"weekly|еженедельно|недельн\w+"),
        (1.0, "months", "месяц|мес|month", r"monthly|ежемесячн\w+|помесячн\w+|месячн\w+"),
        (12.0, "months", "год|year", r"yearly|annual\w*|annually|годов\w+"),
    )
}  # fmt: skip


def _gives(source: "Source", said: Figure, about: frozenset[str]) -> bool:
    """A bare number is given by a bare one, or by a measured one about the same thing."""
    given = [known for known in source.figures if proves(known, said)]
    is_price = said.value >= _LEAST_PRICE and any(known.unit in MONEY for known in given)
    is_bare = not said.unit and said.value > 12 and about and all(known.unit for known in given)
    if is_price:
        return True
    return bool(given) and (not is_bare or shared(about, source.stems) > 0)


def _is_sum(said: Figure, proof: Proof) -> bool:
    """ "4200 in all" is proven by 3900 for the thing and 300 for its delivery."""
    parts = [
        known.value
        for source in proof.sources
        for known in source.figures
        if known.unit == said.unit and said.unit in MONEY
    ]
    return any(one + other == said.value for one, other in combinations(parts, 2))


MONEY: Final = ("rub", "usd", "eur", "gbp")


def _is_product(said: Figure, seen: str, source: "Source") -> bool:
    """ "For two that's 136 000" is proven by 68 000 a person: counted, not invented."""
    if said.unit not in MONEY or not source.figures:
        return False
    counts = {NUMBER_WORDS[word] for word in _letters(seen).split() if word in NUMBER_WORDS}
    return any(
        known.unit == said.unit and known.value * count == said.value
        for known in source.figures
        for count in counts
        if count >= 2
    )


def _counts_same(said: Figure, source: "Source") -> bool:
    """ "40 снимков" is proven by "40 обработанных снимков": same value, the noun stands there too."""
    is_noun = len(said.unit) == 5 or said.unit in ("", "штук", "piece")
    same = any(
        known.value == said.value and len(known.unit) in (0, 4, 5) and known.unit not in _MEASURES
        for known in source.figures
    )
    return same and is_noun and (said.unit in ("", "штук", "piece") or said.unit[:4] in source.seen)


_MEASURES: Final = frozenset(unit for unit, _ in UNITS.values()) | {"date", "year", "age"}


def proves(known: Figure, said: Figure) -> bool:
    if (hour := _as_hour(known, said)) is not None:
        return hour
    if "age" in (known.unit, said.unit):
        return _years(known) == _years(said)
    if said.unit in _MAY_BE_PRICES:
        may_be = known.unit in (*_MAY_BE_PRICES[said.unit], said.unit, "")
        return known.value == said.value and may_be
    if {known.unit, said.unit} in _FAMILIES:
        return _minutes(known) == _minutes(said)
    return known.value == said.value and (known.unit == said.unit or _may_miss(known, said))


def _as_hour(known: Figure, said: Figure) -> bool | None:
    """Whether they are the same hour; nothing where no hours are compared."""
    if not said.unit and known.unit == "clock":
        return said.value in (known.value / 60, known.value / 60 - 12)
    if not said.unit and not known.unit and known.value > 12:
        return said.value in (known.value, known.value - 12)
    if said.unit == "clock" and not known.unit and known.value <= 24:
        return said.value == known.value * 60
    if said.unit == known.unit == "clock" and said.value < _NOON:
        return known.value in (said.value, said.value + _NOON)
    return None


def _years(figure: Figure) -> float:
    return figure.value / 12 if figure.unit == "months" else figure.value


_MAY_BE_PRICES: Final = {"year": MONEY, "lb": ("gbp",)}
"""A bare 1990 and nine pounds are read as a year and a weight."""
_NOON: Final = 720
_LEAST_PRICE: Final = 100
"""From here on a number without its currency may be taken for a price of that value."""


def _minutes(figure: Figure) -> float:
    """24 hours are a day, and for a promise 30 days are a month."""
    return figure.value * _MINUTES.get(figure.unit, 1)


_MINUTES: Final = {"days": 1440, "months": 43_200}
_FAMILIES: Final = ({"minutes", "days"}, {"days", "months"})


def _same_unit(said: Figure, known: Figure) -> bool:
    is_alike = {known.unit, said.unit} in _FAMILIES and _minutes(known) == _minutes(said)
    return known.unit == said.unit or is_alike or _may_miss(known, said)


def _may_miss(known: Figure, said: Figure) -> bool:
    """A unit may be left out: "groups of up to 5" proves five people, a number stays that number."""
    is_number = not known.unit and said.value >= 1000 and len(said.unit) == 5
    is_hour = not known.unit and said.unit == "clock" and known.value <= 24
    is_rate = said.unit.startswith("per_") and known.unit in MONEY and said.value >= _LEAST_PRICE
    is_people = not known.unit and said.unit == "people"
    return not said.unit or is_number or is_hour or is_rate or is_people


def is_approved(seen: str, proof: Proof) -> bool:
    """The sentence stands word for word in a fact or an approved line, whole: cut off before its end, or
    without its "not", it says something else."""
    plain = _letters(seen)
    return len(plain) > 12 and f"\n{plain}\n" in proof.plain


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip()


def is_supported(seen: str, proof: Proof) -> bool:
    """One source holds most of the sentence's content words (by stem)."""
    words = stems(seen)
    return proof.most_shared(words) >= max(2, _SUPPORT * len(words))


def _same_figure(said: Sequence[Figure], source: "Source") -> bool:
    return any(proves(known, figure) for known in source.figures for figure in said if figure.unit)


def is_offer_proven(word: str, seen: str, proof: Proof) -> bool:
    """A source makes this kind of offer about the same thing."""
    family = next((family for family in say.OFFER_FAMILIES if re.search(family, word)), word)
    about = bearing(re.sub(rf"\w*(?:{family})\w*", " ", seen))
    said = figures(seen)
    return any(
        re.search(family, source.seen)
        and (not about or shared(about, source.stems) or _same_figure(said, source))
        for source in proof.sources
    )


@lru_cache(maxsize=256)
def _index(texts: tuple[str, ...]) -> StemIndex:
    """Kept, as are the sources themselves: the same facts and lines prove every answer of a script."""
    return index_of([stems(text) for text in texts])


@dataclass(frozen=True, slots=True)
class _Part:
    """The sources of some texts, and what every comparing with them needs."""

    sources: tuple[Source, ...]
    seen: tuple[str, ...]
    plain: str


@lru_cache(maxsize=256)
def _part(texts: tuple[str, ...]) -> _Part:
    """Kept: the same facts and lines prove every answer of a script."""
    sources = tuple(one for text in texts for one in _sources(text))
    return _Part(
        sources, tuple(one.seen for one in sources), "\n".join(one.plain for one in sources)
    )


@lru_cache(maxsize=4096)
def _sources(text: str) -> tuple[Source, ...]:
    return tuple(map(_source, sentences(text)))


@lru_cache(maxsize=4096)
def _source(text: str) -> Source:
    seen = visible(text)
    kept = stems(seen)
    return Source(seen, _letters(seen), kept, figures(seen))


def sentences(text: str) -> list[str]:
    return [found.group() for found in SENTENCE.finditer(text) if found.group().strip()]


@lru_cache(maxsize=1024)
def stems(seen: str) -> frozenset[str]:
    """Content words without their endings; words that only measure are left out."""
    return frozenset(
        word[: max(4, min(6, len(word) - 2))]
        for word in _CONTENT.findall(seen)
        if word not in UNITS and word not in NUMBER_WORDS and word[:4] not in say.EMPTY_STEMS
    )


@lru_cache(maxsize=1024)
def bearing(seen: str) -> frozenset[str]:
    """The stems that carry a statement: without verbs that every description uses."""
    return frozenset(stem for stem in stems(seen) if not _is_neutral(stem))


@lru_cache(maxsize=8192)
def _is_neutral(stem: str) -> bool:
    return stem.startswith(NEUTRAL) or any(word.startswith(stem) for word in NEUTRAL)


NEUTRAL: Final = (
    "длит", "длят", "проход", "прохо", "занима", "стоит", "стоим", "состав", "начина", "начне",  "старту", "получ", "выда", "дает", "дают",
    "привез", "прино", "конце", "конец", "начал", "свои", "нужн", "примерн", "около", "прийти", "поряд", "общем", "минима",
    "take", "last", "cost", "runs", "gets", "come", "start", "begin", "give", "make", "goes", "bring", "need", "charg",
    "paid", "плати", "плате", "оплат", "paym", "полго", "полча", "утра", "вечер", "всего", "максим", "ровно", "целы", "цена", "цену", "точна", "точно", "после", "него", "может", "лучше", "comes", "after", "exact", "цене", "стоимо", "работае", "price", "total", "most", "least", "cover", "month", "year", "week", "half", "процен", "here", "around", "about", "whole", "there", "each", "every", "minimum", "minimu",
)  # fmt: skip


def shared(stems: frozenset[str], others: frozenset[str]) -> int:
    """How many of `stems` begin one of `others`, or are begun by one."""
    held = stems & _beginnings(others)
    if others.isdisjoint(_shorter(stems)):
        return len(held)
    rest = stems - held
    return len(held) + sum(not others.isdisjoint(_shorter(frozenset((s,)))) for s in rest)


@lru_cache(maxsize=4096)
def _shorter(stems: frozenset[str]) -> frozenset[str]:
    """The beginnings of the stems, themselves left out."""
    return frozenset(stem[:end] for stem in stems for end in range(1, len(stem)))


@lru_cache(maxsize=4096)
def _beginnings(stems: frozenset[str]) -> frozenset[str]:
    return frozenset(stem[:end] for stem in stems for end in range(1, len(stem) + 1))
