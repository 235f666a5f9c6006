"""`panel`: what a page of the panel costs with 100,000 dialogues and 1,000,000 messages stored.

One process, one reader: the pages are asked one after the other through the whole application, from
the session cookie to the rendered text. The figures are the time until the answer and the CPU time
of this process and of the database server, so that what else the machine does can be told apart.
"""

import asyncio
import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask.testing import FlaskClient
from sqlalchemy import text

from candor.bench.history import fill
from candor.bench.processes import DatabaseProcesses
from candor.bench.results import percentile
from candor.bench.stage import BUSINESS, StageError, bench_settings, quiet
from candor.bootstrap.container import Container, open_container
from candor.bootstrap.panel import build_panel_services
from candor.panel.access import SESSION_COOKIE
from candor.panel.app import create_app
from candor.panel.auth.sign_in import SignIn, Visit
from candor.panel.portal import Portal
from candor.panel.ports import PanelSettings

DIALOGUES: Final = 100_000
REQUESTS: Final = 20
TARGET_MS: Final = 150.0
OWNER: Final = "owner@example.org"
PASSWORD: Final = "three quiet lighthouses"  # noqa: S105 - of a database that is thrown away
PAGES: Final = (
    ("dashboard", "/dashboard/"),
    ("dashboard, 90 days", "/dashboard/?days=90"),
    ("dashboard, one account", "/dashboard/?account_id=1"),
    ("any page, who waits", "/live"),
    ("conversations", "/conversations/"),
    ("conversations, page 100", "/conversations/?page=100"),
    ("conversations, page 2500", "/conversations/?page=2500"),
    ("conversations, with a person", "/conversations/?handling=human"),
    ("conversations, nobody's", "/conversations/?assigned=nobody"),
    ("conversations, one step", "/conversations/?stage=offer"),
    ("conversations, an unknown step", "/conversations/?stage=nowhere"),
    ("search, a rare word", "/conversations/?q=77777"),
    ("search, a frequent word", "/conversations/?q=вечером"),
    ("search, everybody's name", "/conversations/?q=Клиент"),
    ("dialogue", "/conversations/{n}"),
    ("clients", "/clients/"),
    ("clients, page 500", "/clients/?page=500"),
    ("clients, search", "/clients/?q=Номер7"),
    ("scripts", "/scripts/"),
    ("script studio", "/scripts/1"),
    ("channels", "/channels/"),
    ("channel", "/channels/7"),
    ("comments", "/comments/"),
    ("groups", "/groups/"),
    ("group", "/groups/77"),
    ("accounts", "/accounts/"),
    ("logs", "/logs/"),
    ("logs, warnings", "/logs/?level=warning"),
    ("logs, search", "/logs/?q=take"),
    ("logs, page 100", "/logs/?page=100"),
    ("settings", "/settings/"),
    ("settings, operators", "/settings/?tab=operators"),
    ("profile", "/profile"),
    ("api: conversations", "/api/conversations"),
    ("api: dialogue", "/api/conversations/{n}"),
    ("api: stats", "/api/stats"),
    ("api: logs", "/api/logs"),
    ("api: comments", "/api/comments"),
    ("api: groups", "/api/groups"),
)


@dataclass(frozen=True, slots=True)
class _Measured:
    """Milliseconds; CPU times are means."""

    first: float
    walls: Sequence[float]
    own_cpu: float
    database_cpu: float

    def as_figures(self) -> dict[str, float]:
        return {
            "p50_ms": round(percentile(self.walls, 0.5), 1),
            "p95_ms": round(percentile(self.walls, 0.95), 1),
            "first_ms": round(self.first, 1),
            "own_cpu_ms": round(self.own_cpu, 1),
            "database_cpu_ms": round(self.database_cpu, 1),
        }


async def run(
    data_dir: Path, *, dialogues: int = DIALOGUES, runs: int = 3, requests: int = REQUESTS
) -> list[dict[str, object]]:
    """All runs; the database is filled once."""
    async with open_container(bench_settings(), data_dir=data_dir, progress=quiet) as container:
        await prepare(container, dialogues)
        server = await DatabaseProcesses.of(container.engine)
        found = []
        for _ in range(runs):
            # A new application each time: nothing that it keeps in memory helps the next run.
            client = await _signed_in(container)
            found.append(await asyncio.to_thread(_measure_all, client, server, dialogues, requests))
        return found


async def prepare(container: Container, dialogues: int) -> None:
    """Scripts, the owner and the year of dialogues; a database that has them is left as it is."""
    async with container.engine.connect() as connection:
        known = await connection.scalar(text("SELECT count(*) FROM operators"))
    if known:
        return
    await container.import_samples()
    await fill(container.engine, dialogues)
    await container.operators.add(
        OWNER, "owner", password=PASSWORD, must_change_password=False, actor="bench"
    )


async def _signed_in(container: Container) -> FlaskClient:
    services = build_panel_services(
        container, None, portal=Portal(asyncio.get_running_loop()), checks={}
    )
    settings = PanelSettings(business_name=BUSINESS, timezone="Europe/Moscow")
    sign_in = SignIn(
        services.units,
        services.clock,
        services.sealer,
        idle=settings.idle,
        lifetime=settings.lifetime,
    )
    found = await sign_in.with_password(OWNER, PASSWORD, Visit(ip="", user_agent="bench"))
    client = create_app(services, settings).test_client()
    client.set_cookie(SESSION_COOKIE, found.token)
    # As `candor up` does after its start: what stays is not searched for garbage again and again.
    gc.freeze()
    return client


def _measure_all(
    client: FlaskClient, server: DatabaseProcesses, dialogues: int, requests: int
) -> dict[str, object]:
    measured = {name: _measure(client, server, path, dialogues, requests) for name, path in PAGES}
    figures: dict[str, object] = {name: page.as_figures() for name, page in measured.items()}
    slow = [name for name, page in measured.items() if percentile(page.walls, 0.95) > TARGET_MS]
    figures["pages"] = len(measured)
    figures["pages_within_150_ms"] = len(measured) - len(slow)
    return figures


def _measure(
    client: FlaskClient, server: DatabaseProcesses, path: str, dialogues: int, requests: int
) -> _Measured:
    first = _ask(client, path, 1)
    own, database = time.process_time(), server.cpu_seconds()
    # Spread over the whole history: not the same dialogue again and again.
    walls = [_ask(client, path, 1 + number * 7919 % dialogues) for number in range(1, requests + 1)]
    return _Measured(
        first,
        walls,
        (time.process_time() - own) * 1000 / requests,
        (server.cpu_seconds() - database) * 1000 / requests,
    )


def _ask(client: FlaskClient, path: str, number: int) -> float:
    """Milliseconds; raises StageError for an answer that is no page."""
    started = time.perf_counter()
    answer = client.get(path.replace("{n}", str(number)))
    took = (time.perf_counter() - started) * 1000
    if answer.status_code != 200:
        raise StageError(f"{path} answered {answer.status_code}: {answer.text[:300]}")
    return took
