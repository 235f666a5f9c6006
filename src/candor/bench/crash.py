"""`crash`: kill -9 at random under load. Every message is answered, none twice.

People write to the bot through the sandbox and wait for the answer before they write again. The
process is killed at random moments and started again at once. In the end every inbound message has
to be answered, and every text stands in the person's chat exactly once.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import text

from candor.bench.stage import Stage, set_stage, wait_until
from candor.common.tasks import spawn

KILLS: Final = 200
PEOPLE: Final = 40
WORDS: Final = (
    "здравствуйте", "хочу английский для работы", "сколько стоит?", "учил в школе",
    "а когда занятия?", "мне бы подумать", "расскажите про группу", "спасибо",
)  # fmt: skip
_ALIVE: Final = (0.05, 2.5)
"""Seconds between a restarted process's first answer and its end."""
_SETTLE_SECONDS: Final = 180.0


@dataclass(slots=True)
class _Load:
    """What the people have done so far."""

    written: int = 0
    is_over: bool = False


async def run(data_dir: Path, *, kills: int = KILLS) -> list[dict[str, object]]:
    """One run of `kills` kills; the figures of the result."""
    async with set_stage(data_dir, limits=False) as stage:
        people = [await stage.person(number) for number in range(PEOPLE)]
        load = _Load()
        writers = [spawn(_writes(stage, person, load), name="writer") for person in people]
        killed = await _kill_again_and_again(stage, kills)
        load.is_over = True
        await asyncio.gather(*writers)
        last = stage.start()
        await wait_until(
            lambda: _is_settled(stage), seconds=_SETTLE_SECONDS, what="Answering what was left"
        )
        last.stop()
        figures = await _count(stage, people)
    return [{"kills": killed, "written": load.written, **figures}]


async def _kill_again_and_again(stage: Stage, kills: int) -> int:
    chance = random.Random(7)  # noqa: S311 - moments of a benchmark, repeatable
    for number in range(kills):
        candor = stage.start()
        await _works(stage)
        await asyncio.sleep(chance.uniform(*_ALIVE))
        candor.kill()
        if number % 20 == 19:
            print(f"  {number + 1} kills", flush=True)  # noqa: T201 - progress of a long run
    return kills


async def _works(stage: Stage) -> None:
    """Until the new process has sent something: it is in the middle of work then."""
    before = await _sent(stage)

    async def has_sent() -> bool:
        return await _sent(stage) > before

    await wait_until(has_sent, seconds=60, what="The first answer after a start")


async def _sent(stage: Stage) -> int:
    return await _scalar(stage, "SELECT count(*) FROM outbox WHERE status = 'sent'")


async def _writes(stage: Stage, person: int, load: _Load) -> None:
    """Writes, waits for an answer (or 40 s), writes again."""
    chance = random.Random(person)  # noqa: S311 - moments of a benchmark, repeatable
    while not load.is_over:
        await stage.write(person, chance.choice(WORDS))
        load.written += 1
        for _ in range(400):
            if load.is_over or await _is_answered(stage, person):
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(chance.uniform(0.0, 1.0))


async def _is_answered(stage: Stage, person: int) -> bool:
    messages = await _dialogue(stage, person)
    return bool(messages) and bool(messages[-1]["is_bot"])


async def _dialogue(stage: Stage, person: int) -> Sequence[dict[str, object]]:
    status, found = await stage.sandbox.control("GET", f"/chats/{person}/messages", None, {})
    if status >= 400 or not isinstance(found, list):
        return []
    return [{"is_bot": item["from"]["is_bot"], "text": item["text"]} for item in found]


async def _is_settled(stage: Stage) -> bool:
    waiting = await _scalar(
        stage,
        "SELECT count(*) FROM conversation_messages WHERE direction = 'in' AND answered_at IS NULL",
    )
    unsent = await _scalar(
        stage, "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')"
    )
    return waiting == 0 and unsent == 0


async def _count(stage: Stage, people: Sequence[int]) -> dict[str, object]:
    """Compare what the people see with what the database believes."""
    seen: Counter[str] = Counter()
    for person in people:
        for message in await _dialogue(stage, person):
            seen["out" if message["is_bot"] else "in"] += 1
    arrived = await _scalar(
        stage, "SELECT count(*) FROM conversation_messages WHERE direction = 'in'"
    )
    sent = await _scalar(stage, "SELECT count(*) FROM outbox WHERE status = 'sent'")
    unconfirmed = await _scalar(stage, "SELECT count(*) FROM outbox WHERE status = 'unconfirmed'")
    return {
        "inbound_lost": seen["in"] - arrived,
        "inbound_unanswered": await _scalar(
            stage,
            "SELECT count(*) FROM conversation_messages"
            " WHERE direction = 'in' AND answered_at IS NULL",
        ),
        "sent": sent,
        "seen_by_people": seen["out"],
        "doubled": max(0, seen["out"] - sent - unconfirmed),
        "missing": max(0, sent - seen["out"]),
        "unconfirmed": unconfirmed,
        "failed": await _scalar(stage, "SELECT count(*) FROM outbox WHERE status = 'failed'"),
    }


async def _scalar(stage: Stage, query: str) -> int:
    async with stage.container.engine.connect() as connection:
        return int((await connection.execute(text(query))).scalar_one())
