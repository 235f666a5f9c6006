"""Accounts on a real database, with Telegram's profile side as small fakes."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from candor.accounts.errors import CodeWrongError, PasswordWrongError, TokenRefusedError
from candor.accounts.keys import KeyRing, load_keys
from candor.accounts.labelling import AccountLabels
from candor.accounts.management import AccountManagementService, AccountTools
from candor.accounts.ports import BotIdentity, CodeSent, PasswordNeeded, QrShown, SignedIn
from candor.accounts.security import AccountSecurityService
from candor.accounts.sign_in import AccountSignIn
from candor.common.clock import FrozenClock
from candor.common.ids import AccountId, TelegramUserId
from candor.common.llm import Language
from candor.disclosure.profile import AccountProfile
from candor.storage.unit_of_work import Units

BUSINESS = "Школа «Маяк»"
TOKEN = SecretStr("700001:AAFakeTokenForTests_0123456789abcdef")
OTHER_TOKEN = SecretStr("700002:AAFakeTokenForTests_0123456789abcdef")
PHONE = SecretStr("+7 900 123-45-67")
CODE = SecretStr("12345")
PASSWORD = SecretStr("correct horse")
SESSION = SecretStr("1AgAOMTQ5LjE1NC4xNjcuNTABu-session-of-a-user")


class FakeBotProfiles:
    """Telegram's side of profiles. `forgets`: takes nothing over, as when a limit was hit."""

    def __init__(self) -> None:
        self.known = {
            TOKEN.get_secret_value(): "mayak_bot",
            OTHER_TOKEN.get_secret_value(): "b_bot",
        }
        self.profiles: dict[tuple[str, Language, bool], AccountProfile] = {}
        self.forgets = False
        self.writes = 0

    async def identify(self, token: SecretStr) -> BotIdentity:
        username = self.known.get(token.get_secret_value())
        if username is None:
            raise TokenRefusedError
        number = int(token.get_secret_value().split(":")[0])
        return BotIdentity(TelegramUserId(number), username, "Old name")

    async def write_profile(
        self, token: SecretStr, profile: AccountProfile, *, language: Language, is_default: bool
    ) -> None:
        self.writes += 1
        if not self.forgets:
            key = (token.get_secret_value(), language, is_default)
            self.profiles[key] = replace(profile, admin_title="")

    async def read_profile(
        self, token: SecretStr, *, language: Language, is_default: bool
    ) -> AccountProfile:
        empty = AccountProfile("Old name", "", "", "")
        return self.profiles.get((token.get_secret_value(), language, is_default), empty)


class FakeUserSignIn:
    """Telegram's side of a sign-in; `needs_password` for a 2-step account."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.needs_password = False
        self.is_scanned = False
        self.telegram_id = TelegramUserId(42)
        self.profile = AccountProfile("Anna Petrova", "", "", "")
        self.logged_out: list[str] = []

    async def send_code(self, phone: SecretStr, *, session: SecretStr | None = None) -> CodeSent:
        return CodeSent(SecretStr("pending"), SecretStr("hash-of-code"), "app", 5, None)

    async def enter_code(
        self, phone: SecretStr, code: SecretStr, *, code_hash: SecretStr, session: SecretStr
    ) -> SignedIn | PasswordNeeded:
        assert phone.get_secret_value() == "+79001234567"
        assert code_hash.get_secret_value() == "hash-of-code"
        if code.get_secret_value() != CODE.get_secret_value():
            raise CodeWrongError
        if self.needs_password:
            return PasswordNeeded(session, hint="a horse")
        return self._signed_in()

    async def enter_password(self, password: SecretStr, *, session: SecretStr) -> SignedIn:
        if password.get_secret_value() != PASSWORD.get_secret_value():
            raise PasswordWrongError
        return self._signed_in()

    async def show_qr(
        self, *, session: SecretStr | None = None
    ) -> QrShown | SignedIn | PasswordNeeded:
        if self.is_scanned:
            return self._signed_in()
        return QrShown(SecretStr("pending"), "tg://login?token=abc", self.clock.now())

    async def log_out(self, account_id: AccountId, session: SecretStr) -> None:
        self.logged_out.append(session.get_secret_value())

    async def write_profile(
        self, account_id: AccountId, session: SecretStr, profile: AccountProfile
    ) -> None:
        self.profile = profile

    async def read_profile(self, account_id: AccountId, session: SecretStr) -> AccountProfile:
        return self.profile

    def _signed_in(self) -> SignedIn:
        return SignedIn(SESSION, self.telegram_id, "anna", "Anna Petrova")


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return load_keys(tmp_path)


@pytest.fixture
def security(units: Units, clock: FrozenClock, keys: KeyRing) -> AccountSecurityService:
    return AccountSecurityService(keys=keys, units=units, clock=clock, settling=timedelta(0))


@pytest.fixture
def bots() -> FakeBotProfiles:
    return FakeBotProfiles()


@pytest.fixture
def users(clock: FrozenClock) -> FakeUserSignIn:
    return FakeUserSignIn(clock)


@pytest.fixture
def tools(
    units: Units,
    clock: FrozenClock,
    security: AccountSecurityService,
    bots: FakeBotProfiles,
    users: FakeUserSignIn,
) -> AccountTools:
    labels = AccountLabels(business=BUSINESS, language="ru", bots=bots, users=users)
    return AccountTools(units=units, clock=clock, security=security, labels=labels, language="ru")


@pytest.fixture
def management(tools: AccountTools) -> AccountManagementService:
    return AccountManagementService(tools)


@pytest.fixture
def sign_in(tools: AccountTools, management: AccountManagementService) -> AccountSignIn:
    return AccountSignIn(tools, management)
