"""Cutting a part out of a list that stands newest first."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    func,
    literal,
    select,
    text,
    tuple_,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.sqltypes import DateTime

from candor.common.paging import Cut, Part, Place, moment, read_part

Shown = TypeVar("Shown")
COUNTED_AT_MOST: Final = 10_000
"""Lists tell their total up to here; nobody pages further, and counting more costs real time."""


BY_INDEX: Final = text("SELECT set_config('enable_seqscan', 'off', true)")
"""For the rest of a unit. The planner reads ten thousand rows sooner from end to end than by an index;
the same page of a table that has grown would then cost what the table costs."""


async def part_by_number(
    connection: AsyncConnection,
    listed: Select[Any],
    number: ColumnElement[Any],
    cut: Cut,
    shown: Callable[[RowMapping], Shown],
) -> Part[Shown]:
    """A part of a list whose rows stand by their number, the greatest first."""
    key = str(number.key)

    async def fetch(part: Cut) -> Sequence[RowMapping]:
        rows = await connection.execute(cut_out(listed, (number,), part))
        return rows.mappings().all()

    await connection.execute(BY_INDEX)
    # In the list's order, so that the count reads an index as well.
    counted = listed.with_only_columns(number).order_by(number.desc()).limit(COUNTED_AT_MOST)
    total = await connection.scalar(select(func.count()).select_from(counted.subquery()))
    found = await read_part(fetch, cut, lambda row: Place((row[key],)), total=int(total or 0))
    return found.shown_as(shown)


def cut_out(statement: Select[Any], columns: tuple[ColumnElement[Any], ...], cut: Cut) -> Any:
    """The statement's rows of this part and one more, sorted by the columns, the last of them a key.

    A backward part comes with its last row first.
    """
    if cut.place is not None:
        beyond = beside(columns, cut.place, is_backwards=cut.is_backwards)
        statement = statement.where(beyond)
    ordered = [column.asc() if cut.is_backwards else column.desc() for column in columns]
    return statement.order_by(*ordered).limit(cut.limit + 1).offset(cut.skipped)


def beside(
    columns: tuple[ColumnElement[Any], ...], place: Place, *, is_backwards: bool
) -> ColumnElement[bool]:
    """Rows behind the place, or before it."""
    keys = tuple(
        literal(moment(key) if isinstance(column.type, DateTime) else key, column.type)
        for column, key in zip(columns, place.keys, strict=True)
    )
    row, at = tuple_(*columns), tuple_(*keys)
    found: Any = row > at if is_backwards else row < at
    return type_coerce(found, found.type)
