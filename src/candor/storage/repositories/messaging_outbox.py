"""The outbox: put, the next text of a chat, intent, outcome, cancelling.

A delivery reads what is due, decides outside SQL, and claims. The claim is one statement that finds
nothing if the chat's `version` has grown since, so no text goes out by a state that is gone; the same
statement reserves the account's place within Telegram's limit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import RowMapping, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.accounts.limits import BusinessRights
from candor.common.ids import ChatRowId, ClientId, ConversationId, OutboxId
from candor.messaging.chat import Chat
from candor.messaging.gateway import Button, Keyboard
from candor.messaging.outgoing import OutboxItem, Outcome, Outgoing
from candor.messaging.pacing import Pace
from candor.messaging.ports import Claimed, Due, Trace
from candor.storage.lean import lean
from candor.storage.metadata import Json
from candor.storage.repositories.messaging_sql import REOPENED, STAGE_BACK
from candor.storage.repositories.messaging_trace import trace_of

SLOT_KEEPS: Final = timedelta(milliseconds=150)
"""A place within the account's limit that was not used for so long is gone; another is taken."""

_ITEM_FIELDS: Final = tuple(field.name for field in fields(OutboxItem))
_CHAT_FIELDS: Final = tuple(field.name for field in fields(Chat))

_PUT = lean(
    text(
        """
    WITH message AS (
        INSERT INTO conversation_messages (conversation_id, account_id, chat_id, direction, author,
            text, kind, reply_to, created_at, strategy, stage, trigger, delivery, provenance)
        SELECT CAST(:conversation AS bigint), :account, chats.chat_id, 'out', :author, :text, :kind,
            CAST(:reply_to AS bigint), :now, :strategy, :stage, :trigger, 'queued', :provenance
        FROM chats WHERE id = :chat AND CAST(:conversation AS bigint) IS NOT NULL
        RETURNING id
    )
    INSERT INTO outbox (account_id, chat, purpose, subject, conversation_id, message, answers_up_to,
        kind, text, author, language, label, partner_name, reply_to, keyboard, not_before,
        direct_messages_topic_id, random_id, provenance, created_at)
    VALUES (:account, :chat, :purpose, :subject, :conversation, (SELECT id FROM message),
        :answers_up_to, :kind, :text, :author, :language, :label, :partner_name, :reply_to,
        :keyboard, :not_before, :topic, :random_id, :provenance, :now)
    RETURNING id
    """
    ).bindparams(bindparam("provenance", type_=Json), bindparam("keyboard", type_=Json))
)

_NEXT_DUE = lean(
    text(
        f"""
    SELECT {", ".join(f"o.{name} AS item_{name}" for name in _ITEM_FIELDS)},
        {", ".join(f"c.{name} AS chat_{name}" for name in _CHAT_FIELDS)},
        v.handling, u.opted_out_at IS NOT NULL AS is_opted_out, p.paused_until,
        b.status = 'active' AS business_is_enabled, b.can_reply,
        (SELECT max(m.id) FROM conversation_messages m WHERE m.conversation_id = o.conversation_id
            AND m.direction = 'in' AND m.answered_at IS NULL) AS newest_in
    FROM outbox o JOIN chats c ON c.id = o.chat
        LEFT JOIN client_conversations v ON v.id = o.conversation_id
        LEFT JOIN users u ON u.id = c.client_id
        LEFT JOIN sending_pace p ON p.account_id = o.account_id
        LEFT JOIN telegram_account_sessions b ON b.id = o.account_id AND b.kind = 'business'
    WHERE o.chat = :chat AND o.status IN ('queued', 'sending')
    ORDER BY o.status = 'queued', COALESCE(o.not_before > :now, false),
        CASE WHEN o.not_before > :now THEN o.not_before END, o.id
    LIMIT 1
    """
    )
)

