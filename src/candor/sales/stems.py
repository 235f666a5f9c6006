"""Words in common: a second witness beside similarity, cheap and explainable."""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_ANY_WORD: Final = re.compile(r"\w+")
_COMMON: Final = frozenset(
    [
        "это",
        "хочу",
        "меня",
        "мне",
        "можно",
        "нужно",
        "надо",
        "очень",
        "есть",
        "будет",
        "было",
        "если",
        "пока",
        "просто",
        "этого",
        "только",
        "хорошо",
        "ладно",
        "want",
        "would",
        "like",
        "need",
        "have",
        "that",
        "this",
        "with",
        "just",
        "will",
        "your",
        "about",
        "what",
        "okay",
        "well",
        "good",
        "fine",
        "thank",
        "thanks",
        "course",
        "don",
        "doesn",
    ]
)


def content_stems(texts: Collection[str]) -> set[str]:
    """Content words cut to their first five letters, which stands for a stem in both languages."""
    return set().union(*map(_stems_of, texts))


@lru_cache(maxsize=8192)
def _stems_of(text: str) -> frozenset[str]:
    """Kept, since every message is compared with the same examples of its script."""
    words = _WORD.findall(text.casefold().replace("ё", "е"))
    return frozenset(word[:5] for word in words if word not in _COMMON)


def is_word_for_word(text: str, examples: Collection[str]) -> bool:
    """Whether the whole text is one of the examples, apart from case and punctuation."""
    said = _bare(text)
    return any(said == _bare(example) for example in examples)


@lru_cache(maxsize=8192)
def _bare(text: str) -> tuple[str, ...]:
    return tuple(_ANY_WORD.findall(text.casefold().replace("ё", "е")))
