"""From the first touch to the finished course: milestones with times and causes, visits, a time line."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.integration.messaging.conftest import World

from candor.clients.journey import StageEntry
from candor.common.ids import ClientId, GroupId

CLIENT = ClientId(1)


async def milestones(world: World) -> list[tuple[str, str]]:
    rows = await world.rows(
        "SELECT stage, cause FROM journey_progress WHERE journey = 'client' ORDER BY id"
    )
    return [(row["stage"], row["cause"]) for row in rows]


async def test_that_the_first_touch_keeps_where_the_person_came_from(world: World) -> None:
    await world.write("/start utm_instagram_ads_spring")
    await world.write("/start c_5")

    person = (await world.rows("SELECT source, source_details, milestone FROM users"))[0]
    assert person["source"] == "utm"
    assert person["source_details"] == {
        "source": "instagram",
        "medium": "ads",
        "campaign": "spring",
    }
    assert person["milestone"] == "first_touch"
    assert await milestones(world) == [("first_touch", "utm:instagram/ads/spring")]


async def test_that_a_command_is_no_dialogue_and_own_words_are(world: World) -> None:
    await world.write("/privacy")
    assert [stage for stage, _ in await milestones(world)] == ["first_touch"]

    await world.write("Здравствуйте")
    await world.write("Хочу учиться")
    assert await milestones(world) == [("first_touch", "direct"), ("dialogue", "message")]


async def test_that_nobody_falls_back_behind_a_milestone(world: World) -> None:
    await world.write("Здравствуйте")
    now = world.clock.now()
    async with world.units() as unit:
        assert await unit.journey.reach(CLIENT, "agreed", cause="trigger:yes", now=now)
        assert not await unit.journey.reach(CLIENT, "agreed", cause="trigger:yes", now=now)
        assert not await unit.journey.reach(CLIENT, "dialogue", cause="message", now=now)

    assert [stage for stage, _ in await milestones(world)] == ["first_touch", "dialogue", "agreed"]
    left = await world.rows(
        "SELECT stage, left_at FROM journey_progress WHERE journey = 'client' ORDER BY id"
    )
    assert [row["left_at"] is None for row in left] == [False, False, True]


@pytest.mark.parametrize(
    ("stage", "milestone", "event"),
    [
        ("group", "group", "group.joined"),
        ("done:lesson-1", "task_done", "task.done"),
        ("task_done", "completed", "group.completed"),
        ("step:lesson-1", "dialogue", None),
    ],
)
async def test_that_lessons_move_the_milestone_and_tell_the_business(
    world: World, stage: str, milestone: str, event: str | None
) -> None:
    await world.write("Здравствуйте")
    await world.rows("SELECT 1")
    async with world.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO webhook_endpoints (title, url, events, secret, status_at, created_by,"
                " created_at) VALUES ('t', 'https://example.org', '{group.joined,task.done,"
                "group.completed}', 'x', now(), 't', now())"
            )
        )
    async with world.units() as unit:
        await unit.journey.enter(
            StageEntry(
                client_id=CLIENT,
                journey="education",
                stage=stage,
                cause="test",
                entered_at=world.clock.now(),
                group_id=GroupId(3),
            )
        )

    assert (await world.rows("SELECT milestone FROM users"))[0]["milestone"] == milestone
    kinds = [row["kind"] for row in await world.rows("SELECT kind FROM webhook_deliveries")]
    assert kinds == ([event] if event else [])


async def test_that_a_pause_ends_a_visit(world: World) -> None:
    await world.write("Здравствуйте")
    world.clock.advance(timedelta(minutes=10))
    await world.write("Вы здесь?")
    last = world.clock.now()
    world.clock.advance(timedelta(hours=5))
    await world.write("Я вернулась")

    async with world.units() as unit:
        visits = await unit.journey.visits_of(CLIENT)
    assert [visit.ended_at for visit in visits] == [None, last]


async def test_that_the_time_line_tells_everything_but_the_messages(world: World) -> None:
    await world.write("/start c_7")
    world.clock.advance(timedelta(minutes=1))
    await world.write("Здравствуйте, это секрет")
    world.clock.advance(timedelta(minutes=1))
    await world.write("/human")
    async with world.units() as unit:
        await unit.client_records.add_note(
            CLIENT, "Просила перезвонить", author="anna@example.org", now=world.clock.now()
        )
        found = await unit.client_records.timeline(CLIENT)

    told = [(entry.kind, entry.name) for entry in found]
    assert ("milestone", "first_touch") in told
    assert ("milestone", "dialogue") in told
    assert ("consent", "dialogue") in told
    assert ("visit", "visit") in told
    assert ("note", "note") in told
    assert ("event", "conversation.person_wanted") in told
    assert [entry.at for entry in found] == sorted((entry.at for entry in found), reverse=True)
    assert "секрет" not in repr(found)


async def test_that_the_time_line_goes_on_from_its_oldest_entry(world: World) -> None:
    await world.write("/start")
    for _ in range(5):
        world.clock.advance(timedelta(hours=1))
        await world.write("Здравствуйте")
    async with world.units() as unit:
        first = await unit.client_records.timeline(CLIENT, limit=3)
        rest = await unit.client_records.timeline(CLIENT, before=first[-1].at, limit=100)

    assert len(first) == 3
    assert all(entry.at < first[-1].at for entry in rest)
    assert rest[-1].name in ("first_touch", "visit", "dialogue")
