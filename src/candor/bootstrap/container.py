"""The container: every service of a process, built once, closed in reverse order."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from candor.accounts.management import AccountManagementService
from candor.accounts.security import AccountSecurityService
from candor.accounts.sign_in import AccountSignIn
from candor.bootstrap.areas import (
    Accounts,
    Education,
    Sales,
    Shared,
    build_accounts,
    build_education,
    build_sales,
)
from candor.bootstrap.business import with_owner_settings
from candor.bootstrap.channel_history import UserHistory
from candor.bootstrap.commenting import Commenting, build_commenting
from candor.bootstrap.foundation import Foundation, open_foundation
from candor.bootstrap.language import LanguageRoom, open_language_room, outside_provider
from candor.bootstrap.notices import OwnerNoticeBoard, Restrictions
from candor.bootstrap.opt_outs import opt_out_salts
from candor.bootstrap.records import Records, build_records
from candor.bootstrap.samples import questionnaire_sources, sample_sources
from candor.bootstrap.script_facts import ScriptFacts, ScriptKnowledge
from candor.bootstrap.telegram import WaysOut, open_ways_out
from candor.bootstrap.typing import TypingSign
from candor.bootstrap.user_sessions import Connect, UserSessions, open_user_sessions
from candor.clients.consent import ModelConsent
from candor.clients.rights import ClientRights
from candor.common.clock import Clock, MovableClock, SystemClock
from candor.common.settings import Settings
from candor.messaging.delivery import DeliveryService
from candor.messaging.hand_off import HandOff
from candor.messaging.inbox import Inbox
from candor.messaging.outbox import Outbox
from candor.messaging.own_pace import OwnPace
from candor.messaging.reminding import FollowUpRule
from candor.panel.auth.operators import OperatorAdministration
from candor.panel.auth.tokens import TokenAdministration
from candor.sales.questionnaires.keeping import QuestionnaireService
from candor.sales.rehearsal import Rehearsal
from candor.sales.script import ScriptService
from candor.storage.unit_of_work import PgUnitOfWork, Units
from candor.telegram.bot.client import BotConnections
from candor.telegram.bot.profile import BotApiProfiles

Progress = Callable[[str], None]
NAMELESS = "Candor"
"""For commands that speak to nobody (tokens, backups) before the business has a name."""


@dataclass(frozen=True, slots=True)
class Messaging:
    outbox: Outbox
    hand_off: HandOff
    inbox: Inbox[PgUnitOfWork]
    delivery: DeliveryService[PgUnitOfWork]
    rights: ClientRights


@dataclass(frozen=True, slots=True)
class Container:
    """What commands and roles are given."""

    foundation: Foundation
    business: str
    telegram_api_url: str
    accounts_room: Accounts
    ways_out: WaysOut
    language: LanguageRoom
    messaging: Messaging
    sales: Sales
    education: Education
    commenting: Commenting
    operators: OperatorAdministration
    tokens: TokenAdministration
    notices: OwnerNoticeBoard
    restrictions: Restrictions
    records: Records
    user_sessions: UserSessions | None

    @property
    def settings(self) -> Settings:
        return self.foundation.settings

    @property
    def clock(self) -> Clock:
        return self.foundation.clock

    @property
    def engine(self) -> AsyncEngine:
        return self.foundation.engine

    @property
    def units(self) -> Units:
        return self.foundation.units

    @property
    def accounts(self) -> AccountManagementService:
        return self.accounts_room.management

    @property
    def sign_in(self) -> AccountSignIn:
        return self.accounts_room.sign_in

    @property
    def security(self) -> AccountSecurityService:
        return self.accounts_room.security

    @property
    def scripts(self) -> ScriptService:
        return self.sales.scripts

    @property
    def questionnaires(self) -> QuestionnaireService:
        return self.sales.questionnaires

    @property
    def rehearsal(self) -> Rehearsal:
        return self.sales.rehearsal

    @property
    def client_rights(self) -> ClientRights:
        return self.messaging.rights

    async def import_samples(self) -> None:
        """The sample scripts and questionnaires; what is there already is left as it is."""
        for source in questionnaire_sources():
            await self.questionnaires.import_(source, author="samples")
        for source in sample_sources():
            await self.scripts.import_script(source, author="samples")


@asynccontextmanager
async def open_container(
    settings: Settings,
    *,
    data_dir: Path,
    progress: Progress,
    clock: Clock | None = None,
    is_demo: bool = False,
    telegram_api_url: str | None = None,
    demo_sessions: Connect | None = None,
    is_serving: bool = True,
) -> AsyncIterator[Container]:
    """Everything but the roles: database up and migrated, services built, nothing running."""
    async with AsyncExitStack() as stack:
        foundation = await stack.enter_async_context(
            open_foundation(
                settings,
                data_dir=data_dir,
                clock=clock or (MovableClock() if is_demo else SystemClock()),
                progress=progress,
            )
        )
        foundation = await with_owner_settings(foundation)
        settings = foundation.settings
        language = await stack.enter_async_context(open_language_room(foundation))
        connections = BotConnections(telegram_api_url or settings.telegram_bot_api_url)
        stack.push_async_callback(connections.close)
        users = open_user_sessions(foundation, demo=demo_sessions)
        if users is not None:
            stack.push_async_callback(users.close)
        container = build_container(
            foundation,
            language=language,
            connections=connections,
            users=users,
            salts=await opt_out_salts(foundation, is_serving=is_serving),
            business=settings.business(demo=True)
            if is_demo
            else settings.business_name or NAMELESS,
            telegram_api_url=telegram_api_url or settings.telegram_bot_api_url,
        )
        stack.push_async_callback(container.records.close)
        yield container


def build_container(
    foundation: Foundation,
    *,
    language: LanguageRoom,
    connections: BotConnections,
    users: UserSessions | None,
    salts: Sequence[bytes],
    business: str,
    telegram_api_url: str,
) -> Container:
    """Wire the services; opens nothing and calls nobody."""
    clock, units = foundation.clock, foundation.units
    notices = OwnerNoticeBoard(units=units, clock=clock)
    accounts, ways_out = _accounts(foundation, connections, business, users, notices)
    hand_off = HandOff(units, clock, business=business, timezone=foundation.settings.timezone)
    shared = Shared(foundation, business, language.service, Outbox(clock))
    sales = build_sales(shared, hand_off=hand_off, typing=TypingSign(ways_out.gateways))
    education = build_education(
        shared,
        scripts=sales.scripts,
        chats=ways_out.chats,
        maker=users,
        notices=notices,
        hand_off=hand_off,
    )
    commenting = _commenting(shared, language, accounts, ways_out, sales, users)
    return Container(
        foundation=foundation,
        business=business,
        telegram_api_url=telegram_api_url,
        accounts_room=accounts,
        ways_out=ways_out,
        language=language,
        messaging=_messaging(
            shared,
            salts=salts,
            hand_off=hand_off,
            ways_out=ways_out,
            accounts=accounts,
            sales=sales,
            education=education,
            commenting=commenting,
        ),
        sales=sales,
        education=education,
        commenting=commenting,
        operators=OperatorAdministration(units, clock),
        tokens=TokenAdministration(units, clock),
        notices=notices,
        restrictions=Restrictions(accounts.management),
        records=build_records(foundation, security=accounts.security, notices=notices, salts=salts),
        user_sessions=users,
    )


def _commenting(
    shared: Shared,
    language: LanguageRoom,
    accounts: Accounts,
    ways_out: WaysOut,
    sales: Sales,
    users: UserSessions | None,
) -> Commenting:
    units = shared.foundation.units
    return build_commenting(
        shared.foundation,
        business=shared.business,
        llm=language.service,
        encoder=language.encoder,
        outbox=shared.outbox,
        restrictions=accounts.management,
        administration=ways_out.chats,
        gateways=ways_out.gateways,
        facts=ScriptFacts(sales.scripts),
        knowledge=ScriptKnowledge(sales.scripts),
        engagement_source=users,
        history=None if users is None else UserHistory(units, users, accounts.chats),
    )


def _accounts(
    foundation: Foundation,
    connections: BotConnections,
    business: str,
    users: UserSessions | None,
    notices: OwnerNoticeBoard,
) -> tuple[Accounts, WaysOut]:
    """The accounts room, and the ways out that ask it for tokens."""
    accounts = build_accounts(
        foundation,
        business=business,
        bots=BotApiProfiles(connections),
        users=users,
        directory=users,
        alerts=notices,
    )
    ways_out = open_ways_out(
        foundation,
        connections=connections,
        security=accounts.security,
        restrictions=Restrictions(accounts.management),
        users=users,
    )
    return accounts, ways_out


def _messaging(
    shared: Shared,
    *,
    salts: Sequence[bytes],
    hand_off: HandOff,
    ways_out: WaysOut,
    accounts: Accounts,
    sales: Sales,
    education: Education,
    commenting: Commenting,
) -> Messaging:
    foundation, business = shared.foundation, shared.business
    clock, units, settings = foundation.clock, foundation.units, foundation.settings
    return Messaging(
        outbox=shared.outbox,
        hand_off=hand_off,
        inbox=Inbox(
            units,
            clock,
            business=business,
            language=settings.language,
            salt=salts[0],
            older_salts=salts[1:],
            burst=timedelta(seconds=settings.burst_seconds),
            opt_out_hooks=(education.listener.client_opted_out,),
            asker=sales.questionnaire_desk,
            model_consent=ModelConsent(outside_provider(settings)),
        ),
        delivery=DeliveryService(
            units,
            clock,
            ways_out.gateways,
            accounts.management,
            business=business,
            rules={
                "comment": commenting.rule,
                "group": education.rule,
                "follow_up": FollowUpRule(zone=settings.timezone),
            },
            own_pace=OwnPace(foundation.hot_reload),
        ),
        rights=ClientRights(units, clock, salt=salts[0]),
    )
