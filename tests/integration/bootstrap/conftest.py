"""The whole product: in this process on a sandbox, or as child processes beside one."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from candor.bench.stage import Stage, bench_settings, set_stage
from candor.bootstrap.running import run_roles
from candor.common.clock import SystemClock
from candor.common.settings import ALL_ROLES
from candor.panel.auth.tokens import TokenAdministration
from candor.storage.engine import make_engine
from candor.storage.unit_of_work import Units

Look = Callable[[], Awaitable[Any]]
SALES_BOT = "mayak_school_bot"


async def until(look: Look, *, within: float = 60) -> Any:
    """Ask again until the answer is true; returns it."""
    end = time.monotonic() + within
    while not (found := await look()):
        assert time.monotonic() < end, "It did not come in time."
        await asyncio.sleep(0.1)
    return found


@dataclass
class Product:
    """A running Candor, seen through its HTTP API only."""

    http: httpx.AsyncClient

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.http.get(f"/api{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: object, *, method: str = "POST", **headers: str) -> Any:
        answer = await self.http.request(method, f"/api{path}", json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def be_awake(self) -> None:
        """Lessons keep quiet hours: let it be mid-morning when the tests run in the evening."""
        now = datetime.fromisoformat((await self.get("/sandbox/clock"))["now"]).astimezone(UTC)
        if not 9 <= now.hour < 18:
            morning = now.replace(hour=10, minute=0) + timedelta(days=now.hour >= 10)
            seconds = round((morning - now).total_seconds())
            await self.post("/sandbox/clock", {"advance_seconds": seconds})

    async def person(self, first_name: str) -> int:
        made = await self.post("/sandbox/users", {"first_name": first_name, "language_code": "ru"})
        return int(made["id"])

    async def say(self, person: int, text: str, *, to: object = SALES_BOT, **more: Any) -> int:
        """Returns the chat's number."""
        told = await self.post(
            "/sandbox/messages", {"from": person, "to": to, "text": text, **more}
        )
        return int(told["chat_id"])

    async def from_bots(self, chat: int) -> list[dict[str, Any]]:
        held = await self.get(f"/sandbox/chats/{chat}/messages")
        return [message for message in held if message["from"]["is_bot"]]

    async def answer_to(self, person: int, text: str) -> str:
        """The person writes to the sales bot and reads what comes back."""
        chat = await self.say(person, text)
        held = await self.get(f"/sandbox/chats/{chat}/messages")
        asked = max(m["message_id"] for m in held if not m["from"]["is_bot"])

        async def look() -> list[str]:
            said = await self.from_bots(chat)
            return [m["text"] for m in said if m["message_id"] > asked]

        return str((await until(look))[0])


@pytest.fixture
async def product(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[Product]:
    """All roles in this process, with the sandbox and the sample world."""
    settings = bench_settings(DATABASE_URL=SecretStr(fresh_database_url), CANDOR_BURST_SECONDS=0.2)
    async with run_roles(
        settings,
        data_dir=tmp_path / "data",
        host="127.0.0.1",
        port=0,
        roles=ALL_ROLES,
        is_demo=True,
        progress=lambda line: None,
    ) as running:
        engine = make_engine(fresh_database_url)
        tokens = TokenAdministration(Units(engine), SystemClock())
        _, secret = await tokens.create("test", "owner", actor="test")
        assert running.address
        async with httpx.AsyncClient(
            base_url=running.address, headers={"Authorization": f"Bearer {secret}"}, timeout=60
        ) as http:
            yield Product(http)
        await engine.dispose()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A sandbox with one sales bot and a database; Candor itself is a child process."""
    async with set_stage(tmp_path / "data", limits=False) as made:
        yield made
