"""What a person wrote to a commenting account: a reply under a comment, or a private message."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from candor.common.ids import (
    AccountId,
    ChannelId,
    CommentId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.common.llm import Language

DirectMessageStatus = Literal["waiting", "answered", "noted", "complaint", "ignored"]
"""`noted`: needs no answer, or this person has had one; `complaint`: the channel was paused."""


@dataclass(frozen=True, slots=True)
class NewDirectMessage:
    account_id: AccountId
    chat_id: TelegramChatId
    message_id: TelegramMessageId
    kind: Literal["thread_reply", "private"]
    sender_id: TelegramUserId
    sender_name: str
    text: str
    language: Language
    comment_id: CommentId | None = None
    channel_id: ChannelId | None = None


@dataclass(frozen=True, slots=True)
class DirectMessage:
    id: int
    account_id: AccountId
    chat_id: TelegramChatId
    message_id: TelegramMessageId
    kind: Literal["thread_reply", "private"]
    sender_id: TelegramUserId
    sender_name: str
    text: str
    language: Language
    status: DirectMessageStatus
    created_at: datetime
    comment_id: CommentId | None = None
    channel_id: ChannelId | None = None
    outcome: str = ""
    answer: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ArrivedReply:
    """A message that answers one of ours in a discussion group, as an edge hands it over.

    Only messages addressed to us come in here; the rest of the thread is dropped at the edge (H7).
    """

    account_id: AccountId
    chat_id: TelegramChatId
    message_id: TelegramMessageId
    reply_to: TelegramMessageId
    sender_id: TelegramUserId
    sender_name: str
    text: str
    is_bot: bool = False
