"""Reads what a decision about one comment needs, in an open unit and in a fixed order of locks."""

from datetime import datetime

from candor.commenting.comment import Comment
from candor.commenting.ports import Unit
from candor.commenting.recheck import Situation
from candor.common.errors import NotFoundError
from candor.common.ids import CommentId


async def situation_of(unit: Unit, comment_id: CommentId, *, now: datetime) -> Situation:
    """Lock the channel, then the comment (whoever withdraws a permission locks the same way).

    Raises NotFoundError.
    """
    seen = await unit.comments.get(comment_id)
    if seen is None:
        raise NotFoundError("There is no such comment.")
    channel = await unit.channels.get(seen.channel_id, for_update=True)
    comment = await unit.comments.get(comment_id, for_update=True)
    post = await unit.posts.get(seen.post_id)
    if channel is None or comment is None or post is None:
        raise NotFoundError("The comment's channel or post is gone.")
    return await _completed(unit, comment, Situation(comment, post, channel, None, None, None, now))


async def _completed(unit: Unit, comment: Comment, known: Situation) -> Situation:
    standings = await unit.channels.standings_of(comment.channel_id)
    return Situation(
        comment=comment,
        post=known.post,
        channel=known.channel,
        standing=next((one for one in standings if one.account_id == comment.account_id), None),
        commentator=await unit.commentators.get(comment.account_id),
        sign_off=await unit.channels.sign_off(known.channel.audience, at=known.now),
        now=known.now,
    )
