"""The sandbox through python-telegram-bot: its Application polls, its types parse every answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import (
    Bot,
    ChatMemberAdministrator,
    ChatPermissions,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LabeledPrice,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, RetryAfter
from telegram.ext import Application, CommandHandler, MessageHandler, filters
from tests.integration.sandbox.conftest import Sandbox
from tests.integration.sandbox.test_media import png


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    made = await sandbox.post("/bots", username="ptb_bot", name="PTB")
    async with Bot(
        made["token"], base_url=f"{sandbox.url}/bot", base_file_url=f"{sandbox.url}/file/bot"
    ) as found:
        yield found


async def started(sandbox: Sandbox) -> tuple[int, int]:
    person = await sandbox.person()
    sent = await sandbox.write(person, "ptb_bot", "/start")
    return person, sent["chat_id"]


async def test_that_its_application_polls_and_answers(sandbox: Sandbox) -> None:
    made = await sandbox.post("/bots", username="ptb_bot", name="PTB")
    answered = asyncio.Event()

    async def start(update: Update, _: object) -> None:
        assert update.effective_message
        await update.effective_message.reply_html(f"<b>{update.effective_message.text}</b>")

    async def echo(update: Update, _: object) -> None:
        assert update.effective_message
        await update.effective_message.reply_text("эхо")
        answered.set()

    application = (
        Application.builder()
        .token(made["token"])
        .base_url(f"{sandbox.url}/bot")
        .base_file_url(f"{sandbox.url}/file/bot")
        .build()
    )
    application.add_handler(CommandHandler("start", start))
    application.add_handler(MessageHandler(filters.TEXT, echo))
    async with application:
        await application.start()
        assert application.updater
        await application.updater.start_polling(poll_interval=0)
        person, chat = await started(sandbox)
        await sandbox.write(person, chat, "Привет")
        await asyncio.wait_for(answered.wait(), 10)
        await application.updater.stop()
        await application.stop()
    assert await sandbox.texts(chat) == ["/start", "Привет", "/start", "эхо"] or (
        await sandbox.texts(chat)
    ) == ["/start", "/start", "Привет", "эхо"]


async def test_that_messages_buttons_and_errors_are_parsed(sandbox: Sandbox, bot: Bot) -> None:
    person, chat = await started(sandbox)
    await sandbox.put("/limits", is_on=False)
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="yes")]])
    sent = await bot.send_message(
        person,
        "*Да*?",
        parse_mode="MarkdownV2",
        reply_markup=markup,
        reply_parameters=ReplyParameters(1),
    )
    assert sent.reply_to_message
    await sandbox.post(
        "/press", user_id=person, chat_id=chat, message_id=sent.message_id, button="yes"
    )
    update = (await bot.get_updates())[-1]
    assert update.callback_query
    assert await update.callback_query.answer("ok", show_alert=True)
    edited = await bot.edit_message_text("Нет?", person, sent.message_id)
    assert not isinstance(edited, bool)
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text("Нет?", person, sent.message_id)
    with pytest.raises(Forbidden):
        await bot.send_message(await sandbox.person("Олег"), "первым")
    await sandbox.post("/faults", method="sendMessage", kind="error_429", retry_after=3)
    with pytest.raises(RetryAfter):
        await bot.send_message(person, "быстро")
    assert await bot.delete_message(person, sent.message_id)


async def test_that_files_and_albums_are_parsed(sandbox: Sandbox, bot: Bot) -> None:
    person, _ = await started(sandbox)
    await sandbox.put("/limits", is_on=False)
    photo = await bot.send_photo(person, png(), caption="Схема")
    file = await photo.photo[-1].get_file()
    assert bytes(await file.download_as_bytearray()) == png()
    album = await bot.send_media_group(person, [InputMediaPhoto(png()), InputMediaPhoto(png())])
    assert len(album) == 2
    document = await bot.send_document(person, b"data", filename="a.txt")
    assert document.document
    assert (await bot.copy_message(person, person, document.message_id)).message_id
    assert (await bot.forward_message(person, person, photo.message_id)).forward_origin
    poll = await bot.send_poll(person, "Уровень?", ["A1", "B1"])
    assert (await bot.stop_poll(person, poll.message_id)).is_closed


async def test_that_groups_and_payments_are_parsed(sandbox: Sandbox, bot: Bot) -> None:
    person, dialogue = await started(sandbox)
    owner = await sandbox.person("Олег")
    chat = (await sandbox.post("/chats", type="supergroup", title="Г", owner_id=owner))["id"]
    await sandbox.post(f"/chats/{chat}/members", username="ptb_bot", **{"as": "admin"})
    own = await bot.get_chat_member(chat, bot.id)
    assert isinstance(own, ChatMemberAdministrator)
    full = await bot.get_chat(chat)
    assert full.permissions
    link = await bot.create_chat_invite_link(chat, creates_join_request=True)
    await sandbox.post(f"/chats/{chat}/join", user_id=person, invite_link=link.invite_link)
    requests = [u for u in await bot.get_updates() if u.chat_join_request]
    assert requests
    assert await bot.approve_chat_join_request(chat, person)
    assert await bot.restrict_chat_member(chat, person, ChatPermissions.no_permissions())
    assert (await bot.get_chat_administrators(chat))[0].user.id == owner
    old = (await sandbox.post("/chats", type="group", title="Малая", owner_id=owner))["id"]
    await sandbox.post(f"/chats/{old}/members", username="ptb_bot")
    new = (await sandbox.post(f"/chats/{old}/migrate"))["id"]
    with pytest.raises(ChatMigrated) as raised:
        await bot.send_message(old, "сюда?")
    assert raised.value.new_chat_id == new
    invoice = await bot.send_invoice(
        person, "Курс", "Шесть недель", "order", "XTR", [LabeledPrice("Курс", 5)]
    )
    await sandbox.post("/payments", user_id=person, chat_id=dialogue, message_id=invoice.message_id)
    checkout = [u.pre_checkout_query for u in await bot.get_updates() if u.pre_checkout_query]
    assert await checkout[0].answer(ok=True)
    assert (await bot.get_star_transactions()).transactions


async def test_that_a_conflict_is_told(sandbox: Sandbox, bot: Bot) -> None:
    waiting = asyncio.ensure_future(bot.get_updates(timeout=10))
    await asyncio.sleep(0.1)
    async with Bot(bot.token, base_url=f"{sandbox.url}/bot") as second:
        assert await second.get_updates(timeout=0) == ()
    with pytest.raises(Conflict):
        await waiting
