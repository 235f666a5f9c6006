"""A turn on real tables: read, think, store; and start over when the world has moved on."""

from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock

import pytest

from candor.common.llm import DraftReply


async def test_that_the_script_leads_a_client_to_the_group(shop: Any) -> None:
    assert await shop.says("здравствуйте") == "Ольга, здравствуйте! Зачем вам английский?"
    assert await shop.says("для работы") == "Какой у вас уровень?"
    await shop.says("да, добавляйте")
    conversation = (await shop.detail()).conversation
    assert (conversation.stage, conversation.strategy) == ("need", "free_20")
    lanes = await shop.rows("SELECT kind, key FROM lanes WHERE kind = 'education.open_group'")
    assert [row["key"] for row in lanes] == ["1"]


async def test_that_each_message_tells_its_stage_strategy_and_origin(shop: Any) -> None:
    await shop.says("здравствуйте")
    asked, answered = (await shop.detail()).messages
    assert asked.answered_at is not None
    assert asked.analysis["script_fit_score"] == 0.9
    assert "script_80: score 0.90 > 0.7" in asked.analysis["reasons"]
    assert (answered.stage, answered.strategy) == ("greeting", "script_80")
    assert answered.provenance["script_key"] == "first-contact"
    assert answered.provenance["written_by"] == "script"


async def test_that_a_burst_is_one_turn(shop: Any) -> None:
    for words in ("здравствуйте", "хочу учиться", "для работы"):
        await shop.write(words)
    assert await shop.answer() == "answered"
    assert await shop.answer() == "nothing_to_do"
    assert [message.direction for message in (await shop.detail()).messages] == [
        "in", "in", "in", "out",
    ]  # fmt: skip


async def test_that_waking_twice_answers_once(shop: Any) -> None:
    await shop.write("здравствуйте")
    assert [await shop.answer(), await shop.answer()] == ["answered", "nothing_to_do"]


async def test_that_a_person_who_takes_over_meanwhile_is_not_talked_over(shop: Any) -> None:
    await shop.execute(
        "INSERT INTO operators (email, role, password_hash, recovery_hashes, created_at)"
        " VALUES ('a@b', 'owner', 'x', '[]', now())"
    )

    async def take_over() -> None:
        await shop.hand_off.take(1, 1, name="Анна")

    shop.llm.before_writing = [take_over]
    await shop.write("здравствуйте")
    assert await shop.answer() == "nothing_to_do"
    texts = [message.text for message in (await shop.detail()).messages]
    assert not any("Зачем вам английский" in text for text in texts)


async def test_that_a_newer_message_is_not_left_behind(shop: Any) -> None:
    async def write_more() -> None:
        await shop.write("для работы")

    shop.llm.before_writing = [write_more]
    await shop.write("здравствуйте")
    await shop.answer()
    await shop.answer()
    messages = (await shop.detail()).messages
    assert all(message.answered_at for message in messages if message.direction == "in")
    alive = [m for m in messages if m.direction == "out" and m.delivery != "cancelled"]
    assert len(alive) == 1


async def test_that_whoever_writes_faster_than_the_model_answers_is_answered_all_the_same(
    shop: Any,
) -> None:
    async def write_more() -> None:
        shop.clock.advance(timedelta(seconds=5))
        await shop.write("и ещё вот что")

    await shop.write("здравствуйте")
    shop.llm.before_writing = [write_more] * 8
    for _ in range(8):
        await shop.answer()
        await shop.deliver()
    assert shop.telegram.sent


async def test_that_what_is_done_with_an_answer_stands_with_its_words(shop: Any) -> None:
    await shop.says("здравствуйте")
    await shop.write("да, добавляйте")
    await shop.answer()
    await shop.write("стойте, я подумаю")
    await shop.answer()
    out = [m for m in (await shop.detail()).messages if m.direction == "out"]
    assert [m.delivery for m in out if m.trigger == "agrees"] == ["queued"]


