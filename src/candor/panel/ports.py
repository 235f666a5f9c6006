"""What the panel asks of the rest of Candor.

`PanelServices` is all that `create_app` needs. The areas' classes are named directly (they are
inner rooms); what another edge or storage fulfils is a Protocol here. A field that is None is a
part that is off: its section says so and how to switch it on.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import SecretStr

from candor.accounts.chats import AccountChats
from candor.accounts.management import AccountManagementService
from candor.accounts.personality import PersonalityService
from candor.accounts.ports import Place
from candor.accounts.sign_in import AccountSignIn
from candor.clients.desk import ClientDesk
from candor.clients.retention import RetentionService
from candor.clients.rights import ClientRights
from candor.commenting.desk import CommentingDesk
from candor.common.clock import Clock
from candor.common.hot_reload import Announcements
from candor.common.ids import OperatorId
from candor.common.operators import (
    ApiToken,
    AuditEntry,
    NewOperator,
    Operator,
    OperatorRole,
    PanelSession,
    SettingOverride,
    SignInAttempts,
    StoredAnswer,
)
from candor.common.paging import Cut, Part
from candor.common.reports import LogEntry, LogFilter, ScriptName, Standing, StatsFilter
from candor.common.tally import Tally
from candor.education.pool import GroupPool
from candor.education.reading import GroupReader
from candor.education.steering import GroupSteering
from candor.messaging.desk import ConversationDesk
from candor.messaging.hand_off import HandOff
from candor.messaging.ports import ConversationRepository
from candor.panel.portal import Portal
from candor.panel.ports_language import LanguageDesk
from candor.sales.follow_up import FollowUps
from candor.sales.questionnaires.keeping import QuestionnaireService
from candor.sales.rehearsal import Rehearsal
from candor.sales.script import ScriptService
from candor.sales.workbench import ScriptWorkbench
from candor.webhooks.administration import WebhookAdministration

Language = Literal["ru", "en"]


class Operators(Protocol):
    """People of the panel. E-mails are compared in lower case."""

    async def add(self, new: NewOperator, *, now: datetime) -> Operator | None:
        """None when the e-mail is taken."""
        ...

    async def get(self, operator_id: OperatorId) -> Operator | None: ...

    async def find(self, email: str) -> Operator | None: ...

    async def all(self) -> tuple[Operator, ...]: ...

    async def has_any(self) -> bool: ...

    async def save(self, operator: Operator) -> None: ...

    async def count_active_owners(self) -> int:
        """Locks the owners' rows, so that two owners can't disable each other at once."""
        ...


class PanelSessions(Protocol):
    """Browsers that are signed in."""

    async def add(self, session: PanelSession) -> PanelSession: ...

    async def find(self, token_hash: str) -> PanelSession | None: ...

    async def touch(self, session_id: int, *, now: datetime) -> None: ...

    async def of_operator(self, operator_id: OperatorId) -> tuple[PanelSession, ...]: ...

    async def remove(self, session_id: int) -> bool: ...

    async def remove_of_operator(
        self, operator_id: OperatorId, *, except_for: int | None = None
    ) -> int: ...

    async def remove_stale(self, *, seen_before: datetime, made_before: datetime) -> int: ...


class ApiTokens(Protocol):
    """Programs' ways in; names are unique among the tokens in use."""

    async def add(
        self, name: str, role: OperatorRole, token_hash: str, *, created_by: str, now: datetime
    ) -> ApiToken | None:
        """None when a token in use has that name."""
        ...

    async def find(self, token_hash: str) -> ApiToken | None:
        """Only tokens in use."""
        ...

    async def all(self) -> tuple[ApiToken, ...]: ...

    async def touch(self, token_id: int, *, now: datetime) -> None: ...

    async def revoke(self, name: str, *, now: datetime) -> bool: ...


class SignInGuard(Protocol):
    """Failed sign-ins in a row, by e-mail and by address."""

    async def get(self, keys: Sequence[str]) -> tuple[SignInAttempts, ...]: ...

    async def record_failure(self, key: str, *, now: datetime, forget_after: timedelta) -> int:
        """Returns the failures in a row, this one included."""
        ...

    async def block(self, key: str, *, until: datetime) -> None: ...

    async def clear(self, key: str) -> None: ...


class AuditLog(Protocol):
    async def add(self, entry: AuditEntry) -> None: ...

    async def page(
        self, *, q: str = "", limit: int, offset: int
    ) -> tuple[tuple[AuditEntry, ...], int]:
        """Newest first, and how many there are in all."""
        ...


class SettingOverrides(Protocol):
    async def get(self, key: str) -> SettingOverride | None: ...

    async def all(self) -> tuple[SettingOverride, ...]: ...

    async def put(self, override: SettingOverride) -> None: ...

    async def remove(self, key: str) -> None: ...


