"""The figures of a period beside those of the period before; shared by the dashboard and the API."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from threading import Lock
from zoneinfo import ZoneInfo

from candor.common.reports import FUNNEL, FunnelDay, Standing, Stats, StatsFilter
from candor.panel.inward import panel_settings, run, services
from candor.panel.ports import PanelUnits
from candor.panel.schemas.stats import (
    FunnelDayAnswer,
    ModelUseAnswer,
    ReplyTimesAnswer,
    StageAnswer,
    StandingAnswer,
    StatsAnswer,
    StatsQuery,
    VersionAnswer,
)

DEFAULT_DAYS = 30
KEEP = timedelta(seconds=5)
"""So long the same question gets the same figures: many open dashboards cost one reading."""


@dataclass(frozen=True, slots=True)
class Figures:
    wanted: StatsFilter
    now: Stats
    before: Stats
    standing: Standing


_recent: dict[StatsQuery | str, tuple[datetime, Figures]] = {}
_lock = Lock()


def read_figures(query: StatsQuery) -> Figures:
    """At most five seconds old."""
    at, key = services().clock.now(), f"{id(services())} {query.model_dump_json()}"
    with _lock:
        known = _recent.get(key)
    if known is not None and at - known[0] < KEEP:
        return known[1]
    wanted = period(query, now=at, timezone=panel_settings().timezone)
    found = run(_read(services().units, wanted))
    with _lock:
        if len(_recent) > 100:
            _recent.clear()
        _recent[key] = (at, found)
    return found


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
            await unit.reports.stats(earlier),
            await unit.reports.standing(),
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
    return datetime.combine(day, time(), zone).astimezone(UTC)


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
        standing=StandingAnswer.model_validate(figures.standing),
    )


def _model_use(stats: Stats) -> ModelUseAnswer:
    cost = stats.model.cost
    return ModelUseAnswer(
        calls=stats.model.calls,
        prompt_tokens=stats.model.prompt_tokens,
        completion_tokens=stats.model.completion_tokens,
        cost=money(cost),
        cost_per_dialogue=_per(cost, stats.total("dialogues")),
        cost_per_agreement=_per(cost, stats.total("agreements")),
    )


def _per(cost: Decimal, count: int) -> str | None:
    return money(cost / count) if count else None


def money(amount: Decimal) -> str:
    """US dollars with four places: answers cost fractions of a cent."""
    return f"{amount:.4f}"
