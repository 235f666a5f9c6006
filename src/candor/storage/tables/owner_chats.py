"""The Telegram chats of the people of the panel, linked by one-time codes."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Text, UniqueConstraint, text

from candor.storage.metadata import Moment, Retention, identity_key, reference, table

owner_chats = table(
    "owner_chats",
    identity_key(),
    reference("operator_id", "operators.id", on_delete="CASCADE", index=True),
    # sha256 of the one-time code; the code itself is shown once and kept nowhere.
    Column("code_hash", Text, nullable=False),
    Column("code_expires_at", Moment, nullable=False),
    # NULL until the code has been sent to one of our bots.
    reference("account_id", "telegram_account_sessions.id", nullable=True, on_delete="CASCADE"),
    Column("chat_id", BigInteger),
    Column("telegram_id", BigInteger),
    Column("name", Text, nullable=False, server_default=text("''")),
    Column("linked_at", Moment),
    Column("unlinked_at", Moment),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("code_hash"),
    CheckConstraint(
        "(linked_at IS NULL) = (chat_id IS NULL) AND (chat_id IS NULL) = (telegram_id IS NULL)"
        " AND (chat_id IS NULL) = (account_id IS NULL)",
        name="linked_whole",
    ),
    Index(
        "uq_owner_chats_linked",
        "account_id",
        "chat_id",
        unique=True,
        postgresql_where=text("linked_at IS NOT NULL AND unlinked_at IS NULL"),
    ),
    retention=Retention.ACCOUNT,
)
