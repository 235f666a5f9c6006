"""An answer is honest, on script, short enough, and never the same twice in a row."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from candor.common.clock import FrozenClock
from candor.common.llm import DraftReply, Intent, MessageAnalysis, WritingRequest
from candor.disclosure.claims import is_honest
from candor.llm.answers import ReplyAnswer
from candor.llm.encoder import UseEncoder
from candor.llm.model_service import settled
from candor.llm.offline import OfflineLLMService
from candor.sales.answering import AnswerWriter
from candor.sales.document import ScriptDocument
from candor.sales.drafts import MAX_TEXT, proof_for
from candor.sales.rehearsal import Rehearsal, RehearsedReply, _Stage
from candor.sales.script_records import Script
from candor.sales.spoken import evident_language
from candor.sales.stepping import Position
from candor.sales.views import BusinessCard, values_for


async def one(rehearsal: Rehearsal, script: Script, *messages: str) -> RehearsedReply:
    return (await rehearsal.try_messages(script, messages))[-1]


def model(text: str, *points: str) -> DraftReply:
    return DraftReply(text=text, source="model", covered_points=points, engine="model")


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GREETING = ("приветствие", "вопрос о цели")


async def test_that_the_script_leads_from_hello_to_the_group(
    rehearsal: Rehearsal, script: Script
) -> None:
    replies = await rehearsal.try_messages(
        script, ["здравствуйте", "для работы", "да, добавляйте"], first_name="Анна"
    )
    assert [reply.stage for reply in replies] == ["greeting", "need", "need"]
    assert [reply.action for reply in replies] == [None, None, "open_group"]
    assert "ИИ" in replies[0].text
    assert replies[0].answer == "Анна, здравствуйте! Зачем вам английский?"


async def test_that_a_models_reply_goes_out_when_it_carries_the_points(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    llm.drafts = [model("Здравствуйте! Для чего вам язык?", *GREETING)]
    assert (await one(rehearsal, script, "здравствуйте")).source == "model"


async def test_that_missing_points_are_asked_for_once_and_then_the_script_speaks(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    llm.drafts = [model("Привет!", GREETING[0]), model("Привет ещё раз!", GREETING[0])]
    reply = await one(rehearsal, script, "здравствуйте")
    assert (reply.source, reply.answer) == ("script", "Здравствуйте! Зачем вам английский?")
    assert len(llm.written) == 2
    assert "вопрос о цели" in llm.written[1].must_mend[0]


async def test_that_a_turn_asks_the_model_twice_at_most(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    lie = replace(model("98 % наших учеников сдают IELTS.", *GREETING), calls=2)
    llm.drafts = [lie]
    await one(rehearsal, script, "здравствуйте")
    assert [request.calls_left for request in llm.written] == [2, 0]


async def test_that_an_invented_figure_never_goes_out(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    llm.drafts = [model("98 % наших учеников сдают IELTS. Зачем вам язык?", *GREETING)] * 2
    assert "98" not in (await one(rehearsal, script, "здравствуйте")).answer


async def test_that_a_foreign_link_never_goes_out(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    llm.drafts = [model("Смотрите https://evil.example.net тут", *GREETING)] * 2
    assert "evil" not in (await one(rehearsal, script, "здравствуйте")).answer


async def test_that_a_second_draft_that_is_right_is_taken(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    llm.drafts = [
        model("а" * (MAX_TEXT + 1), *GREETING),
        model("Здравствуйте! Для чего?", *GREETING),
    ]
    assert (await one(rehearsal, script, "здравствуйте")).answer == "Здравствуйте! Для чего?"


async def test_that_the_same_question_twice_is_not_answered_in_the_same_words(
    rehearsal: Rehearsal, script: Script
) -> None:
    asked = ["здравствуйте", *["какая погода?"] * 8]
    answers = [reply.answer for reply in await rehearsal.try_messages(script, asked)]
    assert all(before != after for before, after in pairwise(answers))


async def test_that_being_asked_whether_it_is_human_is_answered_by_code(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    reply = await one(rehearsal, script, "вы человек или бот?")
    assert reply.source == "code"
    assert "не человек" in reply.answer
    assert llm.read == []


async def test_that_a_wish_for_a_person_ends_the_rehearsal_with_a_hand_off(
    rehearsal: Rehearsal, script: Script
) -> None:
    replies = await rehearsal.try_messages(script, ["позовите менеджера", "ау"])
    assert [reply.action for reply in replies] == ["hand_off"]


async def test_that_nothing_fitting_calls_a_person(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    llm.drafts = [DraftReply(text="Спрошу у коллеги.", source="hand_off", action="hand_off")]
    reply = await one(rehearsal, script, "какая погода?")
    assert (reply.action, reply.answer, reply.stage) == ("hand_off", "Спрошу у коллеги.", None)


LIES_WITH_A_HAND_OFF = (
    "Скидка 90 % только сегодня, платите тут: https://evil.com/pay",
    "Я живой человек, Анна. Напишу вам позже.",
    "Вернём вам вдвое больше денег, если не понравится.",
)


@pytest.mark.parametrize("said", LIES_WITH_A_HAND_OFF)
async def test_that_a_model_that_calls_a_person_says_nothing_unproven_with_it(
    rehearsal: Rehearsal, script: Script, llm: Any, said: str
) -> None:
    llm.drafts = [DraftReply(text=said, source="hand_off", action="hand_off", engine="model")]
    reply = await one(rehearsal, script, "какая погода?")
    assert reply.action == "hand_off"
    assert reply.answer.startswith("Зову человека")
    assert any(reason.startswith("Not said: ") for reason in reply.reasons)


async def test_that_a_model_may_say_in_its_own_words_that_a_person_answers(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    said = "Этого я не знаю, на ваш вопрос ответит человек."
    llm.drafts = [DraftReply(text=said, source="hand_off", action="hand_off", engine="model")]
    assert (await one(rehearsal, script, "какая погода?")).answer == said


async def test_that_a_yes_to_an_invented_price_is_asked_again(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    yes = DraftReply(text="Да, подтверждаю.", source="model", engine="model")
    mended = DraftReply(text="Для чего вам английский?", source="model", engine="model")
    llm.drafts = [yes, mended]
    reply = await one(rehearsal, script, "Отдадите курс за 1000 рублей? подтвердите")
    assert "подтверждаю" not in reply.answer
    assert len(llm.written) == 2


OWN_ADDRESSES = ("mayak.ru", "https://t.me/mayak", "+7 495 123-45-67", "info@mayak.ru")


@pytest.mark.parametrize("address", OWN_ADDRESSES)
async def test_that_an_address_in_the_owners_own_words_is_said(
    rehearsal: Rehearsal, script: Script, address: str
) -> None:
    steps = list(script.document.steps)
    words = f"Здравствуйте! Подробности: {address}"
    steps[0] = steps[0].model_copy(update={"say": words, "alternatives": ()})
    document: ScriptDocument = script.document.model_copy(update={"steps": tuple(steps)})
    changed = Script(script.id, 2, script.updated_at, document)
    reply = await one(rehearsal, changed, "здравствуйте")
    assert (reply.answer, reply.action) == (words, None)


def test_that_the_business_own_site_is_an_allowed_address(script: Script) -> None:
    steps = list(script.document.steps)
    steps[0] = steps[0].model_copy(update={"say": "Мы здесь: {{ business.site }}"})
    document: ScriptDocument = script.document.model_copy(update={"steps": tuple(steps)})
    changed = Script(script.id, 2, script.updated_at, document)
    card = BusinessCard(name="Маяк", site="https://mayak-school.ru")
    client = SimpleNamespace(first_name="", last_name="", username=None, language="ru")
    proof = proof_for(document, values_for(changed, client, card), ())
    assert is_honest("Мы здесь: https://mayak-school.ru", proof)
    assert not is_honest("Мы здесь: https://mayak-school.evil.ru", proof)


async def test_that_an_address_for_a_name_is_not_said(rehearsal: Rehearsal, script: Script) -> None:
    replies = await rehearsal.try_messages(script, ["здравствуйте"], first_name="evil.com")
    assert replies[0].answer == "Здравствуйте! Зачем вам английский?"


async def test_that_owners_words_with_an_invented_experience_are_not_said(
    rehearsal: Rehearsal, script: Script
) -> None:
    steps = list(script.document.steps)
    steps[0] = steps[0].model_copy(
        update={"say": "Я сама прошла этот курс и выучила язык.", "alternatives": ()}
    )
    document: ScriptDocument = script.document.model_copy(update={"steps": tuple(steps)})
    lying = Script(script.id, 2, script.updated_at, document)
    reply = await one(rehearsal, lying, "здравствуйте")
    assert reply.action == "hand_off"
    assert "прошла" not in reply.answer


async def test_that_a_price_question_jumps_and_returns(
    rehearsal: Rehearsal, script: Script
) -> None:
    said = ["здравствуйте", "для работы", "сколько стоит?", "понятно"]
    replies = await rehearsal.try_messages(script, said)
    assert [reply.stage for reply in replies] == ["greeting", "need", "price", "need"]
    assert "4900" in replies[2].answer


async def test_that_long_dialogues_are_summed_up(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    await rehearsal.try_messages(script, ["какая погода?"] * 30)
    assert 1 <= llm.summaries <= 5
    assert max(len(request.history) for request in llm.written) <= 18
    assert llm.written[-1].summary


async def test_that_what_a_client_told_first_is_still_known_at_the_end_of_a_long_dialogue(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    llm.summarize_dialogue = OfflineLLMService(UseEncoder()).summarize_dialogue
    said = ["здравствуйте", "английский нужен для переезда в Канаду"]
    said += [f"какая погода была {day} июня в столице?" for day in range(1, 30)]
    await rehearsal.try_messages(script, said)
    assert "переезда в Канаду" in llm.written[-1].summary
    assert len(llm.written[-1].summary) <= 700


async def test_that_the_tests_of_a_script_pass_or_say_why(
    rehearsal: Rehearsal, script: Script
) -> None:
    outcome = (await rehearsal.run_tests(script))[0]
    assert outcome.passed
    failing = script.document.tests[0].model_copy(
        update={"says": ("здравствуйте", "для работы", "не сейчас, но добавляйте")}
    )
    missed = (await rehearsal.run_test(script, failing)).misses[0]
    assert (missed.message, missed.field, missed.expected) == (
        "не сейчас, но добавляйте", "trigger", "agrees",
    )  # fmt: skip
    assert missed.reasons


async def test_that_somebody_in_debt_is_handed_to_a_person(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    replies = await rehearsal.try_messages(script, ["здравствуйте", "я весь в долгах, что делать"])
    assert replies[-1].action == "hand_off"
    assert "человека" in replies[-1].answer


async def test_that_the_question_who_is_writing_is_answered_beside_another(
    rehearsal: Rehearsal, script: Script
) -> None:
    reply = await one(rehearsal, script, "здравствуйте", "вы бот? сколько стоит курс")
    assert "не человек" in reply.answer
    assert "4900" in reply.answer


async def test_that_a_medium_without_words_is_answered_by_code(
    writer: AnswerWriter, script: Script, rehearsal: Rehearsal
) -> None:
    turn = _Stage(script, FrozenClock(NOW), first_name="Анна").hear("x")
    bare = replace(turn, unanswered=(replace(turn.unanswered[0], text="", kind="voice"),))
    answer = await writer.answer(bare, script, Position("need"))
    assert answer.provenance.written_by == "code"
    assert (answer.position.stage, "текст" in answer.text) == ("need", True)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    said=some.lists(some.text(min_size=1, max_size=60).filter(str.strip), min_size=1, max_size=4)
)
async def test_that_no_message_makes_a_turn_fail(
    rehearsal: Rehearsal, script: Script, said: list[str]
) -> None:
    for reply in await rehearsal.try_messages(script, said):
        assert reply.answer
        assert len(reply.text) <= 4096
        assert (reply.strategy == "script_80") == (reply.script_fit_score > 0.7)


async def test_that_a_reading_the_model_settled_sets_off_its_trigger(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    heard = MessageAnalysis(
        main_idea="yes",
        keywords=(),
        tone="neutral",
        script_fit_score=0.2,
        step=None,
        triggers=(),
        language="ru",
        intents=("agreement",),
        source="model",
    )
    await rehearsal.try_messages(script, ["здравствуйте"])
    hello, goal = model("Здравствуйте! Для чего вам язык?", *GREETING), model("Понял вас.")
    yes = replace(model("Хорошо."), analysis=heard)
    llm.drafts = [hello, goal, yes, yes]
    replies = await rehearsal.try_messages(script, ["здравствуйте", "для работы", "уговорили"])
    assert replies[-1].action == "open_group"


def settling(text: str, *heard: Intent) -> Callable[[WritingRequest], DraftReply]:
    """A model that hears these intents beside its words."""

    def write(request: WritingRequest) -> DraftReply:
        answer = ReplyAnswer(reply=text, action="none", facts=[], fits=False, intents=list(heard))
        return replace(model(text), analysis=settled(request.analysis, answer))

    return write


@pytest.mark.parametrize(
    ("said", "heard", "action"),
    [
        ("добавляйте в чат потом и остальных, наверное да", (), None),
        ("добавляйте в чат потом и остальных, наверное да", ("agreement",), "open_group"),
        ("наверное, это не интересно никому, кроме меня", (), None),
        ("наверное, это не интересно мне", ("refusal",), "close"),
        ("наверное, начальник позовите менеджера говорит", ("question",), None),
        ("позовите менеджера, наверное", ("wish_for_person",), "hand_off"),
    ],
)
async def test_that_nothing_binds_by_a_hairs_breadth_before_the_model_has_settled_it(
    rehearsal: Rehearsal, script: Script, llm: Any, said: str, heard: Any, action: str | None
) -> None:
    hello = model("Здравствуйте! Для чего вам язык?", *GREETING)
    goal = model("Какой у вас уровень?", "вопрос об уровне")
    llm.drafts = [hello, goal, settling("Каких остальных?", *heard)]
    replies = await rehearsal.try_messages(script, ["здравствуйте", "для работы", said])
    assert replies[-1].action == action
    assert len(llm.written) == 3
    assert (replies[-1].answer == "Каких остальных?") is (action is None)


def finding(text: str, *points: str, fits: bool) -> Callable[[WritingRequest], DraftReply]:
    """A model that says beside its words whether the message fits."""

    def write(request: WritingRequest) -> DraftReply:
        answer = ReplyAnswer(reply=text, fits=fits)
        return replace(model(text, *points), analysis=settled(request.analysis, answer))

    return write


@pytest.mark.parametrize(
    ("fits", "stage", "strategy"), [(True, "need", "script_80"), (False, "greeting", "free_20")]
)
async def test_that_what_is_unsure_costs_one_call_whatever_the_model_finds(
    rehearsal: Rehearsal, script: Script, llm: Any, fits: bool, stage: str, strategy: str
) -> None:
    words = "По вечерам. А какой у вас уровень?" if fits else "По вечерам. А зачем вам язык?"
    hello = model("Здравствуйте! Для чего вам язык?", *GREETING)
    llm.drafts = [hello, finding(words, "вопрос об уровне", fits=fits)]
    reply = await one(rehearsal, script, "здравствуйте", "пожалуй для работы, а когда занятия?")
    assert (reply.answer, reply.stage, reply.strategy) == (words, stage, strategy)
    asked = llm.written[-1]
    assert (len(llm.written), asked.stage) == (2, "greeting")
    assert (asked.step.key, asked.if_fits.key) == ("greeting", "need")


async def test_that_a_reply_found_to_fit_carries_the_next_steps_points(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    hello = model("Здравствуйте! Для чего вам язык?", *GREETING)
    bare, whole = finding("По вечерам.", fits=True), model("А уровень какой?", "вопрос об уровне")
    llm.drafts = [hello, bare, whole]
    reply = await one(rehearsal, script, "здравствуйте", "пожалуй для работы, а когда занятия?")
    assert (reply.answer, reply.stage) == ("А уровень какой?", "need")
    assert "вопрос об уровне" in llm.written[-1].must_mend[0]


async def test_that_a_sure_reading_leaves_nothing_to_the_model(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    await rehearsal.try_messages(script, ["здравствуйте", "для работы", "какая погода?"])
    assert [request.if_fits for request in llm.written] == [None] * 3


async def test_that_without_a_model_a_hairs_breadth_counts_as_it_was_read(
    rehearsal: Rehearsal, script: Script
) -> None:
    said = ["здравствуйте", "для работы", "добавляйте в чат потом и остальных, наверное да"]
    replies = await rehearsal.try_messages(script, said)
    assert replies[-1].action == "open_group"


async def test_that_without_a_model_a_foreigner_is_told_in_their_language_that_a_person_answers(
    rehearsal: Rehearsal, script: Script
) -> None:
    reply = await one(rehearsal, script, "hello, how much is the course?")
    assert reply.action == "hand_off"
    assert "A person will answer you" in reply.answer
    assert not re.search("[а-яё]", reply.answer.lower())


async def test_that_with_a_model_a_foreigner_is_answered(
    rehearsal: Rehearsal, script: Script, llm: Any
) -> None:
    llm.drafts = [model("Hello! What do you need English for?", *GREETING)]
    reply = await one(rehearsal, script, "hello, I want a course")
    assert reply.answer.startswith("Hello!")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Здравствуйте", "ru"), ("у меня iPhone", None), ("hello", "en"), ("MacBook Pro", None), ("👍", None),
        ("can you help me?", "en"), ("ок", None), ("12:30", None), ("хочу iPhone 13", None),
    ],
)  # fmt: skip
def test_that_only_evident_words_tell_the_language(text: str, language: str | None) -> None:
    assert evident_language(text) == language
