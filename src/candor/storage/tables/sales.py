"""Scripts, their immutable versions with the triggers of each, and which account uses which."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
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

ACTIONS = ("open_group", "hand_off", "send_invoice", "go_to", "close")

sales_scripts = table(
    "sales_scripts",
    identity_key(),
    Column("key", Text, nullable=False),
    choice("kind", ("sales", "education")),
    Column("title", Text, nullable=False),
    choice("language", ("ru", "en")),
    # The newest version; grows by one with every save.
    Column("version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("archived_at", Moment),
    UniqueConstraint("key"),
    Index(
        "ix_sales_scripts_living",
        "kind",
        "language",
        "id",
        postgresql_where=text("archived_at IS NULL"),
    ),
    retention=Retention.CONTENT,
)

script_versions = table(
    "script_versions",
    reference("script_id", "sales_scripts.id", on_delete="CASCADE"),
    Column("version", Integer, nullable=False),
    Column("document", Json, nullable=False),
    # The author's own YAML with its comments; empty when it came as JSON.
    Column("source", Text, nullable=False, server_default=text("''")),
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=text("''")),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("script_id", "version"),
    retention=Retention.CONTENT,
)

script_drafts = table(
    "script_drafts",
    reference("operator_id", "operators.id", on_delete="CASCADE"),
    # 0: of a script that was never saved.
    Column("script_id", BigInteger, nullable=False),
    # The version that the draft began from.
    Column("base_version", Integer, nullable=False),
    # As written, with all its mistakes.
    Column("source", Text, nullable=False),
    Column("updated_at", Moment, nullable=False),
    PrimaryKeyConstraint("operator_id", "script_id"),
    retention=Retention.CONTENT,
)

script_triggers = table(
    "script_triggers",
    identity_key(),
    Column("script_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("key", Text, nullable=False),
    choice("action", ACTIONS),
    Column("fits", Json, nullable=False),
    Column("unless", Json, nullable=False),
    # The education script of open_group, the step of go_to.
    Column("target", Text),
    ForeignKeyConstraint(
        ["script_id", "version"],
        ["script_versions.script_id", "script_versions.version"],
        ondelete="CASCADE",
    ),
    UniqueConstraint("script_id", "version", "key"),
    retention=Retention.CONTENT,
)

script_choices = table(
    "script_choices",
    reference("account_id", "telegram_account_sessions.id", on_delete="CASCADE"),
    choice("language", ("ru", "en")),
    reference("script_id", "sales_scripts.id", on_delete="CASCADE", index=True),
    Column("chosen_at", Moment, nullable=False),
    PrimaryKeyConstraint("account_id", "language"),
    retention=Retention.CONTENT,
)
