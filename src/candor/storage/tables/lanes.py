"""The table behind `candor.common.lanes`."""

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import UUID

from candor.storage.metadata import Moment, Retention, choice, table

LANE_STATUSES = ("idle", "waiting", "running", "failed")

lanes = table(
    "lanes",
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    choice("status", LANE_STATUSES),
    # When a waiting lane is due, by the application's clock; NULL when there is nothing to do.
    Column("due_at", Moment),
    # A wake-up that came while the lane was worked on: due then, whatever the holder answers.
    Column("woken_at", Moment),
    # Who works on it, and until when by the database's clock, which all machines share.
    Column("holder", UUID(as_uuid=True)),
    Column("lease_until", Moment),
    # Counts the claims: a holder whose lease went to another can no longer write the outcome.
    Column("generation", Integer, nullable=False, server_default=text("0")),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("last_error", Text),
    Column("failed_at", Moment),
    PrimaryKeyConstraint("kind", "key"),
    Index("ix_lanes_waiting", "kind", "due_at", postgresql_where=text("status = 'waiting'")),
    Index("ix_lanes_running", "lease_until", postgresql_where=text("status = 'running'")),
    Index("ix_lanes_failed", "failed_at", postgresql_where=text("status = 'failed'")),
    retention=Retention.TECHNICAL,
    fillfactor=70,
    vacuum_after=2_000,
)
