"""Private dialogues through aiogram: what a bot can do, and how Telegram answers mistakes."""

import asyncio
import time

import pytest
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendMessage
from aiogram.types import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReplyParameters,
)
from tests.integration.sandbox.conftest import Sandbox, drain

BUTTONS = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Да", callback_data="yes")]]
)


async def test_that_a_bot_is_who_botfather_made_it(sandbox: Sandbox) -> None:
    bot = await sandbox.bot("school_bot", "Школа")
    me = await bot.get_me()
    assert (me.username, me.first_name, me.is_bot) == ("school_bot", "Школа", True)
    assert me.can_read_all_group_messages is False


async def test_that_a_message_reaches_a_waiting_poll_at_once(sandbox: Sandbox) -> None:
    bot, person = await sandbox.bot(), await sandbox.person(username="anna", language_code="ru")
    poll = asyncio.ensure_future(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await sandbox.write(person, "school_bot", "/start")
    (update,) = await poll
    assert time.monotonic() - began < 0.5
    assert update.message is not None
    assert update.message.text == "/start"
    assert update.message.from_user is not None
    assert update.message.from_user.language_code == "ru"
    assert update.message.chat.id == person
    assert update.message.entities is not None
    assert update.message.entities[0].type == "bot_command"


async def test_that_updates_stay_until_they_are_confirmed(sandbox: Sandbox) -> None:
    bot, person = await sandbox.bot(), await sandbox.person()
    for text in ("one", "two", "three"):
        await sandbox.write(person, "school_bot", text)
    first = await bot.get_updates(limit=2)
    assert [u.message.text for u in first if u.message] == ["one", "two"]
    again = await bot.get_updates(limit=2)
    assert [u.update_id for u in again] == [u.update_id for u in first]
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [u.message.text for u in rest if u.message] == ["three"]
    last = await bot.get_updates(offset=-1)
    assert [u.message.text for u in last if u.message] == ["three"]


async def test_that_updates_are_forgotten_after_a_day(sandbox: Sandbox) -> None:
    bot, person = await sandbox.bot(), await sandbox.person()
    await sandbox.write(person, "school_bot", "old")
    await sandbox.post("/clock", advance_seconds=24 * 3600 + 1)
    await sandbox.write(person, "school_bot", "new")
    assert [u.message.text for u in await bot.get_updates() if u.message] == ["new"]


async def test_that_only_asked_kinds_of_updates_are_queued(sandbox: Sandbox) -> None:
    bot, person, _ = await sandbox.dialogue()
    await bot.get_updates(allowed_updates=["callback_query"])
    await sandbox.write(person, "school_bot", "unheard")
    assert await bot.get_updates() == []
    await bot.get_updates(allowed_updates=[])
    await sandbox.write(person, "school_bot", "heard")
    assert len(await bot.get_updates()) == 1


async def test_that_a_second_poller_ends_the_first(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    first = asyncio.ensure_future(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    second = asyncio.ensure_future(bot.get_updates(timeout=1))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first
    assert await second == []


async def test_that_polling_beside_a_webhook_is_a_conflict(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    await bot.set_webhook("http://127.0.0.1:9/hook")
    with pytest.raises(TelegramConflictError, match="while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == []


async def test_that_a_bot_answers_with_formatting_reply_and_buttons(sandbox: Sandbox) -> None:
    bot, person, chat = await sandbox.dialogue()
    asked = await sandbox.write(person, "school_bot", "Сколько стоит курс?")
    sent = await bot.send_message(
        person,
        "Курс стоит <b>4900 ₽</b> 😀 <a href='https://example.org'>здесь</a>",
        parse_mode="HTML",
        reply_parameters=ReplyParameters(message_id=asked["message_id"], quote="Сколько"),
        reply_markup=BUTTONS,
    )
    assert sent.text == "Курс стоит 4900 ₽ 😀 здесь"
    assert [(e.type, e.offset, e.length) for e in sent.entities or []] == [
        ("bold", 11, 6),
        ("text_link", 21, 5),
    ]
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.message_id == asked["message_id"]
    assert sent.quote is not None
    assert sent.quote.text == "Сколько"
    seen = (await sandbox.get(f"/chats/{chat}/messages", user_id=person))[-1]
    assert seen["from"]["is_bot"] is True
    assert seen["reply_to"] == asked["message_id"]
    assert seen["buttons"] == [[{"text": "Да", "callback_data": "yes"}]]


async def test_that_a_tap_comes_as_a_callback_and_its_answer_goes_back(sandbox: Sandbox) -> None:
    bot, person, chat = await sandbox.dialogue()
    sent = await bot.send_message(person, "Да?", reply_markup=BUTTONS)
    tap = await sandbox.post(
        "/press", user_id=person, chat_id=chat, message_id=sent.message_id, button="Да"
    )
    (update,) = await drain(bot)
    query = update.callback_query
    assert query is not None
    assert (query.data, query.from_user.id) == ("yes", person)
    assert query.message is not None
    assert query.message.message_id == sent.message_id
    assert await bot.answer_callback_query(query.id, text="Принято")
    answered = await sandbox.get(f"/callbacks/{tap['callback_query_id']}")
    assert answered["answer"]["text"] == "Принято"
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query("12345")


async def test_that_messages_can_be_edited_and_deleted(sandbox: Sandbox) -> None:
    bot, person, chat = await sandbox.dialogue()
    sent = await bot.send_message(person, "Черновик", reply_markup=BUTTONS)
    edited = await bot.edit_message_text("Готово", chat_id=person, message_id=sent.message_id)
    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup) == ("Готово", None)
    assert edited.edit_date
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("Готово", chat_id=person, message_id=sent.message_id)
    await bot.edit_message_reply_markup(
        chat_id=person, message_id=sent.message_id, reply_markup=BUTTONS
    )
    assert await bot.delete_message(person, sent.message_id)
    assert "Готово" not in await sandbox.texts(chat)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(person, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("x", chat_id=person, message_id=sent.message_id)


async def test_that_a_client_may_edit_and_the_bot_hears_of_it(sandbox: Sandbox) -> None:
    bot, person, chat = await sandbox.dialogue()
    sent = await sandbox.write(person, "school_bot", "Прывет")
    await drain(bot)
    await sandbox.put(f"/chats/{chat}/messages/{sent['message_id']}", user_id=person, text="Привет")
    (update,) = await drain(bot)
    assert update.edited_message is not None
    assert update.edited_message.text == "Привет"


async def test_that_a_bot_can_not_write_first(sandbox: Sandbox) -> None:
    bot, person = await sandbox.bot(), await sandbox.person()
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation with a user"):
        await bot.send_message(person, "Здравствуйте")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(42, "Здравствуйте")


async def test_that_a_blocked_bot_is_told_so(sandbox: Sandbox) -> None:
    bot, person, _ = await sandbox.dialogue()
    await sandbox.post("/block", user_id=person, peer="school_bot")
    (update,) = await drain(bot)
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(person, "Ау")
    await sandbox.post("/block", user_id=person, peer="school_bot", is_blocked=False)
    await bot.send_message(person, "С возвращением")


@pytest.mark.parametrize(
    ("text", "mode", "error"),
    [
        ("", None, "message text is empty"),
        ("   \n ", None, "message text is empty"),
        ("я" * 4097, None, "message is too long"),
        ("😀" * 2049, None, "message is too long"),
        ("<b>x", "HTML", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<x>1</x>", "HTML", 'Unsupported start tag "x" at byte offset 0'),
        ("a.b", "MarkdownV2", r"Character '.' is reserved and must be escaped"),
        ("*a", "MarkdownV2", "Can't find end of Bold entity at byte offset 0"),
        ("x", "BBCode", "unsupported parse_mode"),
    ],
)
async def test_that_bad_text_is_refused_as_telegram_does(
    sandbox: Sandbox, text: str, mode: str | None, error: str
) -> None:
    bot, person, chat = await sandbox.dialogue()
    with pytest.raises(TelegramBadRequest) as raised:
        await bot.send_message(person, text, parse_mode=mode)
    assert error in raised.value.message
    assert len(await sandbox.texts(chat)) == 1


async def test_that_given_entities_are_kept(sandbox: Sandbox) -> None:
    bot, person, _ = await sandbox.dialogue()
    bold = MessageEntity(type="bold", offset=0, length=4)
    sent = await bot.send_message(person, "Цена: https://example.org", entities=[bold])
    assert [e.type for e in sent.entities or []] == ["bold", "url"]


async def test_that_fast_sending_meets_the_limits(sandbox: Sandbox) -> None:
    bot, person, _ = await sandbox.dialogue()
    for number in range(3):
        await bot.send_message(person, f"{number}")
    with pytest.raises(TelegramRetryAfter) as raised:
        await bot.send_message(person, "too fast")
    assert raised.value.retry_after == 1
    await sandbox.post("/clock", advance_seconds=1)
    await bot.send_message(person, "in time")
    await sandbox.put("/limits", is_on=False)
    for number in range(50):
        await bot.send_message(person, f"{number}")


async def test_that_faults_hit_the_chosen_calls(sandbox: Sandbox) -> None:
    bot, person, chat = await sandbox.dialogue()
    await sandbox.post("/faults", method="sendMessage", kind="error_429", retry_after=7)
    with pytest.raises(TelegramRetryAfter) as raised:
        await bot.send_message(person, "429")
    assert raised.value.retry_after == 7
    await sandbox.post("/faults", method="sendMessage", kind="error_500")
    with pytest.raises(TelegramServerError):
        await bot.send_message(person, "500")
    await sandbox.post("/faults", method="sendMessage", kind="disconnect")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(person, "cut")
    await sandbox.post("/faults", method="sendMessage", kind="timeout_before", seconds=5)
    with pytest.raises(TelegramNetworkError):
        await bot(SendMessage(chat_id=person, text="lost request"), request_timeout=1)
    await sandbox.post("/faults", method="*", kind="timeout_after", seconds=5)
    with pytest.raises(TelegramNetworkError):
        await bot(SendMessage(chat_id=person, text="lost answer"), request_timeout=1)
    assert await sandbox.texts(chat) == ["/start", "lost answer"]
    await bot.send_message(person, "fine again")


async def test_that_profile_texts_and_commands_are_kept(sandbox: Sandbox) -> None:
    bot, person = await sandbox.bot(), await sandbox.person()
    await bot.set_my_name("Маяк · ИИ")
    await bot.set_my_name("Beacon · AI", language_code="en")
    await bot.set_my_description("ИИ-помощник школы «Маяк»")
    await bot.set_my_short_description("ИИ, не человек")
    await bot.set_my_commands([BotCommand(command="stop", description="Больше не писать")])
    assert (await bot.get_my_name()).name == "Маяк · ИИ"
    assert (await bot.get_my_name(language_code="en")).name == "Beacon · AI"
    assert (await bot.get_me()).first_name == "Маяк · ИИ"
    assert (await bot.get_my_description()).description == "ИИ-помощник школы «Маяк»"
    assert (await bot.get_my_short_description()).short_description == "ИИ, не человек"
    assert [c.command for c in await bot.get_my_commands()] == ["stop"]
    shown = await sandbox.get("/bots/school_bot/commands", user_id=person)
    assert shown["commands"][0]["command"] == "stop"
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="Стоп", description="x")])


async def test_that_wrong_tokens_and_methods_get_telegrams_answers(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    stranger = type(bot)("123456:" + "A" * 35, session=bot.session)
    with pytest.raises(TelegramUnauthorizedError):
        await stranger.get_me()

    class Unknown(SendMessage):
        __api_method__ = "sendTelepathy"

    with pytest.raises(TelegramNotFound, match="method not found"):
        await bot(Unknown(chat_id=1, text="x"))


async def test_that_typing_is_shown_to_the_person(sandbox: Sandbox) -> None:
    bot, person, chat = await sandbox.dialogue()
    last = (await sandbox.get("/events"))["last"]
    await bot.send_chat_action(person, "typing")
    news = await sandbox.get("/events", after=last, user_id=person)
    assert [(e["kind"], e["chat_id"]) for e in news["events"]] == [("typing", chat)]
    with pytest.raises(TelegramBadRequest, match="wrong parameter action"):
        await bot.send_chat_action(person, "dancing")
