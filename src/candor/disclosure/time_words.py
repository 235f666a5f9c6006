"""Times that are told without a plain number and its unit: "7:30", "half past six", "за месяц", "полгода"."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from candor.disclosure.figure_words import NUMBER_WORDS, PERIODS, UNITS


class Told(NamedTuple):
    """A value, its unit (see `figures.Figure`) and how many tokens it takes."""

    value: float
    unit: str
    length: int


def told_time(tokens: Sequence[str], at: int) -> Told | None:
    """What is told from token `at` on; nothing where a plain number begins, or no time is meant."""
    token = tokens[at]
    if ":" in token:
        return _digital(tokens, at)
    if token in _SPELT:
        return Told(*_SPELT[token], 1)
    if token in UNITS:
        return _and_more(tokens, at) or _number_behind(tokens, at)
    if token in _QUARTERS:
        return _by_quarters(tokens, at) or _half(tokens, at)
    return _one(tokens, at) if token in _BEFORE_ONE else _twice(tokens, at)


def _twice(tokens: Sequence[str], at: int) -> Told | None:
    if tokens[at] in ("twice", "дважды") and (period := period_at(tokens, at + 1)):
        return Told(2.0, f"per_{period}", 1)
    return None


def period_at(tokens: Sequence[str], at: int) -> str:
    """ "week" for "a week", "в неделю"."""
    return PERIODS.get(tuple(tokens[at : at + 2])) or PERIODS.get(tuple(tokens[at : at + 1]), "")


def hour_of(before: str, word: str, value: float) -> float | None:
    """Minutes of the day for a whole number between the words `before` and `word`, if they make it an hour."""
    if value != int(value) or not 0 <= value <= 24:
        return None
    if word in ("am", "утра", "a.m"):
        return value % 12 * 60
    if word in ("pm", "вечера", "дня", "p.m") and not (word == "дня" and before != "в"):
        return (value % 12 + 12) * 60
    is_hour = word in ("o'clock", "oclock") or (word == "часам" and before == "к")
    return value * 60 if is_hour else None


def _digital(tokens: Sequence[str], at: int) -> Told:
    hours, minutes = (int(part) for part in tokens[at].split(":"))
    clock = hours * 60 + minutes
    is_late = tokens[at + 1 : at + 2] in (["pm"], ["вечера"]) and clock < _NOON
    return Told(float(clock + _NOON * is_late), "clock", 1)


def _by_quarters(tokens: Sequence[str], at: int) -> Told | None:
    """ "В половине восьмого", "half past seven", "quarter to six"; morning or evening is left open."""
    first, *rest = (*tokens[at : at + 3], "", "")
    if first in _OF_HOUR and rest[0] in _HOURS:
        return Told(_HOURS[rest[0]] * 60 - _OF_HOUR[first], "clock", 2)
    if first == "без" and rest[0] == "четверти" and (hour := _hour(rest[1])):
        return Told(hour * 60 - 15.0, "clock", 3)
    if first == "half" and (hour := _hour(rest[0])) and rest[1] not in UNITS:
        return Told(hour * 60 + 30.0, "clock", 2)
    if rest[0] in ("past", "to") and first in _PAST and (hour := _hour(rest[1])):
        return Told(hour * 60 + (_PAST[first] if rest[0] == "past" else -_PAST[first]), "clock", 3)
    return None


def _hour(word: str) -> float:
    """The hour that a word or a number names, 0 if none."""
    value = float(word) if word.isdecimal() else NUMBER_WORDS.get(word, 0)
    return value if value == int(value) and value <= 12 else 0


def _number_behind(tokens: Sequence[str], at: int) -> Told | None:
    """ "Минут сорок", "минут на пятьдесят", "часов в семь"."""
    if tokens[at] not in ("минут", "часов", "часа", "часам", "рублей", "дней"):
        return None
    is_joined = tokens[at + 1 : at + 2] in (["на"], ["в"], ["к"], ["за"], ["по"])
    place = at + 1 + is_joined
    word = tokens[place] if place < len(tokens) else ""
    value = float(word) if word.isdecimal() else NUMBER_WORDS.get(word, 0)
    is_followed = place + 1 < len(tokens) and tokens[place + 1] in UNITS
    if not value or is_followed or (at and tokens[at - 1][0].isdigit()):
        return None
    unit, factor = UNITS[tokens[at]]
    if unit == "minutes" and factor == 60 and is_joined and tokens[at + 1] in ("в", "к"):
        return Told(value * 60, "clock", place + 1 - at)
    return Told(value * factor, unit, place + 1 - at)


def _and_more(tokens: Sequence[str], at: int) -> Told | None:
    """ "An hour and a half", "an hour and ten minutes"."""
    unit, factor = UNITS[tokens[at]]
    if tokens[at + 1 : at + 4] == ["and", "a", "half"]:
        return Told(factor * 1.5, unit, 4)
    is_hour = unit == "minutes" and factor == 60 and tokens[at] in ("hour", "час")
    if not is_hour or (at and (tokens[at - 1][0].isdigit() or tokens[at - 1] in NUMBER_WORDS)):
        return None
    place = at + 1 + (tokens[at + 1 : at + 2] in (["and"], ["и"]))
    minutes = tokens[place] if place < len(tokens) else ""
    value = float(minutes) if minutes.isdecimal() else NUMBER_WORDS.get(minutes, 0)
    is_told = "".join(tokens[place + 1 : place + 2]) in _MINUTES
    is_last = (
        tokens[at] == "час"
        and place == at + 1
        and not UNITS.keys() & set(tokens[place + 1 : place + 2])
    )
    is_short = is_last and value in _SHORT_MINUTES
    if not value or not (is_told or is_short):
        return None
    return Told(60 + value, "minutes", place + (2 if is_told else 1) - at)


def _one(tokens: Sequence[str], at: int) -> Told | None:
    """ "За месяц", "in a year"."""
    after = at + 1
    while after < len(tokens) and tokens[after] in _SINGLE:
        after += 1
    word = tokens[after] if after < len(tokens) else ""
    if word not in _ONE:
        return None
    if more := _and_more(tokens, after):
        return more._replace(length=after + more.length - at)
    unit, factor = UNITS[word]
    return Told(float(factor), unit, after + 1 - at)


def _half(tokens: Sequence[str], at: int) -> Told | None:
    """ "Half a year", "half hour"."""
    if tokens[at] != "half":
        return None
    if tokens[at + 1 : at + 2] == ["hour"]:
        return Told(30.0, "minutes", 2)
    if at + 2 < len(tokens) and tokens[at + 1] in ("a", "an", "the"):
        unit, factor = UNITS.get(tokens[at + 2], ("", 0))
        if unit in ("minutes", "days", "months") and factor > 1:
            return Told(factor / 2, unit, 3)
    return None


_NOON: Final = 720
_MINUTES: Final = frozenset(word for word, unit in UNITS.items() if unit == ("minutes", 1))
_SHORT_MINUTES: Final = frozenset(range(10, 60, 5))
""" "Час двадцать": minutes that are left unsaid."""
_SPELT: Final[dict[str, tuple[float, str]]] = {
    "полночь": (0.0, "clock"),
    "полуночи": (0.0, "clock"),
    "midnight": (0.0, "clock"),
    "полдень": (720.0, "clock"),
    "полудня": (720.0, "clock"),
    "noon": (720.0, "clock"),
    "midday": (720.0, "clock"),
    "полгода": (6.0, "months"),
    "полугода": (6.0, "months"),
    "fortnight": (14.0, "days"),
    "полчаса": (30.0, "minutes"),
    "получаса": (30.0, "minutes"),
    "получасовая": (30.0, "minutes"),
    "получасовой": (30.0, "minutes"),
}
_OF_HOUR: Final = {"половине": 30.0, "половину": 30.0, "половины": 30.0, "четверть": 45.0}
_PAST: Final = {"half": 30.0, "quarter": 15.0}
_QUARTERS: Final = frozenset((*_OF_HOUR, *_PAST, "без"))
_HOURS: Final = {
    "первого": 1, "второго": 2, "третьего": 3, "четвертого": 4, "пятого": 5, "шестого": 6, "седьмого": 7, "восьмого": 8, "девятого": 9, "десятого": 10, "одиннадцатого": 11, "двенадцатого": 12,
}  # fmt: skip
_SHORTLY: Final = (
    "всего", "действует", "действительна", "действителен", "годен", "годна", "займет", "занимает", "длится", "идет", "ровно", "около", "примерно", "takes", "lasts", "just", "only", "under",
    "about",
)  # fmt: skip
_BEFORE_ONE: Final = frozenset(
    ("за", "через", "на", "спустя", "in", "within", "over", "for", *_SHORTLY)
)
_SINGLE: Final = frozenset(("a", "an", "one", "один", "одну", "целый", "the"))
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
