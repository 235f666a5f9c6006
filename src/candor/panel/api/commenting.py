"""`/api/channels`, `/api/comments` and what commenting brings."""

from datetime import datetime, timedelta

from candor.commenting.approval import Approver
from candor.commenting.channel import LegalSignOff
from candor.commenting.desk import CommentingDesk
from candor.commenting.paging import Page as Part
from candor.common.errors import NotFoundError
from candor.common.ids import AccountId, ChannelId, CommentId
from candor.common.paging import Cut
from candor.panel.access import current_actor
from candor.panel.api.contract import Api
from candor.panel.inward import panel_settings, run, services
from candor.panel.schemas.commenting import (
    ApproveBody,
    CalendarQuery,
    ChannelAnswer,
    ChannelBody,
    CommentAnswer,
    CommentatorBody,
    CommentQuery,
    DirectMessageAnswer,
    DirectMessageQuery,
    MarketingAnswer,
    MarketingQuery,
    MoveBody,
    PostAnswer,
    PublishedAnswer,
    ReasonBody,
    RejectBody,
    SignOffAnswer,
    SignOffBody,
    SlotAnswer,
    SnoozeBody,
    SpanQuery,
    comment_answer,
    post_answer,
    sign_off_answer,
)
from candor.panel.schemas.commenting_channels import changed_channel, channel_answer, new_channel
from candor.panel.schemas.common import Page, PageQuery

CHANNELS = "Channels"
COMMENTS = "Comments"
DEFAULT_SPAN = timedelta(days=30)


def add_to(api: Api) -> None:
    _add_channels(api)
    _add_channel_actions(api)
    _add_comments(api)
    _add_comment_actions(api)
    _add_caps(api)
    _add_reports(api)


def desk() -> CommentingDesk:
    """Raises NotFoundError where commenting is off."""
    found = services().commenting
    if found is None:
        raise NotFoundError("Commenting is not available in this process.")
    return found


def approver() -> Approver:
    """Who answers for what is done now."""
    actor = current_actor()
    return Approver(actor.operator_id, actor.name)


def part_of(query: PageQuery) -> Part:
    return Part(query.page, query.per_page)


def span_of(query: SpanQuery, *, ahead: timedelta = timedelta()) -> tuple[datetime, datetime]:
    """The asked span, or the last 30 days."""
    now = services().clock.now()
    until = query.until or now + ahead
    return query.since or until - DEFAULT_SPAN, until


def _add_channels(api: Api) -> None:
    @api.get("/channels", tag=CHANNELS, summary="List channels")
    def list_channels(query: PageQuery) -> Page[ChannelAnswer]:
        found, total = run(desk().register.page(part_of(query)))
        return Page(
            items=[channel_answer(channel) for channel in found],
            page=query.page,
            per_page=query.per_page,
            total=total,
        )

    @api.post("/channels", tag=CHANNELS, summary="Add a channel", role="owner", status=201)
    def add_channel(body: ChannelBody) -> ChannelAnswer:
        draft = new_channel(body, timezone=panel_settings().timezone)
        return channel_answer(run(desk().register.add(draft)))

    @api.get("/channels/<id:channel_id>", tag=CHANNELS, summary="One channel")
    def get_channel(channel_id: int) -> ChannelAnswer:
        return channel_answer(run(desk().register.get(ChannelId(channel_id))))

    @api.put(
        "/channels/<id:channel_id>",
        tag=CHANNELS,
        summary="Change a channel; what is not named stays",
        role="owner",
    )
    def change_channel(channel_id: int, body: ChannelBody) -> ChannelAnswer:
        current = run(desk().register.get(ChannelId(channel_id)))
        draft = changed_channel(current, body)
        return channel_answer(run(desk().register.change(current.id, draft)))

    @api.delete(
        "/channels/<id:channel_id>",
        tag=CHANNELS,
        summary="Take a channel out; its permission and its queue end",
        role="owner",
    )
    def remove_channel(channel_id: int) -> None:
        run(desk().register.remove(ChannelId(channel_id), by=current_actor().label))

    @api.get("/channels/<id:channel_id>/posts", tag=CHANNELS, summary="Posts, newest first")
    def list_posts(channel_id: int, query: PageQuery) -> Page[PostAnswer]:
        found, total = run(desk().register.posts(ChannelId(channel_id), part_of(query)))
        return Page(
            items=[post_answer(post) for post in found],
            page=query.page,
            per_page=query.per_page,
            total=total,
        )


def _add_channel_actions(api: Api) -> None:
    @api.post(
        "/channels/<id:channel_id>/revoke",
        tag=CHANNELS,
        summary="Withdraw the permission; everything queued is cancelled with it",
        role="operator",
    )
    def revoke(channel_id: int, body: ReasonBody) -> ChannelAnswer:
        by, reason = current_actor().label, body.reason or "withdrawn in the panel"
        return channel_answer(
            run(desk().permissions.revoke(ChannelId(channel_id), by=by, reason=reason))
        )

    @api.post(
        "/channels/<id:channel_id>/pause", tag=CHANNELS, summary="Pause a channel", role="operator"
    )
    def pause(channel_id: int, body: ReasonBody) -> ChannelAnswer:
        reason = body.reason or "paused in the panel"
        return channel_answer(run(desk().register.pause(ChannelId(channel_id), reason)))

    @api.post(
        "/channels/<id:channel_id>/resume", tag=CHANNELS, summary="Resume a channel", role="owner"
    )
    def resume(channel_id: int) -> ChannelAnswer:
        return channel_answer(run(desk().register.resume(ChannelId(channel_id))))

    @api.post(
        "/channels/legal-sign-offs",
        tag=CHANNELS,
        summary="A named person answers for publishing to an audience in Russia",
        role="owner",
        status=201,
    )
    def sign_off(body: SignOffBody) -> SignOffAnswer:
        made = LegalSignOff(
            **body.model_dump(),
            signed_at=services().clock.now(),
            operator_id=current_actor().operator_id,
        )
        run(desk().register.sign_off(made))
        return sign_off_answer(made)


