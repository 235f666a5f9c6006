"""Drafts of scripts and corrections from dialogues."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.ids import OperatorId, ScriptId
from candor.sales.workbench import Correction, CorrectionId, ScriptDraft
from candor.storage.tables.messaging import answer_corrections as corrections
from candor.storage.tables.sales import script_drafts as drafts

MOST: Final = 100


class PgScriptWorkbench:
    """`candor.sales.workbench.Workbench`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def draft(self, operator_id: OperatorId, script_id: ScriptId) -> ScriptDraft | None:
        result = await self._connection.execute(select(drafts).where(_of(operator_id, script_id)))
        row = result.mappings().one_or_none()
        return None if row is None else ScriptDraft(**row)

    async def keep_draft(self, draft: ScriptDraft) -> None:
        values = {
            "base_version": draft.base_version,
            "source": draft.source,
            "updated_at": draft.updated_at,
        }
        statement = insert(drafts).values(
            operator_id=draft.operator_id, script_id=draft.script_id, **values
        )
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["operator_id", "script_id"], set_=values
            )
        )

    async def drop_draft(self, operator_id: OperatorId, script_id: ScriptId) -> None:
        await self._connection.execute(delete(drafts).where(_of(operator_id, script_id)))

    async def add_correction(self, correction: Correction) -> Correction:
        statement = (
            insert(corrections)
            .values(
                conversation_id=correction.conversation_id,
                message=correction.message,
                script_id=correction.script_id,
                author=correction.author,
                said=[list(turn) for turn in correction.said],
                expected=dict(correction.expected),
                better=correction.better,
                created_at=correction.created_at,
            )
            .returning(corrections)
        )
        return _correction((await self._connection.execute(statement)).mappings().one())

    async def open_corrections(self, script_id: ScriptId) -> tuple[Correction, ...]:
        statement = (
            select(corrections)
            .where(corrections.c.script_id == script_id, corrections.c.settled_at.is_(None))
            .order_by(corrections.c.id)
            .limit(MOST)
        )
        rows = (await self._connection.execute(statement)).mappings()
        return tuple(_correction(row) for row in rows)

    async def correction(self, correction_id: CorrectionId) -> Correction | None:
        statement = (
            select(corrections)
            .where(corrections.c.id == correction_id, corrections.c.settled_at.is_(None))
            .with_for_update()
        )
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else _correction(row)

    async def settle_correction(self, correction_id: CorrectionId, *, now: datetime) -> bool:
        done = await self._connection.execute(
            update(corrections)
            .where(corrections.c.id == correction_id, corrections.c.settled_at.is_(None))
            .values(settled_at=now, said=[], expected={}, better="")
        )
        return bool(done.rowcount)


def _of(operator_id: OperatorId, script_id: ScriptId) -> Any:
    return (drafts.c.operator_id == operator_id) & (drafts.c.script_id == script_id)


def _correction(row: Any) -> Correction:
    values = {name: row[name] for name in Correction.__slots__}
    return Correction(**{**values, "said": tuple((text, stage) for text, stage in values["said"])})
