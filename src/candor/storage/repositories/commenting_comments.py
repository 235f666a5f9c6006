"""`CommentRepository` in PostgreSQL: comments and their calendar; the reports are beside it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.commenting.channel import PermissionId
from candor.commenting.comment import (
    Comment,
    CommentStatus,
    Engagement,
    NewComment,
    Slot,
    can_become,
)
from candor.commenting.marketing import MarketingBy, MarketingRow, Published
from candor.commenting.paging import Page
from candor.common.errors import ConflictError
from candor.common.ids import (
    AccountId,
    ChannelId,
    CommentId,
    OperatorId,
    OutboxId,
    PostId,
    TelegramChatId,
    TelegramMessageId,
)
from candor.common.paging import Cut, Part
from candor.storage.lean import lean
from candor.storage.repositories.commenting_comments_sql import (
    BY_ID,
    COMMENTED,
    LIVE_OF_POST,
    LOAD,
    LOCKED,
    RECENT_TEXTS,
    REJECTIONS,
)
from candor.storage.repositories.commenting_reports import MARKETING, PUBLISHED
from candor.storage.repositories.paging import part_by_number
from candor.storage.tables.commenting import (
    comment_schedules,
    generated_comments,
    telegram_posts,
)
from candor.storage.tables.messaging import outbox

_C = generated_comments.c
_S = comment_schedules.c
_OPEN = ("pending", "approved", "scheduled", "sending")
_LONGEST_LIFE = timedelta(days=3)
"""A live comment of a day was made at most so long before: keeps the count on the index."""
_NEXT_ID = lean(text("SELECT nextval(pg_get_serial_sequence('generated_comments', 'id'))"))
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext(:name))")
_KEPT_UPDATES = 300
"""More than one batch of polling: what a crash can have told again."""
_NOTE_UPDATE = text(
    """
    UPDATE generated_comments SET reaction_updates =
        (array_append(reaction_updates, :update))[greatest(1, cardinality(reaction_updates) + 2 - :kept):]
    WHERE id = :id AND NOT reaction_updates @> ARRAY[CAST(:update AS bigint)]
    """
)
_BY_HOUR = text(
    """
    SELECT CAST(extract(hour FROM sent_at AT TIME ZONE :zone) AS int) AS hour,
        avg(COALESCE((engagement->>'replies')::int, 0) + COALESCE((engagement->>'reactions')::int, 0))
    FROM generated_comments
    WHERE channel_id = :channel_id AND status = 'sent' AND engagement_at IS NOT NULL
    GROUP BY 1
    """
)


class PgCommentRepository:
    """Comments, their states, and their places in the calendar."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def reserve_id(self) -> CommentId:
        return CommentId((await self._connection.execute(_NEXT_ID)).scalar_one())

    async def add(self, comment: NewComment, *, now: datetime) -> Comment | None:
        values = asdict(comment) | {
            "variants": list(comment.variants),
            "status": "pending",
            "created_at": now,
            "updated_at": now,
        }
        made = await self._connection.execute(_add_statement(values))
        row = made.mappings().one_or_none()
        return _comment(row) if row else None

    async def get(self, comment_id: CommentId, *, for_update: bool = False) -> Comment | None:
        query = LOCKED if for_update else BY_ID
        rows = await self._connection.execute(query, {"id": comment_id})
        row = rows.mappings().one_or_none()
        return _comment(row) if row else None

    async def save(self, comment: Comment, *, was: CommentStatus, now: datetime) -> None:
        if comment.status != was and not can_become(was, comment.status):
            raise ConflictError(f"A comment that is {was} can't become {comment.status}.")
        saved = await self._connection.execute(
            update(generated_comments)
            .where(_C.id == comment.id, _C.status == was)
            .values(_changeable(comment) | {"updated_at": now})
        )
        if saved.rowcount != 1:
            raise ConflictError("The comment has changed in the meantime. Load it again.")

    async def was_recalled(self, comment_id: CommentId) -> bool:
        found = await self._connection.execute(
            select(outbox.c.status)
            .join(generated_comments, _C.outbox_id == outbox.c.id)
            .where(_C.id == comment_id)
        )
        return found.scalar_one_or_none() == "cancelled"

    async def live_of_post(self, post_id: PostId) -> Comment | None:
        rows = await self._connection.execute(LIVE_OF_POST, {"post_id": post_id})
        row = rows.mappings().one_or_none()
        return _comment(row) if row else None

    async def commented_among(self, post_ids: Sequence[PostId]) -> frozenset[PostId]:
        rows = await self._connection.execute(COMMENTED, {"post_ids": list(post_ids)})
        return frozenset(PostId(row.post_id) for row in rows)

    async def open_of_post(self, post_id: PostId) -> tuple[Comment, ...]:
        return await self._open(_C.post_id == post_id)

    async def open_of_channel(self, channel_id: ChannelId) -> tuple[Comment, ...]:
        return await self._open(_C.channel_id == channel_id)

    async def open_of_account(self, account_id: AccountId) -> tuple[Comment, ...]:
        return await self._open(_C.account_id == account_id)

    async def of_message(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> Comment | None:
        rows = await self._connection.execute(
            select(generated_comments)
            .join(telegram_posts, telegram_posts.c.id == _C.post_id)
            .where(
                _C.message_id == message_id,
                _C.status.in_(("sent", "unconfirmed")),
                telegram_posts.c.discussion_chat_id == chat_id,
            )
            .limit(1)
        )
        row = rows.mappings().one_or_none()
        return _comment(row) if row else None

    async def page(self, status: CommentStatus | None, cut: Cut, *, now: datetime) -> Part[Comment]:
        conditions: list[Any] = [] if status is None else [_C.status == status]
        if status == "pending":
            conditions.append(or_(_C.snoozed_until.is_(None), _C.snoozed_until <= now))
        listed = select(generated_comments).where(*conditions)
        return await part_by_number(self._connection, listed, _C.id, cut, _comment)

    async def recent_texts(self, *, since: datetime, limit: int) -> tuple[str, ...]:
        rows = await self._connection.execute(RECENT_TEXTS, {"since": since, "most": limit})
        return tuple(row.text for row in rows)

    async def rejections(self, channel_id: ChannelId, *, limit: int) -> tuple[str, ...]:
        rows = await self._connection.execute(REJECTIONS, {"channel_id": channel_id, "most": limit})
        return tuple(dict.fromkeys(row.reason for row in rows))

    async def take_slot(self, comment: Comment, at: datetime, *, now: datetime) -> None:
        await self.free_slot(comment.id, now=now)
        await self._connection.execute(
            insert(comment_schedules).values(
                comment_id=comment.id,
                channel_id=comment.channel_id,
                account_id=comment.account_id,
                slot_at=at,
                created_at=now,
            )
        )

    async def free_slot(self, comment_id: CommentId, *, now: datetime) -> None:
        await self._connection.execute(
            update(comment_schedules)
            .where(_S.comment_id == comment_id, _S.freed_at.is_(None))
            .values(freed_at=now)
        )

    async def slots_between(
        self, since: datetime, until: datetime, *, channel_id: ChannelId | None = None
    ) -> tuple[Slot, ...]:
        conditions = [_S.freed_at.is_(None), _S.slot_at >= since, _S.slot_at < until]
        if channel_id is not None:
            conditions.append(_S.channel_id == channel_id)
        rows = await self._connection.execute(
            select(comment_schedules, _C.status, _C.text)
            .join(generated_comments, _C.id == _S.comment_id)
            .where(*conditions)
            .order_by(_S.slot_at)
        )
        return tuple(
            Slot(
                CommentId(row.comment_id),
                ChannelId(row.channel_id),
                AccountId(row.account_id),
                row.slot_at,
                row.status,
                row.text,
            )
            for row in rows
        )

    async def lock_calendar(self, channel_id: ChannelId, account_id: AccountId) -> None:
        await self._connection.execute(_LOCK, {"name": f"calendar channel {channel_id}"})
        await self._connection.execute(_LOCK, {"name": f"calendar account {account_id}"})

    async def load(self, channel_id: ChannelId, *, since: datetime, until: datetime) -> int:
        made_since = since - _LONGEST_LIFE
        counted = await self._connection.execute(
            LOAD,
            {"channel_id": channel_id, "made_since": made_since, "since": since, "until": until},
        )
        return int(counted.scalar_one())

    async def engagement_by_hour(self, channel_id: ChannelId, *, zone: str) -> dict[int, float]:
        rows = await self._connection.execute(_BY_HOUR, {"channel_id": channel_id, "zone": zone})
        return {int(hour): float(mean) for hour, mean in rows.all()}

    async def is_first_told(self, comment_id: CommentId, update_id: int) -> bool:
        told = await self._connection.execute(
            _NOTE_UPDATE, {"id": comment_id, "update": update_id, "kept": _KEPT_UPDATES}
        )
        return told.rowcount == 1

    async def note_engagement(
        self, comment_id: CommentId, engagement: Engagement, *, now: datetime
    ) -> None:
        await self._connection.execute(
            update(generated_comments)
            .where(_C.id == comment_id)
            .values(engagement=asdict(engagement), engagement_at=now)
        )

    async def published(self, page: Page) -> tuple[tuple[Published, ...], int]:
        rows = await self._connection.execute(
            PUBLISHED, {"limit": page.size, "offset": page.offset}
        )
        total = await self._connection.execute(
            select(func.count()).select_from(generated_comments).where(_C.status == "sent")
        )
        return tuple(Published(*row) for row in rows), total.scalar_one()

    async def marketing(
        self, by: MarketingBy, since: datetime, until: datetime
    ) -> tuple[MarketingRow, ...]:
        rows = await self._connection.execute(MARKETING[by], {"since": since, "until": until})
        return tuple(_marketing_row(row) for row in rows.mappings())

    async def _open(self, condition: Any) -> tuple[Comment, ...]:
        rows = await self._connection.execute(
            select(generated_comments)
            .where(condition, _C.status.in_(_OPEN))
            .order_by(_C.id)
            .with_for_update()
        )
        return tuple(_comment(row) for row in rows.mappings())


def _add_statement(values: dict[str, Any]) -> Any:
    """A second live comment under the post finds the partial unique index and adds nothing."""
    return (
        upsert(generated_comments)
        .values(values)
        .on_conflict_do_nothing(
            index_elements=[_C.post_id],
            index_where=text(
                "status IN ('pending','approved','scheduled','sending','sent','unconfirmed')"
            ),
        )
        .returning(generated_comments)
    )


def _changeable(comment: Comment) -> dict[str, object]:
    return {
        "text": comment.text,
        "variants": list(comment.variants),
        "status": comment.status,
        "permission_id": comment.permission_id,
        "approved_by": comment.approved_by,
        "approver": comment.approver,
        "approved_at": comment.approved_at,
        "approved_hash": comment.approved_hash,
        "reason": comment.reason[:500],
        "snoozed_until": comment.snoozed_until,
        "scheduled_for": comment.scheduled_for,
        "sent_at": comment.sent_at,
        "message_id": comment.message_id,
        "permalink": comment.permalink,
        "outbox_id": comment.outbox_id,
        "has_link": comment.has_link,
    }


def _comment(row: RowMapping) -> Comment:
    engagement = row["engagement"]
    return Comment(
        id=CommentId(row["id"]),
        post_id=PostId(row["post_id"]),
        channel_id=ChannelId(row["channel_id"]),
        account_id=AccountId(row["account_id"]),
        text=row["text"],
        status=row["status"],
        language=row["language"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        variants=tuple(row["variants"]),
        post_hash=row["post_hash"],
        permission_id=_maybe(PermissionId, row["permission_id"]),
        approved_by=_maybe(OperatorId, row["approved_by"]),
        approver=row["approver"],
        approved_at=row["approved_at"],
        approved_hash=row["approved_hash"],
        reason=row["reason"],
        snoozed_until=row["snoozed_until"],
        scheduled_for=row["scheduled_for"],
        sent_at=row["sent_at"],
        message_id=_maybe(TelegramMessageId, row["message_id"]),
        permalink=row["permalink"],
        outbox_id=_maybe(OutboxId, row["outbox_id"]),
        engagement=Engagement(
            views=engagement.get("views"),
            replies=engagement.get("replies", 0),
            reactions=engagement.get("reactions", 0),
        ),
        engagement_at=row["engagement_at"],
        has_link=row["has_link"],
        model=row["model"],
        prompt_version=row["prompt_version"],
        cost=row["cost"],
    )


def _marketing_row(row: RowMapping) -> MarketingRow:
    return MarketingRow(**(dict(row) | {"cost": Decimal(row["cost"] or 0)}))


def _maybe(kind: Any, value: int | None) -> Any:
    return None if value is None else kind(value)
