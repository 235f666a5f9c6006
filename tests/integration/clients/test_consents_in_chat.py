"""Consents where they matter: one purpose each, asked in the stored words, gone when the bot is blocked."""

from typing import Any

import pytest
from tests.integration.messaging.conftest import ACCOUNT, BUSINESS, SALT, World

from candor.clients.consent import ConsentPurpose, ModelConsent
from candor.clients.erasure import opt_out_hash
from candor.common.ids import ClientId, TelegramChatId, TelegramUserId
from candor.messaging.inbox import Inbox

CLIENT = ClientId(1)
PROVIDER = "api.provider.example"


@pytest.fixture
def asking(world: World) -> World:
    """A world whose model belongs to somebody else."""
    world.inbox = Inbox(
        world.units,
        world.clock,
        business=BUSINESS,
        language="ru",
        salt=SALT,
        model_consent=ModelConsent(PROVIDER),
    )
    return world


async def stands(world: World, purpose: ConsentPurpose) -> bool:
    async with world.units() as unit:
        return await unit.consents.standing(CLIENT, purpose) is not None


async def asked(world: World) -> list[dict[str, Any]]:
    rows = await world.rows(
        "SELECT text, keyboard FROM outbox WHERE provenance->>'note' LIKE 'consent:%' ORDER BY id"
    )
    return [dict(row) for row in rows]


def button(row: dict[str, Any], ending: str) -> str:
    found = [one["data"] for line in row["keyboard"] for one in line]
    return next(data for data in found if data.endswith(ending))


async def test_that_who_writes_first_is_answered_on_that_ground_alone(world: World) -> None:
    await world.write("Здравствуйте")

    row = (await world.rows("SELECT purpose, basis, source, text_version FROM user_consents"))[0]
    assert (row["purpose"], row["basis"]) == ("dialogue", "request")
    assert row["source"] == "chat:7 message:1"
    assert row["text_version"]


async def test_that_the_model_is_asked_for_once_with_the_very_words_that_are_stored(
    asking: World,
) -> None:
    await asking.write("/start")
    await asking.write("Здравствуйте")
    await asking.write("/start")

    questions = await asked(asking)
    assert len({question["text"] for question in questions}) == 1
    assert PROVIDER in questions[0]["text"]
    assert not await stands(asking, "model_provider")

    await asking.press(button(questions[0], ":yes"))
    assert await stands(asking, "model_provider")
    stored = await asking.rows("SELECT text FROM user_consents WHERE purpose = 'model_provider'")
    assert stored[0]["text"] in questions[0]["text"]

    await asking.write("/start")
    assert len(await asked(asking)) == len(questions)


async def test_that_no_leaves_the_script_to_answer(asking: World) -> None:
    await asking.write("/start")
    await asking.press(button((await asked(asking))[0], ":no"))

    assert not await stands(asking, "model_provider")
    async with asking.units() as unit:
        assert not await ModelConsent(PROVIDER).allows(unit, CLIENT)
        assert await ModelConsent(None).allows(unit, CLIENT)


async def test_that_nobody_is_asked_about_the_business_s_own_model(world: World) -> None:
    await world.write("/start")

    assert await asked(world) == []


async def test_that_privacy_switches_news_on_and_off(world: World) -> None:
    await world.write("/privacy")
    shown = (await world.rows("SELECT keyboard FROM outbox ORDER BY id DESC LIMIT 1"))[0]
    await world.press(button(dict(shown), "marketing:ask"))
    assert not await stands(world, "marketing"), "Nothing is agreed to before the words are read."

    await world.press(button((await asked(world))[0], "marketing:yes"))
    assert await stands(world, "marketing")

    await world.write("/privacy")
    shown = (await world.rows("SELECT keyboard FROM outbox ORDER BY id DESC LIMIT 1"))[0]
    await world.press(button(dict(shown), "marketing:no"))
    assert not await stands(world, "marketing")


async def test_that_another_person_s_tap_agrees_to_nothing(world: World) -> None:
    await world.write("/privacy")
    await world.write("Здравствуйте", person=8)

    answer = await world.press("candor:consent:marketing:yes", person=9)
    assert "не действует" in answer.text
    await world.press("candor:consent:everything:yes")
    assert [row["purpose"] for row in await world.rows("SELECT purpose FROM user_consents")] == [
        "dialogue",
        "dialogue",
    ]


@pytest.mark.parametrize("way", ["blocked", "/stop"])
async def test_that_blocking_or_stop_takes_everything_back(asking: World, way: str) -> None:
    await asking.write("/start")
    await asking.press(button((await asked(asking))[0], ":yes"))
    await asking.press("candor:consent:marketing:yes")

    if way == "blocked":
        await asking.inbox.chat_blocked(ACCOUNT, TelegramChatId(7))
    else:
        await asking.write("/stop")

    standing = await asking.rows("SELECT 1 FROM user_consents WHERE withdrawn_at IS NULL")
    assert standing == []
    kept = await asking.rows("SELECT DISTINCT purpose FROM user_consents")
    assert len(kept) == 3, "What was agreed to, and when it ended, stays provable."


async def test_that_who_unblocks_and_writes_is_answered_on_that_ground_again(world: World) -> None:
    await world.write("Здравствуйте")
    await world.inbox.chat_blocked(ACCOUNT, TelegramChatId(7))
    assert not await stands(world, "dialogue")
    await world.inbox.chat_unblocked(ACCOUNT, TelegramChatId(7))
    assert not await stands(world, "dialogue"), "unblocking alone asks for nothing"
    await world.write("/privacy")
    assert not await stands(world, "dialogue")
    await world.write("Я вернулась")
    assert await stands(world, "dialogue")
    rows = await world.rows("SELECT withdrawn_at FROM user_consents WHERE purpose = 'dialogue'")
    assert len(rows) == 2, "what was withdrawn stays withdrawn"


async def test_that_who_was_erased_is_answered_only_after_a_start(world: World) -> None:
    await world.write("Здравствуйте")
    async with world.units() as unit:
        await unit.erasure.erase(
            CLIENT, hashes=(opt_out_hash(TelegramUserId(7), SALT),), now=world.clock.now()
        )
    await world.write("И снова я")
    assert await world.rows("SELECT * FROM user_consents") == []
    await world.write("/start")
    (consent,) = await world.rows("SELECT purpose, withdrawn_at FROM user_consents")
    assert (consent["purpose"], consent["withdrawn_at"]) == ("dialogue", None)
