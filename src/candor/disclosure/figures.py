"""Figures in a text, as values with a unit, so that "шесть недель" and "6 недель" are the same.

Numbers are read as digits and as words, Russian and English. Durations of one family are brought to
one unit (60 minutes = 1 hour, 6 months = half a year), money keeps its currency.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from candor.disclosure.figure_words import (
    BIG,
    COUNTED,
    HARMLESS,
    MONTHS,
    NUMBER_WORDS,
    PART_WORDS,
    UNITS,
)
from candor.disclosure.time_words import hour_of, period_at, told_time
from candor.disclosure.visible_text import visible

_TOKEN: Final = re.compile(
    r"\d{1,2}:\d{2}|\d{1,2}\.\d{2}\.\d{2,4}|\d{1,3}(?:[  ]\d{3})+(?!\d)|\d{1,3}(?:,\d{3})+(?!\d)"
    r"|\d+(?:[.,]\d+)?|[$€£₽%№#]|[^\W\d_]+(?:'[^\W\d_]+)?"
)
_ONLY_AFTER_DIGITS: Final = frozenset({"к", "k"})
"""A thousand in "50к", a preposition elsewhere."""
_GLUED: Final = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])-(?=[^\W\d_])|(?<=\d)-(?=\w)")


_BEHIND: Final = re.compile(r"(?<=\d) ?([€₽])(?! ?\d)")
_SPELT: Final = {"€": " euros", "₽": " рублей"}
"""A sign behind its number, as in "490 ₽, 1000 шт.", is no sign of the number that follows."""
_COMPOUND: Final = re.compile(
    r"(?<!\w)(двух|трех|четырех|пяти|шести|семи|восьми|девяти|десяти|двенадцати|пятнадцати|двадцати|тридцати|"
    r"сорока|пятидесяти|полутора)(летн|часов|минутн|дневн|недельн|месячн)\w*"
)
_COMPOUND_UNITS: Final = {
    "летн": "лет", "часов": "часов", "минутн": "минут", "дневн": "дней", "недельн": "недель", "месячн": "месяцев",
}  # fmt: skip
""" "двадцатилетний": the number and its unit in one word."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value and its unit: `rub`, `usd`, `percent`, `minutes`, `days`, `workdays`, `months`,
    `per_week`, `people`, `age`, `year`, `clock` (minutes of the day), `date` (month * 100 + day), a noun's
    stem, or empty when nothing says what is counted."""

    value: float
    unit: str
    shown: str


def figures(text: str) -> tuple[Figure, ...]:
    """All figures of a text in order. Counting words like "two options" are left out."""
    return tuple(_read(_tokens(visible(text))))


def _tokens(seen: str) -> list[str]:
    whole = _COMPOUND.sub(lambda found: f"{found.group(1)} {found.group(2)}", seen)
    whole = _BEHIND.sub(lambda found: _SPELT[found.group(1)], whole)
    return [_COMPOUND_UNITS.get(token, token) for token in _TOKEN.findall(_GLUED.sub(" ", whole))]


def _read(tokens: Sequence[str]) -> Iterator[Figure]:
    at = 0
    while at < len(tokens):
        if told := told_time(tokens, at):
            yield Figure(told.value, told.unit, " ".join(tokens[at : at + told.length]))
            at += told.length
            continue
        value, after = _number(tokens, at)
        if value is None:
            at += 1
            continue
        figure, at_next = _with_unit(tokens, at, after, value)
        if figure is not None:
            yield figure
        at = max(at_next, at + 1)


def _number(tokens: Sequence[str], at: int) -> tuple[float | None, int]:
    """The number that begins here, digits or words, and where it ends."""
    token = tokens[at]
    if token[0].isdigit() and ":" not in token and token.count(".") < 2:
        return _scaled(_parse(token), tokens, at + 1)
    if token in _ONLY_AFTER_DIGITS:
        return None, at
    total, part, after = 0.0, 0.0, at
    while after < len(tokens) and (tokens[after] in NUMBER_WORDS or tokens[after] in BIG):
        word = tokens[after]
        if word in BIG:
            total += (part or 1.0) * BIG[word]
            part = 0.0
        elif part and not _joins(part, NUMBER_WORDS[word]):
            break
        else:
            part += NUMBER_WORDS[word]
        after += 1
        if tuple(tokens[after : after + 2]) == ("с", "половиной") and part:
            part, after = part + 0.5, after + 2
        is_joined = word in BIG and after < len(tokens) - 1 and tokens[after] == "and"
        if is_joined and tokens[after + 1] in NUMBER_WORDS:
            after += 1
    if after == at:
        return None, at
    return total + part, after


def _joins(part: float, value: float) -> bool:
    """ "Сорок пять" is one number, "три-пять" are two."""
    is_ten, is_hundred = part % 100 >= 20 and part % 10 == 0, part % 100 == 0 and part >= 100
    return (is_ten and value < 10) or (is_hundred and value < 100)


def _scaled(value: float, tokens: Sequence[str], at: int) -> tuple[float, int]:
    while at < len(tokens) and tokens[at] in BIG:
        value *= BIG[tokens[at]]
        at += 1
    return value, at


def _parse(token: str) -> float:
    plain = token.replace(" ", "").replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", plain):
        plain = plain.replace(",", "")
    return float(plain.replace(",", "."))


def _with_unit(
    tokens: Sequence[str], start: int, after: int, value: float
) -> tuple[Figure | None, int]:
    before = tokens[start - 1] if start else ""
    unit_at = after
    is_working = False
    while unit_at < len(tokens) and tokens[unit_at] in PART_WORDS:
        is_working = is_working or tokens[unit_at].startswith(("рабоч", "work", "busin"))
        unit_at += 1
    if _is_described(tokens, unit_at):
        unit_at += 1
    word = tokens[unit_at] if unit_at < len(tokens) else ""
    shown = " ".join(tokens[start : unit_at + 1])
    if special := _date(before, word, value, shown):
        return special, unit_at + 1
    if (clock := hour_of(before, word, value)) is not None:
        return Figure(clock, "clock", shown), unit_at + 1
    if before in ("$", "€", "£", "₽"):
        return Figure(value, UNITS[before][0], f"{before}{shown}"), after
    if word in UNITS and not _stands_before(tokens, unit_at):
        is_one = value == 1 and not tokens[start][0].isdigit()
        if is_one and (UNITS[word][0] in _UNCOUNTED or word == "day"):
            return None, unit_at + 1
        return _measured(tokens, unit_at, value, shown, is_working), unit_at + 1
    return _counted(tokens, start, after, word, value, shown), after


def _stands_before(tokens: Sequence[str], at: int) -> bool:
    """ "A2 £228": the sign belongs to the number behind it."""
    return (
        tokens[at] in ("$", "€", "£", "₽") and at + 1 < len(tokens) and tokens[at + 1][0].isdigit()
    )


def _is_described(tokens: Sequence[str], at: int) -> bool:
    """ "Ten calm minutes", "пять дополнительных занятий": a word stands before the unit."""
    if at + 1 >= len(tokens) or tokens[at] in UNITS or len(tokens[at + 1]) < 3:
        return False
    is_word = _is_noun(tokens[at]) and tokens[at] not in BIG and tokens[at] not in MONTHS
    return is_word and tokens[at + 1] in UNITS and _DESCRIBES.search(tokens[at]) is not None


def _measured(
    tokens: Sequence[str], unit_at: int, value: float, shown: str, is_working: bool
) -> Figure:
    unit, factor = UNITS[tokens[unit_at]]
    if unit in COUNTED and (period := period_at(tokens, unit_at + 1)):
        return Figure(value, f"per_{period}", shown)
    if factor == 12 and tokens[unit_at + 1 : unit_at + 2] in (["old"], ["olds"]):
        return Figure(value, "age", f"{shown} old")
    if unit == "months" and factor == 12 and 1900 <= value <= 2100:
        return Figure(value, "year", shown)
    if unit == "days" and is_working:
        return Figure(value, "workdays", shown)
    return Figure(value * factor, unit, shown)


def _counted(
    tokens: Sequence[str], start: int, after: int, word: str, value: float, shown: str
) -> Figure | None:
    is_spoken = not tokens[start][0].isdigit()
    before = tokens[start - 1] if start else ""
    if 1900 <= value <= 2100 and tokens[start].isdecimal():
        return Figure(value, "" if before in _PRICED else "year", shown)
    if is_spoken and value == 1:
        return None
    is_harmless = value <= 10 and any(word.startswith(stem) for stem in HARMLESS)
    is_harmless = is_harmless or (is_spoken and _says_how_many(before, word, value))
    if is_harmless or _is_list_mark(tokens, start, after):
        return None
    if period := period_at(tokens, after):
        return Figure(value, f"per_{period}", shown)
    unit = _noun(tokens, after)
    return Figure(value, unit, shown if unit else tokens[start])


def _noun(tokens: Sequence[str], at: int) -> str:
    """The stem of what is counted, empty when the next word counts nothing: "open till eight, then"."""
    word = tokens[at] if at < len(tokens) else ""
    if not _is_noun(word):
        return ""
    if not word.isascii() or word.endswith("s") or word in _PLURALS:
        return word[:5]
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    return following[:5] if following.endswith("s") and _is_noun(following) else ""


def _is_noun(word: str) -> bool:
    return len(word) > 3 and word.isalpha() and not _NO_UNIT.match(word)


def _says_how_many(before: str, word: str, value: float) -> bool:
    """ "Split in two", "for two that's": a few of what is spoken about, not of the product."""
    is_for = before in ("for", "на", "для") and word in ("", "that", "that's", "это", "people")
    return (value <= 3 and not word) or (value <= 10 and is_for)


def _is_list_mark(tokens: Sequence[str], start: int, after: int) -> bool:
    """ "1. First" at a line's beginning, told by its being the very first token."""
    return start == 0 and after == 1 and tokens[0] in {"1", "2", "3", "4", "5"} and len(tokens) > 4


