"""What commenting has brought, and the public list of what was published. Reads only."""

from collections.abc import Sequence
from datetime import datetime

from candor.commenting.marketing import MarketingBy, MarketingRow, Published
from candor.commenting.paging import Page
from candor.commenting.ports import Units


class CommentingReports:
    """The marketing view and the transparency page."""

    def __init__(self, units: Units) -> None:
        self._units = units

    async def marketing(
        self, by: MarketingBy, since: datetime, until: datetime
    ) -> Sequence[MarketingRow]:
        async with self._units() as unit:
            return await unit.comments.marketing(by, since, until)

    async def published(self, page: Page) -> tuple[Sequence[Published], int]:
        """Every AI comment with its approver and permission; nothing about readers."""
        async with self._units() as unit:
            return await unit.comments.published(page)
