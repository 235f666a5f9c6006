"""`PostRepository` in PostgreSQL: each post once, albums gathered, decisions kept."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, RowMapping, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.commenting.paging import Page
from candor.commenting.ports import Verdict
from candor.commenting.post import AlbumId, ArrivedPost, Post
from candor.common.ids import ChannelId, PostId, TelegramChatId, TelegramMessageId
from candor.common.llm import PostSummary, Usage
from candor.storage.lean import lean
from candor.storage.metadata import Json
from candor.storage.tables.commenting import telegram_posts

_T = telegram_posts.c
MAX_MEDIA = 10

_INSERT = lean(
    text(
        """
    INSERT INTO telegram_posts (channel_id, message_id, text, text_hash, media, links, album_id,
        discussion_chat_id, discussion_message_id, posted_at, created_at, edited_at, ready_at)
    VALUES (:channel_id, :message_id, :text, :text_hash, :media, :links, :album_id,
        :discussion_chat_id, :discussion_message_id, :posted_at, :now, :edited_at, :ready_at)
    ON CONFLICT DO NOTHING
    RETURNING id
    """
    ).bindparams(bindparam("media", type_=Json), bindparam("links", type_=Json))
)

# A known post: the album's next part, or the automatic forward of a post seen in the channel.
_FILL = text(
    """
    UPDATE telegram_posts SET
        text = CASE WHEN text = '' THEN :text ELSE text END,
        text_hash = CASE WHEN text = '' THEN :text_hash ELSE text_hash END,
        media = CASE WHEN message_id <> :message_id AND jsonb_array_length(media) < :max_media
            THEN media || CAST(:media AS jsonb) ELSE media END,
        discussion_chat_id = COALESCE(discussion_chat_id, :discussion_chat_id),
        discussion_message_id = COALESCE(discussion_message_id, :discussion_message_id),
        considered_hash = '',
        ready_at = :ready_at
    WHERE channel_id = :channel_id
        AND (message_id = :message_id OR album_id = :album_id)
        AND ((text = '' AND :text <> '')
            OR (message_id <> :message_id AND considered_hash = '')
            OR (discussion_message_id IS NULL
                AND CAST(:discussion_message_id AS bigint) IS NOT NULL))
    RETURNING id
    """
).bindparams(bindparam("media", type_=Json))

_DECIDE = lean(
    text(
        """
    UPDATE telegram_posts AS p SET
        gate_code = v.code, gate_reason = v.reason, relevance = v.relevance,
        summary = COALESCE(v.summary, p.summary), considered_at = :now, considered_hash = v.hash
    FROM jsonb_to_recordset(:verdicts) AS v
        (id bigint, code text, reason text, relevance float, summary jsonb, hash text)
    WHERE p.id = v.id AND p.text_hash = v.hash
    """
    ).bindparams(bindparam("verdicts", type_=Json))
)
_BY_ID = lean(select(telegram_posts).where(_T.id == bindparam("id", None)))
_LOCKED = lean(select(telegram_posts).where(_T.id == bindparam("id", None)).with_for_update())
_READY = lean(
    select(telegram_posts)
    .where(
        _T.channel_id == bindparam("channel_id", None),
        _T.considered_hash != _T.text_hash,
        _T.ready_at <= bindparam("now", None, type_=_T.ready_at.type),
    )
    .order_by(_T.posted_at.desc(), _T.id.desc())
    .limit(bindparam("most", None, type_=Integer))
)
_NEXT_READY = lean(
    select(func.min(_T.ready_at)).where(
        _T.channel_id == bindparam("channel_id", None), _T.considered_hash != _T.text_hash
    )
)


class PgPostRepository:
    """The posts of followed channels."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self, channel_id: ChannelId, post: ArrivedPost, *, ready_at: datetime, now: datetime
    ) -> PostId | None:
        values = {
            "channel_id": channel_id,
            "message_id": post.message_id,
            "text": post.text,
            "text_hash": _hash(post.text),
            "media": list(post.media),
            "album_id": post.album_id,
            "discussion_chat_id": post.discussion_chat_id,
            "discussion_message_id": post.discussion_message_id,
            "ready_at": ready_at,
        }
        more = {
            "links": list(post.links),
            "posted_at": post.posted_at,
            "edited_at": post.edited_at,
            "now": now,
        }
        made = (await self._connection.execute(_INSERT, values | more)).scalar()
        if made is None:
            filled = await self._connection.execute(_FILL, values | {"max_media": MAX_MEDIA})
            made = filled.scalars().first()
        return None if made is None else PostId(made)

    async def get(self, post_id: PostId, *, for_update: bool = False) -> Post | None:
        query = _LOCKED if for_update else _BY_ID
        rows = await self._connection.execute(query, {"id": post_id})
        row = rows.mappings().one_or_none()
        return _post(row) if row else None

    async def many(self, post_ids: Sequence[PostId]) -> dict[PostId, Post]:
        rows = await self._connection.execute(select(telegram_posts).where(_T.id.in_(post_ids)))
        found = [_post(row) for row in rows.mappings()]
        return {post.id: post for post in found}

    async def of_message(self, channel_id: ChannelId, message_id: TelegramMessageId) -> Post | None:
        return await self._one(_T.channel_id == channel_id, _T.message_id == message_id)

    async def of_discussion(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> Post | None:
        return await self._one(
            _T.discussion_chat_id == chat_id, _T.discussion_message_id == message_id
        )

    async def numbers_since(
        self, channel_id: ChannelId, since: datetime, *, limit: int
    ) -> tuple[TelegramMessageId, ...]:
        rows = await self._connection.scalars(
            select(_T.message_id)
            .where(_T.channel_id == channel_id, _T.posted_at >= since, _T.deleted_at.is_(None))
            .order_by(_T.posted_at.desc())
            .limit(limit)
        )
        return tuple(TelegramMessageId(number) for number in rows)

    async def rewrite(
        self,
        post_id: PostId,
        *,
        text: str,
        links: Sequence[str],
        edited_at: datetime,
        ready_at: datetime,
    ) -> None:
        await self._connection.execute(
            update(telegram_posts)
            .where(_T.id == post_id)
            .values(
                text=text,
                text_hash=_hash(text),
                links=list(links),
                edited_at=edited_at,
                ready_at=ready_at,
                considered_hash="",
                summary=None,
            )
        )

    async def mark_deleted(self, post_id: PostId, *, now: datetime) -> None:
        await self._connection.execute(
            update(telegram_posts).where(_T.id == post_id).values(deleted_at=now)
        )

    async def ready(self, channel_id: ChannelId, *, now: datetime, limit: int) -> tuple[Post, ...]:
        rows = await self._connection.execute(
            _READY, {"channel_id": channel_id, "now": now, "most": limit}
        )
        return tuple(_post(row) for row in rows.mappings())

    async def next_ready_at(self, channel_id: ChannelId) -> datetime | None:
        found = await self._connection.execute(_NEXT_READY, {"channel_id": channel_id})
        due: datetime | None = found.scalar_one()
        return due

    async def put_off(
        self, post_id: PostId, *, until: datetime, summary: PostSummary | None
    ) -> None:
        values: dict[str, object] = {"ready_at": until}
        if summary is not None:
            values["summary"] = _summary_json(summary)
        await self._connection.execute(
            update(telegram_posts).where(_T.id == post_id).values(**values)
        )

    async def decide(self, verdicts: Sequence[Verdict], *, now: datetime) -> None:
        rows = [
            {
                "id": verdict.post_id,
                "code": verdict.code,
                "reason": verdict.reason,
                "relevance": verdict.relevance,
                "summary": _summary_json(verdict.summary) if verdict.summary else None,
                "hash": verdict.text_hash,
            }
            for verdict in verdicts
        ]
        await self._connection.execute(_DECIDE, {"verdicts": rows, "now": now})

    async def page(self, channel_id: ChannelId, page: Page) -> tuple[tuple[Post, ...], int]:
        rows = await self._connection.execute(
            select(telegram_posts)
            .where(_T.channel_id == channel_id)
            .order_by(_T.posted_at.desc(), _T.id.desc())
            .limit(page.size)
            .offset(page.offset)
        )
        total = await self._connection.execute(
            select(func.count()).select_from(telegram_posts).where(_T.channel_id == channel_id)
        )
        return tuple(_post(row) for row in rows.mappings()), total.scalar_one()

    async def _one(self, *conditions: Any) -> Post | None:
        rows = await self._connection.execute(select(telegram_posts).where(*conditions).limit(1))
        row = rows.mappings().one_or_none()
        return _post(row) if row else None


def _hash(value: str) -> str:
    return hashlib.sha256(" ".join(value.split()).encode()).hexdigest()


def _summary_json(summary: PostSummary) -> dict[str, object]:
    known = asdict(summary)
    if summary.usage and summary.usage.cost is not None:
        known["usage"]["cost"] = str(summary.usage.cost)
    return known


def _summary(value: Mapping[str, Any]) -> PostSummary:
    usage = value.get("usage")
    cost = Decimal(usage["cost"]) if usage and usage["cost"] is not None else None
    return PostSummary(
        main_idea=value["main_idea"],
        keywords=tuple(value["keywords"]),
        tone=value["tone"],
        topics=tuple(value["topics"]),
        sensitive=tuple(value["sensitive"]),
        language=value["language"],
        usage=Usage(**(usage | {"cost": cost})) if usage else None,
    )


def _post(row: RowMapping) -> Post:
    return Post(
        id=PostId(row["id"]),
        channel_id=ChannelId(row["channel_id"]),
        message_id=TelegramMessageId(row["message_id"]),
        text=row["text"],
        text_hash=row["text_hash"],
        posted_at=row["posted_at"],
        created_at=row["created_at"],
        media=tuple(row["media"]),
        links=tuple(row["links"]),
        album_id=AlbumId(row["album_id"]) if row["album_id"] else None,
        discussion_chat_id=row["discussion_chat_id"],
        discussion_message_id=row["discussion_message_id"],
        edited_at=row["edited_at"],
        deleted_at=row["deleted_at"],
        summary=_summary(row["summary"]) if row["summary"] else None,
        relevance=row["relevance"],
        gate_code=row["gate_code"],
        gate_reason=row["gate_reason"],
        considered_at=row["considered_at"],
        considered_hash=row["considered_hash"],
    )
