"""A channel that is followed, the permission of its owner, and our accounts' standing in it."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal, NewType
from zoneinfo import ZoneInfo

from candor.accounts.account import Personality
from candor.common.ids import (
    AccountId,
    ChannelId,
    OperatorId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)

PermissionId = NewType("PermissionId", int)
"""Row id in `channel_permissions`."""

CommentMode = Literal["off", "draft", "approve", "auto"]
"""`draft`: texts are written for the operator to look at, none can be sent; `approve`: a person
approves each; `auto`: sent without a person, only where the permission says so as well."""
Audience = Literal["unspecified", "RU", "other"]
"""Whom the channel is aimed at; `RU` needs a legal sign-off before anything is published (L17)."""
MAX_DAILY_CAP = 20
MAX_TOPICS = 30
MAX_PERMISSION = timedelta(days=366)
DEFAULT_PERMISSION = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the channel's owner has agreed to. Never wider than what the guided page showed."""

    mode: Literal["approve", "auto"] = "approve"
    max_per_day: int = 1
    topics: tuple[str, ...] = ()
    """Empty: any topic that the gate lets pass."""
    may_link: bool = True


@dataclass(frozen=True, slots=True)
class Proof:
    """How Telegram confirmed the grant: enough to show it to anyone who asks later."""

    chat_id: TelegramChatId
    message_id: TelegramMessageId | None
    text: str
    administrator_status: str
    verified_at: datetime


@dataclass(frozen=True, slots=True)
class Permission:
    """A recorded permission. It covers a moment if it has begun, not expired and not been revoked."""

    id: PermissionId
    channel_id: ChannelId
    granted_by: str
    granted_by_id: TelegramUserId
    granted_at: datetime
    scope: Scope
    proof: Proof
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str = ""
    revoke_reason: str = ""

    def covers(self, moment: datetime) -> bool:
        """Whether sending is permitted at `moment`."""
        return self.revoked_at is None and self.granted_at <= moment < self.expires_at


@dataclass(frozen=True, slots=True)
class Hours:
    """When the channel's readers are awake: no comment goes out in the quiet hours."""

    timezone: str = "UTC"
    quiet_from: time = time(22)
    quiet_until: time = time(9)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of the register. `chat_id` is known once Telegram has been asked."""

    id: ChannelId
    username: str | None
    title: str
    is_monitored: bool
    comment_mode: CommentMode
    daily_cap: int
    topics: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    chat_id: TelegramChatId | None = None
    discussion_chat_id: TelegramChatId | None = None
    is_own: bool = False
    """The business's own channel: may be followed without a permission, never commented without."""
    avoid: tuple[str, ...] = ()
    """Words and topics that the owner doesn't want under their posts."""
    hours: Hours = field(default_factory=Hours)
    audience: Audience = "unspecified"
    grant_code: str = ""
    """What the channel's owner sends as `/allow CODE`; ties the grant to what they were shown."""
    offered: Scope = field(default_factory=Scope)
    """What the guided page offers; becomes the permission's scope with the grant."""
    paused_at: datetime | None = None
    pause_reason: str = ""
    problem: str = ""
    """What was wrong at the last look (renamed, comments closed, no rights), for the owner."""
    checked_at: datetime | None = None
    slow_mode_seconds: int = 0
    history_read_to: TelegramMessageId | None = None
    """How far a user session has read the history, for the catch-up."""
    permission: Permission | None = None
    """The newest one that is not revoked; it may have expired."""

    def permission_at(self, moment: datetime) -> Permission | None:
        """The permission that covers `moment`, if one does."""
        return self.permission if self.permission and self.permission.covers(moment) else None

    def may_be_read(self, moment: datetime) -> bool:
        """H7, T-4: posts are stored and shown to the model only with permission, or if our own."""
        return self.is_monitored and (self.is_own or self.permission_at(moment) is not None)


@dataclass(frozen=True, slots=True)
class ChannelDraft:
    """What the panel sends to add or change a channel."""

    username: str | None
    title: str = ""
    is_monitored: bool = True
    comment_mode: CommentMode = "approve"
    daily_cap: int = 1
    topics: tuple[str, ...] = ()
    is_own: bool = False
    avoid: tuple[str, ...] = ()
    hours: Hours = field(default_factory=Hours)
    audience: Audience = "unspecified"
    offered: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class Standing:
    """What one of our accounts may do in a channel's discussion group, as Telegram last said."""

    channel_id: ChannelId
    account_id: AccountId
    can_see_posts: bool
    can_write: bool
    verified_at: datetime
    left_at: datetime | None = None

    @property
    def can_comment(self) -> bool:
        return self.left_at is None and self.can_see_posts and self.can_write


@dataclass(frozen=True, slots=True)
class Commentator:
    """A commenting account as the choice of account sees it."""

    account_id: AccountId
    username: str
    title: str
    personality: Personality
    daily_cap: int
    is_active: bool
    """The account works, is labelled, and is switched on for comments."""
    is_switched_on: bool = True
    """By the owner's settings; `is_active` looks at the account as well."""
    paused_at: datetime | None = None
    sent_today: int = 0
    """Sent or about to be, by the channel's calendar day."""


@dataclass(frozen=True, slots=True)
class LegalSignOff:
    """A named person answers for publishing to an audience that the law restricts (L16, L17)."""

    audience: Audience
    signed_by: str
    role: str
    contact: str
    basis: str
    """Why it is lawful, in that person's words, with the document they rely on."""
    signed_at: datetime
    expires_at: datetime
    operator_id: OperatorId | None
    advertiser: str = ""
    advertiser_id: str = ""
    """Tax number of the advertiser."""
    ad_operator: str = ""
    """The ad-data operator that gives out the erid tokens."""
    erid: str = ""
    revoked_at: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        return self.revoked_at is None and self.signed_at <= moment < self.expires_at
