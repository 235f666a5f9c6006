"""Builds commenting, and connects it with what the Telegram edge hears in channels and groups."""

from collections.abc import Sequence
from dataclasses import dataclass

from candor.bootstrap.foundation import Foundation
from candor.commenting.administration import ChatAdministration, EngagementSource
from candor.commenting.approval import CommentApprovalService
from candor.commenting.catching_up import ChannelCatchUp, HistorySource
from candor.commenting.checking import CommentChecks, FactSource, no_facts
from candor.commenting.considering import PostConsideration
from candor.commenting.desk import CommentingDesk
from candor.commenting.discussion import AccountMoved, DiscussionService, HeardMessage
from candor.commenting.engagement import EngagementService
from candor.commenting.generation import CommentGenerationService
from candor.commenting.monitor import ChannelMonitorService
from candor.commenting.owner_approval import OwnerApproval
from candor.commenting.permission import ChannelPermissionService
from candor.commenting.ports import Unit
from candor.commenting.post import AlbumId, ArrivedPost
from candor.commenting.private import PrivateMessageService
from candor.commenting.register import ChannelRegister
from candor.commenting.relevance import Relevance
from candor.commenting.replies import CommentReplyService
from candor.commenting.reports import CommentingReports
from candor.commenting.scheduler import CommentSchedulerService
from candor.commenting.sending import CommentRule
from candor.commenting.verifying import ChannelVerification
from candor.common.ids import TelegramChatId, TelegramMessageId
from candor.common.llm import Encoder, LLMService
from candor.messaging.outbox import Outbox
from candor.messaging.owner_chats import OwnerChats
from candor.messaging.ports import AccountRestrictions
from candor.telegram.ports import ArrivedPost as SeenPost
from candor.telegram.ports import GroupMessage, Membership, Reactions


@dataclass(frozen=True, slots=True)
class Commenting:
    """The commenting room."""

    register: ChannelRegister
    permissions: ChannelPermissionService
    monitor: ChannelMonitorService
    consideration: PostConsideration
    approval: CommentApprovalService
    scheduler: CommentSchedulerService
    rule: CommentRule
    engagement: EngagementService
    replies: CommentReplyService
    private: PrivateMessageService
    verification: ChannelVerification
    catching_up: ChannelCatchUp
    discussion: DiscussionService
    owner_chats: OwnerChats[Unit]
    owner_approval: OwnerApproval
    desk: CommentingDesk
    """What the panel is given."""

    @property
    def inbox(self) -> "DiscussionRoom":
        """What the Telegram edge hands channel posts and group messages to."""
        return DiscussionRoom(self.monitor, self.discussion, self.private, self.engagement)


def build_commenting(
    foundation: Foundation,
    *,
    business: str,
    llm: LLMService,
    encoder: Encoder | None,
    outbox: Outbox,
    restrictions: AccountRestrictions,
    administration: ChatAdministration,
    engagement_source: EngagementSource | None = None,
    history: HistorySource | None = None,
    facts: FactSource = no_facts,
) -> Commenting:
    """`facts`: what the business can prove, for comments that state a figure; `engagement_source` and
    `history`: user sessions, where there are some."""
    units, clock, language = foundation.units, foundation.clock, foundation.settings.language
    checks = CommentChecks(facts=facts, business=business, language=language)
    desk = _desk(foundation, outbox, checks, administration)
    generation = CommentGenerationService(
        units, clock, llm, checks, desk.approval, business=business
    )
    replies = CommentReplyService(
        units, clock, outbox, llm, checks, restrictions, business=business
    )
    monitor = ChannelMonitorService(units, clock)
    verification = ChannelVerification(units, clock, administration, desk.permissions)
    return Commenting(
        register=desk.register,
        permissions=desk.permissions,
        monitor=monitor,
        catching_up=ChannelCatchUp(units, clock, monitor, history),
        consideration=PostConsideration(units, clock, Relevance(encoder), checks, generation),
        approval=desk.approval,
        scheduler=desk.scheduler,
        rule=CommentRule(),
        engagement=EngagementService(units, clock, engagement_source),
        replies=replies,
        private=_private(foundation, outbox, administration, business=business),
        verification=verification,
        owner_chats=desk.owner_chats,
        owner_approval=desk.owner_approval,
        discussion=DiscussionService(
            units,
            clock,
            administration,
            desk.register,
            desk.permissions,
            replies,
            outbox,
            verification=verification,
            business=business,
            language=language,
        ),
        desk=desk,
    )


