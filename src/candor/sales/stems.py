"""Words in common: a second witness beside similarity, cheap and explainable."""

import re
from collections.abc import Collection
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
        "don",
        "doesn",
    ]
)


def content_stems(texts: Collection[str]) -> set[str]:
    """Content words cut to their first five letters, which stands for a stem in both languages."""
    words = (word for text in texts for word in _WORD.findall(text.casefold().replace("ё", "е")))
    return {word[:5] for word in words if word not in _COMMON}


def is_word_for_word(text: str, examples: Collection[str]) -> bool:
    """Whether the whole text is one of the examples, apart from case and punctuation."""
    said = _bare(text)
    return any(said == _bare(example) for example in examples)


def _bare(text: str) -> list[str]:
    return _ANY_WORD.findall(text.casefold().replace("ё", "е"))
