"""Usage rows and prompt versions."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Date, bindparam, cast, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.llm_usage import ClientSpend, PromptVersion, SpendLine, Sums, UsageRow
from candor.storage.lean import lean
from candor.storage.tables.clients import users
from candor.storage.tables.llm import llm_usage, prompt_versions

_cost = func.coalesce(func.sum(llm_usage.c.cost), 0)
# Asked for most clients of a model's turns.
_CLIENT_SUMS = lean(
    text(
        "SELECT COALESCE(sum(cost), 0), count(*) FROM llm_usage"
        " WHERE client_id = :client AND at >= :since"
    )
)


class PgUsageRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, rows: Sequence[UsageRow]) -> None:
        if not rows:
            return
        values = [
            {
                "at": row.at,
                "purpose": row.purpose,
                "client": row.client_id,
                "model": row.usage.model,
                "prompt_tokens": row.usage.prompt_tokens,
                "cached_tokens": row.usage.cached_tokens,
                "completion_tokens": row.usage.completion_tokens,
                "cost": row.usage.cost,
                "cost_kind": row.usage.cost_kind,
                "milliseconds": row.milliseconds,
            }
            for row in rows
        ]
        # A client may have been erased since the call: the figures stay, the person does not.
        known = select(users.c.id).where(users.c.id == bindparam("client")).scalar_subquery()
        await self._connection.execute(insert(llm_usage).values(client_id=known), values)

    async def sums(self, *, day_from: datetime, month_from: datetime) -> Sums:
        is_today = llm_usage.c.at >= day_from
        statement = select(
            func.coalesce(func.sum(llm_usage.c.cost).filter(is_today), 0),
            _cost,
            func.count().filter(is_today),
        ).where(llm_usage.c.at >= min(day_from, month_from))
        day, month, calls = (await self._connection.execute(statement)).one()
        return Sums(Decimal(day), Decimal(month), int(calls))

    async def client_sums(self, client_id: int, *, since: datetime) -> tuple[Decimal, int]:
        wanted = {"client": client_id, "since": since}
        cost, calls = (await self._connection.execute(_CLIENT_SUMS, wanted)).one()
        return Decimal(cost), int(calls)

    async def spend(
        self, *, since: datetime, until: datetime, timezone: str
    ) -> tuple[SpendLine, ...]:
        day = cast(func.timezone(timezone, llm_usage.c.at), Date)
        statement = (
            select(
                day,
                llm_usage.c.model,
                llm_usage.c.purpose,
                func.count(),
                func.sum(llm_usage.c.prompt_tokens),
                func.sum(llm_usage.c.cached_tokens),
                func.sum(llm_usage.c.completion_tokens),
                _cost,
                func.count().filter(llm_usage.c.cost_kind == "unknown"),
                func.count().filter(llm_usage.c.cost_kind == "estimated"),
            )
            .where(llm_usage.c.at >= since, llm_usage.c.at < until)
            .group_by(day, llm_usage.c.model, llm_usage.c.purpose)
            .order_by(day.desc(), _cost.desc(), llm_usage.c.model, llm_usage.c.purpose)
        )
        result = await self._connection.execute(statement)
        return tuple(
            SpendLine(
                day=row[0].isoformat(),
                model=row[1],
                purpose=row[2],
                calls=row[3],
                prompt_tokens=row[4],
                cached_tokens=row[5],
                completion_tokens=row[6],
                cost=Decimal(row[7]),
                unknown_calls=row[8],
                estimated_calls=row[9],
            )
            for row in result
        )

    async def dearest(
        self, *, since: datetime, until: datetime, limit: int
    ) -> tuple[ClientSpend, ...]:
        calls = (
            select(llm_usage.c.client_id, func.count().label("calls"), _cost.label("cost"))
            .where(llm_usage.c.at >= since, llm_usage.c.at < until)
            .where(llm_usage.c.client_id.is_not(None))
            .group_by(llm_usage.c.client_id)
            .order_by(_cost.desc(), func.count().desc(), llm_usage.c.client_id)
            .limit(limit)
            .subquery()
        )
        name = func.trim(users.c.first_name + " " + users.c.last_name)
        statement = (
            select(calls.c.client_id, name, calls.c.calls, calls.c.cost)
            .join(users, users.c.id == calls.c.client_id)
            .order_by(calls.c.cost.desc(), calls.c.calls.desc(), calls.c.client_id)
        )
        result = await self._connection.execute(statement)
        return tuple(ClientSpend(row[0], row[1], row[2], Decimal(row[3])) for row in result)


class PgPromptRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def current(self, name: str) -> PromptVersion | None:
        versions = await self._listed(name, limit=1)
        return versions[0] if versions else None

    async def versions(self, name: str) -> tuple[PromptVersion, ...]:
        return await self._listed(name)

    async def add(self, name: str, text: str | None, *, by: str, now: datetime) -> PromptVersion:
        newest = select(func.coalesce(func.max(prompt_versions.c.version), 0) + 1).where(
            prompt_versions.c.name == name
        )
        statement = (
            insert(prompt_versions)
            .values(
                name=name,
                version=newest.scalar_subquery(),
                text=text,
                created_at=now,
                created_by=by,
            )
            .returning(prompt_versions.c.version)
        )
        version = int((await self._connection.execute(statement)).scalar_one())
        return PromptVersion(name, version, text, now, by)

    async def _listed(self, name: str, limit: int | None = None) -> tuple[PromptVersion, ...]:
        columns = (
            prompt_versions.c.name,
            prompt_versions.c.version,
            prompt_versions.c.text,
            prompt_versions.c.created_at,
            prompt_versions.c.created_by,
        )
        statement = (
            select(*columns)
            .where(prompt_versions.c.name == name)
            .order_by(prompt_versions.c.version.desc())
            .limit(limit)
        )
        result = await self._connection.execute(statement)
        return tuple(PromptVersion(*row) for row in result)
