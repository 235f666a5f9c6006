"""Model: who answers and why, the connection test, prompts with versions, budgets, prices, spend."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from candor.common.errors import CandorError, InvalidInputError, NotFoundError
from candor.panel.access import current_actor, needs
from candor.panel.api.language import test_connection
from candor.panel.errors import status_of
from candor.panel.inward import panel_settings, run, services
from candor.panel.money_forms import (
    LIMITS,
    PriceRow,
    prices_of_rows,
    read_budget,
    shown_rows,
    typed_rows,
)
from candor.panel.rendering import safe_cell
from candor.panel.schemas.language import ConnectionAnswer, SpendQuery
from candor.panel.spending import (
    budget_of,
    language_desk,
    read_engine,
    read_spend,
    side_by_side,
    without_limit,
)

TABS = ("state", "prompts", "budget", "spend")
PERIODS = (7, 30, 90)
blueprint = Blueprint("model", __name__, url_prefix="/model")


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    return _state()


@blueprint.post("/test")
@needs("owner")
def test() -> str:
    """Asks the model for a word; what the server can do, or what is wrong, stands on the page."""
    return _state(test_connection())


def _state(connection: ConnectionAnswer | None = None) -> str:
    budget = run(language_desk().budget())
    return render_template(
        "model/state.html",
        tabs=TABS,
        tab="state",
        engine=read_engine(),
        budget=budget,
        without_limit=without_limit(budget, run(language_desk().pricing())),
        connection=connection,
    )


@blueprint.get("/prompts")
@needs("viewer")
def prompts() -> str:
    found = run(language_desk().prompts())
    return render_template("model/prompts.html", tabs=TABS, tab="prompts", prompts=found)


@blueprint.get("/prompts/<area>/<file>")
@needs("viewer")
def prompt(area: str, file: str) -> str:
    return _prompt(f"{area}/{file}")


def _prompt(name: str, *, text: str | None = None, error: CandorError | None = None) -> str:
    found = run(language_desk().prompt(name))
    newest = found.versions[0].version if found.versions else 0
    numbers = {0, *(version.version for version in found.versions)}
    older = _number("from", 0, numbers)
    newer = _number("to", newest, numbers)
    left, right = run(language_desk().compared(name, older=older, newer=newer))
    area, file = name.split("/", 1)
    return render_template(
        "model/prompt.html",
        tabs=TABS,
        tab="prompts",
        prompt=found,
        text=found.text if text is None else text,
        error=error,
        area=area,
        file=file,
        older=older,
        newer=newer,
        rows=side_by_side(left, right),
    )


def _number(name: str, default: int, known: set[int]) -> int:
    wanted = request.args.get(name, "")
    found = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else default
    return found if found in known else default


@blueprint.post("/prompts/<area>/<file>")
@needs("owner")
def save_prompt(area: str, file: str) -> AnyResponse:
    name, actor = f"{area}/{file}", current_actor().name
    text = request.form.get("text", "").replace("\r\n", "\n")
    run(language_desk().prompt(name))
    try:
        run(language_desk().save_prompt(name, text, by=actor))
    except CandorError as error:
        return Response(_prompt(name, text=text, error=error), status_of(error))
    return redirect(url_for("model.prompt", area=area, file=file, notice="prompt_saved"), 303)


@blueprint.post("/prompts/<area>/<file>/rollback")
@needs("owner")
def roll_back(area: str, file: str) -> AnyResponse:
    wanted = request.form.get("version") or "0"
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
        raise NotFoundError(f"The prompt {area}/{file} has no version {wanted}.")
    try:
        run(language_desk().restore_prompt(f"{area}/{file}", int(wanted), by=current_actor().name))
    except InvalidInputError as error:
        return Response(_prompt(f"{area}/{file}", error=error), status_of(error))
    return redirect(url_for("model.prompt", area=area, file=file, notice="prompt_restored"), 303)


@blueprint.get("/budget")
@needs("viewer")
def budget() -> str:
    return _budget()


def _budget(
    *,
    given: dict[str, str] | None = None,
    rows: list[PriceRow] | None = None,
    error: CandorError | None = None,
) -> str:
    desk = language_desk()
    kept, pricing = run(desk.budget()), run(desk.pricing())
    shown = given or {
        **{name: _shown(getattr(kept, name)) for name in LIMITS},
        "client_calls_day": str(kept.client_calls_day),
        "warn_at": format((kept.warn_at * 100).normalize(), "f"),
    }
    return render_template(
        "model/budget.html",
        tabs=TABS,
        tab="budget",
        limits=LIMITS,
        given=shown,
        budget=kept,
        engine=read_engine(),
        pricing=pricing,
        rows=rows or shown_rows(run(desk.prices()), pricing),
        without_limit=without_limit(kept, pricing),
        wrong={item.path for item in error.errors} if error and given else set(),
        error=error,
    )


def _shown(amount: Decimal | None) -> str:
    return "" if amount is None else format(amount.normalize(), "f")


@blueprint.post("/budget")
@needs("owner")
def save_budget() -> AnyResponse:
    given = {name: request.form.get(name, "").strip() for name in (*LIMITS, "client_calls_day")}
    given["warn_at"] = request.form.get("warn_at", "").strip()
    try:
        budget = budget_of(read_budget(given))
    except CandorError as error:
        return Response(_budget(given=given, error=error), status_of(error))
    run(language_desk().set_budget(budget, by=current_actor().name))
    return redirect(url_for("model.budget", notice="saved"), 303)


@blueprint.post("/prices")
@needs("owner")
def save_prices() -> AnyResponse:
    """The owner's own prices; the rows are all of them, an emptied one is taken back."""
    rows = typed_rows(request.form)
    try:
        prices = prices_of_rows(rows)
    except CandorError as error:
        return Response(_budget(rows=rows, error=error), status_of(error))
    run(language_desk().set_prices(prices, by=current_actor().name))
    return redirect(url_for("model.budget", notice="saved"), 303)


@blueprint.get("/spend")
@needs("viewer")
def spend() -> str:
    query = _query()
    return render_template(
        "model/spend.html",
        tabs=TABS,
        tab="spend",
        spend=read_spend(query),
        query=query,
        days=_days(),
        periods=PERIODS,
    )


@blueprint.get("/spend.csv")
@needs("viewer")
def spend_csv() -> Response:
    names = (
        "day", "model", "purpose", "calls", "exact_calls", "estimated_calls", "unknown_calls",
        "prompt_tokens", "cached_tokens", "completion_tokens", "cost",
    )  # fmt: skip
    file = io.StringIO()
    rows = [[getattr(line, name) for name in names] for line in read_spend(_query()).lines]
    csv.writer(file).writerows([names, *([safe_cell(cell) for cell in row] for row in rows)])
    made = Response("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    made.headers["Content-Disposition"] = 'attachment; filename="candor-spend.csv"'
    return made


def _days() -> int | None:
    """The chosen number of days; None for a period of the owner's own."""
    if request.args.get("from") or request.args.get("to"):
        return None
    wanted = request.args.get("days", "")
    return int(wanted) if wanted in {str(period) for period in PERIODS} else 30


def _query() -> SpendQuery:
    given: dict[str, object] = {
        name: value for name in ("from", "to") if (value := request.args.get(name))
    }
    if (days := _days()) is not None:
        today = services().clock.now().astimezone(ZoneInfo(panel_settings().timezone)).date()
        given = {"from": today - timedelta(days=days - 1), "to": today}
    try:
        return SpendQuery.model_validate(given)
    except ValidationError:
        return SpendQuery()
