"""`bots`: many bots in one process: its memory, that each of them answers, and who follows a killed one.

Every bot polls the sandbox over HTTP as it would poll Telegram, and a person writes to each. Then the
process is killed, while a second one waits for its bots.
"""

import asyncio
import time
from pathlib import Path
from typing import Final

from sqlalchemy import text

from candor.bench.results import percentile
from candor.bench.stage import Child, Stage, set_stage, wait_until

BOTS: Final = 200
_WRITERS: Final = 8
"""People who write at the same time: the answer of each is waited for."""
_ANSWER_SECONDS: Final = 120.0
_START_SECONDS: Final = 300.0
_FOLLOW_SECONDS: Final = 120.0
_REST_SECONDS: Final = 5.0
_OPENED: Final = text(
    "SELECT count(DISTINCT account_id) FROM account_security_logs"
    " WHERE event = 'session_opened' AND id > :after"
)
_NEWEST: Final = text("SELECT COALESCE(max(id), 0) FROM account_security_logs")


async def run(data_dir: Path, *, count: int = BOTS) -> dict[str, object]:
    """One run with so many bots."""
    async with set_stage(data_dir, limits=False, bots=count) as stage:
        before = await _newest(stage)
        started = time.perf_counter()
        first = stage.start(roles="telegram,worker")
        await _holds(stage, first, count, after=before, seconds=_START_SECONDS)
        held = time.perf_counter() - started
        await asyncio.sleep(_REST_SECONDS)
        at_rest = first.memory_mib()
        answers = await _written_to(stage, count)
        at_work = first.memory_mib()
        return {
            "bots": count,
            "all_held_seconds": round(held, 1),
            "resident_mib_at_rest": round(at_rest, 1),
            "resident_mib_after_work": round(at_work, 1),
            "answered": len(answers),
            "answer_p50_ms": round(percentile(answers, 0.5) * 1000, 1),
            "answer_p95_ms": round(percentile(answers, 0.95) * 1000, 1),
            **await _followed(stage, first, count),
        }


async def _holds(stage: Stage, child: Child, count: int, *, after: int, seconds: float) -> None:
    async def is_held() -> bool:
        stage.check(child)
        return await _opened(stage, after) >= count

    await wait_until(is_held, seconds=seconds, what=f"{count} bots in one process")


async def _written_to(stage: Stage, count: int) -> list[float]:
    """One person writes to each bot; seconds until each answer."""
    gate = asyncio.Semaphore(_WRITERS)

    async def write(number: int) -> float:
        async with gate:
            person = await stage.person(number)
            started = time.perf_counter()
            chat = await stage.write(person, "Здравствуйте! Хочу учить английский.", bot=number)
            heard = await stage.ear.after(chat, 0, seconds=_ANSWER_SECONDS)
            return heard.at - started

    return list(await asyncio.gather(*(write(number) for number in range(count))))


async def _followed(stage: Stage, first: Child, count: int) -> dict[str, object]:
    """kill -9 of the holder; seconds until the other process holds the first bot, and all of them."""
    second = stage.start(roles="telegram")
    await stage.looks_for_accounts(2)
    after = await _newest(stage)
    first.kill()
    killed = time.perf_counter()
    await _holds(stage, second, 1, after=after, seconds=_FOLLOW_SECONDS)
    one = time.perf_counter() - killed
    await _holds(stage, second, count, after=after, seconds=_FOLLOW_SECONDS)
    return {
        "first_bot_followed_seconds": round(one, 1),
        "all_bots_followed_seconds": round(time.perf_counter() - killed, 1),
    }


async def _opened(stage: Stage, after: int) -> int:
    async with stage.container.foundation.engine.connect() as connection:
        return int(await connection.scalar(_OPENED, {"after": after}) or 0)


async def _newest(stage: Stage) -> int:
    async with stage.container.foundation.engine.connect() as connection:
        return int(await connection.scalar(_NEWEST) or 0)
