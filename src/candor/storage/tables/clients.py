"""Tables of clients: people, consents, the activity log, journeys and visits.

Everything here that belongs to a person points at `users`, so that export and erasure find it by
its foreign keys. `opt_outs` points at nobody on purpose: it is what stays of a person who is gone.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)

from candor.clients.activity import LEVELS
from candor.clients.consent import CONSENT_PURPOSES
from candor.storage.metadata import (
    Json,
    Moment,
    Retention,
    choice,
    identity_key,
    reference,
    table,
)

LANGUAGES = ("ru", "en")
EMPTY = text("''")
EMPTY_OBJECT = text("'{}'::jsonb")
SEARCHED_NAME = "to_tsvector('simple', first_name || ' ' || last_name || ' ' || username)"
"""What a search for a client looks at; queries must say it in the very same words."""

users = table(
    "users",
    identity_key(),
    Column("telegram_user_id", BigInteger, nullable=False),
    Column("first_name", Text, nullable=False, server_default=EMPTY),
    Column("last_name", Text, nullable=False, server_default=EMPTY),
    Column("username", Text, nullable=False, server_default=EMPTY),
    choice("language", LANGUAGES),
    Column("time_zone", Text),
    Column("is_bot", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("opted_out_at", Moment),
    UniqueConstraint("telegram_user_id"),
    Index("ix_users_search", text(SEARCHED_NAME), postgresql_using="gin"),
    retention=Retention.CLIENT,
    fillfactor=80,
)

user_activity_log = table(
    "user_activity_log",
    identity_key(),
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    choice("level", LEVELS, default="info"),
    # NULL: nobody's, as a paused account.
    reference("client_id", "users.id", nullable=True, on_delete="CASCADE"),
    # No foreign keys: the log outlives accounts and conversations.
    Column("account_id", BigInteger),
    Column("conversation_id", BigInteger),
    Column("details", Json, nullable=False, server_default=EMPTY_OBJECT),
    Index("ix_user_activity_log_client_id", "client_id", "id"),
    Index("ix_user_activity_log_kind", "kind", "id"),
    Index("ix_user_activity_log_alerts", "level", "id", postgresql_where=text("level <> 'info'")),
    retention=Retention.CLIENT,
)

user_consents = table(
    "user_consents",
    identity_key(),
    reference("client_id", "users.id", on_delete="CASCADE"),
    choice("purpose", CONSENT_PURPOSES),
    choice("basis", ("consent", "existing_customer"), default="consent"),
    Column("text_version", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("purchase", Text),
    Column("granted_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    CheckConstraint(
        "basis <> 'existing_customer' OR purchase IS NOT NULL", name="existing_customer_bought"
    ),
    CheckConstraint("withdrawn_at IS NULL OR withdrawn_at >= granted_at", name="withdrawn_later"),
    Index("ix_user_consents_client_id", "client_id"),
    Index(
        "uq_user_consents_standing",
        "client_id",
        "purpose",
        unique=True,
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
    retention=Retention.CLIENT,
)

opt_outs = table(
    "opt_outs",
    Column("hash", LargeBinary, primary_key=True),
    Column("at", Moment, nullable=False),
    retention=Retention.CLIENT,
)

journey_progress = table(
    "journey_progress",
    identity_key(),
    reference("client_id", "users.id", on_delete="CASCADE"),
    choice("journey", ("sales", "education")),
    Column("stage", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("entered_at", Moment, nullable=False),
    Column("left_at", Moment),
    Column("conversation_id", BigInteger),
    Column("group_id", BigInteger),
    Column("details", Json, nullable=False, server_default=EMPTY_OBJECT),
    Index("ix_journey_progress_client_id", "client_id", "id"),
    Index("ix_journey_progress_stage", "journey", "stage", "entered_at"),
    Index(
        "ix_journey_progress_present",
        "client_id",
        "journey",
        postgresql_where=text("left_at IS NULL"),
    ),
    retention=Retention.CLIENT,
)

diagnostic_results = table(
    "diagnostic_results",
    identity_key(),
    reference("client_id", "users.id", on_delete="CASCADE"),
    Column("kind", Text, nullable=False),
    Column("answers", Json, nullable=False),
    Column("result", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_diagnostic_results_client_id", "client_id", "id"),
    retention=Retention.CLIENT,
)

user_sessions = table(
    "user_sessions",
    identity_key(),
    reference("client_id", "users.id", on_delete="CASCADE"),
    Column("account_id", BigInteger),
    Column("started_at", Moment, nullable=False),
    # Known when the next visit begins.
    Column("ended_at", Moment),
    Index("ix_user_sessions_client_id", "client_id", "id"),
    Index("ix_user_sessions_present", "client_id", postgresql_where=text("ended_at IS NULL")),
    retention=Retention.CLIENT,
)
