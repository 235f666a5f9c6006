"""Questionnaires and their runs in PostgreSQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    TextClause,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.diagnostics import QuestionnaireRun, as_rows, from_row
from candor.common.ids import (
    ClientId,
    ConversationId,
    MessageRowId,
    OutboxId,
    QuestionnaireId,
    QuestionnaireRunId,
)
from candor.sales.questionnaires.records import (
    NewQuestionnaire,
    QuestionnaireInfo,
    QuestionnaireVersionInfo,
    StoredQuestionnaire,
)
from candor.storage.lean import lean
from candor.storage.tables.diagnostics import (
    questionnaire_runs,
    questionnaire_versions,
    questionnaires,
)


class PgQuestionnaireRepository:
    """`candor.sales.questionnaires.ports.QuestionnaireRepository`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, new: NewQuestionnaire, *, now: datetime) -> QuestionnaireInfo | None:
        fresh = {**_head(new, now), "archived_at": None}
        statement = (
            insert(questionnaires)
            .values(key=new.document.key, version=1, created_at=now, **fresh)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={**fresh, "version": questionnaires.c.version + 1},
                where=questionnaires.c.archived_at.is_not(None),
            )
            .returning(questionnaires)
        )
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        if row is None:
            return None
        await self._store(_info(row), new, now=now)
        return _info(row)

    async def add_version(
        self, questionnaire_id: QuestionnaireId, new: NewQuestionnaire, *, now: datetime
    ) -> QuestionnaireInfo:
        statement = (
            update(questionnaires)
            .where(questionnaires.c.id == questionnaire_id)
            .values(version=questionnaires.c.version + 1, **_head(new, now))
            .returning(questionnaires)
        )
        info = _info((await self._connection.execute(statement)).mappings().one())
        await self._store(info, new, now=now)
        return info

    async def get(
        self, questionnaire_id: QuestionnaireId, *, for_update: bool = False
    ) -> QuestionnaireInfo | None:
        wanted = select(questionnaires).where(questionnaires.c.id == questionnaire_id)
        return await self._one(wanted, for_update=for_update)

    async def by_key(self, key: str, *, for_update: bool = False) -> QuestionnaireInfo | None:
        wanted = select(questionnaires).where(questionnaires.c.key == key)
        return await self._one(wanted, for_update=for_update)

    async def is_there(self, key: str) -> bool:
        info = await self.by_key(key)
        return info is not None and info.archived_at is None

    async def version(
        self, questionnaire_id: QuestionnaireId, version: int
    ) -> StoredQuestionnaire | None:
        table = questionnaire_versions
        statement = select(table).where(
            table.c.questionnaire_id == questionnaire_id, table.c.version == version
        )
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        if row is None:
            return None
        return StoredQuestionnaire(_version(row), row["document"], row["source"])

    async def versions(
        self, questionnaire_id: QuestionnaireId
    ) -> tuple[QuestionnaireVersionInfo, ...]:
        table = questionnaire_versions
        statement = (
            select(*(table.c[name] for name in QuestionnaireVersionInfo.__slots__))
            .where(table.c.questionnaire_id == questionnaire_id)
            .order_by(table.c.version.desc())
        )
        rows = (await self._connection.execute(statement)).mappings()
        return tuple(_version(row) for row in rows)

    async def listed(
        self, *, query: str, page: int, per_page: int
    ) -> tuple[tuple[QuestionnaireInfo, ...], int]:
        table = questionnaires
        conditions: list[ColumnElement[bool]] = [table.c.archived_at.is_(None)]
        if query:
            named = table.c.title.icontains(query, autoescape=True)
            conditions.append(or_(named, table.c.key.icontains(query, autoescape=True)))
        total = await self._connection.scalar(
            select(func.count()).select_from(table).where(*conditions)
        )
        statement = (
            select(table)
            .where(*conditions)
            .order_by(table.c.title, table.c.id)
            .limit(per_page)
            .offset((page - 1) * per_page)
        )
        rows = (await self._connection.execute(statement)).mappings()
        return tuple(_info(row) for row in rows), int(total or 0)

    async def archive(self, questionnaire_id: QuestionnaireId, *, now: datetime) -> bool:
        table = questionnaires
        statement = (
            update(table)
            .where(table.c.id == questionnaire_id, table.c.archived_at.is_(None))
            .values(archived_at=now, updated_at=now)
        )
        return (await self._connection.execute(statement)).rowcount > 0

    async def _one(self, statement: Select[Any], *, for_update: bool) -> QuestionnaireInfo | None:
        if for_update:
            statement = statement.with_for_update()
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else _info(row)

    async def _store(
        self, info: QuestionnaireInfo, new: NewQuestionnaire, *, now: datetime
    ) -> None:
        await self._connection.execute(
            insert(questionnaire_versions).values(
                questionnaire_id=info.id,
                version=info.version,
                document=dict(new.data),
                source=new.source,
                author=new.author,
                note=new.note,
                created_at=now,
            )
        )


