"""`reload`: a script is saved, and every process drops its copy. How long until each has done so?

Two more processes (`candor.bench.follower`), each with its own engine, listener and caches, look at
the script every millisecond. The figure is the time from the end of the saving unit until the last
of them was handed the new version.
"""

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from candor.bench.results import percentile
from candor.bench.stage import StageError, bench_settings, quiet
from candor.bootstrap.container import Container, open_container
from candor.bootstrap.samples import sample_sources
from candor.storage.notifications import PgNotifications, carry_changes

SAVES: Final = 200
FOLLOWERS: Final = 2
KEY: Final = "first-contact"
_LOOK_SECONDS: Final = 0.001
_ANSWER_SECONDS: Final = 30.0
_START_SECONDS: Final = 120.0


async def run(data_dir: Path, *, saves: int = SAVES) -> dict[str, object]:
    """Save `saves` times; milliseconds until every process uses the new version."""
    async with AsyncExitStack() as stack:
        container = await stack.enter_async_context(
            open_container(bench_settings(), data_dir=data_dir, progress=quiet)
        )
        notifications = PgNotifications(_address(container))
        carry_changes(notifications, container.foundation.hot_reload)
        await notifications.start()
        stack.push_async_callback(notifications.stop)
        await container.import_samples()
        await container.scripts.load_script(KEY)
        followers = [await _follower(stack, container, data_dir) for _ in range(FOLLOWERS)]
        source = next(text for text in sample_sources() if f"key: {KEY}\n" in text)
        times = [await _save(container, followers, source, number) for number in range(saves)]
    return {
        "processes": FOLLOWERS + 1,
        "saves": saves,
        "p50_ms": round(percentile(times, 0.5) * 1000, 2),
        "p95_ms": round(percentile(times, 0.95) * 1000, 2),
        "p99_ms": round(percentile(times, 0.99) * 1000, 2),
        "longest_ms": round(max(times) * 1000, 2),
    }


async def _follower(stack: AsyncExitStack, container: Container, data_dir: Path) -> Process:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "candor.bench.follower", str(data_dir), KEY),
        env={**os.environ, "DATABASE_URL": _address(container)},
        stdout=PIPE,
        start_new_session=True,
    )
    stack.push_async_callback(_end, process)
    if await _line(process, _START_SECONDS) != ["ready"]:
        raise StageError("A follower did not start.")
    return process


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def _save(
    container: Container, followers: Sequence[Process], source: str, number: int
) -> float:
    """Seconds from the save's return until the last process used the new version."""
    changed = source.replace("title: ", f"title: {number} ", 1)
    saved = (await container.scripts.update(KEY, changed, author="bench")).script.version
    ended = time.monotonic()
    own = await _used_here(container, saved)
    others = await asyncio.gather(*(_used(follower, saved) for follower in followers))
    return max(0.0, max(own, *others) - ended)


async def _used_here(container: Container, version: int) -> float:
    while True:
        if (await container.scripts.load_script(KEY)).version == version:
            return time.monotonic()
        await asyncio.sleep(_LOOK_SECONDS)


async def _used(follower: Process, version: int) -> float:
    while True:
        found, at = await _line(follower, _ANSWER_SECONDS)
        if int(found) == version:
            return float(at)


async def _line(process: Process, seconds: float) -> list[str]:
    if process.stdout is None:
        raise StageError("A follower has no output.")
    try:
        async with asyncio.timeout(seconds):
            line = await process.stdout.readline()
    except TimeoutError:
        raise StageError(f"A follower said nothing for {seconds:.0f} s.") from None
    if not line:
        raise StageError("A follower ended.")
    return line.decode().split()


def _address(container: Container) -> str:
    return container.foundation.database.address.get_secret_value()
