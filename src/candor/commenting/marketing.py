"""What commenting brings: read models for the marketing view and the transparency page."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from candor.common.ids import CommentId

MarketingBy = Literal["channel", "account", "topic", "wording"]


@dataclass(frozen=True, slots=True)
class MarketingRow:
    """One channel, account, topic or wording within a span of time."""

    key: str
    title: str
    published: int
    views: int | None
    """None where no account can see views."""
    replies: int
    reactions: int
    clicks: int
    """People who opened the comment's link and pressed start."""
    dialogues: int
    """Of these, those who wrote something of their own."""
    agreements: int
    cost: Decimal
    """US dollars for the texts, rejected ones included."""


@dataclass(frozen=True, slots=True)
class Published:
    """One line of the transparency page. Holds nothing about readers."""

    comment_id: CommentId
    channel: str
    account: str
    text: str
    permalink: str
    sent_at: datetime
    approver: str
    permission_by: str
    permission_at: datetime
    permission_scope: str
    model: str
