"""The unit of work: one transaction, all repositories on its connection.

`async with units() as unit:` commits on leaving and rolls back on an exception. Nobody else
commits. Each area adds its repositories as cached properties, one line each, made at first use.
"""

from contextvars import Token
from functools import cached_property
from types import TracebackType
from typing import cast

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from candor.common.unit_guard import enter_unit, leave_unit
from candor.storage.announcements import PgAnnouncements
from candor.storage.commenting_unit import CommentingRepositories
from candor.storage.failures import as_temporary
from candor.storage.job_queue import PgJobQueue
from candor.storage.kept_connections import KeptConnections
from candor.storage.lanes import PgLanes
from candor.storage.lean import LeanConnection
from candor.storage.repositories.accounts import (
    PgAccountRepository,
    PgPersonalityRepository,
)
from candor.storage.repositories.accounts_chats import PgAccountChatRepository
from candor.storage.repositories.accounts_errands import PgErrandRepository
from candor.storage.repositories.accounts_log import (
    PgParkedUpdateRepository,
    PgSecurityLogRepository,
)
from candor.storage.repositories.clients import (
    PgActivityLog,
    PgClientStates,
    PgConsentRepository,
    PgUserRepository,
)
from candor.storage.repositories.clients_contacts import PgContactRepository
from candor.storage.repositories.clients_journey import PgJourneyRepository
from candor.storage.repositories.clients_records import PgClientRecords
from candor.storage.repositories.diagnostics import (
    PgQuestionnaireRepository,
    PgQuestionnaireRuns,
)
from candor.storage.repositories.education import (
    PgGroupMessageRepository,
    PgGroupRepository,
)
from candor.storage.repositories.education_people import (
    PgGroupMemberRepository,
    PgStudentBotRepository,
)
from candor.storage.repositories.erasure import PgErasureRepository
from candor.storage.repositories.follow_ups import PgFollowUpRepository
from candor.storage.repositories.llm import PgPromptRepository, PgUsageRepository
from candor.storage.repositories.messaging import PgChatRepository, PgConversationRepository
from candor.storage.repositories.messaging_notes import PgNoteRepository
from candor.storage.repositories.messaging_outbox import PgOutboxRepository
from candor.storage.repositories.opt_outs import PgOptOutSaltRepository
from candor.storage.repositories.panel import (
    PgApiTokenRepository,
    PgOperatorRepository,
    PgPanelSessionRepository,
    PgSettingOverrideRepository,
    PgSignInGuardRepository,
)
from candor.storage.repositories.panel_records import (
    PgAuditRepository,
    PgIdempotencyKeyRepository,
)
from candor.storage.repositories.reports import PgReports
from candor.storage.repositories.reports_logs import PgLogReports
from candor.storage.repositories.retention import PgRetentionRepository
from candor.storage.repositories.sales import PgScriptRepository
from candor.storage.repositories.sales_workbench import PgScriptWorkbench
from candor.storage.repositories.webhooks import PgEvents, PgWebhookRepository


