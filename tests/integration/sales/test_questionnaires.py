"""A client is asked questions, with buttons and in words, and the script goes on from the answers."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from candor.common.errors import ConflictError, InvalidInputError
from candor.common.ids import ClientId, QuestionnaireId
from candor.common.lanes import Lane
from candor.messaging.lanes import FOLLOW_UP

QUESTIONS = """# заметка автора
key: level
title: Уровень
language: ru
intro: "{{ client.first_name }}, несколько вопросов."
questions:
  - key: level
    ask: Какой у вас уровень?
    options:
      - {label: С нуля, value: zero, also: [ничего не знаю], to: budget}
      - {label: Уже говорю, value: speaking}
    next: [{when: default, to: fear}]
  - key: fear
    ask: Что мешает?
    options: [{label: Слова}, {label: Страх}]
    optional: true
  - key: budget
    ask: Сколько готовы тратить?
    hint: Подойдёт круглое число.
    number: {min: 100, max: 50000, unit: ₽}
  - key: notes
    ask: Что ещё важно?
    text: {max_length: 40}
    optional: true
results:
  - {when: "answers.budget < 5000", set: {plan: small}}
  - {when: "answers.level == 'zero'", set: {words: с нуля}, script: gentle}
finish: "Спасибо, {{ client.first_name }}."
"""
GENTLE = """
key: gentle
kind: sales
title: Для начинающих
language: ru
steps:
  - key: hello
    say: "Начнём {{ client.diagnosis.words }}, бюджет {{ client.diagnosis.budget }}. Когда удобно?"
    fits: [вечером]
    next:
      - {when: "client.diagnosis.plan == 'small'", to: small}
      - {when: default, to: large}
  - {key: small, say: Тогда бесплатная группа. Хорошо?}
  - {key: large, say: Тогда курс. Хорошо?}
"""
ASKING = """
key: asking
kind: sales
title: Со встроенным опросом
language: ru
steps:
  - key: welcome
    say: Сначала два слова о вас.
    questionnaire: level
    next:
      - {when: "client.diagnosis.level == 'speaking'", to: talk}
      - {when: default, to: offer}
  - {key: talk, say: "Раз вы уже говорите, начнём с разговора. Хорошо?"}
  - {key: offer, say: Предлагаю начать с азов. Хорошо?}
