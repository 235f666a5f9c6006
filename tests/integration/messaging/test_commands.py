"""H6 and H2: commands and "are you a human?" work in every chat and state, by code alone."""

from datetime import timedelta
from typing import Any

import pytest

from candor.clients.consent import Consent

STATES = ("ai", "human", "paused", "closed", "opted_out")


async def bring_into(world: Any, state: str) -> None:
    await world.write("здравствуйте")
    await world.settle()
    match state:
        case "human":
            await world.hand_off.take(1, 3, name="Анна")
        case "paused":
            await world.hand_off.pause(1, 3)
        case "closed":
            await world.hand_off.close(1, 3)
        case "opted_out":
            await world.write("/stop")
    await world.settle()
    world.telegram.sent.clear()


async def handling(world: Any) -> str:
    return (await world.detail()).conversation.handling


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("word", ["/stop", "стоп", "STOP!", "Не пишите мне больше.", "/стоп"])
async def test_that_stop_works_in_every_state(world: Any, state: str, word: str) -> None:
    await bring_into(world, state)
    await world.write(word)
    await world.settle()

    assert await handling(world) == "opted_out"
    assert (await world.detail()).client.opted_out_at is not None
    assert len(world.telegram.sent) == 1
    assert "/start" in world.telegram.texts[0]


async def test_that_stop_takes_queued_answers_back_before_the_next_is_sent(world: Any) -> None:
    await world.write("здравствуйте")
    world.clock.advance(timedelta(seconds=1))
    await world.answer(1)
    await world.write("стоп")
    await world.settle()

    assert len(world.telegram.sent) == 1
    assert "больше не пишу" in world.telegram.texts[0]
    assert [m.delivery for m in await world.messages()] == [None, "cancelled", None, "sent"]


async def test_that_words_after_stop_are_stored_and_get_no_answer(world: Any) -> None:
    await bring_into(world, "opted_out")
    await world.write("и ещё кое-что")
    await world.write("вы бот?")
    await world.settle()

    assert world.telegram.sent == []
    assert world.answers == 1
    assert (await world.messages())[-1].answered_at is not None


async def test_that_start_comes_back_with_the_label(world: Any) -> None:
    await bring_into(world, "opted_out")
    await world.write("/start")
    await world.settle()

    assert await handling(world) == "ai"
    assert (await world.detail()).client.opted_out_at is None
    assert world.telegram.texts[0].startswith("Я ИИ-помощник")


async def test_that_stop_counts_for_all_chats_of_the_person(world: Any) -> None:
    await world.write("здравствуйте")
    await world.write("здравствуйте", chat_id=70)
    await world.write("/stop", chat_id=70)
    await world.settle()

    states = await world.rows("SELECT handling FROM client_conversations")
    assert {row["handling"] for row in states} == {"opted_out"}
    assert world.answers == 0


async def test_that_stop_in_a_group_counts_and_is_said_once(world: Any) -> None:
    await bring_into(world, "ai")
    group = {"chat_id": -100, "chat_type": "supergroup"}
    await world.write("/stop@our_bot", account_username="our_bot", **group)
    await world.write("/stop", **group)
    await world.settle()

    assert await handling(world) == "opted_out"
    assert [s.chat_id for s in world.telegram.sent] == [-100]


async def test_that_a_bare_word_in_a_group_counts_only_when_addressed_to_us(world: Any) -> None:
    group = {"chat_id": -100, "chat_type": "supergroup"}
    ignored = await world.write("стоп", is_addressed=False, **group)
    assert ignored.status == "ignored"
    assert (await world.write("стоп", **group)).command == "stop"


async def test_that_another_bots_command_is_no_command_of_ours(world: Any) -> None:
    group = {"chat_id": -100, "chat_type": "supergroup", "account_username": "our_bot"}
    assert (await world.write("/stop@their_bot", **group)).status == "ignored"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("word", ["/human", "человек", "Оператор, пожалуйста!"])
async def test_that_human_calls_a_person_in_every_state(world: Any, state: str, word: str) -> None:
    await bring_into(world, state)
    await world.write(word)
    await world.settle()

    assert await handling(world) == "human"
    assert len(world.telegram.sent) == 1
    if state != "human":
        alerts = await world.rows("SELECT kind FROM user_activity_log WHERE level = 'warning'")
        assert [row["kind"] for row in alerts] == ["conversation.person_wanted"]


