"""The figures of a period beside those of the period before; shared by the dashboard and the API."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from decimal import Decimal
from threading import Lock, Thread
from typing import Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

import structlog
from flask import current_app

from candor.common.errors import CandorError
from candor.common.reports import FUNNEL, FunnelDay, ScriptName, Standing, Stats, StatsFilter
from candor.common.tally import Tally, as_stats, joined
from candor.panel.inward import panel_settings, services
from candor.panel.ports import PanelUnits
from candor.panel.schemas.stats import (
    BeforeAnswer,
    FunnelDayAnswer,
    ModelUseAnswer,
    ReplyTimesAnswer,
    StageAnswer,
    StandingAnswer,
    StatsAnswer,
    StatsQuery,
    VersionAnswer,
)

log = structlog.get_logger(__name__)
Value = TypeVar("Value")
DEFAULT_DAYS = 30
KEEP = timedelta(seconds=0.6)
KEEP_FACTOR = 60
"""The same question gets the same figures for a moment, and those of days that are over for sixty
times as long as reading them took: a large installation pays for its history once in a while, not
at every look."""
KEEP_FACTOR_FRESH = 3
KEEP_FACTOR_CLIENTS = 60
"""People are many and grow slowly: of 100,000 the number is kept for a second or two."""
GRACE = timedelta(hours=1)
"""So long after midnight yesterday is not over yet: what happened in its last moments may still be
on its way into the database, and its questions are being answered."""
KEEP_STANDING = timedelta(seconds=0.4)
"""With a look each second, what the tiles show is at most two seconds old."""
SLOW = timedelta(milliseconds=100)
MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class Figures:
    wanted: StatsFilter
    now: Stats
    before: Stats


@dataclass(frozen=True, slots=True)
class Settled:
    """What is over: the period's days before today, and the period before."""

    now: Tally
    before: Tally


@dataclass(frozen=True, slots=True)
class Fresh:
    """The days of the period in which things still happen."""

    now: Tally
    scripts: Mapping[int, ScriptName]


@dataclass(frozen=True, slots=True)
class Kept(Generic[Value]):
    value: Value
    until: datetime
    is_slow: bool
    """It took so long to read that the old figures are better than waiting for new ones."""


