"""Tables of commenting: channels and permissions, posts, comments, calendar, what people wrote back.

Two invariants stand here as constraints: at most one live comment under a post, and no comment in a
state that can be sent without a permission of that very channel (H4).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from candor.storage.metadata import (
    Json,
    Moment,
    Retention,
    choice,
    identity_key,
    reference,
    table,
)

COMMENT_MODES = ("off", "draft", "approve", "auto")
AUDIENCES = ("unspecified", "RU", "other")
COMMENT_STATUSES = (
    "pending",
    "approved",
    "scheduled",
    "sending",
    "sent",
    "unconfirmed",
    "rejected",
    "expired",
    "failed",
)
LANGUAGES = ("ru", "en")
_LIVE = "status IN ('pending','approved','scheduled','sending','sent','unconfirmed')"
_SENDABLE = "'approved','scheduled','sending','sent','unconfirmed'"
EMPTY_LIST = text("'[]'::jsonb")
EMPTY_OBJECT = text("'{}'::jsonb")

telegram_channels = table(
    "telegram_channels",
    identity_key(),
    Column("username", Text),
    Column("title", Text, nullable=False, server_default=text("''")),
    Column("chat_id", BigInteger),
    Column("discussion_chat_id", BigInteger),
    Column("is_monitored", Boolean, nullable=False),
    Column("is_own", Boolean, nullable=False, server_default=text("false")),
    choice("comment_mode", COMMENT_MODES),
    Column("daily_cap", Integer, nullable=False),
    Column("topics", Json, nullable=False, server_default=EMPTY_LIST),
    Column("avoid", Json, nullable=False, server_default=EMPTY_LIST),
    Column("timezone", Text, nullable=False),
    Column("quiet_from", Time, nullable=False),
    Column("quiet_until", Time, nullable=False),
    choice("audience", AUDIENCES),
    Column("grant_code", Text, nullable=False),
    Column("offered", Json, nullable=False),
    Column("paused_at", Moment),
    Column("pause_reason", Text, nullable=False, server_default=text("''")),
    Column("problem", Text, nullable=False, server_default=text("''")),
    Column("checked_at", Moment),
    Column("slow_mode_seconds", Integer, nullable=False, server_default=text("0")),
    Column("history_read_to", BigInteger),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("removed_at", Moment),
    CheckConstraint("daily_cap BETWEEN 0 AND 20", name="daily_cap_sane"),
    UniqueConstraint("grant_code"),
    Index(
        "uq_telegram_channels_username",
        text("lower(username)"),
        unique=True,
        postgresql_where=text("removed_at IS NULL AND username IS NOT NULL"),
    ),
    Index(
        "uq_telegram_channels_chat_id",
        "chat_id",
        unique=True,
        postgresql_where=text("removed_at IS NULL AND chat_id IS NOT NULL"),
    ),
    Index("ix_telegram_channels_discussion_chat_id", "discussion_chat_id"),
    retention=Retention.CONTENT,
)

channel_permissions = table(
    "channel_permissions",
    identity_key(),
    reference("channel_id", "telegram_channels.id"),
    Column("granted_by", Text, nullable=False),
    Column("granted_by_id", BigInteger, nullable=False),
    Column("granted_at", Moment, nullable=False),
    Column("scope", Json, nullable=False),
    Column("proof", Json, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("revoked_by", Text, nullable=False, server_default=text("''")),
    Column("revoke_reason", Text, nullable=False, server_default=text("''")),
    CheckConstraint("expires_at > granted_at", name="expires_later"),
    # The target of generated_comments' composite key: a permission of that very channel.
    UniqueConstraint("id", "channel_id"),
    Index(
        "uq_channel_permissions_standing",
        "channel_id",
        unique=True,
        postgresql_where=text("revoked_at IS NULL"),
    ),
    retention=Retention.AUDIT,
)

commentator_accounts = table(
    "commentator_accounts",
    reference("account_id", "telegram_account_sessions.id"),
    PrimaryKeyConstraint("account_id"),
    Column("daily_cap", Integer, nullable=False, server_default=text("5")),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("paused_at", Moment),
    Column("pause_reason", Text, nullable=False, server_default=text("''")),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("daily_cap BETWEEN 0 AND 50", name="daily_cap_sane"),
    retention=Retention.ACCOUNT,
)

channel_standings = table(
    "channel_standings",
    reference("channel_id", "telegram_channels.id"),
    reference("account_id", "telegram_account_sessions.id"),
    Column("can_see_posts", Boolean, nullable=False),
    Column("can_write", Boolean, nullable=False),
    Column("verified_at", Moment, nullable=False),
    Column("left_at", Moment),
    PrimaryKeyConstraint("channel_id", "account_id"),
    Index("ix_channel_standings_account_id", "account_id"),
    retention=Retention.CONTENT,
)

telegram_posts = table(
    "telegram_posts",
    identity_key(),
    reference("channel_id", "telegram_channels.id"),
    Column("message_id", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_hash", Text, nullable=False),
    Column("media", Json, nullable=False, server_default=EMPTY_LIST),
    Column("links", Json, nullable=False, server_default=EMPTY_LIST),
    Column("album_id", Text),
    Column("discussion_chat_id", BigInteger),
    Column("discussion_message_id", BigInteger),
    Column("posted_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("edited_at", Moment),
    Column("deleted_at", Moment),
    Column("summary", Json),
    Column("relevance", Float),
    Column("gate_code", Text),
    Column("gate_reason", Text, nullable=False, server_default=text("''")),
    Column("considered_at", Moment),
    Column("considered_hash", Text, nullable=False, server_default=text("''")),
    # Not looked at before: an album gathers, the model is awaited.
    Column("ready_at", Moment, nullable=False),
    Index(
        "ix_telegram_posts_undecided",
        "channel_id",
        "ready_at",
        postgresql_where=text("considered_hash <> text_hash"),
    ),
    UniqueConstraint("channel_id", "message_id"),
    Index(
        "uq_telegram_posts_album",
        "channel_id",
        "album_id",
        unique=True,
        postgresql_where=text("album_id IS NOT NULL"),
    ),
    Index("ix_telegram_posts_channel_id_posted_at", "channel_id", text("posted_at DESC")),
    Index(
        "ix_telegram_posts_discussion",
        "discussion_chat_id",
        "discussion_message_id",
        postgresql_where=text("discussion_message_id IS NOT NULL"),
    ),
    retention=Retention.CONTENT,
)

generated_comments = table(
    "generated_comments",
    identity_key(),
    reference("post_id", "telegram_posts.id"),
    reference("channel_id", "telegram_channels.id"),
    reference("account_id", "telegram_account_sessions.id"),
    Column("text", Text, nullable=False),
    Column("variants", Json, nullable=False, server_default=EMPTY_LIST),
    choice("status", COMMENT_STATUSES),
    choice("language", LANGUAGES),
    Column("post_hash", Text, nullable=False),
    Column("permission_id", BigInteger),
    Column("approved_by", BigInteger),
    Column("approver", Text, nullable=False, server_default=text("''")),
    Column("approved_at", Moment),
    Column("approved_hash", Text, nullable=False, server_default=text("''")),
    Column("reason", Text, nullable=False, server_default=text("''")),
    Column("snoozed_until", Moment),
    Column("scheduled_for", Moment),
    Column("sent_at", Moment),
    Column("message_id", BigInteger),
    Column("permalink", Text, nullable=False, server_default=text("''")),
    Column("outbox_id", BigInteger),
    Column("engagement", Json, nullable=False, server_default=EMPTY_OBJECT),
    Column("engagement_at", Moment),
    # Telegram's numbers of the last updates that changed the count of reactions.
    Column("reaction_updates", ARRAY(BigInteger), nullable=False, server_default=text("'{}'")),
    Column("has_link", Boolean, nullable=False),
    Column("model", Text, nullable=False, server_default=text("''")),
    Column("prompt_version", Text, nullable=False, server_default=text("''")),
    Column("cost", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    CheckConstraint(
        f"status NOT IN ({_SENDABLE}) OR permission_id IS NOT NULL", name="sendable_is_permitted"
    ),
    CheckConstraint(
        f"status NOT IN ({_SENDABLE}) OR (approved_at IS NOT NULL AND approved_hash <> '')",
        name="sendable_is_approved",
    ),
    CheckConstraint("status <> 'sent' OR sent_at IS NOT NULL", name="sent_has_a_time"),
    ForeignKeyConstraint(
        ["permission_id", "channel_id"],
        ["channel_permissions.id", "channel_permissions.channel_id"],
        name="fk_generated_comments_permission",
    ),
    Index(
        "uq_generated_comments_live_per_post",
        "post_id",
        unique=True,
        postgresql_where=text(_LIVE),
    ),
    Index("ix_generated_comments_status_created_at", "status", "created_at"),
    Index("ix_generated_comments_channel_id_created_at", "channel_id", text("created_at DESC")),
    Index("ix_generated_comments_account_id_sent_at", "account_id", "sent_at"),
    Index("ix_generated_comments_message", "account_id", "message_id"),
    retention=Retention.CONTENT,
)

comment_schedules = table(
    "comment_schedules",
    identity_key(),
    reference("comment_id", "generated_comments.id", on_delete="CASCADE"),
    reference("channel_id", "telegram_channels.id"),
    reference("account_id", "telegram_account_sessions.id"),
    Column("slot_at", Moment, nullable=False),
    # Taken slots count for caps and spread; a freed one stays for the record.
    Column("freed_at", Moment),
    Column("created_at", Moment, nullable=False),
    Index(
        "uq_comment_schedules_taken",
        "comment_id",
        unique=True,
        postgresql_where=text("freed_at IS NULL"),
    ),
    Index(
        "ix_comment_schedules_channel_id_slot_at",
        "channel_id",
        "slot_at",
        postgresql_where=text("freed_at IS NULL"),
    ),
    Index(
        "ix_comment_schedules_account_id_slot_at",
        "account_id",
        "slot_at",
        postgresql_where=text("freed_at IS NULL"),
    ),
    retention=Retention.CONTENT,
)

direct_messages = table(
    "direct_messages",
    identity_key(),
    reference("account_id", "telegram_account_sessions.id"),
    Column("chat_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    choice("kind", ("thread_reply", "private")),
    Column("comment_id", BigInteger),
    Column("channel_id", BigInteger),
    Column("sender_id", BigInteger, nullable=False),
    Column("sender_name", Text, nullable=False, server_default=text("''")),
    Column("text", Text, nullable=False),
    choice("language", LANGUAGES),
    choice("status", ("waiting", "answered", "noted", "complaint", "ignored")),
    Column("outcome", Text, nullable=False, server_default=text("''")),
    Column("answer", Text, nullable=False, server_default=text("''")),
    Column("created_at", Moment, nullable=False),
    Column("answered_at", Moment),
    UniqueConstraint("account_id", "chat_id", "message_id"),
    ForeignKeyConstraint(["comment_id"], ["generated_comments.id"]),
    Index("ix_direct_messages_comment_id", "comment_id"),
    # One answer per person under a comment.
    Index(
        "uq_direct_messages_answered_once",
        "comment_id",
        "sender_id",
        unique=True,
        postgresql_where=text("status = 'answered' AND comment_id IS NOT NULL"),
    ),
    Index("ix_direct_messages_sender_id", "sender_id"),
    retention=Retention.CONVERSATION,
)

legal_sign_offs = table(
    "legal_sign_offs",
    identity_key(),
    choice("audience", AUDIENCES),
    Column("signed_by", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("advertiser", Text, nullable=False, server_default=text("''")),
    Column("advertiser_id", Text, nullable=False, server_default=text("''")),
    Column("ad_operator", Text, nullable=False, server_default=text("''")),
    Column("erid", Text, nullable=False, server_default=text("''")),
    Column("operator_id", BigInteger),
    Column("signed_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Index("ix_legal_sign_offs_audience", "audience", "signed_at"),
    retention=Retention.AUDIT,
)

comment_cards = table(
    "comment_cards",
    identity_key(),
    reference("comment_id", "generated_comments.id", on_delete="CASCADE", index=True),
    reference("owner_chat_id", "owner_chats.id", on_delete="CASCADE", index=True),
    choice("kind", ("card", "reason")),
    # Which text, and after which snooze: each is shown once.
    Column("occasion", Text, nullable=False),
    Column("outbox_id", BigInteger, nullable=False),
    # What the message was changed to say; empty: its buttons still count.
    Column("decision", Text, nullable=False, server_default=text("''")),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("comment_id", "owner_chat_id", "kind", "occasion"),
    Index("ix_comment_cards_outbox_id", "outbox_id"),
    retention=Retention.CONTENT,
)
