"""The stage of a benchmark: sandbox and database live here, Candor is a child that can be killed.

What is in the environment or in `.env` (a real key, a real database) never reaches a benchmark.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
from pydantic import SecretStr
from sqlalchemy import text

from candor.bootstrap.container import Container, open_container
from candor.common.clock import MovableClock
from candor.common.errors import CandorError
from candor.common.settings import Settings, load_settings
from candor.sandbox.server import SandboxServer
from candor.sandbox.world.events import Event, MessageSent
from candor.sandbox.world.world import World

BOT: Final = "lighthouse_bench_bot"
BUSINESS: Final = "Школа «Маяк»"
FIRST_PERSON: Final = 700_000_000
START_SECONDS: Final = 120.0
SETTING_NAMES: Final = tuple(field.alias or name for name, field in Settings.model_fields.items())
_LOOK_SECONDS: Final = 0.05
_LOG_TAIL: Final = 1500
_LOOKING: Final = text(
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'candor accounts'"
)


class StageError(CandorError):
    """The benchmark could not be set up; the message says what did not happen."""

    code = "benchmark"


@dataclass(slots=True)
class Child:
    """A process under test."""

    process: subprocess.Popen[bytes]
    measured: psutil.Process = field(init=False)

    def __post_init__(self) -> None:
        self.measured = psutil.Process(self.process.pid)

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """kill -9: no chance to say goodbye."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise StageError("The process did not stop within 30 s of Ctrl-C.") from None

    def cpu_seconds(self) -> float:
        times = self.measured.cpu_times()
        return float(times.user + times.system)

    def memory_mib(self) -> float:
        return float(self.measured.memory_info().rss / 2**20)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a bot said, and when it arrived (`time.perf_counter`)."""

    at: float
    text: str


class Ear:
    """Hears what bots say in the sandbox, chat by chat."""

    def __init__(self, world: World) -> None:
        self.heard: dict[int, list[Heard]] = {}
        self._world = world
        self._waiting: dict[int, asyncio.Event] = {}
        world.subscribe(self._hear)

    def count(self, chat: int) -> int:
        return len(self.heard.get(chat, ()))

    async def after(self, chat: int, count: int, *, seconds: float) -> Heard:
        """The first message of a bot after so many in that chat; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while self.count(chat) <= count:
                waiting = self._waiting.setdefault(chat, asyncio.Event())
                waiting.clear()
                await waiting.wait()
        return self.heard[chat][count]

    def _hear(self, event: Event) -> None:
        if not isinstance(event, MessageSent) or event.message.sender_id is None:
            return
        message, sender = event.message, self._world.user(event.message.sender_id)
        if not sender.is_bot:
            return
        said = Heard(time.perf_counter(), str(message.content.get("text", "")))
        self.heard.setdefault(message.chat_id, []).append(said)
        if waiting := self._waiting.get(message.chat_id):
            waiting.set()


