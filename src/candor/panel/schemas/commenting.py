"""The shapes of `/api/channels`, `/api/comments` and what commenting brings."""

from typing import Annotated, Literal

from pydantic import Field

from candor.commenting.channel import MAX_DAILY_CAP, LegalSignOff
from candor.commenting.desk import CommentCard
from candor.commenting.post import Post
from candor.panel.schemas.common import Body, Moment, Money, PageQuery, Query, RowId, Schema

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


class CommentatorBody(Body):
    daily_cap: Annotated[int, Field(ge=0, le=50, description="Over all channels.")]
    is_active: bool = True


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
    cost: Money


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


class SignOffForm(Body):
    """The page's form: a span instead of a moment."""

    signed_by: Annotated[str, Field(min_length=1, max_length=200)]
    role: Annotated[str, Field(min_length=1, max_length=200)]
    contact: Annotated[str, Field(min_length=1, max_length=200)]
    basis: Annotated[str, Field(min_length=1, max_length=4000)]
    days: Annotated[int, Field(ge=1, le=366)]
    advertiser: Annotated[str, Field(max_length=200)] = ""
    advertiser_id: Annotated[str, Field(max_length=40)] = ""
    ad_operator: Annotated[str, Field(max_length=200)] = ""
    erid: Annotated[str, Field(max_length=100)] = ""


class SignOffAnswer(SignOffBody):
    signed_at: Moment


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
