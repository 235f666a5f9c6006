"""What commenting needs of the outside: tables, Telegram, the outbox, and whoever tells the owner."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from candor.commenting.account_ports import (
    CommentatorRepository,
    CommentCardRepository,
    DirectMessageRepository,
)
from candor.commenting.channel import (
    Audience,
    Channel,
    ChannelDraft,
    LegalSignOff,
    Permission,
    PermissionId,
    Proof,
    Scope,
    Standing,
)
from candor.commenting.comment import Comment, CommentStatus, Engagement, NewComment, Slot
from candor.commenting.marketing import MarketingBy, MarketingRow, Published
from candor.commenting.paging import Page
from candor.commenting.post import ArrivedPost, Post
from candor.common.ids import (
    AccountId,
    ChannelId,
    CommentId,
    PostId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.common.llm import PostSummary
from candor.common.paging import Cut, Part
from candor.messaging.owner_chats import OwnerChatRepository
from candor.messaging.ports import MessagingUnit


class ChannelRepository(Protocol):
    """`telegram_channels`, `channel_permissions`, `channel_standings`, `legal_sign_offs`."""

    async def add(self, draft: ChannelDraft, *, code: str, now: datetime) -> Channel | None:
        """None when a channel of this name is in the list."""
        ...

    async def get(self, channel_id: ChannelId, *, for_update: bool = False) -> Channel | None: ...

    async def many(self, channel_ids: Sequence[ChannelId]) -> dict[ChannelId, Channel]:
        """Those taken out of the list among them, for what stays on record."""
        ...

    async def of_username(self, username: str) -> Channel | None: ...

    async def of_chat(self, chat_id: TelegramChatId) -> Channel | None: ...

    async def of_discussion(self, chat_id: TelegramChatId) -> tuple[Channel, ...]: ...

    async def of_code(self, code: str, *, for_update: bool = False) -> Channel | None: ...

    async def page(self, page: Page) -> tuple[tuple[Channel, ...], int]: ...

    async def change(
        self, channel_id: ChannelId, draft: ChannelDraft, *, code: str, now: datetime
    ) -> None: ...

    async def remove(self, channel_id: ChannelId, *, now: datetime) -> None: ...

    async def identify(
        self,
        channel_id: ChannelId,
        *,
        username: str | None,
        title: str,
        chat_id: TelegramChatId,
        discussion_chat_id: TelegramChatId | None,
        slow_mode_seconds: int,
        problem: str,
        now: datetime,
    ) -> None:
        """What Telegram said about the channel just now."""
        ...

    async def note_problem(self, channel_id: ChannelId, problem: str, *, now: datetime) -> None: ...

    async def read_to(self, channel_id: ChannelId, message_id: TelegramMessageId) -> None: ...

    async def pause(self, channel_id: ChannelId, reason: str, *, now: datetime) -> None: ...

    async def resume(self, channel_id: ChannelId, *, now: datetime) -> None: ...

    async def grant(
        self,
        channel_id: ChannelId,
        *,
        granted_by: str,
        granted_by_id: TelegramUserId,
        scope: Scope,
        proof: Proof,
        expires_at: datetime,
        now: datetime,
    ) -> PermissionId:
        """Records a permission; an older one of the channel ends with it."""
        ...

    async def revoke(
        self, channel_id: ChannelId, *, by: str, reason: str, now: datetime
    ) -> Permission | None:
        """Ends the standing permission; None when there was none."""
        ...

    async def permissions_of(self, channel_id: ChannelId) -> tuple[Permission, ...]:
        """All that were ever granted, the newest first."""
        ...

    async def put_standing(self, standing: Standing) -> None: ...

    async def standings_of(self, channel_id: ChannelId) -> tuple[Standing, ...]: ...

    async def sign_off(self, audience: Audience, *, at: datetime) -> LegalSignOff | None: ...

    async def add_sign_off(self, sign_off: LegalSignOff) -> None: ...

    async def withdraw_sign_offs(self, audience: Audience, *, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision of the gate about one text of a post."""

    post_id: PostId
    text_hash: str
    code: str
    reason: str
    relevance: float | None = None
    summary: PostSummary | None = None


