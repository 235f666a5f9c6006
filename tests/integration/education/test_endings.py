"""The end of the lessons: a note without a grade, an open question, and no offer that nobody asked for."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.integration.education.conftest import BORIS, STEPS, TEACHER, VERA, Stage

from candor.common.ids import TelegramChatId
from candor.education.lesson import LessonStep

SOON = timedelta(seconds=10)


async def completed(stage: Stage) -> None:
    await stage.at_task()
    await stage.say("Меня зовут Вера, я из Твери")
    await stage.pass_time(timedelta(days=1, hours=12))
    await stage.say("Встаю рано, пью чай, работаю, гуляю")
    await stage.pass_time(timedelta(minutes=5))
    assert (await stage.group()).status == "completed"


async def test_that_feedback_is_kept_for_a_person_and_thanked_once(stage: Stage) -> None:
    await completed(stage)
    await stage.say("Примеры помогли, а про день было скучно")
    await stage.pass_time(SOON)
    assert "прочтёт человек" in (await stage.in_group())[-1]
    assert (await stage.why("скучно"))[1] == "feedback on the lessons: a person reads it"
    (event,) = await stage.rows("SELECT kind FROM user_activity_log WHERE kind = 'group.feedback'")
    assert event
    before = len(stage.telegram.sent)
    await stage.say("и спасибо")
    await stage.pass_time(SOON)
    assert len(stage.telegram.sent) == before
    assert not any("зачёт" in text for text in await stage.in_group())


async def test_that_nothing_is_offered_before_the_client_wants_it(stage: Stage) -> None:
    await completed(stage)
    await stage.pass_time(timedelta(days=30))
    assert "только если вы этого хотите" in (await stage.in_group())[-1]
    private = len(stage.to_vera())
    assert await stage.rows("SELECT 1 FROM user_consents WHERE purpose = 'marketing'") == []

    assert "не к вам" in await stage.press("candor:next:yes", by=BORIS)
    assert "предлагать ничего не будем" in await stage.press("candor:next:no")
    assert await stage.rows("SELECT 1 FROM user_consents WHERE purpose = 'marketing'") == []

    assert "Человек напишет" in await stage.press("candor:next:yes")
    await stage.press("candor:next:yes")
    await stage.pass_time(SOON)

    (consent,) = await stage.rows("SELECT * FROM user_consents WHERE purpose = 'marketing'")
    assert "Рассказать, что бывает после этих занятий?" in consent["text"]
    (conversation,) = await stage.rows("SELECT handling FROM client_conversations")
    assert conversation["handling"] == "human"
    assert len(stage.to_vera()) == private + 1

    await stage.press("candor:next:no")
    (consent,) = await stage.rows("SELECT * FROM user_consents WHERE purpose = 'marketing'")
    assert consent["withdrawn_at"] is not None


async def test_that_a_script_without_tasks_ends_by_itself_and_counts_none(stage: Stage) -> None:
    stories = tuple(replace(step, task="", reactions=(), send_at="") for step in STEPS)
    stage.lessons.script = replace(stage.lessons.script, steps=stories)
    await stage.active()
    await stage.pass_time(timedelta(minutes=30))
    assert (await stage.group()).status == "completed"
    note = (await stage.in_group())[-1]
    assert "без оценки" in note
    assert "сдано заданий" not in note


async def test_that_who_leaves_after_the_end_keeps_the_completion(stage: Stage) -> None:
    await completed(stage)
    await stage.move(VERA, before="member", after="left")
    assert (await stage.group()).status == "completed"


async def test_that_a_client_who_finished_may_begin_anew(stage: Stage) -> None:
    await completed(stage)
    first = (await stage.group()).chat_id
    await stage.pool.register(account_id=TEACHER, chat_id=TelegramChatId(-100_002))
    await stage.agree()
    await stage.pass_time(SOON)
    group = await stage.group()
    assert (group.status, group.step) == ("awaiting_client", None)
    assert group.chat_id != first


@pytest.mark.parametrize("steps", [(), (LessonStep(key="one", say="Один рассказ."),)])
async def test_that_a_short_script_does_not_hang(
    stage: Stage, steps: tuple[LessonStep, ...]
) -> None:
    stage.lessons.script = replace(stage.lessons.script, steps=steps)
    await stage.active()
    await stage.pass_time(timedelta(hours=1))
    assert (await stage.group()).status == "completed"
