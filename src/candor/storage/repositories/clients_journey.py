"""Journeys: milestones and stages with times and causes, visits, results of questionnaires."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.journey import (
    DONE,
    MILESTONES,
    DiagnosticResult,
    Milestone,
    Origin,
    StageEntry,
    Visit,
    milestone_of,
)
from candor.common.events import BusinessEvent, Events
from candor.common.ids import ClientId, ConversationId, GroupId
from candor.storage.lean import lean
from candor.storage.metadata import Json
from candor.storage.tables.clients import diagnostic_results, journey_progress, user_sessions


class PgJourneyRepository:
    """`journey_progress` and `diagnostic_results`."""

    def __init__(self, connection: AsyncConnection, events: Events) -> None:
        self._connection = connection
        self._events = events

    async def enter(self, entry: StageEntry) -> bool:
        table = journey_progress
        present = await self._connection.execute(
            select(table.c.id, table.c.stage)
            .where(
                table.c.client_id == entry.client_id,
                table.c.journey == entry.journey,
                table.c.left_at.is_(None),
            )
            .order_by(table.c.id.desc())
            .limit(1)
            .with_for_update()
        )
        found = present.mappings().first()
        if found and found["stage"] == entry.stage:
            return False
        if found:
            await self._connection.execute(
                update(table).where(table.c.id == found["id"]).values(left_at=entry.entered_at)
            )
        await self._connection.execute(insert(table).values(_stage_values(entry)))
        await self._note_milestone(entry)
        return True

    async def _note_milestone(self, entry: StageEntry) -> None:
        found = milestone_of(entry)
        if found is None:
            return
        milestone, kind = found
        await self.reach(
            entry.client_id,
            milestone,
            cause=entry.stage,
            now=entry.entered_at,
            conversation_id=entry.conversation_id,
            group_id=entry.group_id,
        )
        data = {
            "group_id": entry.group_id,
            "conversation_id": entry.conversation_id,
            "step": entry.stage.removeprefix(DONE),
        }
        await self._events.publish(
            BusinessEvent(kind=kind, at=entry.entered_at, client_id=entry.client_id, data=data)
        )

    async def reach(
        self,
        client_id: ClientId,
        milestone: Milestone,
        *,
        cause: str,
        now: datetime,
        conversation_id: ConversationId | None = None,
        group_id: GroupId | None = None,
    ) -> bool:
        moved = await self._connection.execute(
            _REACH,
            {
                "client": client_id,
                "milestone": milestone,
                "behind": list(MILESTONES[: MILESTONES.index(milestone)]),
                "cause": cause,
                "now": now,
                "conversation": conversation_id,
                "group": group_id,
            },
        )
        return moved.rowcount > 0

    async def begin(self, client_id: ClientId, origin: Origin, *, now: datetime) -> None:
        await self._connection.execute(
            _BEGIN,
            {
                "client": client_id,
                "source": origin.source,
                "details": dict(origin.details),
                "cause": origin.cause,
                "now": now,
            },
        )

    async def visits_of(self, client_id: ClientId, *, limit: int = 200) -> Sequence[Visit]:
        rows = await self._connection.execute(
            select(user_sessions)
            .where(user_sessions.c.client_id == client_id)
            .order_by(user_sessions.c.id.desc())
            .limit(limit)
        )
        return tuple(Visit(**row) for row in rows.mappings())

    async def of_client(self, client_id: ClientId) -> Sequence[StageEntry]:
        table = journey_progress
        rows = await self._connection.execute(
            select(table).where(table.c.client_id == client_id).order_by(table.c.id)
        )
        return tuple(StageEntry(**row) for row in rows.mappings())

    async def add_diagnostic(self, result: DiagnosticResult) -> int:
        row = await self._connection.execute(
            insert(diagnostic_results)
            .values(
                client_id=result.client_id,
                kind=result.kind,
                version=result.version,
                answers=dict(result.answers),
                result=dict(result.result),
                created_at=result.created_at,
            )
            .returning(diagnostic_results.c.id)
        )
        return int(row.scalar_one())

    async def diagnostics_of(self, client_id: ClientId) -> Sequence[DiagnosticResult]:
        rows = await self._connection.execute(_DIAGNOSTICS, {"client": client_id})
        return tuple(DiagnosticResult(**row) for row in rows.mappings())


def _stage_values(entry: StageEntry) -> dict[str, object]:
    return {
        "client_id": entry.client_id,
        "journey": entry.journey,
        "stage": entry.stage,
        "cause": entry.cause,
        "entered_at": entry.entered_at,
        "left_at": entry.left_at,
        "conversation_id": entry.conversation_id,
        "group_id": entry.group_id,
        "details": dict(entry.details),
    }


_DIAGNOSTICS = lean(
    select(diagnostic_results)
    .where(diagnostic_results.c.client_id == bindparam("client", None))
    .order_by(diagnostic_results.c.id.desc())
)
_REACH = lean(
    text(
        """
    WITH moved AS (
        UPDATE users SET milestone = :milestone
        WHERE id = :client AND milestone = ANY(CAST(:behind AS text[])) RETURNING id
    ), departed AS (
        UPDATE journey_progress j SET left_at = :now FROM moved
        WHERE j.client_id = moved.id AND j.journey = 'client' AND j.left_at IS NULL
    )
    INSERT INTO journey_progress
        (client_id, journey, stage, cause, entered_at, conversation_id, group_id)
    SELECT id, 'client', :milestone, :cause, :now, CAST(:conversation AS bigint),
        CAST(:group AS bigint)
    FROM moved
    """
    )
)
_BEGIN = lean(
    text(
        """
    WITH begun AS (
        UPDATE users SET source = :source, source_details = :details WHERE id = :client
        RETURNING id
    )
    INSERT INTO journey_progress (client_id, journey, stage, cause, entered_at, details)
    SELECT id, 'client', 'first_touch', :cause, :now, :details FROM begun
    """
    ).bindparams(bindparam("details", None, Json))
)