_IS_SHOWN = text(
    "SELECT status IN ('sending', 'sent', 'unconfirmed') FROM outbox WHERE id = :outbox"
)
_MARK_ANSWER = text("UPDATE conversation_messages SET kind = 'answer' WHERE id = :message")
_LOCK_CLIENT = text("SELECT 1 FROM users WHERE id = :client FOR NO KEY UPDATE")


class PgQuestionnaireRuns:
    """`candor.clients.diagnostics.QuestionnaireRuns`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, run: QuestionnaireRun) -> QuestionnaireRunId:
        statement = (
            insert(questionnaire_runs).values(_run_values(run)).returning(questionnaire_runs.c.id)
        )
        return QuestionnaireRunId(int((await self._connection.execute(statement)).scalar_one()))

    async def save(self, run: QuestionnaireRun) -> None:
        table = questionnaire_runs
        await self._connection.execute(
            update(table).where(table.c.id == run.id).values(_run_values(run))
        )

    async def get(self, run_id: QuestionnaireRunId) -> QuestionnaireRun | None:
        table = questionnaire_runs
        return await self._one(select(table).where(table.c.id == run_id).with_for_update())

    async def live(self, conversation_id: ConversationId) -> QuestionnaireRun | None:
        return await self._one(_LIVE, {"conversation": conversation_id})

    async def latest(self, conversation_id: ConversationId) -> QuestionnaireRun | None:
        table = questionnaire_runs
        return await self._one(
            select(table)
            .where(table.c.conversation_id == conversation_id)
            .order_by(table.c.id.desc())
            .limit(1)
        )

    async def lock_client(self, client_id: ClientId) -> bool:
        found = await self._connection.scalar(_LOCK_CLIENT, {"client": client_id})
        return found is not None

    async def is_shown(self, outbox_id: OutboxId) -> bool:
        return bool(await self._connection.scalar(_IS_SHOWN, {"outbox": outbox_id}))

    async def mark_answer(self, message: MessageRowId) -> None:
        await self._connection.execute(_MARK_ANSWER, {"message": message})

    async def _one(
        self, statement: Select[Any] | TextClause, values: Mapping[str, object] | None = None
    ) -> QuestionnaireRun | None:
        row = (await self._connection.execute(statement, values)).mappings().one_or_none()
        if row is None:
            return None
        found: dict[str, Any] = dict(row)
        answers = tuple(from_row(item) for item in found.pop("answers"))
        return QuestionnaireRun(**found, answers=answers)


# Asked at every message of a client.
_LIVE: Final = lean(
    text(
        "SELECT * FROM questionnaire_runs WHERE conversation_id = :conversation"
        " AND status IN ('active', 'paused') FOR UPDATE"
    )
)


def _run_values(run: QuestionnaireRun) -> dict[str, Any]:
    names = [name for name in QuestionnaireRun.__slots__ if name not in ("id", "answers")]
    values: dict[str, Any] = {name: getattr(run, name) for name in names}
    return {**values, "answers": as_rows(run.answers)}


def _head(new: NewQuestionnaire, now: datetime) -> dict[str, Any]:
    document = new.document
    return {"title": document.title, "language": document.language, "updated_at": now}


def _info(row: RowMapping) -> QuestionnaireInfo:
    values: dict[str, Any] = {name: row[name] for name in QuestionnaireInfo.__slots__}
    return QuestionnaireInfo(**values)


def _version(row: RowMapping) -> QuestionnaireVersionInfo:
    values: dict[str, Any] = {name: row[name] for name in QuestionnaireVersionInfo.__slots__}
    return QuestionnaireVersionInfo(**values)
