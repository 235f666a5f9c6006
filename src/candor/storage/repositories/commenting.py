"""`ChannelRepository` in PostgreSQL: channels, permissions, standings, legal sign-offs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, RowMapping, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.commenting.channel import (
    Audience,
    Channel,
    ChannelDraft,
    Hours,
    LegalSignOff,
    Permission,
    PermissionId,
    Proof,
    Scope,
    Standing,
)
from candor.commenting.paging import Page
from candor.common.errors import ConflictError
from candor.common.ids import (
    AccountId,
    ChannelId,
    OperatorId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.storage.lean import lean
from candor.storage.tables.commenting import (
    channel_permissions,
    channel_standings,
    legal_sign_offs,
    telegram_channels,
)

_C = telegram_channels.c
_P = channel_permissions.c
_PERMISSION_COLUMNS = tuple(column.label(f"p_{column.name}") for column in channel_permissions.c)
_ALL_CHANNELS = select(telegram_channels, *_PERMISSION_COLUMNS).select_from(
    telegram_channels.outerjoin(
        channel_permissions, (_P.channel_id == _C.id) & _P.revoked_at.is_(None)
    )
)
_CHANNELS = _ALL_CHANNELS.where(_C.removed_at.is_(None))
_BY_ID = lean(_CHANNELS.where(_C.id == bindparam("id", None)))
_BY_CHAT = lean(_CHANNELS.where(_C.chat_id == bindparam("chat_id", None)))
_LOCK = lean(select(_C.id).where(_C.id == bindparam("id", None)).with_for_update())


class PgChannelRepository:
    """The channels of the business with their standing permission."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, draft: ChannelDraft, *, code: str, now: datetime) -> Channel | None:
        values = _settings(draft) | {"grant_code": code, "created_at": now, "updated_at": now}
        made = await self._connection.execute(
            upsert(telegram_channels).values(values).on_conflict_do_nothing().returning(_C.id)
        )
        number = made.scalar_one_or_none()
        return await self._existing(ChannelId(number)) if number is not None else None

    async def get(self, channel_id: ChannelId, *, for_update: bool = False) -> Channel | None:
        if for_update:
            await self._connection.execute(_LOCK, {"id": channel_id})
        return await self._only(_BY_ID, {"id": channel_id})

    async def many(self, channel_ids: Sequence[ChannelId]) -> dict[ChannelId, Channel]:
        rows = await self._connection.execute(_ALL_CHANNELS.where(_C.id.in_(channel_ids)))
        found = [_channel(row) for row in rows.mappings()]
        return {channel.id: channel for channel in found}

    async def of_username(self, username: str) -> Channel | None:
        return await self._one(func.lower(_C.username) == username.lower())

    async def of_chat(self, chat_id: TelegramChatId) -> Channel | None:
        return await self._only(_BY_CHAT, {"chat_id": chat_id})

    async def of_discussion(self, chat_id: TelegramChatId) -> tuple[Channel, ...]:
        rows = await self._connection.execute(
            _CHANNELS.where(_C.discussion_chat_id == chat_id).order_by(_C.id)
        )
        return tuple(_channel(row) for row in rows.mappings())

    async def of_code(self, code: str, *, for_update: bool = False) -> Channel | None:
        found = await self._one(_C.grant_code == code)
        if found is None or not for_update:
            return found
        locked = await self.get(found.id, for_update=True)
        return locked if locked and locked.grant_code == code else None

    async def page(self, page: Page) -> tuple[tuple[Channel, ...], int]:
        rows = await self._connection.execute(
            _CHANNELS.order_by(_C.id).limit(page.size).offset(page.offset)
        )
        total = await self._connection.execute(
            select(func.count()).select_from(telegram_channels).where(_C.removed_at.is_(None))
        )
        return tuple(_channel(row) for row in rows.mappings()), total.scalar_one()

    async def change(
        self, channel_id: ChannelId, draft: ChannelDraft, *, code: str, now: datetime
    ) -> None:
        await self._set(channel_id, _settings(draft) | {"grant_code": code, "updated_at": now})

    async def remove(self, channel_id: ChannelId, *, now: datetime) -> None:
        await self._set(channel_id, {"removed_at": now, "is_monitored": False, "updated_at": now})

    async def identify(
        self,
        channel_id: ChannelId,
        *,
        username: str | None,
        title: str,
        chat_id: TelegramChatId,
        discussion_chat_id: TelegramChatId | None,
        slow_mode_seconds: int,
        problem: str,
        now: datetime,
    ) -> None:
        other = await self.of_chat(chat_id)
        if other is not None and other.id != channel_id:
            raise ConflictError("This channel is in the list already, under another entry.")
        values = {
            "username": username,
            "title": title,
            "chat_id": chat_id,
            "discussion_chat_id": discussion_chat_id,
            "slow_mode_seconds": slow_mode_seconds,
            "problem": problem,
            "checked_at": now,
            "updated_at": now,
        }
        await self._set(channel_id, values)

    async def note_problem(self, channel_id: ChannelId, problem: str, *, now: datetime) -> None:
        await self._set(channel_id, {"problem": problem, "checked_at": now})

    async def read_to(self, channel_id: ChannelId, message_id: TelegramMessageId) -> None:
        await self._set(
            channel_id,
            {"history_read_to": func.greatest(func.coalesce(_C.history_read_to, 0), message_id)},
        )

    async def pause(self, channel_id: ChannelId, reason: str, *, now: datetime) -> None:
        await self._set(
            channel_id,
            {"paused_at": func.coalesce(_C.paused_at, now), "pause_reason": reason[:500]},
        )

    async def resume(self, channel_id: ChannelId, *, now: datetime) -> None:
        await self._set(channel_id, {"paused_at": None, "pause_reason": "", "updated_at": now})

    async def grant(
        self,
        channel_id: ChannelId,
        *,
        granted_by: str,
        granted_by_id: TelegramUserId,
        scope: Scope,
        proof: Proof,
        expires_at: datetime,
        now: datetime,
    ) -> PermissionId:
        await self.revoke(channel_id, by=granted_by, reason="renewed by a newer grant", now=now)
        made = await self._connection.execute(
            insert(channel_permissions)
            .values(
                channel_id=channel_id,
                granted_by=granted_by,
                granted_by_id=granted_by_id,
                granted_at=now,
                scope=asdict(scope),
                proof=asdict(proof) | {"verified_at": proof.verified_at.isoformat()},
                expires_at=expires_at,
            )
            .returning(_P.id)
        )
        return PermissionId(made.scalar_one())

    async def revoke(
        self, channel_id: ChannelId, *, by: str, reason: str, now: datetime
    ) -> Permission | None:
        ended = await self._connection.execute(
            update(channel_permissions)
            .where(_P.channel_id == channel_id, _P.revoked_at.is_(None))
            .values(revoked_at=now, revoked_by=by, revoke_reason=reason)
            .returning(*_PERMISSION_COLUMNS)
        )
        row = ended.mappings().one_or_none()
        return _permission(row) if row else None

    async def permissions_of(self, channel_id: ChannelId) -> tuple[Permission, ...]:
        rows = await self._connection.execute(
            select(*_PERMISSION_COLUMNS)
            .where(_P.channel_id == channel_id)
            .order_by(_P.id.desc())
            .limit(100)
        )
        return tuple(_permission(row) for row in rows.mappings())

    async def put_standing(self, standing: Standing) -> None:
        values = asdict(standing)
        keys = ("channel_id", "account_id")
        fresh = {name: value for name, value in values.items() if name not in keys}
        await self._connection.execute(
            upsert(channel_standings)
            .values(values)
            .on_conflict_do_update(index_elements=list(keys), set_=fresh)
        )

    async def standings_of(self, channel_id: ChannelId) -> tuple[Standing, ...]:
        rows = await self._connection.execute(
            select(channel_standings)
            .where(channel_standings.c.channel_id == channel_id)
            .order_by(channel_standings.c.account_id)
        )
        return tuple(
            Standing(
                ChannelId(row.channel_id),
                AccountId(row.account_id),
                row.can_see_posts,
                row.can_write,
                row.verified_at,
                row.left_at,
            )
            for row in rows
        )

    async def sign_off(self, audience: Audience, *, at: datetime) -> LegalSignOff | None:
        columns = legal_sign_offs.c
        rows = await self._connection.execute(
            select(legal_sign_offs)
            .where(
                columns.audience == audience,
                columns.signed_at <= at,
                columns.expires_at > at,
                or_(columns.revoked_at.is_(None), columns.revoked_at > at),
            )
            .order_by(columns.signed_at.desc())
            .limit(1)
        )
        row = rows.mappings().one_or_none()
        return _sign_off(row) if row else None

    async def add_sign_off(self, sign_off: LegalSignOff) -> None:
        await self._connection.execute(insert(legal_sign_offs).values(asdict(sign_off)))

    async def withdraw_sign_offs(self, audience: Audience, *, now: datetime) -> None:
        columns = legal_sign_offs.c
        await self._connection.execute(
            update(legal_sign_offs)
            .where(columns.audience == audience, columns.revoked_at.is_(None))
            .values(revoked_at=now)
        )

    async def _one(self, condition: Any) -> Channel | None:
        return await self._only(_CHANNELS.where(condition).limit(1), {})

    async def _only(self, query: Executable, values: Mapping[str, object]) -> Channel | None:
        rows = await self._connection.execute(query, values)
        row = rows.mappings().one_or_none()
        return _channel(row) if row else None

    async def _existing(self, channel_id: ChannelId) -> Channel:
        rows = await self._connection.execute(_CHANNELS.where(_C.id == channel_id))
        return _channel(rows.mappings().one())

    async def _set(self, channel_id: ChannelId, values: Mapping[str, object]) -> None:
        await self._connection.execute(
            update(telegram_channels).where(_C.id == channel_id).values(values)
        )


