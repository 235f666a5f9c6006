"""Sums that follow from facts: "two lessons are 3600" from "a lesson is 1800", "half of it is 900".

An answer that counts for the client invents nothing. What follows in one or two plain steps from prices
that facts give, and from counts that the sentence itself names, is proven; the counts are then its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Final

from candor.disclosure.figures import Figure
from candor.disclosure.proof import MONEY, Proof, Source, shared, stems

MOST_PRICES: Final = 12
"""Prices that are counted with, those about the same thing first."""
_SPOKEN: Final = {
    "вдвоем": 2, "втроем": 3, "вчетвером": 4, "впятером": 5, "both": 2, "обоих": 2, "обе": 2, "оба": 2, "обеих": 2, "дважды": 2, "twice": 2,
}  # fmt: skip
_WORD: Final = re.compile(r"[^\W\d_]+")
_COMPOUND: Final = re.compile(
    r"(?<!\w)(двух|трех|четырех|пяти|шести|семи|восьми|десяти|полутора)(?=[а-я]{4})"
)
_COMPOUNDS: Final = {
    "двух": 2.0, "трех": 3.0, "четырех": 4.0, "пяти": 5.0, "шести": 6.0, "семи": 7.0, "восьми": 8.0, "десяти": 10.0, "полутора": 1.5,
}  # fmt: skip
_NO_COUNT: Final = frozenset({*MONEY, "clock", "date", "year", "percent"})
_LEAST_PRICE: Final = 40
"""A bare number from here on may be a price without its currency."""


@dataclass(frozen=True, slots=True)
class _Price:
    value: float
    is_related: bool
    """Its source speaks about something that the sentence names."""
    shares: tuple[float, ...]
    """Counts that the same source names: "4 lessons for 5600"."""
    rates: frozenset[float]
    """Percentages of its own source and of sources that the sentence speaks about."""


def followed(found: Sequence[Figure], seen: str, proof: Proof) -> frozenset[int]:
    """Places in `found` of the sums that follow from facts and of the counts that they use."""
    wanted = [place for place, figure in enumerate(found) if _may_be_price(figure)]
    if not wanted or not proof.sources:
        return frozenset()
    prices = _prices(seen, proof)
    given = {price.value for price in prices}
    about = stems(seen)
    shares = frozenset(
        share
        for source in proof.sources
        if shared(about, source.stems)
        for share in _shares(source)
    ) | frozenset(_lessons(proof) if _EACH.search(seen) else ())
    is_rough = _ROUGHLY.search(seen) is not None
    kept: set[int] = set()
    for place in wanted:
        values = _values(found[place])
        if not given.isdisjoint(values):
            continue
        said = [f.value for at, f in enumerate(found) if at != place and _may_be_price(f)]
        is_sum = found[place].unit in MONEY or not found[place].unit
        if is_rough and is_sum and any(_is_near(price, values) for price in prices):
            kept.add(place)
            continue
        for value, used in _ways(prices, _counts(found, seen, place), said, shares, seen):
            if any(_is_about(value, one) for one in values):
                kept.add(place)
                kept |= used
    return frozenset(kept)


def _is_about(value: float, said: float) -> bool:
    """Sums are told to the cent, or in whole units where they come out crooked."""
    is_crooked = value >= 20 and abs(value - round(value)) > 0.01 and said == int(said)
    return abs(value - said) <= max(0.011, said * 0.0005, 0.51 * is_crooked)


def _is_near(price: _Price, said: Sequence[float]) -> bool:
    """ "About five thousand" for 4,900."""
    return price.is_related and any(abs(price.value - one) <= 0.04 * one for one in said)


def _may_be_price(figure: Figure) -> bool:
    is_bare = figure.unit == "" or len(figure.unit) == 5 or figure.unit.startswith("per_")
    return figure.unit in MONEY or (is_bare and figure.value >= _LEAST_PRICE)


def _values(figure: Figure) -> tuple[float, ...]:
    """ "Сто двадцать" may be 120 000 where thousands are spoken of."""
    is_short = figure.unit == "" and figure.value < 200
    return (figure.value, figure.value * 1000) if is_short else (figure.value,)


def _prices(seen: str, proof: Proof) -> list[_Price]:
    about = stems(seen)
    related = {source: shared(about, source.stems) > 0 for source in proof.sources}
    halves = (50.0,) if _HALF.search(seen) else ()
    rates = frozenset(halves) | frozenset(
        figure.value
        for source in proof.sources
        for figure in source.figures
        if figure.unit == "percent" and related[source]
    )
    found = [
        _Price(figure.value, related[source], _shares(source), rates | _rates(source))
        for source in proof.sources
        for figure in source.figures
        if _may_be_price(figure) and figure.value >= 1
    ]
    return sorted(dict.fromkeys(found), key=lambda price: not price.is_related)[:MOST_PRICES]


def _rates(source: Source) -> frozenset[float]:
    return frozenset(figure.value for figure in source.figures if figure.unit == "percent")


def _shares(source: Source) -> tuple[float, ...]:
    counts = (value for f in source.figures if f.unit not in _NO_COUNT for value in _as_counts(f))
    return tuple(dict.fromkeys(value for value in counts if 1 < value <= 60))


def _lessons(proof: Proof) -> Iterator[float]:
    """How many lessons any source counts: a price of "one lesson" is shared out by them."""
    for source in proof.sources:
        yield from (figure.value for figure in source.figures if figure.unit == "lessons")


def _counts(found: Sequence[Figure], seen: str, price: int) -> list[tuple[float, frozenset[int]]]:
    """How many, as the sentence says it, and where."""
    counts: list[tuple[float, frozenset[int]]] = []
    for place, figure in enumerate(found):
        if place == price or figure.unit in _NO_COUNT or figure.value <= 0:
            continue
        at = frozenset((place,))
        counts += [(value, at) for value in _as_counts(figure) if 1 < value <= 366]
    words = _WORD.findall(seen)
    counts += [(_SPOKEN[word], frozenset()) for word in words if word in _SPOKEN]
    return counts + [(_COMPOUNDS[part], frozenset()) for part in _COMPOUND.findall(seen)]


def _as_counts(figure: Figure) -> tuple[float, ...]:
    """Hours for minutes; days, weeks and months for days; years for months."""
    if figure.unit == "minutes":
        return (figure.value / 60,)
    if figure.unit == "days":
        return (figure.value, figure.value / 7, figure.value / 30)
    return (figure.value, figure.value / 12) if figure.unit == "months" else (figure.value,)


_Way = tuple[float, frozenset[int]]
_NOTHING: Final[frozenset[int]] = frozenset()
_FEW: Final = 6
_ROUGHLY: Final = re.compile(
    r"(?<!\w)(?:около|примерно|порядка|почти|чуть|приблизительно|где-то|about|roughly|around|approximately|nearly|almost|just (?:over|under)|a (?:little|bit) (?:over|under|more|less))(?!\w)"
)
_EACH: Final = re.compile(
    r"(?<!\w)(?:выход\w+|выйд\w+|получ\w+|обойд\w+|обход\w+|по \d|по \w+ (?:тысяч|сот)\w*|works? out|comes? (?:down |out )?(?:to|at)|breaks down)(?!\w)"
    r"|(?:that's|that is|it's) (?:\w+ ){0,4}?\W?\d[\d.,]* (?:a|an|per|each|every|apiece)(?!\w)"
)
"""Something is shared out, by a count that another source may name."""
_HALF: Final = re.compile(
    r"(?<!\w)(?:half|halves|половин\w*|вдвое|пополам|полцены|наполовину)(?!\w)"
)
_GAP: Final = re.compile(
    r"(?<!\w)(?:разниц\w+|отлича\w+ на|доплат\w+|difference|gap|apart|another|moving up|upgrad\w+|more than)(?!\w)"
)
"""Two prices are told apart, whatever they are called."""
_WHOLE: Final = re.compile(
    r"(?<!\w)(?:весь|вся|все|всего|целиком|полност\w+|итого|в сумме|общ\w+|минимальн\w+|минимум|самый|самая|меньше всего|total|altogether|in all|all in|whole|entire|full|minimum|smallest|shortest|least)(?!\w)"
)
_JOINS: Final = re.compile(
    r"(?<!\w)(?:и|с|со|вместе|плюс|итого|всего|вдобавок|еще|and|with|plus|together|total|in all|including|add|adds|extra)(?!\w)|\+"
)
_COMPARES: Final = re.compile(
    r"(?<!\w)(?:разниц|дешев|дорож|эконом|сэконом|меньше|больше|выгод|остан|доплат|останет|минус|вычет|saves?|saving|less|more|cheaper|difference|leav|left|rest|balance|remain|minus|deduct|adds?(?!\w)|extra|than(?!\w)|instead|knocks|добавля|прибав|отлича|вместо|чем(?!\w))"
)


def _ways(
    prices: Sequence[_Price],
    counts: Sequence[_Way],
    said: Sequence[float],
    shares: frozenset[float],
    seen: str,
) -> Iterator[_Way]:
    """Every value that one or two steps lead to, with the counts that were needed."""
    related = [price for price in prices if price.is_related] or prices[:_FEW]
    for price in prices:
        yield from ((price.value * count, used) for count, used in counts)
    is_each = _EACH.search(seen) is not None
    for value in _shared_out(prices if is_each else related, shares, seen):
        yield value, _NOTHING
    if _GAP.search(seen):
        yield from (
            (abs(one.value - other.value), _NOTHING) for one, other in combinations(prices, 2)
        )
    for price in related:
        times = [(price.value * count, used) for count, used in counts]
        others = [other.value for other in related if other is not price]
        for value, used in ((price.value, _NOTHING), *times):
            yield from ((by, used) for by in _at_rates(value, price.rates))
            yield from ((sum_, used) for sum_ in _put_together(value, others, seen))
        for value in said:
            yield from ((by, _NOTHING) for by in _at_rates(value, price.rates))
            yield from ((sum_, _NOTHING) for sum_ in _put_together(value, (price.value,), seen))
    yield from _of_both(related, counts, seen)


def _shared_out(related: Sequence[_Price], shares: frozenset[float], seen: str) -> Iterator[float]:
    """What one of many costs, and what the least or the whole comes to: by the counts that sources name."""
    is_each = _EACH.search(seen) is not None
    is_whole = _WHOLE.search(seen) is not None
    for price in related:
        yield from (price.value / share for share in price.shares)
        if is_each:
            yield from (price.value / share for share in (*shares, 12.0) if share)
            yield from (price.value * share for share in price.shares)
        if is_whole:
            yield from (price.value * share for share in shares)


def _of_both(related: Sequence[_Price], counts: Sequence[_Way], seen: str) -> Iterator[_Way]:
    """Two prices of the same sentence, each counted: "5 hours for two workers", "the second child at 15 % off"."""
    for price in related[:_FEW]:
        yield from ((price.value * (2 - rate / 100), _NOTHING) for rate in price.rates)
    if not _JOINS.search(seen) and not _COMPARES.search(seen):
        return
    for one, other in permutations(related[:_FEW], 2):
        for rate in other.rates:
            yield one.value + other.value * (1 - rate / 100), _NOTHING
        for count, used in counts:
            yield (one.value + other.value) * count, used
            yield abs(one.value * count - other.value), used
            yield one.value * (count - 1) + other.value, used
        for (count, used), (more, also) in permutations(counts[:_FEW], 2):
            yield one.value * count + other.value * more, used | also


def _put_together(value: float, others: Sequence[float], seen: str) -> Iterator[float]:
    """Sums and differences, where the sentence has a word for them."""
    if _JOINS.search(seen):
        yield from (value + other for other in others)
    if _COMPARES.search(seen):
        yield from (abs(value - other) for other in others)


def _at_rates(value: float, rates: frozenset[float]) -> Iterator[float]:
    """The part, what is left of it, and what it comes to with a surcharge."""
    for rate in rates:
        yield value * rate / 100
        yield value * (1 - rate / 100)
        yield value * (1 + rate / 100)
