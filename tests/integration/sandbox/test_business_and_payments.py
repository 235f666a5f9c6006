"""Business connections and payments in Stars, through aiogram."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import LabeledPrice
from tests.integration.sandbox.conftest import Sandbox, drain

PRICE = [LabeledPrice(label="Курс", amount=490)]


async def connected(sandbox: Sandbox) -> tuple[Bot, int, int, str]:
    bot = await sandbox.bot()
    owner, client = await sandbox.person("Олег"), await sandbox.person("Анна")
    made = await sandbox.post("/business-connections", user_id=owner, bot="school_bot")
    return bot, owner, client, made["id"]


async def test_that_a_connection_shows_the_owners_dialogues(sandbox: Sandbox) -> None:
    bot, owner, client, connection = await connected(sandbox)
    (told,) = await drain(bot)
    assert told.business_connection is not None
    assert told.business_connection.is_enabled
    assert told.business_connection.rights is not None
    assert told.business_connection.rights.can_reply
    await sandbox.write(client, owner, "Здравствуйте, есть места?")
    await sandbox.write(owner, client, "Сейчас посмотрю")
    asked, typed = await drain(bot)
    assert asked.business_message is not None
    assert asked.business_message.business_connection_id == connection
    assert asked.business_message.chat.id == client
    assert typed.business_message is not None
    assert typed.business_message.from_user is not None
    assert (typed.business_message.from_user.id, typed.business_message.chat.id) == (owner, client)


async def test_that_the_bot_answers_in_the_owners_name(sandbox: Sandbox) -> None:
    bot, owner, client, connection = await connected(sandbox)
    with pytest.raises(TelegramBadRequest, match="BUSINESS_PEER_USAGE_MISSING"):
        await bot.send_message(client, "Здравствуйте!", business_connection_id=connection)
    asked = await sandbox.write(client, owner, "Есть места?")
    await drain(bot)
    sent = await bot.send_message(
        client, "Отвечает ИИ Маяка: да", business_connection_id=connection
    )
    assert sent.from_user is not None
    assert (sent.from_user.id, sent.chat.id) == (owner, client)
    assert sent.sender_business_bot is not None
    assert sent.sender_business_bot.id == bot.id
    assert await drain(bot) == []
    shown = (await sandbox.get(f"/chats/{asked['chat_id']}/messages", user_id=client))[-1]
    assert shown["from"]["id"] == owner
    await sandbox.post("/clock", advance_seconds=25 * 3600)
    with pytest.raises(TelegramBadRequest, match="BUSINESS_PEER_USAGE_MISSING"):
        await bot.send_message(client, "Ещё что-то?", business_connection_id=connection)


async def test_that_rights_and_edits_of_a_connection_are_told(sandbox: Sandbox) -> None:
    bot, owner, client, connection = await connected(sandbox)
    sent = await sandbox.write(client, owner, "Прывет")
    await drain(bot)
    path = f"/chats/{sent['chat_id']}/messages/{sent['message_id']}"
    await sandbox.put(path, user_id=client, text="Привет")
    await sandbox.call("DELETE", path, {"user_id": client})
    edited, deleted = await drain(bot)
    assert edited.edited_business_message is not None
    assert edited.edited_business_message.text == "Привет"
    assert deleted.deleted_business_messages is not None
    assert deleted.deleted_business_messages.message_ids == [sent["message_id"]]
    await sandbox.write(client, owner, "вы тут?")
    await sandbox.put(f"/business-connections/{connection}", rights=["can_read_messages"])
    with pytest.raises(TelegramBadRequest, match="BOT_ACCESS_FORBIDDEN"):
        await bot.send_message(client, "да", business_connection_id=connection)
    await sandbox.put(f"/business-connections/{connection}", is_enabled=False)
    assert not (await bot.get_business_connection(connection)).is_enabled
    with pytest.raises(TelegramBadRequest, match="business connection not found"):
        await bot.send_message(client, "да", business_connection_id=connection)


async def test_that_a_payment_goes_through_pre_checkout_to_refund(sandbox: Sandbox) -> None:
    bot, person, chat = await sandbox.dialogue()
    invoice = await bot.send_invoice(person, "Курс", "Шесть недель", "order-1", "XTR", PRICE)
    assert invoice.invoice is not None
    assert invoice.invoice.total_amount == 490
    paid = await sandbox.post(
        "/payments", user_id=person, chat_id=chat, message_id=invoice.message_id
    )
    (checkout,) = await drain(bot)
    query = checkout.pre_checkout_query
    assert query is not None
    assert (query.total_amount, query.invoice_payload) == (490, "order-1")
    await bot.answer_pre_checkout_query(query.id, ok=True)
    (done,) = await drain(bot)
    assert done.message is not None
    receipt = done.message.successful_payment
    assert receipt is not None
    assert receipt.invoice_payload == "order-1"
    assert (await sandbox.get(f"/payments/{paid['id']}"))["state"] == "paid"
    assert (await bot.get_my_star_balance()).amount == 490
    await bot.refund_star_payment(person, receipt.telegram_payment_charge_id)
    (refunded,) = await drain(bot)
    assert refunded.message is not None
    assert refunded.message.refunded_payment is not None
    with pytest.raises(TelegramBadRequest, match="CHARGE_ALREADY_REFUNDED"):
        await bot.refund_star_payment(person, receipt.telegram_payment_charge_id)
    listed = (await bot.get_star_transactions()).transactions
    assert [bool(t.source) for t in listed] == [True, False]
    assert (await sandbox.get(f"/users/{person}"))["stars"] == 1000


async def test_that_a_declined_and_a_late_payment_move_no_stars(sandbox: Sandbox) -> None:
    bot, person, _ = await sandbox.dialogue()
    link = await bot.create_invoice_link("Курс", "Шесть недель", "order-2", "XTR", PRICE)
    opened = await sandbox.post("/open", user_id=person, link=link)
    assert opened["kind"] == "invoice"
    first = await sandbox.post("/payments", user_id=person, slug=opened["payload"])
    (checkout,) = await drain(bot)
    assert checkout.pre_checkout_query is not None
    await bot.answer_pre_checkout_query(
        checkout.pre_checkout_query.id, ok=False, error_message="Мест больше нет"
    )
    shown = await sandbox.get(f"/payments/{first['id']}")
    assert (shown["state"], shown["error"]) == ("declined", "Мест больше нет")
    await sandbox.post("/payments", user_id=person, slug=opened["payload"])
    (late,) = await drain(bot)
    assert late.pre_checkout_query is not None
    await sandbox.post("/clock", advance_seconds=11)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_pre_checkout_query(late.pre_checkout_query.id, ok=True)
    assert (await sandbox.get(f"/users/{person}"))["stars"] == 1000


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"currency": "RUB"}, "CURRENCY_INVALID"),
        ({"prices": [*PRICE, *PRICE]}, "STARS_INVOICE_INVALID"),
        ({"prices": [LabeledPrice(label="x", amount=0)]}, "STARS_AMOUNT_INVALID"),
        ({"payload": ""}, "INVOICE_PAYLOAD_INVALID"),
        ({"title": "я" * 33}, "INVOICE_TITLE_INVALID"),
        ({"subscription_period": 60}, "SUBSCRIPTION_PERIOD_INVALID"),
    ],
)
async def test_that_a_wrong_invoice_is_refused(
    sandbox: Sandbox, change: dict[str, object], error: str
) -> None:
    bot = await sandbox.bot()
    fields: dict[str, object] = {
        "title": "Курс",
        "description": "Шесть недель",
        "payload": "p",
        "currency": "XTR",
        "prices": PRICE,
    }
    with pytest.raises(TelegramBadRequest, match=error):
        await bot.create_invoice_link(**(fields | change))  # type: ignore[arg-type]
