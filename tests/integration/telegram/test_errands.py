"""A user session is held by one process; every other one reaches it, and a dead one is noticed."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from candor.common.clock import MovableClock
from candor.common.hot_reload import HotReloadService
from candor.common.ids import AccountId, TelegramChatId
from candor.messaging.gateway import ChatClosedError, NotReachedError, RejectedError, SendText
from candor.storage.notifications import PgNotifications, carry_changes
from candor.storage.unit_of_work import Units
from candor.telegram.user import errands
from candor.telegram.user.away import AwayChats, AwayGateway, AwayProfile
from candor.telegram.user.errands import ErrandDesk

HOLDER = Path(__file__).parent / "session_holder.py"


class Holder:
    """The other process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        told = json.loads(self._line())
        self.account = AccountId(told["account"])
        self.client = TelegramChatId(told["client"])

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "The holder has ended."
        return line

    def said(self) -> list[str]:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        found: list[str] = json.loads(self._line())
        return found


@pytest.fixture
async def holder(database_url: str, tmp_path: Path) -> AsyncIterator[Holder]:
    process = subprocess.Popen(  # noqa: ASYNC220 - another program, started once
        [sys.executable, str(HOLDER), database_url, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield await asyncio.to_thread(Holder, process)
    finally:
        process.kill()
        process.wait()
        for end in (process.stdin, process.stdout):
            assert end is not None
            end.close()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take its time."""
    monkeypatch.setattr(errands, "TAKEN_WITHIN", timedelta(seconds=50))


@pytest.fixture
async def desk(database_url: str, units: Units) -> AsyncIterator[ErrandDesk]:
    changes, notifications = HotReloadService(), PgNotifications(database_url)
    carry_changes(notifications, changes)
    await notifications.start()
    yield ErrandDesk(units, MovableClock(), changes)
    await notifications.stop()


async def test_that_a_text_is_sent_by_the_process_that_holds_the_session(
    holder: Holder, desk: ErrandDesk, engine: Any
) -> None:
    gateway = AwayGateway(desk, holder.account)
    first = await gateway.send_text(SendText(holder.client, "добрый день", 77))
    again = await gateway.send_text(SendText(holder.client, "добрый день", 77))
    file = await gateway.send_file(
        holder.client, name="a.json", content=b"{}", caption="Всё о вас", random_id=78
    )

    assert first.message_id == again.message_id < file.message_id
    assert await asyncio.to_thread(holder.said) == ["добрый день", "Всё о вас"]
    async with engine.connect() as connection:
        rows = await connection.exec_driver_sql("SELECT count(*) FROM account_errands")
        assert rows.scalar_one() == 0


async def test_that_the_holders_refusals_keep_their_names(holder: Holder, desk: ErrandDesk) -> None:
    gateway = AwayGateway(desk, holder.account)
    with pytest.raises(ChatClosedError):
        await gateway.send_text(SendText(TelegramChatId(4_000_000_000), "x", 1))
    with pytest.raises(RejectedError, match="may not write"):
        await gateway.send_text(SendText(TelegramChatId(-1001234567890), "x", 1))
    with pytest.raises(RejectedError):
        await desk.ask(holder.account, "delete_everything")


async def test_that_profile_and_chats_are_asked_over_the_holder(
    holder: Holder, desk: ErrandDesk
) -> None:
    profile = await AwayProfile(desk).read_profile(holder.account)
    assert profile.name == "Ольга · ИИ «Маяк»"
    chats = AwayChats(desk)
    made = await chats.make_group(holder.account, title="Учёба", about="", bots=[])
    assert [chat.chat_id for chat in await chats.own_chats(holder.account)] == [made]
    assert await chats.history(holder.account, made) == ()


async def test_that_nobody_is_waited_for_when_the_holder_is_dead(
    holder: Holder, desk: ErrandDesk, monkeypatch: pytest.MonkeyPatch, engine: Any
) -> None:
    monkeypatch.setattr(errands, "TAKEN_WITHIN", timedelta(milliseconds=500))
    holder.process.kill()
    holder.process.wait()
    gateway = AwayGateway(desk, holder.account)
    with pytest.raises(NotReachedError):
        await gateway.send_text(SendText(holder.client, "добрый день", 77))
    async with engine.connect() as connection:
        rows = await connection.exec_driver_sql("SELECT count(*) FROM account_errands")
        assert rows.scalar_one() == 0
