"""Study groups and the groups' messages."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    RowMapping,
    and_,
    delete,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.ids import (
    AccountId,
    ChatRowId,
    ClientId,
    ConversationId,
    GroupId,
    TelegramChatId,
    TelegramMessageId,
)
from candor.common.paging import Cut, Part
from candor.education.ports import Group, GroupMessage, GroupStatus, NewGroupMessage
from candor.storage.repositories.paging import part_by_number
from candor.storage.tables.clients import users
from candor.storage.tables.education import (
    STUCK,
    education_groups,
    group_messages,
    used_group_chats,
)

_OURS = ("teacher", "partner")
_OF_POOL = (education_groups.c.client_id.is_(None), education_groups.c.status == "preparing")
_MESSAGE_COLUMNS = [group_messages.c[name] for name in GroupMessage.__dataclass_fields__]
_GROUP_COLUMNS = [education_groups.c[name] for name in Group.__dataclass_fields__]

SOON_OUT = timedelta(minutes=1)
"""A text that has to wait longer than this (a limit, a stopped account) holds nobody up."""
_EARLIER_WORDS = text(
    """
    SELECT 1 FROM group_messages m
        JOIN outbox o ON o.purpose = 'group' AND o.subject = m.id
            AND o.status IN ('queued', 'sending')
        JOIN chats c ON c.id = o.chat
        JOIN telegram_account_sessions a ON a.id = o.account_id
    WHERE m.group_id = :group AND m.delivery IS NULL AND m.sender_type IN ('teacher', 'partner')
        AND (m.created_at, m.id) < (:planned, :row)
        AND a.status = 'active' AND c.blocked_at IS NULL
        AND COALESCE(c.free_at <= :soon, true)
    LIMIT 1
    """
)


_HELD_UP = text(
    """
    SELECT DISTINCT o.chat FROM group_messages said
        JOIN group_messages m ON m.group_id = said.group_id AND m.delivery IS NULL
            AND m.sender_type IN ('teacher', 'partner')
        JOIN outbox o ON o.purpose = 'group' AND o.subject = m.id AND o.status = 'queued'
            AND COALESCE(o.not_before <= :now, true)
        JOIN telegram_account_sessions a ON a.id = o.account_id AND a.status = 'active'
    WHERE said.id = :row AND m.account_id <> said.account_id
    """
)


class PgGroupRepository:
    """`education_groups`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, group: Group) -> Group:
        values = asdict(group)
        del values["id"]
        row = await self._connection.execute(
            insert(education_groups).values(**values).returning(*_GROUP_COLUMNS)
        )
        return _group(row.mappings().one())

    async def get(self, group_id: GroupId, *, for_update: bool = False) -> Group | None:
        return await self._one(education_groups.c.id == group_id, for_update=for_update)

    async def of_conversation(self, conversation_id: ConversationId) -> Group | None:
        return await self._one(
            education_groups.c.conversation_id == conversation_id, for_update=True
        )

    async def of_chat(self, chat_id: TelegramChatId, *, for_update: bool = False) -> Group | None:
        return await self._one(education_groups.c.chat_id == chat_id, for_update=for_update)

    async def of_client(self, client_id: ClientId) -> tuple[Group, ...]:
        query = (
            select(*_GROUP_COLUMNS)
            .where(
                education_groups.c.client_id == client_id,
                education_groups.c.status != "closed",
            )
            .with_for_update()
        )
        rows = (await self._connection.execute(query)).mappings().all()
        return tuple(_group(row) for row in rows)

    async def take_prepared(self, account_id: AccountId) -> Group | None:
        query = (
            select(*_GROUP_COLUMNS)
            .where(is_ready_group())
            .order_by(education_groups.c.account_id != account_id, education_groups.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return _group(row) if row else None

    async def prepared(self) -> tuple[Group, ...]:
        query = select(*_GROUP_COLUMNS).where(*_OF_POOL).order_by(education_groups.c.id).limit(500)
        rows = (await self._connection.execute(query)).mappings().all()
        return tuple(_group(row) for row in rows)

    async def count_prepared(self) -> int:
        query = select(func.count()).where(is_ready_group())
        return int((await self._connection.execute(query)).scalar_one())

    async def waiting_for_chat(self, *, limit: int) -> tuple[ConversationId, ...]:
        query = (
            select(education_groups.c.conversation_id)
            .where(
                education_groups.c.status == "preparing",
                education_groups.c.conversation_id.is_not(None),
                education_groups.c.chat_id.is_(None),
            )
            .order_by(education_groups.c.id)
            .limit(limit)
        )
        rows = (await self._connection.execute(query)).scalars().all()
        return tuple(ConversationId(row) for row in rows)

    async def is_used(self, chat_id: TelegramChatId) -> bool:
        query = select(used_group_chats.c.id).where(used_group_chats.c.chat_id == chat_id)
        return (await self._connection.execute(query)).first() is not None

    async def mark_used(self, chat_id: TelegramChatId, *, now: datetime) -> None:
        await self._connection.execute(
            insert(used_group_chats).values(chat_id=chat_id, used_at=now).on_conflict_do_nothing()
        )

    async def save(self, group: Group) -> None:
        values = asdict(group)
        del values["id"]
        await self._connection.execute(
            update(education_groups).where(education_groups.c.id == group.id).values(**values)
        )

    async def remove(self, group_id: GroupId) -> None:
        await self._connection.execute(
            delete(education_groups).where(education_groups.c.id == group_id)
        )

    async def page(
        self,
        *,
        status: GroupStatus | None = None,
        client_id: ClientId | None = None,
        is_stuck: bool = False,
        cut: Cut,
    ) -> Part[Group]:
        wanted: list[ColumnElement[bool]] = [is_stuck_group()] if is_stuck else []
        if status is not None:
            wanted.append(education_groups.c.status == status)
        if client_id is not None:
            wanted.append(education_groups.c.client_id == client_id)
        listed = select(*_GROUP_COLUMNS).where(*wanted)
        key = education_groups.c.id
        return await part_by_number(self._connection, listed, key, cut, _group)

    async def count_stuck(self) -> int:
        stuck = select(education_groups.c.id).where(is_stuck_group()).subquery()
        query = select(func.count()).select_from(stuck)
        return int((await self._connection.execute(query)).scalar_one())

    async def client_names(self, ids: Sequence[GroupId]) -> dict[GroupId, str]:
        query = (
            select(education_groups.c.id, users.c.first_name, users.c.last_name)
            .join(users, users.c.id == education_groups.c.client_id)
            .where(education_groups.c.id.in_(ids))
        )
        rows = (await self._connection.execute(query)).all()
        return {GroupId(row.id): f"{row.first_name} {row.last_name}".strip() for row in rows}

    async def _one(self, where: ColumnElement[bool], *, for_update: bool) -> Group | None:
        query = select(*_GROUP_COLUMNS).where(where)
        if for_update:
            query = query.with_for_update()
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return _group(row) if row else None


class PgGroupMessageRepository:
    """`group_messages`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, message: NewGroupMessage) -> int | None:
        statement = (
            insert(group_messages)
            .values(**asdict(message))
            .on_conflict_do_nothing(constraint="uq_group_messages_group_id_message_id")
            .returning(group_messages.c.id)
        )
        row_id = (await self._connection.execute(statement)).scalar_one_or_none()
        return None if row_id is None else int(row_id)

    async def get(self, row_id: int) -> GroupMessage | None:
        query = select(*_MESSAGE_COLUMNS).where(group_messages.c.id == row_id)
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return _message(row) if row else None

    async def unanswered(self, group_id: GroupId) -> tuple[GroupMessage, ...]:
        query = (
            select(*_MESSAGE_COLUMNS)
            .where(
                group_messages.c.group_id == group_id,
                group_messages.c.answered_at.is_(None),
                group_messages.c.sender_type.in_(("client", "member")),
            )
            .order_by(group_messages.c.id)
        )
        rows = (await self._connection.execute(query)).mappings().all()
        return tuple(_message(row) for row in rows)

    async def recent(self, group_id: GroupId, *, limit: int) -> tuple[GroupMessage, ...]:
        newest, _ = await self._newest(group_id, limit=limit, offset=0)
        return tuple(reversed(newest))

    async def page(
        self, group_id: GroupId, *, limit: int, offset: int
    ) -> tuple[tuple[GroupMessage, ...], int]:
        rows = await self._newest(group_id, limit=limit, offset=offset)
        total = await self._connection.execute(
            select(func.count()).where(group_messages.c.group_id == group_id)
        )
        return rows[0], int(total.scalar_one())

    async def mark_answered(
        self, ids: Sequence[int], *, speaker: str, reason: str, now: datetime
    ) -> None:
        await self._connection.execute(
            update(group_messages)
            .where(group_messages.c.id.in_(ids))
            .values(answered_at=now, speaker=speaker, reason=reason)
        )

    async def mark_submission(self, row_id: int) -> None:
        await self._connection.execute(
            update(group_messages).where(group_messages.c.id == row_id).values(is_submission=True)
        )

    async def record_delivery(
        self,
        row_id: int,
        *,
        delivery: str,
        message_id: TelegramMessageId | None,
        text: str,
        now: datetime,
    ) -> tuple[ChatRowId, ...]:
        values: dict[str, Any] = {"delivery": delivery}
        if message_id is not None:
            await self._drop_copies(row_id, message_id)
            values |= {"message_id": message_id, "text": text}
        await self._connection.execute(
            update(group_messages).where(group_messages.c.id == row_id).values(**values)
        )
        rows = await self._connection.execute(_HELD_UP, {"row": row_id, "now": now})
        return tuple(ChatRowId(chat) for chat in rows.scalars())

    async def _drop_copies(self, row_id: int, message_id: TelegramMessageId) -> None:
        """Another bot of ours may have seen the message before its own sender knew the number."""
        ours = group_messages.alias()
        group = select(ours.c.group_id).where(ours.c.id == row_id).scalar_subquery()
        await self._connection.execute(
            delete(group_messages).where(
                group_messages.c.group_id == group,
                group_messages.c.message_id == message_id,
                group_messages.c.sender_type == "other_bot",
                group_messages.c.id != row_id,
            )
        )

    async def count_ours_since(self, group_id: GroupId, since: datetime) -> int:
        query = select(func.count()).where(
            group_messages.c.group_id == group_id,
            group_messages.c.sender_type.in_(_OURS),
            group_messages.c.created_at >= since,
        )
        return int((await self._connection.execute(query)).scalar_one())

    async def is_turn_of_another(self, message: GroupMessage, *, now: datetime) -> bool:
        values = {
            "group": message.group_id,
            "row": message.id,
            "planned": message.created_at,
            "soon": now + SOON_OUT,
        }
        return (await self._connection.execute(_EARLIER_WORDS, values)).first() is not None

    async def withdraw(self, group_id: GroupId) -> tuple[int, ...]:
        statement = (
            update(group_messages)
            .where(
                group_messages.c.group_id == group_id,
                group_messages.c.sender_type.in_(_OURS),
                group_messages.c.delivery.is_(None),
            )
            .values(delivery="cancelled")
            .returning(group_messages.c.id)
        )
        rows = (await self._connection.execute(statement)).scalars().all()
        return tuple(int(row) for row in rows)

    async def _newest(
        self, group_id: GroupId, *, limit: int, offset: int
    ) -> tuple[tuple[GroupMessage, ...], int]:
        query = (
            select(*_MESSAGE_COLUMNS)
            .where(group_messages.c.group_id == group_id)
            .order_by(group_messages.c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        rows = (await self._connection.execute(query)).mappings().all()
        return tuple(_message(row) for row in rows), len(rows)


def is_ready_group() -> ColumnElement[bool]:
    """Groups of the pool that may be taken: checked, and without an older client's link."""
    return and_(
        *_OF_POOL,
        education_groups.c.chat_id.is_not(None),
        education_groups.c.trouble == "",
        education_groups.c.invite_link.is_(None),
    )


def is_stuck_group() -> ColumnElement[bool]:
    """Groups in which nothing goes on without a person."""
    return literal_column(STUCK, Boolean())


def _group(row: RowMapping) -> Group:
    return Group(**row)


def _message(row: RowMapping) -> GroupMessage:
    return GroupMessage(**row)
