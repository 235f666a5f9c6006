"""Reading conversations: the list, one dialogue with its messages."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.ids import ChatRowId, ConversationId, MessageRowId
from candor.common.paging import Cut, Part, Place, microseconds, moment, read_part
from candor.messaging.conversation import Conversation, ConversationMessage
from candor.messaging.reading import (
    ConversationDetail,
    ConversationFilter,
    ConversationLine,
)
from candor.storage.repositories.clients import profile_of
from candor.storage.repositories.follow_ups import PgFollowUpRepository
from candor.storage.repositories.messaging_notes import PgNoteRepository
from candor.storage.repositories.messaging_search import PgWordSearch, query_of
from candor.storage.repositories.messaging_sql import CLIENT
from candor.storage.repositories.paging import BY_INDEX, COUNTED_AT_MOST

_CONVERSATION_FIELDS: Final = tuple(field.name for field in fields(Conversation))
_MESSAGE_FIELDS: Final = tuple(field.name for field in fields(ConversationMessage))

_FROM: Final = """
    FROM client_conversations v JOIN chats c ON c.id = v.chat JOIN users u ON u.id = v.client_id
"""
_SELECT: Final = f"SELECT v.*, c.chat_id, c.last_in_at, c.last_out_at {_FROM}"
_GET = text(f"{_SELECT} WHERE v.id = :conversation")
_OF_CHAT = text(f"{_SELECT} WHERE v.chat = :chat")
_DETAIL = text(
    f"""
    SELECT v.*, c.chat_id, c.last_in_at, c.last_out_at, c.blocked_at, {CLIENT.format("u")} {_FROM}
    WHERE v.id = :conversation
    """
)
_MESSAGES = text(
    """
    SELECT * FROM conversation_messages
    WHERE conversation_id = :conversation AND id < :before ORDER BY id DESC LIMIT :limit
    """
)
_MESSAGES_AFTER = text(
    """
    SELECT * FROM conversation_messages
    WHERE conversation_id = :conversation AND id > :after ORDER BY id LIMIT :limit
    """
)
_LAST_LINE: Final = """
    LEFT JOIN LATERAL (
        SELECT left(text, 120) AS last_text, author AS last_author FROM conversation_messages m
        WHERE m.conversation_id = v.id ORDER BY m.id DESC LIMIT 1
    ) last_line ON true
