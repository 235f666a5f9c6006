"""`AccountManagementService`: add, label, pause, resume, log out and remove accounts.

Every call to Telegram happens between two units. Nothing becomes `active` before Telegram has shown
the labelled profile back.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

from candor.accounts.account import Account, AccountStatus
from candor.accounts.errors import (
    AccountExistsError,
    SecretUnreadableError,
    TokenOfAnotherBotError,
    TokenRefusedError,
    UserSessionsOffError,
)
from candor.accounts.labelling import AccountLabels
from candor.accounts.limits import Pause, Signal, pause_for
from candor.accounts.ports import (
    AccountUnit,
    AccountUnits,
    BotIdentity,
    NewAccount,
    OwnerAlerts,
    Place,
)
from candor.accounts.security import AccountSecurityService
from candor.common.clock import Clock
from candor.common.errors import (
    CandorError,
    ConflictError,
    FieldError,
    InvalidInputError,
    NotFoundError,
)
from candor.common.hot_reload import Change
from candor.common.ids import AccountId
from candor.common.llm import Language
from candor.disclosure.profile import AccountRole

TABLE: Final = "telegram_account_sessions"
TITLE_LIMIT: Final = 64
_REVIVABLE: Final = "logged_out"


def secret_place(account_id: AccountId) -> Place:
    """Where an account's token or session string lies."""
    return Place(TABLE, account_id, "secret")


def phone_place(account_id: AccountId) -> Place:
    return Place(TABLE, account_id, "phone")


def login_place(account_id: AccountId) -> Place:
    return Place(TABLE, account_id, "login")


@dataclass(frozen=True, slots=True)
class AccountTools:
    """What the services of this room share; made once in bootstrap."""

    units: AccountUnits
    clock: Clock
    security: AccountSecurityService
    labels: AccountLabels
    language: Language
    alerts: OwnerAlerts | None = None