async def test_that_a_person_called_after_stop_may_write_and_the_ai_may_not(world: Any) -> None:
    await bring_into(world, "opted_out")
    await world.write("/human")
    await world.hand_off.take(1, 3, name="Анна")
    await world.hand_off.write(1, 3, "Здравствуйте, это Анна.")
    await world.settle()
    assert world.telegram.texts[-1] == "Здравствуйте, это Анна."
    await world.hand_off.give_back(1, 3)
    await world.write("спасибо")
    await world.settle()

    assert await handling(world) == "opted_out"
    assert world.answers == 1


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", ["/privacy", "/export", "/delete", "/help"])
async def test_that_the_other_commands_are_answered_in_every_state(
    world: Any, state: str, command: str
) -> None:
    await bring_into(world, state)
    received = await world.write(command)
    await world.settle()

    assert received.command == command[1:]
    assert len(world.telegram.sent) == 1
    assert await handling(world) == state
    assert world.answers == 1


async def test_that_a_command_as_first_message_carries_the_label(world: Any) -> None:
    await world.write("/privacy")
    await world.settle()

    assert world.telegram.texts[0].startswith("Я ИИ-помощник")


async def test_that_commands_answer_in_english(world: Any) -> None:
    await world.write("Hello, what do you offer?", language_code="en")
    await world.write("/privacy", language_code="en")
    await world.settle()

    assert "You are writing with Школа «Маяк»" in "\n".join(world.telegram.texts)


async def test_that_delete_asks_first_and_then_leaves_only_a_hash(world: Any) -> None:
    await bring_into(world, "ai")
    await world.write("/delete")
    await world.settle()
    assert await world.rows("SELECT 1 FROM users")
    kept = await world.press("candor:delete:no")
    assert "Ничего" in kept.text

    answer = await world.press("candor:delete:yes")
    assert "удалено" in answer.text
    for table in ("users", "chats", "client_conversations", "conversation_messages", "outbox"):
        assert await world.rows(f"SELECT 1 FROM {table}") == [], table
    left = await world.rows("SELECT * FROM user_activity_log WHERE client_id IS NOT NULL")
    assert left == []
    assert len(await world.rows("SELECT 1 FROM opt_outs")) == 1


async def test_that_an_erased_person_is_left_alone_until_start(world: Any) -> None:
    await bring_into(world, "ai")
    await world.press("candor:delete:yes")
    await world.write("а это снова я", message_id=900)
    await world.settle()
    assert world.telegram.sent == []

    await world.write("/start", message_id=901)
    await world.settle()
    assert len(world.telegram.sent) == 1
    assert await world.rows("SELECT 1 FROM opt_outs") == []


async def test_that_a_stranger_can_not_press_somebody_elses_button(world: Any) -> None:
    await bring_into(world, "ai")
    answer = await world.press("candor:delete:yes", person=8)

    assert answer.text
    assert await world.rows("SELECT 1 FROM users")


async def test_that_areas_buttons_are_left_to_them(world: Any) -> None:
    assert not (await world.press("group:join:5")).is_handled


async def test_that_export_and_delete_are_not_done_in_a_group(world: Any) -> None:
    for command in ("/export", "/delete"):
        await world.write(command, chat_id=-100, chat_type="supergroup")
    await world.settle()

    assert all("личном чате" in words for words in world.telegram.texts)
    assert all(sent.file is None for sent in world.telegram.sent)


@pytest.mark.parametrize("state", ["ai", "paused", "closed"])
async def test_that_are_you_human_is_answered_by_code(world: Any, state: str) -> None:
    await bring_into(world, state)
    await world.write("вы человек?")
    await world.settle()

    if state != "closed":  # a new message opens a closed conversation
        assert await handling(world) == state
    words = [t for t in world.telegram.texts if "не человек" in t]
    assert words or state == "paused"
    assert world.answers == 1


async def test_that_a_person_answers_who_they_are_themselves(world: Any) -> None:
    await bring_into(world, "human")
    await world.write("вы человек?")
    await world.settle()

    assert world.telegram.sent == []
    assert (await world.messages())[-1].answered_at is None


async def test_that_the_rest_of_an_identity_question_is_left_to_the_turn(world: Any) -> None:
    await world.write("Вы бот? Сколько стоит курс английского?")
    await world.settle()

    assert "ИИ-помощник" in world.telegram.texts[0]
    assert "Сколько стоит курс" in world.telegram.texts[-1]


async def test_that_stop_withdraws_the_marketing_consent(world: Any) -> None:
    await world.write("здравствуйте")
    async with world.units() as unit:
        await unit.consents.grant(
            Consent(
                client_id=1,  # type: ignore[arg-type]
                purpose="marketing",
                text_version="1",
                text="Присылайте новости",
                source="chat:1",
                granted_at=world.clock.now(),
            )
        )
    await world.write("/stop")
    async with world.units() as unit:
        assert await unit.consents.standing(1, "marketing") is None
