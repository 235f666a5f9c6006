"""`CommentatorRepository` and `DirectMessageRepository` in PostgreSQL."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import RowMapping, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.accounts.account import Personality
from candor.commenting.channel import Commentator
from candor.commenting.direct_message import DirectMessage, NewDirectMessage
from candor.commenting.paging import Page
from candor.common.ids import (
    AccountId,
    ChannelId,
    CommentId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.storage.lean import lean
from candor.storage.tables.commenting import commentator_accounts, direct_messages

DEFAULT_DAILY_CAP = 5
_D = direct_messages.c
_ACCOUNT = """
    SELECT a.id, a.username, a.title, q.personality, q.name,
        COALESCE(m.daily_cap, :default_cap) AS daily_cap, m.paused_at,
        a.status = 'active' AND a.kind = 'bot' AND a.role IN ('commentator', 'sales')
            AND COALESCE(m.is_active, true) AS is_active,
        COALESCE(m.is_active, true) AS is_switched_on,
        {sent_today} AS sent_today
    FROM telegram_account_sessions a
        LEFT JOIN account_personalities q ON q.account_id = a.id
        LEFT JOIN commentator_accounts m ON m.account_id = a.id
"""
_SENT_TODAY = """(
    SELECT count(*) FROM generated_comments c WHERE c.account_id = a.id
        AND c.created_at >= CAST(:since AS timestamptz) - interval '3 days'
        AND c.status IN ('pending','approved','scheduled','sending','sent','unconfirmed')
        AND COALESCE(c.sent_at, c.scheduled_for, c.created_at) >= :since
        AND COALESCE(c.sent_at, c.scheduled_for, c.created_at) < :until)"""
_CANDIDATES = lean(
    text(
        _ACCOUNT.format(sent_today=_SENT_TODAY)
        + """
        JOIN channel_standings s ON s.account_id = a.id AND s.channel_id = :channel_id
    WHERE s.left_at IS NULL AND s.can_see_posts AND s.can_write AND a.removed_at IS NULL
    ORDER BY a.id
    """
    )
)
_ONE = lean(
    text(_ACCOUNT.format(sent_today="0") + "WHERE a.id = :account_id AND a.removed_at IS NULL")
)
_ALL = text(
    _ACCOUNT.format(sent_today="0")
    + "WHERE a.kind = 'bot' AND a.role IN ('commentator', 'sales') AND a.removed_at IS NULL"
    " ORDER BY a.role, a.id"
)
_COMMENTATORS = text("SELECT id FROM telegram_account_sessions WHERE role = 'commentator'")
_DIALOGUE_BOT = lean(
    text(
        "SELECT username FROM telegram_account_sessions WHERE role = 'sales' AND kind = 'bot'"
        " AND status = 'active' AND removed_at IS NULL AND username IS NOT NULL ORDER BY id LIMIT 1"
    )
)


class PgCommentatorRepository:
    """Commenting accounts, with their personalities and load."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def candidates(
        self, channel_id: ChannelId, *, since: datetime, until: datetime
    ) -> tuple[Commentator, ...]:
        rows = await self._connection.execute(
            _CANDIDATES,
            {
                "channel_id": channel_id,
                "since": since,
                "until": until,
                "default_cap": DEFAULT_DAILY_CAP,
            },
        )
        return tuple(_commentator(row) for row in rows.mappings())

    async def get(self, account_id: AccountId) -> Commentator | None:
        rows = await self._connection.execute(
            _ONE, {"account_id": account_id, "default_cap": DEFAULT_DAILY_CAP}
        )
        row = rows.mappings().one_or_none()
        return _commentator(row) if row else None

    async def all(self) -> tuple[Commentator, ...]:
        rows = await self._connection.execute(_ALL, {"default_cap": DEFAULT_DAILY_CAP})
        return tuple(_commentator(row) for row in rows.mappings())

    async def ids(self) -> frozenset[AccountId]:
        rows = await self._connection.scalars(_COMMENTATORS)
        return frozenset(AccountId(row) for row in rows)

    async def put(
        self, account_id: AccountId, *, daily_cap: int, is_active: bool, now: datetime
    ) -> None:
        fresh: dict[str, object] = {"daily_cap": daily_cap, "is_active": is_active}
        if is_active:
            fresh |= {"paused_at": None, "pause_reason": ""}
        await self._connection.execute(
            upsert(commentator_accounts)
            .values({"account_id": account_id, "created_at": now} | fresh)
            .on_conflict_do_update(index_elements=["account_id"], set_=fresh)
        )

    async def pause(self, account_id: AccountId, reason: str, *, now: datetime) -> None:
        fresh = {"paused_at": now, "pause_reason": reason[:500]}
        await self._connection.execute(
            upsert(commentator_accounts)
            .values({"account_id": account_id, "created_at": now} | fresh)
            .on_conflict_do_update(index_elements=["account_id"], set_=fresh)
        )

    async def dialogue_username(self) -> str | None:
        found = await self._connection.scalar(_DIALOGUE_BOT)
        return None if found is None else str(found)


