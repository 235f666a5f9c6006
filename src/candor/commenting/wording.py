"""What a comment's text must be before a person is asked to approve it. Pure; names each fault."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from candor.commenting.comment import MAX_COMMENT_CHARACTERS
from candor.commenting.words import language_of, links, shingles, stems
from candor.common.llm import Language

Fault = Literal[
    "too_short",
    "too_long",
    "stock_praise",
    "no_substance",
    "near_duplicate",
    "wrong_language",
    "foreign_link",
    "advertisement",
    "speaks_of_prompt",
    "sensitive",
    "claim",
]
MIN_CHARACTERS: Final = 40
NEAR_DUPLICATE: Final = 0.4
"""Share of common three-word runs from which two comments count as the same."""
_SAME_WORDS: Final = 0.75

_PRAISE: Final = re.compile(
    r"""
    (?:отличн|классн|крут|супер|прекрасн|замечательн|полезн|интересн|шикарн|потрясающ)\w*
        \s+(?:пост|стать|материал|тем|подборк|контент|мысл|текст)\w*
    | спасибо\s+(?:вам\s+|большое\s+|огромное\s+){0,2}за\s+(?:\w+\s+)?(?:пост|стать|материал|контент|
        подборк|информац|полезн)\w*
    | (?:полностью|абсолютно|совершенно|на\s+все\s+100)\s+(?:с\s+вами\s+)?соглас\w+
    | как\s+всегда\s+(?:в\s+точку|отлично|полезно|интересно)
    | (?:просто\s+)?(?:огонь|бомба|топ|вау)\b(?:\s*[!.🔥]|$) | в\s+самую\s+точку | лайк(?:ую)?\b
    | (?:great|nice|awesome|amazing|excellent|fantastic|wonderful|good|brilliant|insightful)
        \s+(?:post|article|content|read|share|stuff|insights?|piece|tips)
    | thanks?\s+(?:you\s+)?(?:so\s+much\s+)?for\s+(?:sharing|posting|this\s+(?:post|article|great))
    | (?:totally|completely|absolutely|couldn['’]t)\s+agree | love\s+this\b | so\s+true\b
    | well\s+said\b | keep\s+(?:it|up)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ADVERT: Final = re.compile(
    r"""
    (?<!\w)(?:купи(?:те)?|закаж(?:и|ите)|жми(?:те)?|переходи(?:те)?|подпис(?:ывайся|ывайтесь|ись)|
    успей(?:те)?|только\s+сегодня|скидк\w*|акци[яию]\b|промокод\w*|бесплатн\w+\s+урок|
    записывай(?:ся|тесь)|лучш(?:ий|ая|ие)\s+(?:курс|школ)\w*)
    | (?<!\w)(?:buy\s+now|order\s+now|click\s+(?:here|the\s+link)|sign\s+up|subscribe|discount|
    promo\s*code|limited\s+offer|only\s+today|hurry|best\s+course)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PROMPT: Final = re.compile(
    r"language\s+model|system\s+prompt|as\s+an\s+ai\b|instructions?\s+(?:above|given)|"
    r"языков\w+\s+модел|системн\w+\s+промпт|мои\s+инструкци|согласно\s+инструкц",
    re.IGNORECASE,
)
WORDS: Final[dict[Fault, dict[Language, str]]] = {
    "too_short": {"ru": "слишком коротко", "en": "too short"},
    "too_long": {"ru": "слишком длинно", "en": "too long"},
    "stock_praise": {"ru": "дежурная похвала", "en": "stock praise"},
    "no_substance": {
        "ru": "не о том, что сказано в посте",
        "en": "not about what the post says",
    },
    "near_duplicate": {
        "ru": "почти повторяет наш прежний комментарий",
        "en": "nearly repeats an earlier comment of ours",
    },
    "wrong_language": {"ru": "не на языке поста", "en": "not in the post's language"},
    "foreign_link": {"ru": "чужая ссылка или упоминание", "en": "a link or mention not ours"},
    "advertisement": {"ru": "звучит как реклама", "en": "sounds like an advertisement"},
    "speaks_of_prompt": {
        "ru": "говорит о своих инструкциях",
        "en": "speaks of its instructions",
    },
    "sensitive": {"ru": "касается запретной темы", "en": "touches a sensitive matter"},
    "claim": {
        "ru": "утверждает опыт или результат без подтверждения",
        "en": "claims an experience or a result without evidence",
    },
}


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a text is measured against."""

    post_text: str
    keywords: tuple[str, ...]
    language: Language
    earlier: Sequence[str] = ()
    own_links: tuple[str, ...] = ()


def faults(text: str, yardstick: Yardstick) -> tuple[Fault, ...]:
    """Everything that is wrong with the text; empty when it may go to the approver."""
    body = without(text, yardstick.own_links)
    found: list[Fault] = []
    if len(body) < MIN_CHARACTERS:
        found.append("too_short")
    if len(text) > MAX_COMMENT_CHARACTERS:
        found.append("too_long")
    if _PRAISE.search(body):
        found.append("stock_praise")
    if _ADVERT.search(body):
        found.append("advertisement")
    if _PROMPT.search(body):
        found.append("speaks_of_prompt")
    if links(body):
        found.append("foreign_link")
    if language_of(body, default=yardstick.language) != yardstick.language:
        found.append("wrong_language")
    if not stems(body) & (stems(yardstick.post_text) | stems(" ".join(yardstick.keywords))):
        found.append("no_substance")
    if is_near_duplicate(body, yardstick.earlier):
        found.append("near_duplicate")
    return tuple(found)


def is_near_duplicate(text: str, earlier: Iterable[str]) -> bool:
    """Whether it says nearly the same as one of the earlier comments."""
    own_runs, own_words = shingles(text), stems(text)
    return any(
        _share(own_runs, shingles(other)) >= NEAR_DUPLICATE
        or _share(own_words, stems(other)) >= _SAME_WORDS
        for other in earlier
    )


def _share(one: frozenset[object], other: frozenset[object]) -> float:
    together = len(one | other)
    return len(one & other) / together if together else 0.0


def without(text: str, own_links: Iterable[str]) -> str:
    """The words alone: a link's number is no figure and its name no mention."""
    for link in own_links:
        text = text.replace(link, " ")
    return text.strip()
