"""Russian and English, switched at once: one catalogue, English texts as keys.

Templates and views say `_("English text", name=value)`. `locale/ru.json` holds the Russian; a test
finds every text that lacks one. Times are shown in the owner's zone.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, cast
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta, get_month_names
from babel.numbers import format_decimal, format_percent
from flask import Flask, g, has_request_context, request

from candor.common.operators import Operator
from candor.panel.inward import panel_settings, services

Language = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = ("ru", "en")
COOKIE = "candor_language"
_FIGURES = frozenset({"score", "bound", "near", "far"})
_FIELD = re.compile(r"\{(\w+)\}")


@cache
def catalogue(language: str) -> dict[str, str]:
    """English text to its translation; for English only the names of codes (`handling-ai`)."""
    found: dict[str, str] = {}
    folder = files("candor.panel") / "locale" / language
    for part in sorted(folder.iterdir(), key=lambda item: item.name):
        if part.name.endswith(".json"):
            found |= json.loads(part.read_text(encoding="utf-8"))
    return found


def current_language() -> Language:
    """Of the operator, else of the cookie, else of the browser, else of the installation."""
    if not has_request_context():
        return "en"
    if "language" not in g:
        g.language = _choose_language()
    return cast(Language, g.language)


def _choose_language() -> Language:
    operator: Operator | None = getattr(g.get("actor"), "operator", None)
    if operator is not None:
        return operator.language
    wanted = request.cookies.get(COOKIE)
    if wanted is not None and wanted in LANGUAGES:
        return "ru" if wanted == "ru" else "en"
    best = request.accept_languages.best_match(list(LANGUAGES))
    if best is None:
        return panel_settings().language
    return "ru" if best == "ru" else "en"


def translate(text: str, /, **values: object) -> str:
    """`text` in the reader's language; `{name}` is filled from `values`."""
    words = catalogue(current_language()).get(text, text)
    return words.format(**values) if values else words


def plural(count: int, one: str, many: str) -> str:
    """`plural(3, "{n} message", "{n} messages")`; Russian entries hold `one|few|many`."""
    language = current_language()
    words = catalogue(language).get(many)
    if words is None or language == "en":
        return (one if count == 1 else many).format(n=count)
    forms = words.split("|")
    return forms[min(_russian_form(count), len(forms) - 1)].format(n=count)


def _russian_form(count: int) -> int:
    tens, ones = abs(count) % 100, abs(count) % 10
    if ones == 1 and tens != 11:
        return 0
    return 1 if 2 <= ones <= 4 and not 12 <= tens <= 14 else 2


def translate_message(message: str) -> str:
    """An error's English message in the reader's language, also when values stand inside it."""
    known = catalogue(current_language())
    if not known or message in known:
        return known.get(message, message)
    for pattern, words in _patterns(current_language()):
        if found := pattern.fullmatch(message):
            return words.format(
                **{name: _inner(name, text) for name, text in found.groupdict().items()}
            )
    return message


def _inner(name: str, text: str) -> str:
    """What stands inside a message: a sentence of its own, a figure, codes of sensitive matters."""
    if name in _FIGURES:
        return text.replace(".", ",") if current_language() == "ru" else text
    if name == "matters":
        return ", ".join(_named("matter", code) for code in text.split(", "))
    return translate_message(text) if " " in text else text


def _named(kind: str, code: str) -> str:
    return catalogue(current_language()).get(f"{kind}-{code}", code)


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those with the most words of their own first: `The prompt is longer …` before `{name} is …`."""
    found = (
        (text, words)
        for text, words in catalogue(language).items()
        if _FIELD.search(text) and "|" not in words and len(_FIELD.sub("", text).strip()) >= 8
    )
    by_words = sorted(found, key=lambda pair: len(_FIELD.sub("", pair[0])), reverse=True)
    return tuple((re.compile(_as_pattern(text), re.DOTALL), words) for text, words in by_words)


def _as_pattern(text: str) -> str:
    parts = _FIELD.split(text)
    return "".join(
        f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )


# --- times and numbers


def zone() -> ZoneInfo:
    return ZoneInfo(panel_settings().timezone)


def show_time(at: datetime | None) -> str:
    """`14:05` today, `2 Mar, 14:05` this year, with the year otherwise."""
    if at is None:
        return "—"
    local, today = at.astimezone(zone()), services().clock.now().astimezone(zone())
    clock = f"{local:%H:%M}"
    if local.date() == today.date():
        return clock
    month = _months(current_language(), "abbreviated")[local.month]
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {month}{year}, {clock}"


def show_day(day: date) -> str:
    """`2 Mar` this year, `2 Mar 2025` otherwise."""
    today = services().clock.now().astimezone(zone()).date()
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {_months(current_language(), 'abbreviated')[day.month]}{year}"


def show_full_time(at: datetime | None) -> str:
    if at is None:
        return "—"
    local = at.astimezone(zone())
    month = _months(current_language(), "wide")[local.month]
    return f"{local.day} {month} {local.year}, {local:%H:%M:%S %Z}"


def show_ago(at: datetime | None) -> str:
    """`5 minutes ago`; a moment that is to come: `in 5 minutes`; within a minute: `just now`."""
    if at is None:
        return "—"
    seconds = int((at - services().clock.now()).total_seconds())
    if -60 < seconds <= 0:
        return translate("just now")
    # As exact as the words are, so that a long list needs few of them.
    exact = next(step for above, step in _EXACTNESS if abs(seconds) >= above)
    return _ago(round(seconds / exact) * exact, current_language())


_EXACTNESS = ((2 * 86_400, 3600), (2 * 3600, 60), (0, 1))


@lru_cache(maxsize=4096)
def _ago(seconds: int, language: str) -> str:
    return format_timedelta(timedelta(seconds=seconds), add_direction=True, locale=language)


@cache
def _months(language: str, width: Literal["abbreviated", "wide"]) -> Mapping[int, str]:
    return get_month_names(width, context="format", locale=language)


def show_number(value: float, digits: int = 0) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, format=pattern, locale=current_language())


SMALLEST = Decimal("0.0001")


def show_money(value: Decimal | float | str | None) -> str:
    """US dollars: `$12.50`, `$0.0467`; what is less than a hundredth of a cent says so."""
    if value is None or value == "":
        return "—"
    amount = Decimal(str(value))
    if 0 < amount < SMALLEST:
        return f"<{show_money(SMALLEST)}"
    pattern = "#,##0.00" if amount >= 1 or not amount else "#,##0.00##"
    return "$" + format_decimal(amount, format=pattern, locale=current_language())


def show_percent(value: float | None) -> str:
    return "—" if value is None else format_percent(value, locale=current_language())


FILTERS: dict[str, Callable[..., str]] = {
    "time": show_time,
    "day": show_day,
    "full_time": show_full_time,
    "ago": show_ago,
    "number": show_number,
    "money": show_money,
    "percent": show_percent,
    "said": translate_message,
}


def register(app: Flask) -> None:
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(_=translate, plural=plural, current_language=current_language)
