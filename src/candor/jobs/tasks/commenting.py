"""The lanes of commenting: each wakes one method of an area's service."""

from typing import Protocol

from candor.commenting.card_closing import CardClosing
from candor.commenting.catching_up import ChannelCatchUp
from candor.commenting.considering import PostConsideration
from candor.commenting.engagement import EngagementService
from candor.commenting.lanes import (
    ANSWER_REPLY,
    CATCH_UP,
    CLOSE_CARDS,
    CONSIDER_POSTS,
    END_PERMISSION,
    EXPIRE_COMMENT,
    OFFER_COMMENT,
    REFRESH_ENGAGEMENT,
    SEND_COMMENT,
    VERIFY_CHANNEL,
)
from candor.commenting.owner_approval import OwnerApproval
from candor.commenting.permission import ChannelPermissionService
from candor.commenting.replies import CommentReplyService
from candor.commenting.scheduler import CommentSchedulerService
from candor.commenting.verifying import ChannelVerification
from candor.common.lanes import LaneHandler

MODEL_LANES = 4
"""Channels that wait for the model at once."""
SMALL_LANES = 4
"""Of each other kind."""


class LaneRegistry(Protocol):
    """The worker, as far as lanes are registered with it."""

    def on_lane(self, kind: str, handler: LaneHandler, *, concurrency: int) -> None: ...


def register_commenting(
    worker: LaneRegistry,
    *,
    consideration: PostConsideration,
    scheduler: CommentSchedulerService,
    permissions: ChannelPermissionService,
    engagement: EngagementService,
    replies: CommentReplyService,
    owner_approval: OwnerApproval,
    card_closing: CardClosing,
    verification: ChannelVerification,
    catching_up: ChannelCatchUp,
) -> None:
    """Hand every lane of commenting to the worker."""
    worker.on_lane(CONSIDER_POSTS, consideration.consider, concurrency=MODEL_LANES)
    worker.on_lane(ANSWER_REPLY, replies.answer_due, concurrency=MODEL_LANES)
    worker.on_lane(SEND_COMMENT, scheduler.send_due, concurrency=SMALL_LANES)
    worker.on_lane(OFFER_COMMENT, owner_approval.offer_due, concurrency=SMALL_LANES)
    worker.on_lane(CLOSE_CARDS, card_closing.close_due, concurrency=SMALL_LANES)
    worker.on_lane(EXPIRE_COMMENT, scheduler.expire_due, concurrency=SMALL_LANES)
    worker.on_lane(END_PERMISSION, permissions.end_due, concurrency=SMALL_LANES)
    worker.on_lane(VERIFY_CHANNEL, verification.verify_due, concurrency=SMALL_LANES)
    worker.on_lane(CATCH_UP, catching_up.catch_up, concurrency=SMALL_LANES)
    worker.on_lane(REFRESH_ENGAGEMENT, engagement.refresh, concurrency=SMALL_LANES)
