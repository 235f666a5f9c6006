"""What the accounts room asks of the database and of Telegram. Fulfilled by storage and telegram."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from pydantic import SecretStr

from candor.accounts.account import (
    Account,
    AccountKind,
    AccountStatus,
    LoginStep,
    Personality,
    SecurityEvent,
)
from candor.common.hot_reload import Announcements
from candor.common.ids import AccountId, TelegramUserId
from candor.common.llm import Language
from candor.disclosure.profile import AccountProfile, AccountRole

# --- the database


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ciphertext lies. Bound into it: moved to another place it can't be opened."""

    table: str
    row: int
    column: str


@dataclass(frozen=True, slots=True)
class SealedValue:
    """A stored ciphertext; `has_lookup` when a keyed hash of the same value stands beside it."""

    place: Place
    sealed: bytes
    has_lookup: bool = False


class SealedColumns(Protocol):
    """A repository with encrypted columns, as `keys rotate` sees it."""

    async def outdated(self, *, key_id: bytes, limit: int) -> Sequence[SealedValue]:
        """Values not sealed under `key_id`, at most `limit`."""
        ...

    async def replace(self, value: SealedValue, *, sealed: bytes, lookup: bytes | None) -> bool:
        """Store the new ciphertext if the old one still stands there; False if it changed."""
        ...


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A row to be. `id` comes from `next_id`, since the ciphertexts are bound to it."""

    id: AccountId
    kind: AccountKind
    role: AccountRole
    title: str
    status: AccountStatus
    created_at: datetime
    username: str | None = None
    telegram_id: TelegramUserId | None = None
    secret: bytes | None = None
    phone: bytes | None = None
    phone_hash: bytes | None = None
    phone_masked: str | None = None
    via_account_id: AccountId | None = None
    business_connection_id: str | None = None
    can_reply: bool = False


@dataclass(frozen=True, slots=True)
class PendingLogin:
    """A sign-in between two steps; `sealed` holds the session so far and Telegram's code hash."""

    step: LoginStep
    expires_at: datetime | None
    sealed: bytes


class AccountRepository(SealedColumns, Protocol):
    async def next_id(self) -> AccountId: ...

    async def add(self, account: NewAccount) -> Account: ...

    async def find(self, account_id: AccountId, *, for_update: bool = False) -> Account | None:
        """Removed accounts are not found."""
        ...

    async def find_by_telegram_id(
        self, kind: AccountKind, telegram_id: TelegramUserId
    ) -> Account | None:
        """Also a removed one: adding it again continues its dialogues."""
        ...

    async def find_business(self, connection_id: str) -> Account | None: ...

    async def find_by_phone(self, hashes: Sequence[bytes]) -> Account | None: ...

    async def list_all(self) -> tuple[Account, ...]: ...

    async def secret_of(self, account_id: AccountId) -> bytes | None:
        """The sealed token or session string."""
        ...

    async def keep_secret(self, account_id: AccountId, sealed: bytes) -> None: ...

    async def identify(
        self, account_id: AccountId, *, telegram_id: TelegramUserId, username: str | None
    ) -> None: ...

    async def set_status(
        self,
        account_id: AccountId,
        status: AccountStatus,
        *,
        reason: str | None = None,
        at: datetime,
    ) -> None:
        """Raises ConflictError for `active` without a verified label (held by the database)."""
        ...

    async def mark_labelled(self, account_id: AccountId, at: datetime | None) -> None:
        """`None`: the label is not there any more; the account must not be active then."""
        ...

    async def rename(
        self, account_id: AccountId, *, title: str, role: AccountRole, at: datetime
    ) -> None: ...

    async def keep_phone(
        self, account_id: AccountId, *, sealed: bytes, lookup: bytes, masked: str
    ) -> None: ...

    async def phone_of(self, account_id: AccountId) -> bytes | None: ...

    async def keep_login(self, account_id: AccountId, login: PendingLogin | None) -> None: ...

    async def login_of(self, account_id: AccountId) -> PendingLogin | None: ...

    async def set_business(
        self,
        account_id: AccountId,
        *,
        connection_id: str,
        via_account_id: AccountId,
        can_reply: bool,
    ) -> None: ...

    async def forget_secrets(self, account_id: AccountId) -> None:
        """Token, session, phone and pending sign-in are overwritten; the status is `logged_out`."""
        ...

    async def remove(self, account_id: AccountId, at: datetime) -> None:
        """Forget the secrets and hide the row; what it said stays readable."""
        ...

    async def revive(self, account_id: AccountId, *, title: str, role: AccountRole) -> None: ...


