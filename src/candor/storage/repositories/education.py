"""Study groups, partner bots and the groups' messages."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.ids import (
    AccountId,
    ClientId,
    ConversationId,
    GroupId,
    TelegramChatId,
    TelegramMessageId,
)
from candor.education.partner import Partner
from candor.education.ports import Group, GroupMessage, GroupStatus, NewGroupMessage
from candor.storage.tables.accounts import telegram_account_sessions
from candor.storage.tables.clients import users
from candor.storage.tables.education import (
    education_groups,
    group_messages,
    group_partners,
    student_bots,
)

_OURS = ("teacher", "partner")
_MESSAGE_COLUMNS = [group_messages.c[name] for name in GroupMessage.__dataclass_fields__]
_GROUP_COLUMNS = [education_groups.c[name] for name in Group.__dataclass_fields__]


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

    async def open_of_client(self, client_id: ClientId) -> tuple[Group, ...]:
        query = (
            select(*_GROUP_COLUMNS)
            .where(
                education_groups.c.client_id == client_id,
                education_groups.c.status.not_in(("completed", "closed")),
            )
            .with_for_update()
        )
        rows = (await self._connection.execute(query)).mappings().all()
        return tuple(_group(row) for row in rows)

    async def take_prepared(self, account_id: AccountId) -> Group | None:
        query = (
            select(*_GROUP_COLUMNS)
            .where(
                education_groups.c.account_id == account_id,
                education_groups.c.client_id.is_(None),
                education_groups.c.status == "preparing",
                education_groups.c.chat_id.is_not(None),
                education_groups.c.trouble == "",
            )
            .order_by(education_groups.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return _group(row) if row else None

    async def count_prepared(self) -> int:
        query = select(func.count()).where(
            education_groups.c.client_id.is_(None),
            education_groups.c.status == "preparing",
            education_groups.c.chat_id.is_not(None),
            education_groups.c.trouble == "",
        )
        return int((await self._connection.execute(query)).scalar_one())

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
        limit: int,
        offset: int,
    ) -> tuple[tuple[Group, ...], int]:
        wanted: list[ColumnElement[bool]] = []
        if status is not None:
            wanted.append(education_groups.c.status == status)
        if client_id is not None:
            wanted.append(education_groups.c.client_id == client_id)
        query = (
            select(*_GROUP_COLUMNS)
            .where(*wanted)
            .order_by(education_groups.c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        rows = (await self._connection.execute(query)).mappings().all()
        total = await self._connection.execute(
            select(func.count()).select_from(education_groups).where(*wanted)
        )
        return tuple(_group(row) for row in rows), int(total.scalar_one())

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
    ) -> None:
        values: dict[str, Any] = {"delivery": delivery}
        if message_id is not None:
            await self._drop_copies(row_id, message_id)
            values |= {"message_id": message_id, "text": text}
        await self._connection.execute(
            update(group_messages).where(group_messages.c.id == row_id).values(**values)
        )

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

    async def is_ours(self, group_id: GroupId, message_id: TelegramMessageId) -> str | None:
        query = select(group_messages.c.sender_type).where(
            group_messages.c.group_id == group_id,
            group_messages.c.message_id == message_id,
            group_messages.c.sender_type.in_(_OURS),
        )
        found = (await self._connection.execute(query)).scalar_one_or_none()
        return None if found is None else str(found)

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


class PgStudentBotRepository:
    """`student_bots` and who of them is in which group."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all_active(self) -> tuple[Partner, ...]:
        query = _partners().where(
            student_bots.c.is_active, telegram_account_sessions.c.status == "active"
        )
        rows = (await self._connection.execute(query)).mappings().all()
        return tuple(_partner(row) for row in rows)

    async def add(self, partner: Partner, *, now: datetime) -> None:
        await self._connection.execute(
            insert(student_bots)
            .values(
                account_id=partner.account_id, name=partner.name, role=partner.role, created_at=now
            )
            .on_conflict_do_update(
                constraint="uq_student_bots_account_id",
                set_={"name": partner.name, "role": partner.role, "is_active": True},
            )
        )

    async def of_group(self, group_id: GroupId) -> tuple[Partner, ...]:
        query = (
            _partners()
            .join(group_partners, group_partners.c.student_bot_id == student_bots.c.id)
            .where(group_partners.c.group_id == group_id)
        )
        rows = (await self._connection.execute(query)).mappings().all()
        return tuple(_partner(row) for row in rows)

    async def of_groups(self, ids: Sequence[GroupId]) -> dict[GroupId, tuple[Partner, ...]]:
        query = (
            _partners()
            .join(group_partners, group_partners.c.student_bot_id == student_bots.c.id)
            .where(group_partners.c.group_id.in_(ids))
            .add_columns(group_partners.c.group_id)
        )
        found: dict[GroupId, tuple[Partner, ...]] = {}
        for row in (await self._connection.execute(query)).mappings().all():
            values = dict(row)
            group_id = GroupId(values.pop("group_id"))
            found[group_id] = (*found.get(group_id, ()), Partner(**values))
        return found

    async def put_in_group(self, group_id: GroupId, partners: Sequence[Partner]) -> None:
        wanted = select(student_bots.c.id).where(
            student_bots.c.account_id.in_([partner.account_id for partner in partners])
        )
        ids = (await self._connection.execute(wanted)).scalars().all()
        if ids:
            await self._connection.execute(
                insert(group_partners)
                .values([{"group_id": group_id, "student_bot_id": row_id} for row_id in ids])
                .on_conflict_do_nothing()
            )


def _partners() -> Any:
    return (
        select(
            student_bots.c.account_id,
            student_bots.c.name,
            telegram_account_sessions.c.username,
            student_bots.c.role,
        )
        .join(
            telegram_account_sessions, telegram_account_sessions.c.id == student_bots.c.account_id
        )
        .order_by(student_bots.c.id)
    )


def _partner(row: RowMapping) -> Partner:
    return Partner(**row)


def _group(row: RowMapping) -> Group:
    return Group(**row)


def _message(row: RowMapping) -> GroupMessage:
    return GroupMessage(**row)
