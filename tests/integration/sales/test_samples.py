"""The scripts that come with Candor work offline, from hello to the study group."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

import candor.sales
from candor.common.clock import FrozenClock
from candor.llm.encoder import UseEncoder
from candor.llm.offline import OfflineLLMService
from candor.sales.answering import AnswerWriter
from candor.sales.parsing import accepted, parse_script
from candor.sales.rehearsal import Rehearsal, script_for_rehearsal
from candor.sales.script_records import Script
from candor.sales.views import BusinessCard

FOLDER = Path(candor.sales.__path__[0]) / "samples"
SALES = ["first-contact", "first-contact-en", "guided-contact", "guided-contact-en"]
LESSONS = ["onboarding-lessons", "onboarding-lessons-en"]
CLOCK = FrozenClock(datetime(2026, 11, 22, 12, tzinfo=UTC))


def sample(name: str) -> Script:
    document = accepted(parse_script((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
    return script_for_rehearsal(document, clock=CLOCK)


@pytest.fixture(scope="module")
def offline() -> OfflineLLMService:
    return OfflineLLMService(UseEncoder())


@pytest.fixture
def rehearsal(offline: OfflineLLMService) -> Rehearsal:
    writer = AnswerWriter(llm=offline, business=BusinessCard("Маяк"))
    return Rehearsal(writer=writer, clock=CLOCK, business="Маяк")


@pytest.mark.parametrize("name", [*SALES, *LESSONS])
def test_that_a_sample_has_no_mistakes_and_no_warnings(name: str) -> None:
    report = parse_script((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    assert (report.problems, report.warnings) == ((), ())


@pytest.mark.parametrize("name", SALES)
def test_that_a_sales_sample_gives_enough_to_go_by(name: str) -> None:
    document = sample(name).document
    assert len(document.steps) >= 6
    assert all(len(step.fits) >= 6 for step in document.steps)
    assert {trigger.action for trigger in document.triggers} == {
        "open_group", "hand_off", "send_invoice", "go_to", "close",
    }  # fmt: skip
    lessons = sample(next(t.script for t in document.triggers if t.script) or "")
    assert (lessons.document.kind, lessons.document.language) == ("education", document.language)


@pytest.mark.parametrize("name", SALES)
async def test_that_the_tests_of_a_sample_pass_offline(name: str, rehearsal: Rehearsal) -> None:
    outcomes = await rehearsal.run_tests(sample(name))
    assert outcomes
    assert [outcome for outcome in outcomes if not outcome.passed] == []


async def test_that_a_chatty_client_is_never_told_the_same_twice_in_a_row(
    rehearsal: Rehearsal,
) -> None:
    said = ["привет", "расскажи анекдот", "расскажи анекдот", "ок", "ок", "ок", "угу", "угу"]
    replies = await rehearsal.try_messages(sample("first-contact"), said)
    assert len(replies) > 3
    assert all(one.answer != next_.answer for one, next_ in pairwise(replies))


async def test_that_several_answers_at_once_skip_their_questions(rehearsal: Rehearsal) -> None:
    said = ["здравствуйте", "для работы, у меня начальный уровень, могу вечером"]
    replies = await rehearsal.try_messages(sample("first-contact"), said)
    assert [reply.stage for reply in replies] == ["greeting", "program"]


async def test_that_a_dialogue_that_opens_with_the_price_finds_into_the_script(
    rehearsal: Rehearsal,
) -> None:
    said = ["Здравствуйте! Сколько стоит обучение?", "ясно, спасибо"]
    replies = await rehearsal.try_messages(sample("first-contact"), said)
    assert [reply.stage for reply in replies] == ["price", "greeting"]
    assert "4900" in replies[0].answer


async def test_that_a_minor_is_handed_to_a_person(rehearsal: Rehearsal) -> None:
    replies = await rehearsal.try_messages(sample("first-contact"), ["мне 15 лет", "ау"])
    assert [reply.action for reply in replies] == ["hand_off"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("first-contact", ["привет", "для путешествий", "дорого", "ну ладно, давайте"]),
        ("first-contact-en", ["hi", "for travelling", "that's expensive", "okay, send it"]),
    ],
)
async def test_that_an_objection_can_end_in_an_agreement(
    rehearsal: Rehearsal, name: str, said: list[str]
) -> None:
    replies = await rehearsal.try_messages(sample(name), said)
    assert [reply.stage for reply in replies][:3] == ["greeting", "need", "price"]
    assert replies[-1].action == "open_group"


INVITED = {
    "first-contact": ["здравствуйте", "для работы", "с нуля", "вечером", "всё понятно"],
    "first-contact-en": ["hi", "for work", "from zero", "evenings", "clear", "sounds good"],
}
"""As far as the invitation to the group."""
PLAIN_YES = {
    "first-contact": [
        "да",
        "Да!",
        "конечно",
        "ну да",
        "ладно",
        "ок",
        "+",
        "👍",
        "угу",
        "не против",
    ],
    "first-contact-en": ["yes", "sure", "ok", "of course", "sounds good", "yes thanks", "go ahead"],
}
NO_YES = {
    "first-contact": [
        "да, но позже", "да нет, наверное", "а когда начинаются группы?", "понятно, спасибо",
        "это точно бесплатно?", "давайте тогда за 1000 рублей", "может позже",
    ],
    "first-contact-en": [
        "yes, but later", "when do evening groups start?", "so we agree on 30 euros then",
        "you'll want my credit card for the free group right?", "let's talk next month",
    ],
}  # fmt: skip
PUT_OFF = {
    "first-contact": ["сейчас в отпуске, вернусь 15го и напишу", "может позже", "забудьте"],
    "first-contact-en": ["I'm on leave until the 20th, will come back then", "fine, later"],
}


def each(said: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, words) for name, lines in said.items() for words in lines]


@pytest.mark.parametrize(("name", "said"), each(PLAIN_YES))
async def test_that_any_plain_yes_to_the_invitation_opens_the_group(
    rehearsal: Rehearsal, name: str, said: str
) -> None:
    replies = await rehearsal.try_messages(sample(name), [*INVITED[name], said])
    assert (replies[-1].stage, replies[-1].action) == ("invite", "open_group")


@pytest.mark.parametrize(("name", "said"), each(NO_YES))
async def test_that_a_question_a_price_of_his_own_or_a_later_opens_no_group(
    rehearsal: Rehearsal, name: str, said: str
) -> None:
    replies = await rehearsal.try_messages(sample(name), [*INVITED[name], said])
    assert replies[-1].action != "open_group"


@pytest.mark.parametrize(("name", "said"), each(PUT_OFF))
async def test_that_nobody_who_puts_off_is_led_to_the_next_step(
    rehearsal: Rehearsal, name: str, said: str
) -> None:
    replies = await rehearsal.try_messages(sample(name), [*INVITED[name][:2], said])
    assert replies[-1].stage in (replies[-2].stage, "later")
    assert replies[-1].strategy == "free_20" or "lead_back" in replies[-1].reasons[-1]


@pytest.mark.parametrize(
    ("name", "said"),
    [("first-contact", ["здравствуйте", "с нуля"]), ("first-contact-en", ["hello", "from zero"])],
)
async def test_that_a_step_jumped_to_is_asked_with_its_choices(
    rehearsal: Rehearsal, name: str, said: list[str]
) -> None:
    reply = (await rehearsal.try_messages(sample(name), said))[-1]
    assert reply.stage == "rhythm"
    assert "9:00" in reply.answer
    assert "19:30" in reply.answer


@pytest.mark.parametrize(
    ("name", "begins", "asked", "answer"),
    [
        ("first-contact", ["здравствуйте", "для работы"], "а домашки много", "минут на пятнадцать"),
        ("first-contact", ["здравствуйте", "для работы"], "а преподаватель носитель?", "не носитель"),
        ("first-contact", ["здравствуйте", "для работы"], "а если пропущу занятие", "посмотреть запись"),
        ("first-contact", ["здравствуйте", "для работы"], "сертификат выдаёте?", "справку"),
        ("first-contact", ["здравствуйте", "для работы"], "а программу ставить надо?", "ничего ставить не надо"),
        ("guided-contact", ["здравствуйте"], "деньги вернёте?", "деньги возвращают"),
        ("first-contact-en", ["hello", "for work"], "is the teacher a native speaker?", "no native speaker"),
        ("first-contact-en", ["hello", "for work"], "what if I miss a lesson", "watch the recording"),
        ("first-contact-en", ["hello", "for work"], "does she need to install anything?", "nothing to install"),
        ("first-contact-en", ["hello", "for work"], "can I get my money back?", "returned in full"),
        ("first-contact-en", ["hello", "for work"], "how much homework is there?", "fifteen minutes"),
        ("first-contact-en", ["hello", "for work"], "do you guarantee I'll be fluent?", "not promise you a result"),
        ("guided-contact-en", ["hello"], "do you give a certificate?", "note of attendance"),
    ],
)  # fmt: skip
async def test_that_a_question_is_answered_although_the_message_fits_the_step(
    rehearsal: Rehearsal, name: str, begins: list[str], asked: str, answer: str
) -> None:
    reply = (await rehearsal.try_messages(sample(name), [*begins, asked]))[-1]
    assert answer in reply.answer
    assert reply.answer.endswith("?")
    assert reply.action != "hand_off"
