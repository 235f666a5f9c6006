"""Scripts in PostgreSQL: `PgScriptRepository` fulfils `candor.sales.ports.ScriptRepository`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.ids import AccountId, ScriptId
from candor.common.llm import Language
from candor.sales.document import Kind
from candor.sales.script_records import NewVersion, ScriptInfo, StoredVersion, VersionInfo
from candor.storage.tables.sales import (
    sales_scripts,
    script_choices,
    script_triggers,
    script_versions,
)


class PgScriptRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, new: NewVersion, *, now: datetime) -> ScriptInfo | None:
        fresh = {**_head(new, now), "archived_at": None}
        statement = (
            insert(sales_scripts)
            .values(key=new.document.key, version=1, created_at=now, **fresh)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={**fresh, "version": sales_scripts.c.version + 1},
                where=sales_scripts.c.archived_at.is_not(None),
            )
            .returning(sales_scripts)
        )
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        if row is None:
            return None
        info = _info(row)
        await self._store(info, new, now=now)
        return info

    async def add_version(
        self, script_id: ScriptId, new: NewVersion, *, now: datetime
    ) -> ScriptInfo:
        statement = (
            update(sales_scripts)
            .where(sales_scripts.c.id == script_id)
            .values(version=sales_scripts.c.version + 1, **_head(new, now))
            .returning(sales_scripts)
        )
        info = _info((await self._connection.execute(statement)).mappings().one())
        await self._store(info, new, now=now)
        return info

    async def get(self, script_id: ScriptId, *, for_update: bool = False) -> ScriptInfo | None:
        return await self._one(
            select(sales_scripts).where(sales_scripts.c.id == script_id), for_update=for_update
        )

    async def by_key(self, key: str, *, for_update: bool = False) -> ScriptInfo | None:
        return await self._one(
            select(sales_scripts).where(sales_scripts.c.key == key), for_update=for_update
        )

    async def version(self, script_id: ScriptId, version: int) -> StoredVersion | None:
        statement = select(script_versions).where(
            script_versions.c.script_id == script_id, script_versions.c.version == version
        )
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        if row is None:
            return None
        return StoredVersion(_version(row), row["document"], row["source"])

    async def versions(self, script_id: ScriptId) -> tuple[VersionInfo, ...]:
        columns = [script_versions.c[name] for name in VersionInfo.__slots__]
        statement = (
            select(*columns)
            .where(script_versions.c.script_id == script_id)
            .order_by(script_versions.c.version.desc())
        )
        return tuple(
            _version(row) for row in (await self._connection.execute(statement)).mappings()
        )

    async def listed(
        self, *, kind: Kind | None, query: str, page: int, per_page: int
    ) -> tuple[tuple[ScriptInfo, ...], int]:
        conditions: list[ColumnElement[bool]] = [sales_scripts.c.archived_at.is_(None)]
        if kind is not None:
            conditions.append(sales_scripts.c.kind == kind)
        if query:
            conditions.append(
                or_(
                    sales_scripts.c.title.icontains(query, autoescape=True),
                    sales_scripts.c.key.icontains(query, autoescape=True),
                )
            )
        total = await self._connection.scalar(
            select(func.count()).select_from(sales_scripts).where(*conditions)
        )
        statement = (
            select(sales_scripts)
            .where(*conditions)
            .order_by(sales_scripts.c.title, sales_scripts.c.id)
            .limit(per_page)
            .offset((page - 1) * per_page)
        )
        rows = (await self._connection.execute(statement)).mappings()
        return tuple(_info(row) for row in rows), int(total or 0)

    async def archive(self, script_id: ScriptId, *, now: datetime) -> bool:
        statement = (
            update(sales_scripts)
            .where(sales_scripts.c.id == script_id, sales_scripts.c.archived_at.is_(None))
            .values(archived_at=now, updated_at=now)
        )
        return (await self._connection.execute(statement)).rowcount > 0

    async def chosen_for(self, account_id: AccountId, language: Language) -> ScriptInfo | None:
        own = script_choices.c.account_id.is_not(None)
        nearness = case(
            (own & (script_choices.c.language == language), 0),
            (own, 1),
            (sales_scripts.c.language == language, 2),
            else_=3,
        )
        joined = sales_scripts.outerjoin(
            script_choices,
            (script_choices.c.script_id == sales_scripts.c.id)
            & (script_choices.c.account_id == account_id),
        )
        statement = (
            select(sales_scripts)
            .select_from(joined)
            .where(sales_scripts.c.kind == "sales", sales_scripts.c.archived_at.is_(None))
            .order_by(nearness, sales_scripts.c.id)
            .limit(1)
        )
        return await self._one(statement)

    async def assign(
        self, script_id: ScriptId, *, account_id: AccountId, language: Language, now: datetime
    ) -> None:
        statement = (
            insert(script_choices)
            .values(account_id=account_id, language=language, script_id=script_id, chosen_at=now)
            .on_conflict_do_update(
                index_elements=["account_id", "language"],
                set_={"script_id": script_id, "chosen_at": now},
            )
        )
        await self._connection.execute(statement)

    async def choices_of(self, account_id: AccountId) -> Mapping[Language, ScriptId]:
        statement = (
            select(script_choices.c.language, script_choices.c.script_id)
            .join(sales_scripts, sales_scripts.c.id == script_choices.c.script_id)
            .where(
                script_choices.c.account_id == account_id,
                sales_scripts.c.archived_at.is_(None),
            )
        )
        rows = await self._connection.execute(statement)
        return {language: ScriptId(script_id) for language, script_id in rows}

    async def release(self, account_id: AccountId, language: Language) -> ScriptId | None:
        statement = (
            delete(script_choices)
            .where(script_choices.c.account_id == account_id, script_choices.c.language == language)
            .returning(script_choices.c.script_id)
        )
        freed = await self._connection.scalar(statement)
        return None if freed is None else ScriptId(freed)

    async def _one(self, statement: Select[Any], *, for_update: bool = False) -> ScriptInfo | None:
        if for_update:
            statement = statement.with_for_update()
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else _info(row)

    async def _store(self, info: ScriptInfo, new: NewVersion, *, now: datetime) -> None:
        await self._connection.execute(
            insert(script_versions).values(
                script_id=info.id,
                version=info.version,
                document=dict(new.data),
                source=new.source,
                author=new.author,
                note=new.note,
                created_at=now,
            )
        )
        if new.document.triggers:
            await self._connection.execute(insert(script_triggers), _trigger_rows(info, new))


def _head(new: NewVersion, now: datetime) -> dict[str, Any]:
    document = new.document
    return {
        "kind": document.kind,
        "title": document.title,
        "language": document.language,
        "updated_at": now,
    }


def _trigger_rows(info: ScriptInfo, new: NewVersion) -> list[dict[str, Any]]:
    return [
        {
            "script_id": info.id,
            "version": info.version,
            "key": trigger.key,
            "action": trigger.action,
            "fits": list(trigger.fits),
            "unless": list(trigger.unless),
            "target": trigger.script or trigger.step,
        }
        for trigger in new.document.triggers
    ]


def _info(row: RowMapping) -> ScriptInfo:
    values: dict[str, Any] = {name: row[name] for name in ScriptInfo.__slots__}
    return ScriptInfo(**values)


def _version(row: RowMapping) -> VersionInfo:
    values: dict[str, Any] = {name: row[name] for name in VersionInfo.__slots__}
    return VersionInfo(**values)
