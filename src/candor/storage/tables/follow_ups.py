"""Reminders in dialogues that went quiet: planned, on their way, sent or cancelled."""

from sqlalchemy import BigInteger, Column, Index, Text, UniqueConstraint, text

from candor.messaging.follow_up import FOLLOW_UP_STATUSES
from candor.storage.metadata import Moment, Retention, choice, identity_key, reference, table
from candor.storage.tables.clients import EMPTY

LIVE_FOLLOW_UP = "status IN ('planned', 'queued')"

follow_ups = table(
    "follow_ups",
    identity_key(),
    reference("client_id", "users.id", on_delete="CASCADE"),
    reference("conversation_id", "client_conversations.id", on_delete="CASCADE"),
    # The client's message that nothing followed. One reminder per message at all.
    Column("after_message", BigInteger, nullable=False),
    Column("due_at", Moment, nullable=False),
    # When it may come, in the client's time zone: `10:00-20:00`.
    Column("hours", Text, nullable=False),
    choice("status", FOLLOW_UP_STATUSES, default="planned"),
    Column("outbox", BigInteger),
    Column("reason", Text, nullable=False, server_default=EMPTY),
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),
    UniqueConstraint("conversation_id", "after_message"),
    Index(
        "uq_follow_ups_live",
        "conversation_id",
        unique=True,
        postgresql_where=text(LIVE_FOLLOW_UP),
    ),
    Index("ix_follow_ups_client_id", "client_id", "settled_at"),
    Index("ix_follow_ups_due", "due_at", postgresql_where=text("status = 'planned'")),
    retention=Retention.CONVERSATION,
)
