"""Dashboard: what happened, how it stands, what waits for a person."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from pydantic import ValidationError

from candor.commenting.channel import Channel
from candor.commenting.paging import Page as Part
from candor.common.errors import CandorError
from candor.common.ids import ScriptId
from candor.panel.access import needs
from candor.panel.api.commenting import desk
from candor.panel.inward import panel_settings, run, services
from candor.panel.schemas.stats import ModelUseAnswer, StatsAnswer, StatsQuery
from candor.panel.statistics import read_figures, read_standing, stats_answer

PERIODS = (7, 30, 90)
blueprint = Blueprint("dashboard", __name__, url_prefix="/dashboard")


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    query = _query()
    stats = stats_answer(read_figures(query))
    return render_template(
        "dashboard/index.html",
        stats=stats,
        now=read_standing(),
        query=query,
        days=_days(),
        periods=PERIODS,
        scripts=run(services().scripts.list_scripts(per_page=100)).items,
        accounts=run(services().accounts.list_accounts()),
        channels=_channels(),
        versions=_versions(query),
        has_model=services().model is not None,
    )


@blueprint.get("/<table>.csv")
@needs("viewer")
def as_csv(table: str) -> Response:
    """The figures behind a chart."""
    stats = stats_answer(read_figures(_query()))
    rows = {
        "days": _days_rows,
        "funnel": _funnel_rows,
        "versions": _versions_rows,
        "shares": _shares_rows,
        "money": _money_rows,
    }.get(table, _days_rows)(stats)
    file = io.StringIO()
    csv.writer(file).writerows([[_safe(cell) for cell in row] for row in rows])
    made = Response("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    name = table if table.isalpha() and table.isascii() else "days"
    made.headers["Content-Disposition"] = f'attachment; filename="candor-{name}.csv"'
    return made


def _safe(cell: object) -> object:
    """A spreadsheet takes a text that begins with = or + as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t" else cell


Rows = Iterable[list[object]]


def _days_rows(stats: StatsAnswer) -> Rows:
    names = ("day", "comments", "clicks", "dialogues", "agreements", "groups", "tasks_done")
    yield list(names)
    for day in stats.days:
        yield [getattr(day, name) for name in names]


def _funnel_rows(stats: StatsAnswer) -> Rows:
    yield ["stage", "count", "before", "share_of_previous"]
    for stage in stats.funnel:
        yield [stage.stage, stage.count, stage.before, stage.share_of_previous]


def _versions_rows(stats: StatsAnswer) -> Rows:
    names = ("script_key", "version", "dialogues", "agreements", "script_80", "free_20", "score")
    yield list(names)
    for item in stats.versions:
        yield [getattr(item, name) for name in names]


def _money_rows(stats: StatsAnswer) -> Rows:
    yield ["figure", "now", "before"]
    before = stats.before
    for name in ("answered", "median", "p95"):
        yield [f"reply_{name}", getattr(stats.replies, name), getattr(before.replies, name)]
    for name in ModelUseAnswer.model_fields:
        yield [name, getattr(stats.model, name), getattr(before.model, name)]


def _shares_rows(stats: StatsAnswer) -> Rows:
    yield ["answers", "count", "before"]
    before = {**stats.before.strategies, **stats.before.authors}
    for name, count in {**stats.strategies, **stats.authors}.items():
        yield [name, count, before.get(name, 0)]


def _channels() -> Sequence[Channel]:
    """For the filter; the newest hundred."""
    if services().commenting is None:
        return ()
    return run(desk().register.page(Part(1, 100)))[0]


def _versions(query: StatsQuery) -> tuple[int, ...]:
    """Of the chosen script, newest first."""
    if query.script_id is None:
        return ()
    try:
        found = run(services().scripts.versions(ScriptId(query.script_id)))
    except CandorError:
        return ()
    return tuple(item.version for item in found)


def _days() -> int | None:
    """The chosen number of days; None for a period of the owner's own."""
    wanted = request.args.get("days", "")
    if request.args.get("from") or request.args.get("to"):
        return None
    return int(wanted) if wanted in {str(period) for period in PERIODS} else 30


def _query() -> StatsQuery:
    given: dict[str, object] = {
        name: value for name, value in request.args.items() if value and name != "days"
    }
    days = _days()
    if days is not None:
        today = services().clock.now().astimezone(ZoneInfo(panel_settings().timezone)).date()
        given |= {"from": today - timedelta(days=days - 1), "to": today}
    try:
        return StatsQuery.model_validate(given)
    except ValidationError:
        return StatsQuery()
