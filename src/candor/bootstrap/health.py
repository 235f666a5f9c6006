"""`/readyz`: one check per dependency of this process."""

from collections.abc import Mapping

from sqlalchemy import text

from candor.bootstrap.container import Container
from candor.panel.ports import Readiness, ReadinessCheck
from candor.storage.notifications import PgNotifications


def readiness_checks(
    container: Container, notifications: PgNotifications
) -> Mapping[str, ReadinessCheck]:
    """The database is required; cache and model are shown, and Candor works without them."""

    async def database() -> Readiness:
        async with container.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return Readiness(True)

    async def listening() -> Readiness:
        is_ready = notifications.is_connected
        detail = "" if is_ready else "The database connection is being reopened."
        return Readiness(is_ready, detail)

    async def cache() -> Readiness:
        if await container.foundation.cache.is_reachable():
            return Readiness(True, is_required=False)
        return Readiness(False, "Redis does not answer; everything works without it.", False)

    async def model() -> Readiness:
        if not container.settings.has_model:
            return Readiness(True, "No model is configured; the offline engine answers.", False)
        status = await container.language.status()
        return Readiness(status.engine == "model", status.reason, is_required=False)

    return {"database": database, "notifications": listening, "cache": cache, "model": model}
