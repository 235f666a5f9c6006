"""Clients: the people who wrote to the business."""

from flask import Blueprint, render_template, request

from candor.common.reports import ClientLine
from candor.panel.access import needs
from candor.panel.inward import run, services
from candor.panel.ports import PanelUnits

PER_PAGE = 50
LAST_PAGE = 200
blueprint = Blueprint("clients", __name__, url_prefix="/clients")


async def _read(units: PanelUnits, q: str, page: int) -> tuple[tuple[ClientLine, ...], int]:
    async with units() as unit:
        return await unit.log_reports.clients(q, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    q, wanted = request.args.get("q", "").strip()[:200], request.args.get("page", "1")
    page = min(max(int(wanted), 1), LAST_PAGE) if wanted.isdigit() and len(wanted) < 6 else 1
    clients, total = run(_read(services().units, q, page))
    return render_template(
        "clients/index.html", clients=clients, total=total, q=q, page=page, per_page=PER_PAGE
    )
