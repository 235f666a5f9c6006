"""A user account's sign-in in resumable steps: phone, code, 2-step password, or a QR picture.

Between two steps everything lies sealed in the account's row, so any process can go on with it, after
a restart too. A failed step leaves the sign-in where it was and says what to do next.
"""

import json
import re
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from pydantic import SecretStr

from candor.accounts.account import Account, LoginStep
from candor.accounts.errors import (
    AccountExistsError,
    CodeExpiredError,
    LabelNotVerifiedError,
    NoSignInError,
    PhoneRefusedError,
    SignInError,
    UserSessionsOffError,
    WrongStepError,
)
from candor.accounts.management import (
    AccountManagementService,
    AccountTools,
    checked_title,
    found,
    login_place,
    phone_place,
    secret_place,
)
from candor.accounts.ports import (
    AccountUnit,
    CodeSent,
    NewAccount,
    PasswordNeeded,
    PendingLogin,
    QrShown,
    SignedIn,
    UserSignIn,
)
from candor.accounts.security import mask_phone
from candor.common.ids import AccountId
from candor.disclosure.profile import AccountRole

STEP_LASTS: Final = timedelta(hours=1)
"""A step without an expiry of its own (a password) waits so long."""
CODE_LASTS: Final = timedelta(minutes=5)
_PHONE: Final = re.compile(r"\+[1-9]\d{6,14}")
_REUSABLE: Final = frozenset({"signing_in", "logged_out", "restricted", "unlabelled"})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LoginView:
    """Where a sign-in stands. `step` None: it is done (see `account.status`).

    `where` tells how the code came (`app`, `sms`, ...), `hint` is the owner's own password hint,
    `qr_url` what the picture holds. `problem` says why a finished sign-in is not active yet.
    """

    account: Account
    step: LoginStep | None
    where: str = ""
    code_length: int = 0
    hint: str = ""
    qr_url: str = ""
    expires_at: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Pending:
    session: SecretStr
    code_hash: SecretStr
    step: LoginStep
    where: str = ""
    code_length: int = 0
    hint: str = ""

    def sealed_text(self) -> SecretStr:
        fields = [self.session.get_secret_value(), self.code_hash.get_secret_value()]
        return SecretStr(json.dumps([*fields, self.where, self.code_length, self.hint]))

    @classmethod
    def read(cls, text: SecretStr, step: LoginStep) -> "_Pending":
        session, code_hash, where, length, hint = json.loads(text.get_secret_value())
        return cls(SecretStr(session), SecretStr(code_hash), step, where, length, hint)


