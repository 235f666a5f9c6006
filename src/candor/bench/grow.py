"""`grow`: what one turn costs with a thousand, a hundred thousand and a million conversations.

One database per size stands on the same server, and the turns go round them in blocks, so that what
else the machine does touches all sizes alike. A turn is: `Inbox.receive`, the answer of
`SalesConversationService` by the offline engine, `DeliveryService.deliver` to a sandbox in another
process. Its cost is the CPU time of this process plus that of the database server.
"""

import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.bench.growing import fill
from candor.bench.lone_sandbox import LoneSandbox, lone_sandbox
from candor.bench.processes import DatabaseProcesses
from candor.bench.stage import BOT, StageError, bench_settings, quiet
from candor.bootstrap.container import Container, open_container
from candor.bootstrap.foundation import open_database
from candor.common.clock import MovableClock
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId, TelegramUserId
from candor.common.lanes import Lane
from candor.messaging.incoming import IncomingMessage
from candor.messaging.lanes import DELIVER
from candor.storage.engine import make_engine

SIZES: Final = (1_000, 100_000, 1_000_000)
BLOCKS: Final = 5
TURNS: Final = 30
PEOPLE: Final = 50
_WORDS: Final = ("сколько стоит?", "хочу английский для работы", "учил в школе", "а когда занятия?")
_FIRST_MESSAGE: Final = 10_000_000
_BETWEEN: Final = timedelta(seconds=3)
_SENT: Final = "SELECT count(*) FROM outbox WHERE status = 'sent'"


@dataclass(frozen=True, slots=True)
class _Client:
    """A conversation of the filled ones, and its numbers."""

    person: int
    chat: int


@dataclass(slots=True)
class _Size:
    """One database with its services."""

    conversations: int
    container: Container
    clock: MovableClock
    clients: Sequence[_Client]
    numbers: "count[int]"


@dataclass(frozen=True, slots=True)
class _Cost:
    """CPU seconds of so many turns."""

    turns: int = 0
    own: float = 0.0
    database: float = 0.0
    wall: float = 0.0

    def __add__(self, other: "_Cost") -> "_Cost":
        return _Cost(
            self.turns + other.turns,
            self.own + other.own,
            self.database + other.database,
            self.wall + other.wall,
        )


async def run(
    data_dir: Path, *, sizes: Sequence[int] = SIZES, runs: int = 3, turns: int = TURNS
) -> list[dict[str, object]]:
    """All runs; the databases are filled once."""
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(lone_sandbox())
        bot = await sandbox.ask("POST", "/bots", {"username": BOT, "name": "Маяк"})
        database = await stack.enter_async_context(
            open_database(bench_settings(), data_dir=data_dir, progress=quiet)
        )
        address = database.address.get_secret_value()
        admin = make_engine(address)
        stack.push_async_callback(admin.dispose)
        server = await DatabaseProcesses.of(admin)
        prepared = [
            await _prepare(stack, sandbox, admin, data_dir, address, str(bot["token"]), size)
            for size in sorted(sizes)
        ]
        for size in prepared:
            await _block(size, server, turns)
        return [await _measure(prepared, server, turns) for _ in range(runs)]


async def _prepare(
    stack: AsyncExitStack,
    sandbox: LoneSandbox,
    admin: AsyncEngine,
    data_dir: Path,
    address: str,
    token: str,
    size: int,
) -> _Size:
    name = f"grow_{size}"
    async with admin.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"CREATE DATABASE {name}"))
    clock = MovableClock()
    settings = bench_settings(
        DATABASE_URL=_other_database(address, name), TELEGRAM_BOT_API_URL=sandbox.address
    )
    container = await stack.enter_async_context(
        open_container(settings, data_dir=data_dir, progress=quiet, clock=clock)
    )
    await container.import_samples()
    await container.accounts.add_bot(SecretStr(token), role="sales", title="Маяк", actor="bench")
    await fill(container.engine, size)
    await container.language.warm()
    clients = await _clients(container, sandbox, size)
    return _Size(size, container, clock, clients, count(_FIRST_MESSAGE))


def _other_database(address: str, name: str) -> str:
    before, _, _ = address.partition("?")
    query = address[len(before) :]
    return f"{before.rsplit('/', 1)[0]}/{name}{query}"


async def _clients(container: Container, sandbox: LoneSandbox, size: int) -> list[_Client]:
    """Some of the filled conversations, spread over all; their people exist in the sandbox."""
    chance = random.Random(size)  # noqa: S311 - a repeatable choice
    wanted = chance.sample(range(1, size + 1), min(PEOPLE, size))
    async with container.engine.connect() as connection:
        found = await connection.execute(
            text("SELECT chat_id, id FROM chats WHERE client_id = ANY(:ids) ORDER BY id"),
            {"ids": wanted},
        )
        clients = [_Client(int(person), int(chat)) for person, chat in found]
    for client in clients:
        await sandbox.meet(client.person, BOT)
    return clients


async def _measure(
    sizes: Sequence[_Size], server: DatabaseProcesses, turns: int
) -> dict[str, object]:
    costs = {size.conversations: _Cost() for size in sizes}
    for _ in range(BLOCKS):
        for size in sizes:
            costs[size.conversations] += await _block(size, server, turns)
    figures: dict[str, object] = {
        f"conversations_{size}": _figures(cost) for size, cost in costs.items()
    }
    each = [(cost.own + cost.database) / cost.turns for cost in costs.values()]
    figures["ratio_largest_to_smallest"] = round(each[-1] / each[0], 3)
    return figures


def _figures(cost: _Cost) -> dict[str, object]:
    def each(seconds: float) -> float:
        return round(seconds * 1000 / cost.turns, 3)

    return {
        "turns": cost.turns,
        "cost_ms": each(cost.own + cost.database),
        "own_cpu_ms": each(cost.own),
        "database_cpu_ms": each(cost.database),
        "wall_ms": each(cost.wall),
    }


async def _block(size: _Size, server: DatabaseProcesses, turns: int) -> _Cost:
    """So many turns of different clients; raises StageError when not each was sent."""
    sent = await _sent(size)
    database, own, wall = server.cpu_seconds(), time.process_time(), time.perf_counter()
    for number in range(turns):
        await _turn(size, size.clients[number % len(size.clients)])
    cost = _Cost(
        turns,
        time.process_time() - own,
        server.cpu_seconds() - database,
        time.perf_counter() - wall,
    )
    if (missing := turns - (await _sent(size) - sent)) > 0:
        raise StageError(f"{missing} of {turns} turns were not sent.")
    return cost


async def _sent(size: _Size) -> int:
    async with size.container.engine.connect() as connection:
        return int((await connection.execute(text(_SENT))).scalar_one())


async def _turn(size: _Size, client: _Client) -> None:
    size.clock.advance(_BETWEEN)
    number = next(size.numbers)
    received = await size.container.messaging.inbox.receive(
        IncomingMessage(
            account_id=AccountId(1),
            chat_id=TelegramChatId(client.person),
            sender_id=TelegramUserId(client.person),
            message_id=TelegramMessageId(number),
            text=_WORDS[number % len(_WORDS)],
            sent_at=size.clock.now(),
            first_name="Клиент",
            language_code="ru",
        )
    )
    if received.conversation_id is None:
        raise StageError("A message was not stored.")
    await size.container.sales.conversations.answer(received.conversation_id)
    await size.container.messaging.delivery.deliver(Lane(DELIVER, str(client.chat), 0))