def _date(before: str, word: str, value: float, shown: str) -> Figure | None:
    if value != int(value) or not 1 <= value <= 31:
        return None
    is_before = before.isascii() and shown[0].isdigit()
    for month in (word, before if is_before else ""):
        if month in MONTHS:
            return Figure(MONTHS[month] * 100 + value, "date", shown)
    return None


_PRICED: Final = frozenset(
    (
        "стоит",
        "стоят",
        "стоил",
        "обойдется",
        "обойдутся",
        "выйдет",
        "выходит",
        "получится",
        "получается",
        "всего",
        "это",
        "итого",
        "costs",
        "cost",
        "comes",
        "total",
    )
)
"""Behind these words 1990 is a price without its currency, not a year."""
_DESCRIBES: Final = re.compile(r"(?:[ыи](?:х|е|ми?)|[a-z]{3}(?<!s))$")
_NO_UNIT: Final = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|понедел|вторник|сред[аыу]|четверг|пятниц|суббот|воскрес|правильно|верно|right|from|with"
    r"|(?:till|until|since|after|before|where|when|that|that's|then|than|plus|each|apart|together|altogether|because|while|which|this|these|those|they|your|you're|what|"
    r"comes?|costs?|could|would|should|will|makes?|gives?|takes?|goes|begins?|starts?|finish|finishes|seems|works|means|leaves|saves|lasts|runs|does|has|was|were|"
    r"more|less|instead|maximum|minimum|exactly|sharp|also|everyone|always|sometimes|besides|unless|perhaps|"
    r"значит|плюс|минус|вместе|отдельно|ровно|как\w{2,3}|если|либо|после|итого|потом|тогда|только|можно|когда|чтобы|минимум|максимум|примерно|подойд\w+|получ\w+|выйд\w+|остат\w+)(?!\w)"
    r"|[а-я]+(?:йте|йтесь|ите|итесь|ать|ить|еть|аем|уем|яем)(?!\w)"
)  # fmt: skip
"""Words behind a number that name nothing countable."""
_PLURALS: Final = frozenset(
    ("people", "children", "women", "feet", "teeth", "staff", "players", "mice", "geese")
)
_UNCOUNTED: Final = frozenset({"lessons", "people", "times", "places", "points"})
