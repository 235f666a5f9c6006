"""A person approves an exact text. An edit needs a new approval; approvals end with the comment's time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from candor.clients.activity import Activity
from candor.commenting.checking import CommentChecks
from candor.commenting.comment import Comment, CommentStatus, text_hash
from candor.commenting.errors import (
    BlockedByPolicyError,
    CommentChangedError,
    PermissionMissingError,
)
from candor.commenting.lanes import EXPIRE_COMMENT, OFFER_COMMENT, SEND_COMMENT
from candor.commenting.ports import Unit, Units
from candor.commenting.recheck import (
    LINK_FORBIDDEN,
    MODE_FORBIDS,
    NO_PERMISSION,
    Situation,
    approval_refusal,
)
from candor.commenting.scheduler import CommentSchedulerService
from candor.commenting.situation import situation_of
from candor.commenting.storing import save_comment
from candor.common.clock import Clock
from candor.common.errors import ConflictError, FieldError, InvalidInputError
from candor.common.ids import CommentId, OperatorId

MAX_REASON = 300
MAX_SNOOZE = timedelta(hours=24)
_DONE: tuple[CommentStatus, ...] = ("approved", "scheduled", "sending", "sent", "unconfirmed")


@dataclass(frozen=True, slots=True)
class Approver:
    """Who answers for a text (L4): shown on the transparency page."""

    operator_id: OperatorId
    name: str


class CommentApprovalService:
    """Approve, edit, reject, snooze. Two clicks, in two places at once, send once."""

    def __init__(
        self,
        units: Units,
        clock: Clock,
        scheduler: CommentSchedulerService,
        checks: CommentChecks,
    ) -> None:
        self._units = units
        self._clock = clock
        self._scheduler = scheduler
        self._checks = checks

    async def approve(self, comment_id: CommentId, text: str, approver: Approver) -> Comment:
        """Approve exactly this text: the draft, one of its variants, or the approver's own wording.

        Own wording is checked like any draft. Approving what is approved already changes nothing.
        Raises CommentChangedError, PermissionMissingError, BlockedByPolicyError, TextRefusedError.
        """
        now, text = self._clock.now(), text.strip()
        facts = await self._checks.facts()
        async with self._units() as unit:
            situation = await situation_of(unit, comment_id, now=now)
            comment = situation.comment
            if comment.status in _DONE and comment.text == text and comment.is_approved:
                return comment
            if comment.status != "pending":
                raise CommentChangedError(_gone_on(comment))
            _refuse(approval_refusal(situation))
            if text != comment.text and text not in comment.variants:
                await self._checks.demand(unit, situation, text, facts)
            return await self._approved(unit, situation, text, approver)

    async def approve_by_permission(self, unit: Unit, situation: Situation) -> Comment:
        """Where the permission says `auto`: no person, but the same gates; in the drafting unit."""
        permission = situation.channel.permission_at(situation.now)
        if permission is None or approval_refusal(situation) is not None:
            return situation.comment
        name = f"permission {permission.id} ({permission.granted_by})"
        return await self._approved(unit, situation, situation.comment.text, None, name=name)

    async def edit(self, comment_id: CommentId, text: str) -> Comment:
        """Put another text in; whatever was approved or scheduled is pending again."""
        now, text = self._clock.now(), text.strip()
        facts = await self._checks.facts()
        async with self._units() as unit:
            situation = await situation_of(unit, comment_id, now=now)
            comment = situation.comment
            if comment.status not in ("pending", "approved", "scheduled"):
                raise CommentChangedError(_gone_on(comment))
            if text == comment.text:
                return comment
            await self._checks.demand(unit, situation, text, facts)
            await unit.comments.free_slot(comment.id, now=now)
            await unit.lanes.drop(SEND_COMMENT, comment.id)
            pending = replace(
                _without_approval(comment),
                text=text,
                variants=tuple(dict.fromkeys((*comment.variants, text))),
                has_link=self._checks.has_own_link(text),
            )
            await save_comment(unit, pending, was=comment.status, now=now)
            await unit.lanes.wake(EXPIRE_COMMENT, comment.id, at=comment.expires_at)
            await unit.lanes.wake(OFFER_COMMENT, comment.id, at=now)
            return pending

    async def reject(self, comment_id: CommentId, reason: str, approver: Approver) -> Comment:
        """Take it out; the reason becomes guidance for the next drafts."""
        now, reason = self._clock.now(), reason.strip()
        if not reason or len(reason) > MAX_REASON:
            message = f"Say why in 1-{MAX_REASON} characters; the next drafts learn from it."
            raise InvalidInputError(errors=(FieldError("reason", message),))
        async with self._units() as unit:
            situation = await situation_of(unit, comment_id, now=now)
            comment = situation.comment
            if comment.status == "rejected":
                return comment
            if comment.status not in ("pending", "approved", "scheduled"):
                raise CommentChangedError(_gone_on(comment))
            await unit.comments.free_slot(comment.id, now=now)
            await unit.lanes.drop(SEND_COMMENT, comment.id)
            await unit.lanes.drop(EXPIRE_COMMENT, comment.id)
            rejected = replace(
                _without_approval(comment), status="rejected", reason=reason, approver=approver.name
            )
            await save_comment(unit, rejected, was=comment.status, now=now)
            await _record(unit, rejected, "commenting.comment_rejected", now, approver.name)
            return rejected

    async def snooze(self, comment_id: CommentId, until: datetime) -> Comment:
        """Out of the queue until then; its time runs on."""
        now = self._clock.now()
        if not now < until <= now + MAX_SNOOZE:
            raise InvalidInputError(
                errors=(FieldError("until", "Choose a time within the next 24 hours."),)
            )
        async with self._units() as unit:
            situation = await situation_of(unit, comment_id, now=now)
            if situation.comment.status != "pending":
                raise CommentChangedError(_gone_on(situation.comment))
            snoozed = replace(situation.comment, snoozed_until=until)
            await save_comment(unit, snoozed, was="pending", now=now)
            await unit.lanes.postpone(OFFER_COMMENT, comment_id, at=until)
            return snoozed

    async def _approved(
        self,
        unit: Unit,
        situation: Situation,
        text: str,
        approver: Approver | None,
        *,
        name: str = "",
    ) -> Comment:
        permission = situation.channel.permission_at(situation.now)
        if permission is None:
            raise PermissionMissingError
        approved = replace(
            situation.comment,
            text=text,
            has_link=self._checks.has_own_link(text),
            status="approved",
            permission_id=permission.id,
            approved_by=approver.operator_id if approver else None,
            approver=approver.name if approver else name,
            approved_at=situation.now,
            approved_hash=text_hash(text),
            snoozed_until=None,
        )
        _refuse(approval_refusal(replace(situation, comment=approved)))
        await save_comment(unit, approved, was=situation.comment.status, now=situation.now)
        await _record(
            unit, approved, "commenting.comment_approved", situation.now, approved.approver
        )
        return await self._scheduler.place(unit, replace(situation, comment=approved))


def _without_approval(comment: Comment) -> Comment:
    return replace(
        comment,
        status="pending",
        permission_id=None,
        approved_by=None,
        approver="",
        approved_at=None,
        approved_hash="",
        scheduled_for=None,
    )


def _refuse(refusal: str | None) -> None:
    if refusal is None:
        return
    if refusal == NO_PERMISSION:
        raise PermissionMissingError
    if refusal in (MODE_FORBIDS, LINK_FORBIDDEN):
        raise ConflictError(f"It can't be sent: {refusal}.")
    if refusal.startswith(("The channel is aimed", "A comment with our link")):
        raise BlockedByPolicyError(refusal)
    raise CommentChangedError(f"It can't be approved: {refusal}.")


def _gone_on(comment: Comment) -> str:
    why = f" ({comment.reason})" if comment.reason else ""
    return f"The comment is {comment.status} meanwhile{why}. Load the list again."


async def _record(unit: Unit, comment: Comment, kind: str, now: datetime, name: str) -> None:
    await unit.activity.record(
        Activity(
            kind=kind,
            at=now,
            account_id=comment.account_id,
            details={"comment": int(comment.id), "by": name},
        )
    )
