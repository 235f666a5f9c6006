"""Whether a client responds to a step, by weights that were learnt from other trades' dialogues."""

import json
from pathlib import Path

import pytest

from candor.common.llm import Step
from candor.llm.encoder import UseEncoder
from candor.llm.evaluation import evaluate
from candor.llm.reading.fit import FITS_ABOVE, Likeness
from candor.llm.reading.intents import Intents
from candor.llm.reading.reader import Reader
from candor.llm.reading.responding import (
    MARKS,
    Message,
    StepKind,
    marks,
    responding_for,
)

DATA = Path(__file__).parents[2] / "data" / "fit"
DAY = Step(
    "day",
    "В какой день вам удобно приехать?",
    fits=("в четверг", "завтра после работы", "в субботу утром", "на неделе вечером", "в любой день", "с утра"),
)  # fmt: skip
CAR = Step(
    "car",
    "Какая у вас машина? Напишите марку и год.",
    fits=("киа рио 2017", "лада веста 2020 года", "форд фокус", "VW Polo 2013", "солярис 14 года", "камри"),
)  # fmt: skip
OFFER = Step(
    "offer",
    "Есть бесплатная диагностика. Записать вас?",
    fits=("да", "давайте", "записывайте", "не против", "хочу", "можно"),
)
NEED = Step(
    "need",
    "What do you need English for?",
    fits=(
        "for work",
        "I travel a lot",
        "to move abroad",
        "for my studies",
        "just for myself",
        "an exam",
    ),
)
LEVEL = Step(
    "level",
    "How well do you speak it now?",
    fits=(
        "from zero",
        "I learnt it at school",
        "B1",
        "a little",
        "I can read but not speak",
        "fluently",
    ),
)


@pytest.mark.parametrize(
    "name", ["trades-marketing-art.jsonl", "trades-food-cars.jsonl", "trades-books-dance.jsonl"]
)
async def test_that_answers_are_told_from_remarks_in_trades_that_nobody_learnt_from(
    name: str,
) -> None:
    """352 replies by an author who knew no rules, a third of what doesn't fit in the step's own words."""
    lines = [json.loads(line) for line in (DATA / name).read_text().splitlines()]
    found = await evaluate(lines)
    assert isinstance(found["auc"], float)
    assert isinstance(found["precision"], float)
    assert isinstance(found["recall"], float)
    assert found["auc"] >= 0.97
    assert found["precision"] >= 0.94
    assert found["recall"] >= 0.75


async def fits(text: str, step: Step, other: Step, *, encoder: str | None = None) -> bool:
    reader = Reader(UseEncoder(name=encoder))
    return await reader.score(text, step, (step, other)) > FITS_ABOVE


@pytest.mark.parametrize(
    "text",
    [
        "могу в четверг вечером",
        "давайте в субботу, часов в десять",
        "мне бы на завтра, если есть место",
    ],
)
async def test_that_an_answer_in_other_words_than_the_examples_fits(text: str) -> None:
    assert await fits(text, DAY, CAR)


@pytest.mark.parametrize(
    "text",
    [
        "а вы в четверг вообще работаете?",
        "вы обещали машину ещё в субботу, и где она",
        "сколько стоит замена масла",
        "пока не знаю, спишемся позже",
        "вы бот?",
    ],
)
async def test_that_a_remark_in_the_words_of_the_examples_does_not_fit(text: str) -> None:
    assert not await fits(text, DAY, CAR)


@pytest.mark.parametrize(
    "text", ["I travel to our clients abroad", "to move to Spain with my husband"]
)
async def test_that_a_reply_fits_its_own_step_and_no_other(text: str) -> None:
    assert await fits(text, NEED, LEVEL)
    assert not await fits(text, LEVEL, NEED)


@pytest.mark.parametrize("text", ["да", "ок", "ага", "хорошо", "не знаю"])
async def test_that_a_bare_yes_answers_what_asks_for_one_and_nothing_else(text: str) -> None:
    """ "Which car do you have?" is not answered by "yes"."""
    assert not await fits(text, CAR, DAY)
    assert await fits(text, OFFER, DAY) is (text != "не знаю")


async def test_that_another_encoder_is_read_by_likeness_alone() -> None:
    assert await fits("в четверг", DAY, CAR, encoder="another")
    assert not await fits("в четверг?", DAY, CAR, encoder="another")


async def test_that_a_script_of_one_step_is_read() -> None:
    assert await Reader(UseEncoder()).score("в четверг", DAY, (DAY,)) > FITS_ABOVE


def test_that_there_is_a_name_and_a_weight_for_each_mark() -> None:
    learned = responding_for(UseEncoder().name)
    assert learned is not None
    said = Message("да", 1.0, Intents((), agrees=False, is_sure=True, reasons=()))
    weighed = marks(said, StepKind(1.0, 0.0, 1.0, 0.0), 1.0, Likeness(0.5, 0.5, 0.5, 0.5), None)
    assert len(weighed) == len(MARKS) == len(learned.weights)
