"""`start`: how long the demo takes from the command to `/healthz`, and how much memory it holds."""

import asyncio
import os
import re
import sys
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path
from typing import Final

import aiohttp
import psutil

from candor.bench.stage import SETTING_NAMES, StageError

_READY: Final = re.compile(rb"Candor is ready:\s+(\S+)")
_START_SECONDS: Final = 180.0
_REST_SECONDS: Final = 5.0


async def run(data_dir: Path) -> dict[str, object]:
    """A first start in an empty folder, and a second one of what is there then."""
    first = await _start(data_dir)
    second = await _start(data_dir)
    return {
        **{f"first_{name}": value for name, value in first.items()},
        **{f"second_{name}": value for name, value in second.items()},
    }


async def _start(data_dir: Path) -> dict[str, object]:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "candor", "up", "--demo", "--port", "0"),
        *("--data-dir", str(data_dir)),
        cwd=data_dir.parent,
        env={name: value for name, value in os.environ.items() if name not in SETTING_NAMES},
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            await _healthy(await _address(process))
        seconds = time.perf_counter() - began
        measured = psutil.Process(process.pid)
        cpu = measured.cpu_times()
        await asyncio.sleep(_REST_SECONDS)
        memory = measured.memory_info().rss / 2**20
    finally:
        code = await _stop(process)
    return {
        "ready_seconds": round(seconds, 2),
        "ready_cpu_seconds": round(cpu.user + cpu.system, 2),
        "resident_mib": round(memory, 1),
        "exit_code": code,
    }


async def _address(process: Process) -> str:
    if process.stdout is None:
        raise StageError("Candor has no output.")
    said = b""
    while line := await process.stdout.readline():
        said += line
        if found := _READY.search(line):
            return found.group(1).decode()
    raise StageError(f"Candor ended without being ready:\n{said[-1500:].decode()}")


async def _healthy(address: str) -> None:
    async with aiohttp.ClientSession() as http:
        while True:
            async with http.get(f"{address}/healthz") as response:
                if response.status == 200:
                    return
            await asyncio.sleep(0.02)


async def _stop(process: Process) -> int:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(30):
            await process.communicate()
    except TimeoutError:
        process.kill()
    return await process.wait()
