"""Answers that operators insert with one click, as the owner sets them."""

from collections.abc import Sequence

from candor.common.errors import FieldError, InvalidInputError
from candor.panel.i18n import current_language
from candor.panel.overrides import save_setting, stored_setting

CANNED = "canned_answers"
MAX_CANNED = 20
MAX_LENGTH = 1000
DEFAULT_CANNED = {
    "ru": (
        "Здравствуйте! Отвечаю лично, сейчас посмотрю.",
        "Спасибо, что подождали. Уточню и вернусь к вам сегодня.",
        "Могу созвониться. Когда вам удобно?",
    ),
    "en": (
        "Hello! I answer in person, one moment please.",
        "Thank you for waiting. I will find out and come back to you today.",
        "We can have a call. When would suit you?",
    ),
}


def canned_answers() -> tuple[str, ...]:
    """Texts that an operator inserts with one click."""
    stored = stored_setting(CANNED)
    if not isinstance(stored, list):
        return DEFAULT_CANNED[current_language()]
    return tuple(str(text) for text in stored)


def save_canned_answers(texts: Sequence[str], *, actor: str) -> None:
    """Raises InvalidInputError for too many or too long ones."""
    kept = [text.strip() for text in texts if text.strip()]
    if len(kept) > MAX_CANNED or any(len(text) > MAX_LENGTH for text in kept):
        message = f"At most {MAX_CANNED} answers of {MAX_LENGTH} characters each."
        raise InvalidInputError(message, errors=(FieldError(CANNED, message),))
    save_setting(CANNED, kept, actor=actor)
