"""Lanes against the hardened queue's locks, on the same server in the same run.

    .venv/bin/python docs/benchmarks/lanes_against_locks.py --json docs/benchmarks/lanes.json

Both do the same: RUNS no-op runs over KEYS keys, one at a time per key; then the gap between two runs
of one key whose second wake-up comes while the first is at work; then the delay from a commit to the
start of the work when nothing else goes on. CPU is this process's and the server's, per run.
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.clock import SystemClock
from candor.common.lanes import Lane
from candor.common.queue import JobArguments
from candor.jobs.lanes import LaneWorker
from candor.jobs.queue_worker import QueueWorker
from candor.storage.embedded.server import EmbeddedServer, start
from candor.storage.engine import make_engine
from candor.storage.job_admin import PgJobAdmin
from candor.storage.lane_store import PgLaneStore
from candor.storage.migrations import prepare_empty_database
from candor.storage.notifications import PgNotifications
from candor.storage.unit_of_work import Units

RUNS, KEYS, CONCURRENCY, PROBES = 3_000, 300, 100, 100
CLOCK = SystemClock()
INSERT = text(
    "INSERT INTO procrastinate.procrastinate_jobs (queue_name, task_name, lock, args)"
    " SELECT 'candor', :name, 'k' || key, jsonb_build_object('key', 'k' || key)"
    " FROM unnest(CAST(:keys AS int[])) AS key"
)


class Cpu:
    """CPU seconds of this process and of the server since the last look."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = psutil.Process(server.pid)
        self._before = self._look()

    def _look(self) -> tuple[float, float]:
        own = sum(psutil.Process().cpu_times()[:2])
        processes = [self._server, *self._server.children(recursive=True)]
        return own, sum(sum(process.cpu_times()[:2]) for process in processes)

    def since(self, runs: int) -> dict[str, float]:
        own, server = self._look()
        return {
            "own_us_per_run": round((own - self._before[0]) / runs * 1e6),
            "server_us_per_run": round((server - self._before[1]) / runs * 1e6),
        }


class Handler:
    """Counts runs, watches that no key runs twice at once, notes when runs begin and end."""

    def __init__(self, work: float = 0.0) -> None:
        self.work = work
        self.left: Counter[str] = Counter()
        self.at_work: set[str] = set()
        self.begun: list[float] = []
        self.ended: list[float] = []
        self.violations = 0
        self.on_begin = asyncio.Event()

    async def run(self, key: str) -> None:
        self.begun.append(time.perf_counter())
        self.on_begin.set()
        self.violations += key in self.at_work
        self.at_work.add(key)
        await asyncio.sleep(self.work)
        self.at_work.discard(key)
        self.left[key] -= 1
        self.ended.append(time.perf_counter())

    async def lane(self, lane: Lane) -> datetime | None:
        await self.run(lane.key)
        return CLOCK.now() if self.left[lane.key] > 0 else None

    async def job(self, arguments: JobArguments) -> None:
        await self.run(str(arguments["key"]))

    async def until(self, count: int) -> None:
        while len(self.ended) < count:
            await asyncio.sleep(0.002)


async def lanes_waken(units: Units, keys: range) -> None:
    async with units() as unit:
        await unit.lanes.wake_all("bench.lane", [f"k{key}" for key in keys], at=CLOCK.now())


async def jobs_waken(engine: AsyncEngine, keys: list[int]) -> None:
    async with engine.begin() as connection:
        await connection.execute(INSERT, {"name": "bench.job", "keys": keys})


async def measure(server: EmbeddedServer, kind: str) -> dict[str, float]:
    engine = make_engine(server.url)
    units = Units(engine)
    notifications = PgNotifications(server.url)
    handler = Handler()
    if kind == "lanes":
        worker = LaneWorker(PgLaneStore(server.url), notifications, CLOCK)
        worker.register("bench.lane", handler.lane, concurrency=CONCURRENCY)
        wake_all = lambda: lanes_waken(units, range(KEYS))  # noqa: E731
        wake_one = lambda: lanes_waken(units, range(1))  # noqa: E731
    else:
        worker = QueueWorker(
            server.url, PgJobAdmin(engine), CLOCK, concurrency=CONCURRENCY
        )
        worker.register("bench.job", handler.job)
        every = [key for _ in range(RUNS // KEYS) for key in range(KEYS)]
        wake_all = lambda: jobs_waken(engine, every)  # noqa: E731
        wake_one = lambda: jobs_waken(engine, [0])  # noqa: E731
    await notifications.start()
    started = worker.start()
    if started is not None:
        await started

    handler.left.update({f"k{key}": RUNS // KEYS for key in range(KEYS)})
    cpu, began = Cpu(server), time.perf_counter()
    await wake_all()
    await handler.until(RUNS)
    result = {"runs_per_s": round(RUNS / (time.perf_counter() - began))} | cpu.since(RUNS)

    handler.left.clear()
    gaps = []
    handler.work = 0.03
    for _ in range(PROBES // 4):
        handler.on_begin.clear()
        handler.begun.clear()
        handler.ended.clear()
        await wake_one()
        await handler.on_begin.wait()
        await wake_one()
        await handler.until(2)
        gaps.append(handler.begun[1] - handler.ended[0])
    result["gap_ms_p50"] = round(statistics.median(gaps) * 1000, 1)
    result["gap_ms_worst"] = round(max(gaps) * 1000, 1)

    handler.work = 0.0
    delays = []
    for _ in range(PROBES):
        handler.begun.clear()
        handler.ended.clear()
        await wake_one()
        woken = time.perf_counter()
        await handler.until(1)
        delays.append(max(0.0, handler.begun[0] - woken))
        await asyncio.sleep(0.01)
    delays.sort()
    result["idle_ms_p50"] = round(statistics.median(delays) * 1000, 1)
    result["idle_ms_p99"] = round(delays[int(len(delays) * 0.99) - 1] * 1000, 1)
    result["order_violations"] = handler.violations
    await worker.stop(within=1.0)
    await notifications.stop()
    await engine.dispose()
    return result


async def main(file: Path, rounds: int) -> None:
    outcome: dict[str, list[dict[str, float]]] = {"lanes": [], "queue_locks": []}
    with tempfile.TemporaryDirectory() as folder:
        server = await start(Path(folder) / "postgres", lambda line: None)
        try:
            prepare_empty_database(server.url)
            for _ in range(rounds):
                for kind, runs in outcome.items():
                    runs.append(await measure(server, kind))
                    print(kind, runs[-1], flush=True)
        finally:
            await server.stop()
    document = {
        "name": "lanes_against_locks",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, shared",
        "versions": {name: version(name) for name in ("procrastinate", "psycopg", "sqlalchemy")}
        | {"postgresql": server.binaries.version, "python": platform.python_version()},
        "settings": {"runs": RUNS, "keys": KEYS, "concurrency": CONCURRENCY, "fsync": "on"},
        "runs": outcome,
        "median": {
            kind: {name: statistics.median(run[name] for run in runs) for name in runs[0]}
            for kind, runs in outcome.items()
        },
    }
    file.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(main(given.json, given.rounds))
