"""The queue and the lanes are tidied each night; what failed can be thrown away by hand."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.clock import SystemClock
from candor.common.lanes import MAX_ATTEMPTS, LaneOutcome
from candor.storage.job_admin import PgJobAdmin
from candor.storage.lane_store import PgLaneStore
from candor.storage.tables.lanes import lanes
from candor.storage.unit_of_work import Units

KIND = "a.kind"
LEASE = timedelta(seconds=20)


async def test_that_resting_lanes_go_and_others_stay(
    units: Units, engine: AsyncEngine, database_url: str
) -> None:
    now = datetime.now(UTC)
    async with units() as unit:
        await unit.lanes.wake(KIND, "resting", at=now)
    store = PgLaneStore(database_url)
    turn = await store.turn([], {KIND: 1}, now=now, lease=LEASE)
    async with units() as unit:
        await unit.lanes.wake(KIND, "waiting", at=now + timedelta(hours=1))
    await store.turn([LaneOutcome(claim) for claim in turn.claims], {}, now=now, lease=LEASE)
    assert await store.count() == {(KIND, "waiting"): 1}
    assert await store.prune_idle() == 1
    async with engine.connect() as connection:
        assert (await connection.execute(select(func.count()).select_from(lanes))).scalar() == 1
    await store.close()


async def test_that_a_failed_lane_is_thrown_away_only_while_it_is_failed(
    units: Units, database_url: str
) -> None:
    now = datetime.now(UTC)
    store = PgLaneStore(database_url)
    async with units() as unit:
        await unit.lanes.wake(KIND, 7, at=now)
    for _ in range(MAX_ATTEMPTS):
        (claim,) = (await store.turn([], {KIND: 1}, now=now, lease=LEASE)).claims
        assert not await store.discard(KIND, "7")
        outcome = LaneOutcome(claim, again_at=now, error="poison", is_retry=True)
        await store.turn([outcome], {}, now=now, lease=LEASE)
    assert await store.count() == {(KIND, "failed"): 1}
    assert await store.discard(KIND, "7")
    assert await store.count() == {}
    await store.close()


async def test_that_a_failed_lane_is_revived_by_new_work(units: Units, database_url: str) -> None:
    now = datetime.now(UTC)
    store = PgLaneStore(database_url)
    async with units() as unit:
        await unit.lanes.wake(KIND, 7, at=now)
    for _ in range(MAX_ATTEMPTS):
        (claim,) = (await store.turn([], {KIND: 1}, now=now, lease=LEASE)).claims
        outcome = LaneOutcome(claim, again_at=now, error="poison", is_retry=True)
        await store.turn([outcome], {}, now=now, lease=LEASE)
    async with units() as unit:
        await unit.lanes.wake(KIND, 7, at=now)
    (claim,) = (await store.turn([], {KIND: 1}, now=now, lease=LEASE)).claims
    assert claim.lane.attempt == 0
    await store.close()


async def test_that_an_outcome_waits_for_a_unit_that_holds_the_row(
    units: Units, engine: AsyncEngine, database_url: str
) -> None:
    now = datetime.now(UTC)
    store = PgLaneStore(database_url)
    async with units() as unit:
        await unit.lanes.wake(KIND, 7, at=now)
    (claim,) = (await store.turn([], {KIND: 1}, now=now, lease=LEASE)).claims
    async with units() as unit:
        await unit.lanes.wake(KIND, 7, at=now)
        await unit.lanes.flush()
        turn = await store.turn([LaneOutcome(claim)], {}, now=now, lease=LEASE)
        assert list(turn.unwritten) == [LaneOutcome(claim)]
        assert await store.renew([claim], lease=LEASE) == {claim}
    turn = await store.turn(turn.unwritten, {}, now=now, lease=LEASE)
    assert turn.unwritten == []
    assert turn.next_due == now, "The wake-up that came meanwhile leads to another run."
    await store.close()


async def test_that_ended_jobs_go_after_their_time(engine: AsyncEngine, units: Units) -> None:
    async with units() as unit:
        for name in ("old.failed", "new.failed", "waiting"):
            await unit.jobs.defer(name, {})
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL search_path = procrastinate"))
        await connection.execute(
            text("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name LIKE '%failed'")
        )
        await connection.execute(
            text(
                "UPDATE procrastinate_events SET at = now() - interval '30 days' WHERE job_id ="
                " (SELECT id FROM procrastinate_jobs WHERE task_name = 'old.failed')"
            )
        )
    admin = PgJobAdmin(engine)
    assert await admin.tidy(before=SystemClock().now() - timedelta(days=14)) == 1
    (failed,) = await admin.list_failed()
    assert failed.name == "new.failed"
    assert await admin.discard(failed.id)
    assert await admin.count() == {"todo": 1}
