"""`/api/stats`: the dashboard's figures."""

from candor.panel.api.contract import Api
from candor.panel.schemas.stats import StatsAnswer, StatsQuery
from candor.panel.statistics import read_figures, stats_answer


def add_to(api: Api) -> None:
    @api.get(
        "/stats",
        tag="Stats",
        summary="Funnel by day, strategies, reply times, model use, per script version",
    )
    def get_stats(query: StatsQuery) -> StatsAnswer:
        return stats_answer(read_figures(query))
