"""Conversations go to people and back; the AI keeps silent meanwhile and says when it is back."""

from datetime import timedelta
from typing import Any

import pytest

from candor.common.errors import ConflictError, InvalidInputError, NotFoundError


async def test_that_taking_stops_the_ai_and_tells_the_client(world: Any) -> None:
    await world.write("сколько стоит")
    world.clock.advance(timedelta(seconds=1))
    await world.answer(1)
    taken = await world.hand_off.take(1, 3, name="Анна")
    await world.settle()

    assert (taken.handling, taken.operator_id) == ("human", 3)
    assert world.telegram.texts == ["Дальше отвечает Анна, человек."]
    detail = await world.detail()
    assert detail.messages[1].delivery == "cancelled"
    assert detail.messages[0].answered_at is None
    assert detail.conversation.waiting_since is not None


async def test_that_a_persons_words_carry_no_label_and_settle_what_waits(world: Any) -> None:
    await world.write("сколько стоит")
    await world.hand_off.take(1, 3)
    await world.hand_off.write(1, 3, "4900 рублей.")
    await world.settle()

    assert world.telegram.texts == ["Дальше отвечает человек.", "4900 рублей."]
    detail = await world.detail()
    assert detail.messages[-1].author == "human"
    assert detail.messages[-1].provenance["approved_by"] == 3
    assert detail.conversation.waiting_since is None
    assert world.answers == 0


async def test_that_the_return_to_the_ai_is_said(world: Any) -> None:
    await world.write("здравствуйте")
    await world.settle()
    await world.hand_off.take(1, 3)
    await world.write("а скидка?")
    await world.hand_off.give_back(1, 3)
    await world.settle()

    assert world.answers == 2
    assert world.telegram.texts[-1].startswith("Снова отвечает ИИ-помощник")


async def test_that_a_return_by_way_of_a_pause_is_said_too(world: Any) -> None:
    await world.write("здравствуйте")
    await world.settle()
    await world.hand_off.take(1, 3)
    await world.hand_off.pause(1, 3)
    await world.hand_off.give_back(1, 3)
    await world.write("вопрос")
    await world.settle()

    assert world.telegram.texts[-1].startswith("Снова отвечает ИИ-помощник")


async def test_that_only_the_one_who_took_it_writes(world: Any) -> None:
    await world.write("здравствуйте")
    with pytest.raises(ConflictError):
        await world.hand_off.write(1, 3, "рано")
    await world.hand_off.take(1, 3)
    with pytest.raises(ConflictError):
        await world.hand_off.write(1, 4, "чужое")
    with pytest.raises(ConflictError):
        await world.hand_off.take(1, 4)
    assert (await world.hand_off.take(1, 3)).operator_id == 3


async def test_that_nobody_writes_to_a_client_who_said_stop(world: Any) -> None:
    await world.write("/stop")
    for act in (
        world.hand_off.take(1, 3),
        world.hand_off.write(1, 3, "но всё же"),
        world.hand_off.give_back(1, 3),
    ):
        with pytest.raises(ConflictError):
            await act


async def test_that_bad_texts_are_refused(world: Any) -> None:
    await world.write("здравствуйте")
    await world.hand_off.take(1, 3)
    for words in ("", " \n\u200b", "я" * 4097):
        with pytest.raises(InvalidInputError):
            await world.hand_off.write(1, 3, words)
    with pytest.raises(NotFoundError):
        await world.hand_off.take(99, 3)


async def test_that_a_pause_keeps_silent_and_what_waited_is_answered_after_it(world: Any) -> None:
    await world.write("здравствуйте")
    await world.settle()
    await world.hand_off.pause(1, 3, reason="праздники")
    await world.write("вопрос")
    await world.settle()
    assert len(world.telegram.sent) == 1

    await world.hand_off.give_back(1, 3)
    await world.settle()
    assert world.telegram.texts[-1] == "Ответ на: вопрос"


async def test_that_an_area_asks_for_a_person_with_its_own_words(world: Any) -> None:
    await world.write("здравствуйте")
    async with world.units() as unit:
        conversation = await unit.conversations.get(1)
        await world.hand_off.request_person(
            unit, conversation, "trigger:hand_off", say="Сейчас позову менеджера."
        )
    await world.settle()

    detail = await world.detail()
    assert detail.conversation.wants_person
    assert detail.conversation.handling_reason == "trigger:hand_off"
    assert "Сейчас позову менеджера." in world.telegram.texts[0]
    assert world.telegram.texts[0].startswith("Я ИИ-помощник")


async def test_that_a_farewell_goes_out_when_the_script_ends(world: Any) -> None:
    await world.write("спасибо, до свидания")
    world.clock.advance(timedelta(seconds=1))
    await world.answer(1)
    async with world.units() as unit:
        await world.hand_off.end(unit, await unit.conversations.get(1), "trigger:close")
    await world.settle()

    assert len(world.telegram.sent) == 1
    assert (await world.detail()).conversation.handling == "closed"


async def test_that_a_delivery_that_decided_before_the_take_sends_nothing(world: Any) -> None:
    await world.write("сколько стоит")
    world.clock.advance(timedelta(seconds=1))
    await world.answer(1)
    async with world.units() as unit:
        due = await unit.outbox.next_due(1, now=world.clock.now())
    async with world.units() as unit:  # another process, in between
        await unit.chats.touch(1)
    async with world.units() as unit:
        claimed = await unit.outbox.claim(
            due, text="x", labelled=True, pace=world.pace, now=world.clock.now()
        )

    assert claimed is None
