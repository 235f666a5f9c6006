"""What an edge hands to the inbox: one update of Telegram, as data and made harmless."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from candor.common.ids import (
    AccountId,
    ClientId,
    ConversationId,
    MessageRowId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)

ChatType = Literal["private", "group", "supergroup", "channel"]
CHAT_TYPES: tuple[ChatType, ...] = ("private", "group", "supergroup", "channel")


def harmless(text: str) -> str:
    """The text as PostgreSQL can keep it: no NUL bytes, no halves of surrogate pairs."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", errors="replace").decode()
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage:
    """A message as Telegram delivered it. Over-long texts are kept; NUL bytes are taken out."""

    account_id: AccountId
    chat_id: TelegramChatId
    message_id: TelegramMessageId
    sender_id: TelegramUserId
    """The person who wrote. Messages of channels and anonymous admins never get here."""
    text: str
    """The text, or the caption of a medium; empty for a bare medium."""
    sent_at: datetime
    chat_type: ChatType = "private"
    chat_title: str = ""
    first_name: str = ""
    last_name: str = ""
    username: str | None = None
    language_code: str | None = None
    """As the person's app says: `ru`, `en-US`."""
    is_bot: bool = False
    kind: str = "text"
    """`text`, or the kind of medium: `photo`, `voice`, `sticker`, `document`, ..."""
    reply_to: TelegramMessageId | None = None
    start_payload: str | None = None
    """What followed `/start`; taken from the text when absent."""
    business_connection_id: str | None = None
    direct_messages_topic_id: int | None = None
    is_edit: bool = False
    is_from_owner: bool = False
    """A business chat: the owner wrote this by hand, so a person handles the conversation now."""
    is_addressed: bool = True
    """Groups: it mentions us or answers a message of ours; else only slash commands count."""
    account_username: str | None = None
    """The receiving bot's own name: tells `/stop@us` from `/stop@another`."""

    def __post_init__(self) -> None:
        for name in ("text", "chat_title", "first_name", "last_name", "kind"):
            object.__setattr__(self, name, harmless(getattr(self, name)))
        for name in ("username", "language_code", "start_payload", "business_connection_id"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, harmless(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingPress:
    """A tap on an inline button of a message of ours."""

    account_id: AccountId
    chat_id: TelegramChatId
    sender_id: TelegramUserId
    data: str
    pressed_at: datetime
    message_id: TelegramMessageId | None = None
    chat_type: ChatType = "private"
    first_name: str = ""
    last_name: str = ""
    username: str | None = None
    language_code: str | None = None
    business_connection_id: str | None = None

    def __post_init__(self) -> None:
        for name in ("data", "first_name", "last_name"):
            object.__setattr__(self, name, harmless(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a message. Once this is returned it is stored and may be acknowledged."""

    status: Literal["new", "duplicate", "edited", "ignored"]
    """`ignored`: nothing of ours (another bot's message, a group message nobody listens to)."""
    client_id: ClientId | None = None
    conversation_id: ConversationId | None = None
    message: MessageRowId | None = None
    command: str | None = None
    """The command that was carried out at once, without its slash."""


@dataclass(frozen=True, slots=True)
class PressAnswer:
    """What the person sees at the button: a short text, empty to just stop the spinner."""

    text: str = ""
    is_handled: bool = True
