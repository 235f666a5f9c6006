"""What the owner sets in the panel itself; kept as overrides, each read with its default."""

from collections.abc import Sequence
from dataclasses import dataclass

from candor.common.clock import Clock
from candor.common.errors import FieldError, InvalidInputError
from candor.common.hot_reload import Change
from candor.common.operators import SettingOverride
from candor.panel.i18n import current_language
from candor.panel.inward import run, services
from candor.panel.ports import PanelUnits

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


@dataclass(frozen=True, slots=True)
class Override:
    key: str
    value: object
    actor: str


async def _get(units: PanelUnits, key: str) -> SettingOverride | None:
    async with units() as unit:
        return await unit.setting_overrides.get(key)


async def _put(units: PanelUnits, clock: Clock, override: Override) -> None:
    async with units() as unit:
        await unit.setting_overrides.put(
            SettingOverride(override.key, override.value, clock.now(), override.actor)
        )
        await unit.announcements.announce(Change("settings", override.key))


def canned_answers() -> tuple[str, ...]:
    """Texts that an operator inserts with one click."""
    stored = run(_get(services().units, CANNED))
    if stored is None or not isinstance(stored.value, list):
        return DEFAULT_CANNED[current_language()]
    return tuple(str(text) for text in stored.value)


def save_canned_answers(texts: Sequence[str], *, actor: str) -> None:
    """Raises InvalidInputError for too many or too long ones."""
    kept = [text.strip() for text in texts if text.strip()]
    if len(kept) > MAX_CANNED or any(len(text) > MAX_LENGTH for text in kept):
        message = f"At most {MAX_CANNED} answers of {MAX_LENGTH} characters each."
        raise InvalidInputError(message, errors=(FieldError(CANNED, message),))
    run(_put(services().units, services().clock, Override(CANNED, kept, actor)))
