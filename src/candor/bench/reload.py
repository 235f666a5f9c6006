"""`reload`: a script is saved, and every process drops its copy. How long until each has done so?

Three containers stand for three processes: each has its own engine, listener and caches. The figure
is the time from the end of the saving unit until the last of them hands out the new version.
"""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from candor.bench.results import percentile
from candor.bench.stage import BUSINESS
from candor.bootstrap.container import Container, open_container
from candor.bootstrap.samples import sample_sources
from candor.common.settings import load_settings
from candor.storage.notifications import PgNotifications, carry_changes

SAVES: Final = 100
PROCESSES: Final = 3
KEY: Final = "first-contact"
_LOOK_SECONDS: Final = 0.0005


async def run(data_dir: Path, *, saves: int = SAVES) -> list[dict[str, object]]:
    """Save `saves` times; milliseconds until every process uses the new version."""
    async with AsyncExitStack() as stack:
        containers = [await _process(stack, data_dir) for _ in range(PROCESSES)]
        await containers[0].import_samples()
        source = next(text for text in sample_sources() if f"key: {KEY}\n" in text)
        for container in containers:
            await container.scripts.load_script(KEY)
        times = [await _save(containers, source, number) for number in range(saves)]
    return [
        {
            "processes": PROCESSES,
            "saves": saves,
            "p50_ms": round(percentile(times, 0.5) * 1000, 2),
            "p95_ms": round(percentile(times, 0.95) * 1000, 2),
            "p99_ms": round(percentile(times, 0.99) * 1000, 2),
        }
    ]


async def _process(stack: AsyncExitStack, data_dir: Path) -> Container:
    settings = load_settings({"CANDOR_BUSINESS_NAME": BUSINESS, "DATABASE_URL": None})
    container = await stack.enter_async_context(
        open_container(settings, data_dir=data_dir, progress=lambda line: None)
    )
    notifications = PgNotifications(container.foundation.database.address.get_secret_value())
    carry_changes(notifications, container.foundation.hot_reload)
    await notifications.start()
    stack.push_async_callback(notifications.stop)
    return container


async def _save(containers: list[Container], source: str, number: int) -> float:
    changed = source.replace("title: ", f"title: {number} ", 1)
    saved = await containers[0].scripts.update(KEY, changed, author="bench")
    started = time.perf_counter()
    for container in containers:
        while (await container.scripts.load_script(KEY)).version != saved.script.version:
            await asyncio.sleep(_LOOK_SECONDS)
    return time.perf_counter() - started
