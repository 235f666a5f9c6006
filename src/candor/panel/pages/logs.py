"""Logs: what clients, accounts, people and the system did."""

from flask import Blueprint, render_template, request
from pydantic import ValidationError

from candor.common.reports import LOG_KEYS
from candor.panel.access import needs
from candor.panel.api.logs import log_filter, log_page
from candor.panel.inward import run, services
from candor.panel.pages.paging import asked_turn
from candor.panel.schemas.logs import LogQuery

KINDS = ("activity", "security", "system")
LEVELS = ("info", "warning", "error")
PER_PAGE = 100
blueprint = Blueprint("logs", __name__, url_prefix="/logs")


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    try:
        query = LogQuery.model_validate({k: v for k, v in request.args.items() if v})
    except ValidationError:
        query = LogQuery()
    turn = asked_turn(PER_PAGE, keys=LOG_KEYS)
    found = run(log_page(services().units, log_filter(query), turn.cut))
    return render_template(
        "logs/index.html",
        found=found,
        page=turn.page(found),
        query=query,
        kinds=KINDS,
        levels=LEVELS,
    )
