"""Private messages to a commenting account, and messages to our own channel."""

from dataclasses import replace
from datetime import timedelta

from tests.integration.commenting.conftest import (
    CHANNEL_CHAT,
    READER,
    Stage,
)
from tests.integration.commenting.test_replies import published, reply

from candor.commenting.administration import ChatFacts
from candor.commenting.paging import Page
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId, TelegramUserId
from candor.messaging.incoming import IncomingMessage

DIRECT_CHAT = TelegramChatId(-1001000000003)


def written(stage: Stage, account: AccountId, said: str, **more: object) -> IncomingMessage:
    stage.telegram.next_id += 1
    made = IncomingMessage(
        account_id=account,
        chat_id=TelegramChatId(READER),
        message_id=TelegramMessageId(stage.telegram.next_id),
        sender_id=READER,
        text=said,
        sent_at=stage.clock.now(),
        first_name="Вера",
        account_username="mayak_comments_bot",
    )
    return replace(made, **more)  # type: ignore[arg-type]


async def test_that_a_reader_who_writes_in_private_keeps_the_comment_as_origin(
    stage: Stage,
) -> None:
    comment = await published(stage)
    await reply(stage, comment, "А сколько карточек лучше брать для начала?")
    traced = await stage.private.trace(written(stage, comment.account_id, "Здравствуйте!"))
    assert traced.start_payload == f"c_{comment.id}"
    messages, _total = await stage.register.direct_messages(None, Page())
    assert (messages[0].kind, messages[0].outcome) == ("private", "goes on as a dialogue")


async def test_that_only_the_first_private_message_is_noted(stage: Stage) -> None:
    comment = await published(stage)
    for said in ("Здравствуйте!", "Расскажите о курсе"):
        await stage.private.trace(written(stage, comment.account_id, said))
    _messages, total = await stage.register.direct_messages(None, Page())
    assert total == 1


async def test_that_a_link_of_its_own_and_strangers_are_left_alone(stage: Stage) -> None:
    comment = await published(stage)
    await reply(stage, comment, "А сколько карточек лучше брать для начала?")
    started = written(stage, comment.account_id, "/start c_77")
    assert await stage.private.trace(started) == started
    other = TelegramUserId(777)
    stranger = written(
        stage, comment.account_id, "Привет", sender_id=other, chat_id=TelegramChatId(777)
    )
    assert await stage.private.trace(stranger) == stranger


async def test_that_messages_to_other_accounts_are_not_noted(stage: Stage) -> None:
    await published(stage)
    elsewhere = written(stage, AccountId(99), "Здравствуйте!")
    assert await stage.private.trace(elsewhere) == elsewhere
    _messages, total = await stage.register.direct_messages(None, Page())
    assert total == 0


async def own_channel(stage: Stage, *, is_own: bool) -> AccountId:
    _, account = await stage.scripted(is_own=is_own)
    stage.telegram.chats[DIRECT_CHAT] = ChatFacts(
        DIRECT_CHAT, "supergroup", "Слова", None, None, parent_chat_id=CHANNEL_CHAT
    )
    return account


async def test_that_a_message_to_our_channel_is_shown_the_way_once(stage: Stage) -> None:
    account = await own_channel(stage, is_own=True)
    for said in ("Можно вопрос?", "Вы здесь?"):
        await stage.private.receive_for_channel(
            written(
                stage,
                account,
                said,
                chat_id=DIRECT_CHAT,
                chat_type="supergroup",
                direct_messages_topic_id=int(READER),
            )
        )
        await stage.pass_time(timedelta(seconds=5))
    (answer,) = stage.telegram.sent
    assert (answer.chat_id, answer.direct_messages_topic_id) == (DIRECT_CHAT, READER)
    assert answer.text.startswith("ИИ · Школа «Маяк»\n")
    assert "?start=d_1" in answer.text
    assert stage.model.calls == 0


async def test_that_messages_to_somebody_elses_channel_are_not_even_stored(stage: Stage) -> None:
    account = await own_channel(stage, is_own=False)
    await stage.private.receive_for_channel(
        written(
            stage,
            account,
            "Это вашему каналу",
            chat_id=DIRECT_CHAT,
            chat_type="supergroup",
            direct_messages_topic_id=int(READER),
        )
    )
    await stage.pass_time(timedelta(seconds=5))
    assert stage.telegram.sent == []
    _messages, total = await stage.register.direct_messages(None, Page())
    assert total == 0
