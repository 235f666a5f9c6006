"""`python -m candor.sandbox.figures`: how fast and how small the sandbox is, as JSON.

The server runs in a process of its own; the client is a bare socket, so that it costs little beside it.
"""

import asyncio
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from candor.common.tasks import spawn, stop

RUNS = 3
CONNECTIONS = 8
CALLS = 3000
BOTS = 200
POLLED = 400
GROWN = 100_000


class Line:
    """One keep-alive connection that posts JSON."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> "Line":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, path: str, body: object) -> Any:
        """The JSON answer of one call."""
        content = json.dumps(body).encode()
        self._writer.write(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        return json.loads(await self._reader.readexactly(length))

    def close(self) -> None:
        self._writer.close()


@dataclass(slots=True)
class Server:
    """A sandbox in another process."""

    process: asyncio.subprocess.Process
    port: int

    @classmethod
    async def start(cls) -> "Server":
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "candor.sandbox",
            "--port",
            "0",
            stdout=asyncio.subprocess.PIPE,
        )
        if process.stdout is None:
            raise RuntimeError("the server has no output")
        first = (await process.stdout.readline()).decode()
        return cls(process, int(first.rsplit(":", 1)[1]))

    def resident_mb(self) -> float:
        """Resident memory now, in MB (Linux; 0 elsewhere)."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return 0.0
        line = next(item for item in status.read_text().splitlines() if item.startswith("VmRSS"))
        return round(int(line.split()[1]) / 1024, 1)

    def cpu_seconds(self) -> float:
        """Processor time spent so far (Linux; 0 elsewhere)."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return 0.0
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def stop(self) -> None:
        self.process.terminate()
        await self.process.wait()


async def make_bot(line: Line, number: int = 0) -> tuple[str, int]:
    """A bot's token and a person who has started it."""
    bot = await line.post("/control/bots", {"username": f"figure{number}_bot", "name": "F"})
    person = await line.post("/control/users", {"first_name": "P"})
    start = {"from": person["id"], "to": bot["id"], "text": "/start"}
    await line.post("/control/messages", start)
    return bot["token"], person["id"]


async def sending(port: int, server: Server) -> dict[str, float]:
    """sendMessage calls per second over a few connections, and the server's own time for one."""
    lines = [await Line.open(port) for _ in range(CONNECTIONS)]
    token, person = await make_bot(lines[0])
    path = f"/bot{token}/sendMessage"

    async def work(line: Line) -> None:
        for number in range(CALLS // CONNECTIONS):
            answer = await line.post(path, {"chat_id": person, "text": f"message {number}"})
            if not answer["ok"]:
                raise RuntimeError(answer["description"])

    spent, began = server.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(work(line) for line in lines))
    seconds = time.perf_counter() - began
    spent = server.cpu_seconds() - spent
    for line in lines:
        line.close()
    return {
        "send_message_per_second": round(CALLS / seconds),
        "server_cpu_us_per_send": round(spent / CALLS * 1e6),
    }


async def polling(port: int, server: Server) -> dict[str, float]:
    """Memory with many waiting polls, and the time from a person's message to a waiting poll."""
    desk = await Line.open(port)
    bots = [await make_bot(desk, number) for number in range(1, BOTS + 1)]
    lines = [await Line.open(port) for _ in bots]
    arrivals: dict[int, asyncio.Queue[float]] = {person: asyncio.Queue() for _, person in bots}

    async def poll(line: Line, token: str, person: int) -> None:
        offset = 0
        while True:
            body = {"timeout": 30, "offset": offset}
            for update in (await line.post(f"/bot{token}/getUpdates", body))["result"]:
                offset = update["update_id"] + 1
                arrivals[person].put_nowait(time.perf_counter())

    for token, _ in bots:
        await desk.post(f"/bot{token}/deleteWebhook", {"drop_pending_updates": True})
    tasks = [
        spawn(poll(line, *bot), name="figures-poll") for line, bot in zip(lines, bots, strict=True)
    ]
    await asyncio.sleep(1)
    memory = server.resident_mb()
    delays = []
    for number in range(POLLED):
        token, person = bots[number % BOTS]
        began = time.perf_counter()
        body = {"from": person, "to": int(token.partition(":")[0]), "text": "x"}
        await desk.post("/control/messages", body)
        delays.append(await arrivals[person].get() - began)
        await asyncio.sleep(0.002)
    await stop(*tasks)
    for line in (*lines, desk):
        line.close()
    delays.sort()
    return {
        "resident_mb_with_200_polls": memory,
        "update_to_poll_p50_ms": round(statistics.median(delays) * 1000, 2),
        "update_to_poll_p99_ms": round(delays[int(len(delays) * 0.99)] * 1000, 2),
    }


async def growth(port: int, server: Server) -> dict[str, float]:
    """Median cost of a call with few and with 100,000 messages in one chat."""
    line = await Line.open(port)
    token, person = await make_bot(line, 5000)
    path = f"/bot{token}/sendMessage"

    async def timed(count: int) -> float:
        spent = []
        for number in range(count):
            began = time.perf_counter()
            await line.post(path, {"chat_id": person, "text": f"message {number}"})
            spent.append(time.perf_counter() - began)
        return statistics.median(spent) * 1000

    await timed(200)
    few = await timed(1000)
    others = [await Line.open(port) for _ in range(CONNECTIONS)]

    async def fill(other: Line) -> None:
        for number in range(GROWN // CONNECTIONS):
            await other.post(path, {"chat_id": person, "text": f"message {number}"})

    await asyncio.gather(*(fill(other) for other in others))
    many = await timed(1000)
    return {
        "send_ms_with_1000_messages": round(few, 3),
        "send_ms_with_100000_messages": round(many, 3),
        "resident_mb_with_100000_messages": server.resident_mb(),
    }


async def _measured(work: Callable[[Server], Awaitable[dict[str, float]]]) -> dict[str, float]:
    server = await Server.start()
    try:
        line = await Line.open(server.port)
        await line.post("/control/limits/off", {})
        line.close()
        return await work(server)
    finally:
        await server.stop()


async def measure() -> dict[str, Any]:
    """All figures: each run with its own server, and the medians."""
    runs: list[dict[str, float]] = []
    for _ in range(RUNS):
        run = await _measured(lambda server: sending(server.port, server))
        run |= await _measured(lambda server: polling(server.port, server))
        runs.append(run)
    grown = await _measured(lambda server: growth(server.port, server))
    medians = {name: statistics.median(run[name] for run in runs) for name in runs[0]} | grown
    return {
        "name": "sandbox",
        "machine": {"system": platform.platform(), "python": platform.python_version()},
        "runs": [*runs, grown],
        "median": medians,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(measure()), indent=2) + "\n")
