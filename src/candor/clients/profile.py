"""Who a client is: the row in `users`, and what Candor learns of language and time zone."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from candor.common.ids import ClientId, TelegramUserId
from candor.common.llm import Language

_CYRILLIC: Final = re.compile(r"[А-Яа-яЁё]")
_LATIN: Final = re.compile(r"[A-Za-z]")
_RUSSIAN_SPEAKING: Final = frozenset({"ru", "uk", "be", "kk", "ky", "uz", "tg"})
_ENOUGH_LETTERS: Final = 12
"""So many letters of one alphabet change the language of a client who is known already."""


@dataclass(frozen=True, slots=True)
class ClientProfile:
    """A person who wrote to the business."""

    id: ClientId
    telegram_user_id: TelegramUserId
    first_name: str
    last_name: str
    username: str | None
    language: Language
    created_at: datetime
    last_seen_at: datetime
    time_zone: str | None = None
    """IANA name, learnt from the client's words; None: take the business's."""
    opted_out_at: datetime | None = None
    is_bot: bool = False

    @property
    def name(self) -> str:
        """First and last name as Telegram shows them; never empty."""
        full = f"{self.first_name} {self.last_name}".strip()
        return full or (f"@{self.username}" if self.username else f"#{self.id}")


class UserRepository(Protocol):
    """The outline's UserRepository: people who wrote to the business."""

    async def get(self, client_id: ClientId) -> ClientProfile | None: ...

    async def find(self, telegram_user_id: TelegramUserId) -> ClientProfile | None:
        """The person, also by an account that was merged into another one."""
        ...

    async def telegram_ids_of(self, client_id: ClientId) -> tuple[TelegramUserId, ...]:
        """All Telegram accounts of the person; empty for an unknown client."""
        ...

    async def set_language(self, client_id: ClientId, language: Language) -> None: ...

    async def set_time_zone(self, client_id: ClientId, time_zone: str) -> None: ...


def language_by_code(code: str | None, *, default: Language) -> Language:
    """The language of ours that fits what the person's app says (`uk` reads Russian, `de` English)."""
    if not code:
        return default
    return "ru" if code.lower().split("-")[0].split("_")[0] in _RUSSIAN_SPEAKING else "en"


def language_of_text(text: str, *, at_least: int = _ENOUGH_LETTERS) -> Language | None:
    """The language a text is certainly written in; None for "ok", numbers and emoji."""
    sample = text[:500]
    cyrillic, latin = len(_CYRILLIC.findall(sample)), len(_LATIN.findall(sample))
    if max(cyrillic, latin) < at_least or max(cyrillic, latin) < 2 * min(cyrillic, latin):
        return None
    return "ru" if cyrillic > latin else "en"


def checked_time_zone(name: str) -> str:
    """The name if it is a time zone; raises ValueError."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write it like Europe/Moscow.") from error
    return name


_OFFSET: Final = re.compile(r"\b(?:utc|gmt)\s?([+-])\s?(\d{1,2})\b", re.IGNORECASE)
_MOSCOW: Final = re.compile(r"\b(?:мск|по\s+москве|msk|moscow\s+time)\b", re.IGNORECASE)


def time_zone_of_text(text: str) -> str | None:
    """A time zone that the client names ("в 18 по мск", "UTC+5"); None when none is named."""
    sample = text[:500]
    if found := _OFFSET.search(sample):
        hours = int(found.group(2))
        if hours == 0:
            return "UTC"
        if hours <= 14:
            # POSIX signs are the other way round: Etc/GMT-5 is five hours ahead of UTC.
            sign = "-" if found.group(1) == "+" else "+"
            name = f"Etc/GMT{sign}{hours}"
            return name if hours <= 12 or sign == "-" else None
    return "Europe/Moscow" if _MOSCOW.search(sample) else None
