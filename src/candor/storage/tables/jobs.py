"""What the queue itself does not keep: why a job was given up."""

from sqlalchemy import BigInteger, Column, Index, Text

from candor.storage.metadata import Moment, Retention, table

job_failures = table(
    "job_failures",
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("failed_at", Moment, nullable=False),
    Index("ix_job_failures_failed_at", "failed_at"),
    retention=Retention.TECHNICAL,
)