class PostRepository(Protocol):
    """`telegram_posts`: each post once."""

    async def add(
        self, channel_id: ChannelId, post: ArrivedPost, *, ready_at: datetime, now: datetime
    ) -> PostId | None:
        """The new post's id; None when it is known, whose gaps are then filled (album, forward)."""
        ...

    async def get(self, post_id: PostId, *, for_update: bool = False) -> Post | None: ...

    async def many(self, post_ids: Sequence[PostId]) -> dict[PostId, Post]: ...

    async def of_message(
        self, channel_id: ChannelId, message_id: TelegramMessageId
    ) -> Post | None: ...

    async def of_discussion(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> Post | None: ...

    async def numbers_since(
        self, channel_id: ChannelId, since: datetime, *, limit: int
    ) -> tuple[TelegramMessageId, ...]:
        """The newest posts' numbers in their channel, albums' first parts; deleted ones left out."""
        ...

    async def rewrite(
        self,
        post_id: PostId,
        *,
        text: str,
        links: Sequence[str],
        edited_at: datetime,
        ready_at: datetime,
    ) -> None: ...

    async def mark_deleted(self, post_id: PostId, *, now: datetime) -> None: ...

    async def ready(self, channel_id: ChannelId, *, now: datetime, limit: int) -> tuple[Post, ...]:
        """Posts that nothing was decided about yet (in their present text), the newest first."""
        ...

    async def next_ready_at(self, channel_id: ChannelId) -> datetime | None:
        """When the next post without a decision may be looked at."""
        ...

    async def put_off(
        self, post_id: PostId, *, until: datetime, summary: PostSummary | None
    ) -> None:
        """Consider it again later; what is known of it is kept and shown."""
        ...

    async def decide(self, verdicts: Sequence[Verdict], *, now: datetime) -> None:
        """Why each gets or doesn't get a comment; skipped where the text has changed meanwhile."""
        ...

    async def page(self, channel_id: ChannelId, page: Page) -> tuple[tuple[Post, ...], int]: ...


class CommentRepository(Protocol):
    """`generated_comments` and `comment_schedules`."""

    async def reserve_id(self) -> CommentId:
        """The number of the next comment, so that its text can carry it in a link."""
        ...

    async def add(self, comment: NewComment, *, now: datetime) -> Comment | None:
        """None when another live comment stands under the post already."""
        ...

    async def get(self, comment_id: CommentId, *, for_update: bool = False) -> Comment | None: ...

    async def save(self, comment: Comment, *, was: CommentStatus, now: datetime) -> None:
        """Writes what may change. Raises ConflictError when its state was not `was` any more."""
        ...

    async def was_recalled(self, comment_id: CommentId) -> bool:
        """Its text in the outbox was cancelled by somebody else (the chat was closed to us)."""
        ...

    async def live_of_post(self, post_id: PostId) -> Comment | None: ...

    async def commented_among(self, post_ids: Sequence[PostId]) -> frozenset[PostId]:
        """Those that a live comment stands or waits under."""
        ...

    async def open_of_post(self, post_id: PostId) -> tuple[Comment, ...]:
        """Locked: those not sent yet, `sending` among them."""
        ...

    async def open_of_channel(self, channel_id: ChannelId) -> tuple[Comment, ...]:
        """Locked: those not sent yet, `sending` among them."""
        ...

    async def open_of_account(self, account_id: AccountId) -> tuple[Comment, ...]:
        """Locked: those not sent yet, `sending` among them."""
        ...

    async def of_message(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> Comment | None:
        """A sent comment by its number in the discussion group."""
        ...

    async def page(self, status: CommentStatus | None, cut: Cut, *, now: datetime) -> Part[Comment]:
        """The newest first; a place is the number. Snoozed ones stay out of `pending` until their time has come."""
        ...

    async def recent_texts(self, *, since: datetime, limit: int) -> tuple[str, ...]:
        """Texts of the business's comments that were or may be published, the newest first."""
        ...

    async def rejections(self, channel_id: ChannelId, *, limit: int) -> tuple[str, ...]:
        """Distinct reasons of the latest rejections, for guidance."""
        ...

    async def take_slot(self, comment: Comment, at: datetime, *, now: datetime) -> None:
        """Replaces the slot that the comment had."""
        ...

    async def free_slot(self, comment_id: CommentId, *, now: datetime) -> None: ...

    async def slots_between(
        self, since: datetime, until: datetime, *, channel_id: ChannelId | None = None
    ) -> tuple[Slot, ...]: ...

    async def lock_calendar(self, channel_id: ChannelId, account_id: AccountId) -> None:
        """Until the unit ends nobody else takes a slot of this channel or this account."""
        ...

    async def load(
        self,
        channel_id: ChannelId,
        *,
        since: datetime,
        until: datetime,
    ) -> int:
        """Live comments of the channel made for that day; those waiting for approval count."""
        ...

    async def engagement_by_hour(self, channel_id: ChannelId, *, zone: str) -> dict[int, float]:
        """Mean engagement (replies + reactions) of what was sent, by the channel's local hour."""
        ...

    async def is_first_told(self, comment_id: CommentId, update_id: int) -> bool:
        """Notes an update about this comment; False when it was noted before."""
        ...

    async def note_engagement(
        self, comment_id: CommentId, engagement: Engagement, *, now: datetime
    ) -> None: ...

    async def published(self, page: Page) -> tuple[tuple[Published, ...], int]: ...

    async def marketing(
        self,
        by: MarketingBy,
        since: datetime,
        until: datetime,
    ) -> tuple[MarketingRow, ...]: ...


class Unit(MessagingUnit, Protocol):
    """The slice of a unit of work that commenting uses; messaging's own slice is part of it."""

    @property
    def channels(self) -> ChannelRepository: ...

    @property
    def posts(self) -> PostRepository: ...

    @property
    def comments(self) -> CommentRepository: ...

    @property
    def commentators(self) -> CommentatorRepository: ...

    @property
    def direct_messages(self) -> DirectMessageRepository: ...

    @property
    def owner_chats(self) -> OwnerChatRepository: ...

    @property
    def comment_cards(self) -> CommentCardRepository: ...


Units = Callable[[], AbstractAsyncContextManager[Unit]]
"""`async with units() as unit:` commits on leaving."""
