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


ASKS_PRICE = Trigger("price", ("сколько стоит обучение",), (), "go_to")


async def test_that_another_example_does_not_make_a_trigger_deaf() -> None:
    said = "обучение сколько стоит?"
    assert await triggers_of(said, ASKS_PRICE) == ("price",)
    more = replace(ASKS_PRICE, fits=(*ASKS_PRICE.fits, "нужна парковка"))
    assert await triggers_of(said, more) == ("price",)


STOLEN = Trigger("stolen", ("у меня украли велосипед", "велосипед пропал"), (), "hand_off")
PERSON = Trigger("person", ("позовите человека", "хочу поговорить с менеджером"), (), "hand_off")


async def test_that_a_wish_for_a_person_sets_off_no_other_hand_off() -> None:
    said = "хочу поговорить с человеком"
    assert await triggers_of(said, STOLEN) == ()
    assert await triggers_of(said, PERSON) == ("person",)


async def test_that_a_step_with_few_examples_is_not_called_calibrated() -> None:
    many = Step(
        "a",
        "Какой уровень?",
        fits=("начальный", "средний", "с нуля", "почти ноль", "школьный", "B1"),
    )
    few = Step("b", "Какой цвет?", fits=("синий",))
    reader = Reader(UseEncoder())
    said = ("в школе учил", "бирюзовый")
    first, second = [
        await reader.read(ReadingRequest(text, "k", 1, "ru", step, (many, few), ()))
        for text, step in zip(said, (many, few), strict=True)
    ]
    assert (first.is_calibrated, second.is_calibrated) == (True, False)


@pytest.mark.parametrize(
    "text", ["Когда-то учил сам пять лет", "как-нибудь потом расскажу", "где-то средний"]
)
async def test_that_once_and_somehow_ask_nothing(text: str) -> None:
    read = await Reader(UseEncoder()).read(ReadingRequest(text, "k", 1, "ru", STEP, (STEP,), ()))
    assert "question" not in read.intents
