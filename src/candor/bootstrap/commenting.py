"""Builds commenting."""

from dataclasses import dataclass

from candor.bootstrap.discussions import DiscussionRoom
from candor.bootstrap.foundation import Foundation
from candor.commenting.administration import ChatAdministration, EngagementSource
from candor.commenting.approval import CommentApprovalService
from candor.commenting.card_closing import CardClosing
from candor.commenting.catching_up import ChannelCatchUp, HistorySource
from candor.commenting.checking import (
    CommentChecks,
    FactSource,
    KnowledgeSource,
    no_facts,
    no_knowledge,
)
from candor.commenting.considering import PostConsideration
from candor.commenting.desk import CommentingDesk
from candor.commenting.discussion import DiscussionService
from candor.commenting.engagement import EngagementService
from candor.commenting.generation import CommentGenerationService
from candor.commenting.monitor import ChannelMonitorService
from candor.commenting.owner_approval import OwnerApproval
from candor.commenting.permission import ChannelPermissionService
from candor.commenting.ports import Unit
from candor.commenting.private import PrivateMessageService
from candor.commenting.register import ChannelRegister
from candor.commenting.relevance import Relevance
from candor.commenting.replies import CommentReplyService
from candor.commenting.reports import CommentingReports
from candor.commenting.scheduler import CommentSchedulerService
from candor.commenting.sending import CommentRule
from candor.commenting.verifying import ChannelVerification
from candor.common.llm import Encoder, LLMService
from candor.messaging.gateway import Gateways
from candor.messaging.outbox import Outbox
from candor.messaging.owner_chats import OwnerChats
from candor.messaging.ports import AccountRestrictions


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
    card_closing: CardClosing
    desk: CommentingDesk
    """What the panel is given."""

    @property
    def inbox(self) -> DiscussionRoom:
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
    gateways: Gateways,
    engagement_source: EngagementSource | None = None,
    history: HistorySource | None = None,
    facts: FactSource = no_facts,
    knowledge: KnowledgeSource = no_knowledge,
) -> Commenting:
    """`facts`: what the business can prove, for comments that state a figure; `knowledge`: what it has
    written itself; `engagement_source` and `history`: user sessions, where there are some."""
    units, clock, language = foundation.units, foundation.clock, foundation.settings.language
    checks = CommentChecks(facts=facts, business=business, language=language)
    desk = _desk(foundation, outbox, checks, administration)
    generation = CommentGenerationService(
        units, clock, llm, checks, desk.approval, business=business, knowledge=knowledge
    )
    replies = _replies(foundation, outbox, llm, checks, restrictions, desk, business=business)
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
        card_closing=CardClosing(units, clock, gateways, timezone=foundation.settings.timezone),
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


def _replies(
    foundation: Foundation,
    outbox: Outbox,
    llm: LLMService,
    checks: CommentChecks,
    restrictions: AccountRestrictions,
    desk: CommentingDesk,
    *,
    business: str,
) -> CommentReplyService:
    return CommentReplyService(
        foundation.units,
        foundation.clock,
        outbox,
        llm,
        checks,
        restrictions,
        owners=desk.owner_chats,
        business=business,
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
