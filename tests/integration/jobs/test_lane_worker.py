"""Lanes are worked on one at a time per key, and no wake-up is lost."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.errors import TemporaryError
from candor.common.lanes import MAX_ATTEMPTS, Lane
from candor.storage.lane_store import PgLaneStore
from candor.storage.tables.lanes import lanes
from candor.storage.unit_of_work import Units

from .conftest import MakeWorker

Until = Callable[..., Awaitable[None]]
KIND = "sales.answer_client"


def _now() -> datetime:
    return datetime.now(UTC)


async def _wake(units: Units, *keys: object, at: datetime | None = None) -> None:
    async with units() as unit:
        await unit.lanes.wake_all(KIND, keys, at=at or _now())


async def _leased_until(engine: AsyncEngine, key: str) -> datetime | None:
    async with engine.connect() as connection:
        found = await connection.execute(select(lanes.c.lease_until).where(lanes.c.key == key))
        return found.scalar_one_or_none()


async def _status(engine: AsyncEngine, key: str) -> str | None:
    async with engine.connect() as connection:
        found = await connection.execute(select(lanes.c.status).where(lanes.c.key == key))
        return found.scalar_one_or_none()


async def test_that_a_woken_lane_runs_and_comes_to_rest(
    units: Units, engine: AsyncEngine, make_worker: MakeWorker, until: Until
) -> None:
    ran: list[Lane] = []

    async def handle(lane: Lane) -> None:
        ran.append(lane)

    worker = await make_worker()
    worker.register(KIND, handle, concurrency=2)
    worker.start()
    await _wake(units, 7)
    await until(lambda: bool(ran))
    await worker.stop()
    assert ran == [Lane(KIND, "7", 0)]
    assert await _status(engine, "7") == "idle"


async def test_that_outcomes_are_handed_in_together_and_by_a_stop_at_once(
    units: Units,
    engine: AsyncEngine,
    make_worker: MakeWorker,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visits: list[int] = []
    turn = PgLaneStore.turn

    async def counted(store: PgLaneStore, outcomes: Any, *args: Any, **more: Any) -> Any:
        visits.append(len(outcomes))
        return await turn(store, outcomes, *args, **more)

    monkeypatch.setattr(PgLaneStore, "turn", counted)
    monkeypatch.setattr("candor.jobs.lanes.HAND_IN_SECONDS", 60.0)
    ran: list[str] = []

    async def handle(lane: Lane) -> None:
        ran.append(lane.key)

    worker = await make_worker()
    worker.register(KIND, handle, concurrency=1)
    worker.start()
    await _wake(units, 1, 2, 3)
    await until(lambda: len(ran) == 3)
    await worker.stop()
    assert [count for count in visits if count] == [3]
    assert [await _status(engine, key) for key in "123"] == ["idle"] * 3


async def test_that_a_wake_up_during_the_work_leads_to_another_run(
    units: Units, make_worker: MakeWorker, until: Until
) -> None:
    runs = 0
    go_on = asyncio.Event()

    async def handle(lane: Lane) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            await go_on.wait()

    worker = await make_worker()
    worker.register(KIND, handle, concurrency=2)
    worker.start()
    await _wake(units, 7)
    await until(lambda: runs == 1)
    await _wake(units, 7)
    go_on.set()
    await until(lambda: runs == 2, within=2)


async def test_that_one_key_is_never_worked_on_twice_at_once(
    units: Units, make_worker: MakeWorker, until: Until
) -> None:
    at_work: Counter[str] = Counter()
    done: Counter[str] = Counter()
    most = 0

    async def handle(lane: Lane) -> None:
        nonlocal most
        at_work[lane.key] += 1
        most = max(most, at_work[lane.key])
        await asyncio.sleep(0)
        at_work[lane.key] -= 1
        done[lane.key] += 1

    for _ in range(3):
        worker = await make_worker()
        worker.register(KIND, handle, concurrency=10)
        worker.start()
    for _ in range(5):
        await asyncio.gather(*(_wake(units, *range(40)) for _ in range(4)))
    await until(lambda: len(done) == 40 and not any(at_work.values()))
    assert most == 1


async def test_that_more_due_lanes_than_room_are_all_done_without_waiting_for_the_sweep(
    units: Units, make_worker: MakeWorker, until: Until
) -> None:
    done: set[str] = set()

    async def handle(lane: Lane) -> None:
        await asyncio.sleep(0)
        done.add(lane.key)

    worker = await make_worker(sweep_seconds=60)
    worker.register(KIND, handle, concurrency=3)
    worker.register("other.kind", handle, concurrency=3)
    worker.start()
    await _wake(units, *range(50))
    await until(lambda: len(done) == 50, within=5)


async def test_that_a_lane_runs_at_its_time_and_postponing_moves_it(
    units: Units, engine: AsyncEngine, make_worker: MakeWorker, until: Until
) -> None:
    ran: list[datetime] = []

    async def handle(lane: Lane) -> None:
        ran.append(_now())

    worker = await make_worker(sweep_seconds=60)
    worker.register(KIND, handle, concurrency=1)
    worker.start()
    began = _now()
    await _wake(units, 7, at=began + timedelta(seconds=0.1))
    async with units() as unit:
        await unit.lanes.postpone(KIND, 7, at=began + timedelta(seconds=0.4))
    await until(lambda: bool(ran))
    assert timedelta(seconds=0.4) <= ran[0] - began < timedelta(seconds=1.5)


async def test_that_a_handler_may_ask_to_look_again(
    units: Units, make_worker: MakeWorker, until: Until
) -> None:
    runs = 0

    async def handle(lane: Lane) -> datetime | None:
        nonlocal runs
        runs += 1
        return _now() + timedelta(seconds=0.05) if runs < 3 else None

    worker = await make_worker(sweep_seconds=60)
    worker.register(KIND, handle, concurrency=1)
    worker.start()
    await _wake(units, 7)
    await until(lambda: runs == 3, within=3)


async def test_that_a_temporary_failure_is_tried_again_after_its_time_and_never_given_up(
    units: Units, engine: AsyncEngine, make_worker: MakeWorker, until: Until
) -> None:
    runs = 0

    async def handle(lane: Lane) -> None:
        nonlocal runs
        runs += 1
        assert lane.attempt == 0
        raise TemporaryError("flood", retry_after=timedelta(milliseconds=10))

    worker = await make_worker()
    worker.register(KIND, handle, concurrency=1)
    worker.start()
    await _wake(units, 7)
    await until(lambda: runs > MAX_ATTEMPTS + 1)
    assert await _status(engine, "7") != "failed"


async def test_that_a_poisoned_lane_ends_failed_alerts_and_can_be_retried(
    units: Units,
    engine: AsyncEngine,
    make_worker: MakeWorker,
    until: Until,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("candor.jobs.retries.PAUSES", (timedelta(),))
    alerts: list[tuple[Lane, str]] = []
    attempts: list[int] = []
    is_cured = False

    async def alert(lane: Lane, error: str) -> None:
        alerts.append((lane, error))

    async def handle(lane: Lane) -> None:
        attempts.append(lane.attempt)
        if not is_cured:
            raise ValueError("a poisonous message")

    worker = await make_worker(on_failed=alert)
    worker.register(KIND, handle, concurrency=1)
    worker.start()
    await _wake(units, 7)
    await until(lambda: bool(alerts))
    assert attempts == list(range(MAX_ATTEMPTS))
    assert alerts[0][1] == "ValueError: a poisonous message"
    store = PgLaneStore(database_url)
    (failed,) = await store.list_failed()
    assert (failed.key, failed.attempts) == ("7", MAX_ATTEMPTS)
    is_cured = True
    assert await store.retry(KIND, "7", now=_now())
    await until(lambda: len(attempts) == MAX_ATTEMPTS + 1)
    assert attempts[-1] == 0
    assert not await store.retry(KIND, "7", now=_now())
    await store.close()


async def test_that_a_lane_whose_holder_is_gone_is_taken_over(
    units: Units, engine: AsyncEngine, make_worker: MakeWorker, until: Until, database_url: str
) -> None:
    ran: list[Lane] = []

    async def handle(lane: Lane) -> None:
        ran.append(lane)

    await _wake(units, 7)
    gone = PgLaneStore(database_url)
    turn = await gone.turn([], {KIND: 1}, now=_now(), lease=timedelta(seconds=0.3))
    assert len(turn.claims) == 1
    await gone.close()
    worker = await make_worker(sweep_seconds=0.1)
    worker.register(KIND, handle, concurrency=1)
    worker.start()
    await until(lambda: bool(ran), within=5)
    assert ran[0].attempt == 1


async def test_that_a_worker_that_is_alone_waits_for_no_lease_and_keeps_its_own(
    units: Units, make_worker: MakeWorker, until: Until, database_url: str
) -> None:
    ran: list[str] = []
    sweeps_later = asyncio.Event()

    async def handle(lane: Lane) -> None:
        ran.append(lane.key)
        if lane.key == "left behind":
            await sweeps_later.wait()

    await _wake(units, "left behind")
    gone = PgLaneStore(database_url)
    await gone.turn([], {KIND: 1}, now=_now(), lease=timedelta(hours=1))
    await gone.close()
    worker = await make_worker(sweep_seconds=0.05, is_alone=True)
    worker.register(KIND, handle, concurrency=2)
    worker.start()
    await until(lambda: bool(ran), within=5)
    for number in range(3):
        await _wake(units, f"meanwhile {number}")
        await until(lambda expected=number: len(ran) > expected + 1)
    sweeps_later.set()
    await until(lambda: worker.running_count == 0)
    assert ran.count("left behind") == 1


async def test_that_a_long_run_keeps_its_lease(
    units: Units, engine: AsyncEngine, make_worker: MakeWorker, until: Until
) -> None:
    runs = 0
    done = asyncio.Event()
    lease = timedelta(seconds=2)

    async def handle(lane: Lane) -> None:
        nonlocal runs
        runs += 1
        await done.wait()

    for _ in range(2):
        worker = await make_worker(lease=lease, sweep_seconds=0.05)
        worker.register(KIND, handle, concurrency=1)
        worker.start()
    await _wake(units, 7)
    await until(lambda: runs >= 1)
    first_end = await _leased_until(engine, "7")
    assert first_end is not None

    async with asyncio.timeout(30):
        while (await _leased_until(engine, "7") or first_end) < first_end + lease / 2:  # noqa: ASYNC110 - happens in the database
            await asyncio.sleep(0.05)

    assert runs == 1
    done.set()


async def test_that_a_lost_lease_cancels_the_run_and_its_outcome_is_not_written(
    units: Units, engine: AsyncEngine, make_worker: MakeWorker, until: Until
) -> None:
    cancelled = asyncio.Event()

    async def handle(lane: Lane) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    worker = await make_worker(lease=timedelta(seconds=0.2), sweep_seconds=60)
    worker.register(KIND, handle, concurrency=1)
    worker.start()
    await _wake(units, 7)
    await until(lambda: worker.running_count == 1)
    async with engine.begin() as connection:
        await connection.execute(update(lanes).values(generation=lanes.c.generation + 1))
    async with asyncio.timeout(5):
        await cancelled.wait()
    await worker.stop()
    assert await _status(engine, "7") == "running"


async def test_that_stopping_lets_work_finish_and_gives_back_what_does_not(
    units: Units, engine: AsyncEngine, make_worker: MakeWorker, until: Until
) -> None:
    at_work: set[str] = set()
    quick = asyncio.Event()

    async def handle(lane: Lane) -> None:
        at_work.add(lane.key)
        await (quick.wait() if lane.key == "quick" else asyncio.Event().wait())

    worker = await make_worker()
    worker.register(KIND, handle, concurrency=5)
    worker.start()
    await _wake(units, "quick", "endless")
    await until(lambda: len(at_work) == 2)
    stopping = asyncio.ensure_future(worker.stop(within=0.3))
    quick.set()
    await stopping
    assert await _status(engine, "quick") == "idle"
    assert await _status(engine, "endless") == "waiting"


async def test_that_a_dropped_lane_is_forgotten(units: Units, engine: AsyncEngine) -> None:
    await _wake(units, 7)
    async with units() as unit:
        await unit.lanes.drop(KIND, 7)
    assert await _status(engine, "7") is None