"""
_CLIENT_COLUMNS: Final = CLIENT.format("u").replace("u.id AS client_id, ", "")
"""`v.*` brings `client_id` already."""
_IN_ORDER: Final = "ORDER BY v.list_rank, v.active_at DESC, v.id DESC"
_BACKWARDS: Final = "ORDER BY v.list_rank DESC, v.active_at, v.id"
_NEWEST: Final = 2**62


def _chosen(where: str, cut: Cut) -> str:
    """Numbers of one part: by offset, or beside a place, which costs the same at any depth."""
    select = "SELECT v.id, v.list_rank, v.active_at FROM client_conversations v"
    if cut.place is None:
        return f"{select} {where} {_IN_ORDER} LIMIT :limit OFFSET :offset"
    order, side = (_BACKWARDS, ">") if cut.is_backwards else (_IN_ORDER, "<")
    where = f"{where} AND" if where else "WHERE"
    rank = cut.place.keys[0]
    within = (
        f"{select} {where} v.list_rank = {rank:d} AND (v.active_at, v.id) {side} (:at, :last)"
        f" {order} LIMIT :limit"
    )
    # Behind those who wait for a person come all the others.
    other = 0 if cut.is_backwards else 1
    if rank == other:
        return within
    others = f"{select} {where} v.list_rank = {other} {order} LIMIT :limit"
    return f"SELECT * FROM (({within}) UNION ALL ({others})) v {order} LIMIT :limit"


def _place(row: RowMapping) -> Place:
    return Place((row["list_rank"], microseconds(row["active_at"]), row["id"]))


class PgConversationReading:
    """The reading half of the ConversationRepository."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, conversation_id: ConversationId) -> Conversation | None:
        return await self._first(_GET, {"conversation": conversation_id})

    async def of_chat(self, chat: ChatRowId) -> Conversation | None:
        return await self._first(_OF_CHAT, {"chat": chat})

    async def page(self, wanted: ConversationFilter, cut: Cut) -> Part[ConversationLine]:
        if cut.place is not None and cut.place.keys[0] > 1:
            cut = cut.first()
        where, values = await self._conditions(wanted)
        await self._connection.execute(BY_INDEX)
        # In the list's order, so that the list's indexes are read here too, whatever is looked for.
        counted = (
            f"SELECT 1 FROM client_conversations v {where} {_IN_ORDER} LIMIT {COUNTED_AT_MOST}"
        )
        total = await self._connection.scalar(
            text(f"SELECT count(*) FROM ({counted}) AS counted"), values
        )

        async def fetch(part: Cut) -> Sequence[RowMapping]:
            return await self._rows(where, values, part)

        found = await read_part(fetch, cut, _place, total=int(total or 0))
        return found.shown_as(self._line)

    async def _rows(
        self, where: str, values: Mapping[str, object], cut: Cut
    ) -> Sequence[RowMapping]:
        told = {**values, "limit": cut.limit + 1}
        if cut.place is None:
            told["offset"] = cut.offset
        else:
            told |= {"at": moment(cut.place.keys[1]), "last": cut.place.keys[2]}
        # The part is chosen from the list's index alone; only its own lines are looked up.
        rows = await self._connection.execute(
            text(
                f"""
                WITH chosen AS MATERIALIZED ({_chosen(where, cut)})
                SELECT v.*, c.chat_id, c.last_in_at, c.last_out_at, {_CLIENT_COLUMNS}, last_line.*
                FROM chosen JOIN client_conversations v ON v.id = chosen.id
                JOIN chats c ON c.id = v.chat JOIN users u ON u.id = v.client_id
                {_LAST_LINE} {_BACKWARDS if cut.is_backwards else _IN_ORDER}
                """
            ),
            told,
        )
        return rows.mappings().all()

    async def _conditions(self, wanted: ConversationFilter) -> tuple[str, dict[str, object]]:
        """Only what is asked for stands in the statement, so that each form has a plan of its own."""
        values: dict[str, object] = {
            name: value
            for name in ("stage", "strategy", "handling", "assigned_to")
            if (value := getattr(wanted, name)) is not None
        }
        parts = [f"v.{name} = :{name}" for name in values]
        if wanted.is_unassigned:
            parts.append("v.assigned_to IS NULL")
        if words := query_of(wanted.q):
            values["found"] = await PgWordSearch(self._connection).conversations(words)
            parts.append("v.id = ANY(:found)")
        return ("WHERE " + " AND ".join(parts) if parts else ""), values

    async def detail(
        self,
        conversation_id: ConversationId,
        *,
        limit: int = 200,
        before: MessageRowId | None = None,
    ) -> ConversationDetail | None:
        found = await self._connection.execute(_DETAIL, {"conversation": conversation_id})
        row = found.mappings().first()
        if row is None:
            return None
        wanted = {"conversation": conversation_id, "before": before or _NEWEST, "limit": limit + 1}
        newest_first = (await self._connection.execute(_MESSAGES, wanted)).mappings().all()
        return ConversationDetail(
            conversation=self._conversation(row),
            client=profile_of(row, "client_"),
            messages=tuple(self._message(line) for line in reversed(newest_first[:limit])),
            has_earlier=len(newest_first) > limit,
            is_reachable=row["blocked_at"] is None,
            notes=await PgNoteRepository(self._connection).of_conversation(conversation_id),
            follow_up=await PgFollowUpRepository(self._connection).latest(conversation_id),
        )

    async def messages_after(
        self, conversation_id: ConversationId, after: MessageRowId, *, limit: int = 200
    ) -> Sequence[ConversationMessage]:
        wanted = {"conversation": conversation_id, "after": after, "limit": limit}
        rows = await self._connection.execute(_MESSAGES_AFTER, wanted)
        return tuple(self._message(row) for row in rows.mappings())

    async def _first(self, statement: Any, values: Mapping[str, object]) -> Conversation | None:
        row = (await self._connection.execute(statement, values)).mappings().first()
        return self._conversation(row) if row else None

    def _line(self, row: RowMapping) -> ConversationLine:
        return ConversationLine(
            conversation=self._conversation(row),
            client=profile_of(row, "client_"),
            last_text=row["last_text"] or "",
            last_author=row["last_author"] or "",
        )

    @staticmethod
    def _conversation(row: RowMapping) -> Conversation:
        return Conversation(**{name: row[name] for name in _CONVERSATION_FIELDS})

    @staticmethod
    def _message(row: RowMapping) -> ConversationMessage:
        return ConversationMessage(**{name: row[name] for name in _MESSAGE_FIELDS})