# The slot: now while the window has room, else when its oldest entry leaves the window. Never
# before a slot that was given earlier.
_SLOT: Final = """
    GREATEST(excluded.slots[1], p.slots[cardinality(p.slots)],
        p.slots[cardinality(p.slots) - :burst + 1] + :window)
"""
_CLAIM = lean(
    text(
        f"""
    WITH pace AS (
        INSERT INTO sending_pace AS p (account_id, slots) SELECT :account, ARRAY[CAST(:now AS timestamptz)]
        WHERE :needs_slot AND EXISTS (SELECT 1 FROM chats WHERE id = :chat AND version = :version)
        ON CONFLICT (account_id) DO UPDATE SET
            slots = (p.slots || {_SLOT})[GREATEST(cardinality(p.slots) + 2 - :burst, 1):]
        RETURNING slots[cardinality(slots)] AS slot
    ), place AS (
        SELECT COALESCE((SELECT slot FROM pace), :now) AS slot
    ), chat AS (
        UPDATE chats SET free_at = CASE WHEN slot <= :now THEN :free_at ELSE chats.free_at END
        FROM place WHERE chats.id = :chat AND version = :version RETURNING chats.id, slot
    )
    UPDATE outbox SET slot_at = slot,
        status = CASE WHEN slot <= :now THEN 'sending' ELSE 'queued' END,
        sent_text = CASE WHEN slot <= :now THEN :text ELSE sent_text END,
        is_labelled = CASE WHEN slot <= :now THEN :labelled ELSE is_labelled END,
        sending_at = CASE WHEN slot <= :now THEN :now ELSE sending_at END,
        attempts = CASE WHEN slot <= :now THEN attempts + 1 ELSE attempts END,
        claimed_version = :version
    FROM chat WHERE outbox.id = :item AND outbox.status = :status
    RETURNING slot_at, outbox.status = 'sending' AS is_ours
    """
    )
)

_HAS_MORE: Final = """
    EXISTS (SELECT 1 FROM outbox WHERE chat = :chat AND status IN ('queued', 'sending')
        AND id <> :item) AS has_more
"""
_SETTLE = lean(
    text(
        f"""
    WITH chat AS (
        SELECT id FROM chats WHERE id = :chat FOR NO KEY UPDATE
    ), item AS (
        UPDATE outbox SET status = :status, settled_at = :at, message_id = :message_id,
            error = :error
        FROM chat WHERE outbox.chat = chat.id AND outbox.id = :item
            AND outbox.status = ANY(:from_states)
        RETURNING outbox.message, outbox.is_labelled, outbox.claimed_version, outbox.sending_at,
            outbox.sent_text, outbox.account_id, outbox.conversation_id, outbox.purpose
    ), message AS (
        UPDATE conversation_messages m SET delivery = :status, sent_text = item.sent_text,
            sent_at = CASE WHEN :is_sent THEN :at END,
            message_id = CASE WHEN NOT EXISTS (SELECT 1 FROM conversation_messages other
                WHERE other.account_id = m.account_id AND other.chat_id = m.chat_id
                AND other.message_id = :message_id) THEN CAST(:message_id AS bigint) END,
            provenance = m.provenance || jsonb_build_object('label_shown', item.is_labelled,
                'sent_at', to_jsonb(CAST(:at AS timestamptz)))
        FROM item WHERE m.id = item.message
    ), disclosed AS (
        UPDATE chats SET last_out_at = :at,
            disclosed_at = CASE WHEN item.is_labelled THEN item.sending_at ELSE disclosed_at END,
            label_due = CASE WHEN item.is_labelled
                AND label_due_version <= item.claimed_version THEN NULL ELSE label_due END
        FROM item WHERE chats.id = :chat AND :is_sent
    ), logged AS (
        INSERT INTO user_activity_log (at, kind, level, client_id, account_id, conversation_id,
            details)
        SELECT :at, 'message.' || CAST(:status AS text), :level,
            (SELECT client_id FROM chats WHERE id = :chat), item.account_id, item.conversation_id,
            jsonb_build_object('purpose', item.purpose, 'outbox', CAST(:item AS bigint),
                'error', CAST(:error AS text))
        FROM item
    )
    SELECT {_HAS_MORE}
    """
    )
)

_FROM_STATES: Final[Mapping[str, list[str]]] = {
    # A late answer is worth more than "we don't know".
    "sent": ["sending", "unconfirmed"],
    "unconfirmed": ["sending"],
    "failed": ["sending", "queued"],
}

_REQUEUE = text(
    """
    WITH pace AS (
        UPDATE sending_pace SET limited_until = GREATEST(limited_until, :not_before),
            paused_until = CASE WHEN limited_until > :now
                THEN GREATEST(paused_until, :not_before) ELSE paused_until END
        WHERE account_id = :account AND :is_limited RETURNING 1
    ), chat AS (
        UPDATE chats SET free_at = GREATEST(free_at, :not_before)
        WHERE id = :chat AND (SELECT count(*) FROM pace) >= 0
        RETURNING id
    )
    UPDATE outbox SET status = 'queued', slot_at = NULL, error = :error
    FROM chat WHERE outbox.id = :item AND outbox.chat = chat.id AND outbox.status = 'sending'
    """
)

