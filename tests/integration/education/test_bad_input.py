"""What goes wrong in a group: it is deleted, the bot loses rights, huge files, nights, a `/stop`."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.integration.education.conftest import (
    BORIS,
    PARTNERS,
    STEPS,
    TEACHER,
    VERA,
    Stage,
)
from tests.integration.education.test_pool import ALL_RIGHTS

from candor.common.errors import ConflictError, InvalidInputError
from candor.common.ids import TelegramChatId
from candor.common.paging import Cut
from candor.education import troubles
from candor.education.lesson import DoneRule
from candor.messaging.gateway import ChatClosedError
from candor.telegram import ports as edge

SOON = timedelta(seconds=10)


async def our_place(stage: Stage, after: str, rights: frozenset[str] = frozenset()) -> None:
    us = edge.Person(VERA, "bot", is_bot=True)
    await stage.room.receive_membership(
        edge.Membership(
            account_id=TEACHER,
            chat_id=await stage.chat(),
            chat_type="supergroup",
            chat_title="",
            chat_username=None,
            person=us,
            by=us,
            before="administrator",
            after=after,  # type: ignore[arg-type]
            at=stage.clock.now(),
            is_us=True,
            rights=rights,
        )
    )


@pytest.mark.parametrize("after", ["kicked", "member"])
async def test_that_a_lost_place_stops_the_lessons_until_it_is_back(
    stage: Stage, after: str
) -> None:
    await stage.active()
    await our_place(stage, after)
    await our_place(stage, after)
    sent = len(await stage.in_group())
    await stage.pass_time(timedelta(hours=2))
    assert len(await stage.in_group()) == sent
    assert [text for text in stage.to_vera() if "больше не могу писать" in text] == [
        stage.to_vera()[-1]
    ]
    assert (await stage.group()).trouble in troubles.LOST
    assert len([kind for kind, _ in stage.notices.told if kind == "group_trouble"]) == 1
    assert await stage.reader.stuck_count() == 1

    await our_place(stage, "administrator", ALL_RIGHTS)
    await stage.pass_time(timedelta(minutes=10))
    assert (await stage.group()).trouble == ""
    assert any("Напишите три фразы" in text for text in await stage.in_group())


async def test_that_a_deleted_group_is_noticed_by_the_first_refusal(stage: Stage) -> None:
    await stage.active()
    stage.telegram.faults.append(ChatClosedError("chat not found"))
    await stage.pass_time(timedelta(hours=5))
    group = await stage.group()
    assert group.trouble == troubles.UNREACHABLE
    assert "больше не могу писать" in stage.to_vera()[-1]
    alerts = await stage.rows("SELECT details FROM user_activity_log WHERE kind LIKE 'alert.%%'")
    assert len(alerts) == 1


async def test_that_the_client_goes_on_in_another_group(stage: Stage) -> None:
    old = await stage.at_task()
    await our_place(stage, "kicked")
    await stage.pool.register(account_id=TEACHER, chat_id=TelegramChatId(-100_009))
    await stage.steering.move(old.id)
    await stage.pass_time(SOON)

    group = await stage.group()
    assert (group.id != old.id, group.chat_id, group.status) == (True, -100_009, "awaiting_client")
    await stage.join()
    await stage.pass_time(timedelta(minutes=2))
    assert (await stage.group()).step == "hello"
    assert sum("Напишите три фразы" in text for text in await stage.in_group()) == 1
    assert not any("дежурил смотритель" in text for text in await stage.in_group())


@pytest.mark.parametrize("kind", ["voice", "video_note", "document", "photo"])
async def test_that_a_task_is_handed_in_by_any_medium_that_is_never_fetched(
    stage: Stage, kind: str
) -> None:
    """Also a file of 2 GB: only what it is gets stored."""
    any_answer = replace(STEPS[1], done_when=DoneRule(min_words=3))
    stage.lessons.script = replace(stage.lessons.script, steps=(STEPS[0], any_answer, STEPS[2]))
    await stage.at_task()
    await stage.say("", kind=kind)
    await stage.pass_time(SOON)
    assert "Получено, спасибо" in (await stage.in_group())[-1]
    assert [m.kind for m in await stage.messages() if m.is_submission] == [kind]


async def test_that_a_photo_is_no_answer_where_a_voice_is_asked_for(stage: Stage) -> None:
    only_voice = replace(STEPS[1], done_when=DoneRule(media=("voice",)))
    stage.lessons.script = replace(stage.lessons.script, steps=(STEPS[0], only_voice, STEPS[2]))
    await stage.at_task()
    await stage.say("", kind="photo")
    await stage.pass_time(SOON)
    assert (await stage.group()).task_done_at is None


async def test_that_a_question_at_night_is_answered_and_the_lesson_waits(stage: Stage) -> None:
    await stage.at_task()
    await stage.say("Меня зовут Вера, я из Твери")
    await stage.until(0, days=1)  # three in the night in Moscow
    before = len(stage.telegram.sent)
    await stage.say("Можно прислать голосовое?")
    await stage.pass_time(timedelta(minutes=5))
    assert len(stage.telegram.sent) == before + 1
    assert (await stage.group()).step == "hello"


async def test_that_stop_withdraws_what_the_partners_were_about_to_say(stage: Stage) -> None:
    """Nothing of it waits for ever: no lane looks at it again."""
    await stage.active()
    await stage.pass_time(timedelta(seconds=62))
    assert any("три фразы" in text for text in await stage.in_group())
    await stage.say("/stop")
    await stage.pass_time(timedelta(days=3))

    assert {one.account for one in stage.telegram.sent} == {TEACHER}
    rows = await stage.rows("SELECT DISTINCT status FROM outbox WHERE label = 'partner'")
    assert [row["status"] for row in rows] == ["cancelled"]
    due = await stage.rows(
        "SELECT kind, key FROM lanes WHERE status = 'waiting' AND kind <> 'sales.answer_client'"
    )
    assert due == []
    assert {m.delivery for m in await stage.messages() if m.sender_type == "partner"} == {
        "cancelled"
    }


async def test_that_nobody_answers_in_a_stopped_group_until_the_client_says_yes(
    stage: Stage,
) -> None:
    group = await stage.at_task()
    await stage.say("/stop")
    await stage.pass_time(SOON)
    with pytest.raises(ConflictError, match="/stop"):
        await stage.steering.pause(group.id, is_paused=False)
    before = len(await stage.in_group())
    await stage.say("Можно прислать голосовое?")
    await stage.pass_time(timedelta(days=1))
    assert len(await stage.in_group()) == before
    assert await stage.why("голосовое") == ("nobody", "the lessons are paused")

    await stage.inbox.receive(stage._message("/start", by=VERA, chat=int(VERA)))
    await stage.agree()
    await stage.pass_time(SOON)

    assert "Продолжаем занятия" in stage.to_vera()[-1]
    await stage.say("Меня зовут Вера, я из Твери")
    await stage.pass_time(SOON)
    assert "Получено" in (await stage.in_group())[-1]


async def test_that_a_pause_holds_words_back_and_going_on_sends_them_at_once(
    stage: Stage,
) -> None:
    group = await stage.active()
    await stage.pass_time(timedelta(seconds=62))
    await stage.steering.pause(group.id, is_paused=True)
    before = len(stage.telegram.sent)
    await stage.pass_time(timedelta(days=2))
    assert len(stage.telegram.sent) == before
    await stage.steering.pause(group.id, is_paused=False)
    await stage.pass_time(timedelta(minutes=3))
    said = [one.account for one in stage.telegram.sent[before:] if one.account != TEACHER]
    assert said == [partner.account_id for partner in PARTNERS]


async def test_that_a_jump_is_led_at_once_and_not_tomorrow(stage: Stage) -> None:
    group = await stage.at_task()
    await stage.steering.jump(group.id, "day")
    await stage.pass_time(timedelta(minutes=1))
    assert (await stage.group()).step == "day"
    with pytest.raises(InvalidInputError, match="It has: story, hello, day"):
        await stage.steering.jump(group.id, "nowhere")


async def test_that_a_script_that_is_gone_is_told_once(stage: Stage) -> None:
    await stage.active()
    stage.lessons.script = replace(stage.lessons.script, key="another")
    await stage.pass_time(timedelta(hours=3))
    assert (await stage.group()).trouble == troubles.NO_SCRIPT
    assert len([kind for kind, _ in stage.notices.told if kind == "group_trouble"]) == 1

    group = await stage.group()
    await stage.steering.change_script(group.id, "another")
    await stage.pass_time(timedelta(seconds=20))
    group = await stage.group()
    assert (group.trouble, group.step, group.script_key) == ("", "story", "another")


async def test_that_a_silent_client_is_shown_as_stuck(stage: Stage) -> None:
    await stage.at_task()
    await stage.pass_time(timedelta(days=1, hours=1))
    assert await stage.reader.stuck_count() == 0
    await stage.pass_time(timedelta(days=5))
    page = await stage.reader.page(is_stuck=True, cut=Cut(limit=10))
    assert [view.stuck_because for view in page.items] == [
        "The client does not answer; the last reminder was sent."
    ]


async def test_that_progress_tells_each_step(stage: Stage) -> None:
    await stage.at_task()
    steps = await stage.reader.progress(await stage.group())
    assert [(step.key, step.state) for step in steps] == [
        ("story", "done"), ("hello", "open"), ("day", "ahead"),
    ]  # fmt: skip
    await stage.say("Меня зовут Вера, я из Твери")
    await stage.pass_time(SOON)
    steps = await stage.reader.progress(await stage.group())
    assert [step.state for step in steps] == ["done", "done", "ahead"]
    assert steps[1].done_at is not None


@pytest.mark.parametrize("words", ["/delete", "удалите мои данные"])
async def test_that_an_erasure_asked_for_in_the_group_is_confirmed_in_private(
    stage: Stage, words: str
) -> None:
    await stage.at_task()
    before = len(stage.to_vera())
    await stage.say(words)
    await stage.pass_time(SOON)
    assert "подтвердите там" in (await stage.in_group())[-1]
    assert len(stage.to_vera()) == before + 1
    assert await stage.why(words) == ("code", "/delete")

    await stage.press_in_dialogue("candor:delete:yes")
    sent = len(stage.telegram.sent)
    await stage.pass_time(timedelta(days=5))
    assert len(stage.telegram.sent) == sent
    assert await stage.rows("SELECT 1 FROM group_messages") == []


async def test_that_another_persons_erasure_takes_their_words_out_of_the_group(
    stage: Stage,
) -> None:
    await stage.at_task()
    await stage.join(BORIS, "Борис")
    await stage.say("это сказал Борис", by=BORIS)
    await stage.inbox.receive(stage._message("здравствуйте", by=BORIS, chat=int(BORIS)))
    await stage.press_in_dialogue("candor:delete:yes", by=BORIS)
    assert not [m for m in await stage.messages() if "сказал Борис" in m.text]
    assert (await stage.group()).status == "active"
