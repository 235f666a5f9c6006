"""`crash`: kill -9 at random under load. Every message is answered, none twice.

People write to the bot through the sandbox and wait for the answer before they write again. The
process is killed at random moments and started again at once. In the end every inbound message has
to be answered, and every text stands in the person's chat exactly once.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import text

from candor.bench.stage import Child, Stage, set_stage, wait_until
from candor.common.tasks import spawn
from candor.sandbox.world.model import Message

KILLS: Final = 200
PEOPLE: Final = 40
WORDS: Final = (
    "здравствуйте", "хочу английский для работы", "сколько стоит?", "учил в школе",
    "а когда занятия?", "мне бы подумать", "расскажите про группу", "спасибо",
)  # fmt: skip
_ALIVE: Final = (0.05, 2.5)
"""Seconds between a restarted process's first answer and its end."""
_SETTLE_SECONDS: Final = 180.0
_ANSWER_SECONDS: Final = 40.0
_START_SECONDS: Final = 120.0
_SAYS_EVERY: Final = 20


@dataclass(slots=True)
class _Load:
    """What the people have done so far."""

    written: int = 0
    is_over: bool = False


async def run(
    data_dir: Path, *, kills: int = KILLS, people: int = PEOPLE, seed: int = 7
) -> dict[str, object]:
    """One run of `kills` kills; the figures of the result."""
    async with set_stage(data_dir, limits=False) as stage:
        chats: set[int] = set()
        load = _Load()
        found = [await stage.person(number) for number in range(people)]
        writers = [spawn(_writes(stage, person, load, chats), name="writer") for person in found]
        last = await _kill_again_and_again(stage, kills, random.Random(seed))  # noqa: S311
        load.is_over = True
        await asyncio.gather(*writers)
        try:
            await wait_until(
                lambda: _is_settled(stage), seconds=_SETTLE_SECONDS, what="Answering what was left"
            )
        finally:
            last.stop()
        figures = await _count(stage, chats)
    return {"kills": kills, "written": load.written, **figures}


async def _kill_again_and_again(stage: Stage, kills: int, chance: random.Random) -> Child:
    """Kill so often; returns the process that lives on afterwards."""
    candor = stage.start()
    for number in range(1, kills + 1):
        await _works(stage, candor)
        await asyncio.sleep(chance.uniform(*_ALIVE))
        candor.kill()
        candor = stage.start()
        if number % _SAYS_EVERY == 0:
            print(f"  {number} kills", flush=True)  # noqa: T201 - progress of a long run
    return candor


async def _works(stage: Stage, candor: Child) -> None:
    """Until the new process has sent something: it is in the middle of work then."""
    before = _said(stage)

    async def has_sent() -> bool:
        stage.check(candor)
        return _said(stage) > before

    await wait_until(has_sent, seconds=_START_SECONDS, what="The first answer after a start")


def _said(stage: Stage) -> int:
    return sum(len(heard) for heard in stage.ear.heard.values())


async def _writes(stage: Stage, person: int, load: _Load, chats: set[int]) -> None:
    """Writes, waits for an answer (or 40 s), writes again."""
    chance = random.Random(person)  # noqa: S311 - moments of a benchmark, repeatable
    chat, heard = 0, 0
    while not load.is_over:
        heard = stage.ear.count(chat)
        chat = await stage.write(person, chance.choice(WORDS))
        chats.add(chat)
        load.written += 1
        await _answer(stage, load, chat, heard)
        await asyncio.sleep(chance.uniform(0.0, 1.0))


async def _answer(stage: Stage, load: _Load, chat: int, heard: int) -> None:
    """Until a bot has said more than so much, the load is over, or patience ends."""
    for _ in range(int(_ANSWER_SECONDS * 10)):
        if load.is_over or stage.ear.count(chat) > heard:
            return
        await asyncio.sleep(0.1)


async def _is_settled(stage: Stage) -> bool:
    waiting = await _scalar(stage, f"SELECT count(*) FROM conversation_messages WHERE {_WAITING}")
    unsent = await _scalar(
        stage, "SELECT count(*) FROM outbox WHERE status IN ('queued', 'sending')"
    )
    return waiting == 0 and unsent == 0


_WAITING: Final = (
    "direction = 'in' AND answered_at IS NULL AND conversation_id IN"
    " (SELECT id FROM client_conversations WHERE handling = 'ai')"
)


async def _count(stage: Stage, chats: set[int]) -> dict[str, object]:
    """Compare what the people see with what the database believes.

    `doubled`: messages in the chats beyond those that the outbox sent or could not confirm.
    `unconfirmed_unseen`: of those that could not be confirmed, so many never arrived.
    `missing`: messages that the outbox holds for sent and nobody has seen.
    """
    seen: Counter[str] = Counter()
    for chat in chats:
        for message in stage.sandbox.world.history(chat).values():
            seen["out" if _is_bots(stage, message) else "in"] += 1
    outbox = await _by_status(stage)
    sent, unconfirmed = outbox.get("sent", 0), outbox.get("unconfirmed", 0)
    arrived = await _scalar(
        stage, "SELECT count(*) FROM conversation_messages WHERE direction = 'in'"
    )
    waiting = await _scalar(stage, f"SELECT count(*) FROM conversation_messages WHERE {_WAITING}")
    return {
        "inbound_lost": seen["in"] - arrived,
        "inbound_unanswered": waiting,
        "sent": sent,
        "seen_by_people": seen["out"],
        "doubled": max(0, seen["out"] - sent - unconfirmed),
        "missing": max(0, sent - seen["out"]),
        "unconfirmed": unconfirmed,
        "unconfirmed_unseen": max(0, sent + unconfirmed - seen["out"]),
        "failed": outbox.get("failed", 0),
    }


def _is_bots(stage: Stage, message: Message) -> bool:
    return message.sender_id is not None and stage.sandbox.world.user(message.sender_id).is_bot


async def _by_status(stage: Stage) -> dict[str, int]:
    async with stage.container.engine.connect() as connection:
        found = await connection.execute(
            text("SELECT status, count(*) FROM outbox GROUP BY status")
        )
        return {str(status): int(count) for status, count in found}


async def _scalar(stage: Stage, query: str) -> int:
    async with stage.container.engine.connect() as connection:
        return int((await connection.execute(text(query))).scalar_one())
