"""The figures of a period beside those of the period before; shared by the dashboard and the API."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from decimal import Decimal
from threading import Lock, Thread
from typing import Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

import structlog
from flask import current_app

from candor.common.errors import CandorError
from candor.common.reports import FUNNEL, FunnelDay, Standing, Stats, StatsFilter
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
KEEP_FACTOR = 20
"""The same question gets the same figures for a moment, or for twenty times as long as reading
them took: a large installation pays for its history once in a while, not at every look."""
KEEP_STANDING = timedelta(seconds=0.4)
"""With a look each second, what the tiles show is at most two seconds old."""
SLOW = timedelta(milliseconds=300)
MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class Figures:
    wanted: StatsFilter
    now: Stats
    before: Stats


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
        self._reading = Lock()

    def get(self, key: str, read: Callable[[], Value], *, keep: timedelta, factor: int) -> Value:
        """`read` is called without any request around it."""
        now = services().clock.now()
        known = self._kept.get(key)
        if known is not None and (now < known.until or known.is_slow):
            if now >= known.until and self._reading.acquire(blocking=False):
                Thread(target=self._renew, args=(key, read, keep, factor, now), daemon=True).start()
            return cast(Value, known.value)
        with self._reading:
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
            self._reading.release()

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
    """At most a few seconds old; see KEEP."""
    wanted = period(query, now=services().clock.now(), timezone=panel_settings().timezone)
    portal, units = services().portal, services().units
    return recent().get(
        query.model_dump_json() + wanted.until.isoformat(),
        lambda: portal.run(_read(units, wanted)),
        keep=KEEP,
        factor=KEEP_FACTOR,
    )


def read_standing() -> Standing:
    """How things stand now; see KEEP_STANDING."""
    portal, units = services().portal, services().units
    return recent().get(
        "standing", lambda: portal.run(_standing(units)), keep=KEEP_STANDING, factor=1
    )


def recent() -> Recent:
    """One per application."""
    return cast(Recent, current_app.extensions.setdefault("candor_recent", Recent()))


async def _standing(units: PanelUnits) -> Standing:
    async with units() as unit:
        return await unit.reports.standing()


async def _read(units: PanelUnits, wanted: StatsFilter) -> Figures:
    length = wanted.until - wanted.since
    earlier = StatsFilter(
        since=wanted.since - length,
        until=wanted.since,
        timezone=wanted.timezone,
        account_id=wanted.account_id,
        channel_id=wanted.channel_id,
        script_id=wanted.script_id,
        script_version=wanted.script_version,
    )
    async with units() as unit:
        return Figures(
            wanted,
            await unit.reports.stats(wanted),
            await unit.reports.compared(earlier),
        )


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
