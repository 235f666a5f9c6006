"""H1 for accounts: name, descriptions and admin title that say AI and whose, and their verifier."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from candor.common.llm import Language
from candor.disclosure.visible_text import as_written, fit_to_send, shorten, utf16_length

NAME_LIMIT: Final = 64
DESCRIPTION_LIMIT: Final = 512
SHORT_DESCRIPTION_LIMIT: Final = 120
ADMIN_TITLE_LIMIT: Final = 16

AccountRole = Literal["sales", "commentator", "partner"]

_SAYS_AI: Final = re.compile(r"(?<!\w)(?:ai|ии)(?!\w)")
_TITLES: Final[dict[AccountRole, dict[Language, str]]] = {
    "sales": {"ru": "ИИ-помощник", "en": "AI assistant"},
    "commentator": {"ru": "ИИ · комментарии", "en": "AI commentator"},
    "partner": {"ru": "ИИ-напарник", "en": "AI study partner"},
}
_DESCRIPTIONS: Final[dict[AccountRole, dict[Language, str]]] = {
    "sales": {
        "ru": "ИИ-помощник {business}: отвечает искусственный интеллект, не человек. Может ошибаться. "
        "/human – позвать человека, /stop – больше не писать, /privacy – что хранится.",
        "en": "AI assistant of {business}: an artificial intelligence answers, not a person. "
        "It may be wrong. /human – a person, /stop – no more messages, /privacy – what is kept.",
    },
    "commentator": {
        "ru": "ИИ {business}: комментарии пишет искусственный интеллект, не человек, с разрешения "
        "владельцев каналов. /human – позвать человека, /stop – больше не писать, /privacy.",
        "en": "AI of {business}: comments are written by an artificial intelligence, not a person, "
        "with the channel owners' permission. /human – a person, /stop – no more messages, /privacy.",
    },
    "partner": {
        "ru": "ИИ-напарник {business}: в учебной группе задаёт вопросы и показывает примеры. "
        "Это искусственный интеллект, не человек и не ученик. /human – позвать человека, /privacy.",
        "en": "AI study partner of {business}: asks questions and shows examples in study groups. "
        "It is an artificial intelligence, not a person and not a student. /human – a person, /privacy.",
    },
}
_SHORT: Final[dict[Language, str]] = {
    "ru": "ИИ {business}, не человек. /human – позвать человека.",
    "en": "AI of {business}, not a person. /human – a person.",
}


@dataclass(frozen=True, slots=True)
class AccountProfile:
    """What Telegram shows of an account. `admin_title` is its mark in groups (also a member tag)."""

    name: str
    description: str
    short_description: str
    admin_title: str


def labelled_profile(
    persona: str, *, business: str, role: AccountRole, language: Language
) -> AccountProfile:
    """The profile in labelled form, within Telegram's lengths. `persona` may be empty.

    Raises ValueError without a business name.
    """
    if not as_written(business):
        raise ValueError("An account's profile needs the name of the business.")
    return AccountProfile(
        name=labelled_name(persona, business=business, role=role, language=language),
        description=_filled(_DESCRIPTIONS[role][language], business, DESCRIPTION_LIMIT),
        short_description=_filled(_SHORT[language], business, SHORT_DESCRIPTION_LIMIT),
        admin_title=_TITLES[role][language],
    )


def labelled_name(persona: str, *, business: str, role: AccountRole, language: Language) -> str:
    """`Майя · ИИ Маяк`: the persona gives way when it gets too long, then the business is cut."""
    who = _one_line(persona)
    mark = "ИИ" if language == "ru" else "AI of"
    tail = f"{mark} {_one_line(business)}"
    if not who:
        tail = f"{_TITLES[role][language]} {_one_line(business)}".replace(" · ", " ")
        return shorten(tail, NAME_LIMIT)
    room = NAME_LIMIT - utf16_length(f" · {tail}")
    if room >= min(utf16_length(who), 8):
        return f"{shorten(who, room)} · {tail}"
    return shorten(tail, NAME_LIMIT)


def profile_problems(profile: AccountProfile, *, business: str) -> tuple[str, ...]:
    """What a read-back profile lacks, in English, empty when it is well labelled."""
    fields = {
        "name": (profile.name, NAME_LIMIT),
        "description": (profile.description, DESCRIPTION_LIMIT),
        "short description": (profile.short_description, SHORT_DESCRIPTION_LIMIT),
    }
    problems = [
        problem
        for title, (text, limit) in fields.items()
        for problem in _text_problems(title, text, limit, business)
    ]
    if not says_ai(profile.admin_title):
        problems.append("The admin title doesn't say AI.")
    if utf16_length(profile.admin_title) > ADMIN_TITLE_LIMIT:
        problems.append(f"The admin title is longer than {ADMIN_TITLE_LIMIT} characters.")
    return tuple(problems)


def is_name_labelled(name: str, *, business: str) -> bool:
    """Whether an account's name says AI and names the business."""
    return says_ai(name) and names_business(name, business)


def says_ai(text: str) -> bool:
    """Whether the word AI or ИИ is to be seen in it."""
    return _SAYS_AI.search(as_written(text)) is not None


def names_business(text: str, business: str) -> bool:
    """Whether the business is named, in full or cut as `labelled_profile` cuts it."""
    wanted = as_written(_one_line(business))
    seen = as_written(text)
    if wanted and wanted in seen:
        return True
    return any(f"{wanted[:size].rstrip()}..." in seen for size in range(8, len(wanted)))


def _text_problems(title: str, text: str, limit: int, business: str) -> list[str]:
    problems = []
    if not says_ai(text):
        problems.append(f"The {title} doesn't say AI.")
    if not names_business(text, business):
        problems.append(f"The {title} doesn't name the business.")
    if utf16_length(text) > limit:
        problems.append(f"The {title} is longer than {limit} characters.")
    return problems


def _filled(pattern: str, business: str, limit: int) -> str:
    room = limit - utf16_length(pattern.replace("{business}", ""))
    return pattern.format(business=shorten(_one_line(business), room))


def _one_line(text: str) -> str:
    return " ".join(fit_to_send(text).split())
