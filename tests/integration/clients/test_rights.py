"""A client's rights: everything as data, and gone for good, also in the middle of a turn."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.integration.messaging.conftest import SALT, World

import candor
import candor.storage.tables
from candor.clients.activity import Activity
from candor.clients.consent import Consent
from candor.clients.desk import ClientDesk
from candor.clients.rights import ClientRights
from candor.common.events import BusinessEvent
from candor.common.ids import ClientId, ConversationId
from candor.common.llm import Usage
from candor.common.llm_usage import UsageRow
from candor.messaging.commands import DELETE_YES
from candor.storage.metadata import Retention, metadata
from candor.storage.repositories.erasure import LANES_OF, personal_tables

MARK = "Колибри-7391"
CLIENT = ClientId(1)


@pytest.fixture
def rights(world: World) -> ClientRights:
    return ClientRights(world.units, world.clock, salt=SALT)


async def a_full_record(world: World) -> None:
    """A client who has left something in every room; the mark stands in each."""
    async with world.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO webhook_endpoints (title, url, events, secret, status_at, created_by,"
                " created_at) VALUES ('t', 'https://example.org', '{client.agreed}', 'x', now(),"
                " 't', now())"
            )
        )
        await connection.execute(
            text(
                "INSERT INTO parked_updates (account_id, update_id, body, error, parked_at) VALUES"
                " (1, 5, :body, 'x', now()), (1, 6, :other, 'x', now())"
            ),
            {
                "body": '{"message": {"from": {"id": 7, "first_name": "' + MARK + '"}}}',
                "other": '{"message": {"from": {"id": 77, "first_name": "Somebody else"}}}',
            },
        )
    await world.write(f"Здравствуйте, {MARK}", username="kolibri")
    await world.write(f"Я {MARK}", username="kolibri")
    now = world.clock.now()
    async with world.units() as unit:
        await unit.consents.grant(
            Consent(
                client_id=CLIENT,
                purpose="marketing",
                text_version="1",
                text=MARK,
                source="form",
                granted_at=now,
            )
        )
        await unit.events.publish(
            BusinessEvent(kind="client.agreed", at=now, client_id=CLIENT, data={"mark": MARK})
        )
        await unit.activity.record(
            Activity(kind="test.event", at=now, client_id=CLIENT, details={"mark": MARK})
        )
        await unit.llm_usage.add(
            [UsageRow(now, "reply", Usage("m", 1, 0, 1, None, "unknown"), CLIENT, 5)]
        )
    desk = ClientDesk(world.units, world.clock, salts=(SALT,))
    await desk.add_note(CLIENT, MARK, author="anna@example.org")
    await desk.import_contacts(
        f"username,name,note\nkolibri,{MARK},{MARK}\n".encode(), source="list", actor="anna"
    )
    await world.run_due()


async def where_it_stands(world: World, word: str) -> set[str]:
    """The tables of the whole database that hold the word in any column."""
    found = set()
    async with world.engine.connect() as connection:
        for table in metadata.tables.values():
            held = await connection.scalar(
                text(f"SELECT count(*) FROM {table.name} t WHERE t::text LIKE :word"),
                {"word": f"%{word}%"},
            )
            if held:
                found.add(table.name)
    return found


async def test_that_an_export_holds_every_table_with_the_person(
    world: World, rights: ClientRights
) -> None:
    await a_full_record(world)
    record = await rights.export(CLIENT, source="test")

    assert await where_it_stands(world, MARK) - {"parked_updates"} <= set(record)
    told = repr(record)
    assert told.count(MARK) >= 8
    assert "secret" not in record


async def test_that_an_erasure_leaves_the_word_nowhere(world: World, rights: ClientRights) -> None:
    await a_full_record(world)
    assert "parked_updates" in await where_it_stands(world, MARK)

    await rights.erase(CLIENT, source="test")

    assert await where_it_stands(world, MARK) == set()
    for table in personal_tables():
        if table.name not in ("user_activity_log", "parked_updates"):
            assert await world.rows(f"SELECT 1 FROM {table.name}") == [], table.name
    log = await world.rows("SELECT kind, client_id FROM user_activity_log")
    assert [(row["kind"], row["client_id"]) for row in log] == [("client.erased", None)]
    assert len(await world.rows("SELECT hash FROM opt_outs")) == 1
    kept = await world.rows("SELECT body FROM parked_updates")
    assert [("Somebody else" in row["body"]) for row in kept] == [True]
    usage = await world.rows("SELECT client_id FROM llm_usage")
    assert [row["client_id"] for row in usage] == [None], "The figures stay, the person does not."


async def test_that_an_erasure_empties_the_queue_of_the_person(
    world: World, rights: ClientRights
) -> None:
    await world.write("Здравствуйте")
    await world.write("/help")
    assert await world.rows("SELECT 1 FROM lanes") != []

    await rights.erase(CLIENT, source="test")
    assert await world.rows("SELECT kind, key FROM lanes") == []


NOBODYS_LANES = {
    "commenting.consider_posts",
    "commenting.send_comment",
    "commenting.expire_comment",
    "commenting.end_permission",
    "commenting.verify_channel",
    "commenting.refresh_engagement",
    "commenting.catch_up",
    "commenting.offer_comment",
    "commenting.close_cards",
    "webhooks.deliver",
}
"""Lanes of channels, comments and endpoints: no client's number is in their keys."""
_KIND = re.compile(r'^[A-Z_]+(?:: Final)? = "((?:\w+)\.(?:\w+))"$', re.MULTILINE)


