"""The rule that delivery asks right before a comment leaves, and what its outcome means for it."""

from dataclasses import replace
from datetime import datetime, timedelta

from candor.clients.activity import Activity
from candor.commenting.cancelling import cancel_all
from candor.commenting.comment import Comment
from candor.commenting.engagement import FIRST_LOOK
from candor.commenting.lanes import REFRESH_ENGAGEMENT, SEND_COMMENT
from candor.commenting.ports import Unit
from candor.commenting.post import Post
from candor.commenting.recheck import (
    CHANNEL_PAUSED,
    NO_PERMISSION,
    TOO_LATE,
    Situation,
    sending_refusal,
)
from candor.commenting.situation import situation_of
from candor.commenting.slots import is_quiet
from candor.commenting.storing import save_comment
from candor.common.errors import NotFoundError
from candor.common.ids import CommentId, TelegramChatId, TelegramMessageId
from candor.messaging.outgoing import Cancel, OutboxItem, Outcome, Send, Verdict
from candor.messaging.ports import Due

GONE = "the comment is gone"
NOT_ITS_TURN = "the comment is not waiting to be sent"
QUIET = "the channel's quiet hours have begun"
STALE_ANSWER = timedelta(hours=1)
SUPERGROUP_OFFSET = 1_000_000_000_000


class CommentRule:
    """`PurposeRule` of the purpose `comment`.

    `subject` is the comment, or, negative, the row of `direct_messages` that is answered in the
    thread under it. Both need the channel owner's permission at this moment.
    """

    has_rows = True

    async def decide(self, unit: Unit, due: Due, *, now: datetime) -> Verdict:
        if due.item.subject is None:
            return Cancel(GONE)
        if due.item.subject < 0:
            return await _answer_verdict(unit, due.item, now)
        try:
            situation = await situation_of(unit, CommentId(due.item.subject), now=now)
        except NotFoundError:
            return Cancel(GONE)
        return await _verdict(unit, due.item, situation)

    async def settled(self, unit: Unit, due: Due, outcome: Outcome) -> None:
        if due.item.subject is None or due.item.subject < 0:
            return
        try:
            situation = await situation_of(unit, CommentId(due.item.subject), now=outcome.at)
        except NotFoundError:
            return
        await _write_outcome(unit, situation, outcome)


async def _answer_verdict(unit: Unit, item: OutboxItem, now: datetime) -> Verdict:
    """An answer to a reply: still permitted, and not hours after the question."""
    message = await unit.direct_messages.get(-int(item.subject or 0))
    if message is None or message.channel_id is None:
        return Cancel(GONE)
    channel = await unit.channels.get(message.channel_id, for_update=True)
    if channel is None or channel.permission_at(now) is None:
        return Cancel(NO_PERMISSION)
    if channel.paused_at is not None and message.status != "complaint":
        return Cancel(CHANNEL_PAUSED)
    if now - item.created_at > STALE_ANSWER:
        return Cancel(TOO_LATE)
    return Send()


async def _verdict(unit: Unit, item: OutboxItem, situation: Situation) -> Verdict:
    """Fail closed; what is not sent now and may be later goes back to the calendar."""
    comment = situation.comment
    if comment.status != "sending" or comment.outbox_id != item.id or comment.text not in item.text:
        return Cancel(NOT_ITS_TURN)
    if refusal := sending_refusal(situation):
        await _expire(unit, comment, refusal, situation.now)
        return Cancel(refusal)
    if is_quiet(situation.now, situation.channel.hours):
        await unit.comments.free_slot(comment.id, now=situation.now)
        waiting = replace(comment, status="scheduled", outbox_id=None)
        await save_comment(unit, waiting, was="sending", now=situation.now)
        await unit.lanes.wake(SEND_COMMENT, comment.id, at=situation.now)
        return Cancel(QUIET)
    return Send()


async def _write_outcome(unit: Unit, situation: Situation, outcome: Outcome) -> None:
    comment = situation.comment
    if outcome.status == "sent":
        await _write_sent(unit, situation, outcome)
    elif comment.status != "sending":
        return
    elif outcome.status == "cancelled":
        await _expire(unit, comment, outcome.error, outcome.at)
    elif outcome.status == "unconfirmed":
        unsure = replace(comment, status="unconfirmed", reason=outcome.error)
        await save_comment(unit, unsure, was="sending", now=outcome.at)
        await _alert(unit, situation, "commenting.comment_unconfirmed", outcome.error)
    elif outcome.status == "failed":
        await _write_failed(unit, situation, outcome)


async def _expire(unit: Unit, comment: Comment, reason: str, now: datetime) -> None:
    expired = replace(comment, status="expired", reason=reason, scheduled_for=None)
    await save_comment(unit, expired, was="sending", now=now)
    await unit.comments.free_slot(comment.id, now=now)


async def _write_sent(unit: Unit, situation: Situation, outcome: Outcome) -> None:
    comment = situation.comment
    if comment.status not in ("sending", "unconfirmed") or outcome.message_id is None:
        return
    sent = replace(
        comment,
        status="sent",
        sent_at=outcome.at,
        message_id=outcome.message_id,
        permalink=permalink(situation.channel.username, situation.post, outcome.message_id),
        reason="",
    )
    await save_comment(unit, sent, was=comment.status, now=outcome.at)
    await unit.lanes.wake(REFRESH_ENGAGEMENT, comment.id, at=outcome.at + FIRST_LOOK)
    await unit.activity.record(
        Activity(
            kind="commenting.comment_sent",
            at=outcome.at,
            account_id=comment.account_id,
            details={"comment": int(comment.id), "channel": int(comment.channel_id)},
        )
    )


async def _write_failed(unit: Unit, situation: Situation, outcome: Outcome) -> None:
    """Comments closed, bot demoted, channel gone: the rest of the queue would fail the same way."""
    comment, channel, now = situation.comment, situation.channel, outcome.at
    failed = replace(comment, status="failed", reason=outcome.error, scheduled_for=None)
    await save_comment(unit, failed, was="sending", now=now)
    await unit.comments.free_slot(comment.id, now=now)
    await unit.channels.pause(channel.id, f"Telegram refused a comment: {outcome.error}", now=now)
    others = await unit.comments.open_of_channel(channel.id)
    await cancel_all(unit, others, reason="the channel was paused after a refusal", now=now)
    await _alert(unit, situation, "commenting.channel_paused", outcome.error)


async def _alert(unit: Unit, situation: Situation, kind: str, reason: str) -> None:
    comment: Comment = situation.comment
    await unit.activity.record(
        Activity(
            kind=kind,
            at=situation.now,
            account_id=comment.account_id,
            level="warning",
            details={
                "comment": int(comment.id),
                "channel": situation.channel.title,
                "reason": reason[:300],
            },
        )
    )


def permalink(username: str | None, post: Post, message_id: TelegramMessageId) -> str:
    """Where the comment can be read; private groups have links for members only."""
    if username:
        return f"https://t.me/{username}/{post.message_id}?comment={message_id}"
    if post.discussion_chat_id is None:
        return ""
    return f"https://t.me/c/{_short(post.discussion_chat_id)}/{message_id}"


def _short(chat_id: TelegramChatId) -> int:
    return -int(chat_id) - SUPERGROUP_OFFSET
