"""What the panel is given of commenting: the services that people act through."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from candor.commenting.approval import CommentApprovalService
from candor.commenting.channel import Channel
from candor.commenting.comment import Comment, CommentStatus
from candor.commenting.owner_approval import OwnerApproval
from candor.commenting.permission import ChannelPermissionService
from candor.commenting.ports import Unit, Units
from candor.commenting.post import Post
from candor.commenting.register import ChannelRegister
from candor.commenting.reports import CommentingReports
from candor.commenting.scheduler import CommentSchedulerService
from candor.common.clock import Clock
from candor.common.errors import NotFoundError
from candor.common.ids import CommentId
from candor.common.paging import Cut, Part
from candor.messaging.owner_chats import OwnerChats


@dataclass(frozen=True, slots=True)
class CommentCard:
    """A comment with what a person must see to judge it."""

    comment: Comment
    post: Post
    channel: Channel
    account: str
    """Title and @username of the account in whose name it goes out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentingDesk:
    """The panel's way into commenting."""

    units: Units
    clock: Clock
    register: ChannelRegister
    permissions: ChannelPermissionService
    approval: CommentApprovalService
    scheduler: CommentSchedulerService
    reports: CommentingReports
    owner_chats: OwnerChats[Unit]
    owner_approval: OwnerApproval

    async def cards(self, status: CommentStatus | None, cut: Cut) -> Part[CommentCard]:
        """The queue with posts and channels, and how many there are."""
        async with self.units() as unit:
            found = await unit.comments.page(status, cut, now=self.clock.now())
            cards = {card.comment.id: card for card in await _cards(unit, found.items)}
        known = replace(found, items=tuple(one for one in found.items if one.id in cards))
        return known.shown_as(lambda comment: cards[comment.id])

    async def card(self, comment_id: CommentId) -> CommentCard:
        """Raises NotFoundError."""
        async with self.units() as unit:
            comment = await unit.comments.get(comment_id)
            found = await _cards(unit, [comment]) if comment else ()
        if not found:
            raise NotFoundError("There is no such comment.")
        return found[0]


async def _cards(unit: Unit, comments: Sequence[Comment]) -> tuple[CommentCard, ...]:
    posts = await unit.posts.many([comment.post_id for comment in comments])
    channel_ids = {comment.channel_id for comment in comments}
    channels = await unit.channels.many(sorted(channel_ids))
    accounts = {}
    for account_id in {comment.account_id for comment in comments}:
        account = await unit.commentators.get(account_id)
        accounts[account_id] = f"{account.title} (@{account.username})" if account else ""
    return tuple(
        CommentCard(
            comment,
            posts[comment.post_id],
            channels[comment.channel_id],
            accounts[comment.account_id],
        )
        for comment in comments
        if comment.post_id in posts and comment.channel_id in channels
    )
