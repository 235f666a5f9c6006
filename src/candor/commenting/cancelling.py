"""Takes back comments that may no longer go out, in the unit of what forbids them (H4)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from candor.commenting.comment import Comment
from candor.commenting.lanes import EXPIRE_COMMENT, SEND_COMMENT
from candor.commenting.ports import Unit
from candor.commenting.storing import save_comment


async def cancel_all(unit: Unit, comments: Iterable[Comment], *, reason: str, now: datetime) -> int:
    """Expire the given (locked) comments; answers how many.

    One that delivery is sending at this very moment is left to its outcome: its permission was
    checked in the unit that let it go.
    """
    cancelled = 0
    for comment in comments:
        if comment.status == "sending" and not await _recalled(unit, comment, reason, now):
            continue
        await unit.comments.free_slot(comment.id, now=now)
        await unit.lanes.drop(SEND_COMMENT, comment.id)
        await unit.lanes.drop(EXPIRE_COMMENT, comment.id)
        gone = replace(comment, status="expired", reason=reason, scheduled_for=None)
        await save_comment(unit, gone, was=comment.status, now=now)
        cancelled += 1
    return cancelled


async def _recalled(unit: Unit, comment: Comment, reason: str, now: datetime) -> bool:
    recalled = await unit.outbox.cancel_for_subjects(
        "comment", [int(comment.id)], reason=reason, now=now
    )
    return recalled > 0 or await unit.comments.was_recalled(comment.id)
