"""Who is in the study groups: the people, and the partner bots."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.ids import AccountId, GroupId, TelegramUserId
from candor.education.partner import Partner
from candor.education.ports import Teacher
from candor.storage.tables.accounts import telegram_account_sessions
from candor.storage.tables.education import group_members, group_partners, student_bots


class PgGroupMemberRepository:
    """`group_members`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def joined(
        self, group_id: GroupId, user_id: TelegramUserId, *, name: str, now: datetime
    ) -> bool:
        known = insert(group_members).values(
            group_id=group_id, telegram_user_id=user_id, name=name, joined_at=now
        )
        statement = known.on_conflict_do_update(
            constraint="uq_group_members_group_id_telegram_user_id",
            set_={"name": name, "joined_at": now, "left_at": None},
            where=group_members.c.left_at.is_not(None),
        ).returning(group_members.c.id)
        return (await self._connection.execute(statement)).first() is not None

    async def left(self, group_id: GroupId, user_id: TelegramUserId, *, now: datetime) -> bool:
        statement = (
            update(group_members)
            .where(
                group_members.c.group_id == group_id,
                group_members.c.telegram_user_id == user_id,
                group_members.c.left_at.is_(None),
            )
            .values(left_at=now)
        )
        return (await self._connection.execute(statement)).rowcount > 0

    async def names(self, group_id: GroupId) -> tuple[str, ...]:
        query = (
            select(group_members.c.name)
            .where(group_members.c.group_id == group_id, group_members.c.left_at.is_(None))
            .order_by(group_members.c.joined_at, group_members.c.id)
        )
        return tuple((await self._connection.execute(query)).scalars().all())


class PgStudentBotRepository:
    """`student_bots` and who of them is in which group."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def teacher(self, preferred: AccountId) -> Teacher | None:
        accounts = telegram_account_sessions
        query = (
            select(accounts.c.id, accounts.c.username)
            .where(
                accounts.c.kind == "bot",
                accounts.c.role == "sales",
                accounts.c.status == "active",
                accounts.c.username.is_not(None),
            )
            .order_by(accounts.c.id != preferred, accounts.c.id)
            .limit(1)
        )
        row = (await self._connection.execute(query)).first()
        return Teacher(AccountId(row.id), row.username) if row else None

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
