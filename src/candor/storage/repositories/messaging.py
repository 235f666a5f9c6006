"""Chats and conversations: what comes in, what a turn takes and saves, who handles it."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.journey import VISIT_ENDS_AFTER
from candor.common.errors import ConflictError, NotFoundError
from candor.common.ids import (
    AccountId,
    ChatRowId,
    ClientId,
    ConversationId,
    MessageRowId,
    OperatorId,
    TelegramChatId,
)
from candor.messaging.chat import Chat, LabelCause
from candor.messaging.conversation import Conversation, ConversationMessage, Handling
from candor.messaging.incoming import ChatType, IncomingMessage
from candor.messaging.ports import InboundRow, StoredInbound
from candor.messaging.reading import SavedTurn, Turn
from candor.storage.repositories import messaging_sql as sql
from candor.storage.repositories.clients import profile_of
from candor.storage.repositories.messaging_reading import PgConversationReading

_CHAT_FIELDS: Final = tuple(field.name for field in fields(Chat))


def chat_of(row: RowMapping, prefix: str = "") -> Chat:
    return Chat(**{name: row[prefix + name] for name in _CHAT_FIELDS})


class PgChatRepository:
    """Chats as accounts see them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, chat: ChatRowId) -> Chat | None:
        return await self._one(_CHAT_BY_ID, {"id": chat})

    async def find(self, account_id: AccountId, chat_id: TelegramChatId) -> Chat | None:
        return await self._one(_CHAT_BY_TELEGRAM_ID, {"account": account_id, "chat_id": chat_id})

    async def ensure(
        self,
        account_id: AccountId,
        chat_id: TelegramChatId,
        *,
        type: ChatType,
        now: datetime,
        title: str = "",
        client_id: ClientId | None = None,
    ) -> Chat:
        values = {
            "account": account_id,
            "chat_id": chat_id,
            "type": type,
            "title": title,
            "client": client_id,
            "now": now,
        }
        made = await self._one(_ENSURE_CHAT, values)
        if made is None:
            raise NotFoundError("The chat could not be stored.")
        return made

    async def touch(self, chat: ChatRowId, *, label_due: LabelCause | None = None) -> None:
        await self._connection.execute(sql.TOUCH_CHAT, {"chat": chat, "label_due": label_due})

    async def set_blocked(
        self, account_id: AccountId, chat_id: TelegramChatId, *, blocked_at: datetime | None
    ) -> Chat | None:
        values = {"account": account_id, "chat_id": chat_id, "at": blocked_at}
        return await self._one(_SET_BLOCKED, values)

    async def _one(self, statement: Any, values: Mapping[str, object]) -> Chat | None:
        row = (await self._connection.execute(statement, values)).mappings().first()
        return chat_of(row) if row else None


_COLUMNS = ", ".join(_CHAT_FIELDS)
_CHAT_BY_ID = text(f"SELECT {_COLUMNS} FROM chats WHERE id = :id")
_CHAT_BY_TELEGRAM_ID = text(
    f"SELECT {_COLUMNS} FROM chats WHERE account_id = :account AND chat_id = :chat_id"
)
_ENSURE_CHAT = text(
    f"""
    INSERT INTO chats AS c (account_id, chat_id, type, title, client_id, created_at)
    VALUES (:account, :chat_id, :type, :title, :client, :now)
    ON CONFLICT (account_id, chat_id) DO UPDATE SET
        title = CASE WHEN excluded.title = '' THEN c.title ELSE excluded.title END,
        client_id = COALESCE(c.client_id, excluded.client_id)
    RETURNING {_COLUMNS}
    """
)
_SET_BLOCKED = text(
    f"""
    UPDATE chats SET blocked_at = :at, version = version + 1
    WHERE account_id = :account AND chat_id = :chat_id RETURNING {_COLUMNS}
    """
)


