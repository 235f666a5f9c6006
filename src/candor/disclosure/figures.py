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
    PERIODS,
    UNITS,
)
from candor.disclosure.visible_text import visible

_TOKEN: Final = re.compile(
    r"\d{1,2}:\d{2}|\d{1,2}\.\d{2}\.\d{2,4}|\d{1,3}(?:[  ]\d{3})+(?!\d)|\d{1,3}(?:,\d{3})+(?!\d)"
    r"|\d+(?:[.,]\d+)?|[$€£₽%№#]|[^\W\d_]+(?:'[^\W\d_]+)?"
)
_ONLY_AFTER_DIGITS: Final = frozenset({"к", "k"})
"""A thousand in "50к", a preposition elsewhere."""
_GLUED: Final = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])-(?=[^\W\d_])|(?<=\d)-(?=\w)")


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
    `per_week`, `people`, `year`, `clock` (minutes of the day), `date` (month * 100 + day), a noun's
    stem, or empty when nothing says what is counted."""

    value: float
    unit: str
    shown: str


def figures(text: str) -> tuple[Figure, ...]:
    """All figures of a text in order. Counting words like "two options" are left out."""
    return tuple(_read(_tokens(visible(text))))


def _tokens(seen: str) -> list[str]:
    whole = _COMPOUND.sub(lambda found: f"{found.group(1)} {found.group(2)}", seen)
    return [_COMPOUND_UNITS.get(token, token) for token in _TOKEN.findall(_GLUED.sub(" ", whole))]


def _read(tokens: Sequence[str]) -> Iterator[Figure]:
    at = 0
    while at < len(tokens):
        value, after = _number(tokens, at)
        if value is None:
            implied = _implied(tokens, at)
            if implied:
                yield implied
            at += 3 if implied and implied.shown.startswith("half past") else 1
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
    word = tokens[unit_at] if unit_at < len(tokens) else ""
    shown = " ".join(tokens[start : unit_at + 1])
    special = _date(before, word, value, shown) or _clock(before, word, value, shown)
    if special:
        return special, unit_at + 1
    if before in ("$", "€", "£", "₽"):
        return Figure(value, UNITS[before][0], f"{before}{shown}"), after
    if word in UNITS:
        is_one = value == 1 and not tokens[start][0].isdigit()
        if is_one and (UNITS[word][0] in _UNCOUNTED or word == "day"):
            return None, unit_at + 1
        return _measured(tokens, unit_at, value, shown, is_working), unit_at + 1
    return _counted(tokens, start, after, word, value, shown), after


def _measured(
    tokens: Sequence[str], unit_at: int, value: float, shown: str, is_working: bool
) -> Figure:
    unit, factor = UNITS[tokens[unit_at]]
    if unit in COUNTED and (period := _period(tokens, unit_at + 1)):
        return Figure(value, f"per_{period}", shown)
    if unit == "months" and factor == 12 and 1900 <= value <= 2100:
        return Figure(value, "year", shown)
    if unit == "days" and is_working:
        return Figure(value, "workdays", shown)
    return Figure(value * factor, unit, shown)


def _counted(
    tokens: Sequence[str], start: int, after: int, word: str, value: float, shown: str
) -> Figure | None:
    is_spoken = not tokens[start][0].isdigit()
    if 1900 <= value <= 2100 and not is_spoken:
        return Figure(value, "year", shown)
    if is_spoken and value == 1:
        return None
    before = tokens[start - 1] if start else ""
    is_harmless = value <= 10 and any(word.startswith(stem) for stem in HARMLESS)
    is_harmless = is_harmless or (is_spoken and _says_how_many(before, word, value))
    if is_harmless or _is_list_mark(tokens, start, after):
        return None
    if period := _period(tokens, after):
        return Figure(value, f"per_{period}", shown)
    unit = word[:5] if word.isalpha() and len(word) > 3 and not _NO_UNIT.match(word) else ""
    return Figure(value, unit, shown if unit else tokens[start])


def _says_how_many(before: str, word: str, value: float) -> bool:
    """ "Split in two", "for two that's": a few of what is spoken about, not of the product."""
    is_for = before in ("for", "на", "для") and word in ("", "that", "that's", "это", "people")
    return (value <= 3 and not word) or (value <= 10 and is_for)


def _is_list_mark(tokens: Sequence[str], start: int, after: int) -> bool:
    """ "1. First" at a line's beginning, told by its being the very first token."""
    return start == 0 and after == 1 and tokens[0] in {"1", "2", "3", "4", "5"} and len(tokens) > 4


def _period(tokens: Sequence[str], at: int) -> str:
    two = tuple(tokens[at : at + 2])
    if two in PERIODS:
        return PERIODS[two]
    return PERIODS.get(two[:1], "")


def _date(before: str, word: str, value: float, shown: str) -> Figure | None:
    if value != int(value) or not 1 <= value <= 31:
        return None
    for month in (word, before):
        if month in MONTHS:
            return Figure(MONTHS[month] * 100 + value, "date", shown)
    return None


