"""The floor under a turn, as a process of its own: `python -m candor.bench.floor`.

Receives an update over HTTP, writes a row, makes one structured call through the official SDK when a
model is named, with a prompt of the length of Candor's and the dialogue so far, writes a second row,
sends the answer. No script, no label, no limits, no queue: what any bot with a memory has to pay. The
memory is the process's: a bot that reads it from its rows pays more. Environment: FLOOR_API, FLOOR_TOKENS (comma-separated),
DATABASE_URL, and for a model OPENAI_BASE_URL, OPENAI_API_KEY, FLOOR_MODEL.
"""

import asyncio
import json
import os
import signal
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from psycopg_pool import AsyncConnectionPool

from candor.common.tasks import keep_running, spawn, stop
from candor.storage.engine import database_url, libpq_url

if TYPE_CHECKING:
    from openai import AsyncOpenAI

TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, chat bigint NOT NULL,"
    " direction text NOT NULL, text text NOT NULL, at timestamptz NOT NULL DEFAULT now())"
)
_ROW: Final = "INSERT INTO bench_floor (chat, direction, text) VALUES (%s, %s, %s)"
_POLL_SECONDS: Final = 25
_PROMPT: Final = (
    "Ты ИИ-помощник школы английского. Отвечай по сценарию, коротко и по делу. "
    "Курс длится шесть недель, занятия два раза в неделю, бесплатная группа открыта для всех. "
) * 20
"""About 3,100 characters: what stands before the dialogue in an ordinary prompt of Candor's."""
_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"reply": {"type": "string"}, "action": {"type": "string"}},
    "required": ["reply", "action"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Floor:
    """What the process holds open."""

    api: str
    http: aiohttp.ClientSession
    database: AsyncConnectionPool
    model: "AsyncOpenAI | None"
    model_name: str
    said: dict[int, list[Any]] = field(default_factory=dict)
    """The dialogues so far, by chat."""

    async def poll(self, token: str) -> None:
        """Long polling of one bot; each update is a task, so that models are waited for at once."""
        offset = 0
        while True:
            wanted = {"offset": offset, "timeout": _POLL_SECONDS, "allowed_updates": ["message"]}
            for update in await self._call(token, "getUpdates", wanted):
                offset = update["update_id"] + 1
                spawn(self.answer(token, update["message"]), name="floor turn")

    async def answer(self, token: str, message: dict[str, Any]) -> None:
        chat, text = message["chat"]["id"], message.get("text", "")
        await self._write(chat, "in", text)
        said = await self._say(chat, text)
        await self._write(chat, "out", said)
        await self._call(token, "sendMessage", {"chat_id": chat, "text": said})

    async def _say(self, chat: int, text: str) -> str:
        if self.model is None:
            return f"Вы написали: {text}"
        dialogue = self.said.setdefault(chat, [])
        dialogue.append({"role": "user", "content": text})
        made = await self.model.chat.completions.create(
            model=self.model_name,
            messages=[{"role": "system", "content": _PROMPT}, *dialogue],
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "reply", "schema": _SCHEMA, "strict": True},
            },
            max_tokens=300,
        )
        reply = str(json.loads(made.choices[0].message.content or "{}")["reply"])
        dialogue.append({"role": "assistant", "content": reply})
        return reply

    async def _write(self, chat: int, direction: str, text: str) -> None:
        async with self.database.connection() as connection:
            await connection.execute(_ROW, (chat, direction, text))

    async def _call(self, token: str, method: str, body: dict[str, object]) -> Any:
        async with self.http.post(f"{self.api}/bot{token}/{method}", json=body) as response:
            return (await response.json())["result"]


async def main() -> None:
    """Answer until SIGINT or SIGTERM."""
    stopping = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    address = libpq_url(database_url(os.environ["DATABASE_URL"]))
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http,
        AsyncConnectionPool(address, min_size=4, max_size=10, open=False) as database,
    ):
        async with database.connection() as connection:
            await connection.execute(TABLE)
        floor = Floor(os.environ["FLOOR_API"], http, database, _model(), _model_name())
        polls = [
            spawn(keep_running(partial(floor.poll, token), name="poll"), name="poll")
            for token in os.environ["FLOOR_TOKENS"].split(",")
        ]
        await stopping.wait()
        await stop(*polls)


def _model() -> "AsyncOpenAI | None":
    base_url = os.environ.get("OPENAI_BASE_URL")
    if not base_url:
        return None
    # Late: offline the floor needs none.
    from openai import AsyncOpenAI  # noqa: PLC0415

    return AsyncOpenAI(base_url=base_url, api_key=os.environ.get("OPENAI_API_KEY") or "none")


def _model_name() -> str:
    return os.environ.get("FLOOR_MODEL", "")


if __name__ == "__main__":
    asyncio.run(main())
