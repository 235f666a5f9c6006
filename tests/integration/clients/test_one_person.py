"""One person is one record: over all chats by themselves, over two accounts by a merge."""

import asyncio

import pytest
from sqlalchemy import text
from tests.integration.messaging.conftest import SALT, World

from candor.clients.consent import Consent
from candor.clients.desk import ClientDesk
from candor.clients.record import ClientChange, ClientFilter
from candor.clients.rights import ClientRights
from candor.common.errors import ConflictError, InvalidInputError, NotFoundError
from candor.common.ids import AccountId, ClientId, TelegramUserId
from candor.common.paging import Cut
from candor.education.closing import is_person

FIRST, SECOND = ClientId(1), ClientId(2)


@pytest.fixture
def desk(world: World) -> ClientDesk:
    return ClientDesk(world.units, world.clock, salts=(SALT,))


async def two_people(world: World, desk: ClientDesk) -> None:
    await world.write("/start c_3", person=7, first_name="Ольга")
    await world.write("Это снова я", person=8, first_name="Оля")
    await world.write("Хочу учиться", person=7)
    await desk.change(FIRST, ClientChange(tags=("vip",)))
    await desk.change(SECOND, ClientChange(tags=("весна", "vip"), time_zone="Asia/Tokyo"))
    await desk.add_note(SECOND, "Пишет с рабочего телефона", author="anna@example.org")


async def test_that_chats_through_two_of_our_accounts_are_one_client(world: World) -> None:
    async with world.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO telegram_account_sessions (kind, role, title, status, status_at,"
                " secret, disclosed_at, created_at)"
                " VALUES ('bot', 'sales', 'Other', 'active', now(), 'x', now(), now())"
            )
        )
    await world.write("Здравствуйте")
    await world.write("И здесь тоже", account_id=AccountId(2))

    async with world.units() as unit:
        chats = await unit.client_records.chats_of(FIRST)
        total = (await unit.client_records.page(ClientFilter(), Cut(limit=10))).total
    assert {chat.account for chat in chats} == {"Bot", "Other"}
    assert total == 1


async def test_that_a_merge_brings_everything_together(world: World, desk: ClientDesk) -> None:
    await two_people(world, desk)
    client = await desk.merge(FIRST, SECOND, actor="operator:1")

    assert client.tags == ("vip", "весна")
    assert client.time_zone == "Asia/Tokyo"
    assert (client.source, client.milestone, client.conversations) == ("comment", "dialogue", 2)
    shown = await desk.show(FIRST)
    assert [note.text for note in shown.notes] == ["Пишет с рабочего телефона"]
    assert [account.is_main for account in shown.accounts] == [True, False]
    assert (await desk.get(SECOND)).id == FIRST, "The old number leads to the kept record."
    left = await world.rows("SELECT count(*) AS n FROM client_conversations WHERE client_id = 2")
    assert left[0]["n"] == 0
    present = await world.rows(
        "SELECT journey FROM journey_progress WHERE left_at IS NULL AND journey = 'client'"
    )
    assert len(present) == 1


async def test_that_a_message_from_the_other_account_finds_the_kept_record(
    world: World, desk: ClientDesk
) -> None:
    await two_people(world, desk)
    await desk.merge(FIRST, SECOND, actor="operator:1")

    received = await world.write("Пишу со второго номера", person=8)
    assert received.client_id == FIRST
    async with world.units() as unit:
        found = await unit.users.find((await unit.users.telegram_ids_of(FIRST))[1])
    assert found is not None
    assert found.id == FIRST
    assert await world.rows("SELECT 1 FROM users WHERE merged_into IS NULL") == [{"?column?": 1}]


async def test_that_two_standing_consents_become_one_and_both_stay_provable(
    world: World, desk: ClientDesk
) -> None:
    await two_people(world, desk)
    for client in (FIRST, SECOND):
        async with world.units() as unit:
            await unit.consents.grant(
                Consent(
                    client_id=client,
                    purpose="marketing",
                    text_version="1",
                    text="да",
                    source=f"form {client}",
                    granted_at=world.clock.now(),
                )
            )
    await desk.merge(FIRST, SECOND, actor="operator:1")

    rows = await world.rows(
        "SELECT client_id, withdrawn_at IS NULL AS stands FROM user_consents"
        " WHERE purpose = 'marketing' ORDER BY id"
    )
    assert [(row["client_id"], row["stands"]) for row in rows] == [(1, True), (1, False)]


