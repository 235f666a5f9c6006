"""The one `MetaData` of all tables, its naming convention, and the column kinds that tables use.

A table is made by `table(...)`, which demands a retention class: how long its rows may be kept and
what an erasure request does to them.
"""

import enum
from collections.abc import Iterable

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

Moment = DateTime(timezone=True)
"""A point in time, always aware UTC (`timestamptz`)."""
Json = JSONB(none_as_null=True)
"""JSON in binary form; a Python None is stored as NULL, not as JSON null."""


_KNOWN = "known"
"""Where `choice` leaves its condition for `table`."""


class Retention(enum.StrEnum):
    """How long rows are kept and what erasure of a client does to them."""

    CONVERSATION = "conversation"
    """What clients and Candor said: erased with the client and after the retention time."""
    CLIENT = "client"
    """Who a client is and consented to: erased with the client; a salted opt-out hash may stay."""
    ACCOUNT = "account"
    """Accounts, secrets, panel users: kept until the owner removes them."""
    AUDIT = "audit"
    """Who did what: kept for the audit period, holds no message bodies."""
    CONTENT = "content"
    """Scripts, posts, comments, settings of the business: kept until removed by the business."""
    TECHNICAL = "technical"
    """Lanes, jobs, leases: gone as soon as they have done their work."""


def table(
    name: str,
    *items: SchemaItem,
    retention: Retention,
    fillfactor: int | None = None,
    vacuum_after: int | None = None,
) -> Table:
    """Declare a table; `retention` is not optional (a test reads it from `info`).

    `fillfactor` (percent) leaves room in each page, so that updates of columns without an index
    stay cheap. `vacuum_after` (rows) is for tables whose rows come and go: by number, since a share
    of a table that is empty most of the time says nothing.
    """
    parameters: dict[str, int] = {}
    if fillfactor is not None:
        parameters["fillfactor"] = fillfactor
    if vacuum_after is not None:
        for work in ("vacuum", "analyze"):
            parameters[f"autovacuum_{work}_scale_factor"] = 0
            parameters[f"autovacuum_{work}_threshold"] = vacuum_after
    info = {"retention": retention.value}
    # Checks stand at the table, not at the column, because Alembic writes only those.
    checks = [
        CheckConstraint(item.info[_KNOWN], name=f"{item.name}_known")
        for item in items
        if isinstance(item, Column) and _KNOWN in item.info
    ]
    if parameters:
        return Table(name, metadata, *items, *checks, info=info, postgresql_with=parameters)
    return Table(name, metadata, *items, *checks, info=info)


def identity_key(name: str = "id") -> Column[int]:
    """The `bigint` identity that is a table's primary key."""
    return Column(name, BigInteger, Identity(), primary_key=True)


def reference(
    name: str,
    target: str,
    *,
    nullable: bool = False,
    on_delete: str | None = None,
    index: bool = False,
) -> Column[int]:
    """A `bigint` that points at another table: `reference("client_id", "users.id")`."""
    return Column(
        name, BigInteger, ForeignKey(target, ondelete=on_delete), nullable=nullable, index=index
    )


def choice(
    name: str,
    values: Iterable[str],
    *,
    nullable: bool = False,
    default: str | None = None,
) -> Column[str]:
    """A text column that holds one of `values`, held by a named check (`ck_<table>_<name>_known`).

    `default` is a server default, so that a migration can add the column to a full table.
    """
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    info = {_KNOWN: f"{name} IN ({listed})"}
    return Column(name, Text, nullable=nullable, server_default=default, info=info)
