"""Segments of clients: their conditions, and the way through the table that suits them.

The planner takes filters for independent of each other and stops at a limit, so it walks through a
million clients for a segment that hardly exists, or that ended a year ago. A few rows at places all
over the list tell where the segment is dense: there it is read in the order of the list, elsewhere by
the index that knows all filters together.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.clients.record import ClientFilter, counted_to
from candor.common.ids import ClientId
from candor.common.paging import Cut, Place
from candor.storage.repositories.paging import beside
from candor.storage.tables.clients import FACETS, users

PLACES: Final = (0, 1 / 256, 1 / 64, *(n / 16 for n in range(1, 16)))
"""Looked at from the newest (0) to the oldest (1); what is new differs most from the rest."""
SAMPLED: Final = 150
"""So many rows at each; more would cost more than they tell."""
DENSE: Final = 6
"""So many of them in the segment: a walk finds a page and the next thousand soon enough."""
SMALL: Final = 5_000
"""Numbers; a list so short is walked through without looking."""
COMMON_NAME: Final = 0.4
"""More than this share have such a name: the filter leaves so many that its index is no help."""
_FIRST_DAY: Final = date(1970, 1, 1).toordinal()
_WORD: Final = re.compile(r"[^\W_]+")
_PLANS: Final = text(
    "SELECT set_config('enable_seqscan', :reads, true), set_config('enable_indexscan', :walks, true),"
    " set_config('enable_bitmapscan', :maps, true), set_config('work_mem', '32MB', true),"
    " set_config('plan_cache_mode', 'force_custom_plan', true)"
)
"""A bitmap of a million clients needs the room, or it forgets which rows of a page it means. A plan
that was kept would be that of another way."""


@dataclass(frozen=True, slots=True)
class _Band:
    """A part of the list: keys above `low` up to `high`, without an end where that is None."""

    low: int | None
    high: int | None
    is_dense: bool

    def holds(self, key: Any) -> list[Any]:
        above = [] if self.low is None else [key > self.low]
        return above if self.high is None else [*above, key <= self.high]


class PgSegment:
    """The numbers of the clients in one segment."""

    def __init__(self, connection: AsyncConnection, wanted: ClientFilter) -> None:
        self._connection = connection
        self._wanted = wanted
        self._has_common_name = False
        self._bands: Sequence[_Band] | None = None
        self.order = _newest_first(wanted)
        self.total = 0
        """Of the segment that was read last, counted no further than `counted_to`."""

    async def read(self, cut: Cut) -> Sequence[int]:
        """One more than the limit where there is one; a backward cut comes with its last one first.

        A place's keys are `last_seen_day` and the number.
        """
        counted = counted_to(cut.skipped + cut.limit)
        first = await self._gather(max(counted, cut.skipped + cut.limit + 1))
        self.total = min(len(first), counted)
        if cut.place is None:
            return first[cut.skipped : cut.skipped + cut.limit + 1]
        place = Place(cut.place.keys[-len(self.order) :])
        return await self._gather(cut.limit + 1, place, is_backwards=cut.is_backwards)

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

    async def _gather(
        self, most: int, place: Place | None = None, *, is_backwards: bool = False
    ) -> Sequence[int]:
        """Band by band, until there are enough."""
        if self._bands is None:
            self._bands = await self._found_bands()
        beyond = [] if place is None else [beside(self.order, place, is_backwards=is_backwards)]
        found: list[int] = []
        for band in reversed(self._bands) if is_backwards else self._bands:
            if place is None or _reaches(band, place.keys[0], is_backwards=is_backwards):
                found += await self._in_band(
                    band, beyond, most - len(found), is_backwards=is_backwards
                )
            if len(found) >= most:
                break
        return found

    async def _in_band(
        self, band: _Band, beyond: list[Any], most: int, *, is_backwards: bool
    ) -> Sequence[int]:
        inside = [*band.holds(self.order[0]), *beyond]
        ordered = [column.asc() if is_backwards else column.desc() for column in self.order]
        conditions = self._row_by_row() if band.is_dense else self._together()
        numbers = select(users.c.id).where(*conditions, *inside).order_by(*ordered).limit(most)
        plan = "walks" if band.is_dense else "maps"
        async with self._planned(**{plan: "on"}):
            return tuple(await self._connection.scalars(numbers))

    async def _found_bands(self) -> Sequence[_Band]:
        """Where the segment is dense, and where it is thin; learns whether the name's index would help."""
        whole = _Band(None, None, is_dense=True)
        if self._wanted == ClientFilter():
            return (whole,)
        key, lowest, highest = self.order[0], *await self._ends()
        if highest - lowest < SMALL and key is users.c.id:
            return (whole,)
        span = highest - lowest
        highs = sorted({highest - int(span * share) for share in PLACES}, reverse=True)
        rows = (await self._connection.execute(self._samples(), {"highs": highs})).all()
        seen = sum(row.seen for row in rows)
        self._has_common_name = sum(row.named for row in rows) > seen * COMMON_NAME
        return _joined(highs, [row.inside * SAMPLED >= DENSE * row.seen for row in rows])

    async def _ends(self) -> tuple[int, int]:
        """The least key and the greatest; of nobody, zeros."""
        key = self.order[0]
        kept = select(key).where(users.c.merged_into.is_(None), *_quiet(self._wanted, users))
        ends = (kept.order_by(key.asc()).limit(1), kept.order_by(key.desc()).limit(1))
        row = (
            await self._connection.execute(select(*(end.scalar_subquery() for end in ends)))
        ).one()
        return row[0] or 0, row[1] or 0

    def _samples(self) -> Select[int, int, int]:
        """Of the rows right below each place: how many there are, in the segment, and of that name."""
        places = func.unnest(bindparam("highs", type_=ARRAY(BigInteger)))
        highs = places.table_valued("high", name="highs").render_derived()
        kept = select(users).where(users.c.merged_into.is_(None), *_quiet(self._wanted, users))
        near = kept.where(self.order[0] <= highs.c.high).order_by(*self._descending())
        rows = near.limit(SAMPLED).correlate(highs).lateral("rows")
        inside = func.count().filter(and_(*_row_by_row(self._wanted, rows)))
        named = _named(self._wanted.q, rows) if self._wanted.q else false()
        return (
            select(
                func.count(rows.c.id).label("seen"),
                inside.label("inside"),
                func.count().filter(named).label("named"),
            )
            .select_from(highs.outerjoin(rows, true()))
            .group_by(highs.c.high)
            .order_by(highs.c.high.desc())
        )

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


def _joined(highs: Sequence[int], dense: Sequence[bool]) -> Sequence[_Band]:
    """Bands from each place down to the next; neighbours of a kind are one."""
    starts = [n for n in range(len(highs)) if n == 0 or dense[n] != dense[n - 1]]
    tops = [None, *(highs[n] for n in starts[1:]), None]
    return tuple(
        _Band(low, high, is_dense=dense[start])
        for start, high, low in zip(starts, tops, tops[1:], strict=False)
    )


def _reaches(band: _Band, key: int, *, is_backwards: bool) -> bool:
    """Whether rows of the band may stand behind the place, or before it."""
    if is_backwards:
        return band.high is None or band.high >= key
    return band.low is None or band.low < key


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
