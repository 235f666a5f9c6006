"""The Logs section: events of all kinds in one list. Read-only.

Each log is read by its own numbers, which grow with time, so a place in the list is one number of each
log: what stands below them comes next, whatever has been written meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, Final

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.paging import Cut, Part, Place
from candor.common.reports import LOG_KEYS, LogEntry, LogFilter, LogKind
from candor.storage.repositories.clients import escape_like
from candor.storage.repositories.paging import BY_INDEX, COUNTED_AT_MOST

LOOKED_THROUGH: Final = 100_000
"""A search, or one account's events, are looked for among so many of the newest of each log."""
_TOP: Final = Place((10**18 - 1,) * LOG_KEYS)
"""Above everything."""
_WARNINGS: Final = "('sign_in_failed', 'account_restricted', 'session.refused', 'label_lost')"


@dataclass(frozen=True, slots=True)
class _Source:
    """One log: SQL of the columns that all of them have."""

    kind: LogKind
    name: str
    table: str
    event: str
    at: str = "at"
    number: str = "id"
    level: str = "'info'"
    actor: str = "''"
    subject: str = "''"
    account: str = "account_id"
    details: str = "details"
    only: str = "true"


_SOURCES: Final = (
    _Source(
        "activity",
        "activity",
        "user_activity_log",
        event="kind",
        level="level",
        subject="concat('conversation ', conversation_id)",
    ),
    _Source(
        "security",
        "account",
        "account_security_logs",
        event="event",
        level=f"CASE WHEN event IN {_WARNINGS} THEN 'warning' ELSE 'info' END",
        actor="actor",
        subject="concat('account ', account_id)",
    ),
    _Source(
        "security",
        "audit",
        "audit_log",
        event="action",
        level=f"CASE WHEN action IN {_WARNINGS} THEN 'warning' ELSE 'info' END",
        actor="actor",
        subject="subject",
        account="CAST(NULL AS bigint)",
    ),
    _Source(
        "system",
        "lane",
        "lanes",
        event="'lane.failed'",
        at="failed_at",
        number="CAST(extract(epoch FROM failed_at) * 1000000 AS bigint)",
        level="'error'",
        subject="concat(kind, ' ', key)",
        account="CAST(NULL AS bigint)",
        details="jsonb_build_object('error', last_error)",
        only="status = 'failed' AND failed_at IS NOT NULL",
    ),
    _Source(
        "system",
        "update",
        "parked_updates",
        event="'update.parked'",
        at="parked_at",
        level="'error'",
        subject="concat('update ', update_id)",
        details="jsonb_build_object('error', error)",
    ),
)