class Reports(Protocol):
    """Figures for the dashboard; read-only."""

    async def tally(
        self, wanted: StatsFilter, *, after: datetime | None = None, dialogues: bool = True
    ) -> Tally:
        """Of the period. `after`: it follows another that began then. Without `dialogues`: all but
        the versions."""
        ...

    async def script_names(self) -> Mapping[int, ScriptName]: ...

    async def standing(self) -> Standing:
        """Without `clients`, which takes longer than all the others together."""
        ...

    async def clients(self) -> int: ...

    async def running_dialogues(self, script_id: int) -> Mapping[str, int]:
        """By step; "": before the first one."""
        ...


class LogReports(Protocol):
    """Events of all kinds; read-only."""

    async def logs(self, wanted: LogFilter, cut: Cut) -> Part[LogEntry]: ...


class IdempotencyKeys(Protocol):
    async def claim(
        self, scope: str, key: str, request_hash: str, *, now: datetime
    ) -> StoredAnswer | None:
        """None: the key is ours now. Else what is stored under it."""
        ...

    async def store(self, scope: str, key: str, *, status: int, body: str) -> None: ...

    async def release(self, scope: str, key: str) -> None: ...

    async def remove_older(self, than: datetime) -> int: ...


class PanelUnit(Protocol):
    """The slice of a unit of work that the panel itself needs."""

    @property
    def operators(self) -> Operators: ...

    @property
    def panel_sessions(self) -> PanelSessions: ...

    @property
    def api_tokens(self) -> ApiTokens: ...

    @property
    def sign_in_guard(self) -> SignInGuard: ...

    @property
    def audit(self) -> AuditLog: ...

    @property
    def setting_overrides(self) -> SettingOverrides: ...

    @property
    def idempotency_keys(self) -> IdempotencyKeys: ...

    @property
    def reports(self) -> Reports: ...

    @property
    def log_reports(self) -> LogReports: ...

    @property
    def conversations(self) -> ConversationRepository: ...

    @property
    def announcements(self) -> Announcements: ...


PanelUnits = Callable[[], AbstractAsyncContextManager[PanelUnit]]


class SecretSealer(Protocol):
    """Seals what must be read again (second factors): `AccountSecurityService` fulfils it."""

    def seal(self, secret: SecretStr, *, place: Place) -> bytes: ...

    def open(self, sealed: bytes, *, place: Place) -> SecretStr: ...


class SandboxControl(Protocol):
    """The sandbox Telegram of CONTRACT 6; `path` is what follows `/api/sandbox`."""

    async def control(
        self, method: str, path: str, body: object, query: Mapping[str, str]
    ) -> tuple[int, object]: ...


class ModelStatus(Protocol):
    """The configured model, for the Settings page."""

    @property
    def name(self) -> str: ...

    async def test(self) -> str:
        """Ask it for a word; returns what a person may read ("answered in 420 ms").

        Raises CandorError that says what is wrong and what to do.
        """
        ...


@dataclass(frozen=True, slots=True)
class Readiness:
    """One dependency: whether it answers, and for a person what to do when it doesn't."""

    is_ready: bool
    detail: str = ""
    is_required: bool = True
    """False: its absence is shown, but Candor works without it (cache, model)."""


ReadinessCheck = Callable[[], Awaitable[Readiness]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSettings:
    """What the panel itself has to know; bootstrap fills it from the settings."""

    business_name: str
    language: Language = "ru"
    timezone: str = "UTC"
    version: str = "0"
    is_demo: bool = False
    public_url: str | None = None
    """Its scheme decides whether cookies are `Secure`."""
    idle: timedelta = timedelta(hours=12)
    """A session that is not used so long ends."""
    lifetime: timedelta = timedelta(days=7)
    """A session older than this ends, used or not."""
    token_calls_per_minute: int = 1200

    @property
    def has_https(self) -> bool:
        return bool(self.public_url and self.public_url.startswith("https://"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelServices:
    """All that the panel calls. Frozen; made once by bootstrap."""

    portal: Portal
    units: PanelUnits
    clock: Clock
    sealer: SecretSealer
    hand_off: HandOff
    desk: ConversationDesk
    accounts: AccountManagementService
    account_sign_in: AccountSignIn
    personalities: PersonalityService
    account_chats: AccountChats
    scripts: ScriptService
    rehearsal: Rehearsal
    workbench: ScriptWorkbench
    questionnaires: QuestionnaireService
    follow_ups: FollowUps
    readiness: Mapping[str, ReadinessCheck] = field(default_factory=dict)
    backup: Callable[[Path], Coroutine[Any, Any, object]] | None = None
    """Writes a copy of the database to the file; None: this installation makes it elsewhere."""
    metrics: Callable[[], bytes] = lambda: b""
    """The Prometheus text of this process."""
    sandbox: SandboxControl | None = None
    """Demo mode only."""
    group_steering: GroupSteering | None = None
    group_pool: GroupPool | None = None
    group_reader: GroupReader | None = None
    commenting: CommentingDesk | None = None
    clients: ClientDesk | None = None
    client_rights: ClientRights | None = None
    retention: RetentionService | None = None
    webhooks: WebhookAdministration | None = None
    sandbox_page: Path | None = None
    """The folder with the sandbox's chat page: `chat.html`, scripts and style sheets."""
    language: LanguageDesk | None = None
    model: ModelStatus | None = None
    """None: no model is configured, the offline engine answers by script."""
