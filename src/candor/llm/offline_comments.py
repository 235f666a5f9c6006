"""Comments without a model: sentences that the owner has written, word for word, where they fit a post."""

import re
from collections.abc import Sequence
from typing import Final

from candor.common.llm import OFFLINE, CommentDraft, CommentRequest
from candor.disclosure.visible_text import visible
from candor.llm.knowledge import passages
from candor.llm.reading.keywords import keywords
from candor.llm.reading.language import language_of

LEAST_SHARED: Final = 2
"""Keywords that a sentence must have in common with the post: one alone says little."""
LEAST_CHARACTERS: Final = 40
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_STEM: Final = 5


def fitting(request: CommentRequest) -> tuple[CommentDraft, ...]:
    """Nothing is added or changed; empty when no sentence speaks of the post's matter."""
    heard = {word[:_STEM] for word in _WORD.findall(visible(request.post_text))}
    approved = dict.fromkeys(one.text for one in passages(request.facts, request.knowledge))
    ranked = sorted(
        (text for text in approved if _is_sayable(text, request)),
        key=lambda text: -_shared(text, heard),
    )
    fit = [text for text in ranked if _shared(text, heard) >= LEAST_SHARED]
    return tuple(CommentDraft(text, OFFLINE, "") for text in fit[: request.variants])


def _is_sayable(text: str, request: CommentRequest) -> bool:
    """Long enough, in the post's language, and no hint at commands of a dialogue."""
    return (
        len(text) >= LEAST_CHARACTERS
        and "/" not in text
        and language_of(text) == request.summary.language
    )


def _shared(text: str, heard: set[str]) -> int:
    found: Sequence[str] = keywords(text)
    return len({word.lower()[:_STEM] for word in found} & heard)