def test_that_every_lane_of_a_client_is_known_to_the_erasure() -> None:
    """A new lane must be named in `LANES_OF`, or here as nobody's."""
    source = Path(candor.__file__).parent
    used = {
        name
        for path in source.rglob("*.py")
        for name in re.findall(
            r"(?:wake|postpone|wake_all)\(\s*([A-Z_]+),", path.read_text("utf-8")
        )
    }
    kinds = {
        kind
        for path in source.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if (found := _KIND.match(line)) and line.split(":")[0].split(" ")[0] in used
        for kind in [found[1]]
    }
    known = {kind for kinds in LANES_OF.values() for kind in kinds}

    assert {"sales.answer_client", "messaging.deliver"} <= kinds
    assert kinds - known - NOBODYS_LANES == set()


async def test_that_usage_of_a_client_who_is_gone_is_still_counted(
    world: World, rights: ClientRights
) -> None:
    """The model answered while the client deleted everything: the row comes in afterwards."""
    await world.write("Здравствуйте")
    row = UsageRow(world.clock.now(), "reply", Usage("m", 1, 0, 1, None, "unknown"), CLIENT, 5)
    await rights.erase(CLIENT, source="test")

    async with world.units() as unit:
        await unit.llm_usage.add([row])
    assert [r["client_id"] for r in await world.rows("SELECT client_id FROM llm_usage")] == [None]


@pytest.mark.parametrize("way", ["button", "panel"])
async def test_that_a_deletion_in_the_middle_of_a_turn_ends_the_turn(
    world: World, rights: ClientRights, way: str
) -> None:
    """The model thinks; meanwhile the client is gone. Nothing is stored or sent afterwards."""
    await world.write("Здравствуйте")
    thinking, erased = asyncio.Event(), asyncio.Event()
    original = world.units

    class SlowUnits:
        """Stops between the turn's two units, where a model thinks."""

        calls = 0

        def __call__(self) -> Any:
            SlowUnits.calls += 1
            if SlowUnits.calls == 2:
                thinking.set()
                return Waiting()
            return original()

    class Waiting:
        async def __aenter__(self) -> Any:
            await erased.wait()
            self.scope = original()
            return await self.scope.__aenter__()

        async def __aexit__(self, *error: Any) -> Any:
            return await self.scope.__aexit__(*error)

    world.units = SlowUnits()  # type: ignore[assignment]
    turn = asyncio.create_task(world.answer(ConversationId(1)))
    await asyncio.wait_for(thinking.wait(), 10)
    if way == "button":
        await world.press(DELETE_YES)
    else:
        await rights.erase(CLIENT, source="operator:1")
    erased.set()
    answered = await asyncio.wait_for(turn, 10)
    world.units = original

    assert answered is False
    for table in ("users", "outbox", "conversation_messages", "journey_progress"):
        assert await world.rows(f"SELECT 1 FROM {table}") == [], table
    await world.settle()
    assert world.telegram.sent == []


async def test_that_a_deletion_while_the_answer_waits_to_be_sent_stops_it(
    world: World, rights: ClientRights
) -> None:
    await world.write("Здравствуйте")
    await world.answer(ConversationId(1))
    await rights.erase(CLIENT, source="operator:1")
    await world.settle()

    assert world.telegram.sent == []


def test_that_every_table_of_a_person_is_reached_by_export_and_erasure() -> None:
    """The walk over the schema: a new table with a person in it is covered, or this fails."""
    personal = {Retention.CLIENT.value, Retention.CONVERSATION.value}
    reached = {table.name for table in personal_tables()} | {"opt_outs", "parked_updates"}
    forgotten = {
        table.name for table in metadata.tables.values() if table.info["retention"] in personal
    } - reached
    assert forgotten == set(), f"Nobody erases these: {sorted(forgotten)}"


async def test_that_what_is_told_of_an_erasure_names_nobody(
    world: World, rights: ClientRights
) -> None:
    async with world.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO webhook_endpoints (title, url, events, secret, status_at, created_by,"
                " created_at) VALUES ('t', 'https://example.org', '{client.erased}', 'x', now(),"
                " 't', now())"
            )
        )
    await world.write("Здравствуйте", first_name=MARK)
    await rights.erase(CLIENT, source="operator:1")

    body = (await world.rows("SELECT body, client_id FROM webhook_deliveries"))[0]
    assert body["client_id"] is None
    assert MARK not in body["body"]
    assert '"client_id":1' in body["body"]