class AccountManagementService:
    """What the panel's Accounts section and `candor account ...` call.

    `actor` says who asks, for the security log: `operator:3`, `cli`, `telegram`.
    """

    def __init__(self, tools: AccountTools) -> None:
        self._tools = tools

    # --- reading

    async def list_accounts(self) -> tuple[Account, ...]:
        async with self._tools.units() as unit:
            return await unit.accounts.list_all()

    async def get(self, account_id: AccountId) -> Account:
        """Raises NotFoundError, also for a removed account."""
        async with self._tools.units() as unit:
            return await found(unit, account_id)

    # --- bots

    async def add_bot(
        self, token: SecretStr, *, role: AccountRole, title: str = "", actor: str
    ) -> Account:
        """Check the token, store it sealed, label the bot, read the label back, make it active.

        Raises TokenRefusedError, AccountExistsError or InvalidInputError with nothing stored, and
        LabelNotVerifiedError with the account stored as `unlabelled`: `resume` tries again.
        """
        token = checked_token(token)
        title = checked_title(title)
        who = await self._tools.labels.bots.identify(token)
        async with self._tools.units() as unit:
            account = await self._store_bot(unit, token, who, role=role, title=title or who.name)
            await self._note(unit, account.id, "token_added", actor)
        return await self.label(account.id, actor=actor)

    async def replace_token(
        self, account_id: AccountId, token: SecretStr, *, actor: str
    ) -> Account:
        """A new token of the same bot, after a revoked one. Raises TokenOfAnotherBotError."""
        token = checked_token(token)
        who = await self._tools.labels.bots.identify(token)
        async with self._tools.units() as unit:
            account = await found(unit, account_id, for_update=True)
            if account.kind != "bot" or account.telegram_id != who.telegram_id:
                raise TokenOfAnotherBotError
            await self._keep_secret(unit, account_id, token)
            await self._note(unit, account_id, "token_replaced", actor)
        return await self.label(account_id, actor=actor)

    async def label(self, account_id: AccountId, *, actor: str) -> Account:
        """Set the label, read it back, make the account active; raises LabelNotVerifiedError."""
        async with self._tools.units() as unit:
            account = await found(unit, account_id)
            if account.kind == "business":
                return await self._activate(unit, account, actor)
            secret = await self._secret(unit, account_id)
        await self._tools.labels.put(account, secret)
        async with self._tools.units() as unit:
            account = await found(unit, account_id, for_update=True)
            return await self._activate(unit, account, actor)

    # --- every kind

    async def update(
        self,
        account_id: AccountId,
        *,
        title: str | None = None,
        role: AccountRole | None = None,
        actor: str,
    ) -> Account:
        """Change title or role; an active account is labelled again, since both stand in its name."""
        async with self._tools.units() as unit:
            before = await found(unit, account_id, for_update=True)
            await unit.accounts.rename(
                account_id,
                title=before.title if title is None else checked_title(title) or before.title,
                role=role or before.role,
                at=self._tools.clock.now(),
            )
            await self._note(unit, account_id, "account_changed", actor)
            after = await found(unit, account_id)
        if before.status == "active" and (after.title, after.role) != (before.title, before.role):
            return await self.label(account_id, actor=actor)
        return after

    async def pause(self, account_id: AccountId, *, actor: str) -> Account:
        async with self._tools.units() as unit:
            account = await found(unit, account_id, for_update=True)
            if account.status not in ("active", "paused"):
                raise ConflictError(f"This account is {account.status}; only an active one pauses.")
            await self._set(unit, account_id, "paused", "owner")
            await self._note(unit, account_id, "account_paused", actor)
            return await found(unit, account_id)

    async def resume(self, account_id: AccountId, *, actor: str) -> Account:
        """Back to work, the label checked again. The only way out of `restricted` (H9)."""
        account = await self.get(account_id)
        if account.status in ("signing_in", "logged_out"):
            raise ConflictError("Sign this account in first.")
        reason = account.pause_reason
        if account.status == "restricted" and reason in (
            "session_revoked",
            "session_used_elsewhere",
        ):
            raise ConflictError("Its session was ended. Sign it in again.")
        return await self.label(account_id, actor=actor)

    async def stop_for(self, account_id: AccountId, signal: Signal, *, actor: str) -> Pause:
        """H9: restrict the account now and tell its owner. Doing it twice changes nothing."""
        pause = pause_for(signal, language=self._tools.language)
        async with self._tools.units() as unit:
            account = await found(unit, account_id, for_update=True)
            if account.status in ("restricted", "logged_out"):
                return pause
            if signal == "label_lost":
                await unit.accounts.mark_labelled(account_id, None)
            await self._set(unit, account_id, "restricted", signal)
            await self._note(unit, account_id, "account_restricted", actor, signal=signal)
            account = await found(unit, account_id)
        if self._tools.alerts is not None:
            await self._tools.alerts.account_stopped(account, words=pause.words, mend=pause.mend)
        return pause

    async def check_labels(self, *, actor: str = "schedule") -> tuple[AccountId, ...]:
        """Look at what Telegram shows of every working account; stop those that lost the label (H1).

        Answers which were stopped. One that can't be reached now is left for the next look.
        """
        stopped = []
        for account in await self.list_accounts():
            if account.status != "active" or account.kind == "business":
                continue
            async with self._tools.units() as unit:
                secret = await self._secret_if_any(unit, account.id)
            try:
                is_fine = secret is not None and await self._tools.labels.is_there(account, secret)
            except CandorError:
                continue
            if not is_fine:
                await self.stop_for(account.id, "label_lost", actor=actor)
                stopped.append(account.id)
        return tuple(stopped)

    async def log_out(self, account_id: AccountId, *, actor: str) -> Account:
        """End a user session at Telegram and forget every secret of the account.

        A bot's token can be ended by its owner only (@BotFather, Revoke); Candor forgets it.
        """
        async with self._tools.units() as unit:
            account = await found(unit, account_id)
            secret = await self._secret_if_any(unit, account_id)
        await self._end_session(account, secret)
        async with self._tools.units() as unit:
            await unit.accounts.forget_secrets(account_id)
            await self._set(unit, account_id, "logged_out", None)
            await self._note(unit, account_id, "logged_out", actor)
            return await found(unit, account_id)

    async def remove(self, account_id: AccountId, *, actor: str) -> None:
        """Log out and hide the account. What it wrote stays readable in its dialogues."""
        account = await self.get(account_id)
        if account.status != "logged_out":
            await self.log_out(account_id, actor=actor)
        async with self._tools.units() as unit:
            await unit.accounts.remove(account_id, self._tools.clock.now())
            await self._note(unit, account_id, "account_removed", actor)
            await unit.announcements.announce(Change("account", str(account_id)))

    # --- parts

    async def _store_bot(
        self,
        unit: AccountUnit,
        token: SecretStr,
        who: BotIdentity,
        *,
        role: AccountRole,
        title: str,
    ) -> Account:
        known = await unit.accounts.find_by_telegram_id("bot", who.telegram_id)
        if known is not None:
            if known.status != _REVIVABLE:
                raise AccountExistsError
            await unit.accounts.revive(known.id, title=title, role=role)
            await self._keep_secret(unit, known.id, token)
            return await found(unit, known.id)
        account_id = await unit.accounts.next_id()
        return await unit.accounts.add(
            NewAccount(
                id=account_id,
                kind="bot",
                role=role,
                title=title,
                status="unlabelled",
                created_at=self._tools.clock.now(),
                username=who.username,
                telegram_id=who.telegram_id,
                secret=self._tools.security.seal(token, place=secret_place(account_id)),
            )
        )

    async def _activate(self, unit: AccountUnit, account: Account, actor: str) -> Account:
        await unit.accounts.mark_labelled(account.id, self._tools.clock.now())
        await self._set(unit, account.id, "active", None)
        await self._note(unit, account.id, "label_verified", actor)
        return await found(unit, account.id)

    async def _set(
        self, unit: AccountUnit, account_id: AccountId, status: AccountStatus, reason: str | None
    ) -> None:
        await set_status(unit, account_id, status, reason=reason, clock=self._tools.clock)

    async def _keep_secret(
        self, unit: AccountUnit, account_id: AccountId, secret: SecretStr
    ) -> None:
        sealed = self._tools.security.seal(secret, place=secret_place(account_id))
        await unit.accounts.keep_secret(account_id, sealed)

    async def _secret(self, unit: AccountUnit, account_id: AccountId) -> SecretStr:
        sealed = await unit.accounts.secret_of(account_id)
        if sealed is None:
            raise ConflictError("This account has no token or session any more. Add it again.")
        return self._tools.security.open(sealed, place=secret_place(account_id))

    async def _secret_if_any(self, unit: AccountUnit, account_id: AccountId) -> SecretStr | None:
        with suppress(ConflictError, SecretUnreadableError):
            return await self._secret(unit, account_id)
        return None

    async def _end_session(self, account: Account, secret: SecretStr | None) -> None:
        if account.kind != "user" or secret is None or account.status == "signing_in":
            return
        if self._tools.labels.users is None:
            raise UserSessionsOffError
        await self._tools.labels.users.log_out(account.id, secret)

    async def _note(
        self, unit: AccountUnit, account_id: AccountId, event: str, actor: str, **details: str
    ) -> None:
        await self._tools.security.record(
            unit, event, account_id=account_id, actor=actor, details=details
        )


