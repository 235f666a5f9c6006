"""A million clients: how long a page of them takes, and the count of a segment.

    python docs/benchmarks/clients.py --clients 1000000 --json docs/benchmarks/clients.json

Starts a PostgreSQL of its own in a scratch folder, fills it by INSERT ... SELECT, and asks what the
panel asks, through the same repositories. Beside the wall clock stands the CPU of this process and of
the database server: on a busy machine that is the figure to read.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy import text

from candor.clients.desk import ClientDesk
from candor.clients.record import ClientFilter
from candor.clients.rights import ClientRights
from candor.common.clock import SystemClock
from candor.common.ids import ClientId, OperatorId
from candor.common.paging import Cut
from candor.storage.embedded.server import start_blocking
from candor.storage.engine import make_engine
from candor.storage.migrations import prepare_empty_database
from candor.storage.unit_of_work import Units

NOW = datetime.now(UTC)
COMBINATIONS = 120
FILL = {
    "accounts": """
        INSERT INTO telegram_account_sessions (kind, role, title, status, status_at, secret,
            disclosed_at, created_at)
        VALUES ('bot', 'sales', 'Bot', 'active', now(), 'x', now(), now())
    """,
    "operators": """
        INSERT INTO operators (email, role, password_hash, created_at)
        SELECT 'operator' || n || '@example.org', 'operator', 'x', now()
        FROM generate_series(1, 20) AS n
    """,
    "users": """
        INSERT INTO users (telegram_user_id, first_name, last_name, username, language, created_at,
            last_seen_at, opted_out_at, source, source_details, milestone, tags, consents, owner_id)
        SELECT 7000000000 + n, (ARRAY['Анна','Борис','Olga','Ivan','Мария'])[1 + n % 5],
            'Фамилия' || n % 5000, 'user_' || n, CASE WHEN n % 20 = 0 THEN 'en' ELSE 'ru' END,
            now() - (:clients - n) * interval '20 seconds',
            now() - (:clients - n) * interval '10 seconds',
            CASE WHEN n % 50 = 0 THEN now() END,
            (ARRAY['direct','comment','channel','utm','deep_link'])[1 + n % 5], '{"comment": 5}',
            (ARRAY['first_touch','dialogue','dialogue','agreed','group','task_done','completed'])
                [1 + n % 7],
            CASE WHEN n % 100 = 0 THEN '{vip}'::text[] WHEN n <= :clients / 20 THEN '{старая}'::text[]
                WHEN n > :clients - 40 THEN '{новая}'::text[] WHEN n % 3 = 0 THEN '{весна,школа}'::text[]
                ELSE '{}'::text[] END,
            CASE WHEN n % 10 = 0 THEN '{dialogue,marketing}'::text[] ELSE '{dialogue}'::text[] END,
            CASE WHEN n % 40 = 0 THEN 1 + n % 20 END
        FROM generate_series(1, :clients) AS n
    """,
    "chats": """
        INSERT INTO chats (account_id, chat_id, type, client_id, last_in_at, created_at)
        SELECT 1, telegram_user_id, 'private', id, last_seen_at, created_at FROM users
    """,
    "conversations": """
        INSERT INTO client_conversations (client_id, account_id, chat, handling_since, stage,
            created_at, active_at)
        SELECT client_id, 1, id, created_at, 'need', created_at, last_in_at FROM chats
    """,
    "consents": """
        INSERT INTO user_consents (client_id, purpose, basis, text_version, text, source, granted_at)
        SELECT id, 'dialogue', 'request', '1', 'words', 'chat', created_at FROM users
        UNION ALL
        SELECT id, 'marketing', 'consent', '1', 'words', 'chat', created_at FROM users
        WHERE id % 10 = 0
    """,
    "journey": """
        INSERT INTO journey_progress (client_id, journey, stage, cause, entered_at)
        SELECT id, 'client', 'first_touch', 'comment:5', created_at FROM users
        UNION ALL SELECT id, 'sales', 'need', 'script_80', created_at FROM users
    """,
    "visits": """
        INSERT INTO user_sessions (client_id, account_id, started_at)
        SELECT id, 1, last_seen_at FROM users
    """,
    "activity": """
        INSERT INTO user_activity_log (at, kind, client_id, account_id)
        SELECT last_seen_at, 'message.received', id, 1 FROM users
        UNION ALL SELECT last_seen_at, 'conversation.taken', id, 1 FROM users WHERE id % 10 = 0
    """,
}
HEAVY = """
    INSERT INTO conversation_messages (conversation_id, account_id, chat_id, message_id, direction,
        author, text, created_at, answered_at)
    SELECT v.id, 1, u.telegram_user_id, n, 'in', 'client',
        repeat('Слова клиента о занятиях. ', 6), now(), now()
    FROM client_conversations v JOIN users u ON u.id = v.client_id, generate_series(1, 10000) AS n
    WHERE v.client_id = :client
