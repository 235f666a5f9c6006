"""Every table says how long its rows may be kept, and every constraint has a name."""

import pytest
from sqlalchemy import DateTime, PrimaryKeyConstraint, Table, UniqueConstraint

import candor.storage.tables  # noqa: F401 - completes the metadata
from candor.storage.metadata import Retention, metadata

TABLES = sorted(metadata.tables.values(), key=lambda table: table.name)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_that_a_table_names_its_retention_class(table: Table) -> None:
    assert table.info.get("retention") in set(Retention), (
        f"Declare {table.name} with candor.storage.metadata.table(..., retention=...)."
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_that_times_are_aware_and_references_are_wide(table: Table) -> None:
    naive = [c.name for c in table.c if isinstance(c.type, DateTime) and not c.type.timezone]
    assert not naive, f"Use candor.storage.metadata.Moment for {naive}."
    narrow = [
        c.name
        for key in table.foreign_key_constraints
        for c in key.columns
        if len(key.columns) == 1 and str(c.type) not in {"BIGINT", "TEXT", "UUID"}
    ]
    assert not narrow, f"Use candor.storage.metadata.reference for {narrow}."


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_that_a_reference_that_erasure_follows_has_an_index(table: Table) -> None:
    """Deleting the row it points at would otherwise read the whole table."""
    keyed = {
        next(iter(constraint.columns)).key
        for constraint in table.constraints
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint) and constraint.columns
    }
    keyed |= {next(iter(index.columns)).key for index in table.indexes if len(index.columns)}
    bare = [
        key.columns[0].key
        for key in table.foreign_key_constraints
        if key.ondelete in {"CASCADE", "SET NULL"} and key.columns[0].key not in keyed
    ]
    assert not bare, f"Add an index that begins with {bare} in {table.name}."