def _clock(before: str, word: str, value: float, shown: str) -> Figure | None:
    if value != int(value) or not 0 <= value <= 24:
        return None
    if word in ("am", "утра", "a.m"):
        return Figure(value % 12 * 60, "clock", shown)
    if word in ("pm", "вечера", "дня", "p.m") and not (word == "дня" and before != "в"):
        return Figure((value % 12 + 12) * 60, "clock", shown)
    return None


def _implied(tokens: Sequence[str], at: int) -> Figure | None:
    """Figures without a number: "7:30", "за месяц", "in a year", "полгода", "half price"."""
    token = tokens[at]
    if half := _half_hour(tokens, at):
        return half
    if ":" in token:
        hours, minutes = (int(part) for part in token.split(":"))
        return _pm(tokens, at, hours * 60 + minutes)
    if token in _SPELT:
        return Figure(*_SPELT[token], token)
    if token in ("twice", "дважды") and (period := _period(tokens, at + 1)):
        return Figure(2.0, f"per_{period}", token)
    after = at + 1
    if token in ("за", "через", "на", "спустя", "in", "within", "over", "for", *_SHORTLY):
        while after < len(tokens) and tokens[after] in (
            "a",
            "an",
            "one",
            "один",
            "одну",
            "целый",
            "the",
        ):
            after += 1
        unit = tokens[after] if after < len(tokens) else ""
        is_one = unit in UNITS and unit in _ONE
        has_half = tokens[after + 1 : after + 4] == ["and", "a", "half"]
        if is_one and not has_half and UNITS[unit][0] in ("minutes", "days", "months"):
            return Figure(float(UNITS[unit][1]), UNITS[unit][0], " ".join(tokens[at : after + 1]))
    return _half(tokens, at)


def _half(tokens: Sequence[str], at: int) -> Figure | None:
    """ "half a year", "an hour and a half" """
    if tokens[at] == "half" and tokens[at + 1 : at + 2] == ["hour"]:
        return Figure(30.0, "minutes", "half hour")
    if tokens[at] == "half" and at + 2 < len(tokens) and tokens[at + 1] in ("a", "an", "the"):
        unit, factor = UNITS.get(tokens[at + 2], ("", 0))
        if unit in ("minutes", "days", "months") and factor > 1:
            return Figure(factor / 2, unit, " ".join(tokens[at : at + 3]))
    if tokens[at + 1 : at + 4] == ["and", "a", "half"]:
        unit, factor = UNITS.get(tokens[at], ("", 0))
        return Figure(factor * 1.5, unit, " ".join(tokens[at : at + 4])) if unit else None
    return None


def _half_hour(tokens: Sequence[str], at: int) -> Figure | None:
    """ "В половине восьмого", "half past seven"; morning or evening is left open."""
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if tokens[at] in ("половине", "половину", "половины") and following in _HOURS:
        return Figure(_HOURS[following] * 60 - 30.0, "clock", f"{tokens[at]} {following}")
    hour = NUMBER_WORDS.get(tokens[at + 2], 0) if at + 2 < len(tokens) else 0
    if tokens[at] == "half" and following == "past" and 1 <= hour <= 12:
        return Figure(hour * 60 + 30.0, "clock", f"half past {tokens[at + 2]}")
    return None


def _pm(tokens: Sequence[str], at: int, minutes: int) -> Figure:
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if following in ("pm", "вечера") and minutes < 720:
        minutes += 720
    return Figure(float(minutes), "clock", tokens[at])


_NO_UNIT: Final = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|понедел|вторник|сред[аыу]|четверг|пятниц|суббот|воскрес|правильно|верно|right|from|with"
)
_SPELT: Final[dict[str, tuple[float, str]]] = {
    "полночь": (0.0, "clock"),
    "midnight": (0.0, "clock"),
    "полдень": (720.0, "clock"),
    "noon": (720.0, "clock"),
    "полгода": (6.0, "months"),
    "fortnight": (14.0, "days"),
    "полчаса": (30.0, "minutes"),
    "получаса": (30.0, "minutes"),
}
_HOURS: Final = {
    "первого": 1, "второго": 2, "третьего": 3, "четвертого": 4, "пятого": 5, "шестого": 6, "седьмого": 7, "восьмого": 8, "девятого": 9, "десятого": 10, "одиннадцатого": 11, "двенадцатого": 12,
}  # fmt: skip
_SHORTLY: Final = (
    "всего", "действует", "действительна", "действителен", "годен", "годна", "займет", "занимает", "длится", "идет", "ровно", "около", "примерно", "takes", "lasts", "just", "only", "under",
    "about",
)  # fmt: skip
_UNCOUNTED: Final = frozenset({"lessons", "people", "times", "places", "points"})
_ONE: Final = frozenset(
    [
        "минуту",
        "час",
        "день",
        "сутки",
        "неделю",
        "месяц",
        "год",
        "minute",
        "hour",
        "day",
        "week",
        "month",
        "year",
    ]
)
