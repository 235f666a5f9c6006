"""Clients: profiles, activity, consents, journeys, opting out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    RowMapping,
    Select,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.activity import Activity, ActivityFilter
from candor.clients.consent import Consent, ConsentPurpose
from candor.clients.profile import ClientProfile
from candor.common.ids import ClientId, TelegramUserId
from candor.common.llm import Language
from candor.storage.lean import lean
from candor.storage.repositories.paging import COUNTED_AT_MOST
from candor.storage.tables.clients import user_activity_log, user_consents, users


def profile_of(row: RowMapping, prefix: str = "") -> ClientProfile:
    """A profile from a row whose columns of `users` carry `prefix`."""
    return ClientProfile(
        id=ClientId(row[prefix + "id"]),
        telegram_user_id=TelegramUserId(row[prefix + "telegram_user_id"]),
        first_name=row[prefix + "first_name"],
        last_name=row[prefix + "last_name"],
        username=row[prefix + "username"] or None,
        language=row[prefix + "language"],
        created_at=row[prefix + "created_at"],
        last_seen_at=row[prefix + "last_seen_at"],
        time_zone=row[prefix + "time_zone"],
        opted_out_at=row[prefix + "opted_out_at"],
        is_bot=row[prefix + "is_bot"],
    )


class PgUserRepository:
    """The outline's UserRepository."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, client_id: ClientId) -> ClientProfile | None:
        return await self._one(users.c.id == client_id)

    async def find(self, telegram_user_id: TelegramUserId) -> ClientProfile | None:
        """The person, also by an account that was merged into another one."""
        account = users.alias("account")
        whose = (
            select(func.coalesce(account.c.merged_into, account.c.id))
            .where(account.c.telegram_user_id == telegram_user_id)
            .scalar_subquery()
        )
        return await self._one(users.c.id == whose)

    async def telegram_ids_of(self, client_id: ClientId) -> tuple[TelegramUserId, ...]:
        rows = await self._connection.scalars(
            select(users.c.telegram_user_id)
            .where(or_(users.c.id == client_id, users.c.merged_into == client_id))
            .order_by(users.c.id)
        )
        return tuple(TelegramUserId(row) for row in rows)

    async def set_language(self, client_id: ClientId, language: Language) -> None:
        await self._set(client_id, language=language)

    async def set_time_zone(self, client_id: ClientId, time_zone: str) -> None:
        await self._set(client_id, time_zone=time_zone)

    async def _one(self, condition: Any) -> ClientProfile | None:
        found = await self._connection.execute(select(users).where(condition))
        row = found.mappings().first()
        return profile_of(row) if row else None

    async def _set(self, client_id: ClientId, **values: str) -> None:
        await self._connection.execute(update(users).where(users.c.id == client_id).values(values))


class PgActivityLog:
    """`user_activity_log`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def record(self, activity: Activity) -> None:
        await self._connection.execute(
            insert(user_activity_log).values(
                at=activity.at,
                kind=activity.kind,
                level=activity.level,
                client_id=activity.client_id,
                account_id=activity.account_id,
                conversation_id=activity.conversation_id,
                details=dict(activity.details),
            )
        )

    async def page(
        self, wanted: ActivityFilter, *, limit: int, offset: int = 0
    ) -> tuple[Sequence[Activity], int]:
        conditions = _activity_conditions(wanted)
        log = user_activity_log
        rows = await self._connection.execute(
            select(log).where(*conditions).order_by(log.c.id.desc()).limit(limit).offset(offset)
        )
        counted: Select[Any] = select(literal_column("1")).select_from(log).where(*conditions)
        total = await self._connection.scalar(
            select(func.count()).select_from(counted.limit(COUNTED_AT_MOST).subquery())
        )
        return tuple(Activity(**row) for row in rows.mappings()), int(total or 0)


def _activity_conditions(wanted: ActivityFilter) -> list[Any]:
    log = user_activity_log
    exact = {
        log.c.kind: wanted.kind,
        log.c.account_id: wanted.account_id,
        log.c.client_id: wanted.client_id,
        log.c.conversation_id: wanted.conversation_id,
        log.c.level: wanted.level,
    }
    conditions = [field == value for field, value in exact.items() if value is not None]
    if wanted.q:
        pattern = f"%{escape_like(wanted.q)}%"
        conditions.append(
            or_(log.c.kind.ilike(pattern), log.c.details.cast(users.c.username.type).ilike(pattern))
        )
    return conditions


def escape_like(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


class PgConsentRepository:
    """`user_consents`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def grant(self, consent: Consent) -> int:
        """In place of the standing one for that purpose, which is thereby withdrawn."""
        values = {name: getattr(consent, name) for name in _GRANTED}
        row = await self._connection.execute(_GRANT, values)
        # Apart: after waiting for another's change it sees what that left.
        await note_standing_consents(self._connection, consent.client_id)
        return int(row.scalar_one())

    async def withdraw(
        self, client_id: ClientId, *, now: datetime, purpose: ConsentPurpose | None = None
    ) -> int:
        conditions = [
            user_consents.c.client_id == client_id,
            user_consents.c.withdrawn_at.is_(None),
        ]
        if purpose is not None:
            conditions.append(user_consents.c.purpose == purpose)
        done = await self._connection.execute(
            update(user_consents)
            .where(*conditions)
            .values(withdrawn_at=func.greatest(now, user_consents.c.granted_at))
        )
        if done.rowcount:
            await note_standing_consents(self._connection, client_id)
        return done.rowcount

    async def standing(self, client_id: ClientId, purpose: ConsentPurpose) -> Consent | None:
        found = await self._connection.execute(
            _STANDING, {"client": client_id, "of_purpose": purpose}
        )
        row = found.mappings().first()
        return Consent(**row) if row else None

    async def of_client(self, client_id: ClientId) -> Sequence[Consent]:
        rows = await self._connection.execute(
            select(user_consents)
            .where(user_consents.c.client_id == client_id)
            .order_by(user_consents.c.id.desc())
        )
        return tuple(Consent(**row) for row in rows.mappings())


