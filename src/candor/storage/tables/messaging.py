"""Tables of messaging: chats, conversations, their messages, the outbox and the accounts' pace.

`chats` is where deliveries and changes of state meet: whatever may forbid the next message raises
`version`, and a delivery that decided by an older version finds nothing to send.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Float,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from candor.messaging.chat import LABEL_CAUSES
from candor.messaging.incoming import CHAT_TYPES
from candor.storage.metadata import (
    Json,
    Moment,
    Retention,
    choice,
    identity_key,
    reference,
    table,
)
from candor.storage.tables.clients import EMPTY, EMPTY_OBJECT, LANGUAGES

HANDLINGS = ("ai", "human", "paused", "opted_out", "closed")
DELIVERIES = ("queued", "sending", "sent", "unconfirmed", "cancelled", "failed")
AUTHORS = ("client", "ai", "human")
STRATEGIES = ("script_80", "free_20")
PURPOSES = ("conversation", "comment", "group", "notice", "follow_up")
LABELS = ("dialogue", "comment", "partner", "teacher", "none")
LIVE = "status IN ('queued', 'sending')"
LIST_RANK = (
    "CASE WHEN handling = 'human' AND (operator_id IS NULL OR waiting_since IS NOT NULL)"
    " THEN 0 ELSE 1 END"
)
UNANSWERED = "direction = 'in' AND answered_at IS NULL"
SEARCHED_TEXT = "to_tsvector('simple', text)"
"""What a search in messages looks at; queries must say it in the very same words."""

chats = table(
    "chats",
    identity_key(),
    reference("account_id", "telegram_account_sessions.id"),
    Column("chat_id", BigInteger, nullable=False),
    choice("type", CHAT_TYPES),
    Column("title", Text, nullable=False, server_default=EMPTY),
    # Private chats: the person on the other side.
    reference("client_id", "users.id", nullable=True, on_delete="CASCADE", index=True),
    Column("business_connection_id", Text),
    Column("direct_messages_topic_id", BigInteger),
    Column("version", Integer, nullable=False, server_default=text("0")),
    # A labelled message was confirmed by Telegram; NULL: never (H1).
    Column("disclosed_at", Moment),
    choice("label_due", LABEL_CAUSES, nullable=True),
    # The version that made the label due: a label sent for an older one does not settle it.
    Column("label_due_version", Integer, nullable=False, server_default=text("0")),
    Column("last_in_at", Moment),
    Column("last_out_at", Moment),
    Column("free_at", Moment),
    Column("blocked_at", Moment),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("account_id", "chat_id"),
    retention=Retention.CONVERSATION,
    fillfactor=70,
)

client_conversations = table(
    "client_conversations",
    identity_key(),
    reference("client_id", "users.id", on_delete="CASCADE", index=True),
    Column("account_id", BigInteger, nullable=False),
    reference("chat", "chats.id", on_delete="CASCADE"),
    choice("handling", HANDLINGS, default="ai"),
    Column("handling_since", Moment, nullable=False),
    Column("handling_reason", Text, nullable=False, server_default=EMPTY),
    Column("operator_id", BigInteger),
    # Whose matter it is, also while the AI answers; whoever takes a dialogue becomes it.
    Column("assigned_to", BigInteger),
    Column("script_id", BigInteger),
    Column("script_version", Integer),
    Column("stage", Text),
    Column("return_stage", Text),
    choice("strategy", STRATEGIES, nullable=True),
    Column("script_fit_score", Float),
    # Where the last turn began, for when its answer is recalled before it is sent.
    Column("stage_before", Text),
    Column("return_stage_before", Text),
    Column("origin", Text),
    Column("summary", Text, nullable=False, server_default=EMPTY),
    Column("created_at", Moment, nullable=False),
    # The last word of either side; orders the list.
    Column("active_at", Moment, nullable=False),
    # The oldest message without an answer came then.
    Column("waiting_since", Moment),
    # 0: a person is waited for; first in the list.
    Column("list_rank", SmallInteger, Computed(LIST_RANK, persisted=True), nullable=False),
    UniqueConstraint("chat"),
    CheckConstraint("operator_id IS NULL OR handling = 'human'", name="operator_only_of_human"),
    CheckConstraint(
        "script_fit_score IS NULL OR script_fit_score BETWEEN 0 AND 1", name="score_in_range"
    ),
    Index(
        "ix_client_conversations_list",
        "list_rank",
        text("active_at DESC"),
        text("id DESC"),
    ),
    Index("ix_client_conversations_created_at", "created_at"),
    Index(
        "ix_client_conversations_assigned",
        "assigned_to",
        "list_rank",
        text("active_at DESC"),
        text("id DESC"),
        postgresql_where=text("assigned_to IS NOT NULL"),
    ),
    Index(
        "ix_client_conversations_stage",
        "stage",
        "list_rank",
        text("active_at DESC"),
        text("id DESC"),
        postgresql_where=text("stage IS NOT NULL"),
    ),
    Index(
        "ix_client_conversations_handling",
        "handling",
        "list_rank",
        text("active_at DESC"),
        text("id DESC"),
        postgresql_where=text("handling <> 'ai'"),
    ),
    Index(
        "ix_client_conversations_origin",
        "origin",
        postgresql_where=text("origin IS NOT NULL"),
    ),
    Index(
        "ix_client_conversations_waiting",
        "waiting_since",
        postgresql_where=text("waiting_since IS NOT NULL AND handling = 'ai'"),
    ),
    retention=Retention.CONVERSATION,
    fillfactor=80,
)

conversation_messages = table(
    "conversation_messages",
    identity_key(),
    reference("conversation_id", "client_conversations.id", on_delete="CASCADE"),
    Column("account_id", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    # NULL until Telegram has confirmed a message of ours.
    Column("message_id", BigInteger),
    choice("direction", ("in", "out")),
    choice("author", AUTHORS),
    Column("kind", Text, nullable=False, server_default=text("'text'")),
    Column("text", Text, nullable=False),
    Column("reply_to", BigInteger),
    Column("created_at", Moment, nullable=False),
    Column("edited_at", Moment),
    Column("answered_at", Moment),
    Column("analysis", Json),
    choice("strategy", STRATEGIES, nullable=True),
    Column("stage", Text),
    Column("trigger", Text),
    choice("delivery", DELIVERIES, nullable=True),
    Column("provenance", Json, nullable=False, server_default=EMPTY_OBJECT),
    Column("sent_text", Text),
    Column("sent_at", Moment),
    UniqueConstraint("account_id", "chat_id", "message_id"),
    CheckConstraint("(direction = 'in') = (author = 'client')", name="clients_write_in"),
    CheckConstraint("(direction = 'out') = (delivery IS NOT NULL)", name="out_has_delivery"),
    CheckConstraint("direction = 'in' OR provenance <> '{}'::jsonb", name="out_has_provenance"),
    Index("ix_conversation_messages_conversation_id", "conversation_id", "id"),
    Index("ix_conversation_messages_created_at", "created_at"),
    Index("ix_conversation_messages_search", text(SEARCHED_TEXT), postgresql_using="gin"),
    Index(
        "ix_conversation_messages_triggers",
        "created_at",
        postgresql_where=text("trigger IS NOT NULL"),
    ),
    Index(
        "ix_conversation_messages_unanswered",
        "conversation_id",
        "id",
        postgresql_where=text(UNANSWERED),
    ),
    retention=Retention.CONVERSATION,
    fillfactor=85,
)

conversation_notes = table(
    "conversation_notes",
    identity_key(),
    reference("conversation_id", "client_conversations.id", on_delete="CASCADE"),
    # The message that it is about, when it is about one.
    Column("message", BigInteger),
    # An e-mail or `token NAME`, as in the audit log.
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_conversation_notes_conversation_id", "conversation_id", "id"),
    retention=Retention.CONVERSATION,
)

answer_corrections = table(
    "answer_corrections",
    identity_key(),
    reference("conversation_id", "client_conversations.id", on_delete="CASCADE"),
    # The answer that was wrong.
    Column("message", BigInteger, nullable=False),
    Column("script_id", BigInteger, nullable=False),
    Column("author", Text, nullable=False),
    # What the client had said up to that answer, turn by turn.
    Column("said", Json, nullable=False),
    # What the answer should have shown: `stage`, `trigger`, `contains`.
    Column("expected", Json, nullable=False),
    Column("better", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    # It became a test case, or was turned down.
    Column("settled_at", Moment),
    Index("ix_answer_corrections_conversation_id", "conversation_id"),
    Index(
        "ix_answer_corrections_open",
        "script_id",
        "id",
        postgresql_where=text("settled_at IS NULL"),
    ),
    retention=Retention.CONVERSATION,
)

outbox = table(
    "outbox",
    identity_key(),
    Column("account_id", BigInteger, nullable=False),
    reference("chat", "chats.id", on_delete="CASCADE"),
    choice("purpose", PURPOSES),
    Column("subject", BigInteger),
    reference("conversation_id", "client_conversations.id", nullable=True, on_delete="CASCADE"),
    # Its row in conversation_messages. No foreign key: both go with the conversation, and a check
    # per deleted message would read the whole outbox.
    Column("message", BigInteger),
    Column("answers_up_to", BigInteger),
    choice("kind", ("text", "file"), default="text"),
    Column("text", Text, nullable=False),
    choice("author", ("ai", "human")),
    choice("language", LANGUAGES),
    choice("label", LABELS),
    Column("partner_name", Text),
    Column("reply_to", BigInteger),
    Column("direct_messages_topic_id", BigInteger),
    Column("keyboard", Json),
    Column("not_before", Moment),
    choice("status", DELIVERIES, default="queued"),
    # Fixed for the row's life and the same on every repeat.
    Column("random_id", BigInteger, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("slot_at", Moment),
    Column("is_labelled", Boolean, nullable=False, server_default=text("false")),
    # The text of the attempt under way, label included; stays as what was sent.
    Column("sent_text", Text),
    # The chat's version when the attempt began.
    Column("claimed_version", Integer),
    Column("provenance", Json, nullable=False),
    Column("error", Text, nullable=False, server_default=EMPTY),
    Column("message_id", BigInteger),
    Column("created_at", Moment, nullable=False),
    Column("sending_at", Moment),
    Column("settled_at", Moment),
    UniqueConstraint("random_id"),
    CheckConstraint("label <> 'none' OR author = 'human'", name="ai_is_labelled"),
    CheckConstraint("status <> 'sending' OR sent_text IS NOT NULL", name="intent_has_text"),
    CheckConstraint(f"({LIVE}) = (settled_at IS NULL)", name="settled_once"),
    Index("ix_outbox_live", "chat", "id", postgresql_where=text(LIVE)),
    Index("ix_outbox_chat", "chat"),
    Index("ix_outbox_conversation_id", "conversation_id"),
    Index("ix_outbox_subject", "purpose", "subject", postgresql_where=text("status = 'queued'")),
    Index("ix_outbox_unconfirmed", "id", postgresql_where=text("status = 'unconfirmed'")),
    retention=Retention.CONVERSATION,
    fillfactor=70,
)

sending_pace = table(
    "sending_pace",
    Column("account_id", BigInteger, primary_key=True, autoincrement=False),
    # The moments reserved last, oldest first: as many as the account's limit per window.
    Column("slots", ARRAY(Moment), nullable=False),
    Column("paused_until", Moment),
    # Telegram limited one chat; a second one before this moment pauses the whole account.
    Column("limited_until", Moment),
    retention=Retention.TECHNICAL,
    fillfactor=50,
)