def _settings(draft: ChannelDraft) -> dict[str, object]:
    return {
        "username": draft.username,
        "title": draft.title,
        "is_monitored": draft.is_monitored,
        "is_own": draft.is_own,
        "comment_mode": draft.comment_mode,
        "daily_cap": draft.daily_cap,
        "topics": list(draft.topics),
        "avoid": list(draft.avoid),
        "timezone": draft.hours.timezone,
        "quiet_from": draft.hours.quiet_from,
        "quiet_until": draft.hours.quiet_until,
        "audience": draft.audience,
        "offered": asdict(draft.offered),
    }


def _scope(value: Mapping[str, Any]) -> Scope:
    return Scope(
        mode=value["mode"],
        max_per_day=value["max_per_day"],
        topics=tuple(value["topics"]),
        may_link=value["may_link"],
    )


def _permission(row: RowMapping) -> Permission:
    proof = row["p_proof"]
    return Permission(
        id=PermissionId(row["p_id"]),
        channel_id=ChannelId(row["p_channel_id"]),
        granted_by=row["p_granted_by"],
        granted_by_id=TelegramUserId(row["p_granted_by_id"]),
        granted_at=row["p_granted_at"],
        scope=_scope(row["p_scope"]),
        proof=Proof(**(proof | {"verified_at": datetime.fromisoformat(proof["verified_at"])})),
        expires_at=row["p_expires_at"],
        revoked_at=row["p_revoked_at"],
        revoked_by=row["p_revoked_by"],
        revoke_reason=row["p_revoke_reason"],
    )


