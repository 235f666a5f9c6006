"""A twelve-turn dialogue stays small and cacheable, holds Cyrillic as it is, and nothing secret."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from candor.bench.stub_model import MODEL, StubModelServer
from candor.common.llm import Fact, Line
from candor.llm.openai_compatible import OpenAICompatibleModel
from candor.llm.resilient import ResilientLLMService

from .conftest import NOW, STEP, writing

CLIENT = (
    "Здравствуйте, увидел ваш комментарий, расскажите про курс", "Мне для работы, часто созваниваюсь с иностранцами",
    "Учил в школе и немного в институте, потом забросил", "Больше всего трудно понимать на слух и отвечать быстро",
    "По вечерам, часа два в неделю точно найду", "А группа большая?", "Сколько стоит?", "Дороговато, а частями можно?",
    "А кто ведёт занятия?", "Если пропущу урок, можно посмотреть запись?", "Понятно, звучит неплохо", "Да, давайте попробуем",
)  # fmt: skip
ANSWER = (
    "Спасибо, что рассказали! Курс как раз об этом: занимаемся в небольшой группе и много говорим. "
    "Подскажите, пожалуйста, что для вас сейчас важнее всего?"
)
RULES = "# Знакомство и приглашение в группу\nproduct = Курс «Маяк»\nprice = 4900 ₽\n" + "\n".join(
    f"## step-{number}\nРасскажите, пожалуйста, немного подробнее: это поможет подобрать группу номер {number}.\n"
    "- вопрос\n- что будет дальше"
    for number in range(6)
)
FACTS = tuple(
    Fact(f"f{number}", text, "https://example.org")
    for number, text in enumerate(
        (
            "Курс длится 6 недель, занятия два раза в неделю.",
            "Цена курса 4900 ₽, можно двумя частями.",
            "В группе до 8 человек.",
            "Запись урока хранится 3 месяца.",
        )
    )
)


@pytest.fixture
async def model(server: StubModelServer) -> AsyncIterator[OpenAICompatibleModel]:
    """With the patience of production: here every call is to be answered."""
    made = OpenAICompatibleModel(model=MODEL, api_key="sk-test", base_url=server.base_url)
    yield made
    await made.close()


async def prompts_of_a_dialogue(service: ResilientLLMService, server: StubModelServer) -> list[str]:
    server.respond = lambda call: ANSWER
    history: tuple[Line, ...] = ()
    for turn, text in enumerate(CLIENT):
        step = replace(STEP, key=f"step-{turn % 6}")
        request = writing(message=text, history=history, step=step, facts=FACTS, script_rules=RULES)
        draft = await service.write_reply(request)
        at = NOW + timedelta(minutes=turn)
        history = (*history, Line("client", text, at), Line("ai", draft.text, at))
    return [
        "\x00".join(f"{m['role']}:{m['content']}" for m in call.messages) for call in server.calls
    ]


def _tokens(characters: int) -> float:
    """From above: `o200k_base` made a token of 3.4 to 3.9 characters of such prompts, Russian and
    English (counted once with `bpe-openai`, whose 74 MB are too much for a test dependency)."""
    return characters / 3.3


async def test_that_turn_twelve_is_small_and_nine_tenths_of_it_were_sent_before(
    service: ResilientLLMService, server: StubModelServer
) -> None:
    prompts = await prompts_of_a_dialogue(service, server)
    assert len(prompts) == 12
    last, before = prompts[-1], prompts[-2]
    assert _tokens(len(last)) <= 1_500
    same = next(at for at, (a, b) in enumerate(zip(last, before, strict=False)) if a != b)
    assert same / len(last) >= 0.9


async def test_that_cyrillic_stands_literally_and_no_secret_in_any_prompt(
    service: ResilientLLMService, server: StubModelServer
) -> None:
    await prompts_of_a_dialogue(service, server)
    for call in server.calls:
        assert "\\u04" not in call.raw
        assert "созваниваюсь" in call.raw or call is server.calls[0]
        assert "sk-test" not in call.raw
