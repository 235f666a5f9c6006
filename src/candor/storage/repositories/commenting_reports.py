"""SQL of the marketing view and the transparency page: read-only, one statement each."""

from typing import Final

from sqlalchemy import TextClause, text

from candor.commenting.marketing import MarketingBy

_COUNTS = """
    count(*) FILTER (WHERE c.status = 'sent') AS published,
    CAST(sum((c.engagement->>'views')::int) AS int) AS views,
    CAST(COALESCE(sum((c.engagement->>'replies')::int), 0) AS int) AS replies,
    CAST(COALESCE(sum((c.engagement->>'reactions')::int), 0) AS int) AS reactions,
    CAST(COALESCE(sum(d.clicks), 0) AS int) AS clicks,
    CAST(COALESCE(sum(d.dialogues), 0) AS int) AS dialogues,
    CAST(COALESCE(sum(d.agreements), 0) AS int) AS agreements,
    sum(c.cost::numeric) AS cost
"""
# A dialogue counts when the client wrote words of their own, an agreement when it opened a group.
_DIALOGUES = """
    LEFT JOIN LATERAL (
        SELECT count(*) AS clicks,
            count(*) FILTER (WHERE EXISTS (
                SELECT FROM conversation_messages m WHERE m.conversation_id = v.id
                    AND m.direction = 'in' AND m.text NOT LIKE '/%')) AS dialogues,
            count(*) FILTER (WHERE EXISTS (
                SELECT FROM conversation_messages m
                    JOIN script_triggers t ON t.script_id = v.script_id AND t.key = m.trigger
                WHERE m.conversation_id = v.id AND t.action = 'open_group')) AS agreements
        FROM client_conversations v WHERE v.origin = 'c_' || c.id
    ) d ON true
"""
_SPAN = "WHERE c.created_at >= :since AND c.created_at < :until"


def _by(key: str, title: str, joins: str) -> TextClause:
    return text(
        f"SELECT {key} AS key, {title} AS title, {_COUNTS} FROM generated_comments c {joins}"
        f" {_DIALOGUES} {_SPAN} GROUP BY 1, 2 ORDER BY published DESC, 1 LIMIT 500"
    )


MARKETING: Final[dict[MarketingBy, TextClause]] = {
    "channel": _by(
        "CAST(h.id AS text)",
        "COALESCE(NULLIF(h.title, ''), h.username, '')",
        "JOIN telegram_channels h ON h.id = c.channel_id",
    ),
    "account": _by(
        "CAST(a.id AS text)",
        "a.title",
        "JOIN telegram_account_sessions a ON a.id = c.account_id",
    ),
    "topic": _by(
        "t.topic",
        "t.topic",
        "JOIN telegram_posts p ON p.id = c.post_id CROSS JOIN LATERAL jsonb_array_elements_text("
        "CASE WHEN jsonb_array_length(COALESCE(p.summary->'topics', '[]')) > 0"
        " THEN p.summary->'topics' ELSE '[\"-\"]' END) AS t(topic)",
    ),
    "wording": _by("c.prompt_version", "c.prompt_version", ""),
}

PUBLISHED: Final = text(
    """
    SELECT c.id, COALESCE(h.username, h.title), COALESCE(a.username, a.title), c.text, c.permalink,
        c.sent_at, c.approver, p.granted_by, p.granted_at,
        (p.scope->>'mode') || ', ' || (p.scope->>'max_per_day') || '/day', c.model
    FROM generated_comments c
        JOIN telegram_channels h ON h.id = c.channel_id
        JOIN telegram_account_sessions a ON a.id = c.account_id
        JOIN channel_permissions p ON p.id = c.permission_id
    WHERE c.status = 'sent'
    ORDER BY c.sent_at DESC, c.id DESC LIMIT :limit OFFSET :offset
    """
)
