"""What model calls cost, and the budgets that stop them: per client, per day, per month.

Rows are gathered for a moment and stored together; sums are read once a quarter of a minute, so two
processes may overshoot a budget by what they spend in that time.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import structlog

from candor.common.clock import Clock
from candor.common.errors import TemporaryError
from candor.common.llm_usage import Budget, Sums, UsageRow
from candor.common.tasks import spawn

log = structlog.get_logger(__name__)

SUMS_AGE: Final = timedelta(seconds=15)
FLUSH_AFTER: Final = 1.0
"""Seconds for which rows are gathered before they are stored together."""
MOST_WAITING: Final = 10_000


class UsageStore(Protocol):
    """Where rows lie; each call is a unit of work of its own."""

    async def add(self, rows: Sequence[UsageRow]) -> None: ...

    async def sums(self, *, day_from: datetime, month_from: datetime) -> Sums: ...

    async def client_sums(self, client_id: int, *, since: datetime) -> tuple[Decimal, int]:
        """Dollars and calls of one client since then."""
        ...

    async def budget(self) -> Budget: ...


BudgetWarning = Callable[[str, Decimal, Decimal], None]
"""Hears once per period (`day`, `month`) that its budget is nearly used: spent, limit."""


class MemoryUsageStore:
    """For tests, script rehearsals and installations without a ledger."""

    def __init__(self, budget: Budget | None = None) -> None:
        self.rows: list[UsageRow] = []
        self.limits = budget or Budget()

    async def add(self, rows: Sequence[UsageRow]) -> None:
        self.rows += rows

    async def sums(self, *, day_from: datetime, month_from: datetime) -> Sums:
        return Sums(
            day=_total(row for row in self.rows if row.at >= day_from),
            month=_total(row for row in self.rows if row.at >= month_from),
            calls_today=sum(row.at >= day_from for row in self.rows),
        )

    async def client_sums(self, client_id: int, *, since: datetime) -> tuple[Decimal, int]:
        own = [row for row in self.rows if row.client_id == client_id and row.at >= since]
        return _total(own), len(own)

    async def budget(self) -> Budget:
        return self.limits


@dataclass(slots=True)
class _Window:
    """Sums of one day as known now."""

    day: datetime
    month: datetime
    read_at: datetime
    sums: Sums
    budget: Budget
    clients: dict[int, tuple[Decimal, int]] = field(default_factory=dict)


class UsageLedger:
    """Records calls and answers whether the next one may be made."""

    def __init__(
        self,
        *,
        store: UsageStore,
        clock: Clock,
        timezone: str = "UTC",
        on_warning: BudgetWarning | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._zone = ZoneInfo(timezone)
        self._waiting: list[UsageRow] = []
        self._is_flush_planned = False
        self._storing = asyncio.Lock()
        self._window: _Window | None = None
        self._warned: set[tuple[str, datetime]] = set()
        self._on_warning = on_warning

    async def refusal(self, client_id: int | None) -> str:
        """Why no call may be made now, for the owner; empty when it may."""
        window = await self._current()
        budget, sums = window.budget, window.sums
        self._warn("day", sums.day, budget.day, window.day, budget.warn_at)
        self._warn("month", sums.month, budget.month, window.month, budget.warn_at)
        if budget.day is not None and sums.day >= budget.day:
            return f"The day's budget of ${budget.day} is used up."
        if budget.month is not None and sums.month >= budget.month:
            return f"The month's budget of ${budget.month} is used up."
        if client_id is None:
            return ""
        cost, calls = await self._of_client(window, client_id)
        if budget.client_day is not None and cost >= budget.client_day:
            return f"This client's budget of ${budget.client_day} a day is used up."
        if calls >= budget.client_calls_day:
            return f"This client's {budget.client_calls_day} calls a day are used up."
        return ""

    async def record(self, row: UsageRow) -> None:
        """Count a call at once and store it soon (`flush` stores what waits)."""
        try:
            await self._current()
        finally:
            # From here on nothing waits, so that no row is counted twice or not at all.
            self._waiting.append(row)
            self._count(row)
            self._plan_flush()

    def _count(self, row: UsageRow) -> None:
        """Add the row to the sums that are known; those that are read later hold it anyway."""
        window = self._window
        if window is None:
            return
        cost, sums = row.usage.cost or Decimal(0), window.sums
        window.sums = Sums(sums.day + cost, sums.month + cost, sums.calls_today + 1)
        if row.client_id is not None and row.client_id in window.clients:
            spent, calls = window.clients[row.client_id]
            window.clients[row.client_id] = (spent + cost, calls + 1)

    def _plan_flush(self) -> None:
        if not self._is_flush_planned:
            self._is_flush_planned = True
            asyncio.get_running_loop().call_later(FLUSH_AFTER, self._flush_soon)

    def _flush_soon(self) -> None:
        self._is_flush_planned = False
        spawn(self.flush(), name="store-usage")

    async def flush(self) -> None:
        """Store the rows that wait; while the database is away they wait on (10,000 at most)."""
        async with self._storing:
            rows = list(self._waiting)
            try:
                if rows:
                    await self._store.add(rows)
            except TemporaryError:
                del self._waiting[:-MOST_WAITING]
                raise
            except Exception as error:
                log.warning("usage_refused", rows=len(rows), error=repr(error))
                await self._store_singly(rows)
            else:
                del self._waiting[: len(rows)]

    async def _store_singly(self, rows: Sequence[UsageRow]) -> None:
        """One row that can't be stored must not stop the accounts: it is told and left out."""
        for row in rows:
            try:
                await self._store.add([row])
            except TemporaryError:
                raise
            except Exception:
                log.exception("usage_row_dropped", row=repr(row))
            del self._waiting[0]

    async def close(self) -> None:
        """Store what waits; a database that is gone by then must not spoil the end."""
        try:
            await self.flush()
        except Exception:
            log.exception("usage_lost", rows=len(self._waiting))

    def forget(self) -> None:
        """The budget was changed: read it anew at the next question."""
        self._window = None

    async def spent(self) -> tuple[Sums, Budget]:
        """For the spend page and the status."""
        window = await self._current()
        return window.sums, window.budget

    async def _current(self) -> _Window:
        now = self._clock.now()
        day, month = self._begins(now)
        window = self._window
        is_fresh = window is not None and timedelta(0) <= now - window.read_at < SUMS_AGE
        if window is not None and is_fresh and window.day == day:
            return window
        budget = await self._store.budget()
        stored = await self._store.sums(day_from=day, month_from=month)
        waiting = _total(self._waiting)
        sums = Sums(
            stored.day + waiting, stored.month + waiting, stored.calls_today + len(self._waiting)
        )
        self._window = _Window(day, month, now, sums, budget)
        return self._window

    def _begins(self, now: datetime) -> tuple[datetime, datetime]:
        """Beginnings of the business's day and month; a clock that jumps begins another window."""
        day = now.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return day, day.replace(day=1)

    async def _of_client(self, window: _Window, client_id: int) -> tuple[Decimal, int]:
        if client_id not in window.clients:
            cost, calls = await self._store.client_sums(client_id, since=window.day)
            waiting = [
                row for row in self._waiting if row.client_id == client_id and row.at >= window.day
            ]
            window.clients[client_id] = (cost + _total(waiting), calls + len(waiting))
        return window.clients[client_id]

    def _warn(
        self, period: str, spent: Decimal, limit: Decimal | None, begin: datetime, at: Decimal
    ) -> None:
        if limit is None or spent < limit * at or (period, begin) in self._warned:
            return
        self._warned.add((period, begin))
        log.warning("budget_nearly_used", period=period, spent=str(spent), limit=str(limit))
        if self._on_warning is not None:
            self._on_warning(period, spent, limit)


def _total(rows: Iterable[UsageRow]) -> Decimal:
    return sum((row.usage.cost or Decimal(0) for row in rows), Decimal(0))
