"""Study groups, the partner bots, and what is said in the groups."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from candor.education.lesson import MAX_REMINDERS
from candor.storage.metadata import (
    Json,
    Moment,
    Retention,
    choice,
    identity_key,
    reference,
    table,
)

GROUP_STATUSES = ("preparing", "awaiting_client", "active", "completed", "closed")
PARTNER_ROLES = ("curious", "methodical", "cautious")
STUCK = (
    "education_groups.status <> 'closed' AND (education_groups.trouble <> ''"
    " OR education_groups.handed_off_at IS NOT NULL OR education_groups.status = 'active'"
    " AND education_groups.stopped_at IS NULL AND education_groups.task_sent_at IS NOT NULL"
    " AND education_groups.task_done_at IS NULL"
    f" AND education_groups.reminders_sent >= {MAX_REMINDERS})"
)
"""Groups in which nothing goes on without a person; queries must say it in the very same words."""
SENDER_TYPES = ("client", "member", "teacher", "partner", "operator", "other_bot")

education_groups = table(
    "education_groups",
    identity_key(),
    # The teacher's account; a prepared group of the pool has no client yet.
    reference("account_id", "telegram_account_sessions.id", index=True),
    reference("client_id", "users.id", nullable=True, on_delete="CASCADE", index=True),
    reference("conversation_id", "client_conversations.id", nullable=True, on_delete="SET NULL"),
    Column("chat_id", BigInteger),
    choice("status", GROUP_STATUSES),
    choice("source", ("user_session", "pool", "operator"), default="pool"),
    Column("title", Text, nullable=False, server_default=text("''")),
    Column("language", Text, nullable=False, server_default=text("'ru'")),
    Column("script_key", Text),
    Column("script_version", Integer),
    Column("step", Text),
    Column("task_sent_at", Moment),
    Column("task_done_at", Moment),
    Column("reminders_sent", SmallInteger, nullable=False, server_default=text("0")),
    # Of a group of the pool: a link of an earlier invitation, still to be revoked.
    Column("invite_link", Text),
    Column("invited_at", Moment),
    # The stored intent of having a chat made by a user session, and that none is asked any more.
    Column("making_since", Moment),
    Column("is_pool_only", Boolean, nullable=False, server_default=false()),
    Column("consent_at", Moment),
    Column("consent_version", Text),
    Column("joined_at", Moment),
    Column("welcome_message_id", BigInteger),
    Column("is_paused", Boolean, nullable=False, server_default=false()),
    # The client said /stop: only the client's own new yes ends this pause, or a person.
    Column("stopped_at", Moment),
    # A person asked for the next step now, whatever its sending time says.
    Column("leads_at_once", Boolean, nullable=False, server_default=false()),
    Column("handed_off_at", Moment),
    Column("quiet_until", Moment),
    Column("trouble", Text, nullable=False, server_default=text("''")),
    Column("created_at", Moment, nullable=False),
    Column("completed_at", Moment),
    Column("closed_at", Moment),
    UniqueConstraint("conversation_id"),
    UniqueConstraint("chat_id"),
    CheckConstraint(
        "status <> 'active' OR (client_id IS NOT NULL AND consent_at IS NOT NULL)",
        name="active_has_consent",
    ),
    Index(
        "ix_education_groups_pool",
        "account_id",
        "id",
        postgresql_where=text("client_id IS NULL AND status = 'preparing'"),
    ),
    Index("ix_education_groups_status", "status", "id"),
    # The dashboard counts by these days.
    Index(
        "ix_education_groups_joined_at", "joined_at", postgresql_where=text("joined_at IS NOT NULL")
    ),
    Index("ix_education_groups_done_at", text("coalesce(task_done_at, completed_at)")),
    Index(
        "ix_education_groups_stuck",
        "id",
        postgresql_where=text(STUCK.replace("education_groups.", "")),
    ),
    retention=Retention.CONVERSATION,
)

# Who of the people is in a group: welcomed once, and told apart from a repeated update.
group_members = table(
    "group_members",
    identity_key(),
    reference("group_id", "education_groups.id", on_delete="CASCADE"),
    Column("telegram_user_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False, server_default=text("''")),
    Column("joined_at", Moment, nullable=False),
    Column("left_at", Moment),
    UniqueConstraint("group_id", "telegram_user_id"),
    Index("ix_group_members_telegram_user_id", "telegram_user_id"),
    retention=Retention.CONVERSATION,
)

# Chats that a client has been in: their history is that client's, so nobody else is ever led there,
# also after the client's own rows are erased. Says nothing about anybody.
used_group_chats = table(
    "used_group_chats",
    identity_key(),
    Column("chat_id", BigInteger, nullable=False),
    Column("used_at", Moment, nullable=False),
    UniqueConstraint("chat_id"),
    retention=Retention.ACCOUNT,
)

student_bots = table(
    "student_bots",
    identity_key(),
    reference("account_id", "telegram_account_sessions.id", on_delete="CASCADE"),
    Column("name", Text, nullable=False),
    choice("role", PARTNER_ROLES),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("account_id"),
    retention=Retention.ACCOUNT,
)

group_partners = table(
    "group_partners",
    identity_key(),
    reference("group_id", "education_groups.id", on_delete="CASCADE"),
    reference("student_bot_id", "student_bots.id", on_delete="CASCADE", index=True),
    UniqueConstraint("group_id", "student_bot_id"),
    retention=Retention.CONVERSATION,
)

group_messages = table(
    "group_messages",
    identity_key(),
    reference("group_id", "education_groups.id", on_delete="CASCADE"),
    reference("account_id", "telegram_account_sessions.id", nullable=True),
    Column("message_id", BigInteger),
    # The person's Telegram id, so that an erasure finds what they said in other people's groups.
    Column("sender_id", BigInteger),
    choice("sender_type", SENDER_TYPES),
    Column("sender_name", Text, nullable=False, server_default=text("''")),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default=text("'text'")),
    Column("step", Text),
    Column("reply_to", BigInteger),
    Column("is_submission", Boolean, nullable=False, server_default=false()),
    # Inbound: who answers and why. Outbound: why we spoke.
    Column("speaker", Text),
    Column("reason", Text, nullable=False, server_default=text("''")),
    Column("analysis", Json),
    Column("provenance", Json),
    Column("delivery", Text),
    Column("created_at", Moment, nullable=False),
    Column("answered_at", Moment),
    UniqueConstraint("group_id", "message_id"),
    Index("ix_group_messages_group", "group_id", "id"),
    Index(
        "ix_group_messages_unanswered",
        "group_id",
        "id",
        postgresql_where=text("answered_at IS NULL AND sender_type IN ('client', 'member')"),
    ),
    retention=Retention.CONVERSATION,
)
