"""Fills a database with conversations that look as if they had been led: for `grow`."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

FIRST_PERSON: Final = 2_000_000_000
TABLES: Final = (
    "users",
    "chats",
    "client_conversations",
    "conversation_messages",
    "outbox",
    "user_activity_log",
)

# Row n of one table belongs to row n of the others: all keys are counted from 1 in empty tables.
_STEPS: Final = (
    """
    INSERT INTO users (telegram_user_id, first_name, language, created_at, last_seen_at)
    SELECT :first + n, 'Клиент ' || n, 'ru', at, at FROM days
    """,
    """
    INSERT INTO chats (account_id, chat_id, type, client_id, disclosed_at, last_in_at, last_out_at,
        created_at)
    SELECT 1, :first + n, 'private', n, at, at, at, at FROM days
    """,
    """
    INSERT INTO client_conversations (client_id, account_id, chat, handling, handling_since,
        script_id, script_version, stage, strategy, created_at, active_at)
    SELECT n, 1, n, 'ai', at, s.id, s.version, :stage, 'script_80', at, at
    FROM days CROSS JOIN sales_scripts s WHERE s.key = 'first-contact'
    """,
    """
    INSERT INTO conversation_messages (conversation_id, account_id, chat_id, message_id, direction,
        author, text, created_at, answered_at)
    SELECT n, 1, :first + n, 1, 'in', 'client', 'Здравствуйте, расскажите о курсе', at, at FROM days
    """,
    """
    INSERT INTO conversation_messages (conversation_id, account_id, chat_id, message_id, direction,
        author, text, created_at, delivery, sent_at, provenance)
    SELECT n, 1, :first + n, 2, 'out', 'ai', 'Здравствуйте! Для чего вам язык?', at, 'sent', at,
        '{"written_by": "script"}'
    FROM days
    """,
    """
    INSERT INTO outbox (account_id, chat, purpose, conversation_id, text, author, language, label,
        status, random_id, provenance, created_at, settled_at, message_id)
    SELECT 1, n, 'conversation', n, 'Здравствуйте! Для чего вам язык?', 'ai', 'ru', 'dialogue',
        'sent', n, '{"written_by": "script"}', at, at, 2
    FROM days
    """,
    """
    INSERT INTO user_activity_log (at, kind, client_id, account_id, conversation_id)
    SELECT at, 'message.sent', n, 1, n FROM days
    """,
)
_DAYS: Final = """
    WITH days AS (
        SELECT n, now() - interval '1 second' * (:size - n) - interval '2 days' AS at
        FROM generate_series(1, CAST(:size AS bigint)) AS n
    )
"""


async def fill(engine: AsyncEngine, size: int, *, stage: str = "need") -> None:
    """`size` conversations with a message each way; vacuumed and analysed, as after a while."""
    values = {"size": size, "first": FIRST_PERSON, "stage": stage}
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL synchronous_commit = off"))
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        for step in _STEPS:
            used = {name: value for name, value in values.items() if f":{name}" in _DAYS + step}
            head, _, rest = step.partition("SELECT")
            await connection.execute(text(f"{head} {_DAYS} SELECT{rest}"), used)
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("SET statement_timeout = 0"))
        for table in TABLES:
            await connection.execute(text(f"VACUUM (ANALYZE) {table}"))
        await connection.execute(text("CHECKPOINT"))
        await connection.execute(text("RESET statement_timeout"))
