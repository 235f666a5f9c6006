"""Segments of clients: their conditions, and the way through the table that suits them.

The planner takes filters for independent of each other and stops at a limit, so it walks through a
million clients for a segment that hardly exists. The newest few hundred tell how dense it is: a dense
segment is read in the order of the list, a thin one by the index that knows all filters together.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import astuple, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import TSVECTOR, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.record import ClientFilter, counted_to
from candor.common.ids import ClientId
from candor.common.paging import Cut, Place
from candor.storage.repositories.paging import beside, cut_out
from candor.storage.tables.clients import FACETS, users

SAMPLED: Final = 600
"""So many of the newest are looked at; more would cost more than they tell."""
DENSE: Final = 24
"""So many of them in the segment: a walk finds a page and the next thousand soon enough."""
SORTED_AT_MOST: Final = 20_000
"""A thin segment up to this size is sorted as a whole; a larger one is dense enough for a walk."""
ONE_FILTER: Final = 1
"""Its own index gives the newest of a large one, so nothing is sorted that need not be."""
COMMON_NAME: Final = 0.4
"""More than this share have such a name: the filter leaves so many that its index is no help."""
_FIRST_DAY: Final = date(1970, 1, 1).toordinal()
_WORD: Final = re.compile(r"[^\W_]+")
_PLANS: Final = text(
    "SELECT set_config('enable_seqscan', :reads, true), set_config('enable_indexscan', :walks, true),"
    " set_config('enable_bitmapscan', :maps, true), set_config('work_mem', '32MB', true)"
)
"""A bitmap of a million clients needs the room, or it forgets which rows of a page it means."""


class PgSegment:
    """The numbers of the clients in one segment."""

    def __init__(self, connection: AsyncConnection, wanted: ClientFilter) -> None:
        self._connection = connection
        self._wanted = wanted
        self._has_common_name = False
        self.order = _newest_first(wanted)
        self.total = 0
        """Of the segment that was read last, counted no further than `counted_to`."""

    async def read(self, cut: Cut) -> Sequence[int]:
        """One more than the limit where there is one; a backward cut comes with its last one first.

        A place's keys are `last_seen_day` and the number.
        """
        if cut.place is not None:
            mine = Place(cut.place.keys[-len(self.order) :])
            cut = replace(cut, before=mine) if cut.is_backwards else replace(cut, after=mine)
        counted = counted_to(cut.skipped + cut.limit)
        if await self._is_dense():
            newest = select(users.c.id).where(*self._row_by_row()).order_by(*self._descending())
            async with self._planned(walks="on"):
                self.total = await self._count(newest.limit(counted))
            return await self._walk(cut)
        most = counted if self._filters() <= ONE_FILTER else SORTED_AT_MOST
        found, numbers = await self._sorted(cut, most)
        self.total = min(found, counted)
        return numbers if found < most else await self._walk(cut)

    async def size(self) -> int:
        """Exactly how many."""
        everybody = select(users.c.id)
        if not _is_indexed(self._wanted):
            return await self._count(everybody.where(*self._row_by_row()))
        async with self._planned(maps="on"):
            return await self._count(everybody.where(*self._together()))

    def older(self, than: ClientId | None, limit: int) -> Select[Any]:
        """For exports: the numbers below this one, the greatest first."""
        below = [] if than is None else [users.c.id < than]
        numbers = select(users.c.id).where(*self._row_by_row(), *below)
        return numbers.order_by(users.c.id.desc()).limit(limit)

    def _row_by_row(self) -> list[Any]:
        return _row_by_row(self._wanted, users)

    def _together(self) -> list[Any]:
        return _together(self._wanted, has_common_name=self._has_common_name)

    def _filters(self) -> int:
        return sum(value not in (None, "") for value in astuple(self._wanted))

    async def _is_dense(self) -> bool:
        """Looks at the newest, and learns there whether the name's index would help."""
        if not self._filters():
            return True
        newest = select(users).where(users.c.merged_into.is_(None), *_quiet(self._wanted, users))
        sample = newest.order_by(*self._descending()).limit(SAMPLED).subquery("newest")
        inside = func.count().filter(and_(*_row_by_row(self._wanted, sample)))
        named = (
            func.count().filter(_named(self._wanted.q, sample)) if self._wanted.q else literal(0)
        )
        row = (await self._connection.execute(select(inside, named).select_from(sample))).one()
        self._has_common_name = row[1] > SAMPLED * COMMON_NAME
        return bool(row[0] >= DENSE)

    async def _walk(self, cut: Cut) -> Sequence[int]:
        everybody = select(users.c.id).where(*self._row_by_row())
        async with self._planned(walks="on"):
            return tuple(await self._connection.scalars(cut_out(everybody, self.order, cut)))

    async def _sorted(self, cut: Cut, most: int) -> tuple[int, Sequence[int]]:
        some = select(users.c.id, users.c.last_seen_day).where(*self._together())
        found = some.limit(most).subquery()
        order = tuple(found.c[column.name] for column in self.order)
        ordered = [column.asc() if cut.is_backwards else column.desc() for column in order]
        numbers: Any = func.array_agg(aggregate_order_by(found.c.id, *ordered))
        if cut.place is not None:
            numbers = numbers.filter(beside(order, cut.place, is_backwards=cut.is_backwards))
        numbers = type_coerce(numbers, ARRAY(BigInteger))
        part = numbers[cut.skipped + 1 : cut.skipped + cut.limit + 1]
        async with self._planned(maps="on"):
            row = (await self._connection.execute(select(func.count(), part))).one()
        return int(row[0]), tuple(row[1] or ())

    @asynccontextmanager
    async def _planned(self, *, walks: str = "off", maps: str = "off") -> AsyncIterator[None]:
        """Row by row in the order of an index, or by bitmaps of all indexes that serve."""
        await self._connection.execute(_PLANS, {"reads": "off", "walks": walks, "maps": maps})
        yield
        await self._connection.execute(_PLANS, {"reads": "on", "walks": "on", "maps": "on"})

    async def _count(self, rows: Select[Any]) -> int:
        counted = select(func.count()).select_from(rows.subquery())
        return int(await self._connection.scalar(counted) or 0)

    def _descending(self) -> list[Any]:
        return [column.desc() for column in self.order]