async def test_that_a_stop_said_in_either_record_holds_for_both(
    world: World, desk: ClientDesk
) -> None:
    await two_people(world, desk)
    await world.write("/stop", person=8)
    await desk.merge(FIRST, SECOND, actor="operator:1")

    handlings = await world.rows("SELECT DISTINCT handling FROM client_conversations")
    assert [row["handling"] for row in handlings] == ["opted_out"]
    await world.write("/start", person=7)
    back = await world.rows("SELECT count(*) AS n FROM users WHERE opted_out_at IS NOT NULL")
    assert back[0]["n"] == 0, "Who comes back, comes back with all accounts."


async def test_that_erasing_a_merged_client_leaves_nothing_of_either_account(
    world: World, desk: ClientDesk
) -> None:
    await two_people(world, desk)
    await desk.merge(FIRST, SECOND, actor="operator:1")
    rights = ClientRights(world.units, world.clock, salt=SALT)

    record = await rights.export(FIRST, source="test")
    assert len(record["users"]) == 2  # type: ignore[arg-type]
    await rights.erase(FIRST, source="test")

    assert await world.rows("SELECT 1 FROM users") == []
    assert len(await world.rows("SELECT 1 FROM opt_outs")) == 2, "A mark for each account."
    await world.write("Здравствуйте", person=8)
    assert (await world.rows("SELECT opted_out_at FROM users"))[0]["opted_out_at"] is not None


async def test_that_a_wrong_merge_changes_nothing(world: World, desk: ClientDesk) -> None:
    await two_people(world, desk)
    with pytest.raises(InvalidInputError):
        await desk.merge(FIRST, FIRST, actor="operator:1")
    with pytest.raises(NotFoundError):
        await desk.merge(FIRST, ClientId(99), actor="operator:1")
    await desk.merge(FIRST, SECOND, actor="operator:1")
    with pytest.raises(ConflictError):
        await desk.merge(SECOND, FIRST, actor="operator:1")
    with pytest.raises(ConflictError):
        await desk.merge(FIRST, SECOND, actor="operator:1")


async def test_that_two_people_of_the_business_merging_at_once_end_in_one_record(
    world: World, desk: ClientDesk
) -> None:
    await two_people(world, desk)
    done = await asyncio.gather(
        desk.merge(FIRST, SECOND, actor="operator:1"),
        desk.merge(SECOND, FIRST, actor="operator:2"),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, ConflictError) for outcome in done) == 1
    kept = await world.rows("SELECT id FROM users WHERE merged_into IS NULL")
    assert len(kept) == 1


async def test_that_two_devices_writing_at_once_are_one_client(world: World) -> None:
    messages = [world.message(f"Сообщение {n}") for n in range(8)]
    received = await asyncio.gather(*(world.inbox.receive(one) for one in messages))

    assert len({one.client_id for one in received}) == 1
    assert len(await world.rows("SELECT 1 FROM users")) == 1
    touched = await world.rows("SELECT 1 FROM journey_progress WHERE stage = 'first_touch'")
    assert len(touched) == 1
    assert len(await world.rows("SELECT 1 FROM user_sessions")) == 1


async def test_that_language_and_time_zone_are_learnt(world: World) -> None:
    await world.write("Good evening, I would like to learn Russian, 18:00 UTC+5 suits me")

    async with world.units() as unit:
        client = await unit.users.get(FIRST)
    assert client is not None
    assert (client.language, client.time_zone) == ("en", "Etc/GMT-5")


async def test_that_wrong_fields_of_a_card_are_named(world: World, desk: ClientDesk) -> None:
    await world.write("Здравствуйте")
    with pytest.raises(InvalidInputError) as caught:
        await desk.change(FIRST, ClientChange(tags=("x" * 50,), time_zone="Moscow"))

    assert {error.path for error in caught.value.errors} == {"tags", "time_zone"}


async def test_that_a_merged_account_is_the_same_person_at_a_group_s_door(
    world: World, desk: ClientDesk
) -> None:
    await two_people(world, desk)
    await world.write("Кто-то другой", person=9)
    await desk.merge(FIRST, SECOND, actor="operator:1")

    async with world.units() as unit:
        client = await unit.users.get(FIRST)
        at_the_door = [
            await is_person(unit, client, TelegramUserId(number)) for number in (7, 8, 9)
        ]
        assert not await is_person(unit, None, TelegramUserId(7))
    assert at_the_door == [True, True, False]
