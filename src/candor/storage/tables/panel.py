"""The panel's own tables: who may come in, what they changed, and what the owner set."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)

from candor.storage.metadata import (
    Json,
    Moment,
    Retention,
    choice,
    identity_key,
    reference,
    table,
)

ROLES = ("viewer", "operator", "owner")

operators = table(
    "operators",
    identity_key(),
    # Always lower case.
    Column("email", Text, nullable=False),
    choice("role", ROLES),
    # argon2id, with its own salt and parameters.
    Column("password_hash", Text, nullable=False),
    choice("language", ("ru", "en"), default="ru"),
    Column("name", Text, nullable=False, server_default=text("''")),
    Column("is_disabled", Boolean, nullable=False, server_default=text("false")),
    Column("must_change_password", Boolean, nullable=False, server_default=text("false")),
    # The second factor's secret, sealed by the keys outside the database.
    Column("sealed_totp", LargeBinary),
    Column("totp_step", BigInteger, nullable=False, server_default=text("0")),
    Column("recovery_hashes", Json, nullable=False, server_default=text("'[]'::jsonb")),
    Column("created_at", Moment, nullable=False),
    Column("last_sign_in_at", Moment),
    UniqueConstraint("email"),
    retention=Retention.ACCOUNT,
)

panel_sessions = table(
    "panel_sessions",
    identity_key(),
    reference("operator_id", "operators.id", on_delete="CASCADE", index=True),
    Column("token_hash", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ip", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("is_complete", Boolean, nullable=False),
    UniqueConstraint("token_hash"),
    retention=Retention.TECHNICAL,
)

api_tokens = table(
    "api_tokens",
    identity_key(),
    Column("name", Text, nullable=False),
    choice("role", ROLES),
    Column("token_hash", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("last_used_at", Moment),
    Column("revoked_at", Moment),
    UniqueConstraint("token_hash"),
    Index(
        "uq_api_tokens_name_in_use",
        "name",
        unique=True,
        postgresql_where=text("revoked_at IS NULL"),
    ),
    retention=Retention.ACCOUNT,
)

sign_in_attempts = table(
    "sign_in_attempts",
    # `email:...` or `ip:...`
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("blocked_until", Moment),
    retention=Retention.TECHNICAL,
)

audit_log = table(
    "audit_log",
    identity_key(),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("ip", Text, nullable=False),
    Column("details", Json, nullable=False),
    Index("ix_audit_log_at_id", text("at DESC"), text("id DESC")),
    retention=Retention.AUDIT,
)

setting_overrides = table(
    "setting_overrides",
    Column("key", Text, primary_key=True),
    Column("value", Json, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("updated_by", Text, nullable=False),
    retention=Retention.CONTENT,
)

idempotency_keys = table(
    "idempotency_keys",
    Column("scope", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("request_hash", Text, nullable=False),
    # Null while the first request is still at work.
    Column("status", SmallInteger),
    Column("body", Text, nullable=False, server_default=text("''")),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("scope", "key"),
    Index("ix_idempotency_keys_created_at", "created_at"),
    retention=Retention.TECHNICAL,
)
