"""Which rows are old: for every table its period and the moment that its age is counted from.

`KEPT` names the tables whose rows have no age of their own, each with the reason; rows that hang on a
purged row by a cascading foreign key go with it. A test holds all tables against these three.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.profile import ClientProfile
from candor.clients.retention import PeriodName
from candor.storage.repositories.clients import profile_of
from candor.storage.repositories.clients_segments import day_of
from candor.storage.tables.clients import users


@dataclass(frozen=True, slots=True)
class PurgeRule:
    """Rows of `table` go once `moment` is older than the period; `only` narrows them further."""

    table: str
    period: PeriodName
    moment: str
    only: str = "true"
    key: str = "id"
    """Numbers grow with time, so the oldest rows are found without an index on the moment."""


RULES: Final[tuple[PurgeRule, ...]] = (
    PurgeRule("conversation_messages", "messages", "created_at"),
    PurgeRule("conversation_notes", "messages", "created_at"),
    PurgeRule("answer_corrections", "messages", "created_at"),
    PurgeRule("group_messages", "messages", "created_at"),
    PurgeRule("direct_messages", "messages", "created_at"),
    PurgeRule("outbox", "messages", "created_at", only="settled_at IS NOT NULL"),
    PurgeRule("parked_updates", "messages", "parked_at"),
    PurgeRule("client_notes", "messages", "created_at"),
    PurgeRule("user_activity_log", "activity", "at"),
    PurgeRule("user_sessions", "activity", "started_at", only="ended_at IS NOT NULL"),
    PurgeRule("imported_contacts", "contacts", "imported_at", only="client_id IS NULL"),
    PurgeRule("webhook_deliveries", "webhooks", "created_at", only="settled_at IS NOT NULL"),
    PurgeRule("audit_log", "audit", "at"),
    PurgeRule("llm_usage", "audit", "at"),
)
WITH_CLIENT: Final = "goes with the client, after the period `clients`"
KEPT: Final[Mapping[str, str]] = {
    "users": WITH_CLIENT,
    "opt_outs": "a salted hash: whom never to write to again",
    "account_errands": "removed by whoever carries them out, or a minute after nobody did",
    "account_security_logs": "hash-chained: a line that goes would break the proof; no client data",
    "channel_permissions": "the proof that a comment was allowed",
    "legal_sign_offs": "the proof that advertising was allowed",
    "idempotency_keys": "removed a day later by the API itself",
    "job_failures": "removed by the queue's own tidying",
    "lanes": "removed by the queue's own tidying",
    "panel_sessions": "removed at the next sign-in after they end",
    "sending_pace": "one row per account, written over",
    "sign_in_attempts": "one row per address, written over",
}


class PgRetentionRepository:
    """`candor.clients.retention.RetentionRepository`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    def tables_of(self, period: PeriodName) -> Sequence[str]:
        return tuple(rule.table for rule in RULES if rule.period == period)

    async def purge(self, table: str, *, before: datetime, batch: int) -> int:
        values = {"before": before, "batch": batch}
        gone = await self._connection.execute(_purge_statement(table), values)
        return gone.rowcount

    async def unseen_clients(self, *, before: datetime, limit: int) -> Sequence[ClientProfile]:
        rows = await self._connection.execute(
            select(users)
            .where(
                users.c.last_seen_day <= day_of(before),
                users.c.last_seen_at < before,
                users.c.merged_into.is_(None),
            )
            .order_by(users.c.last_seen_day, users.c.id)
            .limit(limit)
        )
        return tuple(profile_of(row) for row in rows.mappings())


@cache
def _purge_statement(table: str) -> TextClause:
    rule = next(rule for rule in RULES if rule.table == table)
    return text(
        f"""
        DELETE FROM {rule.table} WHERE {rule.moment} < :before AND {rule.key} IN (
            SELECT {rule.key} FROM {rule.table} WHERE {rule.only} ORDER BY {rule.key} LIMIT :batch
        )
        """
    )
