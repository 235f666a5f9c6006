"""The services of the inner rooms, built from the foundation, the model and the ways to Telegram."""

from collections.abc import Sequence
from dataclasses import dataclass

from candor.accounts.business import BusinessAccounts
from candor.accounts.chats import AccountChats, ChatDirectory
from candor.accounts.labelling import AccountLabels
from candor.accounts.management import AccountManagementService, AccountTools
from candor.accounts.personality import PersonalityService
from candor.accounts.ports import (
    AccountUnit,
    BotProfiles,
    OwnerAlerts,
    SealedColumns,
    UserSignIn,
)
from candor.accounts.security import AccountSecurityService
from candor.accounts.sign_in import AccountSignIn
from candor.bootstrap.foundation import Foundation
from candor.bootstrap.lessons import ScriptedLessons
from candor.bootstrap.our_chats import RegisteredPermissions
from candor.common.llm import LLMService
from candor.education.answering import GroupAnswering
from candor.education.door import GroupDoor
from candor.education.group import EducationGroupService
from candor.education.leading import LessonLeader
from candor.education.listening import GroupListener
from candor.education.next_offer import NextOffer
from candor.education.partner import StudentBotService
from candor.education.pool import GroupPool
from candor.education.ports import GroupChats, GroupMaker, OwnerNotices
from candor.education.reading import GroupReader
from candor.education.speaking import GroupDeliveryRule, GroupVoice
from candor.education.steering import GroupSteering
from candor.messaging.hand_off import HandOff
from candor.messaging.outbox import Outbox
from candor.sales.answering import AnswerWriter
from candor.sales.conversation import SalesConversationService, Typing
from candor.sales.follow_up import FollowUps
from candor.sales.questionnaires.desk import QuestionnaireDesk
from candor.sales.questionnaires.keeping import QuestionnaireService
from candor.sales.rehearsal import Rehearsal
from candor.sales.script import ScriptService
from candor.sales.views import BusinessCard
from candor.storage.unit_of_work import PgUnitOfWork


