"""Segments of clients: their conditions, and the way through the table that suits them.

The planner takes filters for independent of each other and stops at a limit, so it walks through a
million clients for a segment that hardly exists. The newest few hundred tell how dense it is: a dense
segment is read in the order of the list, a thin one through the indexes of its filters together.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
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
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.record import ClientFilter, counted_to
from candor.common.ids import ClientId
from candor.common.paging import Cut, Place
from candor.storage.repositories.paging import beside, cut_out
from candor.storage.tables.clients import SEARCHED_NAME, user_consents, users

SAMPLED: Final = 600
"""So many of the newest are looked at; more would cost more than they tell."""
DENSE: Final = 24
"""So many of them in the segment: a walk finds a page and the next thousand soon enough."""
DENSE_NAMES: Final = 90
"""The same where the walk has to take names apart."""
SORTED_AT_MOST: Final = 20_000
"""A thin segment up to this size is sorted as a whole; a larger one is dense enough for a walk."""
ONE_FILTER: Final = 1
"""Its own index gives the newest of a large one, so nothing is sorted that need not be."""
QUIET_AT_MOST: Final = 150_000
"""The same of those who are quiet: the newest of them may stand far behind the day that is asked."""
COMMON_NAME: Final = 0.4
"""More than this share have such a name: the filter leaves so many that its index is no help."""
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
        self._conditions = _conditions(wanted)
        self.order = _newest_first(wanted)
        self._sorted_at_most = QUIET_AT_MOST if wanted.quiet_since and wanted.q else SORTED_AT_MOST
        self.total = 0
        """Of the segment that was read last, counted no further than `counted_to`."""

    async def read(self, cut: Cut) -> Sequence[int]:
        """One more than the limit where there is one; a backward cut comes with its last one first.

        A place's keys are `microseconds` of `created_at`, and the number.
        """
        if cut.place is not None:
            mine = Place(cut.place.keys[-len(self.order) :])
            cut = replace(cut, before=mine) if cut.is_backwards else replace(cut, after=mine)
        counted = counted_to(cut.skipped + cut.limit)
        if await self._is_dense():
            newest = select(users.c.id).where(*self._conditions).order_by(*self._descending())
            async with self._planned(walks="on"):
                self.total = await self._count(newest.limit(counted))
            return await self._walk(cut)
        if self._filters() <= ONE_FILTER:
            self._sorted_at_most = counted
        found, numbers = await self._sorted(cut)
        self.total = min(found, counted)
        return numbers if found < self._sorted_at_most else await self._walk(cut)

    async def size(self) -> int:
        """Exactly how many."""
        everybody = select(users.c.id).where(*self._conditions)
        if not self._wanted.q:
            return await self._count(everybody)
        async with self._planned(maps="on"):
            return await self._count(everybody)

    def older(self, than: ClientId | None, limit: int) -> Select[Any]:
        """For exports: the numbers below this one, the greatest first."""
        below = [] if than is None else [users.c.id < than]
        numbers = select(users.c.id).where(*self._conditions, *below)
        return numbers.order_by(users.c.id.desc()).limit(limit)

    def _filters(self) -> int:
        """Whoever is quiet is asked for by two conditions."""
        return len(self._conditions) - (2 if self._wanted.quiet_since else 1)

    async def _is_dense(self) -> bool:
        """Looks at the newest, and learns there whether the name's index would help."""
        if len(self._conditions) == 1:
            return True
        newest = select(users).where(users.c.merged_into.is_(None))
        if self._wanted.quiet_since is not None:
            newest = newest.where(users.c.created_at < self._wanted.quiet_since)
        sample = newest.order_by(*self._descending()).limit(SAMPLED).subquery("newest")
        inside = func.count().filter(and_(*_conditions(self._wanted, sample)))
        named = func.count().filter(_named(self._wanted.q)) if self._wanted.q else literal(0)
        row = (await self._connection.execute(select(inside, named).select_from(sample))).one()
        if row[1] > SAMPLED * COMMON_NAME:
            self._conditions = _conditions(self._wanted, is_common_name=True)
        return bool(row[0] >= (DENSE_NAMES if self._wanted.q else DENSE))

    async def _walk(self, cut: Cut) -> Sequence[int]:
        everybody = select(users.c.id).where(*self._conditions)
        async with self._planned(walks="on"):
            return tuple(await self._connection.scalars(cut_out(everybody, self.order, cut)))

    async def _sorted(self, cut: Cut) -> tuple[int, Sequence[int]]:
        columns = select(users.c.id, users.c.created_at).where(*self._conditions)
        some = columns.limit(self._sorted_at_most).subquery()
        order = tuple(some.c[column.name] for column in self.order)
        ordered = [column.asc() if cut.is_backwards else column.desc() for column in order]
        numbers: Any = func.array_agg(aggregate_order_by(some.c.id, *ordered))
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


