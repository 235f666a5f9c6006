"""A channel's post as it is stored, and as it arrives from Telegram."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from candor.common.ids import AccountId, ChannelId, PostId, TelegramChatId, TelegramMessageId
from candor.common.llm import PostSummary

MAX_POST_CHARACTERS = 8_000
"""Telegram allows 4,096 (captions 1,024, albums more than one); the rest is cut when stored."""
AlbumId = NewType("AlbumId", str)


@dataclass(frozen=True, slots=True)
class ArrivedPost:
    """A post as an edge hands it over: an automatic forward, a channel post, or read history."""

    channel_chat_id: TelegramChatId
    message_id: TelegramMessageId
    """The post's number in its channel."""
    text: str
    posted_at: datetime
    account_id: AccountId | None = None
    """Who saw it; None for history that was read by no commenting account."""
    discussion_chat_id: TelegramChatId | None = None
    discussion_message_id: TelegramMessageId | None = None
    """The automatic forward in the discussion group: a reply to it is a comment."""
    media: tuple[str, ...] = ()
    """Kinds: photo, video, document, poll, ..."""
    links: tuple[str, ...] = ()
    album_id: AlbumId | None = None
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Post:
    id: PostId
    channel_id: ChannelId
    message_id: TelegramMessageId
    text: str
    text_hash: str
    posted_at: datetime
    created_at: datetime
    media: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    album_id: AlbumId | None = None
    discussion_chat_id: TelegramChatId | None = None
    discussion_message_id: TelegramMessageId | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    summary: PostSummary | None = None
    relevance: float | None = None
    gate_code: str | None = None
    gate_reason: str = ""
    considered_at: datetime | None = None
    considered_hash: str = ""
    """Which text the decision was about; an edit makes it stale."""
