"""The stage of a benchmark: sandbox and database live here, Candor is a child that can be killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from pydantic import SecretStr

from candor.bootstrap.container import Container, open_container
from candor.common.clock import MovableClock
from candor.common.errors import CandorError
from candor.common.settings import Settings, load_settings
from candor.sandbox.server import SandboxServer

BOT = "lighthouse_bench_bot"
BUSINESS = "Школа «Маяк»"
START_SECONDS = 60.0
_LOOK_SECONDS = 0.05


class StageError(CandorError):
    """The benchmark could not be set up; the message says what did not happen."""

    code = "benchmark"


@dataclass(slots=True)
class Candor:
    """A Candor process under test."""

    process: subprocess.Popen[bytes]
    measured: psutil.Process = field(init=False)

    def __post_init__(self) -> None:
        self.measured = psutil.Process(self.process.pid)

    def kill(self) -> None:
        """kill -9: no chance to say goodbye."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)

    def cpu_seconds(self) -> float:
        times = self.measured.cpu_times()
        return float(times.user + times.system)

    def memory_mib(self) -> float:
        return float(self.measured.memory_info().rss / 2**20)


@dataclass(frozen=True, slots=True)
class Stage:
    """What a benchmark plays on."""

    folder: Path
    sandbox: SandboxServer
    telegram: str
    settings: Settings
    container: Container

    async def person(self, number: int) -> int:
        """A person of the sandbox; returns the Telegram id, which is also the private chat's."""
        found = await self.ask(
            "POST",
            "/users",
            {"id": 700_000_000 + number, "first_name": f"Клиент {number}", "language_code": "ru"},
        )
        return int(found["id"])

    async def write(self, person: int, text: str) -> int:
        """The person writes to the bot; returns the message id."""
        sent = await self.ask("POST", "/messages", {"from": person, "to": BOT, "text": text})
        return int(sent["message_id"])

    async def ask(self, method: str, path: str, body: object = None) -> dict[str, object]:
        status, answer = await self.sandbox.control(method, path, body, {})
        if status >= 400 or not isinstance(answer, dict):
            raise StageError(f"The sandbox answered {status} to {method} {path}: {answer}")
        return answer

    def start(self, *, roles: str = "telegram,worker", **environment: str) -> Candor:
        """Start a Candor process on this stage."""
        log = (self.folder / "candor.log").open("ab")
        process = subprocess.Popen(
            [
                sys.executable, "-m", "candor", "up",
                "--data-dir", str(self.folder), "--roles", roles, "--port", "0",
            ],
            env=self._environment(environment),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )  # fmt: skip
        log.close()
        return Candor(process)

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.container.foundation.database.address.get_secret_value(),
            "TELEGRAM_BOT_API_URL": self.telegram,
            "CANDOR_BUSINESS_NAME": BUSINESS,
            "CANDOR_LANGUAGE": "ru",
            "CANDOR_BURST_SECONDS": "0",
            "CANDOR_LOG_LEVEL": "warning",
            **more,
        }


@asynccontextmanager
async def set_stage(data_dir: Path, *, limits: bool = True) -> AsyncIterator[Stage]:
    """A database, a sandbox with one sales bot, and the sample scripts; cleared away afterwards."""
    sandbox = SandboxServer(MovableClock())
    telegram = await sandbox.start()
    settings = load_settings(
        {
            "TELEGRAM_BOT_API_URL": telegram,
            "CANDOR_BUSINESS_NAME": BUSINESS,
            "CANDOR_LANGUAGE": "ru",
            "CANDOR_BURST_SECONDS": 0,
            "DATABASE_URL": None,
        }
    )
    try:
        async with open_container(settings, data_dir=data_dir, progress=_quiet) as container:
            stage = Stage(data_dir, sandbox, telegram, settings, container)
            await _prepare(stage, limits=limits)
            yield stage
    finally:
        await sandbox.stop()


async def _prepare(stage: Stage, *, limits: bool) -> None:
    await stage.ask("PUT", "/limits", {"is_on": limits})
    bot = await stage.ask("POST", "/bots", {"username": BOT, "name": "Маяк"})
    await stage.container.import_samples()
    await stage.container.accounts.add_bot(
        SecretStr(str(bot["token"])), role="sales", title="Маяк", actor="bench"
    )


Condition = Callable[[], Awaitable[bool]]


async def wait_until(is_done: Condition, *, seconds: float, what: str) -> None:
    """Look every 50 ms until it is done; raises StageError that says what did not happen."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await is_done():
        if asyncio.get_running_loop().time() > deadline:
            raise StageError(f"{what} did not happen within {seconds:.0f} s.")
        await asyncio.sleep(_LOOK_SECONDS)


def _quiet(line: str) -> None:
    """Progress lines are not part of a result."""
