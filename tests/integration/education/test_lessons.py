"""Script No. 2 in a group: steps by the client's day, partners in order, reminders with an end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import yaml
from tests.integration.education.conftest import BUSINESS, PARTNERS, STEPS, TEACHER, Stage

from candor.bootstrap.samples import sample_sources
from candor.common.errors import ConflictError
from candor.disclosure.claims import Proof
from candor.disclosure.labels import LabelKind, is_labelled
from candor.education.partner import may_say
from candor.messaging.lanes import DELIVER

ANSWER = "Меня зовут Вера, я из Твери"


async def test_that_a_story_is_followed_by_the_task_and_the_task_waits(stage: Stage) -> None:
    await stage.at_task()
    texts = await stage.in_group()
    story = next(i for i, text in enumerate(texts) if "дежурил смотритель" in text)
    task = next(i for i, text in enumerate(texts) if "Напишите три фразы" in text)
    assert story < task

    await stage.pass_time(timedelta(hours=8))

    assert (await stage.group()).step == "hello"
    assert not any("обычный день" in text for text in await stage.in_group())


async def test_that_partners_react_labelled_one_at_a_time_and_in_order(stage: Stage) -> None:
    await stage.at_task()
    said = [one for one in stage.telegram.sent if one.account != TEACHER]
    assert [one.account for one in said] == [partner.account_id for partner in PARTNERS]
    for one, partner in zip(said, PARTNERS, strict=True):
        assert is_labelled(
            one.text,
            LabelKind.PARTNER,
            business=BUSINESS,
            language="ru",
            partner_name=partner.name,
        ), one.text
    assert "Учебный пример. My name is Olga" in said[1].text
    gaps = [b.at - a.at for a, b in pairwise(said)]
    assert all(gap >= timedelta(seconds=40) for gap in gaps)


async def test_that_partners_keep_their_order_after_a_standstill(stage: Stage) -> None:
    """All lanes fall due at once, each partner has its own, and any of them may run first."""
    await stage.active()
    await stage.pass_time(timedelta(seconds=62))
    stage.clock.advance(timedelta(minutes=30))
    due = await stage.due_lanes(DELIVER)
    for kind, key in reversed(due):
        await stage.run_lane(kind, key)
    await stage.pass_time(timedelta(minutes=2))
    said = [one.account for one in stage.telegram.sent if one.account != TEACHER]
    assert said == [partner.account_id for partner in PARTNERS]


async def test_that_a_partner_that_was_stopped_holds_nobody_up(stage: Stage) -> None:
    await stage.active()
    await stage.pass_time(timedelta(seconds=62))
    async with stage.engine.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE telegram_account_sessions SET status = 'paused' WHERE id = 2"
        )
        await connection.exec_driver_sql(
            "DELETE FROM lanes WHERE kind = 'messaging.deliver' AND key ="
            " (SELECT id::text FROM chats WHERE account_id = 2)"
        )
    await stage.pass_time(timedelta(minutes=5))
    said = [one.account for one in stage.telegram.sent if one.account != TEACHER]
    assert said == [PARTNERS[1].account_id, PARTNERS[2].account_id]


async def test_that_a_partner_with_a_story_of_its_own_is_not_sent(stage: Stage) -> None:
    step = STEPS[1]
    invented = replace(step.reactions[0], text="Я прошла этот курс и теперь зарабатываю больше.")
    changed = replace(step, reactions=(invented, *step.reactions[1:]))
    stage.lessons.script = replace(stage.lessons.script, steps=(STEPS[0], changed, STEPS[2]))
    await stage.at_task()
    said = [one.account for one in stage.telegram.sent if one.account != TEACHER]
    assert said == [PARTNERS[1].account_id, PARTNERS[2].account_id]


@pytest.mark.parametrize("how", ["text", "voice"])
async def test_that_a_finished_task_is_received_without_a_grade_and_the_next_day_comes(
    stage: Stage, how: str
) -> None:
    await stage.at_task()
    await (stage.say(ANSWER) if how == "text" else stage.say("", kind="voice"))
    await stage.pass_time(timedelta(seconds=10))

    assert "Получено, спасибо" in (await stage.in_group())[-1]
    assert (await stage.group()).task_done_at is not None
    assert [m.is_submission for m in await stage.messages() if m.sender_id] == [True]

    await stage.pass_time(timedelta(days=1, hours=12))

    day = next(one for one in stage.telegram.sent if "обычный день" in one.text)
    # Tomorrow, 10:00 in Moscow.
    assert day.at.replace(second=0, microsecond=0) == datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


async def test_that_the_clients_own_zone_decides(stage: Stage) -> None:
    await stage.rows("SELECT 1")
    async with stage.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE users SET time_zone = 'Asia/Vladivostok'")
    await stage.prepare()
    await stage.agree()
    await stage.join()
    await stage.pass_time(timedelta(hours=2))  # 21:00 in Vladivostok has come meanwhile
    await stage.say(ANSWER)
    await stage.pass_time(timedelta(days=2))
    day = next(one for one in stage.telegram.sent if "обычный день" in one.text)
    assert day.at.astimezone(UTC).hour == 0  # 10:00 in Vladivostok


async def test_that_reminders_end_and_never_come_at_night(stage: Stage) -> None:
    await stage.at_task()
    await stage.pass_time(timedelta(days=14))

    reminders = [one for one in stage.telegram.sent if "Напоминаю о задании" in one.text]
    assert len(reminders) == 2
    assert all(9 <= one.at.hour + 3 < 21 for one in reminders)
    assert (await stage.group()).status == "active"


async def test_that_the_last_task_ends_the_lessons_without_a_grade(stage: Stage) -> None:
    await stage.at_task()
    await stage.say(ANSWER)
    await stage.pass_time(timedelta(days=1, hours=12))
    await stage.say("Встаю рано, пью чай, работаю, гуляю")
    await stage.pass_time(timedelta(minutes=5))

    note = (await stage.in_group())[-1]
    assert "без оценки" in note
    assert "Вера: группа «Первые шаги», сдано заданий: 2, " in note
    assert ".03.2026." in note
    group = await stage.group()
    assert (group.status, group.step) == ("completed", "day")
    stages = await stage.rows(
        "SELECT stage FROM journey_progress WHERE journey = 'education' ORDER BY id"
    )
    assert [row["stage"] for row in stages] == [
        "invited", "group", "step:story", "step:hello", "done:hello", "step:day", "done:day",
        "task_done",
    ]  # fmt: skip
    before = len(stage.telegram.sent)
    await stage.pass_time(timedelta(days=10))
    assert len(stage.telegram.sent) == before


async def test_that_a_night_waits_for_the_morning(stage: Stage) -> None:
    await stage.prepare()
    await stage.agree()
    await stage.until(23)  # two in the night in Moscow
    await stage.join()
    await stage.pass_time(timedelta(hours=3))
    assert not any("смотритель" in text for text in await stage.in_group())
    await stage.pass_time(timedelta(hours=5))
    story = next(one for one in stage.telegram.sent if "смотритель" in one.text)
    assert story.at.hour + 3 == 9


async def test_that_reactions_that_were_late_wait_for_the_morning_and_hold_no_answer_up(
    stage: Stage,
) -> None:
    """A worker that stood still over the evening: nobody but an answer speaks at night."""
    await stage.active()
    await stage.pass_time(timedelta(seconds=62))
    stage.clock.advance(timedelta(hours=13))  # after midnight in Moscow
    before = len(stage.telegram.sent)
    await stage.say("Можно прислать голосовое?")
    await stage.pass_time(timedelta(minutes=10))
    (answer,) = stage.telegram.sent[before:]
    assert "Голосовое можно записать" in answer.text

    await stage.pass_time(timedelta(hours=12))
    said = [one for one in stage.telegram.sent[before + 1 :] if one.account != TEACHER]
    assert [one.account for one in said] == [partner.account_id for partner in PARTNERS]
    assert all(9 <= (one.at.hour + 3) % 24 < 21 for one in said)


async def test_that_an_operator_pauses_resumes_and_jumps(stage: Stage) -> None:
    group = await stage.active()
    await stage.steering.pause(group.id, is_paused=True)
    await stage.pass_time(timedelta(hours=2))
    assert (await stage.group()).step == group.step
    before = len(stage.telegram.sent)

    await stage.steering.pause(group.id, is_paused=False)
    await stage.steering.jump(group.id, "hello")
    await stage.pass_time(timedelta(minutes=2))

    assert (await stage.group()).step == "hello"
    assert len(stage.telegram.sent) > before

    await stage.steering.jump(group.id, "day")
    await stage.pass_time(timedelta(minutes=2))
    states = {step.key: step.state for step in await stage.reader.progress(await stage.group())}
    assert states == {"story": "done", "hello": "skipped", "day": "open"}


async def test_that_a_changed_script_leads_from_the_next_step_on(stage: Stage) -> None:
    await stage.active()
    changed = replace(STEPS[1], say="Теперь иначе: хватит и двух фраз.")
    stage.lessons.script = replace(
        stage.lessons.script, version=2, steps=(STEPS[0], changed, STEPS[2])
    )
    await stage.pass_time(timedelta(minutes=6))
    assert any("Теперь иначе" in text for text in await stage.in_group())
    assert (await stage.group()).script_version == 2


async def test_that_every_reaction_of_the_samples_is_said() -> None:
    for source in sample_sources():
        document = yaml.safe_load(source)
        for step in document["steps"] if document["kind"] == "education" else ():
            for reaction in step.get("reactions", ()):
                facts = tuple(fact["text"] for fact in document["facts"])
                assert may_say(reaction["text"], Proof(facts=facts)), reaction["text"]


async def test_that_a_person_notes_a_task_as_handed_in_and_the_lessons_go_on(stage: Stage) -> None:
    group = await stage.at_task()
    await stage.steering.mark_done(group.id)

    milestones = await stage.rows(
        "SELECT stage, cause FROM journey_progress WHERE stage IN ('done:hello', 'task_done')"
    )
    assert {(row["stage"], row["cause"]) for row in milestones} >= {
        ("done:hello", "marked by a person")
    }
    states = {step.key: step.state for step in await stage.reader.progress(await stage.group())}
    assert states["hello"] == "done"
    with pytest.raises(ConflictError, match="No task waits"):
        await stage.steering.mark_done(group.id)

    await stage.pass_time(timedelta(days=1, hours=12))
    assert (await stage.group()).step == "day"
    await stage.say("Встаю рано, пью чай, работаю, гуляю")
    await stage.pass_time(timedelta(minutes=5))
    assert "сдано заданий: 2, " in (await stage.in_group())[-1]


async def test_that_a_task_that_a_person_notes_is_told_to_other_programs(stage: Stage) -> None:
    async with stage.engine.begin() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO webhook_endpoints (title, url, events, secret, status_at, created_by,"
            " created_at) VALUES ('t', 'https://example.org', '{task.done}', 'x', now(), 't', now())"
        )
    group = await stage.at_task()
    await stage.steering.mark_done(group.id)
    events = await stage.rows("SELECT kind FROM webhook_deliveries")
    assert [row["kind"] for row in events] == ["task.done"]