"""


def segments() -> dict[str, ClientFilter]:
    return {
        "all": ClientFilter(),
        "name": ClientFilter(q="анн фамилия77"),
        "username": ClientFilter(q="user_77777"),
        "nobody": ClientFilter(q="несуществующий"),
        "milestone": ClientFilter(milestone="agreed"),
        "source": ClientFilter(source="utm"),
        "rare tag": ClientFilter(tag="vip"),
        "common tag": ClientFilter(tag="весна"),
        "tag of the oldest": ClientFilter(tag="старая"),
        "tag of the newest": ClientFilter(tag="новая"),
        "tag of the oldest, and a name": ClientFilter(tag="старая", q="Ан"),
        "no such tag": ClientFilter(tag="нет такой"),
        "responsible": ClientFilter(owner_id=OperatorId(1)),
        "language": ClientFilter(language="en"),
        "consent": ClientFilter(consent="marketing"),
        "no such consent": ClientFilter(consent="model_provider"),
        "said stop": ClientFilter(opted_out=True),
        "active in 7 days": ClientFilter(active_since=NOW - timedelta(days=7)),
        "quiet for 90 days": ClientFilter(quiet_since=NOW - timedelta(days=90)),
        "several": ClientFilter(milestone="agreed", source="comment", tag="весна", language="ru"),
    }


NAMES = {
    "any name": "",
    "a common name": "Ан",
    "a rare name": "фамилия77",
    "two words": "ан фамилия7",
}
FILTERS: dict[str, dict[str, Any]] = {
    "milestone": {"milestone": "agreed"},
    "the source of that name": {"source": "direct"},
    "a source without that name": {"source": "comment"},
    "rare tag": {"tag": "vip"},
    "common tag": {"tag": "весна"},
    "responsible": {"owner_id": OperatorId(1)},
    "English": {"language": "en"},
    "Russian": {"language": "ru"},
    "marketing": {"consent": "marketing"},
    "dialogue": {"consent": "dialogue"},
    "no such consent": {"consent": "model_provider"},
    "said stop": {"opted_out": True},
    "no stop": {"opted_out": False},
    "active in 7 days": {"active_since": NOW - timedelta(days=7)},
    "quiet for 90 days": {"quiet_since": NOW - timedelta(days=90)},
}


def combinations(size: int) -> dict[str, ClientFilter]:
    """A fixed sample of a name's beginning with two or three other filters."""
    every = {}
    for name, q in NAMES.items():
        for number in (2, 3):
            for chosen in itertools.combinations(FILTERS, number):
                fields = [field for one in chosen for field in FILTERS[one]]
                if len(set(fields)) == len(fields):
                    values = {key: value for one in chosen for key, value in FILTERS[one].items()}
                    every[" + ".join((name, *chosen))] = ClientFilter(q=q, **values)
    picked = random.Random(9).sample(sorted(every), size)  # noqa: S311 - the same sample each time
    return {name: every[name] for name in picked}


