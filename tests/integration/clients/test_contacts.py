"""A contact list gives no right to write first; whoever writes is recognised."""

import pytest
from tests.integration.messaging.conftest import SALT, World

from candor.clients.desk import ClientDesk
from candor.common.errors import InvalidInputError
from candor.common.ids import ClientId

LIST = (
    "telegram_id,username,name,tags,note,external_id\n"
    "7,,Ольга,vip;весна,Звонила летом,CRM-1\n"
    ",@Boris_1,Борис,,,CRM-2\n"
    "oops,,Никто,,,\n"
)


@pytest.fixture
def desk(world: World) -> ClientDesk:
    return ClientDesk(world.units, world.clock, salts=(SALT,))


async def test_that_nobody_on_a_list_can_be_written_to(world: World, desk: ClientDesk) -> None:
    report = await desk.import_contacts(LIST.encode(), source="CRM", actor="anna")

    assert (report.added, report.matched) == (2, 0)
    assert [row.line for row in report.broken] == [4]
    for table in ("users", "chats", "client_conversations", "outbox", "lanes", "user_consents"):
        assert await world.rows(f"SELECT 1 FROM {table}") == [], table
    assert await desk.waiting_contacts() == 2


async def test_that_who_writes_is_recognised(world: World, desk: ClientDesk) -> None:
    await desk.import_contacts(LIST.encode(), source="CRM", actor="anna")
    await world.write("Здравствуйте", person=7)
    await world.write("Привет", person=8, username="BORIS_1")
    await world.write("Я новенькая", person=9, username="nobody_9")

    olga = await desk.show(ClientId(1))
    assert olga.client.tags == ("vip", "весна")
    assert (olga.client.source, olga.client.source_details) == ("import", {"list": "CRM"})
    assert [note.text for note in olga.notes] == ["Звонила летом"]
    sources = await world.rows("SELECT source FROM users ORDER BY id")
    assert [row["source"] for row in sources] == ["import", "import", "direct"]
    assert await desk.waiting_contacts() == 0


async def test_that_a_client_on_a_list_is_matched_at_once(world: World, desk: ClientDesk) -> None:
    await world.write("Здравствуйте", person=7)
    report = await desk.import_contacts(LIST.encode(), source="CRM", actor="anna")

    assert report.matched == 1
    client = await desk.get(ClientId(1))
    assert client.tags == ("vip", "весна")
    assert client.source == "direct", "The first touch was before the list."


async def test_that_the_same_list_twice_adds_nobody_twice(world: World, desk: ClientDesk) -> None:
    await desk.import_contacts(LIST.encode(), source="CRM", actor="anna")
    again = await desk.import_contacts(
        LIST.replace("Борис", "Борис Петров").encode(), source="CRM", actor="anna"
    )

    assert (again.added, again.updated) == (0, 2)
    names = await world.rows("SELECT name FROM imported_contacts ORDER BY id")
    assert [row["name"] for row in names] == ["Ольга", "Борис Петров"]


async def test_that_who_asked_for_erasure_is_not_put_on_a_list_again(
    world: World, desk: ClientDesk
) -> None:
    await world.write("Здравствуйте", person=7)
    await world.press("candor:delete:yes")
    report = await desk.import_contacts(LIST.encode(), source="CRM", actor="anna")

    assert (report.added, report.refused) == (1, 1)
    kept = await world.rows("SELECT username FROM imported_contacts")
    assert [row["username"] for row in kept] == ["boris_1"]


async def test_that_a_file_that_is_no_list_changes_nothing(world: World, desk: ClientDesk) -> None:
    with pytest.raises(InvalidInputError):
        await desk.import_contacts(b"\x89PNG\r\n", source="picture", actor="anna")

    assert await world.rows("SELECT 1 FROM imported_contacts") == []