_CANCEL = text(
    f"""
    WITH gone AS (
        UPDATE outbox SET status = 'cancelled', settled_at = :now, error = :reason
        WHERE id = :item AND status = 'queued' RETURNING conversation_id, message, answers_up_to
    ), unsaid AS (
        UPDATE conversation_messages m SET delivery = 'cancelled' FROM gone WHERE m.id = gone.message
    )
    SELECT {_HAS_MORE}
    """
)
_CANCEL_AND_REOPEN = text(
    f"""
    WITH gone AS (
        UPDATE outbox SET status = 'cancelled', settled_at = :now, error = :reason
        WHERE id = :item AND status = 'queued' RETURNING conversation_id, message, answers_up_to
    ), {REOPENED}, moved_back AS ({STAGE_BACK})
    SELECT {_HAS_MORE}
    """
)


def _cancel_many(condition: str, *, reopen: bool = False) -> TextClause:
    """Cancel all queued rows that meet a condition; counts them."""
    reopened = f"{REOPENED}, moved_back AS ({STAGE_BACK})"
    unsaid = """
        unsaid AS (
            UPDATE conversation_messages m SET delivery = 'cancelled' FROM gone
            WHERE m.id = gone.message
        )
    """
    return text(
        f"""
        WITH gone AS (
            UPDATE outbox SET status = 'cancelled', settled_at = :now, error = :reason
            WHERE status = 'queued' AND {condition}
            RETURNING conversation_id, message, answers_up_to
        ), {reopened if reopen else unsaid}
        SELECT count(*) FROM gone
        """
    )


_OF_CONVERSATION: Final = (
    "chat = (SELECT chat FROM client_conversations WHERE id = :conversation)"
    " AND conversation_id = :conversation AND author = 'ai'"
    " AND purpose IN ('conversation', 'follow_up')"
)
_CANCEL_CONVERSATION = _cancel_many(_OF_CONVERSATION)
_CANCEL_CONVERSATION_AND_REOPEN = _cancel_many(_OF_CONVERSATION, reopen=True)
_CANCEL_CLIENT = _cancel_many(
    "chat IN (SELECT id FROM chats WHERE client_id = :client) AND purpose <> 'notice'"
)
_CANCEL_CHAT = _cancel_many("chat = :chat")
_CANCEL_SUBJECTS = _cancel_many("purpose = :purpose AND subject = ANY(:subjects)")

_UNSENT_SINCE = text(
    """
    SELECT DISTINCT chat FROM outbox WHERE status IN ('queued', 'sending')
        AND GREATEST(created_at, not_before, sending_at) < :before LIMIT :limit
    """
)


