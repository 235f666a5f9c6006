"""Model calls with their frozen prices, and the owner's own versions of prompts."""

from sqlalchemy import Column, Index, Integer, Numeric, Text, UniqueConstraint

from candor.storage.metadata import Moment, Retention, choice, identity_key, reference, table

llm_usage = table(
    "llm_usage",
    identity_key(),
    Column("at", Moment, nullable=False),
    choice("purpose", ("reply", "group", "post", "comment")),
    # The figures stay for the accounts when the person is erased.
    reference("client_id", "users.id", nullable=True, on_delete="SET NULL"),
    Column("model", Text, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("cached_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    # US dollars at the prices of that moment; NULL when no price is known.
    Column("cost", Numeric(14, 8)),
    choice("cost_kind", ("exact", "estimated", "unknown")),
    Column("milliseconds", Integer, nullable=False),
    Index("ix_llm_usage_at", "at"),
    Index("ix_llm_usage_client_id", "client_id", "at"),
    retention=Retention.AUDIT,
)

prompt_versions = table(
    "prompt_versions",
    identity_key(),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    # NULL: back to the shipped text.
    Column("text", Text),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    UniqueConstraint("name", "version"),
    retention=Retention.CONTENT,
)