class PgDirectMessageRepository:
    """What people wrote to a commenting account."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, message: NewDirectMessage, *, now: datetime) -> int | None:
        made = await self._connection.execute(
            upsert(direct_messages)
            .values(asdict(message) | {"status": "waiting", "created_at": now})
            .on_conflict_do_nothing(index_elements=["account_id", "chat_id", "message_id"])
            .returning(_D.id)
        )
        row: int | None = made.scalar_one_or_none()
        return row

    async def get(self, row_id: int, *, for_update: bool = False) -> DirectMessage | None:
        query = select(direct_messages).where(_D.id == row_id)
        rows = await self._connection.execute(query.with_for_update() if for_update else query)
        row = rows.mappings().one_or_none()
        return _message(row) if row else None

    async def finish(
        self, row_id: int, *, status: str, outcome: str, answer: str, now: datetime
    ) -> None:
        await self._connection.execute(
            update(direct_messages)
            .where(_D.id == row_id)
            .values(
                status=status,
                outcome=outcome,
                answer=answer,
                answered_at=now if status == "answered" else None,
            )
        )

    async def last_comment_of(
        self, account_id: AccountId, sender_id: TelegramUserId, *, since: datetime
    ) -> CommentId | None:
        found: int | None = await self._connection.scalar(
            select(_D.comment_id)
            .where(
                _D.sender_id == sender_id,
                _D.account_id == account_id,
                _D.comment_id.is_not(None),
                _D.created_at >= since,
            )
            .order_by(_D.id.desc())
            .limit(1)
        )
        return None if found is None else CommentId(found)

    async def has_private(self, account_id: AccountId, sender_id: TelegramUserId) -> bool:
        found = await self._connection.scalar(
            select(_D.id)
            .where(_D.sender_id == sender_id, _D.account_id == account_id, _D.kind == "private")
            .limit(1)
        )
        return found is not None

    async def was_shown_the_way(
        self, chat_id: TelegramChatId, sender_id: TelegramUserId, *, since: datetime
    ) -> bool:
        found = await self._connection.scalar(
            select(_D.id)
            .where(
                _D.sender_id == sender_id,
                _D.chat_id == chat_id,
                _D.status == "answered",
                _D.created_at >= since,
            )
            .limit(1)
        )
        return found is not None

    async def is_answered(self, comment_id: CommentId, sender_id: TelegramUserId) -> bool:
        found = await self._connection.execute(
            select(_D.id)
            .where(_D.comment_id == comment_id, _D.sender_id == sender_id, _D.status == "answered")
            .limit(1)
        )
        return found.scalar_one_or_none() is not None

    async def has_outcome(
        self, comment_id: CommentId, sender_id: TelegramUserId, outcome: str
    ) -> bool:
        found = await self._connection.execute(
            select(_D.id)
            .where(_D.comment_id == comment_id, _D.sender_id == sender_id, _D.outcome == outcome)
            .limit(1)
        )
        return found.scalar_one_or_none() is not None

    async def count_replies(self, comment_id: CommentId) -> int:
        counted = await self._connection.execute(
            select(func.count()).select_from(direct_messages).where(_D.comment_id == comment_id)
        )
        return counted.scalar_one()

    async def page(
        self, account_id: AccountId | None, page: Page
    ) -> tuple[tuple[DirectMessage, ...], int]:
        conditions = [] if account_id is None else [_D.account_id == account_id]
        rows = await self._connection.execute(
            select(direct_messages)
            .where(*conditions)
            .order_by(_D.id.desc())
            .limit(page.size)
            .offset(page.offset)
        )
        total = await self._connection.execute(
            select(func.count()).select_from(direct_messages).where(*conditions)
        )
        return tuple(_message(row) for row in rows.mappings()), total.scalar_one()


def _commentator(row: RowMapping) -> Commentator:
    known = row["personality"] or {}
    return Commentator(
        account_id=AccountId(row["id"]),
        username=row["username"] or "",
        title=row["title"],
        personality=Personality(
            name=row["name"] or known.get("name", ""),
            style=known.get("style", ""),
            tone=known.get("tone", ""),
            interests=tuple(known.get("interests", ())),
            vocabulary=tuple(known.get("vocabulary", ())),
            phrases=tuple(known.get("phrases", ())),
        ),
        daily_cap=row["daily_cap"],
        is_active=row["is_active"],
        is_switched_on=row["is_switched_on"],
        paused_at=row["paused_at"],
        sent_today=row["sent_today"],
    )


def _message(row: RowMapping) -> DirectMessage:
    return DirectMessage(
        id=row["id"],
        account_id=AccountId(row["account_id"]),
        chat_id=TelegramChatId(row["chat_id"]),
        message_id=TelegramMessageId(row["message_id"]),
        kind=row["kind"],
        sender_id=TelegramUserId(row["sender_id"]),
        sender_name=row["sender_name"],
        text=row["text"],
        language=row["language"],
        status=row["status"],
        created_at=row["created_at"],
        comment_id=CommentId(row["comment_id"]) if row["comment_id"] is not None else None,
        channel_id=ChannelId(row["channel_id"]) if row["channel_id"] is not None else None,
        outcome=row["outcome"],
        answer=row["answer"],
        answered_at=row["answered_at"],
    )
