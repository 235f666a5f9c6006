"""Tables of clients: people, consents, the activity log, journeys and visits.

Everything here that belongs to a person points at `users`, so that export and erasure find it by
its foreign keys. `opt_outs` points at nobody on purpose: it is what stays of a person who is gone.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from candor.clients.activity import LEVELS
from candor.clients.consent import CONSENT_BASES, CONSENT_PURPOSES
from candor.clients.journey import JOURNEYS, MILESTONES, SOURCES
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
EMPTY_LIST = text("'{}'::text[]")
KEPT = "merged_into IS NULL"
FACETS = (
    "(ARRAY['milestone:' || milestone, 'source:' || source, 'language:' || language,"
    " 'owner_id:' || owner_id::text])"
)
"""What a segment may ask to be exactly so; queries must say it in the very same words."""

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
    # What a search for a client looks at.
    Column(
        "searched_name",
        TSVECTOR,
        Computed(
            "to_tsvector('simple', first_name || ' ' || last_name || ' ' || username)",
            persisted=True,
        ),
        nullable=False,
    ),
    # Days since 1970. It changes once a day, so an index of it costs a message nothing.
    Column(
        "last_seen_day",
        Integer,
        Computed("(last_seen_at AT TIME ZONE 'UTC')::date - '1970-01-01'::date", persisted=True),
        nullable=False,
    ),
    Column("opted_out_at", Moment),
    # Where the person came from first, and how far they have come since.
    choice("source", SOURCES, default="direct"),
    Column("source_details", Json, nullable=False, server_default=EMPTY_OBJECT),
    choice("milestone", MILESTONES, default="first_touch"),
    Column("tags", ARRAY(Text), nullable=False, server_default=EMPTY_LIST),
    # The purposes of `user_consents` that stand: only for segments, permission is asked there.
    Column("consents", ARRAY(Text), nullable=False, server_default=EMPTY_LIST),
    # Who of the business looks after this client.
    reference("owner_id", "operators.id", nullable=True, on_delete="SET NULL"),
    # Another Telegram account of the same person: all that is known stands at that row.
    reference("merged_into", "users.id", nullable=True, on_delete="CASCADE"),
    UniqueConstraint("telegram_user_id"),
    Index("ix_users_username", text("lower(username)"), postgresql_where=text("username <> ''")),
    # Counting a segment reads these alone; they leave out the records that were merged away.
    Index("ix_users_language", "language", "id", postgresql_where=text(KEPT)),
    Index("ix_users_tagged", "id", postgresql_where=text("tags <> '{}'")),
    Index("ix_users_milestone", "milestone", "id", postgresql_where=text(KEPT)),
    Index("ix_users_source", "source", "id", postgresql_where=text(KEPT)),
    Index("ix_users_last_seen_day", "last_seen_day", "id", postgresql_where=text(KEPT)),
    Index("ix_users_owner_id", "owner_id", postgresql_where=text("owner_id IS NOT NULL")),
    Index("ix_users_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    Index("ix_users_opted_out", "id", postgresql_where=text("opted_out_at IS NOT NULL")),
    # All filters of a segment in one index: it finds who fulfils them together.
    Index(
        "ix_users_search",
        "searched_name",
        "tags",
        "consents",
        text(FACETS),
        postgresql_using="gin",
    ),
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
    choice("basis", CONSENT_BASES, default="consent"),
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
        "purpose",
        "client_id",
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

# The secrets behind those hashes, sealed: the first one marks, all of them recognise.
opt_out_salts = table(
    "opt_out_salts",
    identity_key(),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    retention=Retention.ACCOUNT,
)

journey_progress = table(
    "journey_progress",
    identity_key(),
    reference("client_id", "users.id", on_delete="CASCADE"),
    choice("journey", JOURNEYS),
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
    # The questionnaire's key and version.
    Column("kind", Text, nullable=False),
    Column("version", Integer),
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

client_notes = table(
    "client_notes",
    identity_key(),
    reference("client_id", "users.id", on_delete="CASCADE"),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_client_notes_client_id", "client_id", "id"),
    retention=Retention.CLIENT,
)

# People whom the business knows from elsewhere. They are no clients and nothing can be sent to them:
# they have no chat. Whoever writes is recognised and becomes one.
imported_contacts = table(
    "imported_contacts",
    identity_key(),
    reference("client_id", "users.id", nullable=True, on_delete="CASCADE", index=True),
    Column("telegram_user_id", BigInteger),
    # Lower case, without @; empty when only the number is known.
    Column("username", Text, nullable=False, server_default=EMPTY),
    Column("name", Text, nullable=False, server_default=EMPTY),
    Column("tags", ARRAY(Text), nullable=False, server_default=EMPTY_LIST),
    Column("note", Text, nullable=False, server_default=EMPTY),
    Column("external_id", Text, nullable=False, server_default=EMPTY),
    Column("source", Text, nullable=False),
    Column("imported_by", Text, nullable=False),
    Column("imported_at", Moment, nullable=False),
    Column("matched_at", Moment),
    CheckConstraint("username <> '' OR telegram_user_id IS NOT NULL", name="can_be_recognised"),
    Index(
        "uq_imported_contacts_username",
        "username",
        unique=True,
        postgresql_where=text("client_id IS NULL AND username <> ''"),
    ),
    Index(
        "uq_imported_contacts_telegram_user_id",
        "telegram_user_id",
        unique=True,
        postgresql_where=text("client_id IS NULL AND telegram_user_id IS NOT NULL"),
    ),
    retention=Retention.CLIENT,
)