class AccountSignIn:
    """`POST /api/accounts/login` and its steps; `candor account login`."""

    def __init__(self, tools: AccountTools, management: AccountManagementService) -> None:
        self._tools = tools
        self._management = management

    async def start_with_phone(
        self, phone: SecretStr, *, role: AccountRole = "sales", title: str = "", actor: str
    ) -> LoginView:
        """Ask Telegram to send a code. A number that was signed in before keeps its account."""
        phone = checked_phone(phone)
        known = await self._known(phone)
        sent = await self._users.send_code(phone)
        async with self._tools.units() as unit:
            account_id = known.id if known else await self._add(unit, role, checked_title(title))
            await unit.accounts.keep_phone(
                account_id,
                sealed=self._tools.security.seal(phone, place=phone_place(account_id)),
                lookup=self._tools.security.lookup_hash(phone),
                masked=mask_phone(phone),
            )
            return await self._code_sent(unit, account_id, sent, actor)

    async def send_code_again(self, account_id: AccountId, *, actor: str) -> LoginView:
        """After an expired code; Telegram may take another way (a call) the second time."""
        phone = await self._phone(account_id)
        sent = await self._tried(account_id, self._users.send_code(phone), actor)
        async with self._tools.units() as unit:
            await found(unit, account_id, for_update=True)
            return await self._code_sent(unit, account_id, sent, actor)

    async def standing(self, account_id: AccountId) -> LoginView:
        """Where a sign-in stands, to go on with it after a break; asks Telegram nothing."""
        async with self._tools.units() as unit:
            account = await found(unit, account_id)
            login = await unit.accounts.login_of(account_id)
        if login is None:
            return LoginView(account, None)
        opened = self._tools.security.open(login.sealed, place=login_place(account_id))
        pending = _Pending.read(opened, login.step)
        return LoginView(
            account,
            login.step,
            where=pending.where,
            code_length=pending.code_length,
            hint=pending.hint,
            expires_at=login.expires_at,
        )

    async def enter_code(self, account_id: AccountId, code: SecretStr, *, actor: str) -> LoginView:
        """Raises CodeWrongError or CodeExpiredError; the sign-in then still waits for a code."""
        pending = await self._pending(account_id, "code")
        phone = await self._phone(account_id)
        digits = SecretStr(re.sub(r"\D", "", code.get_secret_value()))
        answer = await self._tried(
            account_id,
            self._users.enter_code(
                phone, digits, code_hash=pending.code_hash, session=pending.session
            ),
            actor,
        )
        return await self._go_on(account_id, answer, actor)

    async def enter_password(
        self, account_id: AccountId, password: SecretStr, *, actor: str
    ) -> LoginView:
        """The 2-step password; it is proven by SRP and never leaves this process."""
        pending = await self._pending(account_id, "password")
        answer = await self._tried(
            account_id,
            self._users.enter_password(password, session=pending.session),
            actor,
        )
        return await self._go_on(account_id, answer, actor)

    async def start_with_qr(
        self, *, role: AccountRole = "sales", title: str = "", actor: str
    ) -> LoginView:
        """Show a picture to be scanned in Telegram: Settings, Devices, Link Desktop Device."""
        shown = await self._users.show_qr()
        async with self._tools.units() as unit:
            account_id = await self._add(unit, role, checked_title(title))
            await self._note(unit, account_id, "sign_in_started", actor, by="qr")
        return await self._go_on(account_id, shown, actor)

    async def look_at_qr(self, account_id: AccountId, *, actor: str) -> LoginView:
        """Called while the picture is shown: a fresh one, or the next step once it was scanned."""
        pending = await self._pending(account_id, "qr")
        answer = await self._tried(account_id, self._users.show_qr(session=pending.session), actor)
        return await self._go_on(account_id, answer, actor)

    async def cancel(self, account_id: AccountId, *, actor: str) -> None:
        """Forget a sign-in that was not finished."""
        account = await self._management.get(account_id)
        if account.status != "signing_in":
            raise WrongStepError("This account is signed in; log it out instead.")
        await self._management.remove(account_id, actor=actor)

    # --- parts

    @property
    def _users(self) -> UserSignIn:
        if self._tools.labels.users is None:
            raise UserSessionsOffError
        return self._tools.labels.users

    async def _known(self, phone: SecretStr) -> Account | None:
        async with self._tools.units() as unit:
            known = await unit.accounts.find_by_phone(self._tools.security.lookup_hashes(phone))
        if known is not None and known.status not in _REUSABLE:
            raise AccountExistsError
        return known

    async def _add(self, unit: AccountUnit, role: AccountRole, title: str) -> AccountId:
        account_id = await unit.accounts.next_id()
        await unit.accounts.add(
            NewAccount(
                id=account_id,
                kind="user",
                role=role,
                title=title,
                status="signing_in",
                created_at=self._tools.clock.now(),
            )
        )
        return account_id

    async def _code_sent(
        self, unit: AccountUnit, account_id: AccountId, sent: CodeSent, actor: str
    ) -> LoginView:
        expires = sent.expires_at or self._tools.clock.now() + CODE_LASTS
        await self._keep(
            unit,
            account_id,
            _Pending(sent.session, sent.code_hash, "code", sent.where, sent.length),
            expires_at=expires,
        )
        await self._note(unit, account_id, "sign_in_started", actor, by="phone", code=sent.where)
        account = await found(unit, account_id)
        return LoginView(
            account, "code", where=sent.where, code_length=sent.length, expires_at=expires
        )

    async def _go_on(
        self,
        account_id: AccountId,
        answer: SignedIn | PasswordNeeded | QrShown,
        actor: str,
    ) -> LoginView:
        if isinstance(answer, SignedIn):
            return await self._finish(account_id, answer, actor)
        step: LoginStep = "qr" if isinstance(answer, QrShown) else "password"
        expires = (
            answer.expires_at
            if isinstance(answer, QrShown)
            else self._tools.clock.now() + STEP_LASTS
        )
        hint = answer.hint if isinstance(answer, PasswordNeeded) else ""
        pending = _Pending(answer.session, SecretStr(""), step, hint=hint)
        async with self._tools.units() as unit:
            await self._keep(unit, account_id, pending, expires_at=expires)
            account = await found(unit, account_id)
        if isinstance(answer, QrShown):
            return LoginView(account, step, qr_url=answer.url, expires_at=expires)
        return LoginView(account, step, hint=hint, expires_at=expires)

    async def _finish(self, account_id: AccountId, who: SignedIn, actor: str) -> LoginView:
        async with self._tools.units() as unit:
            account_id = await self._settle(unit, account_id, who)
            await self._note(unit, account_id, "signed_in", actor)
        try:
            account = await self._management.label(account_id, actor=actor)
        except LabelNotVerifiedError as error:
            account = await self._management.get(account_id)
            return LoginView(account, None, problem=error.message)
        return LoginView(account, None)

    async def _settle(self, unit: AccountUnit, account_id: AccountId, who: SignedIn) -> AccountId:
        """Store the session; an account that was here before goes on under its old row."""
        account = await found(unit, account_id, for_update=True)
        known = await unit.accounts.find_by_telegram_id("user", who.telegram_id)
        if known is not None and known.id != account_id:
            if known.status not in _REUSABLE:
                raise AccountExistsError
            await unit.accounts.remove(account_id, self._tools.clock.now())
            await unit.accounts.revive(
                known.id, title=account.title or known.title, role=account.role
            )
            account_id = known.id
        sealed = self._tools.security.seal(who.session, place=secret_place(account_id))
        await unit.accounts.keep_secret(account_id, sealed)
        await unit.accounts.identify(account_id, telegram_id=who.telegram_id, username=who.username)
        if not account.title:
            await unit.accounts.rename(
                account_id,
                title=who.name.split(" ")[0][:24],
                role=account.role,
                at=self._tools.clock.now(),
            )
        await unit.accounts.keep_login(account_id, None)
        await unit.accounts.set_status(account_id, "unlabelled", at=self._tools.clock.now())
        return account_id

    async def _keep(
        self,
        unit: AccountUnit,
        account_id: AccountId,
        pending: _Pending,
        *,
        expires_at: datetime,
    ) -> None:
        place = login_place(account_id)
        sealed = self._tools.security.seal(pending.sealed_text(), place=place)
        await unit.accounts.keep_login(account_id, PendingLogin(pending.step, expires_at, sealed))
        await unit.accounts.set_status(account_id, "signing_in", at=self._tools.clock.now())

    async def _pending(self, account_id: AccountId, step: LoginStep) -> _Pending:
        async with self._tools.units() as unit:
            await found(unit, account_id)
            login = await unit.accounts.login_of(account_id)
        if login is None or login.step != step:
            raise WrongStepError
        is_late = login.expires_at is not None and login.expires_at < self._tools.clock.now()
        if is_late and step != "qr":
            raise CodeExpiredError
        opened = self._tools.security.open(login.sealed, place=login_place(account_id))
        return _Pending.read(opened, login.step)

    async def _phone(self, account_id: AccountId) -> SecretStr:
        async with self._tools.units() as unit:
            sealed = await unit.accounts.phone_of(account_id)
        if sealed is None:
            raise WrongStepError("This sign-in has no phone number. Start it again.")
        return self._tools.security.open(sealed, place=phone_place(account_id))

    async def _tried(self, account_id: AccountId, step: Awaitable[T], actor: str) -> T:
        """Every failed step is in the security log, with its code and without what was typed."""
        try:
            return await step
        except SignInError as error:
            async with self._tools.units() as unit:
                await self._note(unit, account_id, "sign_in_failed", actor, why=error.code)
                if isinstance(error, NoSignInError):
                    await self._end(unit, account_id)
            raise

    async def _end(self, unit: AccountUnit, account_id: AccountId) -> None:
        """Keep nothing of it; an account that was signed in before stays, logged out."""
        account = await found(unit, account_id, for_update=True)
        if account.telegram_id is None:
            await unit.accounts.remove(account_id, self._tools.clock.now())
        else:
            await unit.accounts.forget_secrets(account_id)

    async def _note(
        self, unit: AccountUnit, account_id: AccountId, event: str, actor: str, **details: str
    ) -> None:
        await self._tools.security.record(
            unit, event, account_id=account_id, actor=actor, details=details
        )


def checked_phone(phone: SecretStr) -> SecretStr:
    """`+79001234567`; raises PhoneRefusedError without repeating the number."""
    text = re.sub(r"[\s()\-.]", "", phone.get_secret_value())
    if text.startswith("00"):
        text = "+" + text[2:]
    if not _PHONE.fullmatch(text):
        raise PhoneRefusedError
    return SecretStr(text)