async def found(unit: AccountUnit, account_id: AccountId, *, for_update: bool = False) -> Account:
    account = await unit.accounts.find(account_id, for_update=for_update)
    if account is None:
        raise NotFoundError("There is no such account.")
    return account


async def set_status(
    unit: AccountUnit,
    account_id: AccountId,
    status: AccountStatus,
    *,
    reason: str | None,
    clock: Clock,
) -> None:
    """Write a status and tell every process in the same unit."""
    await unit.accounts.set_status(account_id, status, reason=reason, at=clock.now())
    await unit.announcements.announce(Change("account", str(account_id)))


def checked_token(token: SecretStr) -> SecretStr:
    """The token without spaces around it; raises TokenRefusedError for what can't be one."""
    text = token.get_secret_value().strip()
    number, _, rest = text.partition(":")
    is_one = number.isdigit() and len(rest) >= 8 and all(c.isalnum() or c in "_-" for c in rest)
    if not (text.isascii() and is_one and len(text) <= 128):
        raise TokenRefusedError("This is no bot token. It looks like 123456:ABC-DEF1234ghIkl.")
    return SecretStr(text)


def checked_title(title: str) -> str:
    """One line of at most 64 characters; raises InvalidInputError."""
    text = " ".join(title.split())
    if len(text) > TITLE_LIMIT:
        raise InvalidInputError(
            errors=(FieldError("title", f"Write at most {TITLE_LIMIT} characters."),)
        )
    return text
