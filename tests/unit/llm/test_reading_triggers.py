"""Which triggers a reading sets off, by the shipped encoder and weights."""

from dataclasses import replace

import pytest

from candor.common.llm import ReadingRequest, Step, Trigger
from candor.llm.encoder import UseEncoder
from candor.llm.reading.reader import Reader

STEP = Step("need", "Для чего вам английский?", fits=("для работы", "для поездок", "для себя"))
PAYS = Trigger(
    "pays",
    ("хочу оплатить курс", "пришлите счёт", "как оплатить", "куда переводить деньги"),
    ("сколько стоит",),
    "send_invoice",
)


async def triggers_of(text: str, trigger: Trigger) -> tuple[str, ...]:
    request = ReadingRequest(text, "k", 1, "ru", STEP, (STEP,), (trigger,))
    return (await Reader(UseEncoder()).read(request)).triggers


@pytest.mark.parametrize(
    "text", ["да, готова внести оплату сегодня", "беру, как платить", "давайте оплачу"]
)
async def test_that_a_yes_about_paying_asks_for_the_invoice(text: str) -> None:
    assert await triggers_of(text, PAYS) == ("pays",)


@pytest.mark.parametrize("text", ["да, хочу в группу", "согласна, добавляйте меня к ребятам"])
async def test_that_a_yes_to_something_else_asks_for_no_money(text: str) -> None:
    assert await triggers_of(text, PAYS) == ()
    assert await triggers_of(text, replace(PAYS, is_invited=True)) == ("pays",)


@pytest.mark.parametrize(
    "text",
    [
        "Хочу английский для работы, я переводчик с немецкого, вся документация на английском.",
        "Нужен для работы, чтобы говорить свободнее, я менеджер, часто созваниваюсь с заказчиками из Индии.",
        "Ходил на курсы в юности 10 лет, путаюсь во временах.",
    ],
)  # fmt: skip
async def test_that_an_answer_about_oneself_asks_for_nothing(text: str) -> None:
    read = await Reader(UseEncoder()).read(ReadingRequest(text, "k", 1, "ru", STEP, (STEP,), ()))
    assert not {"agreement", "wish_for_person"} & set(read.intents)