class Recent:
    """Figures read a moment ago; one reader per question, the others wait for it.

    What is slow to read is shown as it was while it is read anew in the background.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Kept[Any]] = {}
        self._reading: defaultdict[str, Lock] = defaultdict(Lock)

    def get(self, key: str, read: Callable[[], Value], *, keep: timedelta, factor: int) -> Value:
        """`read` is called without any request around it."""
        now = services().clock.now()
        known = self._kept.get(key)
        if known is not None and (now < known.until or known.is_slow):
            if now >= known.until and self._reading[key].acquire(blocking=False):
                Thread(target=self._renew, args=(key, read, keep, factor, now), daemon=True).start()
            return cast(Value, known.value)
        with self._reading[key]:
            known = self._kept.get(key)
            if known is None or now >= known.until:
                self._read(key, read, keep, factor, now)
            return cast(Value, self._kept[key].value)

    def _renew(
        self, key: str, read: Callable[[], Any], keep: timedelta, factor: int, now: datetime
    ) -> None:
        try:
            self._read(key, read, keep, factor, now)
        except CandorError as error:
            log.warning("figures_not_renewed", error=repr(error))
        finally:
            self._reading[key].release()

    def _read(
        self, key: str, read: Callable[[], Any], keep: timedelta, factor: int, now: datetime
    ) -> None:
        started = time.perf_counter()
        value = read()
        took = timedelta(seconds=time.perf_counter() - started)
        if len(self._kept) > MOST_KEPT:
            self._kept.clear()
        self._kept[key] = Kept(value, now + max(keep, took * factor), took > SLOW)


def read_figures(query: StatsQuery) -> Figures:
    """What is over is kept for a while; what goes on is at most a second old. See KEEP."""
    now, timezone = services().clock.now(), panel_settings().timezone
    wanted = period(query, now=now, timezone=timezone)
    cut = settled_until(wanted, now=now)
    portal, units = services().portal, services().units
    settled = recent().get(
        f"{wanted} until {cut}",
        lambda: portal.run(_settled(units, wanted, cut)),
        keep=KEEP,
        factor=KEEP_FACTOR,
    )
    fresh = recent().get(
        f"{wanted} from {cut}",
        lambda: portal.run(_fresh(units, wanted, cut)),
        keep=KEEP,
        factor=KEEP_FACTOR_FRESH,
    )
    return Figures(
        wanted,
        as_stats(joined(settled.now, fresh.now), fresh.scripts),
        as_stats(settled.before, {}),
    )


def settled_until(wanted: StatsFilter, *, now: datetime) -> datetime:
    """The beginning of the day to which things still happen, within the period."""
    zone = ZoneInfo(wanted.timezone)
    today = _midnight((now - GRACE).astimezone(zone).date(), zone)
    return min(max(today, wanted.since), wanted.until)


def read_standing() -> Standing:
    """How things stand now; see KEEP_STANDING."""
    portal, units = services().portal, services().units
    clients = recent().get(
        "clients",
        lambda: portal.run(_clients(units)),
        keep=KEEP_STANDING,
        factor=KEEP_FACTOR_CLIENTS,
    )
    standing = recent().get(
        "standing", lambda: portal.run(_standing(units)), keep=KEEP_STANDING, factor=1
    )
    return replace(standing, clients=clients)


def recent() -> Recent:
    """One per application."""
    return cast(Recent, current_app.extensions.setdefault("candor_recent", Recent()))


async def _clients(units: PanelUnits) -> int:
    async with units() as unit:
        return await unit.reports.clients()


async def _standing(units: PanelUnits) -> Standing:
    async with units() as unit:
        return await unit.reports.standing()


async def _settled(units: PanelUnits, wanted: StatsFilter, cut: datetime) -> Settled:
    length = wanted.until - wanted.since
    earlier = replace(wanted, since=wanted.since - length, until=wanted.since)
    now, before = await asyncio.gather(
        _tally(units, replace(wanted, until=cut)), _tally(units, earlier, dialogues=False)
    )
    return Settled(now, before)


async def _fresh(units: PanelUnits, wanted: StatsFilter, cut: datetime) -> Fresh:
    now = await _tally(units, replace(wanted, since=cut), after=wanted.since)
    async with units() as unit:
        return Fresh(now, await unit.reports.script_names())


async def _tally(
    units: PanelUnits,
    wanted: StatsFilter,
    *,
    after: datetime | None = None,
    dialogues: bool = True,
) -> Tally:
    if wanted.since >= wanted.until:
        return Tally()
    async with units() as unit:
        return await unit.reports.tally(wanted, after=after, dialogues=dialogues)


def period(query: StatsQuery, *, now: datetime, timezone: str) -> StatsFilter:
    """Whole days of the zone; the last one is included."""
    zone = ZoneInfo(timezone)
    last = query.until or (
        query.since + timedelta(days=DEFAULT_DAYS - 1)
        if query.since
        else now.astimezone(zone).date()
    )
    first = query.since or last - timedelta(days=DEFAULT_DAYS - 1)
    return StatsFilter(
        since=_midnight(first, zone),
        until=_midnight(last + timedelta(days=1), zone),
        timezone=timezone,
        account_id=query.account_id,
        channel_id=query.channel_id,
        script_id=query.script_id,
        script_version=query.script_version,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, day_time(), zone).astimezone(UTC)


def every_day(figures: Figures) -> list[FunnelDay]:
    """All days of the period, also those on which nothing happened."""
    zone = ZoneInfo(figures.wanted.timezone)
    day, last = (
        figures.wanted.since.astimezone(zone).date(),
        (figures.wanted.until - timedelta(seconds=1)).astimezone(zone).date(),
    )
    known = {item.day: item for item in figures.now.days}
    found = []
    while day <= last:
        found.append(known.get(day, FunnelDay(day)))
        day += timedelta(days=1)
    return found


def stages(figures: Figures) -> list[StageAnswer]:
    """Each stage with its share of the stage before."""
    found: list[StageAnswer] = []
    for stage in FUNNEL:
        count = figures.now.total(stage)
        above = found[-1].count if found else 0
        share = round(count / above, 4) if above else None
        before = figures.before.total(stage)
        found.append(StageAnswer(stage=stage, count=count, before=before, share_of_previous=share))
    return found


def stats_answer(figures: Figures) -> StatsAnswer:
    stats = figures.now
    return StatsAnswer(
        since=figures.wanted.since,
        until=figures.wanted.until,
        funnel=stages(figures),
        days=[FunnelDayAnswer.model_validate(day) for day in every_day(figures)],
        strategies=stats.strategies,
        authors=stats.authors,
        replies=ReplyTimesAnswer.model_validate(stats.replies),
        model=_model_use(stats),
        versions=[VersionAnswer.model_validate(item) for item in stats.versions],
        before=BeforeAnswer(
            strategies=figures.before.strategies,
            authors=figures.before.authors,
            replies=ReplyTimesAnswer.model_validate(figures.before.replies),
            model=_model_use(figures.before),
        ),
        standing=StandingAnswer.model_validate(read_standing()),
    )


def _model_use(stats: Stats) -> ModelUseAnswer:
    cost = stats.model.cost
    return ModelUseAnswer(
        calls=stats.model.calls,
        prompt_tokens=stats.model.prompt_tokens,
        completion_tokens=stats.model.completion_tokens,
        cost=money(cost),
        replies_cost=money(stats.model.replies_cost),
        cost_per_dialogue=_per(stats.model.replies_cost, stats.total("dialogues")),
        cost_per_agreement=_per(cost, stats.total("agreements")),
    )


def _per(cost: Decimal, count: int) -> str | None:
    return money(cost / count) if count else None


def money(amount: Decimal) -> str:
    """US dollars with four places: answers cost fractions of a cent."""
    return f"{amount:.4f}"
