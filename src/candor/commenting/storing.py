"""The one way in which a comment's state changes: stored, and its cards in Telegram told."""

from datetime import datetime

from candor.commenting.comment import Comment, CommentStatus
from candor.commenting.lanes import CLOSE_CARDS
from candor.commenting.ports import Unit


async def save_comment(unit: Unit, comment: Comment, *, was: CommentStatus, now: datetime) -> None:
    """Raises ConflictError when its state was not `was` any more."""
    await unit.comments.save(comment, was=was, now=now)
    if await unit.comment_cards.has_any(comment.id):
        await unit.lanes.wake(CLOSE_CARDS, comment.id, at=now)