class PgUnitOfWork(CommentingRepositories):
    """One open transaction. Satisfies the unit-of-work slices in the areas' `ports.py`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def flush(self) -> None:
        """Write what is gathered until the end; called once, just before the commit."""
        if "events" in self.__dict__:
            await self.events.flush()
        if "lanes" in self.__dict__:
            await self.lanes.flush()

    # --- for every area

    @cached_property
    def lanes(self) -> PgLanes:
        return PgLanes(self._connection)

    @cached_property
    def jobs(self) -> PgJobQueue:
        return PgJobQueue(self._connection)

    @cached_property
    def announcements(self) -> PgAnnouncements:
        return PgAnnouncements(self._connection)

    @cached_property
    def events(self) -> PgEvents:
        return PgEvents(self._connection, self.lanes)

    # --- repositories: one property per repository, grouped by area, import at the top

    # --- accounts

    @cached_property
    def accounts(self) -> PgAccountRepository:
        return PgAccountRepository(self._connection)

    @cached_property
    def account_personalities(self) -> PgPersonalityRepository:
        return PgPersonalityRepository(self._connection)

    @cached_property
    def account_security_logs(self) -> PgSecurityLogRepository:
        return PgSecurityLogRepository(self._connection)

    @cached_property
    def account_chats(self) -> PgAccountChatRepository:
        return PgAccountChatRepository(self._connection)

    @cached_property
    def errands(self) -> PgErrandRepository:
        return PgErrandRepository(self._connection)

    @cached_property
    def parked_updates(self) -> PgParkedUpdateRepository:
        return PgParkedUpdateRepository(self._connection)

    # --- education

    @cached_property
    def groups(self) -> PgGroupRepository:
        return PgGroupRepository(self._connection)

    @cached_property
    def group_messages(self) -> PgGroupMessageRepository:
        return PgGroupMessageRepository(self._connection)

    @cached_property
    def group_members(self) -> PgGroupMemberRepository:
        return PgGroupMemberRepository(self._connection)

    @cached_property
    def student_bots(self) -> PgStudentBotRepository:
        return PgStudentBotRepository(self._connection)

    # --- clients

    @cached_property
    def users(self) -> PgUserRepository:
        return PgUserRepository(self._connection)

    @cached_property
    def activity(self) -> PgActivityLog:
        return PgActivityLog(self._connection)

    @cached_property
    def consents(self) -> PgConsentRepository:
        return PgConsentRepository(self._connection)

    @cached_property
    def journey(self) -> PgJourneyRepository:
        return PgJourneyRepository(self._connection, self.events)

    @cached_property
    def client_states(self) -> PgClientStates:
        return PgClientStates(self._connection)

    @cached_property
    def opt_out_salts(self) -> PgOptOutSaltRepository:
        return PgOptOutSaltRepository(self._connection)

    @cached_property
    def erasure(self) -> PgErasureRepository:
        return PgErasureRepository(self._connection)

    @cached_property
    def client_records(self) -> PgClientRecords:
        return PgClientRecords(self._connection)

    @cached_property
    def contacts(self) -> PgContactRepository:
        return PgContactRepository(self._connection)

    @cached_property
    def retention(self) -> PgRetentionRepository:
        return PgRetentionRepository(self._connection)

    # --- diagnostics

    @cached_property
    def questionnaires(self) -> PgQuestionnaireRepository:
        return PgQuestionnaireRepository(self._connection)

    @cached_property
    def questionnaire_runs(self) -> PgQuestionnaireRuns:
        return PgQuestionnaireRuns(self._connection)

    # --- llm

    @cached_property
    def llm_usage(self) -> PgUsageRepository:
        return PgUsageRepository(self._connection)

    @cached_property
    def prompt_versions(self) -> PgPromptRepository:
        return PgPromptRepository(self._connection)

    # --- messaging

    @cached_property
    def chats(self) -> PgChatRepository:
        return PgChatRepository(self._connection)

    @cached_property
    def conversations(self) -> PgConversationRepository:
        return PgConversationRepository(self._connection)

    @cached_property
    def notes(self) -> PgNoteRepository:
        return PgNoteRepository(self._connection)

    @cached_property
    def follow_ups(self) -> PgFollowUpRepository:
        return PgFollowUpRepository(self._connection)

    @cached_property
    def outbox(self) -> PgOutboxRepository:
        return PgOutboxRepository(self._connection)

    # --- panel

    @cached_property
    def operators(self) -> PgOperatorRepository:
        return PgOperatorRepository(self._connection)

    @cached_property
    def panel_sessions(self) -> PgPanelSessionRepository:
        return PgPanelSessionRepository(self._connection)

    @cached_property
    def api_tokens(self) -> PgApiTokenRepository:
        return PgApiTokenRepository(self._connection)

    @cached_property
    def sign_in_guard(self) -> PgSignInGuardRepository:
        return PgSignInGuardRepository(self._connection)

    @cached_property
    def setting_overrides(self) -> PgSettingOverrideRepository:
        return PgSettingOverrideRepository(self._connection)

    @cached_property
    def audit(self) -> PgAuditRepository:
        return PgAuditRepository(self._connection)

    @cached_property
    def reports(self) -> PgReports:
        return PgReports(self._connection)

    @cached_property
    def log_reports(self) -> PgLogReports:
        return PgLogReports(self._connection)

    @cached_property
    def idempotency_keys(self) -> PgIdempotencyKeyRepository:
        return PgIdempotencyKeyRepository(self._connection)

    # --- sales

    @cached_property
    def scripts(self) -> PgScriptRepository:
        return PgScriptRepository(self._connection)

    @cached_property
    def workbench(self) -> PgScriptWorkbench:
        return PgScriptWorkbench(self._connection)

    # --- webhooks

    @cached_property
    def webhooks(self) -> PgWebhookRepository:
        return PgWebhookRepository(self._connection)


class UnitScope:
    """`async with` around one transaction; made by `Units`, used once."""

    __slots__ = ("_connection", "_is_atomic", "_kept", "_lean", "_token", "_unit")

    def __init__(self, kept: KeptConnections, *, is_atomic: bool = True) -> None:
        self._kept = kept
        self._is_atomic = is_atomic
        self._connection: AsyncConnection | None = None
        self._lean: LeanConnection | None = None
        self._token: Token[int] | None = None
        self._unit: PgUnitOfWork | None = None

    async def __aenter__(self) -> PgUnitOfWork:
        try:
            self._connection = await self._kept.take()
        except (DBAPIError, PoolTimeoutError) as error:
            raise (as_temporary(error) or error) from error
        self._lean = LeanConnection(self._connection, is_atomic=self._is_atomic)
        self._token = enter_unit()
        # It stands for the connection: repositories only execute on it.
        self._unit = PgUnitOfWork(cast("AsyncConnection", self._lean))
        return self._unit

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Commit, or roll back; raises TemporaryError for what passes by itself (see `failures`)."""
        token, unit, lean, connection = self._token, self._unit, self._lean, self._connection
        if token is None or unit is None or lean is None or connection is None:
            raise RuntimeError("A unit of work is used as `async with units() as unit:`.")
        leave_unit(token)
        is_clean = False
        try:
            if kind is None:
                await unit.flush()
                await lean.commit()
                is_clean = True
        except DBAPIError as failure:
            error = failure
            raise
        finally:
            try:
                await self._give_back(lean, connection, is_clean=is_clean)
            finally:
                if error is not None and (temporary := as_temporary(error)) is not None:
                    raise temporary from error

    async def _give_back(
        self, lean: LeanConnection, connection: AsyncConnection, *, is_clean: bool
    ) -> None:
        if is_clean:
            await self._kept.give(connection)
            return
        try:
            await lean.close()
        finally:
            self._kept.leave()


class Units:
    """Makes units of work: `units = Units(engine)`, then `async with units() as unit:`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._kept = KeptConnections(engine)

    def __call__(self) -> UnitScope:
        return UnitScope(self._kept)

    def apart(self) -> UnitScope:
        """A unit whose statements are a transaction each: for reads, and for a single write.

        Saves two of its round trips; nothing of it is rolled back.
        """
        return UnitScope(self._kept, is_atomic=False)
