"""A generated comment: its states, variants, approval and engagement."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from candor.commenting.channel import PermissionId
from candor.common.ids import (
    AccountId,
    ChannelId,
    CommentId,
    OperatorId,
    OutboxId,
    PostId,
    TelegramMessageId,
)
from candor.common.llm import Language

CommentStatus = Literal[
    "pending",
    "approved",
    "scheduled",
    "sending",
    "sent",
    "unconfirmed",
    "rejected",
    "expired",
    "failed",
]
STATUSES: tuple[CommentStatus, ...] = (
    "pending",
    "approved",
    "scheduled",
    "sending",
    "sent",
    "unconfirmed",
    "rejected",
    "expired",
    "failed",
)
LIVE: tuple[CommentStatus, ...] = (
    "pending",
    "approved",
    "scheduled",
    "sending",
    "sent",
    "unconfirmed",
)
"""At most one comment in these states stands under a post (partial unique index)."""
NEEDS_PERMISSION: tuple[CommentStatus, ...] = (
    "approved",
    "scheduled",
    "sending",
    "sent",
    "unconfirmed",
)
CANCELLABLE: tuple[CommentStatus, ...] = ("pending", "approved", "scheduled")
NEXT: Mapping[CommentStatus, frozenset[CommentStatus]] = {
    "pending": frozenset({"approved", "rejected", "expired"}),
    "approved": frozenset({"pending", "scheduled", "rejected", "expired", "failed"}),
    "scheduled": frozenset({"pending", "scheduled", "sending", "rejected", "expired", "failed"}),
    "sending": frozenset({"scheduled", "sent", "unconfirmed", "expired", "failed"}),
    "unconfirmed": frozenset({"sent", "failed"}),
    "sent": frozenset(),
    "rejected": frozenset(),
    "expired": frozenset(),
    "failed": frozenset(),
}
"""The status machine; a change that is not listed is refused."""
MAX_COMMENT_CHARACTERS = 900


def can_become(current: CommentStatus, wanted: CommentStatus) -> bool:
    return wanted in NEXT[current]


def text_hash(text: str) -> str:
    """Ties an approval to an exact text."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Engagement:
    """What Telegram shows for a comment; `views` is None where nobody can see them (bots can't)."""

    views: int | None = None
    replies: int = 0
    reactions: int = 0


@dataclass(frozen=True, slots=True)
class Comment:
    id: CommentId
    post_id: PostId
    channel_id: ChannelId
    account_id: AccountId
    text: str
    """Without the label, which delivery adds; with the deep link, if it has one."""
    status: CommentStatus
    language: Language
    created_at: datetime
    expires_at: datetime
    variants: tuple[str, ...] = ()
    """All texts to choose from, `text` among them."""
    post_hash: str = ""
    """Which text of the post it answers; an edited post voids it."""
    permission_id: PermissionId | None = None
    approved_by: OperatorId | None = None
    approver: str = ""
    """Name of the approving person, or `permission 7` where the permission says `auto`."""
    approved_at: datetime | None = None
    approved_hash: str = ""
    reason: str = ""
    """Why it was rejected, expired or failed."""
    snoozed_until: datetime | None = None
    scheduled_for: datetime | None = None
    sent_at: datetime | None = None
    message_id: TelegramMessageId | None = None
    permalink: str = ""
    outbox_id: OutboxId | None = None
    engagement: Engagement = field(default_factory=Engagement)
    engagement_at: datetime | None = None
    has_link: bool = False
    model: str = ""
    prompt_version: str = ""
    cost: str | None = None
    """US dollars as a decimal string; None when unknown or free."""

    @property
    def is_approved(self) -> bool:
        """Whether the approval still binds this exact text."""
        return bool(self.approved_hash) and self.approved_hash == text_hash(self.text)


@dataclass(frozen=True, slots=True)
class NewComment:
    """A checked draft on its way into the table."""

    id: CommentId
    post_id: PostId
    channel_id: ChannelId
    account_id: AccountId
    text: str
    variants: tuple[str, ...]
    language: Language
    post_hash: str
    expires_at: datetime
    has_link: bool
    model: str
    prompt_version: str
    cost: str | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the calendar."""

    comment_id: CommentId
    channel_id: ChannelId
    account_id: AccountId
    at: datetime
    status: CommentStatus
    text: str = ""
