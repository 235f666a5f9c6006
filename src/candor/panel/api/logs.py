"""`/api/logs`: what clients, accounts, operators and the system did. No message bodies."""

from candor.common.paging import Cut, Part
from candor.common.reports import LogEntry, LogFilter
from candor.panel.api.contract import Api
from candor.panel.inward import run, services
from candor.panel.ports import PanelUnits
from candor.panel.schemas.common import Page
from candor.panel.schemas.logs import LogAnswer, LogQuery


async def log_page(units: PanelUnits, wanted: LogFilter, cut: Cut) -> Part[LogEntry]:
    async with units() as unit:
        return await unit.log_reports.logs(wanted, cut)


def log_filter(query: LogQuery) -> LogFilter:
    return LogFilter(
        kind=query.kind, account_id=query.account_id, level=query.level, q=query.q.strip()
    )


def add_to(api: Api) -> None:
    @api.get("/logs", tag="Logs", summary="Activity, security and system events, newest first")
    def list_logs(query: LogQuery) -> Page[LogAnswer]:
        cut = Cut(limit=query.per_page, offset=query.offset)
        found = run(log_page(services().units, log_filter(query), cut))
        return Page(
            items=[LogAnswer.model_validate(entry) for entry in found.items],
            page=query.page,
            per_page=query.per_page,
            total=found.total,
        )
