"""The world outlives a restart in its file, and goes back to a snapshot."""

from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BotCommand, BufferedInputFile
from tests.integration.sandbox.conftest import Sandbox, drain

from candor.common.clock import MovableClock
from candor.common.errors import ConfigurationError
from candor.sandbox.server import SandboxServer


async def started(path: Path) -> Sandbox:
    server = SandboxServer(MovableClock(), state_file=path)
    return Sandbox(server, await server.start(), [])


async def stopped(sandbox: Sandbox) -> None:
    for bot in sandbox.bots:
        await bot.session.close()
    await sandbox.server.stop()


def same_bot(sandbox: Sandbox, token: str) -> Bot:
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(sandbox.url)))
    sandbox.bots.append(bot)
    return bot


async def test_that_the_world_outlives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "with space" / "world.jsonl"
    first = await started(path)
    bot, person, chat = await first.dialogue()
    await bot.set_my_commands([BotCommand(command="stop", description="Стоп")])
    sent = await bot.send_document(person, BufferedInputFile(b"data", "a.txt"), caption="файл")
    gone = await bot.send_message(person, "удалим")
    await bot.delete_message(person, gone.message_id)
    await first.write(person, "school_bot", "не забудь")
    later = (await first.post("/clock", advance_seconds=3600))["now"]
    await stopped(first)

    second = await started(path)
    bot = same_bot(second, bot.token)
    assert await second.texts(chat) == ["/start", "файл", "не забудь"]
    assert (await second.get("/clock"))["now"] > later
    assert [u.message.text for u in await drain(bot) if u.message] == ["не забудь"]
    assert [c.command for c in await bot.get_my_commands()] == ["stop"]
    assert sent.document
    file = await bot.get_file(sent.document.file_id)
    assert file.file_path
    stream = await bot.download_file(file.file_path)
    assert stream
    assert stream.read() == b"data"
    again = await bot.send_message(person, "снова")
    assert again.message_id > gone.message_id
    await stopped(second)


async def test_that_what_was_answered_outlives_a_kill(tmp_path: Path) -> None:
    """The file as it lies there right after the answer is what a kill -9 would leave."""
    path = tmp_path / "world.jsonl"
    first = await started(path)
    bot, person, chat = await first.dialogue()
    await bot.send_message(person, "сказано ботом")
    left_by_bot = path.read_bytes()
    body = {"from": person, "to": "school_bot", "text": "сказано человеком"}
    status, _ = await first.server.control("POST", "/messages", body, {})
    left_by_person = path.read_bytes()
    await stopped(first)
    assert status == 201

    for left, words in (
        (left_by_bot, "сказано ботом"),
        (left_by_person, "сказано человеком"),
    ):
        path.write_bytes(left)
        again = await started(path)
        assert (await again.texts(chat))[-1] == words
        await stopped(again)


async def test_that_a_torn_last_line_is_left_aside(tmp_path: Path) -> None:
    path = tmp_path / "world.jsonl"
    first = await started(path)
    _, _, chat = await first.dialogue()
    await stopped(first)
    with path.open("a") as file:
        file.write('["messages", "1:2", {"chat_id"')
    second = await started(path)
    assert await second.texts(chat) == ["/start"]
    await stopped(second)


async def test_that_a_foreign_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes\n")
    with pytest.raises(ConfigurationError, match="no state file"):
        await started(path)
    assert path.read_text() == "my notes\n"


async def test_that_a_snapshot_is_restored_with_its_updates(sandbox: Sandbox) -> None:
    bot, person, chat = await sandbox.dialogue()
    await sandbox.write(person, "school_bot", "до снимка")
    kept = await sandbox.post("/snapshot", full=True)
    await sandbox.write(person, "school_bot", "после снимка")
    await drain(bot)
    await sandbox.post("/restore", snapshot=kept["snapshot"])
    assert await sandbox.texts(chat) == ["/start", "до снимка"]
    assert [u.message.text for u in await drain(bot) if u.message] == ["до снимка"]
    await sandbox.post("/restore", document=kept["document"])
    assert await sandbox.texts(chat) == ["/start", "до снимка"]
    await sandbox.post("/restore", 400, document={"format": 1, "tables": 5})
    await sandbox.post("/restore", 404, snapshot="nothing")
    assert await sandbox.texts(chat) == ["/start", "до снимка"]
