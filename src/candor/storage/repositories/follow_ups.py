"""Reminders in PostgreSQL. What counts is held by two unique keys: one live reminder per conversation,
one reminder at all per message of the client."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.ids import ClientId, ConversationId, FollowUpId, MessageRowId, OutboxId
from candor.messaging.follow_up import FollowUp, FollowUpStatus

_COLUMNS: Final = ", ".join(field.name for field in fields(FollowUp))


def _withdraw(condition: str) -> Any:
    """What has not begun to be sent is taken back, its text with it."""
    return text(
        f"""
        WITH gone AS (
            UPDATE follow_ups f SET status = 'cancelled', reason = :reason, settled_at = :now
            WHERE {condition} AND status IN ('planned', 'queued')
                AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = f.outbox
                    AND o.status IN ('sending', 'sent', 'unconfirmed'))
            RETURNING outbox
        ), unsaid AS (
            UPDATE outbox SET status = 'cancelled', settled_at = :now, error = :reason
            FROM gone WHERE outbox.id = gone.outbox AND outbox.status = 'queued'
            RETURNING outbox.message
        ), shown AS (
            UPDATE conversation_messages m SET delivery = 'cancelled' FROM unsaid
            WHERE m.id = unsaid.message
        )
        SELECT count(*) FROM gone
        """
    )


_WITHDRAW = _withdraw("conversation_id = :conversation")
_WITHDRAW_FOR_CLIENT = _withdraw("client_id = :client")
_PLAN = text(
    """
    INSERT INTO follow_ups (client_id, conversation_id, after_message, due_at, hours, status,
        created_at)
    SELECT client_id, id, :message, :due_at, :hours, 'planned', :now
    FROM client_conversations WHERE id = :conversation
        AND (SELECT count(*) FROM follow_ups WHERE conversation_id = :conversation
            AND status IN ('sent', 'queued')) < :at_most
    ON CONFLICT DO NOTHING RETURNING id
    """
)
_MOVE_PLANNED = text(
    """
    UPDATE follow_ups SET after_message = :message, due_at = :due_at, hours = :hours
    WHERE conversation_id = :conversation AND status = 'planned' RETURNING id
    """
)
_GET = text(f"SELECT {_COLUMNS} FROM follow_ups WHERE id = :id FOR UPDATE")
_LIVE = text(
    f"""
    SELECT {_COLUMNS} FROM follow_ups
    WHERE conversation_id = :conversation AND status IN ('planned', 'queued') FOR UPDATE
    """
)
_LATEST = text(
    f"""
    SELECT {_COLUMNS} FROM follow_ups WHERE conversation_id = :conversation
    ORDER BY status IN ('planned', 'queued') DESC, id DESC LIMIT 1
    """
)
_QUEUE = text(
    "UPDATE follow_ups SET status = 'queued', outbox = :outbox WHERE id = :id AND status = 'planned'"
)
_SETTLE = text(
    """
    UPDATE follow_ups SET status = :status, reason = :reason, settled_at = :now
    WHERE id = :id AND (status IN ('planned', 'queued') OR :status = 'sent')
    """
)
_NEWEST = text(
    """
    SELECT id FROM conversation_messages WHERE conversation_id = :conversation AND direction = 'in'
    ORDER BY id DESC LIMIT 1
    """
)
_WAS_REMINDED = text(
    """
    SELECT EXISTS (SELECT 1 FROM follow_ups WHERE client_id = :client AND status = 'sent'
        AND settled_at > :since AND id <> :id)
    """
)
_OVERDUE = text(
    "SELECT conversation_id FROM follow_ups WHERE status = 'planned' AND due_at < :before LIMIT :limit"
)


class PgFollowUpRepository:
    """`candor.messaging.follow_up.FollowUpRepository`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def plan(
        self,
        conversation_id: ConversationId,
        *,
        after_message: MessageRowId,
        due_at: datetime,
        hours: str,
        at_most: int,
        now: datetime,
    ) -> bool:
        values = {
            "conversation": conversation_id,
            "message": after_message,
            "due_at": due_at,
            "hours": hours,
        }
        if await self._connection.scalar(_MOVE_PLANNED, values) is not None:
            return True
        await self.withdraw(conversation_id, reason="planned anew", now=now)
        made = await self._connection.scalar(_PLAN, {**values, "at_most": at_most, "now": now})
        return made is not None

    async def get(self, follow_up_id: FollowUpId) -> FollowUp | None:
        return await self._one(_GET, {"id": follow_up_id})

    async def live(self, conversation_id: ConversationId) -> FollowUp | None:
        return await self._one(_LIVE, {"conversation": conversation_id})

    async def latest(self, conversation_id: ConversationId) -> FollowUp | None:
        return await self._one(_LATEST, {"conversation": conversation_id})

    async def queue(self, follow_up_id: FollowUpId, outbox: OutboxId) -> None:
        await self._connection.execute(_QUEUE, {"id": follow_up_id, "outbox": outbox})

    async def settle(
        self, follow_up_id: FollowUpId, status: FollowUpStatus, *, reason: str, now: datetime
    ) -> None:
        values = {"id": follow_up_id, "status": status, "reason": reason, "now": now}
        await self._connection.execute(_SETTLE, values)

    async def withdraw(
        self, conversation_id: ConversationId, *, reason: str, now: datetime
    ) -> bool:
        values = {"conversation": conversation_id, "reason": reason, "now": now}
        return bool(await self._connection.scalar(_WITHDRAW, values))

    async def withdraw_for_client(self, client_id: ClientId, *, reason: str, now: datetime) -> int:
        values = {"client": client_id, "reason": reason, "now": now}
        return int(await self._connection.scalar(_WITHDRAW_FOR_CLIENT, values) or 0)

    async def newest_inbound(self, conversation_id: ConversationId) -> MessageRowId | None:
        found = await self._connection.scalar(_NEWEST, {"conversation": conversation_id})
        return None if found is None else MessageRowId(found)

    async def was_reminded(
        self, client_id: ClientId, *, since: datetime, apart_from: FollowUpId
    ) -> bool:
        values = {"client": client_id, "since": since, "id": apart_from}
        return bool(await self._connection.scalar(_WAS_REMINDED, values))

    async def overdue(self, before: datetime, *, limit: int) -> Sequence[ConversationId]:
        rows = await self._connection.scalars(_OVERDUE, {"before": before, "limit": limit})
        return tuple(ConversationId(row) for row in rows)

    async def _one(self, statement: Any, values: dict[str, object]) -> FollowUp | None:
        row = (await self._connection.execute(statement, values)).mappings().first()
        return FollowUp(**row) if row else None