class PgOutboxRepository:
    """`candor.messaging.ports.OutboxRepository`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, outgoing: Outgoing, *, random_id: int, now: datetime) -> OutboxId:
        values = {
            "account": outgoing.account_id,
            "chat": outgoing.chat,
            "purpose": outgoing.purpose,
            "subject": outgoing.subject,
            "conversation": outgoing.conversation_id,
            "answers_up_to": outgoing.answers_up_to,
            "kind": outgoing.kind,
            "text": outgoing.text,
            "author": outgoing.author,
            "language": outgoing.language,
            "label": outgoing.label,
            "partner_name": outgoing.partner_name,
            "reply_to": outgoing.reply_to,
            "keyboard": _keyboard_json(outgoing.keyboard),
            "not_before": outgoing.not_before,
            "topic": outgoing.direct_messages_topic_id,
            "strategy": outgoing.strategy,
            "stage": outgoing.stage,
            "trigger": outgoing.trigger,
            "random_id": random_id,
            "provenance": asdict(outgoing.provenance) | {"account_id": outgoing.account_id},
            "now": now,
        }
        return OutboxId(int((await self._connection.execute(_PUT, values)).scalar_one()))

    async def next_due(self, chat: ChatRowId, *, now: datetime) -> Due | None:
        wanted = {"chat": chat, "now": now}
        row = (await self._connection.execute(_NEXT_DUE, wanted)).mappings().first()
        return _due(row) if row else None

    async def trace(self, due: Due, *, most: int) -> Trace | None:
        return await trace_of(self._connection, due, most=most)

    async def claim(
        self, due: Due, *, text: str, labelled: bool, pace: Pace, now: datetime
    ) -> Claimed | None:
        reserved = due.item.slot_at
        values = {
            "account": due.item.account_id,
            "chat": due.chat.id,
            "version": due.chat.version,
            "item": due.item.id,
            "status": due.item.status,
            "text": text,
            "labelled": labelled,
            "needs_slot": reserved is None or not reserved <= now <= reserved + SLOT_KEEPS,
            "burst": pace.account_burst,
            "window": pace.account_window,
            "free_at": now + pace.gap(is_group=due.chat.is_group),
            "now": now,
        }
        row = (await self._connection.execute(_CLAIM, values)).first()
        return Claimed(slot=row.slot_at, is_ours=row.is_ours) if row else None

    async def settle(self, due: Due, outcome: Outcome) -> bool:
        is_sent = outcome.status == "sent"
        values = {
            "item": due.item.id,
            "chat": due.chat.id,
            "status": outcome.status,
            "from_states": _FROM_STATES[outcome.status],
            "is_sent": is_sent,
            "level": "info" if is_sent else "error",
            "message_id": outcome.message_id,
            "error": outcome.error,
            "at": outcome.at,
        }
        return bool(await self._connection.scalar(_SETTLE, values))

    async def requeue(
        self, due: Due, *, not_before: datetime, error: str, is_limited: bool, now: datetime
    ) -> None:
        values = {
            "item": due.item.id,
            "chat": due.chat.id,
            "account": due.item.account_id,
            "not_before": not_before,
            "error": error,
            "is_limited": is_limited,
            "now": now,
        }
        await self._connection.execute(_REQUEUE, values)

    async def cancel(self, due: Due, *, reason: str, now: datetime, reopen: bool) -> bool:
        values = {"item": due.item.id, "chat": due.chat.id, "reason": reason, "now": now}
        statement = _CANCEL_AND_REOPEN if reopen else _CANCEL
        return bool(await self._connection.scalar(statement, values))

    async def cancel_queued(
        self, conversation_id: ConversationId, *, reason: str, now: datetime, reopen: bool
    ) -> int:
        statement = _CANCEL_CONVERSATION_AND_REOPEN if reopen else _CANCEL_CONVERSATION
        return await self._count(statement, conversation=conversation_id, reason=reason, now=now)

    async def cancel_for_client(self, client_id: ClientId, *, reason: str, now: datetime) -> int:
        return await self._count(_CANCEL_CLIENT, client=client_id, reason=reason, now=now)

    async def cancel_for_chat(self, chat: ChatRowId, *, reason: str, now: datetime) -> int:
        return await self._count(_CANCEL_CHAT, chat=chat, reason=reason, now=now)

    async def cancel_for_subjects(
        self, purpose: str, subjects: Sequence[int], *, reason: str, now: datetime
    ) -> int:
        if not subjects:
            return 0
        return await self._count(
            _CANCEL_SUBJECTS, purpose=purpose, subjects=list(subjects), reason=reason, now=now
        )

    async def unsent_since(self, before: datetime, *, limit: int) -> Sequence[ChatRowId]:
        wanted = {"before": before, "limit": limit}
        rows = await self._connection.scalars(_UNSENT_SINCE, wanted)
        return tuple(ChatRowId(row) for row in rows)

    async def _count(self, statement: TextClause, **values: object) -> int:
        return int(await self._connection.scalar(statement, values) or 0)


def _due(row: RowMapping) -> Due:
    item = {name: row[f"item_{name}"] for name in _ITEM_FIELDS}
    item["keyboard"] = _keyboard_of(item["keyboard"])
    return Due(
        item=OutboxItem(**item),
        chat=Chat(**{name: row[f"chat_{name}"] for name in _CHAT_FIELDS}),
        handling=row["handling"],
        newest_in=row["newest_in"],
        is_opted_out=row["is_opted_out"],
        paused_until=row["paused_until"],
        business=None
        if row["can_reply"] is None
        else BusinessRights(row["business_is_enabled"], row["can_reply"]),
    )


def _keyboard_json(keyboard: Keyboard) -> list[list[dict[str, str]]] | None:
    if not keyboard:
        return None
    return [
        [{k: v for k, v in asdict(button).items() if v is not None} for button in line]
        for line in keyboard
    ]


def _keyboard_of(stored: Sequence[Sequence[Mapping[str, str]]] | None) -> Keyboard:
    return tuple(tuple(Button(**button) for button in line) for line in stored or ())
