"""Fills a database with a year of work: dialogues, what they cost, comments, logs. For `panel`."""

from typing import Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.bench.growing import FIRST_PERSON

MESSAGES: Final = 10
"""Of each dialogue, half of them the client's."""
TABLES: Final = (
    "users",
    "chats",
    "client_conversations",
    "conversation_messages",
    "outbox",
    "user_activity_log",
    "llm_usage",
    "audit_log",
    "telegram_channels",
    "telegram_posts",
    "generated_comments",
    "education_groups",
)
_WORDS: Final = """
    (ARRAY['Здравствуйте, расскажите о курсе', 'Сколько стоит обучение?', 'Хочу английский для работы',
    'А когда занятия, вечером можно?', 'Спасибо, подумаю до пятницы', 'Да, добавляйте в группу',
    'I would like to learn for a journey', 'У меня вопрос про оплату и рассрочку',
    'Не получается найти время', 'Как проходит пробный урок?'])[1 + k % 10]
"""
_SCOPE: Final = '{"mode": "approve", "max_per_day": 3, "topics": [], "may_link": true}'
_PROOF: Final = (
    '{"chat_id": 1, "message_id": 1, "text": "", "administrator_status": "creator",'
    ' "verified_at": "2026-01-01T00:00:00+00:00"}'
)
_LINES: Final = """
    WITH lines AS (
        SELECT n, k, at + k * interval '50 seconds' AS at FROM talks CROSS JOIN
            generate_series(0, CAST(:messages AS int) - 1) AS k
    )
"""

