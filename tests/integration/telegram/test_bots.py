"""Bots at work: private dialogues, groups, business chats, poison, hand-over."""

import asyncio
import json
import time

import pytest
from sqlalchemy import text as sql

from candor.messaging.gateway import Button, SendText
from candor.telegram.bot.runtime import WEBHOOK_PATH
from candor.telegram.bot.seat import Seat


async def test_that_a_message_reaches_the_inbox_and_the_answer_the_person(station, until):
    account = await station.management.add_bot(
        await station.token(), role="sales", title="Майя", actor="cli"
    )
    await station.sessions.start()
    anna = await station.person(username="anna")
    sent = await station.write(anna, "school_bot", "/start c_7")

    await until(lambda: station.recorder.messages)

    (heard,) = station.recorder.messages
    assert (heard.text, heard.kind, heard.chat_type) == ("/start c_7", "text", "private")
    assert (heard.sender_id, heard.username, heard.account_id) == (anna, "anna", account.id)
    assert heard.account_username == "school_bot"
    gateway = await station.gateways.of(account.id)
    await gateway.send_text(SendText(heard.chat_id, "Здравствуйте! <b>не разметка</b>", 1))
    assert (await station.texts(sent["chat_id"]))[-1] == "Здравствуйте! <b>не разметка</b>"


async def test_that_the_labelled_name_is_what_telegram_shows(station):
    token = await station.token()
    await station.management.add_bot(token, role="sales", title="Майя", actor="cli")
    status, bot = await station.server.control("GET", "/bots/school_bot", None, {})
    assert status == 200
    assert "ИИ Школа «Маяк»" in json.dumps(bot, ensure_ascii=False)


async def test_that_an_update_is_acknowledged_only_after_it_was_stored(station, twin, until):
    await station.management.add_bot(await station.token(), role="sales", title="x", actor="cli")
    anna = await station.person()
    station.recorder.trouble = lambda message: RuntimeError("no database")
    station.desk._parked = _Broken()
    await station.sessions.start()
    await station.write(anna, "school_bot", "привет")
    await until(lambda: station.recorder.tries > 5)
    await station.sessions.close()
    assert station.recorder.messages == []

    await twin.sessions.start()
    await until(lambda: twin.recorder.messages)
    assert twin.recorder.texts == ["привет"]


async def test_that_one_poisoned_update_is_parked_and_blocks_nobody(station, until):
    await station.management.add_bot(await station.token(), role="sales", title="x", actor="cli")
    anna, boris = await station.person("Анна"), await station.person("Борис")
    station.recorder.trouble = lambda message: (
        RuntimeError("poison") if message.text == "яд" else None
    )
    await station.sessions.start()
    for person, text in ((anna, "яд"), (anna, "дальше"), (boris, "привет")):
        await station.write(person, "school_bot", text)
    await until(lambda: len(station.recorder.messages) == 2)
    assert set(station.recorder.texts) == {"дальше", "привет"}
    async with station.units() as unit:
        assert await unit.parked_updates.count() == 1


async def test_that_order_is_kept_within_a_chat(station, until):
    await station.management.add_bot(await station.token(), role="sales", title="x", actor="cli")
    people = [await station.person(f"P{number}") for number in range(12)]
    for round_ in range(5):
        for person in people:
            await station.write(person, "school_bot", str(round_))
    await station.sessions.start()
    await until(lambda: len(station.recorder.messages) == 60)
    for person in people:
        heard = [m.text for m in station.recorder.messages if m.sender_id == person]
        assert heard == ["0", "1", "2", "3", "4"]


async def test_that_bots_come_and_go_without_a_restart(station, until):
    await station.sessions.start()
    account = await station.management.add_bot(
        await station.token(), role="sales", title="x", actor="cli"
    )
    anna = await station.person()
    await station.write(anna, "school_bot", "раз")
    await until(lambda: station.recorder.texts == ["раз"])

    await station.management.pause(account.id, actor="cli")
    await until(lambda: not station.sessions.running)
    await station.write(anna, "school_bot", "два")
    await station.management.resume(account.id, actor="cli")
    await until(lambda: station.recorder.texts == ["раз", "два"])


async def test_that_another_process_takes_over_when_the_holder_is_gone(station, twin, until):
    await station.management.add_bot(await station.token(), role="sales", title="x", actor="cli")
    await station.sessions.start()
    await until(lambda: station.sessions.running)
    await twin.sessions.look()
    assert not twin.sessions.running

    await twin.sessions.start()
    await station.sessions.close()
    await until(lambda: twin.sessions.running)