class PersonalityRepository(Protocol):
    async def of(self, account_id: AccountId) -> Personality: ...

    async def save(self, account_id: AccountId, personality: Personality, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """A stored line of the security log with its link in the chain."""

    number: int
    event: SecurityEvent
    previous: bytes
    digest: bytes


class SecurityLogRepository(Protocol):
    """Append-only. `append` takes a transaction lock, so the chain never forks."""

    async def append(self, event: SecurityEvent) -> None: ...

    async def after(self, number: int, *, limit: int) -> Sequence[LoggedEvent]: ...

    async def recent(
        self, *, account_id: AccountId | None = None, limit: int = 50, before: int | None = None
    ) -> Sequence[LoggedEvent]: ...


class AccountUnit(Protocol):
    """The slice of a unit of work that this room needs."""

    @property
    def accounts(self) -> AccountRepository: ...

    @property
    def account_personalities(self) -> PersonalityRepository: ...

    @property
    def account_security_logs(self) -> SecurityLogRepository: ...

    @property
    def announcements(self) -> Announcements: ...


class AccountUnits(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[AccountUnit]: ...


class AccountHolds(Protocol):
    """One holder per account across processes and machines. A dead process loses all it held."""

    async def take(self, wanted: Sequence[AccountId]) -> frozenset[AccountId]:
        """Try to hold each; answers all of `wanted` that this process holds now."""
        ...

    async def release(self, account_id: AccountId) -> None: ...

    async def held(self) -> frozenset[AccountId]:
        """What is really still held: empty after the database has gone away for a moment."""
        ...

    async def close(self) -> None: ...


# --- Telegram


@dataclass(frozen=True, slots=True)
class BotIdentity:
    telegram_id: TelegramUserId
    username: str
    name: str
    reads_all_group_messages: bool = False
    can_connect_to_business: bool = False


class BotProfiles(Protocol):
    """Who a token belongs to and what its profile says. Raises TokenRefusedError."""

    async def identify(self, token: SecretStr) -> BotIdentity: ...

    async def write_profile(
        self, token: SecretStr, profile: AccountProfile, *, language: Language, is_default: bool
    ) -> None:
        """Name, description, short description and commands; `is_default` also for all others."""
        ...

    async def read_profile(
        self, token: SecretStr, *, language: Language, is_default: bool
    ) -> AccountProfile:
        """What Telegram shows now; `admin_title` is empty, as a bot has none outside groups."""
        ...


@dataclass(frozen=True, slots=True)
class CodeSent:
    session: SecretStr
    code_hash: SecretStr
    where: Literal["app", "sms", "call", "email", "other"]
    length: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class PasswordNeeded:
    session: SecretStr
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    session: SecretStr
    telegram_id: TelegramUserId
    username: str | None
    name: str
    phone: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class QrShown:
    """`url` is what the picture holds (`tg://login?token=…`); a new one comes when it expires."""

    session: SecretStr
    url: str
    expires_at: datetime


class UserSignIn(Protocol):
    """A user sign-in, one call per step. The session string carries the state in between.

    Raises the errors of `accounts.errors`, RateLimited-like TemporaryError with the wait, and
    UserSessionsOffError when no api_id is set.
    """

    async def send_code(
        self, phone: SecretStr, *, session: SecretStr | None = None
    ) -> CodeSent: ...

    async def enter_code(
        self, phone: SecretStr, code: SecretStr, *, code_hash: SecretStr, session: SecretStr
    ) -> SignedIn | PasswordNeeded: ...

    async def enter_password(self, password: SecretStr, *, session: SecretStr) -> SignedIn: ...

    async def show_qr(
        self, *, session: SecretStr | None = None
    ) -> QrShown | SignedIn | PasswordNeeded:
        """Called again and again while the picture is shown: tells when it has been scanned."""
        ...

    async def log_out(self, account_id: AccountId, session: SecretStr) -> None:
        """By whichever process holds the session: a second connection would end it at Telegram."""
        ...

    async def write_profile(
        self, account_id: AccountId, session: SecretStr, profile: AccountProfile
    ) -> None: ...

    async def read_profile(self, account_id: AccountId, session: SecretStr) -> AccountProfile: ...


# --- people


class OwnerAlerts(Protocol):
    """Tells the owner that an account stopped (panel banner, message to the owner's chat)."""

    async def account_stopped(self, account: Account, *, words: str, mend: str) -> None: ...


class AccountRunner(Protocol):
    """Runs an account in this process: a bot's polling, a user session's client."""

    async def start(self, account: Account, secret: SecretStr) -> None: ...

    async def stop(self, account_id: AccountId) -> None: ...


NOBODY = "system"