def _channel(row: RowMapping) -> Channel:
    return Channel(
        id=ChannelId(row["id"]),
        username=row["username"],
        title=row["title"],
        is_monitored=row["is_monitored"],
        comment_mode=row["comment_mode"],
        daily_cap=row["daily_cap"],
        topics=tuple(row["topics"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        chat_id=row["chat_id"],
        discussion_chat_id=row["discussion_chat_id"],
        is_own=row["is_own"],
        avoid=tuple(row["avoid"]),
        hours=Hours(row["timezone"], row["quiet_from"], row["quiet_until"]),
        audience=row["audience"],
        grant_code=row["grant_code"],
        offered=_scope(row["offered"]),
        paused_at=row["paused_at"],
        pause_reason=row["pause_reason"],
        problem=row["problem"],
        checked_at=row["checked_at"],
        slow_mode_seconds=row["slow_mode_seconds"],
        history_read_to=row["history_read_to"],
        permission=_permission(row) if row["p_id"] is not None else None,
    )


def _sign_off(row: RowMapping) -> LegalSignOff:
    return LegalSignOff(
        audience=row["audience"],
        signed_by=row["signed_by"],
        role=row["role"],
        contact=row["contact"],
        basis=row["basis"],
        signed_at=row["signed_at"],
        expires_at=row["expires_at"],
        operator_id=OperatorId(row["operator_id"]) if row["operator_id"] is not None else None,
        advertiser=row["advertiser"],
        advertiser_id=row["advertiser_id"],
        ad_operator=row["ad_operator"],
        erid=row["erid"],
        revoked_at=row["revoked_at"],
    )
