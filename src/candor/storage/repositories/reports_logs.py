"""The Logs section: events of all kinds in one list. Read-only."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Text,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.reports import LogEntry, LogFilter, LogPage
from candor.storage.metadata import Json
from candor.storage.tables.accounts import account_security_logs, parked_updates
from candor.storage.tables.clients import user_activity_log
from candor.storage.tables.lanes import lanes
from candor.storage.tables.panel import audit_log

COUNTED = 10_000
_WARNING_EVENTS = ("sign_in_failed", "account_restricted", "session.refused", "label_lost")


class PgLogReports:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def logs(self, wanted: LogFilter, *, limit: int, offset: int) -> LogPage:
        """Newest first. Each source gives at most what the page can need."""
        parts = [
            # By number, which grows with time: the primary key gives the newest without sorting.
            _narrowed(source, wanted).order_by(source.c.number.desc()).limit(offset + limit)
            for source in _sources(wanted)
        ]
        if not parts:
            return LogPage((), 0)
        found = union_all(*(part.subquery().select() for part in parts)).subquery()
        statement = (
            select(found)
            .order_by(found.c.at.desc(), found.c.number.desc())
            .limit(limit)
            .offset(offset)
        )
        rows = (await self._connection.execute(statement)).mappings().all()
        return LogPage(tuple(_entry(row) for row in rows), await self._count(wanted))

    async def _count(self, wanted: LogFilter) -> int:
        total = 0
        for source in _sources(wanted):
            capped = _narrowed(source, wanted).limit(COUNTED).subquery()
            counted = await self._connection.scalar(select(func.count()).select_from(capped))
            total += int(counted or 0)
        return min(total, COUNTED)


def _sources(wanted: LogFilter) -> list[Any]:
    made = {
        "activity": (_activity,),
        "security": (_security, _audit),
        "system": (_failed_lanes, _parked),
    }
    kinds = [wanted.kind] if wanted.kind else list(made)
    return [make().subquery() for kind in kinds for make in made[kind]]


def _narrowed(source: Any, wanted: LogFilter) -> Any:
    statement = select(source)
    if wanted.account_id is not None:
        statement = statement.where(source.c.account_id == wanted.account_id)
    if wanted.level is not None:
        statement = statement.where(source.c.level == wanted.level)
    if wanted.q:
        columns = (source.c.event, source.c.actor, source.c.subject)
        statement = statement.where(
            or_(*(column.icontains(wanted.q, autoescape=True) for column in columns))
        )
    return statement


def _columns(kind: str, source: str, table: Any, **columns: Any) -> Any:
    given = {
        "number": literal(0),
        "level": literal("info"),
        "actor": literal(""),
        "subject": literal(""),
        "account_id": cast(null(), BigInteger),
        "details": literal({}, Json),
        **columns,
    }
    return select(
        literal(kind, Text).label("kind"),
        literal(source, Text).label("source"),
        *(given[name].label(name) for name in _ORDER),
    ).select_from(table)


_ORDER = ("number", "at", "level", "event", "actor", "subject", "account_id", "details")


def _activity() -> Any:
    table = user_activity_log
    return _columns(
        "activity",
        "activity",
        table,
        number=table.c.id,
        at=table.c.at,
        level=table.c.level,
        event=table.c.kind,
        subject=func.coalesce(func.concat("conversation ", table.c.conversation_id), literal("")),
        account_id=table.c.account_id,
        details=table.c.details,
    )


def _security() -> Any:
    table = account_security_logs
    return _columns(
        "security",
        "account",
        table,
        number=table.c.id,
        at=table.c.at,
        level=_level_of(table.c.event),
        event=table.c.event,
        actor=table.c.actor,
        subject=func.concat("account ", table.c.account_id),
        account_id=table.c.account_id,
        details=table.c.details,
    )


def _audit() -> Any:
    table = audit_log
    return _columns(
        "security",
        "audit",
        table,
        number=table.c.id,
        at=table.c.at,
        level=_level_of(table.c.action),
        event=table.c.action,
        actor=table.c.actor,
        subject=table.c.subject,
        details=table.c.details,
    )


def _failed_lanes() -> Any:
    table = lanes
    return _columns(
        "system",
        "lane",
        table,
        at=func.coalesce(table.c.failed_at, table.c.due_at),
        level=literal("error"),
        event=literal("lane.failed"),
        subject=func.concat(table.c.kind, " ", table.c.key),
        details=func.jsonb_build_object("error", table.c.last_error),
    ).where(table.c.status == "failed")


def _parked() -> Any:
    table = parked_updates
    return _columns(
        "system",
        "update",
        table,
        number=table.c.id,
        at=table.c.parked_at,
        level=literal("error"),
        event=literal("update.parked"),
        subject=func.concat("update ", cast(table.c.update_id, Text)),
        account_id=table.c.account_id,
        details=func.jsonb_build_object("error", table.c.error),
    )


def _level_of(event: Any) -> Any:
    return case((event.in_(_WARNING_EVENTS), "warning"), else_="info")


def _entry(row: Any) -> LogEntry:
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