class PgConversationRepository(PgConversationReading):
    """The outline's ConversationRepository."""

    async def receive(self, row: InboundRow) -> StoredInbound | None:
        values = _inbound_values(row)
        found = (await self._connection.execute(sql.RECEIVE, values)).mappings().first()
        if found is None or (row.has_conversation and found["message"] is None):
            return None
        person = await self._person(found, row)
        seen, now = person["seen_before"], row.now
        # Two first messages at once: only the one that made the row is the first.
        if person["is_new"] or (seen is not None and now - seen > VISIT_ENDS_AFTER):
            visit = {"client": person["id"], "account": row.message.account_id}
            await self._connection.execute(sql.NEW_VISIT, visit | {"ended": seen, "now": now})
        return replace(
            _stored(found, row.message.account_id),
            client=profile_of(person),
            is_first=person["is_new"],
            is_back=found["label_due"] == "start",
            milestone=person["milestone"],
            is_asked=found["is_asked"],
        )

    async def _person(self, account: RowMapping, row: InboundRow) -> RowMapping:
        """The row that all is known at: the sender's own, unless it was merged into another one."""
        if account["merged_into"] is None:
            if row.is_start:
                await self._connection.execute(sql.ALSO_BACK, {"person": account["id"]})
            return account
        values = {"person": account["merged_into"], "now": row.now, "is_start": row.is_start}
        return (await self._connection.execute(sql.PERSON, values)).mappings().one()

    async def edit(self, message: IncomingMessage, *, now: datetime) -> StoredInbound | None:
        values = {
            "account": message.account_id,
            "chat_id": message.chat_id,
            "message_id": message.message_id,
            "text": message.text,
            "now": now,
        }
        found = (await self._connection.execute(sql.EDIT, values)).mappings().first()
        return _stored(found, message.account_id, prefix="client_") if found else None

    async def add_owners_message(
        self, message: IncomingMessage, *, now: datetime
    ) -> ConversationId | None:
        values = {
            "account": message.account_id,
            "chat_id": message.chat_id,
            "message_id": message.message_id,
            "text": message.text,
            "kind": message.kind,
            "now": now,
        }
        found = await self._connection.scalar(sql.OWNERS_MESSAGE, values)
        return ConversationId(found) if found is not None else None

    async def settle_inbound(self, message: MessageRowId, *, now: datetime) -> None:
        await self._connection.execute(sql.SETTLE_ONE, {"message": message, "now": now})

    async def settle_all(self, conversation_id: ConversationId, *, now: datetime) -> int:
        values = {"conversation": conversation_id, "now": now}
        done = await self._connection.execute(sql.SETTLE_ALL, values)
        return done.rowcount

    async def lock(self, conversation_id: ConversationId) -> Conversation:
        await self._connection.execute(sql.LOCK_CHAT, {"conversation": conversation_id})
        found = await self.get(conversation_id)
        if found is None:
            raise NotFoundError(f"There is no conversation {conversation_id}.")
        return found

    async def take_unanswered(
        self, conversation_id: ConversationId, *, now: datetime, history: int = 24
    ) -> Turn | None:
        wanted = {"conversation": conversation_id}
        row = (await self._connection.execute(sql.TAKE, wanted)).mappings().first()
        if row is None or row["handling"] != "ai":
            return None
        if row["has_queued"] and row["has_unanswered"]:
            await self._connection.execute(sql.RECALL, {**wanted, "now": now})
            row = (await self._connection.execute(sql.TAKE, wanted)).mappings().one()
        unanswered, earlier = await self._lines(conversation_id, history)
        if not unanswered:
            if row["waiting_since"] is not None:
                await self._connection.execute(sql.NOTHING_WAITS, wanted)
            return None
        return Turn(self._conversation(row), profile_of(row, "client_"), unanswered, earlier)

    async def save_turn(self, turn: SavedTurn) -> None:
        values = {
            "conversation": turn.conversation_id,
            "up_to": turn.up_to,
            "now": turn.now,
            "stage": turn.stage,
            "return_stage": turn.return_stage,
            "strategy": turn.strategy,
            "script": turn.script_id,
            "script_version": turn.script_version,
            "score": turn.script_fit_score,
            "analysis": dict(turn.analysis) if turn.analysis is not None else None,
            "trigger": turn.trigger,
            "cause": turn.cause or turn.strategy or "turn",
            "summary": turn.summary,
            "edited_at": turn.edited_at,
        }
        saved = (await self._connection.execute(sql.SAVE_TURN, values)).one()
        if not (saved.is_handled and saved.is_answered):
            raise ConflictError(
                "This turn is not the AI's any more: another one answered, a person took over, or the"
                " client has changed his words."
            )

    async def set_handling(
        self,
        conversation_id: ConversationId,
        handling: Handling,
        *,
        now: datetime,
        operator_id: OperatorId | None = None,
        reason: str = "",
        label_due: LabelCause | None = None,
    ) -> Conversation:
        values = {
            "conversation": conversation_id,
            "handling": handling,
            "now": now,
            "operator": operator_id,
            "reason": reason,
            "label_due": label_due,
        }
        await self._connection.execute(sql.SET_HANDLING, values)
        changed = await self.get(conversation_id)
        if changed is None:
            raise NotFoundError(f"There is no conversation {conversation_id}.")
        return changed

    async def assign(self, conversation_id: ConversationId, to: OperatorId | None) -> None:
        await self._connection.execute(sql.ASSIGN, {"conversation": conversation_id, "to": to})

    async def has_unanswered(self, conversation_id: ConversationId) -> bool:
        wanted = {"conversation": conversation_id}
        return bool(await self._connection.scalar(sql.HAS_UNANSWERED, wanted))

    async def unanswered_since(self, before: datetime, *, limit: int) -> Sequence[ConversationId]:
        wanted = {"before": before, "limit": limit}
        rows = await self._connection.scalars(sql.UNANSWERED_SINCE, wanted)
        return tuple(ConversationId(row) for row in rows)

    async def _lines(
        self, conversation_id: ConversationId, history: int
    ) -> tuple[tuple[ConversationMessage, ...], tuple[ConversationMessage, ...]]:
        """What waits, and what was said before, both oldest first."""
        wanted = {"conversation": conversation_id, "history": history}
        rows = await self._connection.execute(sql.LINES, wanted)
        lines = [self._message(row) for row in rows.mappings()]
        waiting = tuple(m for m in lines if m.direction == "in" and m.answered_at is None)
        return waiting, tuple(m for m in lines if m.direction == "out" or m.answered_at)


