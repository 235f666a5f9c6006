"""The time line of one client: every source gives its newest rows, and they are merged by time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.record import TimelineEntry
from candor.common.ids import ClientId

_SOURCES: Final[Mapping[str, str]] = {
    "journey": """
        SELECT entered_at AS at,
            CASE journey WHEN 'client' THEN 'milestone' ELSE 'stage' END AS kind, stage AS name,
            cause, left_at AS until, conversation_id, group_id,
            details || jsonb_build_object('journey', journey) AS details, id
        FROM journey_progress WHERE client_id = :client AND entered_at < :before
    """,
    "visits": """
        SELECT started_at AS at, 'visit' AS kind, 'visit' AS name, '' AS cause, ended_at AS until,
            CAST(NULL AS bigint) AS conversation_id, CAST(NULL AS bigint) AS group_id,
            jsonb_build_object('account', account_id) AS details, id
        FROM user_sessions WHERE client_id = :client AND started_at < :before
    """,
    "consents": """
        SELECT granted_at AS at, 'consent' AS kind, purpose AS name, source AS cause,
            withdrawn_at AS until, NULL::bigint AS conversation_id, NULL::bigint AS group_id,
            jsonb_build_object('basis', basis, 'text_version', text_version) AS details, id
        FROM user_consents WHERE client_id = :client AND granted_at < :before
    """,
    "withdrawals": """
        SELECT withdrawn_at AS at, 'consent' AS kind, purpose AS name, 'withdrawn' AS cause,
            NULL::timestamptz AS until, NULL::bigint AS conversation_id, NULL::bigint AS group_id,
            '{}'::jsonb AS details, id
        FROM user_consents WHERE client_id = :client AND withdrawn_at < :before
    """,
    "notes": """
        SELECT created_at AS at, 'note' AS kind, 'note' AS name, author AS cause,
            NULL::timestamptz AS until, NULL::bigint AS conversation_id, NULL::bigint AS group_id,
            jsonb_build_object('text', left(text, 300)) AS details, id
        FROM client_notes WHERE client_id = :client AND created_at < :before
    """,
    "diagnoses": """
        SELECT created_at AS at, 'diagnosis' AS kind, kind AS name, '' AS cause,
            NULL::timestamptz AS until, NULL::bigint AS conversation_id, NULL::bigint AS group_id,
            COALESCE(result->'labels', result) AS details, id
        FROM diagnostic_results WHERE client_id = :client AND created_at < :before
    """,
    "events": """
        SELECT at, 'event' AS kind,
            CASE kind WHEN 'message.sent' THEN 'follow_up.sent' ELSE kind END AS name,
            COALESCE(details->>'reason', details->>'source', '') AS cause,
            NULL::timestamptz AS until, conversation_id, NULL::bigint AS group_id, details, id
        FROM user_activity_log
        WHERE client_id = :client AND at < :before AND (kind NOT LIKE 'message.%'
            OR kind = 'message.sent' AND details->>'purpose' = 'follow_up')
    """,
}
_EVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""Later than anything that is told."""
_STATEMENT: Final = text(
    "SELECT at, kind, name, cause, until, conversation_id, group_id, details FROM ("
    + " UNION ALL ".join(
        f"(SELECT * FROM ({source}) AS s ORDER BY id DESC LIMIT :limit)"
        for source in _SOURCES.values()
    )
    + ") AS everything ORDER BY at DESC, kind, name LIMIT :limit"
)


async def read_timeline(
    connection: AsyncConnection, client_id: ClientId, *, before: datetime | None, limit: int
) -> Sequence[TimelineEntry]:
    """Newest first; `before` goes on from the oldest entry of the last page."""
    values = {"client": client_id, "before": before or _EVER, "limit": limit}
    rows = await connection.execute(_STATEMENT, values)
    return tuple(TimelineEntry(**row) for row in rows.mappings())