@dataclass(frozen=True, slots=True)
class Stage:
    """What a benchmark plays on."""

    folder: Path
    sandbox: SandboxServer
    telegram: str
    container: Container
    ear: Ear
    tokens: tuple[str, ...]
    """Of the bots, by number."""
    children: list[Child] = field(default_factory=list)

    async def person(self, number: int) -> int:
        """A person of the sandbox; returns the Telegram id, which is also the private chat's."""
        found = await self.ask(
            "POST",
            "/users",
            {
                "id": FIRST_PERSON + number,
                "first_name": f"Клиент {number}",
                "language_code": "ru",
            },
        )
        return int(str(found["id"]))

    async def write(self, person: int, text: str, *, bot: int = 0) -> int:
        """The person writes to the bot; returns the number of the chat."""
        body = {"from": person, "to": bot_name(bot), "text": text}
        return int(str((await self.ask("POST", "/messages", body))["chat_id"]))

    async def ask(self, method: str, path: str, body: object = None) -> dict[str, object]:
        status, answer = await self.sandbox.control(method, path, body, {})
        if status >= 400 or not isinstance(answer, dict):
            raise StageError(f"The sandbox answered {status} to {method} {path}: {answer}")
        return answer

    @property
    def database(self) -> str:
        return self.container.foundation.database.address.get_secret_value()

    def start(self, *, roles: str = "telegram,worker", **environment: str) -> Child:
        """Start a Candor process on this stage; `environment` is added to its own."""
        arguments = ("-m", "candor", "up", "--roles", roles, "--port", "0")
        return self.run(*arguments, "--data-dir", str(self.folder.resolve()), **environment)

    def run(self, *arguments: str, **environment: str) -> Child:
        """Start Python with these arguments and the stage's settings, its output in a log file."""
        log = self.log.open("ab")
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self._environment(environment),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        child = Child(process)
        self.children.append(child)
        return child

    @property
    def log(self) -> Path:
        return self.folder / "candor.log"

    def check(self, child: Child) -> None:
        """Raise StageError with the end of the log when the process has ended."""
        if not child.is_running:
            tail = self.log.read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL:]
            raise StageError(f"Candor ended with {child.process.returncode}:\n{tail}")

    async def wakes(self, child: Child) -> None:
        """Until the bots of the process ask for updates."""

        async def is_polling() -> bool:
            self.check(child)
            return self.sandbox.api.calls > before

        before = self.sandbox.api.calls
        await wait_until(is_polling, seconds=START_SECONDS, what="Candor's first poll")

    async def looks_for_accounts(self, count: int) -> None:
        """Until so many processes look for accounts that nobody holds."""

        async def are_looking() -> bool:
            async with self.container.foundation.engine.connect() as connection:
                return int(await connection.scalar(_LOOKING) or 0) >= count

        await wait_until(are_looking, seconds=START_SECONDS, what=f"{count} processes that look")

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if name not in SETTING_NAMES},
            "DATABASE_URL": self.database,
            "TELEGRAM_BOT_API_URL": self.telegram,
            "CANDOR_BUSINESS_NAME": BUSINESS,
            "CANDOR_LANGUAGE": "ru",
            "CANDOR_BURST_SECONDS": "0",
            "CANDOR_LOG_LEVEL": "warning",
            **more,
        }


def bot_name(number: int) -> str:
    return BOT if number == 0 else f"lighthouse_bench{number}_bot"


def bench_settings(**more: object) -> Settings:
    """Settings of a benchmark: the defaults, whatever the environment says."""
    own = {
        "CANDOR_BUSINESS_NAME": BUSINESS,
        "CANDOR_LANGUAGE": "ru",
        "CANDOR_BURST_SECONDS": 0.0,
    }
    defaults = {
        field.alias or name: field.get_default() for name, field in Settings.model_fields.items()
    }
    return load_settings({**defaults, **own, **more})


@asynccontextmanager
async def set_stage(data_dir: Path, *, limits: bool = True, bots: int = 1) -> AsyncIterator[Stage]:
    """A database, a sandbox with sales bots, and the sample scripts; closed afterwards."""
    sandbox = SandboxServer(MovableClock())
    telegram = await sandbox.start()
    settings = bench_settings(TELEGRAM_BOT_API_URL=telegram)
    try:
        async with open_container(settings, data_dir=data_dir, progress=quiet) as container:
            limited = await sandbox.control("PUT", "/limits", {"is_on": limits}, {})
            assert limited[0] == 200, limited  # noqa: S101 - the sandbox is ours
            await container.import_samples()
            tokens = [await _add_bot(sandbox, container, number) for number in range(bots)]
            ear = Ear(sandbox.world)
            stage = Stage(data_dir, sandbox, telegram, container, ear, tuple(tokens))
            try:
                yield stage
            finally:
                for child in stage.children:
                    child.kill()
    finally:
        with suppress(OSError):
            await sandbox.stop()


async def _add_bot(sandbox: SandboxServer, container: Container, number: int) -> str:
    body = {"username": bot_name(number), "name": f"Маяк {number}"}
    status, made = await sandbox.control("POST", "/bots", body, {})
    if status >= 400 or not isinstance(made, dict):
        raise StageError(f"The sandbox answered {status} to a new bot: {made}")
    token = str(made["token"])
    await container.accounts.add_bot(
        SecretStr(token), role="sales", title=f"Маяк {number}", actor="bench"
    )
    return token


Condition = Callable[[], Awaitable[bool]]


async def wait_until(is_done: Condition, *, seconds: float, what: str) -> None:
    """Look every 50 ms until it is done; raises StageError that says what did not happen."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await is_done():
        if asyncio.get_running_loop().time() > deadline:
            raise StageError(f"{what} did not happen within {seconds:.0f} s.")
        await asyncio.sleep(_LOOK_SECONDS)


def quiet(line: str) -> None:
    """Progress lines are not part of a result."""
