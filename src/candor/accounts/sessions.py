"""`AccountSessionManager`: which process holds which account, and its secret while it does.

An account runs in exactly one process: the one that holds its lock. Every few seconds each process
takes what is active and free, starts it, and stops what it lost or what is no longer active. When a
holder dies, its locks are gone with its database connection and the next look of another takes over.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import structlog
from pydantic import SecretStr

from candor.accounts.account import Account
from candor.accounts.errors import (
    SecretAlteredError,
    SecretUnreadableError,
    SessionUnreadableError,
)
from candor.accounts.limits import Signal
from candor.accounts.management import secret_place
from candor.accounts.ports import AccountHolds, AccountRunner, AccountUnits
from candor.accounts.security import AccountSecurityService
from candor.common.cache import SESSION_TTL, Cache
from candor.common.errors import CandorError, ConflictError
from candor.common.hot_reload import Change, HotReloadService
from candor.common.ids import AccountId
from candor.common.tasks import keep_running, spawn, stop

log = structlog.get_logger(__name__)

LOOK_EVERY: Final = timedelta(seconds=2)
"""How often a process looks for accounts without a holder; far below the 15 s of a hand-over."""
STARTS_AT_ONCE: Final = 32
"""So many accounts of a killed holder are started together: one Telegram keeps waiting delays few."""

_EVERY: Final = AccountId(0)
_PREFIX: Final = "session:"


@dataclass(frozen=True, slots=True)
class _Running:
    account: Account
    runner: AccountRunner
    secret: SecretStr


class AccountSessionManager:
    """Runs in the telegram role. `runners` by kind start and stop the accounts; a kind without a
    runner is left to others (business accounts run through their bot).
    """

    def __init__(
        self,
        *,
        units: AccountUnits,
        security: AccountSecurityService,
        holds: AccountHolds,
        runners: dict[str, AccountRunner],
        cache: Cache | None = None,
        actor: str = "process:telegram",
        look_every: timedelta = LOOK_EVERY,
        on_restricted: Callable[[AccountId, Signal], Awaitable[object]] | None = None,
    ) -> None:
        """`on_restricted` is told of a secret that no try can open: the owner has to see to it."""
        self._units = units
        self._security = security
        self._holds = holds
        self._runners = runners
        self._cache = cache
        self._actor = actor
        self._look_every = look_every
        self._on_restricted = on_restricted
        self._running: dict[AccountId, _Running] = {}
        self._stale: set[AccountId] = set()
        self._to_compare: set[AccountId] = set()
        self._known: dict[AccountId, Account] = {}
        self._opened: list[AccountId] = []
        """Started, and not yet in the security log."""
        self._look_now = asyncio.Event()
        self._tasks: list[asyncio.Task[object]] = []

    @property
    def running(self) -> frozenset[AccountId]:
        return frozenset(self._running)

    def follow(self, changes: HotReloadService) -> None:
        """Look at once when an account changes anywhere."""
        changes.on_change("account", self._on_change)

    async def start(self) -> None:
        """Take what is free now, then go on looking."""
        self._tasks.append(
            spawn(keep_running(self._look_for_ever, name="accounts"), name="accounts")
        )

    async def close(self) -> None:
        """Stop all accounts of this process and let others have them."""
        await stop(*self._tasks)
        self._tasks.clear()
        for account_id in list(self._running):
            await self._let_go(account_id)
        await self._holds.close()

    async def look(self) -> None:
        """One look: start what is active and free, stop what is not ours or not active any more."""
        async with self._units() as unit:
            active = {a.id: a for a in await unit.accounts.list_all() if self._runs_here(a)}
        lost = frozenset(self._running) - await self._holds.held()
        ended = lost | (frozenset(self._running) - frozenset(active))
        for account_id in ended | await self._changed(active):
            await self._let_go(account_id)
        taken = await self._holds.take(sorted(active))
        await self._start_all([active[i] for i in sorted(taken) if i not in self._running])

    async def secret_of(self, account_id: AccountId) -> SecretStr:
        """The token or session string: ciphertext from the cache or the database, opened here."""
        await self._drop_stale()
        sealed = await self._cached(account_id)
        if sealed is not None:
            try:
                return self._security.open(sealed, place=secret_place(account_id))
            except SecretUnreadableError:
                await self.forget(account_id)
        async with self._units() as unit:
            sealed = await unit.accounts.secret_of(account_id)
        if sealed is None:
            raise ConflictError("This account has no token or session any more. Add it again.")
        if self._cache is not None:
            await self._cache.put(_cache_key(account_id), sealed, ttl=SESSION_TTL)
        return self._security.open(sealed, place=secret_place(account_id))

    async def keep_session(self, account_id: AccountId, secret: SecretStr) -> None:
        """Store how far a running session has read; nothing for an account not held here."""
        running = self._running.get(account_id)
        if running is None or running.secret == secret:
            return
        self._running[account_id] = replace(running, secret=secret)
        sealed = self._security.seal(secret, place=secret_place(account_id))
        async with self._units() as unit:
            account = await unit.accounts.find(account_id, for_update=True)
            if account is None or account.status == "logged_out":
                return
            await unit.accounts.keep_secret(account_id, sealed)
        await self.forget(account_id)

    async def active(self, account_id: AccountId) -> Account | None:
        """The account if it may work now, wherever it runs; asked from this process's memory."""
        if account_id not in self._known:
            async with self._units() as unit:
                account = await unit.accounts.find(account_id)
            if account is None:
                return None
            self._known[account_id] = account
        account = self._known[account_id]
        return account if account.is_working else None

    async def forget(self, account_id: AccountId) -> None:
        """Drop the cached ciphertext (a new token, a log-out)."""
        if self._cache is not None:
            await self._cache.drop(_cache_key(account_id))

    # --- parts

    async def _look_for_ever(self) -> None:
        while True:
            self._look_now.clear()
            await self.look()
            try:
                await asyncio.wait_for(self._look_now.wait(), self._look_every.total_seconds())
            except TimeoutError:
                continue

    def _runs_here(self, account: Account) -> bool:
        return account.is_working and account.kind in self._runners

    async def _start_all(self, accounts: Sequence[Account]) -> None:
        """An unexpected error of one account is raised when all the others have started."""
        await self._record_opened()  # what a lost database left over
        failures: list[BaseException] = []
        for first in range(0, len(accounts), STARTS_AT_ONCE):
            batch = accounts[first : first + STARTS_AT_ONCE]
            ends = await asyncio.gather(*map(self._start, batch), return_exceptions=True)
            failures += [end for end in ends if end is not None]
            await self._record_opened()
        if failures:
            raise failures[0]

    async def _start(self, account: Account) -> None:
        runner = self._runners[account.kind]
        try:
            secret = await self.secret_of(account.id)
            await runner.start(account, secret)
        except CandorError as error:
            log.warning("account_not_started", account_id=account.id, error=error.code)
            await self._holds.release(account.id)
            if self._on_restricted is not None and (signal := _signal(error)) is not None:
                await self._on_restricted(account.id, signal)
            return
        self._running[account.id] = _Running(account, runner, secret)
        self._opened.append(account.id)

    async def _record_opened(self) -> None:
        """One unit for all: lines of the chained log are written one after the other."""
        opened, self._opened = self._opened, []
        if not opened:
            return
        try:
            async with self._units() as unit:
                for account_id in opened:
                    await self._security.record(
                        unit, "session_opened", account_id=account_id, actor=self._actor
                    )
        except BaseException:
            self._opened += opened
            raise

    async def _let_go(self, account_id: AccountId) -> None:
        running = self._running[account_id]
        try:
            await running.runner.stop(account_id)
        finally:
            del self._running[account_id]
        await self._holds.release(account_id)

    async def _changed(self, active: Mapping[AccountId, Account]) -> frozenset[AccountId]:
        """Which of the running accounts must start anew: another role, name or secret."""
        await self._drop_stale()
        stale, self._to_compare = self._to_compare, set()
        changed = set[AccountId]()
        for account_id, running in self._running.items():
            now = active.get(account_id)
            if now is None or not stale & {account_id, _EVERY}:
                continue
            before = running.account
            is_same = (now.role, now.username) == (before.role, before.username)
            if not is_same or await self.secret_of(account_id) != running.secret:
                changed.add(account_id)
        return frozenset(changed)

    async def _drop_stale(self) -> None:
        """Forget the cached ciphertexts of what changed."""
        stale, self._stale = frozenset(self._stale), set()
        if self._cache is not None and _EVERY in stale:
            await self._cache.drop_prefix(_PREFIX)
        elif self._cache is not None and stale:
            await self._cache.drop(*(_cache_key(account_id) for account_id in stale))
        self._to_compare |= stale

    async def _cached(self, account_id: AccountId) -> bytes | None:
        return None if self._cache is None else await self._cache.get(_cache_key(account_id))

    def _on_change(self, change: Change) -> None:
        self._known.clear()
        self._stale.add(AccountId(int(change.key)) if change.key.isdigit() else _EVERY)
        self._look_now.set()


def _cache_key(account_id: AccountId) -> str:
    return f"{_PREFIX}{account_id}"


def _signal(error: CandorError) -> Signal | None:
    """A key that is missing on this machine says nothing about the account itself: None."""
    if isinstance(error, SecretAlteredError):
        return "secret_altered"
    return "session_unreadable" if isinstance(error, SessionUnreadableError) else None
