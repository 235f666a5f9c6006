"""A sandbox in a process of its own, so that its CPU time is not counted."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from candor.bench.stage import StageError


@dataclass(frozen=True, slots=True)
class LoneSandbox:
    """Where it answers, and its control API."""

    address: str
    http: aiohttp.ClientSession
    met: set[int] = field(default_factory=set)

    async def ask(self, method: str, path: str, body: object) -> dict[str, object]:
        url = f"{self.address}/control{path}"
        async with self.http.request(method, url, json=body) as response:
            answer = await response.json()
        if response.status >= 400 or not isinstance(answer, dict):
            raise StageError(f"The sandbox answered {response.status} to {path}: {answer}")
        return answer

    async def meet(self, person: int, bot: str) -> None:
        """The person exists and has written to the bot."""
        if person in self.met:
            return
        self.met.add(person)
        await self.ask("POST", "/users", {"id": person, "first_name": "Клиент"})
        await self.ask("POST", "/messages", {"from": person, "to": bot, "text": "/start"})


@asynccontextmanager
async def lone_sandbox() -> AsyncIterator[LoneSandbox]:
    """Started without limits, ended on leaving."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "candor.sandbox", "--port", "0"),
        stdout=PIPE,
        start_new_session=True,
    )
    try:
        if process.stdout is None:
            raise StageError("The sandbox has no output.")
        first = (await process.stdout.readline()).decode()
        async with aiohttp.ClientSession() as http:
            sandbox = LoneSandbox(first.strip().rsplit(" ", 1)[-1], http)
            await sandbox.ask("PUT", "/limits", {"is_on": False})
            yield sandbox
    finally:
        process.terminate()
        await process.wait()