async def note_standing_consents(connection: AsyncConnection, client_id: ClientId) -> None:
    """Writes down at the client which purposes stand, for the lists; call it after every change."""
    await connection.execute(_NOTE_CONSENTS, {"client": client_id})


_GRANTED = (
    "client_id",
    "purpose",
    "basis",
    "text_version",
    "text",
    "source",
    "purchase",
    "granted_at",
)
_GRANT = lean(
    text(
        f"""
    WITH withdrawn AS (
        UPDATE user_consents SET withdrawn_at = GREATEST(:granted_at, granted_at)
        WHERE client_id = :client_id AND purpose = :purpose AND withdrawn_at IS NULL RETURNING id
    ), granted AS (
        INSERT INTO user_consents ({", ".join(_GRANTED)})
        SELECT {", ".join(f":{name}" for name in _GRANTED)}
        WHERE (SELECT count(*) FROM withdrawn) >= 0 RETURNING id
    )
    SELECT id FROM granted
    """
    )
)
_STANDING = lean(
    select(user_consents).where(
        user_consents.c.client_id == bindparam("client", None),
        user_consents.c.purpose == bindparam("of_purpose", None),
        user_consents.c.withdrawn_at.is_(None),
    )
)
_NOTE_CONSENTS = lean(
    text(
        """
    UPDATE users SET consents = standing.purposes FROM (
        SELECT COALESCE(array_agg(purpose ORDER BY purpose), '{}') AS purposes FROM user_consents
        WHERE client_id = :client AND withdrawn_at IS NULL
    ) AS standing
    WHERE users.id = :client AND users.consents <> standing.purposes
    """
    )
)
_OPT_OUT = text(
    """
    WITH person AS (
        UPDATE users SET opted_out_at = COALESCE(opted_out_at, :now)
        WHERE id = :client OR merged_into = :client RETURNING id
    ), locked AS (
        UPDATE chats SET version = version + 1 FROM person WHERE client_id = person.id
        RETURNING chats.id
    ), remembered AS (
        INSERT INTO opt_outs (hash, at) SELECT hash, :now
        FROM unnest(CAST(:hashes AS bytea[])) AS hash WHERE EXISTS (SELECT 1 FROM person)
        ON CONFLICT (hash) DO NOTHING
    )
    UPDATE client_conversations SET handling = 'opted_out', handling_since = :now,
        handling_reason = '', operator_id = NULL, waiting_since = NULL
    FROM locked WHERE chat = locked.id AND handling <> 'opted_out'
    """
)
_SETTLE_OPTED_OUT = text(
    """
    UPDATE conversation_messages m SET answered_at = :now FROM client_conversations v
    WHERE v.client_id = :client AND m.conversation_id = v.id
      AND m.direction = 'in' AND m.answered_at IS NULL
    """
)


class PgClientStates:
    """Opting out, over all chats of a client. Locks in the order users, chats, conversations."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def opt_out(self, client_id: ClientId, *, hashes: Sequence[bytes], now: datetime) -> bool:
        values = {"client": client_id, "hashes": list(hashes), "now": now}
        done = await self._connection.execute(_OPT_OUT, values)
        await self._connection.execute(_SETTLE_OPTED_OUT, {"client": client_id, "now": now})
        return done.rowcount > 0
