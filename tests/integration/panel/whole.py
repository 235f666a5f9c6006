"""The whole product behind the panel with no worker: nothing moves but what a request does itself.

A test asks `Whole` for an object that its request needs; each call makes a new one, so that no
request depends on what an earlier one left. What only Telegram or time could bring about (a comment
that waits, a task that is open) is put into the tables.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pyotp
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, Table, create_engine, insert, select
from tests.integration.panel.conftest import PASSWORD, Browser

from candor.bench.stage import bench_settings
from candor.bootstrap.running import run_roles
from candor.common.clock import SystemClock
from candor.common.operators import OperatorRole
from candor.panel.auth.operators import OperatorAdministration
from candor.panel.auth.tokens import TokenAdministration
from candor.storage.engine import make_engine
from candor.storage.tables.panel import audit_log
from candor.storage.unit_of_work import Units
from candor.telegram.user import double

ROLES: tuple[OperatorRole, ...] = ("owner", "operator", "viewer")
Made = TypeVar("Made")
START_SECONDS = 110.0
TWO_STEP = "correct horse battery"
"""The 2-step password of every number that signs in here."""


@dataclass
class Whole:
    """The running product, somebody of each role, and makers of what a request is about."""

    address: str
    database_url: str
    database: Engine
    desk: list[Any]
    clients: list[httpx.Client] = field(default_factory=list)
    programs: dict[str, httpx.Client] = field(default_factory=dict)
    people: dict[str, Browser] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    """Of the people, by role."""
    acting: OperatorRole = "owner"
    """Who sends the request that is being prepared."""
    user_account: int = 0
    """A signed-in user account that works; see `objects.user_account`."""
    numbers: "count[int]" = field(default_factory=lambda: count(900_001))

    def put(self, table: Table, **values: Any) -> int:
        with self.database.begin() as connection:
            made = connection.scalar(insert(table).values(**values).returning(table.c.id))
        return int(made or 0)

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """As the owner's program, to prepare something; it has to work."""
        answer = self.programs["owner"].request(method, f"/api{path}", **more)
        assert answer.status_code < 300, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None

    def client(self) -> httpx.Client:
        made = httpx.Client(base_url=self.address, timeout=60)
        self.clients.append(made)
        return made

    def stranger(self) -> Browser:
        """A browser of its own."""
        return Browser(self.client())

    def admit(self, email: str, role: OperatorRole) -> int:
        """Add a person with the password of the tests; returns their id."""

        async def add() -> int:
            engine = make_engine(self.database_url)
            people = OperatorAdministration(Units(engine), SystemClock())
            made, _ = await people.add(
                email, role, password=PASSWORD, must_change_password=False, actor="test"
            )
            await engine.dispose()
            return made.id

        return _apart(add())

    def now(self, **later: float) -> datetime:
        return datetime.now(UTC) + timedelta(**later)

    def audit_mark(self) -> int:
        with self.database.connect() as connection:
            return int(
                connection.scalar(select(audit_log.c.id).order_by(audit_log.c.id.desc()).limit(1))
                or 0
            )

    def audited_since(self, mark: int) -> list[dict[str, Any]]:
        statement = select(audit_log).where(audit_log.c.id > mark).order_by(audit_log.c.id)
        with self.database.connect() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]


@contextmanager
def running_whole(database_url: str, folder: Path) -> Iterator[Whole]:
    """Started in a thread with a loop of its own, as a process would; stopped in order."""
    settings = bench_settings(DATABASE_URL=SecretStr(database_url), CANDOR_LANGUAGE="en")
    desks: list[Any] = []
    with _Running(settings, folder) as address, _seen_desks(desks):
        engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
        whole = Whole(address, database_url, engine, desks)
        secrets = _apart(_make_tokens(database_url))
        for role, secret in secrets.items():
            whole.ids[role] = whole.admit(f"{role}@example.org", role)
            whole.programs[role] = whole.client()
            whole.programs[role].headers["Authorization"] = f"Bearer {secret}"
            whole.people[role] = whole.stranger()
            assert whole.people[role].sign_in(f"{role}@example.org").status_code == 303
        try:
            yield whole
        finally:
            for client in whole.clients:
                client.close()
            engine.dispose()


@contextmanager
def _seen_desks(desks: list[Any]) -> Iterator[None]:
    """Telegram's double is made at the first sign-in: remember it, to give numbers a password."""

    class SeenDesk(double.TlDesk):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            desks.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(double, "TlDesk", SeenDesk)
        yield


def _apart(work: Coroutine[Any, Any, Made]) -> Made:
    """On a thread of its own: the test's may hold a browser's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _make_tokens(database_url: str) -> dict[OperatorRole, str]:
    """A program's token per role."""
    engine = make_engine(database_url)
    tokens = TokenAdministration(Units(engine), SystemClock())
    made = {role: (await tokens.create(f"whole {role}", role, actor="test"))[1] for role in ROLES}
    await engine.dispose()
    return made


class _Running:
    """`run_roles` on a loop in a thread of its own."""

    def __init__(self, settings: Any, folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._leave = asyncio.Event()
        self._address, self._error = "", ""
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        assert self._ready.wait(START_SECONDS), "The product did not start in time."
        assert self._address, self._error
        return self._address

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join(30)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._live())
        except Exception as error:
            self._error = repr(error)
        finally:
            self._ready.set()
            self._loop.close()

    async def _live(self) -> None:
        async with run_roles(
            self._settings,
            data_dir=self._folder / "data",
            host="127.0.0.1",
            port=0,
            roles=("panel", "telegram"),
            is_demo=True,
            progress=lambda line: None,
        ) as running:
            self._address = running.address or ""
            self._ready.set()
            await self._leave.wait()


def totp(secret: str) -> str:
    return pyotp.TOTP(secret).now()
