"""The shapes of `/api/channels`, `/api/comments` and what commenting brings."""

from datetime import time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from candor.commenting.channel import (
    MAX_DAILY_CAP,
    Channel,
    ChannelDraft,
    Hours,
    LegalSignOff,
    Scope,
)
from candor.commenting.desk import CommentCard
from candor.commenting.post import Post
from candor.panel.schemas.common import Body, Moment, PageQuery, Query, RowId, Schema

Mode = Literal["off", "draft", "approve", "auto"]
Status = Literal[
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
AudienceName = Literal["unspecified", "RU", "other"]
Topic = Annotated[str, Field(min_length=1, max_length=80)]
Topics = Annotated[list[Topic], Field(max_length=30)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="HH:MM")]


class ScopeShape(Schema):
    """What the owner of the channel is asked to agree to, or has agreed to."""

    mode: Literal["approve", "auto"] = "approve"
    max_per_day: Annotated[int, Field(ge=1, le=MAX_DAILY_CAP)] = 1
    topics: Topics = Field(default_factory=list)
    may_link: bool = True


class PermissionAnswer(Schema):
    granted_by: str
    granted_at: Moment
    scope: ScopeShape
    proof: Annotated[str, Field(description="How Telegram confirmed it.")]
    expires_at: Moment


class GrantAnswer(Schema):
    """How the channel's owner gives the permission."""

    command: Annotated[str, Field(description="An administrator writes this into the discussion.")]
    guide: Annotated[str, Field(description="Path of the guided page to send to the owner.")]
    offer: ScopeShape


class ChannelAnswer(Schema):
    id: int
    username: str | None
    title: str
    is_monitored: bool
    is_own: bool
    comment_mode: Mode
    daily_cap: int
    topics: list[str]
    avoid: list[str]
    timezone: str
    quiet_from: str
    quiet_until: str
    audience: AudienceName
    chat_id: int | None
    discussion_chat_id: int | None
    permission: PermissionAnswer | None
    grant: GrantAnswer
    paused_at: Moment | None
    pause_reason: str
    problem: Annotated[str, Field(description="What was wrong at the last look; empty: nothing.")]
    checked_at: Moment | None
    created_at: Moment
    updated_at: Moment


class ChannelBody(Body):
    """What is missing stays as it is (or at its default in a new channel)."""

    username: Annotated[str, Field(max_length=64)] | None = None
    title: Annotated[str, Field(max_length=255)] | None = None
    is_monitored: bool | None = None
    is_own: bool | None = None
    comment_mode: Mode | None = None
    daily_cap: Annotated[int, Field(ge=0, le=MAX_DAILY_CAP)] | None = None
    topics: Topics | None = None
    avoid: Topics | None = None
    timezone: Annotated[str, Field(max_length=64)] | None = None
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None
    audience: AudienceName | None = None
    offer: ScopeShape | None = None


class SummaryAnswer(Schema):
    main_idea: str
    keywords: list[str]
    tone: str
    topics: list[str]


class PostAnswer(Schema):
    id: int
    message_id: int
    text: str
    media: list[str]
    links: list[str]
    summary: SummaryAnswer | None
    decision: Annotated[str | None, Field(description="Why it gets a comment or doesn't.")]
    decision_code: str | None
    relevance: float | None
    posted_at: Moment
    created_at: Moment
    edited_at: Moment | None
    deleted_at: Moment | None


class EngagementAnswer(Schema):
    views: int | None
    replies: int
    reactions: int


class CommentAnswer(Schema):
    id: int
    post_id: int
    channel_id: int
    account_id: int
    account: str
    text: str
    variants: list[str]
    status: Status
    reason: str
    approver: str
    approved_at: Moment | None
    scheduled_for: Moment | None
    snoozed_until: Moment | None
    sent_at: Moment | None
    expires_at: Moment
    created_at: Moment
    permalink: str
    engagement: EngagementAnswer
    model: str
    prompt_version: str
    cost: str | None
    post: PostAnswer
    channel: str


