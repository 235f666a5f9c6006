"""Bots against the sandbox over real HTTP, accounts in a real database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from candor.accounts.business import BusinessAccounts
from candor.accounts.keys import load_keys
from candor.accounts.labelling import AccountLabels
from candor.accounts.management import AccountManagementService, AccountTools
from candor.accounts.security import AccountSecurityService
from candor.accounts.sessions import AccountSessionManager
from candor.common.clock import MovableClock
from candor.messaging.incoming import IncomingMessage, IncomingPress, PressAnswer
from candor.sandbox.server import SandboxServer
from candor.storage.account_holds import PgAccountHolds
from candor.storage.unit_of_work import Units
from candor.telegram.bot.client import BotConnections
from candor.telegram.bot.gateways import BotGateways
from candor.telegram.bot.profile import BotApiProfiles
from candor.telegram.bot.runtime import BotRuntime, BotWebhooks
from candor.telegram.bot.updates import UpdateDesk
from candor.telegram.parking import DatabaseParking
from candor.telegram.ports import Listeners

BUSINESS = "Школа «Маяк»"


@dataclass
class Recorder:
    """Listens everywhere and remembers. `trouble` is raised as long as it is set."""

    messages: list[IncomingMessage] = field(default_factory=list)
    presses: list[IncomingPress] = field(default_factory=list)
    told: list[object] = field(default_factory=list)
    blocked: list[int] = field(default_factory=list)
    trouble: Callable[[IncomingMessage], Exception | None] = lambda message: None
    tries: int = 0

    async def receive(self, incoming: IncomingMessage) -> None:
        self.tries += 1
        if (error := self.trouble(incoming)) is not None:
            raise error
        self.messages.append(incoming)

    async def receive_press(self, press: IncomingPress) -> PressAnswer:
        self.presses.append(press)
        return PressAnswer("Принято")

    async def chat_blocked(self, account_id: int, chat_id: int) -> None:
        self.blocked.append(chat_id)

    async def chat_unblocked(self, account_id: int, chat_id: int) -> None:
        self.blocked.remove(chat_id)

    async def receive_post(self, post: object) -> None:
        self.told.append(post)

    async def receive_message(self, message: object) -> None:
        self.told.append(message)

    async def receive_reactions(self, change: object) -> None:
        self.told.append(change)

    async def receive_deletion(self, chat_id: int, message_ids: object) -> None:
        self.told.append((chat_id, message_ids))

    async def receive_membership(self, change: object) -> None:
        self.told.append(change)

    async def receive_join_request(self, request: object) -> None:
        self.told.append(request)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]


class Station:
    """One process of the telegram role beside a sandbox; `twin` makes another one."""

    def __init__(
        self, server: SandboxServer, url: str, units: Units, database_url: str, data_dir: Path
    ) -> None:
        self.server, self.url = server, url
        self._made_from = (server, url, units, database_url, data_dir)
        self.clock = MovableClock()
        self.units = units
        self.recorder = Recorder()
        self.connections = BotConnections(url, answer_seconds=5)
        self.security = AccountSecurityService(
            keys=load_keys(data_dir), units=units, clock=self.clock
        )
        labels = AccountLabels(
            business=BUSINESS, language="ru", bots=BotApiProfiles(self.connections)
        )
        self.tools = AccountTools(
            units=units,
            clock=self.clock,
            security=self.security,
            labels=labels,
            language="ru",
        )
        self.management = AccountManagementService(self.tools)
        self.business = BusinessAccounts(self.tools)
        listeners = Listeners(
            sales=self.recorder,
            parked=DatabaseParking(units),
            groups=self.recorder,
            discussions=self.recorder,
            business=self.business,
        )
        self.desk = UpdateDesk(listeners, self.clock, pauses=(0.01,))
        self.runtime = self._runtime()
        self.holds = PgAccountHolds(database_url)
        self.sessions = AccountSessionManager(
            units=units,
            security=self.security,
            holds=self.holds,
            runners={"bot": self.runtime},
            look_every=timedelta(milliseconds=100),
            on_restricted=self.on_restricted,
        )
        self.gateways = BotGateways(
            self.connections, self.sessions, on_restricted=self.on_restricted
        )
        self.webhooks = BotWebhooks(
            connections=self.connections,
            desk=self.desk,
            security=self.security,
            sessions=self.sessions,
        )

    def _runtime(self, public_url: str | None = None) -> BotRuntime:
        return BotRuntime(
            connections=self.connections,
            desk=self.desk,
            security=self.security,
            on_restricted=self.on_restricted,
            public_url=public_url,
        )

    def twin(self) -> "Station":
        return Station(*self._made_from)

    async def on_restricted(self, account_id: Any, signal: Any) -> None:
        await self.management.stop_for(account_id, signal, actor="telegram")

    async def post(self, path: str, **body: Any) -> Any:
        status, answer = await self.server.control("POST", path, body, {})
        assert status < 300, (status, answer)
        return answer

    async def person(self, name: str = "Анна", **more: Any) -> int:
        return int((await self.post("/users", first_name=name, **more))["id"])

    async def token(self, username: str = "school_bot", **more: Any) -> SecretStr:
        made = await self.post("/bots", username=username, name="Bot", **more)
        return SecretStr(made["token"])

    def revoke(self, username: str) -> None:
        """What @BotFather does: the bot's token is no longer known."""
        bots = self.server.world.tables.bots.values()
        known = {self.server.world.tables.users[bot.id].username: bot.token for bot in bots}
        del self.server.world._tokens[known[username]]

    async def write(self, person: int, to: str | int, text: str, **more: Any) -> Any:
        return await self.post("/messages", **{"from": person, "to": to, "text": text, **more})

    async def texts(self, chat_id: int) -> list[str]:
        status, answer = await self.server.control("GET", f"/chats/{chat_id}/messages", None, {})
        assert status == 200, answer
        return [item["text"] for item in answer]

    async def close(self) -> None:
        await self.sessions.close()
        await self.connections.close()


async def _until(condition: Callable[[], object], *, within: float = 60.0) -> None:
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - it waits for another process's doing
            await asyncio.sleep(0.01)


@pytest.fixture
def until() -> Callable[..., Any]:
    """Wait until a condition holds; the only waiting in these tests."""
    return _until


@pytest.fixture
async def server() -> AsyncIterator[tuple[SandboxServer, str]]:
    made = SandboxServer(MovableClock())
    yield made, await made.start()
    await made.stop()


@pytest.fixture
async def station(
    server: tuple[SandboxServer, str], units: Units, database_url: str, tmp_path: Path
) -> AsyncIterator[Station]:
    made = Station(*server, units, database_url, tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def twin(station: Station) -> AsyncIterator[Station]:
    """A second process of the telegram role; it lets its accounts go however the test ends."""
    made = station.twin()
    yield made
    await made.close()