def _inbound_values(row: InboundRow) -> dict[str, object]:
    message = row.message
    return {
        "account": message.account_id,
        "chat_id": message.chat_id,
        "message_id": message.message_id,
        "sender": message.sender_id,
        "first_name": message.first_name,
        "last_name": message.last_name,
        "username": message.username or "",
        "language": row.language,
        "learnt_language": row.learnt_language,
        "time_zone": row.learnt_time_zone,
        "is_bot": message.is_bot,
        "type": message.chat_type,
        "title": message.chat_title,
        "business_connection": message.business_connection_id,
        "topic": message.direct_messages_topic_id,
        "kind": message.kind,
        "text": message.text,
        "reply_to": message.reply_to,
        "origin": row.origin,
        "hashes": list(row.opt_out_hashes),
        "is_start": row.is_start,
        "is_settled": row.is_settled,
        "has_conversation": row.has_conversation,
        "now": row.now,
        "silent_since": row.now - row.silence,
    }


def _stored(row: RowMapping, account_id: AccountId, *, prefix: str = "") -> StoredInbound:
    return StoredInbound(
        client=profile_of(row, prefix),
        account_id=account_id,
        chat=ChatRowId(row["chat"]),
        conversation_id=row["conversation"],
        handling=row["handling"],
        message=row["message"],
        waiting_since=row["waiting_since"],
    )
