"""Accounts, their secrets (ciphertext only), personalities, and the chained security log."""

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

from candor.storage.metadata import (
    Json,
    Moment,
    Retention,
    choice,
    identity_key,
    reference,
    table,
)

KINDS = ("bot", "user", "business")
ROLES = ("sales", "commentator", "partner")
STATUSES = ("signing_in", "unlabelled", "active", "paused", "restricted", "logged_out")
LOGIN_STEPS = ("code", "password", "qr")

telegram_account_sessions = table(
    "telegram_account_sessions",
    identity_key(),
    choice("kind", KINDS),
    choice("role", ROLES),
    Column("title", Text, nullable=False),
    Column("username", Text),
    Column("telegram_id", BigInteger),
    choice("status", STATUSES),
    Column("status_at", Moment, nullable=False),
    Column("pause_reason", Text),
    # When name and profile were last read back and said AI and whose.
    Column("disclosed_at", Moment),
    # Sealed for this row and column: bot token or session string, phone, pending sign-in.
    Column("secret", LargeBinary),
    Column("phone", LargeBinary),
    Column("phone_hash", LargeBinary),
    Column("phone_masked", Text),
    Column("login", LargeBinary),
    choice("login_step", LOGIN_STEPS, nullable=True),
    Column("login_expires_at", Moment),
    # A business connection works through the bot that the owner connected.
    reference("via_account_id", "telegram_account_sessions.id", nullable=True, index=True),
    Column("business_connection_id", Text, unique=True),
    Column("can_reply", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Moment, nullable=False),
    Column("removed_at", Moment),
    UniqueConstraint("kind", "telegram_id"),
    # H1: an account that was not seen to say AI and whose can't work.
    CheckConstraint("status <> 'active' OR disclosed_at IS NOT NULL", name="active_is_disclosed"),
    CheckConstraint(
        "status <> 'active' OR kind = 'business' OR secret IS NOT NULL", name="active_has_secret"
    ),
    CheckConstraint(
        "status <> 'logged_out' OR (secret IS NULL AND login IS NULL)",
        name="logged_out_has_no_secret",
    ),
    CheckConstraint("removed_at IS NULL OR status = 'logged_out'", name="removed_is_logged_out"),
    Index(
        "ix_telegram_account_sessions_phone_hash",
        "phone_hash",
        postgresql_where=text("phone_hash IS NOT NULL"),
    ),
    retention=Retention.ACCOUNT,
)

account_personalities = table(
    "account_personalities",
    identity_key(),
    reference("account_id", "telegram_account_sessions.id", on_delete="CASCADE"),
    Column("name", Text, nullable=False),
    Column("personality", Json, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("account_id"),
    retention=Retention.ACCOUNT,
)

# Append-only and hash-chained; numbered without gaps under a transaction lock, so no identity.
account_security_logs = table(
    "account_security_logs",
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("account_id", BigInteger),
    Column("event", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("details", Json, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Index("ix_account_security_logs_account_id", "account_id", "id"),
    retention=Retention.AUDIT,
)

# An update whose handling failed again and again, kept for a look; blocks nobody else.
parked_updates = table(
    "parked_updates",
    identity_key(),
    reference("account_id", "telegram_account_sessions.id", on_delete="CASCADE"),
    Column("update_id", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("parked_at", Moment, nullable=False),
    UniqueConstraint("account_id", "update_id"),
    retention=Retention.CONVERSATION,
)

# Groups and channels that a user account may read or act in; every other one stays unread (H7).
account_chats = table(
    "account_chats",
    identity_key(),
    reference("account_id", "telegram_account_sessions.id", on_delete="CASCADE"),
    Column("chat_id", BigInteger, nullable=False),
    choice("kind", ("group", "channel")),
    # The account's own chat, or a channel whose owner recorded a permission.
    choice("basis", ("own", "permitted")),
    Column("title", Text, nullable=False),
    Column("username", Text),
    Column("may_act", Boolean, nullable=False, server_default=text("false")),
    Column("allowed_by", Text, nullable=False),
    Column("allowed_at", Moment, nullable=False),
    UniqueConstraint("account_id", "chat_id"),
    CheckConstraint("basis = 'own' OR NOT may_act", name="acts_only_in_own"),
    retention=Retention.ACCOUNT,
)

# What one process asks of the process that holds a user session; gone as soon as it is answered.
account_errands = table(
    "account_errands",
    identity_key(),
    reference("account_id", "telegram_account_sessions.id", on_delete="CASCADE"),
    Column("task", Text, nullable=False),
    Column("arguments", Json, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("taken_at", Moment),
    Column("outcome", Json),
    Index(
        "ix_account_errands_waiting",
        "account_id",
        "id",
        postgresql_where=text("taken_at IS NULL"),
    ),
    Index("ix_account_errands_account_id", "account_id"),
    retention=Retention.TECHNICAL,
)