def _row_by_row(wanted: ClientFilter, rows: Any) -> list[Any]:
    """What a row must fulfil, said of its columns; a record that was merged away is in no segment."""
    found = [rows.c.merged_into.is_(None), *_held(wanted, rows)]
    found += [rows.c[name] == value for name, value in _facets(wanted).items()]
    if wanted.q:
        found.append(_named(wanted.q, rows))
    return found + _told(wanted, rows)


def _together(wanted: ClientFilter, *, has_common_name: bool) -> list[Any]:
    """The same in the words of the one index that knows names, tags, consents and facets together."""
    found = [users.c.merged_into.is_(None), *_held(wanted, users)]
    if facets := [f"{name}:{value}" for name, value in _facets(wanted).items()]:
        found.append(text(f"{FACETS} @> CAST(:facets AS text[])").bindparams(facets=facets))
    if wanted.q:
        found.append(_named(wanted.q, users, by_index=not has_common_name))
    return found + _told(wanted, users)


def _is_indexed(wanted: ClientFilter) -> bool:
    return bool(wanted.q or wanted.tag or wanted.consent or len(_facets(wanted)) > 1)


def _facets(wanted: ClientFilter) -> dict[str, object]:
    exact = {
        "milestone": wanted.milestone,
        "source": wanted.source,
        "language": wanted.language,
        "owner_id": wanted.owner_id,
    }
    return {name: value for name, value in exact.items() if value is not None}


def _held(wanted: ClientFilter, rows: Any) -> list[Any]:
    lists = {"tags": wanted.tag, "consents": wanted.consent}
    return [
        rows.c[name].op("@>")(cast([value], ARRAY(Text))) for name, value in lists.items() if value
    ]


def _named(q: str, rows: Any, *, by_index: bool = True) -> Any:
    words = " & ".join(f"{word}:*" for word in _WORD.findall(q))
    if not words:
        return false()
    name = rows.c.searched_name
    # Said in other words than the index has them: a bitmap of nearly everybody helps nobody.
    name = name if by_index else name.op("||")(cast("", TSVECTOR))
    return name.op("@@")(func.to_tsquery("simple", words))


def _told(wanted: ClientFilter, rows: Any) -> list[Any]:
    found = [*_quiet(wanted, rows)]
    if wanted.opted_out is not None:
        said_stop = rows.c.opted_out_at.is_not(None)
        found.append(said_stop if wanted.opted_out else ~said_stop)
    if wanted.active_since is not None:
        found.append(rows.c.last_seen_day >= day_of(wanted.active_since))
        found.append(rows.c.last_seen_at >= wanted.active_since)
    return found


def _quiet(wanted: ClientFilter, rows: Any) -> list[Any]:
    if wanted.quiet_since is None:
        return []
    # The day has an index, the moment decides.
    return [
        rows.c.last_seen_day <= day_of(wanted.quiet_since),
        rows.c.last_seen_at < wanted.quiet_since,
    ]


def day_of(at: datetime) -> int:
    """As `last_seen_day`: days since 1970, by UTC."""
    return at.astimezone(UTC).date().toordinal() - _FIRST_DAY


def _newest_first(wanted: ClientFilter) -> tuple[Any, ...]:
    """By number; of those who are quiet, whoever fell quiet last stands first."""
    return (users.c.id,) if wanted.quiet_since is None else (users.c.last_seen_day, users.c.id)