class CommentQuery(PageQuery):
    status: Status | None = None


class ApproveBody(Body):
    text: Annotated[str, Field(min_length=1, max_length=4096, description="The exact text.")]


class RejectBody(Body):
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class SnoozeBody(Body):
    until: Moment


class MoveBody(Body):
    at: Moment


class ReasonBody(Body):
    reason: Annotated[str, Field(max_length=300)] = ""


class SlotAnswer(Schema):
    comment_id: int
    channel_id: int
    account_id: int
    at: Moment
    status: Status
    text: str


class SpanQuery(Query):
    since: Annotated[Moment | None, Field(alias="from")] = None
    until: Annotated[Moment | None, Field(alias="to")] = None


class CalendarQuery(SpanQuery):
    channel_id: RowId | None = None


class MarketingQuery(SpanQuery):
    by: Literal["channel", "account", "topic", "wording"] = "channel"


class MarketingAnswer(Schema):
    key: str
    title: str
    published: int
    views: int | None
    replies: int
    reactions: int
    clicks: int
    dialogues: int
    agreements: int
    cost: Decimal


class PublishedAnswer(Schema):
    comment_id: int
    channel: str
    account: str
    text: str
    permalink: str
    sent_at: Moment
    approver: str
    permission_by: str
    permission_at: Moment
    permission_scope: str
    model: str


class DirectMessageQuery(PageQuery):
    account_id: RowId | None = None


class DirectMessageAnswer(Schema):
    id: int
    account_id: int
    chat_id: int
    kind: str
    sender_name: str
    text: str
    status: str
    outcome: str
    answer: str
    comment_id: int | None
    channel_id: int | None
    created_at: Moment
    answered_at: Moment | None


class SignOffBody(Body):
    audience: Literal["RU"] = "RU"
    signed_by: Annotated[str, Field(min_length=1, max_length=200)]
    role: Annotated[str, Field(min_length=1, max_length=200)]
    contact: Annotated[str, Field(min_length=1, max_length=200)]
    basis: Annotated[str, Field(min_length=1, max_length=4000)]
    expires_at: Moment
    advertiser: Annotated[str, Field(max_length=200)] = ""
    advertiser_id: Annotated[str, Field(max_length=40)] = ""
    ad_operator: Annotated[str, Field(max_length=200)] = ""
    erid: Annotated[str, Field(max_length=100)] = ""


class SignOffAnswer(SignOffBody):
    signed_at: Moment


def channel_answer(channel: Channel) -> ChannelAnswer:
    return ChannelAnswer(
        id=channel.id,
        username=channel.username,
        title=channel.title,
        is_monitored=channel.is_monitored,
        is_own=channel.is_own,
        comment_mode=channel.comment_mode,
        daily_cap=channel.daily_cap,
        topics=list(channel.topics),
        avoid=list(channel.avoid),
        timezone=channel.hours.timezone,
        quiet_from=f"{channel.hours.quiet_from:%H:%M}",
        quiet_until=f"{channel.hours.quiet_until:%H:%M}",
        audience=channel.audience,
        chat_id=channel.chat_id,
        discussion_chat_id=channel.discussion_chat_id,
        permission=_permission(channel),
        grant=GrantAnswer(
            command=f"/allow {channel.grant_code}",
            guide=f"/welcome/{channel.grant_code}",
            offer=_scope(channel.offered),
        ),
        paused_at=channel.paused_at,
        pause_reason=channel.pause_reason,
        problem=channel.problem,
        checked_at=channel.checked_at,
        created_at=channel.created_at,
        updated_at=channel.updated_at,
    )


def _permission(channel: Channel) -> PermissionAnswer | None:
    permission = channel.permission
    if permission is None:
        return None
    proof = permission.proof
    return PermissionAnswer(
        granted_by=permission.granted_by,
        granted_at=permission.granted_at,
        scope=_scope(permission.scope),
        proof=f"{proof.text} ({proof.administrator_status}, chat {proof.chat_id}, message "
        f"{proof.message_id}, verified {proof.verified_at:%Y-%m-%d %H:%M} UTC)",
        expires_at=permission.expires_at,
    )