def summary(measured: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Of all combinations: CPU of both, and the slowest with all their figures."""
    cpu = {name: one["own_cpu_ms"] + one["server_cpu_ms"] for name, one in measured.items()}
    ordered = sorted(cpu.values())
    slowest = sorted(cpu, key=lambda name: -cpu[name])[:10]
    return {
        "combinations": len(cpu),
        "cpu_p50_ms": round(statistics.median(ordered), 1),
        "cpu_p95_ms": round(ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)], 1),
        "cpu_over_150_ms": sum(value > 150 for value in ordered),
        "p95_over_150_ms": sum(one["p95_ms"] > 150 for one in measured.values()),
        "slowest": {name: measured[name] for name in slowest},
    }


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201 - a benchmark talks to its terminal


class ServerClock:
    """CPU seconds of the database server: the postmaster, its ended children and the living ones."""

    def __init__(self, address: str) -> None:
        with psycopg.connect(address) as connection:
            found = connection.execute("SELECT pg_backend_pid()").fetchone()
            postmaster = psutil.Process(found[0] if found else 0).ppid()
        self._server = psutil.Process(postmaster)

    def __call__(self) -> float:
        own = self._server.cpu_times()
        spent = own.user + own.system + own.children_user + own.children_system
        for child in self._server.children():
            with contextlib.suppress(psutil.NoSuchProcess):
                times = child.cpu_times()
                spent += times.user + times.system
        return spent


async def timed(
    work: Callable[[], Awaitable[Any]], times: int, server: ServerClock
) -> dict[str, float]:
    """Milliseconds of the 50th and 95th of a hundred, and CPU of this process and of the server."""
    await work()
    walls, cpu, database = [], time.process_time(), server()
    for _ in range(times):
        started = time.perf_counter()
        await work()
        walls.append((time.perf_counter() - started) * 1000)
    spent = (time.process_time() - cpu) * 1000 / times
    ordered = sorted(walls)
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)], 1),
        "own_cpu_ms": round(spent, 1),
        "server_cpu_ms": round((server() - database) * 1000 / times, 1),
    }


async def timed_once(work: Callable[[], Awaitable[Any]], server: ServerClock) -> dict[str, float]:
    """Seconds of one call."""
    wall, cpu, database = time.perf_counter(), time.process_time(), server()
    await work()
    return {
        "wall_s": round(time.perf_counter() - wall, 3),
        "own_cpu_s": round(time.process_time() - cpu, 3),
        "server_cpu_s": round(server() - database, 3),
    }


async def measure(address: str, clients: int, times: int, *, fill: bool) -> dict[str, Any]:
    engine = make_engine(address)
    units, server = Units(engine), ServerClock(address)
    desk = ClientDesk(units, SystemClock(), salts=(b"salt",))
    rights = ClientRights(units, SystemClock(), salt=b"salt")
    if fill:
        await fill_tables(engine, clients)
    found: dict[str, Any] = {"pages": {}, "counts": {}, "combinations": {}, "client": {}}
    for name, wanted in segments().items():
        found["pages"][name] = await timed(
            lambda w=wanted: desk.page(w, Cut(limit=50)), times, server
        )
        say("page", name, found["pages"][name])
    found["pages"]["page 200"] = await timed(
        lambda: desk.page(ClientFilter(), Cut(limit=50, offset=9950)), times, server
    )
    for name, wanted in segments().items():
        found["counts"][name] = {
            **await timed(lambda w=wanted: desk.count(w), max(times // 4, 3), server),
            "clients": await desk.count(wanted),
        }
        say("count", name, found["counts"][name])
    sample = combinations(COMBINATIONS)
    for kind, ask in (("pages", lambda w: desk.page(w, Cut(limit=50))), ("counts", desk.count)):
        measured = {}
        for name, wanted in sample.items():
            measured[name] = await timed(lambda w=wanted, a=ask: a(w), 5, server)
        found["combinations"][kind] = summary(measured)
        say("combinations,", kind, found["combinations"][kind])
    async with engine.connect() as connection:
        half = {"half": clients // 2}
        one = ClientId(
            await connection.scalar(text("SELECT max(id) FROM users WHERE id <= :half"), half) or 0
        )
    found["client"]["record and time line"] = await timed(lambda: desk.show(one), times, server)
    async with engine.begin() as connection:
        await connection.execute(text(HEAVY), {"client": one})
    found["client"]["export of 10,000 messages"] = await timed_once(
        lambda: rights.export(one, source="benchmark"), server
    )
    found["client"]["erasure of 10,000 messages"] = await timed_once(
        lambda: rights.erase(one, source="benchmark"), server
    )
    say(found["client"])
    await engine.dispose()
    return found


async def fill_tables(engine: Any, clients: int) -> None:
    filled: dict[str, float] = {}
    for name, statement in FILL.items():
        started = time.perf_counter()
        async with engine.begin() as connection:
            await connection.execute(text("SET LOCAL statement_timeout = 0"))
            # Foreign keys are right by construction; checking each would double the filling.
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            values = {"clients": clients} if ":clients" in statement else {}
            await connection.execute(text(statement), values)
        filled[name] = round(time.perf_counter() - started, 1)
        say(f"filled {name}: {filled[name]} s")
    await vacuum(engine)


async def vacuum(engine: Any) -> None:
    async with engine.connect() as connection:
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await plain.execute(text("SET statement_timeout = 0"))
        await plain.execute(text("VACUUM (ANALYZE)"))
        await plain.execute(text("RESET statement_timeout"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--address", help="a database that an earlier run has filled; not filled again"
    )
    given = parser.parse_args()
    if given.address:
        found = asyncio.run(measure(given.address, given.clients, given.times, fill=False))
        write(given, found)
        return
    with tempfile.TemporaryDirectory() as folder:
        server = start_blocking(
            Path(folder) / "postgres",
            print,
            durable=False,
            settings={"shared_buffers": "256MB", "max_wal_size": "4GB"},
        )
        try:
            prepare_empty_database(server.url)
            found = asyncio.run(measure(server.url, given.clients, given.times, fill=True))
        finally:
            server.stop_blocking()
    write(given, found)


def write(given: argparse.Namespace, found: dict[str, Any]) -> None:
    result = {
        "name": "clients",
        "machine": {
            "cpus": os.cpu_count(),
            "load_average": os.getloadavg(),
            "system": platform.platform(),
        },
        "versions": {"candor": version("candor"), "python": platform.python_version()},
        "clients": given.clients,
        **found,
    }
    if given.json:
        given.json.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
