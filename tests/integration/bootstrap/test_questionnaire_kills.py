"""A questionnaire goes on where it stopped when the process is killed at any moment of it."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text
from tests.integration.bootstrap.conftest import until

from candor.bench.stage import Stage

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
ANSWERS = {
    "Каким вы назвали бы": "Говорю, но с ошибками",
    "Что мешает сильнее всего": "Боюсь ошибиться",
    "Для чего вам язык": "Для работы",
    "Сколько вы готовы тратить": "Пропустить вопрос",
    "Что ещё нам стоит знать": "Пропустить вопрос",
}


async def test_that_kill_nine_in_a_questionnaire_loses_and_doubles_nothing(stage: Stage) -> None:
    candor = stage.start()
    await stage.wakes(candor)
    vera = await stage.person(1)
    chat = await stage.write(vera, "/start q_level-check")
    for place, (words, label) in enumerate(ANSWERS.items()):
        question = await asked(stage, chat, words)
        await press(stage, vera, question, label)
        if place in (0, len(ANSWERS) - 1):
            # Now it is anywhere between taking the tap up and sending the next question.
            await asyncio.sleep(0.15 * place)
            candor.kill()
            # The person is impatient: the same button again, while nobody is there.
            await press(stage, vera, question, label)
            candor = stage.start()
    try:
        await asked(stage, chat, "теперь понятно, с чего начинать")
    except AssertionError:
        raise AssertionError(await state_of(stage)) from None
    said = [m["text"] for m in await messages(stage, chat) if m["from"]["is_bot"]]
    counted = Counter(words for text in said for words in ANSWERS if words in text)
    assert counted == Counter(dict.fromkeys(ANSWERS, 1))
    async with stage.container.units() as unit:
        client = await unit.users.find(vera)  # type: ignore[arg-type]
        assert client is not None
        (result,) = await unit.journey.diagnostics_of(client.id)
    assert result.answers == {
        "level": "speaking", "hardest": "fear", "need": "work", "budget": None, "notes": None,
    }  # fmt: skip


async def asked(stage: Stage, chat: int, words: str) -> dict[str, Any]:
    """The bot's message with these words, once it is there."""

    async def look() -> dict[str, Any] | None:
        held = await messages(stage, chat)
        return next((m for m in held if m["from"]["is_bot"] and words in m["text"]), None)

    found: dict[str, Any] = await until(look, within=240)
    return found


async def state_of(stage: Stage) -> str:
    """What the database says, for when something did not come."""
    async with stage.container.engine.connect() as connection:
        rows = await connection.execute(
            text("SELECT id, status, attempts, error, left(text, 40) FROM outbox ORDER BY id")
        )
        sent = "\n".join(str(tuple(row)) for row in rows)
    return f"{sent}\n{stage.log.read_text(encoding='utf-8')[-2000:]}"


async def messages(stage: Stage, chat: int) -> list[dict[str, Any]]:
    status, held = await stage.sandbox.control("GET", f"/chats/{chat}/messages", None, {})
    assert status == 200
    assert isinstance(held, list)
    return held


async def press(stage: Stage, person: int, message: dict[str, Any], label: str) -> None:
    body = {
        "user_id": person,
        "chat_id": message["chat_id"],
        "message_id": message["message_id"],
        "button": label,
    }
    status, answer = await stage.sandbox.control("POST", "/press", body, {})
    assert status < 300, answer
