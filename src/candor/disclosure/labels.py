"""H1: the label that says "this is AI, of this business", on messages and on accounts.

`label_due` tells which label a text needs, `compose` puts it there, `is_labelled` verifies it on what
is really about to be sent. `LabelledText` can be made by `compose` only, so a delivery that takes it
can't be handed a bare string.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from candor.common.llm import Language
from candor.disclosure.visible_text import as_written, fit_to_send, shorten, utf16_length

MESSAGE_LIMIT: Final = 4096
"""Telegram's limit of a text, in UTF-16 units."""
SILENCE: Final = timedelta(hours=24)
"""After this time without a word the label is said again."""
BUSINESS_LIMIT: Final = 64
NAME_LIMIT: Final = 64

LabelForm = Literal["dialogue", "business_chat", "comment", "partner", "teacher", "none"]
"""Where a text goes. `none` is for texts that a person wrote; they carry no label."""


class LabelKind(enum.StrEnum):
    """Which label opens the message."""

    FIRST_CONTACT = "first_contact"
    AFTER_SILENCE = "after_silence"
    RETURN_FROM_HUMAN = "return_from_human"
    BUSINESS_FIRST = "business_first"
    """First contact, silence or return in a chat of the owner's own account."""
    BUSINESS_CHAT = "business_chat"
    """Every other message there: it looks like the owner's, so each one says who answers."""
    COMMENT = "comment"
    PARTNER = "partner"
    TEACHER = "teacher"


_PATTERNS: Final[dict[LabelKind, dict[Language, str]]] = {
    LabelKind.FIRST_CONTACT: {
        "ru": "Я ИИ-помощник {business}, не человек. Могу ошибаться. "
        "/human – человек, /stop – больше не писать, /privacy.",
        "en": "I am an AI assistant of {business}, not a person. I may be wrong. "
        "/human – a person, /stop – no more messages, /privacy.",
    },
    LabelKind.AFTER_SILENCE: {
        "ru": "Напомню: я ИИ-помощник {business}, не человек. "
        "/human – человек, /stop – больше не писать, /privacy.",
        "en": "A reminder: I am an AI assistant of {business}, not a person. "
        "/human – a person, /stop – no more messages, /privacy.",
    },
    LabelKind.RETURN_FROM_HUMAN: {
        "ru": "Снова отвечает ИИ-помощник {business}, не человек. "
        "/human – человек, /stop – больше не писать.",
        "en": "AI again: I am an AI assistant of {business}, not a person. "
        "/human – a person, /stop – no more messages.",
    },
    LabelKind.BUSINESS_FIRST: {
        "ru": "Отвечает ИИ {business}, не человек. Могу ошибаться. "
        "/human – человек, /stop – больше не писать, /privacy.",
        "en": "The AI of {business} answers, not a person. I may be wrong. "
        "/human – a person, /stop – no more messages, /privacy.",
    },
    LabelKind.BUSINESS_CHAT: {
        "ru": "Отвечает ИИ {business}",
        "en": "The AI of {business} answers",
    },
    LabelKind.COMMENT: {"ru": "ИИ · {business}", "en": "AI · {business}"},
    LabelKind.PARTNER: {
        "ru": "ИИ-напарник · {name} · {business}",
        "en": "AI study partner · {name} · {business}",
    },
    LabelKind.TEACHER: {
        "ru": "ИИ-преподаватель · {business}",
        "en": "AI teacher · {business}",
    },
}
_ALWAYS: Final[dict[str, LabelKind]] = {
    "comment": LabelKind.COMMENT,
    "partner": LabelKind.PARTNER,
    "teacher": LabelKind.TEACHER,
}
_KEY: Final = object()


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text that may be sent in an automated account's name. Made by `compose` only.

    `kind` is None for a message in a dialogue whose label stands a few lines above.
    """

    text: str
    kind: LabelKind | None
    business: str
    language: Language
    key: object = None

    def __post_init__(self) -> None:
        if self.key is not _KEY:
            raise TypeError("A LabelledText is made by disclosure.labels.compose only.")

    def __str__(self) -> str:
        return self.text


def label_due(
    *,
    form: LabelForm,
    disclosed_at: datetime | None,
    last_out_at: datetime | None,
    last_in_at: datetime | None,
    returned_from_human: bool,
    now: datetime,
) -> LabelKind | None:
    """Which label a text needs that is sent `now`, or None when the dialogue has just said it.

    `disclosed_at` is when this person was last told in this chat; `last_out_at` and `last_in_at` are
    the last words of either side (the message being answered may count or not). Times in the future
    (a clock that was set back) are taken as unknown, which asks for the label.
    """
    if form == "none":
        return None
    if form in _ALWAYS:
        return _ALWAYS[form]
    due = _dialogue_due(disclosed_at, last_out_at, last_in_at, returned_from_human, now)
    if form == "business_chat":
        return LabelKind.BUSINESS_FIRST if due else LabelKind.BUSINESS_CHAT
    return due


def _dialogue_due(
    disclosed_at: datetime | None,
    last_out_at: datetime | None,
    last_in_at: datetime | None,
    returned_from_human: bool,
    now: datetime,
) -> LabelKind | None:
    if disclosed_at is None or disclosed_at > now:
        return LabelKind.FIRST_CONTACT
    if returned_from_human:
        return LabelKind.RETURN_FROM_HUMAN
    last_words = [disclosed_at if last_out_at is None else last_out_at]
    if last_in_at is not None:
        last_words.append(last_in_at)
    if any(now - at > SILENCE for at in last_words):
        return LabelKind.AFTER_SILENCE
    return None


def label(
    kind: LabelKind, *, business: str, language: Language, partner_name: str | None = None
) -> str:
    """The label's words. Raises ValueError without a business name: nobody may speak for nobody."""
    if not as_written(business):
        raise ValueError("A label needs the name of the business.")
    pattern = _PATTERNS[kind][language]
    if kind is LabelKind.PARTNER and not as_written(partner_name or ""):
        pattern = pattern.replace("{name} · ", "")
    shown = _one_line(business, BUSINESS_LIMIT)
    return pattern.format(business=shown, name=_one_line(partner_name or "", NAME_LIMIT))