def _conditions(
    wanted: ClientFilter, rows: Any = users, *, is_common_name: bool = False
) -> list[Any]:
    """What a row must fulfil; a record that was merged away is in no segment."""
    exact = {
        rows.c.milestone: wanted.milestone,
        rows.c.source: wanted.source,
        rows.c.owner_id: wanted.owner_id,
        rows.c.language: wanted.language,
    }
    found: list[Any] = [rows.c.merged_into.is_(None)]
    found += [column == value for column, value in exact.items() if value is not None]
    if wanted.q:
        found.append(_named(wanted.q, by_index=not is_common_name))
    if wanted.tag:
        found.append(rows.c.tags.op("@>")(cast([wanted.tag], ARRAY(Text))))
    if wanted.opted_out is not None:
        said_stop = rows.c.opted_out_at.is_not(None)
        found.append(said_stop if wanted.opted_out else ~said_stop)
    found += _seen(wanted, rows)
    if wanted.consent is not None:
        found.append(_consented(wanted.consent, rows, is_alone=len(found) == 1))
    return found


def _named(q: str, *, by_index: bool = True) -> Any:
    words = " & ".join(f"{word}:*" for word in _WORD.findall(q))
    if not words:
        return false()
    # Said in other words than the index has them: a bitmap of nearly everybody helps nobody.
    searched = SEARCHED_NAME if by_index else f"({SEARCHED_NAME} || ''::tsvector)"
    return text(f"{searched} @@ to_tsquery('simple', :words)").bindparams(words=words)


def _consented(purpose: str, rows: Any, *, is_alone: bool) -> Any:
    standing = select(user_consents.c.client_id).where(
        user_consents.c.purpose == purpose, user_consents.c.withdrawn_at.is_(None)
    )
    if is_alone:
        return rows.c.id.in_(standing)
    # The offset keeps it a question about those whom the other filters leave. Everybody has the
    # consent to the dialogue itself: asked one by one; the others are few enough to be kept in mind.
    if purpose == "dialogue" or rows is not users:
        return standing.where(user_consents.c.client_id == rows.c.id).offset(0).exists()
    return rows.c.id.in_(standing.offset(0))


def _seen(wanted: ClientFilter, rows: Any) -> list[Any]:
    found: list[Any] = []
    if wanted.active_since is not None:
        found.append(rows.c.last_seen_at >= wanted.active_since)
    if wanted.active_since and wanted.quiet_since and wanted.active_since >= wanted.quiet_since:
        return [false()]
    if wanted.quiet_since is not None:
        # Nobody is seen before they are there: said again in a column that has an order.
        found.append(rows.c.created_at < wanted.quiet_since)
        found.append(_unseen_since(wanted.quiet_since, rows, is_exact=bool(wanted.q)))
    return found


def _unseen_since(at: datetime, rows: Any, *, is_exact: bool) -> Any:
    """`is_exact`: not by the summaries of blocks, which make a bitmap forget the rows it means, so that
    names would be taken apart of all in a block."""
    if is_exact:
        plain = at.astimezone(UTC).replace(tzinfo=None)
        return func.timezone("UTC", rows.c.last_seen_at) < plain
    return rows.c.last_seen_at < at


def _newest_first(wanted: ClientFilter) -> tuple[Any, ...]:
    """By number; those who are quiet are all old, so they are looked for from that day backwards."""
    return (users.c.id,) if wanted.quiet_since is None else (users.c.created_at, users.c.id)
