"""Logs: what clients, accounts, people and the system did."""

from flask import Blueprint, render_template, request
from pydantic import ValidationError

from candor.panel.access import needs
from candor.panel.api.logs import log_filter, log_page
from candor.panel.inward import run, services
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
    found = run(
        log_page(
            services().units,
            log_filter(query),
            limit=PER_PAGE,
            offset=(query.page - 1) * PER_PAGE,
        )
    )
    return render_template(
        "logs/index.html", found=found, query=query, kinds=KINDS, levels=LEVELS, per_page=PER_PAGE
    )
