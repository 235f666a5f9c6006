"""H9: what stops an account, and Telegram's limits as configuration. Pure rules, no flags.

A stopped account stays stopped until its owner looks at it: no other account takes over its work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from candor.common.llm import Language

Signal = Literal[
    "token_revoked",
    "session_revoked",
    "session_used_elsewhere",
    "account_banned",
    "account_frozen",
    "peer_flood",
    "flagged",
    "complaint",
    "label_lost",
    "secret_altered",
    "session_unreadable",
]
"""What Telegram, a person or the vault tells about an account itself, not about one message."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop the account now. `needs_new_secret`: it can't go on with the token or session it has."""

    reason: Signal
    needs_new_secret: bool
    words: str
    mend: str


_WORDS: Final[dict[Signal, dict[Language, tuple[str, str]]]] = {
    "token_revoked": {
        "ru": (
            "Telegram больше не принимает токен этого бота.",
            "Возьмите новый токен у @BotFather и введите его в разделе «Аккаунты».",
        ),
        "en": (
            "Telegram no longer accepts this bot's token.",
            "Take a new one from @BotFather and enter it under Accounts.",
        ),
    },
    "session_revoked": {
        "ru": (
            "Сессия этого аккаунта завершена в Telegram.",
            "Если это сделали вы, войдите снова; если нет, проверьте список устройств.",
        ),
        "en": (
            "This account's session was ended in Telegram.",
            "If that was you, sign in again; if not, look at the list of devices.",
        ),
    },
    "session_used_elsewhere": {
        "ru": (
            "Эту же сессию использовали из другого места, и Telegram её завершил.",
            "Проверьте, не запущена ли вторая копия программы, и войдите снова.",
        ),
        "en": (
            "The same session was used from another place, so Telegram ended it.",
            "See whether a second copy of the program runs, then sign in again.",
        ),
    },
    "account_banned": {
        "ru": (
            "Telegram заблокировал этот аккаунт.",
            "Напишите в поддержку Telegram. Другой аккаунт его не заменит.",
        ),
        "en": (
            "Telegram has banned this account.",
            "Write to Telegram's support. No other account takes its place.",
        ),
    },
    "account_frozen": {
        "ru": (
            "Telegram заморозил этот аккаунт.",
            "Откройте Telegram и подайте обращение там, где он это предлагает.",
        ),
        "en": (
            "Telegram has frozen this account.",
            "Open Telegram and appeal where it offers to.",
        ),
    },
    "peer_flood": {
        "ru": (
            "Telegram ограничил этот аккаунт: слишком много нежелательных сообщений.",
            "Спросите @SpamBot, что произошло. Аккаунт стоит, пока вы его не включите.",
        ),
        "en": (
            "Telegram has limited this account for unwanted messages.",
            "Ask @SpamBot what happened. The account stays stopped until you resume it.",
        ),
    },
    "flagged": {
        "ru": (
            "Telegram пометил этот аккаунт как мошеннический или поддельный.",
            "Напишите в поддержку Telegram и не включайте аккаунт, пока пометка не снята.",
        ),
        "en": (
            "Telegram has flagged this account as scam or fake.",
            "Write to Telegram's support and keep it stopped until the flag is gone.",
        ),
    },
    "complaint": {
        "ru": (
            "Поступила жалоба на этот аккаунт.",
            "Прочтите жалобу и переписку, затем решите, включать ли аккаунт снова.",
        ),
        "en": (
            "A complaint about this account has come in.",
            "Read it and the dialogue, then decide whether to resume the account.",
        ),
    },
    "label_lost": {
        "ru": (
            "Имя или описание аккаунта больше не говорят, что это ИИ вашего бизнеса.",
            "Включите аккаунт снова: подпись будет поставлена и проверена.",
        ),
        "en": (
            "The account's name or profile no longer says that it is your business's AI.",
            "Resume the account: the label is set and verified again.",
        ),
    },
    "secret_altered": {
        "ru": (
            "Сохранённый токен или сессия аккаунта изменены или перенесены из другой строки базы.",
            "Восстановите базу из копии или введите секрет заново; узнайте, кто менял базу.",
        ),
        "en": (
            "The account's stored token or session was altered, or moved from another row.",
            "Restore the database or enter the secret again, and find out who changed it.",
        ),
    },
    "session_unreadable": {
        "ru": (
            "Сохранённую сессию эта версия программы прочесть не может.",
            "Войдите в аккаунт снова.",
        ),
        "en": (
            "The stored session can't be read by this version of the program.",
            "Sign in to the account again.",
        ),
    },
}
PAUSE_REASONS: Final[tuple[Signal, ...]] = tuple(_WORDS)
_NEEDS_NEW_SECRET: Final = frozenset(
    {"token_revoked", "session_revoked", "session_used_elsewhere", "session_unreadable"}
)


def pause_for(signal: Signal, *, language: Language = "en") -> Pause:
    """Every signal stops the account; the words tell the owner what happened and what to do."""
    words, mend = _WORDS[signal][language]
    return Pause(
        reason=signal, needs_new_secret=signal in _NEEDS_NEW_SECRET, words=words, mend=mend
    )


@dataclass(frozen=True, slots=True)
class TelegramLimits:
    """Telegram's sending limits as known in November 2026: configuration, never a guarantee."""

    per_account_per_second: float = 30.0
    per_chat_interval: timedelta = timedelta(seconds=1)
    per_group_per_minute: int = 20
    text_length: int = 4096
    caption_length: int = 1024
    file_bytes_up: int = 50 * 1024 * 1024
    deep_link_length: int = 64
    business_window: timedelta = timedelta(hours=24)
    """A business account's bot may answer a chat whose last incoming message is younger."""


DEFAULT_LIMITS: Final = TelegramLimits()


@dataclass(frozen=True, slots=True)
class BusinessRights:
    """What the owner's tap allows a connected bot."""

    is_enabled: bool
    can_reply: bool


def may_answer_business_chat(
    rights: BusinessRights,
    *,
    last_in_at: datetime | None,
    now: datetime,
    limits: TelegramLimits = DEFAULT_LIMITS,
) -> bool:
    """Whether Telegram lets the bot answer there `now`: enabled, allowed, and within the window."""
    if not (rights.is_enabled and rights.can_reply) or last_in_at is None:
        return False
    return timedelta() <= now - last_in_at < limits.business_window
