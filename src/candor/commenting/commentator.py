"""Which account writes under a post: by interests, free room in its day, and language. Pure."""

from collections.abc import Sequence

from candor.commenting.channel import Commentator
from candor.commenting.words import language_of, stems
from candor.common.llm import Language


def available(candidates: Sequence[Commentator]) -> tuple[Commentator, ...]:
    """Those that are on, not paused, and have room in their day."""
    return tuple(
        one
        for one in candidates
        if one.is_active and one.paused_at is None and one.sent_today < one.daily_cap
    )


def choose(
    candidates: Sequence[Commentator], *, about: Sequence[str], language: Language
) -> Commentator | None:
    """The best fit; equal fits are told apart by load, then by the oldest account."""
    return max(
        available(candidates),
        key=lambda one: (_fit(one, about, language), -one.account_id),
        default=None,
    )


def _fit(one: Commentator, about: Sequence[str], language: Language) -> float:
    wanted, known = stems(" ".join(about)), stems(" ".join(one.personality.interests))
    shared = len(wanted & known) / len(wanted) if wanted else 0.0
    room = 1 - one.sent_today / one.daily_cap
    words = " ".join((one.personality.style, *one.personality.phrases))
    speaks = 0.5 if language_of(words, default=language) == language else 0.0
    return 2 * shared + speaks + room