async def test_that_one_bot_that_telegram_keeps_waiting_delays_no_other(
    station, until, monkeypatch
):
    made = [
        await station.management.add_bot(
            await station.token(f"school{number}_bot"), role="sales", title="x", actor="cli"
        )
        for number in range(4)
    ]
    late, answered = made[0].id, asyncio.Event()
    start = station.runtime.start

    async def slow_for_one(account, secret):
        if account.id == late:
            await answered.wait()
        await start(account, secret)

    monkeypatch.setattr(station.runtime, "start", slow_for_one)
    await station.sessions.start()
    await until(lambda: len(station.sessions.running) == 3)
    assert late not in station.sessions.running
    answered.set()
    await until(lambda: late in station.sessions.running)

    async def opened():
        async with station.units() as unit:
            lines = await unit.account_security_logs.recent()
        return sorted(
            line.event.account_id for line in lines if line.event.event == "session_opened"
        )

    wanted = sorted(account.id for account in made)
    deadline = time.monotonic() + 30
    while await opened() != wanted:
        assert time.monotonic() < deadline


async def test_that_a_lost_database_connection_gives_the_account_up(station, twin, engine):
    await station.management.add_bot(await station.token(), role="sales", title="x", actor="cli")
    await station.sessions.look()
    assert station.sessions.running
    async with engine.begin() as connection:
        await connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity"
            " WHERE application_name = 'candor accounts' AND datname = current_database()"
        )
    await twin.sessions.look()
    await station.sessions.look()
    assert (len(station.sessions.running), len(twin.sessions.running)) == (0, 1)


async def test_that_a_revoked_token_stops_the_account_and_names_the_mend(station, until):
    account = await station.management.add_bot(
        await station.token(), role="sales", title="x", actor="cli"
    )
    await station.sessions.start()
    await until(lambda: station.sessions.running)
    station.revoke("school_bot")
    await until(lambda: not station.sessions.running)
    stopped = await station.management.get(account.id)
    assert (stopped.status, stopped.pause_reason) == ("restricted", "token_revoked")


async def test_that_a_secret_moved_between_rows_stops_only_its_account(station, engine):
    sound, moved = [
        await station.management.add_bot(
            await station.token(name), role="sales", title="x", actor="cli"
        )
        for name in ("sound_bot", "moved_bot")
    ]
    async with engine.begin() as connection:
        await connection.execute(
            sql(
                "UPDATE telegram_account_sessions SET secret = (SELECT secret FROM"
                " telegram_account_sessions WHERE id = :sound) WHERE id = :moved"
            ),
            {"sound": sound.id, "moved": moved.id},
        )

    await station.sessions.look()

    stopped = await station.management.get(moved.id)
    assert (stopped.status, stopped.pause_reason) == ("restricted", "secret_altered")
    assert station.sessions.running == {sound.id}


async def test_that_a_press_is_answered_and_a_blocked_chat_told(station, until):
    account = await station.management.add_bot(
        await station.token(), role="sales", title="x", actor="cli"
    )
    await station.sessions.start()
    anna = await station.person()
    chat = (await station.write(anna, "school_bot", "/start"))["chat_id"]
    gateway = await station.gateways.of(account.id)
    keyboard = [[Button("Да", data="yes")]]
    sent = await gateway.send_text(SendText(anna, "Выбирайте", 2, keyboard=keyboard))
    await station.post(
        "/press", user_id=anna, chat_id=chat, message_id=sent.message_id, button="Да"
    )
    await until(lambda: station.recorder.presses)
    assert station.recorder.presses[0].data == "yes"
    await station.post("/block", user_id=anna, peer="school_bot")
    await until(lambda: station.recorder.blocked == [anna])


class _Broken:
    async def park(self, update: object) -> None:
        raise ConnectionError("no database")


async def test_that_a_webhook_is_taken_with_its_secret_only(station):
    account = await station.management.add_bot(
        await station.token(), role="sales", title="x", actor="cli"
    )
    secret = station.security.webhook_secrets(account.id)[0].get_secret_value()
    body = json.dumps(_private_message("привет", update_id=9)).encode()

    async def receive(secret: str | None, body: bytes = body) -> int:
        return await station.webhooks.receive(account.id, secret=secret, body=body)

    assert await receive(None) == 401
    assert await receive("wrong") == 401
    assert await receive(secret, b"[]") == 400
    assert await receive(secret, b'{"update_id": "x"}') == 400
    assert await receive(secret, b"[" * 100_000) == 400
    assert station.recorder.messages == []
    assert await receive(secret) == 200
    assert station.recorder.texts == ["привет"]
    await station.management.pause(account.id, actor="cli")
    station.sessions._known.clear()
    assert await receive(secret) == 404


