"""Words of a text, shortened to what Russian and English endings leave alone."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from candor.common.llm import Language

_WORD: Final = re.compile(r"[^\W\d_]{3,}", re.UNICODE)
_CYRILLIC: Final = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN: Final = re.compile(r"[a-z]", re.IGNORECASE)
_LINK: Final = re.compile(r"(?:https?://|t\.me/|www\.)\S+|@\w+", re.IGNORECASE)
_STEM_LENGTH: Final = 5
_SHORTEST: Final = 4
_REMEMBERED: Final = 1_024
"""Texts whose words are kept: a new comment is compared with hundreds of earlier ones."""
_COMMON: Final = frozenset(
    [
        "это",
        "что",
        "как",
        "так",
        "для",
        "при",
        "или",
        "если",
        "когда",
        "чтобы",
        "который",
        "которые",
        "которая",
        "можно",
        "нужно",
        "очень",
        "ещё",
        "еще",
        "уже",
        "тоже",
        "быть",
        "есть",
        "будет",
        "были",
        "было",
        "вас",
        "вам",
        "вы",
        "они",
        "она",
        "оно",
        "мы",
        "нас",
        "нам",
        "его",
        "них",
        "ним",
        "все",
        "всё",
        "всех",
        "этот",
        "эта",
        "эти",
        "того",
        "том",
        "где",
        "потом",
        "после",
        "перед",
        "над",
        "под",
        "без",
        "про",
        "через",
        "даже",
        "только",
        "лишь",
        "ведь",
        "the",
        "and",
        "for",
        "that",
        "this",
        "with",
        "you",
        "your",
        "are",
        "was",
        "were",
        "will",
        "have",
        "has",
        "had",
        "not",
        "but",
        "from",
        "they",
        "them",
        "their",
        "our",
        "its",
        "can",
        "could",
        "should",
        "would",
        "what",
        "when",
        "where",
        "which",
        "who",
        "how",
        "why",
        "just",
        "more",
        "most",
        "very",
        "about",
        "into",
        "than",
        "then",
        "also",
        "some",
        "any",
        "all",
        "one",
        "out",
    ]
)


def stem(word: str) -> str:
    plain = word.lower().replace("ё", "е")
    return plain[: max(_SHORTEST, min(_STEM_LENGTH, len(plain) - 2))]


@lru_cache(maxsize=_REMEMBERED)
def stems(text: str) -> frozenset[str]:
    """Content words only; links and mentions are no words."""
    plain = _LINK.sub(" ", text)
    words = (word.lower() for word in _WORD.findall(plain))
    return frozenset(stem(word) for word in words if word not in _COMMON)


def mentions(text: str, topics: Iterable[str]) -> bool:
    """Whether one of the topics is named: all content words of a topic stand in the text."""
    found = stems(text)
    return any(wanted and _all_in(wanted, found) for wanted in map(stems, topics))


def _all_in(wanted: frozenset[str], found: frozenset[str]) -> bool:
    """Endings aside: "язык" is in "языков", "слов" in "слова"."""
    return all(
        any(one.startswith(other) or other.startswith(one) for other in found) for one in wanted
    )


def language_of(text: str, *, default: Language = "ru") -> Language:
    """By the letters; a text without letters gets the default."""
    plain = _LINK.sub(" ", text)
    cyrillic, latin = len(_CYRILLIC.findall(plain)), len(_LATIN.findall(plain))
    if not cyrillic and not latin:
        return default
    return "ru" if cyrillic * 2 >= latin else "en"


def links(text: str) -> tuple[str, ...]:
    """Links and mentions as they stand in the text."""
    return tuple(re.sub(r"[.,;:!?)»\s]+$", "", found) for found in _LINK.findall(text))


@lru_cache(maxsize=_REMEMBERED)
def shingles(text: str, size: int = 3) -> frozenset[tuple[str, ...]]:
    """Runs of `size` stems, for telling near-duplicates."""
    row = [stem(word) for word in _WORD.findall(_LINK.sub(" ", text))]
    if len(row) < size:
        return frozenset([tuple(row)])
    return frozenset(tuple(row[at : at + size]) for at in range(len(row) - size + 1))