"""


@pytest.fixture
async def asking(shop: Any) -> Any:
    await shop.scripts.import_script(GENTLE, author="test")
    await shop.questionnaires.import_(QUESTIONS, author="test")
    return shop


async def results(shop: Any) -> list[Any]:
    return await shop.rows("SELECT * FROM diagnostic_results ORDER BY id")


async def newest(shop: Any) -> str:
    await shop.deliver()
    return str(shop.telegram.sent[-1].text)


async def test_that_a_link_leads_through_the_questions_to_a_script_that_uses_them(
    asking: Any,
) -> None:
    await asking.write("/start q_level")
    first = await newest(asking)
    assert "Ольга, несколько вопросов." in first
    assert first.endswith("Какой у вас уровень?")
    assert "ИИ" in first, "a question is labelled like any other message"
    assert asking.buttons() == ["С нуля", "Уже говорю", "Без опроса"]

    await asking.press("С нуля")
    assert await newest(asking) == "Сколько готовы тратить?"
    assert asking.buttons() == ["← Назад", "Без опроса"]
    await asking.write("тысячи 3, это 3 000 ₽")
    assert "одно число" in await newest(asking)
    await asking.write("3 000 ₽")
    assert await newest(asking) == "Что ещё важно?"
    await asking.write("времени мало")
    assert await newest(asking) == "Спасибо, Ольга."
    await asking.answer()
    assert await newest(asking) == "Начнём с нуля, бюджет 3000. Когда удобно?"
    assert await asking.says("вечером") == "Тогда бесплатная группа. Хорошо?"

    (result,) = await results(asking)
    assert (result["kind"], result["version"]) == ("level", 1)
    assert result["answers"] == {"level": "zero", "budget": 3000, "notes": "времени мало"}
    assert result["result"]["plan"] == "small"
    assert result["result"]["labels"]["level"] == "С нуля"
    said = [m.text for m in (await asking.detail()).messages if m.kind == "answer"]
    assert said == ["С нуля", "тысячи 3, это 3 000 ₽", "3 000 ₽", "времени мало"]


async def test_that_a_step_asks_and_its_ways_on_look_at_the_answers(asking: Any) -> None:
    await asking.scripts.import_script(ASKING, author="test")
    await asking.execute("UPDATE sales_scripts SET archived_at = now() WHERE key = 'first-contact'")
    await asking.execute("UPDATE sales_scripts SET archived_at = now() WHERE key = 'gentle'")
    await asking.write("здравствуйте")
    await asking.answer()
    words = await newest(asking)
    assert words.endswith("Сначала два слова о вас.\n\nКакой у вас уровень?")

    await asking.write("уже говорю")
    assert await newest(asking) == "Что мешает?"
    await asking.press("Пропустить вопрос")
    await newest(asking)
    await asking.write("10 тыс")
    await newest(asking)
    await asking.press("Пропустить вопрос")
    await newest(asking)
    await asking.answer()
    assert "Раз вы уже говорите" in await newest(asking)
    (result,) = await results(asking)
    assert result["answers"] == {"level": "speaking", "fear": None, "budget": 10000, "notes": None}

    # Whoever has answered is not asked again, neither here nor in another script.
    await asking.execute("UPDATE client_conversations SET stage = NULL, script_id = NULL")
    await asking.write("здравствуйте ещё раз")
    await asking.answer()
    assert "Раз вы уже говорите" in (await asking.detail()).messages[-1].text


async def test_that_answers_out_of_range_are_asked_again_kindly(asking: Any) -> None:
    await asking.write("/start q_level")
    await newest(asking)
    await asking.write("средне")
    again = await newest(asking)
    assert "Не узнаю среди вариантов" in again
    assert again.endswith("Какой у вас уровень?")
    await asking.write("1")
    await newest(asking)
    await asking.write("70000")
    outside = await newest(asking)
    assert "от 100 до 50\u202f000 ₽" in outside
    assert "Подойдёт круглое число." in outside
    await asking.write("-200")
    assert "от 100" in await newest(asking)
    await asking.write("300")
    await newest(asking)
    await asking.write("а" * 41)
    assert "40 знаков" in await newest(asking)
    assert await results(asking) == []


async def test_that_back_returns_to_the_question_before_and_forgets_its_branch(
    asking: Any,
) -> None:
    await asking.write("/start q_level")
    await newest(asking)
    await asking.press("Уже говорю")
    await newest(asking)
    await asking.press("Страх")
    assert await newest(asking) == "Сколько готовы тратить?"
    await asking.write("назад")
    assert await newest(asking) == "Что мешает?"
    await asking.press("← Назад")
    assert await newest(asking) == "Какой у вас уровень?"
    assert "← Назад" not in asking.buttons()
    await asking.press("С нуля")
    await newest(asking)
    await asking.write("900")
    await newest(asking)
    await asking.press("Пропустить вопрос")
    await newest(asking)
    (result,) = await results(asking)
    assert result["answers"] == {"level": "zero", "budget": 900, "notes": None}


async def test_that_a_client_may_do_without(asking: Any) -> None:
    await asking.write("/start q_level")
    await newest(asking)
    await asking.press("Без опроса")
    assert "обойдёмся без вопросов" in await newest(asking)
    await asking.answer()
    assert "Зачем вам английский?" in await newest(asking)
    assert await results(asking) == []
    assert (await asking.press("С нуля", within=0)).text == "Этот опрос закончен."


async def test_that_it_is_taken_up_again_after_days(asking: Any) -> None:
    await asking.write("/start q_level")
    await newest(asking)
    await asking.press("С нуля")
    await newest(asking)
    asking.clock.advance(timedelta(days=5))
    await asking.write("2000")
    await newest(asking)
    asking.clock.advance(timedelta(days=9))
    await asking.write("здравствуйте")
    back = await newest(asking)
    assert "Продолжим с того места" in back
    assert back.endswith("Что ещё важно?")
    await asking.press("Пропустить вопрос")
    await newest(asking)
    assert len(await results(asking)) == 1


async def test_that_a_question_of_the_client_goes_first_and_the_run_waits(asking: Any) -> None:
    await asking.write("/start q_level")
    await newest(asking)
    await asking.write("а сколько это стоит?")
    await asking.deliver()
    assert "Опрос подождёт" in asking.telegram.sent[-1].text
    await asking.answer()
    assert "Зачем вам английский" in await newest(asking)
    await asking.write("для работы")
    await asking.answer()
    assert await newest(asking) == "Какой у вас уровень?", "the script's own question"
    await asking.press("С нуля", within=0)
    assert await newest(asking) == "Сколько готовы тратить?"


async def test_that_a_double_tap_and_two_devices_count_once(asking: Any) -> None:
    await asking.write("/start q_level")
    await newest(asking)
    first, second = await asyncio.gather(asking.press("С нуля"), asking.press("Уже говорю"))
    assert sorted([first.text, second.text]) == ["", "Ответ уже принят."]
    assert (await asking.press("С нуля")).text == "Ответ уже принят."
    (run,) = await asking.rows("SELECT * FROM questionnaire_runs")
    assert run["turn"] == 1
    assert len(run["answers"]) == 1
    await asking.deliver()
    assert len(asking.telegram.sent) == 2
    assert [m.text for m in (await asking.detail()).messages if m.kind == "answer"] == [
        run["answers"][0]["label"]
    ]


async def test_that_somebody_elses_button_and_an_invented_one_do_nothing(asking: Any) -> None:
    await asking.write("/start q_level")
    await newest(asking)
    for data in ("q:1:0:7", "q:99:0:0", "q:x", "q:1:0:0:0", "q:1:5:0"):
        assert (await asking.press_data(data)).text
    assert (await asking.press_data("q:1:0:0", person=8)).text
    (run,) = await asking.rows("SELECT * FROM questionnaire_runs")
    assert (run["turn"], run["answers"]) == (0, [])


async def test_that_a_crash_in_the_middle_loses_and_doubles_nothing(
    asking: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies before the commit; Telegram brings the same tap again."""
    await asking.write("/start q_level")
    await newest(asking)

    async def die(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as dying:
        dying.setattr(asking.desk._asking, "ask", die)
        with pytest.raises(RuntimeError):
            await asking.press("С нуля")
    (run,) = await asking.rows("SELECT * FROM questionnaire_runs")
    assert run["turn"] == 0
    assert not [m for m in (await asking.detail()).messages if m.kind == "answer"]

    assert (await asking.press("С нуля")).text == ""
    assert await newest(asking) == "Сколько готовы тратить?"


async def test_that_erasure_in_the_middle_of_a_turn_ends_it(asking: Any) -> None:
    await asking.write("/start q_level")
    await newest(asking)
    await asking.press("С нуля")
    await newest(asking)
    keyboard = asking.telegram.sent[-1].keyboard
    async with asking.units() as unit:
        await unit.erasure.erase(ClientId(1), hashes=[b"x"], now=asking.clock.now())
    assert await asking.rows("SELECT * FROM questionnaire_runs") == []
    answer = await asking.press_data(keyboard[-1][0].data)
    assert "закончен" in answer.text
    assert await asking.rows("SELECT * FROM users") == []
    assert await asking.rows("SELECT * FROM outbox") == []


async def test_that_nothing_is_asked_after_stop_or_while_a_person_answers(asking: Any) -> None:
    await asking.write("/start q_level")
    await newest(asking)
    await asking.write("/stop")
    await asking.deliver()
    count = len(asking.telegram.sent)
    assert "/start" in (await asking.press("С нуля")).text
    await asking.deliver()
    assert len(asking.telegram.sent) == count

    await asking.write("/start")
    assert "Продолжим" in await newest(asking)
    await asking.hand_off.take(1, 3, name="Анна")
    assert "человек" in (await asking.press("С нуля")).text
    await asking.hand_off.give_back(1, 3)
    await asking.press("С нуля")
    assert "Сколько готовы тратить?" in await newest(asking)


async def test_that_a_new_version_is_for_those_who_begin_after_it(asking: Any) -> None:
    await asking.write("/start q_level")
    await newest(asking)
    changed = QUESTIONS.replace("Сколько готовы тратить?", "Каков ваш бюджет?")
    saved = await asking.questionnaires.update(
        QuestionnaireId(1), changed, author="test", expected_version=1
    )
    assert saved.questionnaire.version == 2
    await asking.press("С нуля")
    assert await newest(asking) == "Сколько готовы тратить?"
    await asking.press("Без опроса")
    await asking.write("/start q_level")
    await newest(asking)
    await asking.press("С нуля")
    assert await newest(asking) == "Каков ваш бюджет?"
    with pytest.raises(ConflictError):
        await asking.questionnaires.update(
            QuestionnaireId(1), changed, author="test", expected_version=1
        )


async def test_that_a_questionnaire_with_mistakes_is_not_saved(asking: Any) -> None:
    broken = QUESTIONS.replace("to: fear", "to: level")
    with pytest.raises(InvalidInputError) as refused:
        await asking.questionnaires.import_(broken, author="test")
    assert any("по кругу" in error.message for error in refused.value.errors)
    assert len(await asking.questionnaires.versions(QuestionnaireId(1))) == 1


async def test_that_an_unknown_questionnaire_leaves_the_dialogue_as_it_was(asking: Any) -> None:
    await asking.write("/start q_nowhere_c_12")
    await asking.answer()
    assert "Зачем вам английский?" in await newest(asking)
    assert (await asking.detail()).conversation.origin == "c_12"


async def test_that_somebody_in_danger_is_handed_to_a_person(asking: Any) -> None:
    await asking.write("/start q_level")
    await newest(asking)
    await asking.write("мне 15 лет")
    assert await asking.answer() == "handed_off"


# --- who stops at a question

REMINDER = """follow_up:
  after: 20h
  hours: "10:00-20:00"
  say: "{{ client.first_name }}, вы остановились на этом вопросе."
"""
REMINDED = "вы остановились на этом вопросе"


@pytest.fixture
async def stopped(asking: Any) -> Any:
    """The client has answered one question and stops at the second. It is noon in Moscow."""
    await asking.questionnaires.import_(QUESTIONS + REMINDER, author="test")
    await asking.write("/start q_level")
    await newest(asking)
    await asking.press("С нуля")
    assert await newest(asking) == "Сколько готовы тратить?"
    return asking


async def days_pass(shop: Any, count: int = 1) -> None:
    for _ in range(count):
        shop.clock.advance(timedelta(days=1))
        await shop.follow_ups.remind(Lane(FOLLOW_UP, "1", 0))
        await shop.deliver()


def reminded(shop: Any) -> int:
    return sum(REMINDED in one.text for one in shop.telegram.sent)


async def test_that_who_stops_at_a_question_is_reminded_of_it_once(stopped: Any) -> None:
    await days_pass(stopped, 30)
    assert reminded(stopped) == 1
    said = await newest(stopped)
    assert said.endswith("Ольга, вы остановились на этом вопросе.\n\nСколько готовы тратить?")
    assert "ИИ" in said, "labelled after a day of silence"
    assert stopped.buttons() == ["← Назад", "Без опроса"]
    await stopped.press("← Назад")
    assert (await newest(stopped)).endswith("Какой у вас уровень?")
    await days_pass(stopped, 30)
    assert reminded(stopped) == 1, "once in a dialogue"


async def test_that_an_answer_to_a_reminded_question_counts(stopped: Any) -> None:
    await days_pass(stopped)
    await stopped.write("3000")
    assert (await newest(stopped)).endswith("Что ещё важно?")


async def test_that_a_question_is_not_recalled_at_night_nor_before_its_time(stopped: Any) -> None:
    stopped.clock.advance(timedelta(hours=12))
    await stopped.follow_ups.remind(Lane(FOLLOW_UP, "1", 0))
    stopped.clock.advance(timedelta(hours=9))
    due = await stopped.follow_ups.remind(Lane(FOLLOW_UP, "1", 0))
    await stopped.deliver()
    assert reminded(stopped) == 0
    assert due is not None
    assert due.hour == 7, "ten in the morning in Moscow"


@pytest.mark.parametrize("words", ["/stop", "/human", "без опроса", "а сколько стоит курс?"])
async def test_that_nobody_is_reminded_of_a_question_that_waits_no_more(
    stopped: Any, words: str
) -> None:
    await stopped.write(words)
    await stopped.answer()
    await stopped.deliver()
    await days_pass(stopped, 10)
    assert reminded(stopped) == 0


async def test_that_who_has_answered_everything_is_not_reminded_of_it(stopped: Any) -> None:
    await stopped.write("3000")
    await newest(stopped)
    await stopped.press("Пропустить вопрос")
    await stopped.answer()
    await stopped.deliver()
    await days_pass(stopped, 10)
    assert reminded(stopped) == 0


async def test_that_a_question_of_a_script_is_recalled_by_the_questionnaire(asking: Any) -> None:
    await asking.questionnaires.import_(QUESTIONS + REMINDER, author="test")
    await asking.scripts.import_script(
        ASKING + 'follow_up: {after: 20h, say: "Мы не договорили."}\n', author="test"
    )
    await asking.execute("UPDATE sales_scripts SET archived_at = now() WHERE key <> 'asking'")
    await asking.write("здравствуйте")
    await asking.answer()
    await asking.deliver()
    await days_pass(asking, 10)
    assert reminded(asking) == 1
    assert not any("не договорили" in one.text for one in asking.telegram.sent)
