"""A committed change reaches every process; after a gap everything is forgotten."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.hot_reload import Change, HotReloadService
from candor.storage.notifications import PgNotifications, carry_changes
from candor.storage.unit_of_work import Units


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - what is waited for happens in the database
            await asyncio.sleep(0.005)


@pytest.fixture
async def notifications(database_url: str) -> AsyncIterator[PgNotifications]:
    made = PgNotifications(database_url)
    yield made
    await made.stop()


@pytest.fixture
async def seen(notifications: PgNotifications) -> list[Change]:
    changes: list[Change] = []
    hot_reload = HotReloadService()
    hot_reload.on_change("script", changes.append)
    carry_changes(notifications, hot_reload)
    await notifications.start()
    await _until(lambda: bool(changes))
    changes.clear()
    return changes


async def test_that_a_committed_change_arrives(seen: list[Change], units: Units) -> None:
    async with units() as unit:
        await unit.announcements.announce(Change("script", "first-contact"))
        await unit.announcements.announce(Change("nobody listens", "x"))
    await _until(lambda: bool(seen))
    assert seen == [Change("script", "first-contact")]


async def test_that_a_change_that_was_rolled_back_never_arrives(
    seen: list[Change], units: Units
) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the block is what is tested
        async with units() as unit:
            await unit.announcements.announce(Change("script", "rolled back"))
            raise ZeroDivisionError
    async with units() as unit:
        await unit.announcements.announce(Change("script", "committed"))
    await _until(lambda: bool(seen))
    assert seen == [Change("script", "committed")]


async def test_that_after_a_lost_connection_everything_is_forgotten_and_news_arrive(
    seen: list[Change], units: Units, engine: AsyncEngine, notifications: PgNotifications
) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'candor listen' AND datname = current_database()"
            )
        )
    await _until(lambda: Change("script", "*") in seen)
    async with units() as unit:
        await unit.announcements.announce(Change("script", "after"))
    await _until(lambda: Change("script", "after") in seen)
    assert notifications.is_connected


async def test_that_one_listeners_mistake_does_not_deafen_the_others(
    notifications: PgNotifications, seen: list[Change], units: Units
) -> None:
    def stumble(payload: str) -> None:
        raise ValueError(payload)

    notifications.subscribe("candor_changes", stumble)
    for key in ("one", "two"):
        async with units() as unit:
            await unit.announcements.announce(Change("script", key))
    await _until(lambda: len(seen) >= 2)


async def test_that_a_giant_key_is_refused(units: Units) -> None:
    async with units() as unit:
        with pytest.raises(ValueError, match="short"):
            await unit.announcements.announce(Change("script", "x" * 9_000))
