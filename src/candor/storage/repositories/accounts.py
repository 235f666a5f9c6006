"""SQL of `telegram_account_sessions` and `account_personalities`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Column, Select, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.accounts.account import (
    Account,
    AccountKind,
    AccountStatus,
    Personality,
)
from candor.accounts.ports import (
    NewAccount,
    PendingLogin,
    Place,
    SealedValue,
)
from candor.common.errors import ConflictError
from candor.common.ids import AccountId, TelegramUserId
from candor.disclosure.profile import AccountRole
from candor.storage.tables.accounts import (
    account_personalities,
    telegram_account_sessions,
)

_sessions = telegram_account_sessions.c
_SEALED: Final = ("secret", "phone", "login")
_KEY_ID_AT: Final = 2
"""Where the key's id stands in a ciphertext: behind one format byte, counted from 1."""
_NOTHING: Final[dict[str, Any]] = {
    "secret": None,
    "phone": None,
    "phone_hash": None,
    "login": None,
    "login_step": None,
    "login_expires_at": None,
}


class PgAccountRepository:
    """`candor.accounts.ports.AccountRepository`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def next_id(self) -> AccountId:
        sequence = text("SELECT nextval(pg_get_serial_sequence('telegram_account_sessions', 'id'))")
        return AccountId(int((await self._connection.execute(sequence)).scalar_one()))

    async def add(self, account: NewAccount) -> Account:
        row = {field: getattr(account, field) for field in NewAccount.__dataclass_fields__}
        try:
            await self._connection.execute(
                telegram_account_sessions.insert().values(**row, status_at=account.created_at)
            )
        except IntegrityError as error:
            raise ConflictError("This account has been added already.") from error
        found = await self.find(account.id)
        if found is None:
            raise ConflictError
        return found

    async def find(self, account_id: AccountId, *, for_update: bool = False) -> Account | None:
        statement = _accounts().where(_sessions.id == account_id, _sessions.removed_at.is_(None))
        if for_update:
            statement = statement.with_for_update(of=telegram_account_sessions)
        return await self._one(statement)

    async def find_by_telegram_id(
        self, kind: AccountKind, telegram_id: TelegramUserId
    ) -> Account | None:
        return await self._one(
            _accounts().where(_sessions.kind == kind, _sessions.telegram_id == telegram_id)
        )

    async def find_business(self, connection_id: str) -> Account | None:
        return await self._one(_accounts().where(_sessions.business_connection_id == connection_id))

    async def find_by_phone(self, hashes: Sequence[bytes]) -> Account | None:
        return await self._one(
            _accounts().where(_sessions.phone_hash.in_(hashes), _sessions.removed_at.is_(None))
        )

    async def list_all(self) -> tuple[Account, ...]:
        rows = await self._connection.execute(
            _accounts().where(_sessions.removed_at.is_(None)).order_by(_sessions.id)
        )
        return tuple(_account(row) for row in rows)

    async def secret_of(self, account_id: AccountId) -> bytes | None:
        return await self._sealed(_sessions.secret, account_id)

    async def phone_of(self, account_id: AccountId) -> bytes | None:
        return await self._sealed(_sessions.phone, account_id)

    async def keep_secret(self, account_id: AccountId, sealed: bytes) -> None:
        await self._change(account_id, secret=sealed)

    async def identify(
        self, account_id: AccountId, *, telegram_id: TelegramUserId, username: str | None
    ) -> None:
        await self._change(account_id, telegram_id=telegram_id, username=username)

    async def set_status(
        self,
        account_id: AccountId,
        status: AccountStatus,
        *,
        reason: str | None = None,
        at: datetime,
    ) -> None:
        await self._change(account_id, status=status, pause_reason=reason, status_at=at)

    async def mark_labelled(self, account_id: AccountId, at: datetime | None) -> None:
        values: dict[str, Any] = {"disclosed_at": at}
        if at is None:
            values["status"] = "unlabelled"
        await self._change(account_id, **values)

    async def rename(
        self, account_id: AccountId, *, title: str, role: AccountRole, at: datetime
    ) -> None:
        await self._change(account_id, title=title, role=role)

    async def keep_phone(
        self, account_id: AccountId, *, sealed: bytes, lookup: bytes, masked: str
    ) -> None:
        await self._change(account_id, phone=sealed, phone_hash=lookup, phone_masked=masked)

    async def keep_login(self, account_id: AccountId, login: PendingLogin | None) -> None:
        await self._change(
            account_id,
            login=login.sealed if login else None,
            login_step=login.step if login else None,
            login_expires_at=login.expires_at if login else None,
        )

    async def login_of(self, account_id: AccountId) -> PendingLogin | None:
        statement = select(_sessions.login, _sessions.login_step, _sessions.login_expires_at)
        row = (await self._connection.execute(statement.where(_sessions.id == account_id))).first()
        if row is None or row.login is None or row.login_step is None:
            return None
        return PendingLogin(row.login_step, row.login_expires_at, bytes(row.login))

    async def set_business(
        self,
        account_id: AccountId,
        *,
        connection_id: str,
        via_account_id: AccountId,
        can_reply: bool,
    ) -> None:
        await self._change(
            account_id,
            business_connection_id=connection_id,
            via_account_id=via_account_id,
            can_reply=can_reply,
        )

    async def forget_secrets(self, account_id: AccountId) -> None:
        await self._change(account_id, **_NOTHING, status="logged_out")

    async def remove(self, account_id: AccountId, at: datetime) -> None:
        await self._change(
            account_id,
            **_NOTHING,
            phone_masked=None,
            status="logged_out",
            status_at=at,
            removed_at=at,
        )

    async def revive(self, account_id: AccountId, *, title: str, role: AccountRole) -> None:
        await self._change(
            account_id,
            title=title,
            role=role,
            status="unlabelled",
            pause_reason=None,
            disclosed_at=None,
            removed_at=None,
        )

    # --- rotation

    async def outdated(self, *, key_id: bytes, limit: int) -> Sequence[SealedValue]:
        found: list[SealedValue] = []
        for name in _SEALED:
            column = telegram_account_sessions.c[name]
            statement = (
                select(_sessions.id, column.label("sealed"))
                .where(column.is_not(None), func.substr(column, _KEY_ID_AT, len(key_id)) != key_id)
                .order_by(_sessions.id)
                .limit(limit)
            )
            for row in await self._connection.execute(statement):
                place = Place("telegram_account_sessions", row.id, name)
                found.append(SealedValue(place, bytes(row.sealed), has_lookup=name == "phone"))
        return found

    async def replace(self, value: SealedValue, *, sealed: bytes, lookup: bytes | None) -> bool:
        column = telegram_account_sessions.c[value.place.column]
        values: dict[str, Any] = {value.place.column: sealed}
        if lookup is not None:
            values["phone_hash"] = lookup
        done = await self._connection.execute(
            update(telegram_account_sessions)
            .where(_sessions.id == value.place.row, column == value.sealed)
            .values(values)
        )
        return done.rowcount == 1

    # --- parts

    async def _sealed(self, column: Column[bytes], account_id: AccountId) -> bytes | None:
        statement = select(column).where(_sessions.id == account_id)
        found = (await self._connection.execute(statement)).scalar_one_or_none()
        return None if found is None else bytes(found)

    async def _one(self, statement: Select[Any]) -> Account | None:
        row = (await self._connection.execute(statement)).first()
        return None if row is None else _account(row)

    async def _change(self, account_id: AccountId, **values: Any) -> None:
        try:
            await self._connection.execute(
                update(telegram_account_sessions).where(_sessions.id == account_id).values(**values)
            )
        except IntegrityError as error:
            raise ConflictError(_why(error)) from error


class PgPersonalityRepository:
    """`candor.accounts.ports.PersonalityRepository`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, account_id: AccountId) -> Personality:
        statement = select(account_personalities.c.personality).where(
            account_personalities.c.account_id == account_id
        )
        return _personality((await self._connection.execute(statement)).scalar_one_or_none())

    async def save(self, account_id: AccountId, personality: Personality, at: datetime) -> None:
        values = {
            "name": personality.name,
            "personality": personality.as_json(),
            "is_active": True,
            "updated_at": at,
        }
        await self._connection.execute(
            insert(account_personalities)
            .values(account_id=account_id, **values)
            .on_conflict_do_update(index_elements=["account_id"], set_=values)
        )


