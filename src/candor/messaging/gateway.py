"""The port to Telegram: what any account, bot or user session, can do for messaging.

There is no way to write first to a person and none to add a person to a group (H5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from candor.common.errors import CandorError, TemporaryError
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: exactly one of `data` (1-64 bytes, comes back as a press) and `url`."""

    text: str
    data: str | None = None
    url: str | None = None


Keyboard = Sequence[Sequence[Button]]


@dataclass(frozen=True, slots=True)
class SendText:
    """One text to send. `random_id` is fixed per outbox row and reused on every retry."""

    chat_id: TelegramChatId
    text: str
    random_id: int
    reply_to: TelegramMessageId | None = None
    keyboard: Keyboard = ()
    business_connection_id: str | None = None
    direct_messages_topic_id: int | None = None


@dataclass(frozen=True, slots=True)
class SentMessage:
    message_id: TelegramMessageId


class RateLimitedError(TemporaryError):
    """Telegram asked to wait; `retry_after` says how long. The row is rescheduled."""

    code = "telegram_rate_limited"


class NotReachedError(TemporaryError):
    """Certainly not sent (no connection was made): may be repeated."""

    code = "telegram_not_reached"


class UnconfirmedError(CandorError):
    """The request left, the answer was lost: it may have been sent. Never blindly repeated."""

    code = "telegram_unconfirmed"


class ChatClosedError(CandorError):
    """The person blocked the account, left, or never wrote to it."""

    code = "telegram_chat_closed"


class RejectedError(CandorError):
    """Telegram refuses this request for good; `details` has its words."""

    code = "telegram_rejected"


class AccountRestrictedError(CandorError):
    """A flag on the account itself (ban, PEER_FLOOD, revoked token): pause it, tell the owner (H9)."""

    code = "telegram_account_restricted"


class Gateway(Protocol):
    """One account's way out. Errors are those of this file and nothing of a vendor."""

    @property
    def is_idempotent(self) -> bool:
        """Whether a repeat with the same `random_id` is the same message (user sessions: yes).

        False for bots: a lost answer stays `unconfirmed`.
        """
        ...

    async def send_text(self, message: SendText) -> SentMessage: ...

    async def find_own(
        self,
        chat_id: TelegramChatId,
        candidates: Sequence[TelegramMessageId],
        keyboard: Keyboard,
    ) -> TelegramMessageId | None:
        """Which of these numbers is a message of ours in that chat; None when none is.

        Changes nothing and shows nothing: `keyboard` is what the message is known to carry. Raises
        UnconfirmedError when this account can't tell.
        """
        ...

    async def edit_text(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId, text: str
    ) -> None: ...

    async def delete_message(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> None: ...

    async def show_typing(
        self, chat_id: TelegramChatId, *, business_connection_id: str | None = None
    ) -> None: ...

    async def send_file(
        self,
        chat_id: TelegramChatId,
        *,
        name: str,
        content: bytes,
        caption: str,
        random_id: int,
    ) -> SentMessage:
        """`random_id` as in `SendText`: the same on every repeat."""
        ...


class Gateways(Protocol):
    """The way out of each account that this process holds."""

    async def of(self, account_id: AccountId) -> Gateway:
        """Raises NotReachedError when the account is paused, or held by no process right now."""
        ...


DEFAULT_PAUSE = timedelta(seconds=30)
"""When Telegram asks to wait without saying how long."""
