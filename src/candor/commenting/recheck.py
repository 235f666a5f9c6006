"""Why a comment may not go out: the same rules at approval, at its slot, and right before sending.

Pure, so that the three moments can't drift apart and a property test can drive them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from candor.commenting.advertising import policy_refusal
from candor.commenting.channel import Channel, Commentator, LegalSignOff, Standing
from candor.commenting.comment import Comment
from candor.commenting.post import Post

NO_PERMISSION: Final = "there is no valid permission of the channel's owner"
POST_EDITED: Final = "the post was edited after the comment was written"
POST_DELETED: Final = "the post was deleted"
NOT_APPROVED: Final = "this exact text is not approved"
TOO_LATE: Final = "its time ran out before it could be sent"
CHANNEL_PAUSED: Final = "the channel is paused"
ACCOUNT_STOPPED: Final = "the account is paused or removed"
NO_RIGHTS: Final = "the account may not write in the channel's discussion group"
MODE_FORBIDS: Final = "the channel's mode does not send comments"
LINK_FORBIDDEN: Final = "the permission does not allow a link"


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a decision about one comment looks at, read in one unit."""

    comment: Comment
    post: Post
    channel: Channel
    standing: Standing | None
    commentator: Commentator | None
    sign_off: LegalSignOff | None
    now: datetime


def permission_refusal(situation: Situation) -> str | None:
    """H4: permission, its scope, and the law."""
    comment, channel, now = situation.comment, situation.channel, situation.now
    permission = channel.permission_at(now)
    if permission is None:
        return NO_PERMISSION
    if channel.comment_mode not in ("approve", "auto"):
        return MODE_FORBIDS
    if comment.has_link and not permission.scope.may_link:
        return LINK_FORBIDDEN
    return policy_refusal(channel.audience, situation.sign_off, is_ad=comment.has_link, now=now)


def approval_refusal(situation: Situation) -> str | None:
    """Why it can't be approved now."""
    comment, post, channel = situation.comment, situation.post, situation.channel
    if refusal := permission_refusal(situation):
        return refusal
    if channel.paused_at is not None:
        return CHANNEL_PAUSED
    if post.deleted_at is not None:
        return POST_DELETED
    if comment.post_hash != post.text_hash:
        return POST_EDITED
    if situation.now >= comment.expires_at:
        return TOO_LATE
    return None


def sending_refusal(situation: Situation) -> str | None:
    """Why it can't be sent now; looks at everything again (fail closed)."""
    if refusal := approval_refusal(situation):
        return refusal
    comment, channel = situation.comment, situation.channel
    permission = channel.permission_at(situation.now)
    if permission is None or comment.permission_id != permission.id:
        return NO_PERMISSION
    if not comment.is_approved:
        return NOT_APPROVED
    if comment.approved_by is None and not may_go_unapproved(channel, situation.now):
        return NOT_APPROVED
    return _account_refusal(situation)


def may_go_unapproved(channel: Channel, now: datetime) -> bool:
    """Only where both the owner's settings and the permission say `auto`."""
    permission = channel.permission_at(now)
    return (
        permission is not None
        and permission.scope.mode == "auto"
        and channel.comment_mode == "auto"
    )


def _account_refusal(situation: Situation) -> str | None:
    account, standing = situation.commentator, situation.standing
    if account is None or not account.is_active or account.paused_at is not None:
        return ACCOUNT_STOPPED
    if standing is None or not standing.can_comment:
        return NO_RIGHTS
    return None