def _accounts() -> Select[Any]:
    columns = [
        column for column in telegram_account_sessions.c if column.name not in ("secret", "phone")
    ]
    return select(*columns, account_personalities.c.personality).select_from(
        telegram_account_sessions.outerjoin(
            account_personalities, account_personalities.c.account_id == _sessions.id
        )
    )


def _account(row: Row[Any]) -> Account:
    return Account(
        id=AccountId(row.id),
        kind=row.kind,
        role=row.role,
        title=row.title,
        status=row.status,
        created_at=row.created_at,
        username=row.username,
        telegram_id=row.telegram_id,
        disclosed_at=row.disclosed_at,
        phone_masked=row.phone_masked,
        personality=_personality(row.personality),
        pause_reason=row.pause_reason,
        paused_at=row.status_at if row.status in ("paused", "restricted") else None,
        login_step=row.login_step,
        login_expires_at=row.login_expires_at,
        via_account_id=row.via_account_id,
        business_connection_id=row.business_connection_id,
        can_reply=row.can_reply,
    )


def _personality(stored: object) -> Personality:
    if not isinstance(stored, Mapping):
        return Personality()
    words = {
        name: tuple(str(item) for item in cast(Sequence[object], stored.get(name) or ()))
        for name in ("interests", "vocabulary", "phrases")
    }
    return Personality(
        name=str(stored.get("name") or ""),
        style=str(stored.get("style") or ""),
        tone=str(stored.get("tone") or ""),
        **words,
    )


def _why(error: IntegrityError) -> str:
    if "active_is_disclosed" in str(error.orig):
        return "An account without a verified AI label can't be active. Label it first."
    if "active_has_secret" in str(error.orig):
        return "This account has no token or session. Add it again."
    return "This is not possible in the account's state. Load it again."