def _add_comments(api: Api) -> None:
    @api.get("/comments", tag=COMMENTS, summary="List comments, newest first")
    def list_comments(query: CommentQuery) -> Page[CommentAnswer]:
        cut = Cut(limit=query.per_page, offset=query.offset)
        found = run(desk().cards(query.status, cut))
        return Page(
            items=[comment_answer(card) for card in found.items],
            page=query.page,
            per_page=query.per_page,
            total=found.total,
        )

    @api.get("/comments/<id:comment_id>", tag=COMMENTS, summary="One comment with its post")
    def get_comment(comment_id: int) -> CommentAnswer:
        return _comment(comment_id)

    @api.put(
        "/comments/<id:comment_id>",
        tag=COMMENTS,
        summary="Put another text in; it needs a new approval",
        role="operator",
    )
    def edit_comment(comment_id: int, body: ApproveBody) -> CommentAnswer:
        run(desk().approval.edit(CommentId(comment_id), body.text))
        return _comment(comment_id)


def _add_comment_actions(api: Api) -> None:
    @api.post(
        "/comments/<id:comment_id>/approve",
        tag=COMMENTS,
        summary="Approve exactly this text",
        description="The draft, one of its variants, or your own wording, which is checked.",
        role="operator",
    )
    def approve(comment_id: int, body: ApproveBody) -> CommentAnswer:
        run(desk().approval.approve(CommentId(comment_id), body.text, approver()))
        return _comment(comment_id)

    @api.post(
        "/comments/<id:comment_id>/reject",
        tag=COMMENTS,
        summary="Reject; the reason guides the next drafts",
        role="operator",
    )
    def reject(comment_id: int, body: RejectBody) -> CommentAnswer:
        run(desk().approval.reject(CommentId(comment_id), body.reason, approver()))
        return _comment(comment_id)

    @api.post(
        "/comments/<id:comment_id>/snooze",
        tag=COMMENTS,
        summary="Out of the queue until then, at most a day",
        role="operator",
    )
    def snooze(comment_id: int, body: SnoozeBody) -> CommentAnswer:
        run(desk().approval.snooze(CommentId(comment_id), body.until))
        return _comment(comment_id)

    @api.post(
        "/comments/<id:comment_id>/move",
        tag=COMMENTS,
        summary="Give an approved comment another slot",
        role="operator",
    )
    def move(comment_id: int, body: MoveBody) -> CommentAnswer:
        run(desk().scheduler.move(CommentId(comment_id), body.at))
        return _comment(comment_id)


def _add_caps(api: Api) -> None:
    @api.put(
        "/comments/accounts/<id:account_id>",
        tag=COMMENTS,
        summary="How much an account may comment in a day, over all channels",
        role="owner",
    )
    def set_caps(account_id: int, body: CommentatorBody) -> None:
        account = run(services().accounts.get(AccountId(account_id)))
        run(
            desk().register.account_caps(
                account.id, daily_cap=body.daily_cap, is_active=body.is_active
            )
        )


def _add_reports(api: Api) -> None:
    @api.get("/comments/calendar", tag=COMMENTS, summary="Slots that are taken")
    def calendar(query: CalendarQuery) -> list[SlotAnswer]:
        since, until = span_of(query, ahead=timedelta(days=14))
        channel = None if query.channel_id is None else ChannelId(query.channel_id)
        slots = run(desk().scheduler.calendar(since, until, channel_id=channel))
        return [SlotAnswer.model_validate(slot) for slot in slots]

    @api.get("/comments/marketing", tag=COMMENTS, summary="What comments have brought")
    def marketing(query: MarketingQuery) -> list[MarketingAnswer]:
        since, until = span_of(query)
        rows = run(desk().reports.marketing(query.by, since, until))
        return [MarketingAnswer.model_validate(row) for row in rows]

    @api.get(
        "/comments/published",
        tag=COMMENTS,
        summary="Every AI comment that was published, with approver and permission",
    )
    def published(query: PageQuery) -> Page[PublishedAnswer]:
        found, total = run(desk().reports.published(part_of(query)))
        return Page(
            items=[PublishedAnswer.model_validate(line) for line in found],
            page=query.page,
            per_page=query.per_page,
            total=total,
        )

    @api.get(
        "/comments/replies",
        tag=COMMENTS,
        summary="What people wrote to the commenting accounts",
    )
    def replies(query: DirectMessageQuery) -> Page[DirectMessageAnswer]:
        account = None if query.account_id is None else AccountId(query.account_id)
        found, total = run(desk().register.direct_messages(account, part_of(query)))
        return Page(
            items=[DirectMessageAnswer.model_validate(message) for message in found],
            page=query.page,
            per_page=query.per_page,
            total=total,
        )


def _comment(comment_id: int) -> CommentAnswer:
    return comment_answer(run(desk().card(CommentId(comment_id))))
