"""Where a message may stand whose sender died before it noted the outcome.

A bot's private messages, in and out and over all its chats, share one row of numbers. Between what is
certainly older and what is certainly newer than the lost one only a few numbers belong to nobody known.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.ids import TelegramMessageId
from candor.messaging.ports import Due, Trace

NUMBERS_AHEAD: Final = 30
"""How far past the last known message an unknown one may stand."""

_TRACE = text(
    """
    WITH item AS (SELECT * FROM outbox WHERE id = :item),
    near AS (
        SELECT message_id, conversation_messages.chat_id, direction, conversation_messages.created_at,
            conversation_messages.id
        FROM conversation_messages
        WHERE conversation_messages.id > (SELECT message FROM item) - 2000
            AND account_id = :account AND message_id IS NOT NULL
        ORDER BY conversation_messages.id LIMIT 20000
    ),
    sends AS (
        SELECT outbox.message_id, outbox.sending_at, outbox.settled_at
        FROM outbox JOIN chats ON chats.id = outbox.chat
        WHERE outbox.id > :item - 500 AND outbox.account_id = :account
            AND outbox.message_id IS NOT NULL AND chats.type = 'private'
        ORDER BY outbox.id LIMIT 5000
    )
    SELECT
        -- Certainly before it: what this chat showed when it was written, and what other chats of the
        -- account had been sent when it left.
        GREATEST(
            (SELECT max(message_id) FROM conversation_messages
                WHERE account_id = :account AND message_id IS NOT NULL
                AND chat_id = (SELECT chat_id FROM chats WHERE id = :chat)
                AND id < (SELECT message FROM item)),
            (SELECT max(message_id) FROM sends WHERE settled_at <= (SELECT sending_at FROM item))
        ) AS after,
        -- Certainly after it: sent so much later that it had arrived or would never.
        (SELECT min(message_id) FROM sends
            WHERE sending_at > (SELECT sending_at FROM item) + interval '15 seconds') AS before,
        ARRAY(SELECT message_id FROM near UNION SELECT message_id FROM sends) AS known
    """
)


async def trace_of(connection: AsyncConnection, due: Due, *, most: int) -> Trace | None:
    """Candidates for `due`; None when there are more than `most`, or its chat tells nothing."""
    if due.chat.type != "private" or due.chat.business_connection_id is not None:
        return None
    if due.item.message is None or due.item.kind != "text":
        return None
    wanted = {"item": due.item.id, "account": due.item.account_id, "chat": due.chat.id}
    row = (await connection.execute(_TRACE, wanted)).one()
    if row.after is None:
        return None
    known = set(row.known or ())
    end = max((row.after, *known)) + NUMBERS_AHEAD
    if row.before is not None:
        end = min(end, row.before)
    unknown = [number for number in range(row.after + 1, end) if number not in known]
    if len(unknown) > most:
        return None
    return Trace(tuple(TelegramMessageId(number) for number in unknown))
