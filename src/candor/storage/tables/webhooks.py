"""Outgoing webhooks: where the business wants to be told, and what is on its way there."""

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)

from candor.storage.metadata import Moment, Retention, choice, identity_key, reference, table
from candor.webhooks.endpoint import DELIVERY_STATUSES, ENDPOINT_STATUSES

PENDING = "status = 'pending'"

webhook_endpoints = table(
    "webhook_endpoints",
    identity_key(),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False),
    # The signing secret, sealed for this row and column.
    Column("secret", LargeBinary, nullable=False),
    choice("status", ENDPOINT_STATUSES, default="active"),
    Column("status_at", Moment, nullable=False),
    # Since when nothing has come through; NULL: the last attempt did.
    Column("failing_since", Moment),
    Column("last_success_at", Moment),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    retention=Retention.ACCOUNT,
)

# Written in the transaction of the event itself; numbered under the endpoint's row lock, so that the
# numbers of one endpoint are in the order of the commits.
webhook_deliveries = table(
    "webhook_deliveries",
    identity_key(),
    reference("endpoint_id", "webhook_endpoints.id", on_delete="CASCADE"),
    Column("event_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    reference("client_id", "users.id", nullable=True, on_delete="CASCADE", index=True),
    # The very bytes that are signed and sent, at every attempt.
    Column("body", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    choice("status", DELIVERY_STATUSES, default="pending"),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("next_at", Moment),
    Column("attempted_at", Moment),
    Column("settled_at", Moment),
    Column("answer_status", SmallInteger),
    Column("error", Text, nullable=False, server_default=text("''")),
    Column("milliseconds", Integer),
    UniqueConstraint("endpoint_id", "event_id"),
    CheckConstraint(f"({PENDING}) = (settled_at IS NULL)", name="settled_once"),
    Index("ix_webhook_deliveries_endpoint_id", "endpoint_id", "id"),
    Index("ix_webhook_deliveries_pending", "endpoint_id", "id", postgresql_where=text(PENDING)),
    retention=Retention.CLIENT,
    fillfactor=80,
)