async def test_that_a_webhook_that_fails_is_repeated_and_a_poisoned_one_parked(station):
    account = await station.management.add_bot(
        await station.token(), role="sales", title="x", actor="cli"
    )
    secret = station.security.webhook_secrets(account.id)[0].get_secret_value()
    body = json.dumps(_private_message("яд", update_id=9)).encode()
    station.recorder.trouble = lambda message: RuntimeError("poison")
    answers = [
        await station.webhooks.receive(account.id, secret=secret, body=body) for _ in range(4)
    ]
    assert answers == [500, 500, 500, 200]
    async with station.units() as unit:
        assert await unit.parked_updates.count() == 1


async def test_that_webhook_mode_registers_address_and_secret(station):
    account = await station.management.add_bot(
        await station.token(), role="sales", title="x", actor="cli"
    )
    runtime = station._runtime("http://127.0.0.1:8443/")
    await runtime.start(account, await station.sessions.secret_of(account.id))
    client = await station.gateways.client_of(account.id)
    info = await client.call("getWebhookInfo", {}, is_repeatable=True)
    assert info["url"] == f"http://127.0.0.1:8443{WEBHOOK_PATH}/{account.id}"


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1},
        {"update_id": 2, "telepathy": {"chat": {"id": 5}}},
        {"update_id": 3, "message": {"message_id": "no number"}},
        {"update_id": 4, "message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "x"}}},
        {"update_id": 5, "poll_answer": {"poll_id": "1", "option_ids": [], "user": None}},
    ],
)
async def test_that_an_unknown_update_never_breaks_the_loop(station, update):
    account = await station.management.add_bot(
        await station.token(), role="sales", title="x", actor="cli"
    )
    client = await station.gateways.client_of(account.id)
    seat = Seat(account, client)
    await station.desk.take_all([update, _private_message("жив", update_id=99)], seat)
    assert station.recorder.texts == ["жив"]


async def test_that_a_connected_owner_silences_the_ai_by_writing_himself(station):
    account = await station.management.add_bot(
        await station.token(), role="sales", title="x", actor="cli"
    )
    seat = Seat(account, await station.gateways.client_of(account.id))
    await station.desk.take(_connection(is_enabled=True), seat)
    await station.desk.take(_business_message(1, sender=77, text="сколько стоит?"), seat)
    await station.desk.take(_business_message(2, sender=500, text="отвечу сам"), seat)

    client, owner = station.recorder.messages
    (business,) = [a for a in await station.management.list_accounts() if a.kind == "business"]
    assert (business.status, business.can_reply, business.telegram_id) == ("active", True, 500)
    assert client.account_id == owner.account_id == business.id
    assert (client.is_from_owner, owner.is_from_owner) == (False, True)
    assert client.business_connection_id == "conn-1"

    await station.desk.take(_connection(is_enabled=False), seat)
    assert (await station.management.get(business.id)).status == "paused"


def _private_message(text: str, *, update_id: int) -> dict[str, object]:
    person = {"id": 77, "is_bot": False, "first_name": "Анна"}
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": 1_780_000_000,
            "chat": {"id": 77, "type": "private", "first_name": "Анна"},
            "from": person,
            "text": text,
        },
    }


def _connection(*, is_enabled: bool) -> dict[str, object]:
    return {
        "update_id": 100,
        "business_connection": {
            "id": "conn-1",
            "user": {"id": 500, "is_bot": False, "first_name": "Ольга"},
            "user_chat_id": 500,
            "date": 1_780_000_000,
            "is_enabled": is_enabled,
            "rights": {"can_reply": True},
        },
    }


def _business_message(number: int, *, sender: int, text: str) -> dict[str, object]:
    update = _private_message(text, update_id=number)
    message = dict(update.pop("message"))  # type: ignore[call-overload]
    message["from"] = {"id": sender, "is_bot": False, "first_name": "x"}
    message["business_connection_id"] = "conn-1"
    return {**update, "business_message": message}
