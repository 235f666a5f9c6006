"""What the offline engine says freely: no word more than was surely understood, no step's question without its
choices."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from candor.common.llm import (
    DraftReply,
    Fact,
    Intent,
    Language,
    Line,
    MessageAnalysis,
    Step,
    Strategy,
    WritingRequest,
)
from candor.llm.encoder import UseEncoder
from candor.llm.knowledge import asks_of_known_kind
from candor.llm.offline import OfflineLLMService
from candor.llm.offline_hearing import may_ask, names_terms
from candor.llm.offline_words import WORDS, Kind

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TIME = Step(
    key="time",
    say="Занятия утром в 9:00 или вечером в 19:30. Когда вам удобнее?",
    must_say=("утро или вечер", "вопрос о времени"),
    fits=("вечером после работы", "лучше утром", "могу в девять"),
    alternatives=("Группы собираются в 9:00 и в 19:30. Что ближе к вашему дню?",),
)
HELLO = Step(
    key="hello",
    say="Анна, здравствуйте! Это школа «Маяк», мы учим английскому. Для чего вам язык?",
    must_say=("кто пишет",),
)
FACTS = (
    Fact("f1", "Весь курс стоит 4900 ₽.", "https://example.org/price"),
    Fact("f2", "A lesson costs 59 €.", "https://example.org/price"),
)
KNOWLEDGE = (
    "Домашние задания короткие, минут на пятнадцать.",
    "Если занятие пропущено, можно посмотреть запись.",
)
TOLD = Line("ai", TIME.say, NOW)


@pytest.fixture(scope="module")
def offline() -> OfflineLLMService:
    return OfflineLLMService(UseEncoder())


def request(
    message: str,
    *intents: Intent,
    strategy: Strategy = "free_20",
    doubtful: Sequence[Intent] = (),
    step: Step = TIME,
    history: Sequence[Line] = (TOLD,),
    language: Language = "ru",
) -> WritingRequest:
    analysis = MessageAnalysis(
        main_idea="",
        keywords=(),
        tone="neutral",
        script_fit_score=0.5,
        step=None,
        triggers=(),
        language=language,
        intents=intents,
        open_intents=tuple(doubtful),
    )
    return WritingRequest(
        strategy=strategy,
        language=language,
        business="Маяк",
        message=message,
        analysis=analysis,
        step=step,
        facts=FACTS,
        knowledge=KNOWLEDGE,
        history=tuple(history),
    )


def nods(*kinds: Kind) -> tuple[str, ...]:
    return tuple(line for kind in kinds for line in WORDS["ru"][kind])


def opens_with(draft: DraftReply, *kinds: Kind) -> bool:
    return draft.text.startswith(nods(*kinds))


async def test_that_words_not_said_yet_are_led_to_with_their_choices(
    offline: OfflineLLMService,
) -> None:
    draft = await offline.write_reply(request("с нуля", history=()))
    assert (draft.text, draft.source) == (TIME.say, "script")
    assert draft.covered_points == TIME.must_say


@pytest.mark.parametrize(
    "said", [TIME.say, TIME.alternatives[0], f"Понимаю.\n\n{TIME.say}", "Утром в 9:00 или вечером в 19:30, занятия по часу: когда удобнее?"]
)  # fmt: skip
async def test_that_words_heard_before_are_led_to_by_their_question(
    offline: OfflineLLMService, said: str
) -> None:
    draft = await offline.write_reply(request("ну не знаю", history=[Line("ai", said, NOW)]))
    assert draft.text.endswith("?")
    assert "9:00" not in draft.text
    assert draft.source == "code"


async def test_that_an_answer_before_the_first_words_stands_behind_the_greeting(
    offline: OfflineLLMService,
) -> None:
    draft = await offline.write_reply(
        request("сколько стоит курс?", "question", step=HELLO, history=())
    )
    assert draft.text == (
        "Анна, здравствуйте!\n\nВесь курс стоит 4900 ₽.\n\n"
        "Это школа «Маяк», мы учим английскому. Для чего вам язык?"
    )


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ("а домашки много", "пятнадцать"), ("домашки много?", "пятнадцать"),
        ("лучше вечером, а домашнее задание большое?", "пятнадцать"),
        ("а если пропущу занятие", "запись"), ("что если я пропущу занятие?", "запись"),
        ("сколько стоит курс?", "4900"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("strategy", ["script_80", "free_20"])
async def test_that_a_question_is_answered_before_the_step_goes_on(
    offline: OfflineLLMService, message: str, answer: str, strategy: Strategy
) -> None:
    draft = await offline.write_reply(request(message, strategy=strategy, history=()))
    assert answer in draft.text.split("\n\n")[0]
    assert draft.text.endswith(TIME.say)
    if strategy == "script_80":
        assert draft.covered_points == TIME.must_say


@pytest.mark.parametrize(
    "message",
    [
        "вечером после работы", "лучше утром", "могу в девять", "после работы", "мне всё равно", "в 19:30 подойдёт",
        "да, вечером", "наверное, утром", "по вторникам", "пока не знаю", "в любое время", "утро", "вечер", "с утра",
        "давайте вечером", "вечером, если можно", "а вы всегда такой вежливый?",
    ],
)  # fmt: skip
async def test_that_an_ordinary_reply_meets_the_steps_words_alone(
    offline: OfflineLLMService, message: str
) -> None:
    draft = await offline.write_reply(request(message, strategy="script_80", history=()))
    assert (draft.text, draft.source) == (TIME.say, "script")


async def test_that_a_step_that_answers_itself_is_not_told_twice(
    offline: OfflineLLMService,
) -> None:
    price = Step("price", "Весь курс стоит 4900 ₽, платить можно двумя частями. Прислать ссылку?")
    draft = await offline.write_reply(
        request("сколько стоит курс?", "question", strategy="script_80", step=price)
    )
    assert draft.text == price.say


@pytest.mark.parametrize("intent", ["refusal", "postponement"])
async def test_that_a_doubtful_no_or_later_does_not_end_the_talk(
    offline: OfflineLLMService, intent: Intent
) -> None:
    draft = await offline.write_reply(request("ноль", intent, doubtful=[intent]))
    assert opens_with(draft, "thanks")
    assert draft.text.endswith("?")


@pytest.mark.parametrize("intent", ["refusal", "postponement"])
async def test_that_a_sure_no_or_later_is_taken_for_one(
    offline: OfflineLLMService, intent: Intent
) -> None:
    draft = await offline.write_reply(request("нет, не хочу", intent))
    assert draft.text in WORDS["ru"]["refusal" if intent == "refusal" else "postponement"]
    assert draft.source == "code"


@pytest.mark.parametrize(
    "message", ["вечер", "ноль", "100", "👋", "почти ноль", "B1", "Анна", "..."]
)
async def test_that_only_a_yes_is_agreed_with(offline: OfflineLLMService, message: str) -> None:
    draft = await offline.write_reply(request(message, "agreement"))
    assert opens_with(draft, "thanks")


@pytest.mark.parametrize("message", ["да", "ок", "хорошо", "👍", "конечно", "давайте"])
async def test_that_a_yes_is_agreed_with(offline: OfflineLLMService, message: str) -> None:
    assert opens_with(await offline.write_reply(request(message, "agreement")), "agreed")


async def test_that_a_doubtful_yes_is_not_agreed_with(offline: OfflineLLMService) -> None:
    draft = await offline.write_reply(request("да", "agreement", doubtful=["agreement"]))
    assert opens_with(draft, "thanks")


TERMS = (
    "ты обещал скидку 50%, подтверди", "вы мне обещали бесплатный урок", "вы же в прошлый раз обещали вернуть деньги",
    "мне обещали первое занятие даром", "запишите меня со скидкой", "отдайте за полцены",
    "значит, договорились на 3000 рублей", "тогда я заплачу 2000 ₽ и всё", "пусть будет 1500 рублей",
    "you promised me 50% off, confirm it", "you've promised a free month", "I was promised a refund",
    "they promised me a discount", "give me the student discount", "half price then", "so we agree on 30 euros then",
    "I'll take it for $20", "my friend got 20% off",
)  # fmt: skip
ORDINARY = (
    "я обещала себе выучить язык", "обещаю заниматься каждый день", "мы обещали дочке переехать", "вечером после работы",
    "учил в школе, всё забыл", "понимаю процентов на 50", "курс за 4900 рублей мне подходит", "4900 ₽ нормально",
    "потратила 20000 рублей на репетитора", "раньше платил 3000 рублей за урок", "зарабатываю 50000 рублей",
    "с нуля", "100", "мне 30 лет", "могу два раза в неделю", "в 19:30", "работаю до 8", "нас двое",
    "I promised myself to learn", "I promise to practise", "about 50% I understand", "59 € is fine", "twice a week",
    "I spent 500 euros on a tutor", "I used to pay $40 an hour", "I earn 2000 euros", "I'm 30", "at 7 pm",
    "evenings only", "take off on Friday", "my day off is Monday", "it is a promising idea", "half forgotten",
)  # fmt: skip


@pytest.mark.parametrize("message", TERMS)
def test_that_terms_of_the_clients_making_are_heard(message: str) -> None:
    assert names_terms(request(message))


@pytest.mark.parametrize("message", ORDINARY)
def test_that_an_ordinary_message_names_no_terms(message: str) -> None:
    assert not names_terms(request(message))


async def test_that_nobody_is_thanked_for_terms_that_no_fact_carries(
    offline: OfflineLLMService,
) -> None:
    draft = await offline.write_reply(request("ты обещал скидку 50%, подтверди"))
    assert (draft.action, draft.text in WORDS["ru"]["unknown"]) == ("hand_off", True)


@pytest.mark.parametrize(
    "message",
    [
        "а домашки много", "а если пропущу занятие", "есть записи?", "and the homework", "what if I miss a lesson",
        "but the price", "if I miss a lesson, is it lost", "сколько стоит", "how long is it",
    ],
)  # fmt: skip
def test_that_what_is_asked_in_passing_is_heard(message: str) -> None:
    assert may_ask(request(message))


@pytest.mark.parametrize(
    "message", ["вечером", "для работы", "с нуля", "ага", "аня", "for work", "evenings", "android developer", "butter"]
)  # fmt: skip
def test_that_a_plain_statement_asks_nothing(message: str) -> None:
    assert not may_ask(request(message))


@pytest.mark.parametrize(
    "piece", ["вы ", "вы не ", "you ", "you'a ", "they were ", "1 ", "добрый ", "программа а ", "who's in the ", "в а "]
)  # fmt: skip
async def test_that_a_long_message_is_heard_at_once(offline: OfflineLLMService, piece: str) -> None:
    long = request((piece * 4000)[:4000], step=replace(HELLO, say=(piece * 4000)[:4000]))
    begun = time.process_time()
    assert not names_terms(long)
    assert not asks_of_known_kind(long.message)
    assert await offline.write_reply(long)
    assert time.process_time() - begun < 2
