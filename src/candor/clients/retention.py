"""How long data is kept, and the job that removes what is older.

Each table belongs to a retention class; which rows of it are old enough is written down in storage
beside the tables, and a test finds a table that nobody has thought of. Rows go in batches, each in a
unit of its own, so that a first run over years of data disturbs nobody.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

import structlog

from candor.clients.activity import Activity, ActivityLog
from candor.clients.erasure import ErasureRepository, opt_out_hash
from candor.clients.profile import ClientProfile
from candor.common.clock import Clock
from candor.common.errors import FieldError, InvalidInputError
from candor.common.hot_reload import Announcements, Change
from candor.common.operators import SettingOverride

log = structlog.get_logger(__name__)

RETENTION_SETTING: Final = "retention"
"""Key of the override that holds the periods, in days."""
SHORTEST_DAYS: Final = 1
LONGEST_DAYS: Final = 3650
BATCH: Final = 2_000
CLIENTS_BATCH: Final = 50
MOST_BATCHES: Final = 500
"""So many batches of one class in one night; the rest follows in the next."""

PeriodName = Literal["messages", "clients", "activity", "contacts", "webhooks", "audit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPeriods:
    """Days after which rows go; None keeps them until somebody removes them."""

    messages: int | None = 730
    """What was said: messages, group messages, notes, settled outbox rows; from the day they came."""
    clients: int | None = 1095
    """A client with everything of theirs; from the day they wrote last."""
    activity: int | None = 365
    """The activity log."""
    contacts: int | None = 365
    """Imported contacts who never wrote."""
    webhooks: int | None = 30
    """The log of webhook deliveries; what still waits is kept."""
    audit: int | None = 1095
    """Who did what in the panel, and what the model cost."""

    def days(self, name: PeriodName) -> int | None:
        return asdict(self)[name]  # type: ignore[no-any-return]


PERIODS: tuple[PeriodName, ...] = tuple(field.name for field in fields(RetentionPeriods))  # type: ignore[misc]


def periods_of(stored: object) -> RetentionPeriods:
    """The stored periods; what is missing or makes no sense takes its default."""
    given = stored if isinstance(stored, Mapping) else {}
    usable = {
        name: given[name]
        for name in PERIODS
        if name in given and (given[name] is None or _is_period(given[name]))
    }
    return RetentionPeriods(**usable)


def check_periods(periods: RetentionPeriods) -> None:
    """Raises InvalidInputError that names every period out of range."""
    message = f"Between {SHORTEST_DAYS} and {LONGEST_DAYS} days, or empty to keep."
    wrong = tuple(
        FieldError(name, message)
        for name, days in asdict(periods).items()
        if days is not None and not _is_period(days)
    )
    if wrong:
        raise InvalidInputError(message, errors=wrong)


def _is_period(days: object) -> bool:
    return (
        isinstance(days, int)
        and not isinstance(days, bool)
        and SHORTEST_DAYS <= days <= LONGEST_DAYS
    )


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows went, by table; `is_complete` False: the rest goes next time."""

    rows: Mapping[str, int]
    is_complete: bool = True

    @property
    def total(self) -> int:
        return sum(self.rows.values())


class RetentionRepository(Protocol):
    def tables_of(self, period: PeriodName) -> Sequence[str]:
        """The tables whose old rows go after this period."""
        ...

    async def purge(self, table: str, *, before: datetime, batch: int) -> int:
        """Remove the oldest rows from before that moment, at most `batch`; returns how many."""
        ...

    async def unseen_clients(self, *, before: datetime, limit: int) -> Sequence[ClientProfile]:
        """Clients who were last seen before, the longest silent first."""
        ...


class SettingOverrides(Protocol):
    async def get(self, key: str) -> SettingOverride | None: ...

    async def put(self, override: SettingOverride) -> None: ...


class RetentionUnit(Protocol):
    @property
    def retention(self) -> RetentionRepository: ...

    @property
    def erasure(self) -> ErasureRepository: ...

    @property
    def activity(self) -> ActivityLog: ...

    @property
    def setting_overrides(self) -> SettingOverrides: ...

    @property
    def announcements(self) -> Announcements: ...


class RetentionService:
    """The periods, and the nightly purge."""

    def __init__(
        self,
        units: Callable[[], AbstractAsyncContextManager[RetentionUnit]],
        clock: Clock,
        *,
        salt: bytes,
    ) -> None:
        self._units = units
        self._clock = clock
        self._salt = salt

    async def periods(self) -> RetentionPeriods:
        async with self._units() as unit:
            stored = await unit.setting_overrides.get(RETENTION_SETTING)
        return periods_of(stored.value if stored else None)

    async def save(self, periods: RetentionPeriods, *, actor: str) -> RetentionPeriods:
        """Raises InvalidInputError for a period out of range; they hold from the next purge on."""
        check_periods(periods)
        async with self._units() as unit:
            await unit.setting_overrides.put(
                SettingOverride(RETENTION_SETTING, asdict(periods), self._clock.now(), actor)
            )
            await unit.announcements.announce(Change("settings", RETENTION_SETTING))
        return periods

    async def purge(self) -> Purged:
        """Remove everything that is older than its period. May be broken off at any moment."""
        periods, now = await self.periods(), self._clock.now()
        rows: dict[str, int] = {}
        is_complete = True
        for name in PERIODS:
            days = periods.days(name)
            if days is None:
                continue
            before = now - timedelta(days=days)
            if name == "clients":
                is_complete &= await self._purge_clients(before, rows)
                continue
            async with self._units() as unit:
                tables = tuple(unit.retention.tables_of(name))
            for table in tables:
                is_complete &= await self._purge_table(table, before, rows)
        purged = Purged({table: count for table, count in rows.items() if count}, is_complete)
        await self._record(purged)
        return purged

    async def _purge_table(self, table: str, before: datetime, rows: dict[str, int]) -> bool:
        for _ in range(MOST_BATCHES):
            async with self._units() as unit:
                gone = await unit.retention.purge(table, before=before, batch=BATCH)
            rows[table] = rows.get(table, 0) + gone
            if gone == 0:
                return True
        return False

    async def _purge_clients(self, before: datetime, rows: dict[str, int]) -> bool:
        """A silent client goes like one who asked for it; the hash stays only after a /stop."""
        for _ in range(MOST_BATCHES):
            async with self._units() as unit:
                silent = await unit.retention.unseen_clients(before=before, limit=CLIENTS_BATCH)
            if not silent:
                return True
            for client in silent:
                kept = (
                    (opt_out_hash(client.telegram_user_id, self._salt),)
                    if client.opted_out_at
                    else ()
                )
                async with self._units() as unit:
                    erased = await unit.erasure.erase(client.id, hashes=kept, now=self._clock.now())
                for table, count in erased.rows.items():
                    rows[table] = rows.get(table, 0) + count
        return False

    async def _record(self, purged: Purged) -> None:
        if not purged.total:
            return
        log.info("retention_purged", rows=dict(purged.rows), is_complete=purged.is_complete)
        async with self._units() as unit:
            await unit.activity.record(
                Activity(
                    kind="retention.purged",
                    at=self._clock.now(),
                    details={"rows": dict(purged.rows), "is_complete": purged.is_complete},
                )
            )
