"""Errands: what a process asks of the process that holds a user session, over the database.

A session lives in one process only; a second connection with its key would end it at Telegram. So who
does not hold it leaves an errand, the holder carries it out with its own connection and leaves the
answer. An errand that nobody has begun with is certainly not done; one that was begun and never
answered may be.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import structlog

from candor.common.clock import Clock
from candor.common.errors import CandorError, TemporaryError
from candor.common.hot_reload import Announcements, Change, HotReloadService
from candor.common.ids import AccountId
from candor.common.tasks import keep_running, spawn, stop
from candor.common.unit_guard import assert_no_open_unit
from candor.messaging.gateway import (
    AccountRestrictedError,
    ChatClosedError,
    NotReachedError,
    RateLimitedError,
    RejectedError,
    UnconfirmedError,
)

log = structlog.get_logger(__name__)

ASKED: Final = "errand"
"""The topic by which holders hear of new errands; its key is the account."""
ANSWERED: Final = "errand_answered"
TAKEN_WITHIN: Final = timedelta(seconds=5)
"""An errand that nobody takes within this time is withdrawn: no process holds the session."""
ANSWERED_WITHIN: Final = timedelta(seconds=60)
_LOOK_EVERY: Final = 0.5
_AT_ONCE: Final = 16
_FORGOTTEN_AFTER: Final = timedelta(minutes=10)
_KNOWN: Final[dict[str, type[CandorError]]] = {
    kind.code: kind
    for kind in (AccountRestrictedError, ChatClosedError, RejectedError, UnconfirmedError)
}
_WAITS: Final[dict[str, type[TemporaryError]]] = {
    kind.code: kind for kind in (NotReachedError, RateLimitedError)
}


class ErrandRows(Protocol):
    """Storage fulfils it."""

    async def ask(
        self,
        account_id: AccountId,
        task: str,
        arguments: Mapping[str, object],
        *,
        expires_at: datetime,
    ) -> int: ...

    async def take(
        self, accounts: Sequence[AccountId], *, now: datetime, limit: int
    ) -> Sequence[Any]: ...

    async def settle(self, errand: int, outcome: Mapping[str, object]) -> None: ...

    async def outcome(self, errand: int) -> Mapping[str, Any] | None: ...

    async def withdraw(self, errand: int) -> bool: ...

    async def is_taken(self, errand: int) -> bool: ...

    async def forget(self, before: datetime) -> int: ...


class ErrandUnit(Protocol):
    @property
    def errands(self) -> ErrandRows: ...

    @property
    def announcements(self) -> Announcements: ...


ErrandUnits = Callable[[], AbstractAsyncContextManager[ErrandUnit]]
CarryOut = Callable[[AccountId, str, Mapping[str, Any]], Awaitable[object]]
"""Does one errand with the session held here; answers JSON."""


class ErrandDesk:
    """The asking side; any process has one."""

    def __init__(self, units: ErrandUnits, clock: Clock, changes: HotReloadService) -> None:
        self._units = units
        self._clock = clock
        self._waiting: dict[str, asyncio.Event] = {}
        changes.on_change(ANSWERED, self._hear)

    async def ask(self, account_id: AccountId, task: str, **arguments: object) -> Any:
        """The holder's answer as JSON, or its error.

        Raises NotReachedError when nobody holds the session (certainly not done), UnconfirmedError
        when the holder began and fell silent.
        """
        assert_no_open_unit("Telegram (a user session)")
        async with self._units() as unit:
            expires_at = self._clock.now() + TAKEN_WITHIN
            errand = await unit.errands.ask(account_id, task, arguments, expires_at=expires_at)
            await unit.announcements.announce(Change(ASKED, str(account_id)))
        answered = self._waiting.setdefault(str(errand), asyncio.Event())
        try:
            return _opened(await self._answer(errand, answered))
        finally:
            del self._waiting[str(errand)]

    async def _answer(self, errand: int, answered: asyncio.Event) -> Mapping[str, Any]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(answered.wait(), _LOOK_EVERY)
            answered.clear()
            waited = timedelta(seconds=loop.time() - began)
            async with self._units() as unit:
                outcome = await unit.errands.outcome(errand)
                is_late = outcome is None and waited > TAKEN_WITHIN
                is_withdrawn = is_late and await unit.errands.withdraw(errand)
            if outcome is not None:
                return outcome
            if is_withdrawn:
                raise NotReachedError("No process holds this account right now.")
            if waited > ANSWERED_WITHIN:
                raise UnconfirmedError("The process that holds this account has not answered.")

    def _hear(self, change: Change) -> None:
        if change.key == "*":
            for waiting in self._waiting.values():
                waiting.set()
        elif change.key in self._waiting:
            self._waiting[change.key].set()


class ErrandRunner:
    """The holding side: carries out errands for the sessions that run in this process."""

    def __init__(
        self,
        units: ErrandUnits,
        clock: Clock,
        changes: HotReloadService,
        *,
        held: Callable[[], frozenset[AccountId]],
        carry_out: CarryOut,
    ) -> None:
        self._units = units
        self._clock = clock
        self._held = held
        self._carry_out = carry_out
        self._wake = asyncio.Event()
        self._loop: asyncio.Task[object] | None = None
        self._at_work: set[asyncio.Task[object]] = set()
        changes.on_change(ASKED, lambda change: self._wake.set())

    def start(self) -> None:
        self._loop = spawn(keep_running(self._run, name="errands"), name="errands")

    async def close(self) -> None:
        """Take nothing new; what was begun gets a few seconds."""
        if self._loop is not None:
            await stop(self._loop)
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=5)
        await stop(*self._at_work)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            if held := self._held():
                await self._take(held)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _LOOK_EVERY)

    async def _take(self, held: frozenset[AccountId]) -> None:
        now = self._clock.now()
        async with self._units() as unit:
            await unit.errands.forget(now - _FORGOTTEN_AFTER)
            taken = await unit.errands.take(sorted(held), now=now, limit=_AT_ONCE)
        for row in taken:
            task = spawn(self._do(row), name=f"errand {row.task}")
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
        if len(taken) == _AT_ONCE:
            self._wake.set()

    async def _do(self, row: Any) -> None:
        try:
            answer = await self._carry_out(AccountId(row.account_id), row.task, row.arguments)
            outcome: dict[str, object] = {"answer": answer}
        except CandorError as error:
            outcome = _sealed(error)
        async with self._units() as unit:
            await unit.errands.settle(row.id, outcome)
            await unit.announcements.announce(Change(ANSWERED, str(row.id)))


def _sealed(error: CandorError) -> dict[str, object]:
    wait = getattr(error, "retry_after", None)
    return {
        "error": error.code,
        "message": error.message,
        "details": {key: str(value) for key, value in error.details.items()},
        "retry_after": None if wait is None else wait.total_seconds(),
    }


def _opened(outcome: Mapping[str, Any]) -> Any:
    code = outcome.get("error")
    if code is None:
        return outcome["answer"]
    message = str(outcome["message"])
    if code in _WAITS:
        wait = outcome["retry_after"]
        after = None if wait is None else timedelta(seconds=float(wait))
        raise _WAITS[code](message, retry_after=after)
    raise _KNOWN.get(code, RejectedError)(message, details=outcome["details"])