# Row n of one table belongs to row n of the others: all keys are counted from 1 in empty tables.
_STEPS: Final = (
    """
    INSERT INTO telegram_account_sessions (kind, role, title, username, telegram_id, status, status_at,
        created_at)
    SELECT 'bot', 'sales', 'Bot ' || n, 'bench_bot_' || n, n, 'paused', at, at FROM talks WHERE n <= 20
    """,
    """
    INSERT INTO users (telegram_user_id, first_name, last_name, username, language, created_at,
        last_seen_at)
    SELECT :first + n, 'Клиент', 'Номер' || n, 'person' || n, 'ru', at, at FROM talks
    """,
    """
    INSERT INTO chats (account_id, chat_id, type, client_id, disclosed_at, last_in_at, last_out_at,
        created_at)
    SELECT 1, :first + n, 'private', n, at, at, at, at FROM talks
    """,
    """
    INSERT INTO client_conversations (client_id, account_id, chat, handling, handling_since,
        handling_reason, waiting_since, script_id, script_version, stage, strategy,
        script_fit_score, origin, created_at, active_at)
    SELECT n, 1, n, CASE WHEN n % 400 = 0 THEN 'human' WHEN n % 50 = 0 THEN 'closed' ELSE 'ai' END,
        at, '', CASE WHEN n % 400 = 0 THEN at END, s.id, s.version,
        (ARRAY['greeting', 'need', 'offer'])[1 + n % 3],
        CASE WHEN n % 4 = 0 THEN 'free_20' ELSE 'script_80' END, 0.8,
        CASE WHEN n % 5 = 0 THEN 'c_' || (1 + n % 5000) END, at, at + interval '10 minutes'
    FROM talks CROSS JOIN sales_scripts s WHERE s.key = 'first-contact'
    """,
    """
    INSERT INTO outbox (account_id, chat, purpose, conversation_id, text, author, language, label,
        status, random_id, provenance, created_at, settled_at, message_id)
    SELECT 1, n, 'conversation', n, 'Здравствуйте! Для чего вам язык?', 'ai', 'ru', 'dialogue',
        CASE WHEN n % 3000 = 0 THEN 'unconfirmed' ELSE 'sent' END, n, '{"written_by": "script"}',
        at, at, 2
    FROM talks
    """,
    """
    INSERT INTO user_activity_log (at, kind, client_id, account_id, conversation_id, level)
    SELECT at, (ARRAY['message.received', 'message.sent', 'conversation.taken'])[1 + n % 3], n, 1, n,
        CASE WHEN n % 500 = 0 THEN 'warning' ELSE 'info' END
    FROM talks
    """,
    """
    INSERT INTO llm_usage (at, purpose, client_id, model, prompt_tokens, cached_tokens,
        completion_tokens, cost, cost_kind, milliseconds)
    SELECT at, 'reply', n, 'small', 900, 400, 60, 0.0004, 'exact', 800 FROM talks
    """,
    """
    INSERT INTO audit_log (at, actor, action, subject, ip, details)
    SELECT at, 'owner@example.org', 'conversations.take', '/conversations/' || n, '127.0.0.1', '{}'
    FROM talks WHERE n % 10 = 0
    """,
    """
    INSERT INTO telegram_channels (username, title, is_monitored, comment_mode, daily_cap, timezone,
        quiet_from, quiet_until, audience, grant_code, offered, created_at, updated_at)
    SELECT 'channel' || n, 'Channel ' || n, true, 'approve', 3, 'UTC', '22:00', '08:00', 'other',
        'code' || n, CAST(:scope AS jsonb), at, at
    FROM talks WHERE n <= 50
    """,
    """
    INSERT INTO channel_permissions (channel_id, granted_by, granted_by_id, granted_at, scope, proof,
        expires_at)
    SELECT n, 'Owner', n, at, CAST(:scope AS jsonb), CAST(:proof AS jsonb), now() + interval '1 year' FROM talks WHERE n <= 50
    """,
    """
    INSERT INTO telegram_posts (channel_id, message_id, text, text_hash, posted_at, created_at,
        considered_hash, ready_at)
    SELECT 1 + n % 50, n, 'Post ' || n, 'h', at, at, 'h', at FROM talks WHERE n % 10 = 0
    """,
    """
    INSERT INTO generated_comments (post_id, channel_id, account_id, text, status, language, post_hash,
        permission_id, approved_at, approved_hash, sent_at, has_link, created_at, updated_at,
        expires_at)
    SELECT p.id, p.channel_id, 1 + p.id % 20, 'Comment ' || p.id,
        CASE WHEN p.id % 200 = 0 THEN 'pending' ELSE 'sent' END, 'ru', 'h', p.channel_id, p.posted_at,
        'h', CASE WHEN p.id % 200 = 0 THEN NULL ELSE p.posted_at END, true, p.posted_at, p.posted_at,
        p.posted_at + interval '1 day'
    FROM talks t JOIN telegram_posts p ON p.message_id = t.n
    """,
    """
    INSERT INTO education_groups (account_id, client_id, conversation_id, chat_id, status, title,
        script_key, script_version, step, consent_at, joined_at, task_done_at, completed_at, created_at)
    SELECT 1, n, n, -n, CASE WHEN n % 20 = 0 THEN 'active' ELSE 'completed' END, 'Group ' || n,
        'onboarding-lessons', 1, 'first', at, at, at, CASE WHEN n % 20 = 0 THEN NULL ELSE at END, at
    FROM talks WHERE n % 10 = 0
    """,
)
_MESSAGES: Final = f"""
    INSERT INTO conversation_messages (conversation_id, account_id, chat_id, message_id, direction,
        author, text, created_at, answered_at, analysis, strategy, stage, trigger, delivery, sent_at,
        provenance)
    SELECT n, 1, :first + n, k + 1, CASE k % 2 WHEN 0 THEN 'in' ELSE 'out' END,
        CASE WHEN k % 2 = 0 THEN 'client' WHEN n % 400 = 0 AND k > 6 THEN 'human' ELSE 'ai' END,
        {_WORDS} || ' ' || n, at, CASE k % 2 WHEN 0 THEN at + interval '3 seconds' END,
        CASE k % 2 WHEN 0 THEN jsonb_build_object('main_idea', 'курс', 'script_fit_score', 0.8) END,
        CASE k % 2 WHEN 1 THEN CASE WHEN n % 4 = 0 THEN 'free_20' ELSE 'script_80' END END,
        'need', CASE WHEN k = :messages - 1 AND n % 6 = 0 THEN 'agrees_to_group' END,
        CASE k % 2 WHEN 1 THEN 'sent' END, CASE k % 2 WHEN 1 THEN at END,
        CASE k % 2 WHEN 1 THEN jsonb_build_object('written_by', 'model', 'model', 'small',
            'cost', '0.0004') ELSE '{{}}'::jsonb END
    FROM lines
"""
_TALKS: Final = """
    WITH talks AS (
        SELECT n, now() - :days * interval '1 day' * (1 - n / CAST(:size AS float)) - interval '1 hour'
            AS at
        FROM generate_series(1, CAST(:size AS bigint)) AS n
    )
"""


async def fill(engine: AsyncEngine, size: int, *, days: int = 365) -> None:
    """`size` dialogues of ten messages each, spread over so many days; vacuumed and analysed."""
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL synchronous_commit = off"))
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        for step in _STEPS:
            await connection.execute(*_with(_TALKS, step, size=size, days=days))
        lines = _TALKS.rstrip() + "," + _LINES.strip().removeprefix("WITH")
        await connection.execute(*_with(lines, _MESSAGES, size=size, days=days))
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("SET statement_timeout = 0"))
        for table in TABLES:
            await connection.execute(text(f"VACUUM (ANALYZE) {table}"))
        await connection.execute(text("CHECKPOINT"))
        await connection.execute(text("RESET statement_timeout"))


def _with(rows: str, step: str, **sizes: int) -> tuple[TextClause, dict[str, object]]:
    """The step with its rows before its SELECT, and the values that it names."""
    head, _, rest = step.partition("SELECT")
    statement = f"{head} {rows} SELECT{rest}"
    values = {
        **sizes,
        "first": FIRST_PERSON,
        "messages": MESSAGES,
        "scope": _SCOPE,
        "proof": _PROOF,
    }
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    return text(statement), used
