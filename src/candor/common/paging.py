"""Lists that may be long: which part is asked for, and where the parts before and behind it begin.

A part is found by the place of its neighbour (keyset), so the thousandth costs what the first does.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Row = TypeVar("Row")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE: Final = re.compile(r"\d{1,18}(?:-\d{1,18}){0,4}")


def microseconds(at: datetime) -> int:
    """Since 1970: a moment as a key of a place, exact as the database keeps it."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(key: int) -> datetime:
    """The moment of `microseconds`; one beyond all calendars is their last."""
    try:
        return _EPOCH + timedelta(microseconds=key)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in its list: what the list is sorted by, as whole numbers from 0."""

    keys: tuple[int, ...]

    def __str__(self) -> str:
        return "-".join(map(str, self.keys))

    @classmethod
    def read(cls, written: str, length: int) -> "Place | None":
        """What `str` has made of so many keys; None for anything else."""
        if _PLACE.fullmatch(written) is None:
            return None
        keys = tuple(int(key) for key in written.split("-"))
        return cls(keys) if len(keys) == length else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Which part of a list. A place makes `offset` say nothing."""

    limit: int
    offset: int = 0
    after: Place | None = None
    """What follows this row."""
    before: Place | None = None
    """What stands right before this row."""

    @property
    def place(self) -> Place | None:
        return self.after or self.before

    @property
    def is_backwards(self) -> bool:
        return self.after is None and self.before is not None

    @property
    def skipped(self) -> int:
        return 0 if self.place else self.offset

    def first(self) -> "Cut":
        """The beginning of the same list."""
        return replace(self, offset=0, after=None, before=None)


@dataclass(frozen=True, slots=True)
class Part(Generic[Item]):
    """A part of a list, in the list's order."""

    items: tuple[Item, ...]
    total: int = 0
    """Of the whole list; long ones are not counted to their end."""
    next: Place | None = None
    """Give it as `after` for what follows; None: nothing does."""
    previous: Place | None = None
    """Give it as `before` for what stands before; None: this is the beginning."""

    def shown_as(self, view: Callable[[Item], Row]) -> "Part[Row]":
        """The same part of other things."""
        return Part(tuple(map(view, self.items)), self.total, self.next, self.previous)


async def read_part(
    fetch: Callable[[Cut], Awaitable[Sequence[Row]]],
    cut: Cut,
    place_of: Callable[[Row], Place],
    *,
    total: int = 0,
) -> Part[Row]:
    """`fetch` gives one row more than the limit where there is one, a backward cut its last row first.

    Where less than a whole part stands before a row, the list's beginning is read instead: it is full,
    and it holds what is new.
    """
    rows = await fetch(cut)
    if cut.is_backwards and len(rows) < cut.limit:
        cut = cut.first()
        rows = await fetch(cut)
    has_more, kept = len(rows) > cut.limit, tuple(rows[: cut.limit])
    if cut.is_backwards:
        kept = kept[::-1]
    has_next = has_more or cut.is_backwards
    has_previous = has_more if cut.is_backwards else bool(cut.after or cut.offset)
    return Part(
        kept,
        total,
        place_of(kept[-1]) if kept and has_next else None,
        place_of(kept[0]) if kept and has_previous else None,
    )
