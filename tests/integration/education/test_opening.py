"""From a yes to exactly one group, whatever happens on the way."""

from contextlib import suppress
from datetime import timedelta

import pytest
from tests.integration.education.conftest import BORIS, TEACHER, VERA, Killed, Stage

from candor.education.closing import OPEN_LANE
from candor.education.welcome import CONSENT_VERSION
from candor.messaging.gateway import RejectedError

LINK = "https://t.me/+link"


async def test_that_two_runs_open_one_group(stage: Stage) -> None:
    await stage.prepare(3)
    await stage.agree()
    await stage.agree()

    assert [LINK in text for text in stage.to_vera()] == [True]
    assert "ИИ-напарники" in stage.to_vera()[0]
    assert (await stage.group()).status == "awaiting_client"
    async with stage.units() as unit:
        assert await unit.groups.count_prepared() == 2
    assert len(await stage.rows("SELECT 1 FROM education_groups WHERE client_id > 0")) == 1


@pytest.mark.parametrize("commits", range(1, 7))
async def test_that_a_death_after_any_step_still_makes_one_group(
    stage: Stage, commits: int
) -> None:
    await stage.prepare(3)
    stage.mortal.die_after = commits
    with suppress(Killed):
        await stage.run_lane(OPEN_LANE, "1")
    stage.mortal.die_after = None

    await stage.agree()

    assert [LINK in text for text in stage.to_vera()] == [True]
    assert len(await stage.rows("SELECT 1 FROM education_groups WHERE client_id > 0")) == 1
    async with stage.units() as unit:
        assert await unit.groups.count_prepared() == 2
        group = await stage.group()
        assert len(await unit.student_bots.of_group(group.id)) == 3


async def test_that_a_death_at_telegram_still_makes_one_group(stage: Stage) -> None:
    await stage.prepare(2)
    stage.chats.faults.append(Killed())
    with pytest.raises(Killed):
        await stage.run_lane(OPEN_LANE, "1")

    await stage.agree()

    assert len([text for text in stage.to_vera() if LINK in text]) == 1
    assert len(set(stage.chats.links)) == 1


async def test_that_an_empty_pool_is_told_once_and_opens_later(stage: Stage) -> None:
    await stage.agree()
    await stage.pass_time(timedelta(minutes=45))

    assert len(stage.to_vera()) == 1
    assert "Свободной группы прямо сейчас нет" in stage.to_vera()[0]
    assert "No prepared group" in (await stage.group()).trouble
    assert ("group_pool_empty", "Вера waits for a group.") in stage.notices.told
    assert len([kind for kind, _ in stage.notices.told if kind == "group_pool_empty"]) == 1

    await stage.prepare()
    await stage.pass_time(timedelta(seconds=5))  # a new group wakes who waits

    assert LINK in stage.to_vera()[-1]
    assert len(stage.to_vera()) == 2
    group = await stage.group()
    assert group.trouble == ""
    assert group.status == "awaiting_client"
    assert ("group_pool_low", "Prepared study groups left: 0.") in stage.notices.told


async def test_that_a_chat_that_telegram_refuses_is_exchanged(stage: Stage) -> None:
    await stage.prepare(2)
    stage.chats.faults.append(RejectedError("not enough rights"))
    await stage.agree()

    assert [LINK in text for text in stage.to_vera()] == [True]
    assert len(set(stage.chats.links)) == 1
    assert (await stage.group()).trouble == ""
    pool = await stage.reader.pool()
    assert [(group.chat_id, group.trouble) for group in pool.groups] == [
        (-100_001, "not enough rights")
    ]
    assert pool.ready == 0


async def test_that_only_the_invited_person_comes_in_and_the_consent_is_kept(
    stage: Stage,
) -> None:
    await stage.prepare()
    await stage.agree()
    await stage.ask_to_join(BORIS)
    assert stage.chats.declined == [BORIS]
    assert (await stage.group()).consent_at is None

    stage.clock.advance(timedelta(minutes=5))
    now = stage.clock.now()
    await stage.ask_to_join(VERA)

    assert stage.chats.approved == [VERA]
    group = await stage.group()
    assert (group.consent_at, group.consent_version) == (now, CONSENT_VERSION)
    assert group.status == "awaiting_client"


async def test_that_somebody_without_consent_starts_no_lesson(stage: Stage) -> None:
    await stage.prepare()
    await stage.agree()
    await stage.move(VERA, before="left", after="member")
    assert (await stage.group()).status == "awaiting_client"


async def test_that_the_welcome_is_pinned_and_tells_who_is_ai(stage: Stage) -> None:
    group = await stage.active()

    welcome = next(one for one in stage.telegram.sent if "Добро пожаловать, Вера" in one.text)
    assert welcome.account == TEACHER
    assert welcome.text.count("(ИИ)") == 4
    assert "/human" in welcome.text
    assert stage.chats.pinned == [welcome.message_id]
    assert group.welcome_message_id == welcome.message_id
    assert group.status == "active"


async def test_that_a_person_who_comes_later_is_welcomed_once_too(stage: Stage) -> None:
    await stage.active()
    await stage.join(BORIS, "Борис")
    await stage.run()
    await stage.pass_time(timedelta(seconds=30))

    texts = await stage.in_group()
    assert len([text for text in texts if "Добро пожаловать, Вера" in text]) == 1
    assert len([text for text in texts if "Добро пожаловать, Борис" in text]) == 1
    assert len(stage.chats.pinned) == 1


async def test_that_nothing_is_written_after_the_client_left(stage: Stage) -> None:
    await stage.active()
    await stage.move(VERA, before="member", after="left")
    before = len(stage.telegram.sent)
    await stage.pass_time(timedelta(days=4))
    assert len(stage.telegram.sent) == before
    assert (await stage.group()).status == "closed"


async def test_that_a_second_yes_opens_a_group_after_the_first_ended(stage: Stage) -> None:
    await stage.prepare(2)
    await stage.agree()
    first = await stage.group()
    await stage.steering.close(first.id)

    await stage.agree()
    await stage.pass_time(timedelta(seconds=10))

    rows = await stage.rows("SELECT id FROM education_groups WHERE client_id > 0")
    assert len(rows) == 2
    second = await stage.group()
    assert second.status == "awaiting_client"
    assert second.chat_id != first.chat_id
    assert len([text for text in stage.to_vera() if LINK in text]) == 2
