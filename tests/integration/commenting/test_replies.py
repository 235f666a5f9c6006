"""Replies to our comments: one answer per person, a way to a human, a stop when one is wanted."""

from datetime import timedelta

import pytest
from tests.integration.commenting.conftest import APPROVER, READER, Stage
from tests.integration.commenting.owner_phone import Phone, add_operator

from candor.commenting.comment import Comment
from candor.commenting.paging import Page
from candor.common.ids import AccountId, TelegramMessageId, TelegramUserId
from candor.disclosure.vulnerable import Cue, hand_over_text


async def published(stage: Stage) -> Comment:
    await stage.scripted()
    pending = await stage.pending()
    await stage.approval.approve(pending.id, pending.text, APPROVER)
    await stage.run_lanes()
    return await stage.comment(pending.id)


async def reply(stage: Stage, comment: Comment, said: str, *, by: TelegramUserId = READER) -> None:
    await stage.discussion.hear(stage.heard(said, by=by, reply_to=comment.message_id))
    await stage.pass_time(timedelta(seconds=30))


async def test_that_a_question_is_answered_in_the_thread_with_label_and_way_out(
    stage: Stage,
) -> None:
    comment = await published(stage)
    await reply(stage, comment, "А сколько карточек лучше брать для начала?")
    answer = stage.telegram.sent[-1]
    assert answer.text.startswith("ИИ · Школа «Маяк»\n")
    assert stage.model.answer in answer.text
    assert "/human" in answer.text
    assert f"start=c_{comment.id}" in answer.text


async def test_that_a_person_is_answered_once(stage: Stage) -> None:
    comment = await published(stage)
    await reply(stage, comment, "А сколько карточек лучше брать для начала?")
    await reply(stage, comment, "А если времени совсем мало?")
    assert len(stage.telegram.sent) == 2
    messages, total = await stage.register.direct_messages(None, Page())
    assert total == 2
    assert {message.status for message in messages} == {"answered", "noted"}
    other = TelegramUserId(777)
    await reply(stage, comment, "И мне интересно, с чего начать?", by=other)
    assert len(stage.telegram.sent) == 3


async def test_that_who_asks_for_a_human_or_a_bot_is_told_by_code(stage: Stage) -> None:
    comment = await published(stage)
    await reply(stage, comment, "Ты бот?")
    assert "ИИ" in stage.telegram.sent[-1].text
    assert stage.model.replies == []


async def test_that_dont_write_here_pauses_the_channel(stage: Stage) -> None:
    comment = await published(stage)
    await reply(stage, comment, "Не пишите здесь больше, пожалуйста")
    channel = await stage.register.get(comment.channel_id)
    assert channel.paused_at is not None
    assert "больше здесь не пишу" in stage.telegram.sent[-1].text
    assert stage.restrictions.stopped == []


async def test_that_a_complaint_stops_the_account_and_says_nothing(stage: Stage) -> None:
    comment = await published(stage)
    before = len(stage.telegram.sent)
    await reply(stage, comment, "Это спам, я пожалуюсь в поддержку")
    assert stage.restrictions.stopped == [(AccountId(comment.account_id), "complaint")]
    assert (await stage.register.get(comment.channel_id)).paused_at is not None
    assert len(stage.telegram.sent) == before


async def test_that_other_peoples_messages_are_dropped_unread(stage: Stage) -> None:
    await published(stage)
    assert not await stage.discussion.hear(
        stage.heard("Между собой говорим", by=READER, reply_to=None)
    )
    assert not await stage.discussion.hear(
        stage.heard("И ответ не нам", by=READER, reply_to=TelegramMessageId(5))
    )
    _messages, total = await stage.register.direct_messages(None, Page())
    assert total == 0
    assert stage.model.replies == []


async def test_that_an_answer_with_an_invented_result_is_replaced(stage: Stage) -> None:
    comment = await published(stage)
    stage.model.answer = "Я сама так выучила 500 слов и сдала экзамен на отлично."
    await reply(stage, comment, "А это правда работает?")
    assert "выучила" not in stage.telegram.sent[-1].text
    assert "/human" in stage.telegram.sent[-1].text


async def test_that_replies_count_as_engagement(stage: Stage) -> None:
    comment = await published(stage)
    await reply(stage, comment, "А сколько карточек лучше брать для начала?")
    assert (await stage.comment(comment.id)).engagement.replies == 1
    await stage.pass_time(timedelta(minutes=15))
    assert (await stage.comment(comment.id)).engagement.replies == 1


@pytest.mark.parametrize(
    ("words", "cue"),
    [
        ("хочу умереть, не вижу смысла жить", "self_harm"),
        ("У меня вчера умер муж", "grief"),
        ("Мне 12 лет, а можно?", "minor"),
        ("У меня рак, что мне делать?", "illness"),
        ("Я в долгах, коллекторы звонят", "debt"),
    ],
)
async def test_that_who_is_in_need_is_answered_by_code_and_led_to_no_bot(
    stage: Stage, words: str, cue: Cue
) -> None:
    comment = await published(stage)
    await reply(stage, comment, words)
    answer = stage.telegram.sent[-1]
    assert answer.text.endswith(hand_over_text(cue, language="ru"))
    assert "start=" not in answer.text
    assert stage.model.replies == []


async def test_that_the_owner_is_told_once_that_a_person_is_needed(stage: Stage) -> None:
    comment = await published(stage)
    await add_operator(stage)
    phone = Phone(stage, comment.account_id)
    await phone.link()
    await reply(stage, comment, "Хочу умереть")
    await reply(stage, comment, "Хочу умереть, слышите")
    told = [one for one in phone.seen if "нужен человек" in one.text]
    assert len(told) == 1
    assert "не хочет жить" in told[0].text
    assert sum("112" in one.text for one in stage.telegram.sent) == 1


async def test_that_danger_is_answered_after_an_answer_to_something_else(stage: Stage) -> None:
    comment = await published(stage)
    await reply(stage, comment, "А сколько карточек лучше брать для начала?")
    await reply(stage, comment, "Если честно, жить надоело")
    assert "112" in stage.telegram.sent[-1].text


@pytest.mark.parametrize(
    "words", ["Моему сыну 12 лет, потянет?", "Умираю от любопытства, а как начать?"]
)
async def test_that_an_ordinary_reply_is_answered_as_before(stage: Stage, words: str) -> None:
    comment = await published(stage)
    await reply(stage, comment, words)
    assert stage.model.answer in stage.telegram.sent[-1].text


async def test_that_nobody_is_slandered_in_a_thread(stage: Stage) -> None:
    comment = await published(stage)
    stage.model.answer = "Ваш автор мошенник и дурак."
    await reply(stage, comment, "А что вы думаете про автора канала?")
    assert "мошенник" not in stage.telegram.sent[-1].text
    assert "/human" in stage.telegram.sent[-1].text
