"""What comes in is stored once, whatever it holds, and wakes the one who answers."""

from datetime import timedelta
from typing import Any

import pytest


async def test_that_a_first_message_stores_client_chat_conversation_and_wakes_the_answer(
    world: Any,
) -> None:
    received = await world.write("здравствуйте", start_payload=None)

    assert received.status == "new"
    detail = await world.detail()
    assert detail.client.first_name == "Ольга"
    assert detail.client.language == "ru"
    assert detail.conversation.handling == "ai"
    assert detail.conversation.waiting_since == world.clock.now()
    assert [m.text for m in detail.messages] == ["здравствуйте"]
    assert await world.next_due() == world.clock.now() + timedelta(seconds=1)
    assert [row.kind for row in await world.rows("SELECT kind FROM user_activity_log")] == [
        "message.received"
    ]


async def test_that_a_redelivered_update_changes_nothing(world: Any) -> None:
    message = world.message("здравствуйте")
    await world.inbox.receive(message)
    again = await world.inbox.receive(message)

    assert again.status == "duplicate"
    assert len(await world.messages()) == 1
    assert len(await world.rows("SELECT 1 FROM user_activity_log")) == 1


async def test_that_a_burst_is_one_turn(world: Any) -> None:
    for words in ("здравствуйте", "сколько стоит", "и когда начало"):
        await world.write(words)
        world.clock.advance(timedelta(milliseconds=600))
        await world.run_due()
    await world.settle()

    assert world.answers == 1
    assert "здравствуйте\nсколько стоит\nи когда начало" in world.telegram.texts[0]


async def test_that_an_endless_burst_is_answered_at_the_cap(world: Any) -> None:
    for number in range(12):
        await world.write(f"и ещё {number}")
        world.clock.advance(timedelta(milliseconds=500))
        await world.run_due()

    assert world.answers >= 1


async def test_that_an_edit_of_an_unanswered_message_is_what_gets_answered(world: Any) -> None:
    await world.write("скока стоит", message_id=500)
    edited = await world.write("сколько стоит курс", message_id=500, is_edit=True)
    await world.settle()

    assert edited.status == "edited"
    assert "сколько стоит курс" in world.telegram.texts[0]


async def test_that_an_edit_of_an_answered_message_is_stored_and_not_answered_again(
    world: Any,
) -> None:
    await world.write("сколько стоит", message_id=500)
    await world.settle()
    await world.write("сколько стоит?", message_id=500, is_edit=True)
    await world.settle()

    assert world.answers == 1
    assert (await world.messages())[0].text == "сколько стоит?"
    assert (await world.messages())[0].edited_at is not None


@pytest.mark.parametrize("is_answered", [False, True])
@pytest.mark.parametrize(
    ("words", "handling"), [("/stop", "opted_out"), ("/human", "human"), ("стоп", "opted_out")]
)
async def test_that_a_message_edited_to_a_command_is_carried_out(
    world: Any, words: str, handling: str, is_answered: bool
) -> None:
    await world.write("хочу английский", message_id=500)
    if is_answered:
        await world.settle()
    await world.write(words, message_id=500, is_edit=True)
    await world.settle()

    assert (await world.detail()).conversation.handling == handling


@pytest.mark.parametrize("is_answered", [False, True])
async def test_that_are_you_a_bot_is_answered_also_when_it_comes_by_an_edit(
    world: Any, is_answered: bool
) -> None:
    await world.write("хочу английский", message_id=500)
    if is_answered:
        await world.settle()
    await world.write("вы бот?", message_id=500, is_edit=True)
    await world.settle()

    assert "не человек" in world.telegram.texts[-1]


async def test_that_an_edit_of_an_unknown_message_is_ignored(world: Any) -> None:
    assert (await world.write("что", message_id=9, is_edit=True)).status == "ignored"


@pytest.mark.parametrize(
    "words",
    [
        "a\x00b\x00",
        "половина \ud83d пары",
        "я" * 60_000,
        "🦊" * 5000,
        "مرحبا \u202e evil",
        "'; DROP TABLE users; --",
        "%(name)s :now {} \\",
    ],
)
async def test_that_hostile_text_is_stored_and_answered(world: Any, words: str) -> None:
    received = await world.write(words, first_name="\x00" + words[:50], last_name=words[:50])
    await world.settle()

    assert received.status == "new"
    assert world.answers == 1
    assert "\x00" not in (await world.messages())[0].text


async def test_that_other_bots_are_ignored(world: Any) -> None:
    assert (await world.write("привет", is_bot=True)).status == "ignored"
    assert await world.rows("SELECT 1 FROM users") == []


async def test_that_group_talk_is_not_stored(world: Any) -> None:
    received = await world.write("болтаем", chat_id=-100, chat_type="supergroup")

    assert received.status == "ignored"
    assert await world.rows("SELECT 1 FROM users") == []
    assert await world.rows("SELECT 1 FROM chats") == []


async def test_that_the_start_payload_stays_the_origin(world: Any) -> None:
    await world.write("/start c_17")
    await world.write("/start other")

    assert (await world.detail()).conversation.origin == "c_17"


async def test_that_language_and_time_zone_are_learnt(world: Any) -> None:
    await world.write("Hello there, could you tell me more please?", language_code=None)
    assert (await world.detail()).client.language == "en"

    await world.write("Давайте созвонимся в 18 по мск, так удобнее")
    client = (await world.detail()).client
    assert (client.language, client.time_zone) == ("ru", "Europe/Moscow")

    await world.write("ok")
    assert (await world.detail()).client.language == "ru"


async def test_that_a_message_to_a_closed_conversation_opens_it_again(world: Any) -> None:
    await world.write("здравствуйте")
    await world.settle()
    await world.hand_off.close(1, None, reason="done")
    await world.write("ещё вопрос")
    await world.settle()

    assert (await world.detail()).conversation.handling == "ai"
    assert world.answers == 2


async def test_that_an_owner_who_writes_by_hand_takes_the_conversation(world: Any) -> None:
    await world.write("здравствуйте", business_connection_id="bc")
    await world.write(
        "Добрый день, это я сам", business_connection_id="bc", sender_id=99, is_from_owner=True
    )
    await world.settle()

    detail = await world.detail()
    assert detail.conversation.handling == "human"
    assert world.telegram.sent == []
    assert [m.author for m in detail.messages] == ["client", "human"]


async def test_that_visits_are_told_apart(world: Any) -> None:
    await world.write("раз")
    world.clock.advance(timedelta(minutes=10))
    await world.write("два")
    world.clock.advance(timedelta(hours=2))
    await world.write("три")

    visits = await world.rows("SELECT started_at, ended_at FROM user_sessions ORDER BY id")
    assert len(visits) == 2
    assert visits[0]["ended_at"] - visits[0]["started_at"] == timedelta(minutes=10)


async def test_that_a_blocked_chat_gets_nothing_until_the_client_writes(world: Any) -> None:
    await world.write("здравствуйте")
    await world.settle()
    await world.write("вопрос")
    world.clock.advance(timedelta(seconds=1))
    await world.answer(1)
    await world.inbox.chat_blocked(1, 7)
    await world.settle()
    assert len(world.telegram.sent) == 1
    assert not (await world.detail()).is_reachable

    await world.inbox.chat_unblocked(1, 7)
    await world.write("/start")
    await world.settle()
    assert (await world.detail()).is_reachable
    assert "ИИ-помощник" in world.telegram.texts[-1]