def _scope(scope: Scope) -> ScopeShape:
    return ScopeShape(
        mode=scope.mode,
        max_per_day=max(1, scope.max_per_day),
        topics=list(scope.topics),
        may_link=scope.may_link,
    )


def new_channel(body: ChannelBody, *, timezone: str) -> ChannelDraft:
    """A new channel; quiet hours are kept in the business's time zone unless it says otherwise."""
    plain = ChannelDraft(username=None, hours=Hours(timezone=timezone))
    return _changed(plain, body)


def changed_channel(channel: Channel, body: ChannelBody) -> ChannelDraft:
    current = ChannelDraft(
        username=channel.username,
        title=channel.title,
        is_monitored=channel.is_monitored,
        comment_mode=channel.comment_mode,
        daily_cap=channel.daily_cap,
        topics=channel.topics,
        is_own=channel.is_own,
        avoid=channel.avoid,
        hours=channel.hours,
        audience=channel.audience,
        offered=channel.offered,
    )
    return _changed(current, body)


def _changed(draft: ChannelDraft, body: ChannelBody) -> ChannelDraft:
    offer = body.offer
    return ChannelDraft(
        username=draft.username if body.username is None else body.username,
        title=draft.title if body.title is None else body.title,
        is_monitored=draft.is_monitored if body.is_monitored is None else body.is_monitored,
        comment_mode=body.comment_mode or draft.comment_mode,
        daily_cap=draft.daily_cap if body.daily_cap is None else body.daily_cap,
        topics=draft.topics if body.topics is None else tuple(body.topics),
        is_own=draft.is_own if body.is_own is None else body.is_own,
        avoid=draft.avoid if body.avoid is None else tuple(body.avoid),
        hours=Hours(
            timezone=body.timezone or draft.hours.timezone,
            quiet_from=_time(body.quiet_from, draft.hours.quiet_from),
            quiet_until=_time(body.quiet_until, draft.hours.quiet_until),
        ),
        audience=body.audience or draft.audience,
        offered=draft.offered
        if offer is None
        else Scope(offer.mode, offer.max_per_day, tuple(offer.topics), offer.may_link),
    )


def _time(given: str | None, current: time) -> time:
    return current if given is None else time.fromisoformat(given)


def post_answer(post: Post) -> PostAnswer:
    return PostAnswer(
        id=post.id,
        message_id=post.message_id,
        text=post.text,
        media=list(post.media),
        links=list(post.links),
        summary=SummaryAnswer.model_validate(post.summary) if post.summary else None,
        decision=post.gate_reason or None,
        decision_code=post.gate_code,
        relevance=post.relevance,
        posted_at=post.posted_at,
        created_at=post.created_at,
        edited_at=post.edited_at,
        deleted_at=post.deleted_at,
    )


def comment_answer(card: CommentCard) -> CommentAnswer:
    comment, channel = card.comment, card.channel
    return CommentAnswer(
        id=comment.id,
        post_id=comment.post_id,
        channel_id=comment.channel_id,
        account_id=comment.account_id,
        account=card.account,
        text=comment.text,
        variants=list(comment.variants),
        status=comment.status,
        reason=comment.reason,
        approver=comment.approver,
        approved_at=comment.approved_at,
        scheduled_for=comment.scheduled_for,
        snoozed_until=comment.snoozed_until,
        sent_at=comment.sent_at,
        expires_at=comment.expires_at,
        created_at=comment.created_at,
        permalink=comment.permalink,
        engagement=EngagementAnswer.model_validate(comment.engagement),
        model=comment.model,
        prompt_version=comment.prompt_version,
        cost=comment.cost,
        post=post_answer(card.post),
        channel=channel.title or channel.username or "",
    )


def sign_off_answer(sign_off: LegalSignOff) -> SignOffAnswer:
    return SignOffAnswer.model_validate(sign_off, from_attributes=True)
