"""Groups made by the owner's user session: the intent first, and never a second chat."""

from contextlib import suppress
from datetime import timedelta

from tests.integration.education.conftest import PARTNERS, Killed, Stage

from candor.education.closing import OPEN_LANE
from candor.messaging.gateway import RejectedError, UnconfirmedError

LINK = "https://t.me/+link"


async def test_that_the_session_makes_the_group_with_all_our_bots(stage: Stage) -> None:
    stage.maker.works = True
    await stage.prepare()
    await stage.agree()

    group = await stage.group()
    assert (group.status, group.source) == ("awaiting_client", "user_session")
    assert group.chat_id is not None
    assert stage.maker.bots[group.chat_id] == [
        "mayak_school_bot",
        *(partner.username for partner in PARTNERS),
    ]
    assert stage.chats.titles[group.chat_id] == "Первые шаги"
    assert stage.chats.permitted == [group.chat_id]
    assert (await stage.reader.pool()).ready == 1
    assert LINK in stage.to_vera()[-1]


async def test_that_a_lost_answer_makes_no_second_group(stage: Stage) -> None:
    stage.maker.works = True
    stage.maker.lost.append(UnconfirmedError())
    with suppress(UnconfirmedError):
        await stage.run_lane(OPEN_LANE, "1")
    assert (await stage.group()).making_since is not None

    await stage.agree()

    assert len(stage.maker.made) == 1
    assert len(set(stage.maker.asked)) == 1
    assert [LINK in text for text in stage.to_vera()] == [True]


async def test_that_an_interrupted_making_waits_for_its_session(stage: Stage) -> None:
    """What it has made can't be looked up without it; a group of the pool would be a second one."""
    await stage.prepare()
    stage.maker.works = True
    stage.maker.lost.append(Killed())
    with suppress(Killed):
        await stage.run_lane(OPEN_LANE, "1")
    stage.maker.works = False
    await stage.agree()
    await stage.pass_time(timedelta(minutes=5))
    assert (await stage.group()).chat_id is None

    stage.maker.works = True
    await stage.pass_time(timedelta(minutes=2))

    group = await stage.group()
    assert [group.chat_id] == list(stage.maker.made.values())
    assert (await stage.reader.pool()).ready == 1


async def test_that_a_session_that_stays_away_is_not_waited_for_for_ever(stage: Stage) -> None:
    await stage.prepare()
    stage.maker.works = True
    stage.maker.lost.append(Killed())
    with suppress(Killed):
        await stage.run_lane(OPEN_LANE, "1")
    stage.maker.works = False
    await stage.agree()
    await stage.pass_time(timedelta(minutes=15))

    group = await stage.group()
    assert (group.status, group.chat_id) == ("awaiting_client", -100_001)
    (told,) = [text for kind, text in stage.notices.told if kind == "group_maybe_made"]
    assert group.marker in told
    assert any(group.marker in about for about in stage.maker.made)


async def test_that_a_refusal_leads_to_the_pool(stage: Stage) -> None:
    await stage.prepare()
    stage.maker.works = True
    stage.maker.faults.append(RejectedError("CHANNELS_TOO_MUCH"))
    await stage.agree()
    group = await stage.group()
    assert (group.source, group.status) == ("pool", "awaiting_client")
    assert [kind for kind, _ in stage.notices.told if kind == "group_not_made"] == [
        "group_not_made"
    ]


async def test_that_the_bots_own_report_of_the_new_group_harms_nothing(stage: Stage) -> None:
    """Telegram tells the bot of its new place before the session hears what it has made."""
    stage.maker.works = True
    await stage.prepare()
    async with stage.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE education_groups SET chat_id = -300000")
    await stage.agree()
    group = await stage.group()
    assert (group.chat_id, group.status) == (-300_000, "awaiting_client")
    assert (await stage.reader.pool()).groups == ()