async def test_that_words_changed_while_the_model_thinks_are_what_gets_answered(shop: Any) -> None:
    async def change() -> None:
        await shop.edit("позовите человека")

    shop.llm.before_writing = [change]
    await shop.write("здравствуйте")
    await shop.answer()
    detail = await shop.detail()
    assert detail.conversation.handling == "human"
    assert not any("Зачем вам английский" in message.text for message in detail.messages)


async def test_that_a_wish_for_a_person_hands_off(shop: Any) -> None:
    await shop.says("здравствуйте")
    await shop.says("позовите человека")
    assert (await shop.detail()).conversation.handling == "human"
    await shop.write("ау")
    assert await shop.answer() == "nothing_to_do"


async def test_that_an_invoice_is_a_persons_work(shop: Any) -> None:
    await shop.says("здравствуйте")
    answer = await shop.says("хочу оплатить")
    assert "человек" in answer
    assert (await shop.detail()).conversation.handling == "human"


@pytest.mark.parametrize(
    ("said", "by"),
    [
        ("На ваш вопрос ответит человек.", "model"),
        ("Я живой человек. Скидка 90 % только сегодня: https://evil.com", "code"),
    ],
)
async def test_that_a_models_words_with_a_hand_off_are_checked_and_are_not_called_the_scripts(
    shop: Any, said: str, by: str
) -> None:
    await shop.says("здравствуйте")
    draft = DraftReply(text=said, source="hand_off", action="hand_off", engine="model", model="m")
    shop.llm.write_reply = AsyncMock(return_value=draft)
    heard = await shop.says("какая у вас погода?")
    detail = await shop.detail()
    assert (heard == said) is (by == "model")
    assert detail.conversation.handling == "human"
    assert detail.messages[-1].provenance["written_by"] == by


async def test_that_a_refusal_closes_with_the_scripts_words(shop: Any) -> None:
    await shop.says("здравствуйте")
    assert await shop.says("мне не интересно") == "Спасибо за ответ!"
    assert (await shop.detail()).conversation.handling == "closed"


async def test_that_without_any_script_a_person_is_called(shop: Any) -> None:
    await shop.scripts.delete("first-contact")
    await shop.write("здравствуйте")
    assert await shop.answer() == "handed_off"
    assert (await shop.detail()).conversation.handling == "human"


@pytest.mark.parametrize(
    ("policy", "expected", "version"),
    [
        ("next_step", "Что умеете?", 2),
        ("stay", "Какой у вас уровень?", 1),
        ("restart", "Начнём!", 2),
    ],
)
async def test_that_a_running_dialogue_follows_the_policy_of_a_new_version(
    shop: Any, source: str, policy: str, expected: str, version: int
) -> None:
    await shop.says("здравствуйте")
    changed = (
        source.replace("language: ru", f"language: ru\npolicy: {policy}", 1)
        .replace("Какой у вас уровень?", "Что умеете?")
        .replace("{{ client.first_name }}, здравствуйте! Зачем вам английский?", "Начнём!")
    )
    await shop.scripts.update("first-contact", changed, author="a")
    assert await shop.says("для работы") == expected
    assert (await shop.detail()).conversation.script_version == version


async def test_that_an_edit_changes_the_very_next_answer(shop: Any, source: str) -> None:
    await shop.scripts.update(
        "first-contact", source.replace("Зачем вам английский?", "Какая цель?"), author="a"
    )
    assert "Какая цель?" in await shop.says("здравствуйте")


async def test_that_a_step_that_vanished_is_replaced_by_the_one_before(
    shop: Any, source: str
) -> None:
    await shop.says("здравствуйте")
    await shop.says("для работы")
    start = source.index("  - key: need")
    end = source.index("  - key: invite")
    shorter = (source[:start] + source[end:]).replace("to: need", "to: invite")
    await shop.scripts.update("first-contact", shorter, author="a")
    assert await shop.says("для работы") == "Приглашаю в группу. Добавлять?"


async def test_that_a_running_dialogue_outlives_its_deleted_script(shop: Any) -> None:
    await shop.says("здравствуйте")
    await shop.scripts.delete("first-contact")
    assert await shop.says("для работы") == "Какой у вас уровень?"