class PgLogReports:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def logs(self, wanted: LogFilter, cut: Cut) -> Part[LogEntry]:
        """Newest first; a place has `LOG_KEYS` keys."""
        await self._connection.execute(BY_INDEX)
        if cut.skipped:
            cut = replace(cut, after=await self._behind(wanted, cut.skipped), offset=0)
        rows = await self._read(wanted, cut)
        if cut.is_backwards and len(rows) < cut.limit:
            cut = cut.first()
            rows = await self._read(wanted, cut)
        has_more, shown = len(rows) > cut.limit, rows[: cut.limit]
        here = cut.place or _TOP
        beyond = _moved(here, shown, above=cut.is_backwards)
        total = await self._count(wanted)
        if cut.is_backwards:
            entries = tuple(map(_entry, reversed(shown)))
            return Part(entries, total, here, beyond if has_more else None)
        entries = tuple(map(_entry, shown))
        return Part(entries, total, beyond if has_more else None, here if cut.place else None)

    async def _behind(self, wanted: LogFilter, skipped: int) -> Place:
        """The place behind so many rows."""
        parts, values = [], {"skipped": skipped}
        for source in _wanted(wanted):
            where, more = _narrowed(source, wanted)
            values |= more
            by, _ = _sorted_by(source)
            parts.append(
                f"(SELECT '{source.name}' AS source, {source.number} AS number, {source.at} AS at"
                f" FROM {source.table} WHERE {where} ORDER BY {by} DESC LIMIT :skipped)"
            )
        rows = await self._connection.execute(
            text(
                f"""
                SELECT source, min(number) AS number FROM (
                    SELECT source, number FROM ({" UNION ALL ".join(parts)}) AS newest
                    ORDER BY at DESC, source DESC, number DESC LIMIT :skipped
                ) AS passed GROUP BY source
                """
            ),
            values,
        )
        return _moved(_TOP, rows.mappings().all(), above=False)

    async def _read(self, wanted: LogFilter, cut: Cut) -> Sequence[RowMapping]:
        """One more than the limit where there is one; a backward cut comes oldest first."""
        found: list[Sequence[RowMapping]] = []
        for source in _wanted(wanted):
            bound = (cut.place or _TOP).keys[_SOURCES.index(source)]
            found.append(await self._part(source, wanted, bound, cut))
        in_time = merge(*found, key=_in_time, reverse=not cut.is_backwards)
        return list(islice(in_time, cut.limit + 1))

    async def _part(
        self, source: _Source, wanted: LogFilter, bound: int, cut: Cut
    ) -> Sequence[RowMapping]:
        where, values = _narrowed(source, wanted)
        side, order = (">=", "ASC") if cut.is_backwards else ("<", "DESC")
        by, edge = _sorted_by(source)
        statement = text(
            f"""
            SELECT '{source.name}' AS source, '{source.kind}' AS kind, {source.number} AS number,
                {source.at} AS at, {source.level} AS level, {source.event} AS event,
                {source.actor} AS actor, {source.subject} AS subject,
                {source.account} AS account_id, {source.details} AS details
            FROM {source.table} WHERE {where} AND {by} {side} {edge} ORDER BY {by} {order} LIMIT :most
            """
        )
        values |= {"bound": bound, "most": cut.limit + 1}
        rows = await self._connection.execute(statement, values)
        return rows.mappings().all()

    async def _count(self, wanted: LogFilter) -> int:
        parts, values = [], {"most": COUNTED_AT_MOST}
        for source in _wanted(wanted):
            where, more = _narrowed(source, wanted)
            values |= more
            by, _ = _sorted_by(source)
            rows = f"SELECT 1 FROM {source.table} WHERE {where} ORDER BY {by} DESC LIMIT :most"
            parts.append(f"(SELECT count(*) FROM ({rows}) AS counted)")
        total = await self._connection.scalar(text("SELECT " + " + ".join(parts)), values)
        return min(int(total or 0), COUNTED_AT_MOST)


def _wanted(wanted: LogFilter) -> list[_Source]:
    return [source for source in _SOURCES if wanted.kind in (None, source.kind)]


def _in_time(row: RowMapping) -> tuple[datetime, str]:
    return row["at"], row["source"]


def _sorted_by(source: _Source) -> tuple[str, str]:
    """What a log is sorted by, and the bound in the same terms."""
    if source.number == "id":
        return "id", ":bound"
    return source.at, "to_timestamp(CAST(:bound AS double precision) / 1000000)"


def _narrowed(source: _Source, wanted: LogFilter) -> tuple[str, dict[str, Any]]:
    parts, values = [source.only], dict[str, Any]()
    if wanted.account_id is not None:
        parts.append(f"{source.account} = :account_id")
        values["account_id"] = wanted.account_id
    if wanted.level is not None:
        parts.append(f"{source.level} = :level")
        values["level"] = wanted.level
    if wanted.q:
        columns = f"concat_ws(E'\\n', {source.event}, {source.actor}, {source.subject})"
        parts.append(f"{columns} ILIKE :pattern")
        values["pattern"] = f"%{escape_like(wanted.q)}%"
    has_index = values.keys() <= {"level"} and (not values or source.level == "level")
    if source.number == "id" and not has_index:
        newest = f"SELECT max(id) FROM {source.table}"
        parts.append(f"id > COALESCE(({newest}), 0) - {LOOKED_THROUGH}")
    return " AND ".join(parts), values


def _moved(place: Place, shown: Sequence[RowMapping], *, above: bool) -> Place:
    """The place beyond these rows: below the last one of each log, or above the first one."""
    passed: Mapping[str, int] = {row["source"]: row["number"] + above for row in shown}
    return Place(
        tuple(
            passed.get(source.name, key) for source, key in zip(_SOURCES, place.keys, strict=True)
        )
    )


def _entry(row: RowMapping) -> LogEntry:
    return LogEntry(
        id=f"{row['source']}:{row['number']}:{row['subject']}"
        if row["source"] == "lane"
        else f"{row['source']}:{row['number']}",
        at=row["at"],
        kind=row["kind"],
        level=row["level"],
        event=row["event"],
        actor=row["actor"],
        subject=row["subject"],
        account_id=row["account_id"],
        details=row["details"] or {},
    )
