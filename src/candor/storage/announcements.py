"""Changes announced inside a unit of work: NOTIFY, which the database sends on commit only."""

import json

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.hot_reload import Change

CHANGES_CHANNEL = "candor_changes"
MAX_PAYLOAD = 7_900
"""Bytes PostgreSQL carries in one notification (8,000), less some room."""

_NOTIFY = text("SELECT pg_notify(:channel, :payload)")


class PgAnnouncements:
    """`candor.common.hot_reload.Announcements` on the connection of a unit of work."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def announce(self, change: Change) -> None:
        """Tell every process, once the unit has committed. Raises ValueError for a giant key."""
        payload = json.dumps([change.topic, change.key])
        if len(payload) > MAX_PAYLOAD:
            raise ValueError("The key of a change must be short: it names the thing, no more.")
        await self._connection.execute(_NOTIFY, {"channel": CHANGES_CHANNEL, "payload": payload})