@dataclass(frozen=True, slots=True)
class Shared:
    """What every area is built from."""

    foundation: Foundation
    business: str
    llm: LLMService
    outbox: Outbox


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts room."""

    tools: AccountTools
    security: AccountSecurityService
    management: AccountManagementService
    sign_in: AccountSignIn
    business: BusinessAccounts
    personality: PersonalityService
    chats: AccountChats


@dataclass(frozen=True, slots=True)
class Sales:
    scripts: ScriptService
    writer: AnswerWriter
    rehearsal: Rehearsal
    conversations: SalesConversationService
    questionnaires: QuestionnaireService
    questionnaire_desk: QuestionnaireDesk
    follow_ups: FollowUps


@dataclass(frozen=True, slots=True)
class Education:
    groups: EducationGroupService
    pool: GroupPool
    steering: GroupSteering
    door: GroupDoor
    next_offer: NextOffer
    leader: LessonLeader
    answering: GroupAnswering
    listener: GroupListener
    rule: GroupDeliveryRule
    voice: GroupVoice
    reader: GroupReader


def build_accounts(
    foundation: Foundation,
    *,
    business: str,
    bots: BotProfiles,
    users: UserSignIn | None,
    directory: ChatDirectory | None,
    alerts: OwnerAlerts,
) -> Accounts:
    security = AccountSecurityService(
        keys=foundation.keys,
        units=foundation.units,
        clock=foundation.clock,
        sealed_columns=sealed_columns,
    )
    tools = AccountTools(
        units=foundation.units,
        clock=foundation.clock,
        security=security,
        labels=AccountLabels(
            business=business, language=foundation.settings.language, bots=bots, users=users
        ),
        language=foundation.settings.language,
        alerts=alerts,
    )
    management = AccountManagementService(tools)
    chats = AccountChats(
        tools,
        foundation.units,
        RegisteredPermissions(foundation.units, foundation.clock),
        directory,
    )
    chats.follow(foundation.hot_reload)
    return Accounts(
        tools=tools,
        security=security,
        management=management,
        sign_in=AccountSignIn(tools, management),
        business=BusinessAccounts(tools),
        personality=PersonalityService(tools),
        chats=chats,
    )


def sealed_columns(unit: AccountUnit) -> Sequence[SealedColumns]:
    """Everything that `keys rotate` re-encrypts: tokens, sessions, phones, second factors, salts."""
    if not isinstance(unit, PgUnitOfWork):
        raise TypeError("Keys are rotated in units of this product's storage.")
    return (unit.accounts, unit.operators, unit.opt_out_salts, unit.webhooks)


def business_card(foundation: Foundation, business: str) -> BusinessCard:
    settings = foundation.settings
    return BusinessCard(name=business, language=settings.language, timezone=settings.timezone)


def build_sales(shared: Shared, *, hand_off: HandOff, typing: Typing) -> Sales:
    foundation, business = shared.foundation, shared.business
    clock = foundation.clock
    scripts = ScriptService(
        units=foundation.units,
        cache=foundation.cache,
        hot_reload=foundation.hot_reload,
        clock=clock,
    )
    card = business_card(foundation, business)
    writer = AnswerWriter(llm=shared.llm, business=card)
    questionnaires = QuestionnaireService(
        units=foundation.units, hot_reload=foundation.hot_reload, clock=clock
    )
    desk = QuestionnaireDesk(questionnaires=questionnaires, business=card, clock=clock)
    follow_ups = FollowUps(
        units=foundation.units,
        scripts=scripts,
        business=card,
        clock=clock,
        questionnaires=questionnaires,
    )
    return Sales(
        questionnaires=questionnaires,
        questionnaire_desk=desk,
        follow_ups=follow_ups,
        scripts=scripts,
        writer=writer,
        rehearsal=Rehearsal(writer=writer, clock=clock, business=business),
        conversations=SalesConversationService(
            units=foundation.units,
            scripts=scripts,
            writer=writer,
            outbox=shared.outbox,
            hand_off=hand_off,
            clock=clock,
            typing=typing,
            questionnaires=desk,
            follow_ups=follow_ups,
        ),
    )


def build_education(
    shared: Shared,
    *,
    scripts: ScriptService,
    chats: GroupChats,
    maker: GroupMaker | None,
    notices: OwnerNotices,
    hand_off: HandOff,
) -> Education:
    foundation, business = shared.foundation, shared.business
    clock, units = foundation.clock, foundation.units
    lessons = ScriptedLessons(scripts=scripts, business=business_card(foundation, business))
    voice = GroupVoice(outbox=shared.outbox, clock=clock, business=business)
    pool, groups = _build_opening(
        shared, lessons=lessons, voice=voice, chats=chats, maker=maker, notices=notices
    )
    return Education(
        groups=groups,
        pool=pool,
        steering=GroupSteering(units=units, scripts=lessons, clock=clock),
        door=GroupDoor(
            units=units, pool=pool, chats=chats, voice=voice, notices=notices, clock=clock
        ),
        next_offer=NextOffer(units=units, voice=voice, hand_off=hand_off, clock=clock),
        leader=LessonLeader(
            units=units,
            scripts=lessons,
            voice=voice,
            partners=StudentBotService(),
            chats=chats,
            notices=notices,
            clock=clock,
            zone=foundation.settings.timezone,
        ),
        answering=GroupAnswering(
            units=units,
            scripts=lessons,
            llm=shared.llm,
            voice=voice,
            clock=clock,
            business=business,
        ),
        listener=GroupListener(units=units, voice=voice, clock=clock),
        rule=GroupDeliveryRule(voice, zone=foundation.settings.timezone),
        voice=voice,
        reader=GroupReader(units=units, scripts=lessons),
    )


def _build_opening(
    shared: Shared,
    *,
    lessons: ScriptedLessons,
    voice: GroupVoice,
    chats: GroupChats,
    maker: GroupMaker | None,
    notices: OwnerNotices,
) -> tuple[GroupPool, EducationGroupService]:
    """Where groups come from, and how one is opened."""
    foundation = shared.foundation
    pool = GroupPool(
        units=foundation.units,
        chats=chats,
        notices=notices,
        clock=foundation.clock,
        language=foundation.settings.language,
    )
    groups = EducationGroupService(
        units=foundation.units,
        chats=chats,
        maker=maker,
        scripts=lessons,
        voice=voice,
        pool=pool,
        notices=notices,
        clock=foundation.clock,
        business=shared.business,
    )
    return pool, groups