def compose(
    text: str,
    kind: LabelKind | None,
    *,
    business: str,
    language: Language,
    partner_name: str | None = None,
    limit: int = MESSAGE_LIMIT,
) -> LabelledText:
    """Put the label in front. Too long: the text is cut behind a sentence, never the label.

    Control characters and direction overrides are taken out. Raises ValueError for an empty text.
    """
    body = fit_to_send(text)
    if not as_written(body):
        raise ValueError("An empty text can't be sent.")
    if kind is None:
        return LabelledText(shorten(body, limit), None, business, language, _KEY)
    head = label(kind, business=business, language=language, partner_name=partner_name)
    separator = "\n" if kind in _SHORT else "\n\n"
    room = limit - utf16_length(head + separator)
    if (
        is_labelled(body, kind, business=business, language=language, partner_name=partner_name)
        and utf16_length(body) <= limit
    ):
        return LabelledText(body, kind, business, language, _KEY)
    return LabelledText(head + separator + shorten(body, room), kind, business, language, _KEY)


_SHORT: Final = frozenset(
    {LabelKind.COMMENT, LabelKind.PARTNER, LabelKind.TEACHER, LabelKind.BUSINESS_CHAT}
)


def is_labelled(
    text: str,
    kind: LabelKind,
    *,
    business: str,
    language: Language,
    partner_name: str | None = None,
) -> bool:
    """Whether a reader sees this label at the text's beginning, whatever spaces or hidden characters.

    `partner_name` None accepts a partner of any name. Something must follow the label.
    """
    seen = as_written(text)
    if kind is LabelKind.PARTNER and partner_name is None:
        return _is_partner_labelled(seen, business, language)
    head = as_written(label(kind, business=business, language=language, partner_name=partner_name))
    return seen.startswith(head) and _stands_alone(seen, len(head))


def _is_partner_labelled(seen: str, business: str, language: Language) -> bool:
    opening = as_written(_PATTERNS[LabelKind.PARTNER][language].split(" ·")[0])
    tail = f" · {as_written(_one_line(business, BUSINESS_LIMIT))}"
    at = seen.find(tail)
    return (
        seen.startswith(opening)
        and 0 <= at <= len(opening) + NAME_LIMIT + len(" · ")
        and _stands_alone(seen, at + len(tail))
    )


def _stands_alone(seen: str, end: int) -> bool:
    return end == len(seen) or not seen[end].isalnum()


def hand_off_notice(*, person: str, language: Language) -> str:
    """What the client reads when a person takes over."""
    name = _one_line(person, NAME_LIMIT)
    if language == "ru":
        return f"Дальше отвечает {name}, человек." if name else "Дальше отвечает человек."
    return f"From here {name}, a person, answers." if name else "From here a person answers."


def _one_line(text: str, limit: int) -> str:
    return shorten(" ".join(fit_to_send(text).split()), limit)