def _private(
    foundation: Foundation, outbox: Outbox, administration: ChatAdministration, *, business: str
) -> PrivateMessageService:
    return PrivateMessageService(
        foundation.units,
        foundation.clock,
        outbox,
        administration,
        foundation.hot_reload,
        business=business,
        language=foundation.settings.language,
    )


def _desk(
    foundation: Foundation,
    outbox: Outbox,
    checks: CommentChecks,
    administration: ChatAdministration,
) -> CommentingDesk:
    """What people act through, in the panel and in their Telegram."""
    units, clock, settings = foundation.units, foundation.clock, foundation.settings
    scheduler = CommentSchedulerService(units, clock, outbox)
    approval = CommentApprovalService(units, clock, scheduler, checks)
    chats: OwnerChats[Unit] = OwnerChats(units, clock, outbox, language=settings.language)
    return CommentingDesk(
        units=units,
        clock=clock,
        register=ChannelRegister(units, clock),
        permissions=ChannelPermissionService(units, clock, administration),
        approval=approval,
        scheduler=scheduler,
        reports=CommentingReports(units),
        owner_chats=chats,
        owner_approval=OwnerApproval(units, clock, chats, approval, timezone=settings.timezone),
    )


class DiscussionRoom:
    """`telegram.ports.DiscussionInbox`: the edge's words turned into the area's."""

    def __init__(
        self,
        monitor: ChannelMonitorService,
        discussion: DiscussionService,
        private: PrivateMessageService,
        engagement: EngagementService,
    ) -> None:
        self._monitor = monitor
        self._discussion = discussion
        self._private = private
        self._engagement = engagement

    async def receive_post(self, post: SeenPost) -> None:
        arrived = ArrivedPost(
            channel_chat_id=post.channel_id,
            message_id=post.message_id,
            text=post.text,
            posted_at=post.posted_at,
            account_id=post.account_id,
            discussion_chat_id=post.discussion_chat_id,
            discussion_message_id=post.discussion_message_id,
            media=() if post.kind == "text" else (post.kind,),
            links=post.links,
            album_id=AlbumId(post.album_id) if post.album_id else None,
            edited_at=post.edited_at,
        )
        if post.edited_at is not None:
            await self._monitor.record_edit(arrived)
        else:
            await self._monitor.record_post(arrived)

    async def receive_message(self, message: GroupMessage) -> None:
        told = message.message
        if told.is_edit:
            return
        if told.direct_messages_topic_id is not None:
            await self._private.receive_for_channel(told)
            return
        await self._discussion.hear(
            HeardMessage(
                account_id=told.account_id,
                chat_id=told.chat_id,
                message_id=told.message_id,
                sender_id=told.sender_id,
                sender_name=" ".join(part for part in (told.first_name, told.last_name) if part),
                text=told.text,
                reply_to=told.reply_to,
                is_bot=told.is_bot,
                is_anonymous=message.sender_chat_id is not None,
                account_username=told.account_username,
            )
        )

    async def receive_reactions(self, change: Reactions) -> None:
        if change.total is not None:
            await self._engagement.count_reactions(change.chat_id, change.message_id, change.total)
            return
        await self._engagement.change_reactions(
            change.chat_id, change.message_id, change.difference
        )

    async def receive_deletion(
        self, chat_id: TelegramChatId, message_ids: Sequence[TelegramMessageId]
    ) -> None:
        await self._monitor.record_deletion(chat_id, message_ids)

    async def receive_membership(self, change: Membership) -> None:
        if not change.is_us:
            return
        was_in = change.before in ("creator", "administrator", "member", "restricted")
        can_write = change.after != "restricted" or "can_send_messages" in change.rights
        await self._discussion.account_moved(
            AccountMoved(
                account_id=change.account_id,
                chat_id=change.chat_id,
                chat_type=change.chat_type,
                was_in=was_in,
                is_in=change.is_in,
                can_write=can_write,
                by=f"{change.by.name} ({change.by.id})",
            )
        )
