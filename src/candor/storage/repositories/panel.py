"""Operators, their sessions, API tokens, failed sign-ins, and settings changed in the panel."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.accounts.ports import Place, SealedValue
from candor.common.ids import OperatorId
from candor.common.operators import (
    ApiToken,
    NewOperator,
    Operator,
    OperatorRole,
    PanelSession,
    SettingOverride,
    SignInAttempts,
)
from candor.storage.tables.panel import (
    api_tokens,
    operators,
    panel_sessions,
    setting_overrides,
    sign_in_attempts,
)


def second_factor_place(operator_id: int) -> Place:
    """Where a second factor lies; its ciphertext is bound to it."""
    return Place("operators", operator_id, "sealed_totp")


def _operator(row: RowMapping) -> Operator:
    values: dict[str, Any] = dict(row)
    values["recovery_hashes"] = tuple(values["recovery_hashes"])
    return Operator(**values)


def _token(row: RowMapping) -> ApiToken:
    return ApiToken(**{key: row[key] for key in ApiToken.__slots__})


class PgOperatorRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, new: NewOperator, *, now: datetime) -> Operator | None:
        statement = (
            insert(operators)
            .values(
                email=new.email.lower(),
                role=new.role,
                password_hash=new.password_hash,
                language=new.language,
                must_change_password=new.must_change_password,
                created_at=now,
            )
            .on_conflict_do_nothing(index_elements=["email"])
            .returning(operators)
        )
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else _operator(row)

    async def get(self, operator_id: OperatorId) -> Operator | None:
        return await self._one(operators.c.id == operator_id)

    async def find(self, email: str) -> Operator | None:
        return await self._one(operators.c.email == email.lower())

    async def _one(self, condition: Any) -> Operator | None:
        result = await self._connection.execute(select(operators).where(condition))
        row = result.mappings().one_or_none()
        return None if row is None else _operator(row)

    async def all(self) -> tuple[Operator, ...]:
        result = await self._connection.execute(select(operators).order_by(operators.c.email))
        return tuple(_operator(row) for row in result.mappings())

    async def has_any(self) -> bool:
        found = await self._connection.scalar(select(operators.c.id).limit(1))
        return found is not None

    async def save(self, operator: Operator) -> None:
        await self._connection.execute(
            update(operators)
            .where(operators.c.id == operator.id)
            .values(
                role=operator.role,
                password_hash=operator.password_hash,
                language=operator.language,
                name=operator.name,
                is_disabled=operator.is_disabled,
                must_change_password=operator.must_change_password,
                sealed_totp=operator.sealed_totp,
                totp_step=operator.totp_step,
                recovery_hashes=list(operator.recovery_hashes),
                last_sign_in_at=operator.last_sign_in_at,
            )
        )

    async def outdated(self, *, key_id: bytes, limit: int) -> Sequence[SealedValue]:
        """Second factors not sealed under `key_id`: for the rotation of keys."""
        column = operators.c.sealed_totp
        result = await self._connection.execute(
            select(operators.c.id, column)
            .where(column.is_not(None), func.substring(column, 2, 4) != key_id)
            .order_by(operators.c.id)
            .limit(limit)
        )
        return tuple(
            SealedValue(second_factor_place(row.id), bytes(row.sealed_totp)) for row in result
        )

    async def replace(self, value: SealedValue, *, sealed: bytes, lookup: bytes | None) -> bool:
        result = await self._connection.execute(
            update(operators)
            .where(operators.c.id == value.place.row, operators.c.sealed_totp == value.sealed)
            .values(sealed_totp=sealed)
        )
        return bool(result.rowcount)

    async def count_active_owners(self) -> int:
        statement = (
            select(operators.c.id)
            .where(operators.c.role == "owner", operators.c.is_disabled.is_(False))
            .order_by(operators.c.id)
            .with_for_update()
        )
        return len((await self._connection.execute(statement)).all())


class PgPanelSessionRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, session: PanelSession) -> PanelSession:
        statement = (
            insert(panel_sessions)
            .values(
                operator_id=session.operator_id,
                token_hash=session.token_hash,
                created_at=session.created_at,
                seen_at=session.seen_at,
                ip=session.ip,
                user_agent=session.user_agent,
                is_complete=session.is_complete,
            )
            .returning(panel_sessions)
        )
        return PanelSession(**(await self._connection.execute(statement)).mappings().one())

    async def find(self, token_hash: str) -> PanelSession | None:
        result = await self._connection.execute(
            select(panel_sessions).where(panel_sessions.c.token_hash == token_hash)
        )
        row = result.mappings().one_or_none()
        return None if row is None else PanelSession(**row)

    async def touch(self, session_id: int, *, now: datetime) -> None:
        await self._connection.execute(
            update(panel_sessions).where(panel_sessions.c.id == session_id).values(seen_at=now)
        )

    async def of_operator(self, operator_id: OperatorId) -> tuple[PanelSession, ...]:
        result = await self._connection.execute(
            select(panel_sessions)
            .where(panel_sessions.c.operator_id == operator_id)
            .order_by(panel_sessions.c.seen_at.desc())
        )
        return tuple(PanelSession(**row) for row in result.mappings())

    async def remove(self, session_id: int) -> bool:
        result = await self._connection.execute(
            delete(panel_sessions).where(panel_sessions.c.id == session_id)
        )
        return bool(result.rowcount)

    async def remove_of_operator(
        self, operator_id: OperatorId, *, except_for: int | None = None
    ) -> int:
        statement = delete(panel_sessions).where(panel_sessions.c.operator_id == operator_id)
        if except_for is not None:
            statement = statement.where(panel_sessions.c.id != except_for)
        return int((await self._connection.execute(statement)).rowcount)

    async def remove_stale(self, *, seen_before: datetime, made_before: datetime) -> int:
        statement = delete(panel_sessions).where(
            (panel_sessions.c.seen_at < seen_before) | (panel_sessions.c.created_at < made_before)
        )
        return int((await self._connection.execute(statement)).rowcount)


class PgApiTokenRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self, name: str, role: OperatorRole, token_hash: str, *, created_by: str, now: datetime
    ) -> ApiToken | None:
        statement = (
            insert(api_tokens)
            .values(
                name=name, role=role, token_hash=token_hash, created_by=created_by, created_at=now
            )
            .on_conflict_do_nothing()
            .returning(api_tokens)
        )
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else _token(row)

    async def find(self, token_hash: str) -> ApiToken | None:
        result = await self._connection.execute(
            select(api_tokens).where(
                api_tokens.c.token_hash == token_hash, api_tokens.c.revoked_at.is_(None)
            )
        )
        row = result.mappings().one_or_none()
        return None if row is None else _token(row)

    async def all(self) -> tuple[ApiToken, ...]:
        result = await self._connection.execute(
            select(api_tokens).order_by(api_tokens.c.revoked_at.desc(), api_tokens.c.name)
        )
        return tuple(_token(row) for row in result.mappings())

    async def touch(self, token_id: int, *, now: datetime) -> None:
        await self._connection.execute(
            update(api_tokens).where(api_tokens.c.id == token_id).values(last_used_at=now)
        )

    async def revoke(self, name: str, *, now: datetime) -> bool:
        result = await self._connection.execute(
            update(api_tokens)
            .where(api_tokens.c.name == name, api_tokens.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        return bool(result.rowcount)


class PgSignInGuardRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, keys: Sequence[str]) -> tuple[SignInAttempts, ...]:
        table = sign_in_attempts
        result = await self._connection.execute(
            select(table.c.key, table.c.failures, table.c.blocked_until).where(
                table.c.key.in_(keys)
            )
        )
        return tuple(SignInAttempts(**row) for row in result.mappings())

    async def record_failure(self, key: str, *, now: datetime, forget_after: timedelta) -> int:
        table = sign_in_attempts
        # A row that is old enough to be forgotten starts again at one.
        failures = case((table.c.last_at >= now - forget_after, table.c.failures + 1), else_=1)
        statement = (
            insert(table)
            .values(key=key, failures=1, last_at=now)
            .on_conflict_do_update(
                index_elements=["key"], set_={"failures": failures, "last_at": now}
            )
            .returning(table.c.failures)
        )
        return int((await self._connection.execute(statement)).scalar_one())

    async def block(self, key: str, *, until: datetime) -> None:
        await self._connection.execute(
            update(sign_in_attempts)
            .where(sign_in_attempts.c.key == key)
            .values(blocked_until=until)
        )

    async def clear(self, key: str) -> None:
        await self._connection.execute(
            delete(sign_in_attempts).where(sign_in_attempts.c.key == key)
        )


class PgSettingOverrideRepository:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, key: str) -> SettingOverride | None:
        result = await self._connection.execute(
            select(setting_overrides).where(setting_overrides.c.key == key)
        )
        row = result.mappings().one_or_none()
        return None if row is None else SettingOverride(**row)

    async def all(self) -> tuple[SettingOverride, ...]:
        result = await self._connection.execute(
            select(setting_overrides).order_by(setting_overrides.c.key)
        )
        return tuple(SettingOverride(**row) for row in result.mappings())

    async def put(self, override: SettingOverride) -> None:
        values = {
            "value": override.value,
            "updated_at": override.updated_at,
            "updated_by": override.updated_by,
        }
        await self._connection.execute(
            insert(setting_overrides)
            .values(key=override.key, **values)
            .on_conflict_do_update(index_elements=["key"], set_=values)
        )

    async def remove(self, key: str) -> None:
        await self._connection.execute(
            delete(setting_overrides).where(setting_overrides.c.key == key)
        )
