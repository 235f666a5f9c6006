"""Questionnaires, their immutable versions, and who is answering one just now.

What came of a finished one is a row of `diagnostic_results` (`clients`).
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)

from candor.clients.diagnostics import RUN_STATUSES, STARTED_BY
from candor.storage.metadata import (
    Json,
    Moment,
    Retention,
    choice,
    identity_key,
    reference,
    table,
)

LIVE_RUN = "status IN ('active', 'paused')"

questionnaires = table(
    "questionnaires",
    identity_key(),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    choice("language", ("ru", "en")),
    # The newest version; grows by one with every save.
    Column("version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("archived_at", Moment),
    UniqueConstraint("key"),
    retention=Retention.CONTENT,
)

questionnaire_versions = table(
    "questionnaire_versions",
    reference("questionnaire_id", "questionnaires.id", on_delete="CASCADE"),
    Column("version", Integer, nullable=False),
    Column("document", Json, nullable=False),
    # The author's own YAML with its comments; empty when it came as JSON.
    Column("source", Text, nullable=False, server_default=text("''")),
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=text("''")),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("questionnaire_id", "version"),
    retention=Retention.CONTENT,
)

questionnaire_runs = table(
    "questionnaire_runs",
    identity_key(),
    reference("client_id", "users.id", on_delete="CASCADE", index=True),
    reference("conversation_id", "client_conversations.id", on_delete="CASCADE"),
    Column("questionnaire_id", BigInteger, nullable=False),
    # A run keeps the version it began with.
    Column("version", Integer, nullable=False),
    choice("started_by", STARTED_BY),
    choice("status", RUN_STATUSES, default="active"),
    # The question that waits for its answer.
    Column("question", Text, nullable=False),
    # The answers so far, in the order of the way that was gone.
    Column("answers", Json, nullable=False, server_default=text("'[]'::jsonb")),
    # Counts what was accepted: a button of an earlier turn changes nothing.
    Column("turn", Integer, nullable=False, server_default=text("0")),
    Column("misses", SmallInteger, nullable=False, server_default=text("0")),
    # The outbox row that put the question. No foreign key: a purge of old texts must not stop at it.
    Column("asked", BigInteger),
    Column("asked_at", Moment, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    CheckConstraint(f"({LIVE_RUN}) = (ended_at IS NULL)", name="ended_once"),
    Index(
        "uq_questionnaire_runs_live",
        "conversation_id",
        unique=True,
        postgresql_where=text(LIVE_RUN),
    ),
    Index("ix_questionnaire_runs_conversation_id", "conversation_id", "id"),
    retention=Retention.CLIENT,
)
