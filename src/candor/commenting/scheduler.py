"""`CommentSchedulerService`: a slot for each approved comment, and the way out at its time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from candor.commenting.cancelling import cancel_all
from candor.commenting.comment import Comment, Slot
from candor.commenting.gate import daily_cap
from candor.commenting.lanes import EXPIRE_COMMENT, NO_SLOT_PAUSE, SEND_COMMENT
from candor.commenting.ports import Unit, Units
from candor.commenting.recheck import Situation, sending_refusal
from candor.commenting.situation import situation_of
from candor.commenting.slots import Calendar, choose_slot, is_quiet, local_day
from candor.commenting.storing import save_comment
from candor.common.clock import Clock
from candor.common.errors import ConflictError, NotFoundError
from candor.common.ids import ChannelId, CommentId
from candor.common.lanes import Lane
from candor.messaging.conversation import Provenance
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing

LATENESS = timedelta(minutes=30)
"""A slot missed by more (the machine was off) is chosen anew, so that no burst follows."""


class CommentSchedulerService:
    """Places approved comments in the calendar and hands them to the outbox when they are due."""

    def __init__(self, units: Units, clock: Clock, outbox: Outbox) -> None:
        self._units = units
        self._clock = clock
        self._outbox = outbox

    async def place(self, unit: Unit, situation: Situation) -> Comment:
        """In the approving unit: give an approved comment its slot; without one it stays approved."""
        comment, channel, now = situation.comment, situation.channel, situation.now
        await unit.comments.lock_calendar(channel.id, comment.account_id)
        calendar = await _calendar_of(unit, situation)
        at = choose_slot(
            now=now, not_after=comment.expires_at, hours=channel.hours, calendar=calendar
        )
        if at is None:
            again = min(now + NO_SLOT_PAUSE, comment.expires_at)
            await unit.lanes.postpone(SEND_COMMENT, comment.id, at=again)
            return comment
        return await self._take(unit, comment, at, now)

    async def move(self, comment_id: CommentId, at: datetime) -> Comment:
        """An operator moves a comment in the calendar; raises ConflictError for a taken slot."""
        now = self._clock.now()
        async with self._units() as unit:
            situation = await situation_of(unit, comment_id, now=now)
            if situation.comment.status not in ("approved", "scheduled"):
                raise ConflictError("Only an approved comment has a place in the calendar.")
            if not now <= at < situation.comment.expires_at:
                raise ConflictError("The new time lies in the past or after the comment expires.")
            await unit.comments.lock_calendar(situation.channel.id, situation.comment.account_id)
            calendar = await _calendar_of(unit, situation)
            if (
                choose_slot(now=at, not_after=at, hours=situation.channel.hours, calendar=calendar)
                != at
            ):
                raise ConflictError(
                    "This time lies in the channel's quiet hours, too near to another comment, or "
                    "the day's comments are used up."
                )
            return await self._take(unit, situation.comment, at, now)

    async def calendar(
        self, since: datetime, until: datetime, *, channel_id: ChannelId | None = None
    ) -> Sequence[Slot]:
        """What stands in the calendar, for the panel."""
        async with self._units() as unit:
            return await unit.comments.slots_between(since, until, channel_id=channel_id)

    async def send_due(self, lane: Lane) -> datetime | None:
        """The lane `commenting.send_comment`: check everything again, then into the outbox."""
        now, comment_id = self._clock.now(), CommentId(int(lane.key))
        async with self._units() as unit:
            try:
                situation = await situation_of(unit, comment_id, now=now)
            except NotFoundError:
                return None
            return await self._send(unit, situation)

    async def expire_due(self, lane: Lane) -> datetime | None:
        """The lane `commenting.expire_comment`: what nobody approved in time is void."""
        now, comment_id = self._clock.now(), CommentId(int(lane.key))
        async with self._units() as unit:
            comment = await unit.comments.get(comment_id, for_update=True)
            if comment is None or comment.status not in ("pending", "approved", "scheduled"):
                return None
            if now < comment.expires_at:
                return comment.expires_at
            await cancel_all(unit, [comment], reason="nobody acted in time", now=now)
            return None

    async def _send(self, unit: Unit, situation: Situation) -> datetime | None:
        comment, now = situation.comment, situation.now
        if comment.status not in ("approved", "scheduled"):
            return None
        if refusal := sending_refusal(situation):
            await cancel_all(unit, [comment], reason=refusal, now=now)
            return None
        if comment.scheduled_for is None or not _is_time(situation):
            if comment.scheduled_for is not None and now < comment.scheduled_for:
                return comment.scheduled_for
            return await self._place_again(unit, situation)
        if await _is_over_cap(unit, situation):
            return await self._place_again(unit, situation)
        await self._hand_over(unit, situation)
        return None

    async def _place_again(self, unit: Unit, situation: Situation) -> datetime | None:
        placed = await self.place(unit, situation)
        if placed is situation.comment:
            return min(situation.now + NO_SLOT_PAUSE, placed.expires_at)
        return placed.scheduled_for

    async def _hand_over(self, unit: Unit, situation: Situation) -> None:
        comment, now = situation.comment, situation.now
        chat_id = situation.post.discussion_chat_id or situation.channel.discussion_chat_id
        if chat_id is None or situation.post.discussion_message_id is None:
            await cancel_all(unit, [comment], reason="the post has no comments open", now=now)
            return
        chat = await unit.chats.ensure(
            comment.account_id, chat_id, type="supergroup", now=now, title=situation.channel.title
        )
        outbox_id = await self._outbox.put(
            unit,
            Outgoing(
                account_id=comment.account_id,
                chat=chat.id,
                purpose="comment",
                text=comment.text,
                author="ai",
                language=comment.language,
                label="comment",
                provenance=_provenance(comment),
                subject=int(comment.id),
                reply_to=situation.post.discussion_message_id,
            ),
        )
        await unit.lanes.drop(EXPIRE_COMMENT, comment.id)
        sending = replace(comment, status="sending", outbox_id=outbox_id)
        await save_comment(unit, sending, was=comment.status, now=now)

    async def _take(self, unit: Unit, comment: Comment, at: datetime, now: datetime) -> Comment:
        placed = replace(comment, status="scheduled", scheduled_for=at, reason="")
        await unit.comments.take_slot(placed, at, now=now)
        await save_comment(unit, placed, was=comment.status, now=now)
        await unit.lanes.postpone(SEND_COMMENT, comment.id, at=at)
        return placed


def _is_time(situation: Situation) -> bool:
    """Due, not long past, and not in quiet hours (the settings may have changed since)."""
    slot, now = situation.comment.scheduled_for, situation.now
    return (
        slot is not None
        and slot <= now <= slot + LATENESS
        and not is_quiet(now, situation.channel.hours)
    )


async def _is_over_cap(unit: Unit, situation: Situation) -> bool:
    """The caps were lowered since the slot was taken, and others of that day come first."""
    slot, hours = situation.comment.scheduled_for, situation.channel.hours
    if slot is None:
        return False
    calendar = await _calendar_of(unit, situation)
    since, until = local_day(slot, hours)
    earlier = [at for at in calendar.channel_slots if since <= at <= slot and at < until]
    by_account = [at for at in calendar.account_slots if since <= at <= slot and at < until]
    return len(earlier) >= calendar.channel_cap or len(by_account) >= calendar.account_cap


async def _calendar_of(unit: Unit, situation: Situation) -> Calendar:
    """The slots of the days around, caps, and what the hours have brought so far."""
    comment, channel, now = situation.comment, situation.channel, situation.now
    start, _ = local_day(now, channel.hours)
    taken = [
        slot
        for slot in await unit.comments.slots_between(start, start + timedelta(days=3))
        if slot.comment_id != comment.id
    ]
    account_cap = situation.commentator.daily_cap if situation.commentator else 0
    return Calendar(
        channel_slots=[slot.at for slot in taken if slot.channel_id == channel.id],
        account_slots=[slot.at for slot in taken if slot.account_id == comment.account_id],
        channel_cap=daily_cap(channel),
        account_cap=account_cap,
        best_hours=await unit.comments.engagement_by_hour(channel.id, zone=channel.hours.timezone),
    )


def _provenance(comment: Comment) -> Provenance:
    """H10: who wrote it, by which prompt, and who approved it."""
    return Provenance(
        written_by="model" if comment.model else "person",
        model=comment.model,
        prompt_version=comment.prompt_version,
        approved_by=comment.approved_by,
        cost=comment.cost,
        note=f"comment {comment.id}, permission {comment.permission_id}, by {comment.approver}",
    )
