"""Between the invitation and the joining: a no, silence, another account, a yes once more."""

from datetime import timedelta

from tests.integration.education.conftest import BORIS, VERA, Stage

from candor.education import troubles
from candor.education.closing import DECLINE_LANE
from candor.education.welcome import CONSENT_VERSION

LINK = "https://t.me/+link"


async def invited(stage: Stage) -> None:
    await stage.prepare()
    await stage.agree()
    assert LINK in stage.to_vera()[-1]


async def test_that_the_words_that_were_agreed_to_are_kept(stage: Stage) -> None:
    await invited(stage)
    asked = stage.clock.now() + timedelta(minutes=3)
    stage.clock.advance(timedelta(minutes=3))
    await stage.ask_to_join()
    (consent,) = await stage.rows(
        "SELECT * FROM user_consents WHERE purpose = 'study_group' AND withdrawn_at IS NULL"
    )
    assert consent["text_version"] == CONSENT_VERSION
    assert consent["granted_at"] == asked
    assert "ИИ-напарники" in consent["text"]
    assert "Мы храним ваши сообщения" in consent["text"]
    assert consent["text"] in stage.to_vera()[-1]


async def test_that_a_no_in_words_ends_politely(stage: Stage) -> None:
    await invited(stage)
    await stage.run_lane(DECLINE_LANE, str(await stage.conversation()))
    await stage.pass_time(timedelta(seconds=10))
    assert "Если передумаете" in stage.to_vera()[-1]
    assert (await stage.group()).status == "closed"
    said = len(stage.to_vera())
    await stage.run_lane(DECLINE_LANE, str(await stage.conversation()))
    await stage.pass_time(timedelta(days=10))
    assert len(stage.to_vera()) == said


async def test_that_the_button_of_somebody_else_declines_nothing(stage: Stage) -> None:
    await invited(stage)
    assert "больше не действует" in await stage.press_in_dialogue("candor:group:no", by=BORIS)
    assert (await stage.group()).status == "awaiting_client"


async def test_that_silence_is_reminded_once_by_day_and_ends_politely(stage: Stage) -> None:
    await stage.prepare()
    await stage.until(19)  # ten in the evening in Moscow
    await stage.agree()
    await stage.pass_time(timedelta(days=20))

    said = [one for one in stage.telegram.sent if one.chat == VERA]
    assert [LINK in one.text for one in said] == [True, True, False]
    assert "больше напоминать не буду" in said[1].text
    assert "закончилось" in said[2].text
    assert all(9 <= (one.at.hour + 3) % 24 < 21 for one in said[1:])
    assert (await stage.group()).status == "closed"
    assert (await stage.reader.pool()).ready == 1


async def test_that_another_account_is_not_let_in_and_the_client_is_told_once(
    stage: Stage,
) -> None:
    await invited(stage)
    await stage.ask_to_join(BORIS)
    await stage.ask_to_join(BORIS)
    await stage.pass_time(timedelta(seconds=10))

    assert stage.chats.approved == []
    assert stage.chats.declined == [BORIS, BORIS]
    assert [text for text in stage.to_vera() if "попросился другой аккаунт" in text] == [
        stage.to_vera()[-1]
    ]
    assert (await stage.group()).trouble == troubles.OTHER_ACCOUNT

    await stage.join()
    group = await stage.group()
    assert (group.status, group.trouble) == ("active", "")


async def test_that_joining_twice_welcomes_once(stage: Stage) -> None:
    await stage.active()
    await stage.ask_to_join()
    await stage.move(VERA, before="left", after="member")
    await stage.pass_time(timedelta(minutes=1))
    texts = await stage.in_group()
    assert len([text for text in texts if "Добро пожаловать" in text]) == 1


async def test_that_who_left_is_told_that_the_lessons_are_over(stage: Stage) -> None:
    await stage.active()
    await stage.move(VERA, before="member", after="left")
    await stage.ask_to_join()
    await stage.pass_time(timedelta(seconds=10))
    assert stage.chats.declined == [VERA]
    assert "уже закончились" in stage.to_vera()[-1]
    standing = await stage.rows(
        "SELECT 1 FROM user_consents WHERE purpose = 'study_group' AND withdrawn_at IS NULL"
    )
    assert standing == []


async def test_that_a_second_yes_sends_the_same_link_again(stage: Stage) -> None:
    await invited(stage)
    await stage.agree()
    assert len([text for text in stage.to_vera() if LINK in text]) == 1  # the same agreement
    await stage.pass_time(timedelta(hours=1))
    await stage.agree()
    await stage.pass_time(timedelta(seconds=10))
    assert [f"{LINK}1" in text for text in stage.to_vera()] == [True, True]
    assert len(stage.chats.links) == 1


async def test_that_stop_ends_an_invitation_and_frees_the_group(stage: Stage) -> None:
    await invited(stage)
    await stage.inbox.receive(stage._message("/stop", by=VERA, chat=int(VERA)))
    await stage.pass_time(timedelta(seconds=10))
    said = len(stage.to_vera())
    await stage.pass_time(timedelta(days=20))
    assert (await stage.group()).status == "closed"
    assert (await stage.reader.pool()).ready == 1
    assert len(stage.to_vera()) == said


async def test_that_somebody_added_without_a_request_is_shown_as_without_consent(
    stage: Stage,
) -> None:
    await invited(stage)
    await stage.move(VERA, before="left", after="member")
    await stage.pass_time(timedelta(hours=2))
    group = await stage.group()
    assert (group.status, group.trouble) == ("awaiting_client", troubles.NO_CONSENT)
    assert not any("смотритель" in text for text in await stage.in_group())
