"""`comments`: from a post to its waiting comment, and ten thousand posts of 500 channels at once.

The posts are handed in as the Telegram edge hands them in; a Candor process of role `worker` decides
and writes, over a stub model that answers at once, so what is measured is the pipeline around it.
"""

import asyncio
import random
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from candor.bench.results import percentile
from candor.bench.stage import Child, Stage, StageError, set_stage, wait_until
from candor.bench.stub_model import StubCall, StubModelServer
from candor.commenting.lanes import OFFER_COMMENT
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId
from candor.storage.lanes import LANES_CHANNEL
from candor.storage.notifications import PgNotifications
from candor.telegram.ports import ArrivedPost

CHANNELS: Final = 500
POSTS_PER_CHANNEL: Final = 20
SINGLE: Final = 120
"""Posts one at a time, each of a channel of its own: their way to a waiting comment is timed."""
READERS: Final = 8
_REST_SECONDS: Final = 8.0
"""After a start the models are made ready in the background for so long."""
BOTS: Final = 25
"""Commenting accounts: each may write 50 a day."""
FIRST_CHANNEL: Final = -1_002_000_000_000
ON_TOPIC: Final = (
    "Как запоминать английские слова, если на уроки нет времени? Номер {n}: карточки по дороге на "
    "работу, короткие заметки и повторение через день. А как повторяете слова вы?"
)
OFF_TOPIC: Final = (
    "Выпуск {n}. Погода на неделю: солнце, ветер с моря, вечером прохладно. Возьмите зонт, если "
    "поедете в горы, и заранее проверьте расписание канатной дороги."
)
_LETTERS: Final = "бвгдзклмнпрст"
_VOWELS: Final = "аеиоу"
_SEED: Final = (
    """
    INSERT INTO telegram_channels (username, title, chat_id, discussion_chat_id, is_monitored,
        comment_mode, daily_cap, topics, timezone, quiet_from, quiet_until, audience, grant_code,
        offered, created_at, updated_at)
    SELECT 'bench_' || n, 'Channel ' || n, :first - n * 10, :first - n * 10 - 1, true, 'approve', 3,
        '["английский", "слова"]', 'UTC', '00:00', '00:00', 'other', 'bench' || n,
        '{"mode": "approve", "max_per_day": 3, "topics": [], "may_link": true}', now(), now()
    FROM generate_series(1, :count) AS n
    """,
    """
    INSERT INTO channel_permissions (channel_id, granted_by, granted_by_id, granted_at, scope, proof,
        expires_at)
    SELECT id, 'owner', 1, now() - interval '1 day', offered, jsonb_build_object('chat_id', chat_id,
        'message_id', 1, 'text', '/allow', 'administrator_status', 'owner', 'verified_at', now()),
        now() + interval '100 days'
    FROM telegram_channels
    """,
    """
    INSERT INTO channel_standings (channel_id, account_id, can_see_posts, can_write, verified_at)
    SELECT c.id, a.id, true, true, now() FROM telegram_channels c, telegram_account_sessions a
    """,
    """
    INSERT INTO commentator_accounts (account_id, daily_cap, is_active, created_at)
    SELECT id, 50, true, now() FROM telegram_account_sessions
    """,
)


@dataclass(slots=True)
class Writer:
    """The stub's answers: a summary, or three comments that nobody has written before."""

    asked: int = 0
    summaries: int = 0

    def __call__(self, call: StubCall) -> dict[str, Any]:
        if '"comments"' not in call.prompt:
            self.summaries += 1
            return {
                "main_idea": "Как запоминать слова",
                "keywords": ["слова", "карточки"],
                "tone": "neutral",
                "topics": ["английский"],
                "sensitive": [],
            }
        self.asked += 1
        return {"comments": [self._comment(self.asked * 3 + part) for part in range(3)]}

    @staticmethod
    def _comment(number: int) -> str:
        """Made-up words, so that no two comments look alike; seeded, so that runs are alike."""
        dice = random.Random(number)  # noqa: S311 - words, no secrets
        words = (
            "".join(dice.choice(_LETTERS) + dice.choice(_VOWELS) for _ in range(3))
            for _ in range(9)
        )
        return f"Слова и карточки: {' '.join(words)}."


class _Told:
    """Hears the database tell of a comment to offer, which it does as the comment is committed.

    Asking the table again and again would take the processor from what is measured.
    """

    def __init__(self, notifications: PgNotifications) -> None:
        self._notifications = notifications
        self._event = asyncio.Event()
        self._at = 0.0

    @classmethod
    async def listen(cls, stage: Stage) -> "_Told":
        notifications = PgNotifications(stage.database)
        told = cls(notifications)
        notifications.subscribe(LANES_CHANNEL, told._hear)
        await notifications.start()
        return told

    def _hear(self, payload: str) -> None:
        if payload.startswith(OFFER_COMMENT) and not self._event.is_set():
            self._at = time.perf_counter()
            self._event.set()

    def forget(self) -> None:
        self._event.clear()

    async def wait(self, seconds: float) -> float:
        """When it was told; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            await self._event.wait()
        return self._at

    async def stop(self) -> None:
        await self._notifications.stop()


async def run(data_dir: Path, *, channels: int = CHANNELS) -> dict[str, object]:
    """One run: posts one by one, then all channels at once."""
    writer = Writer()
    async with (
        StubModelServer(respond=writer, keeps_calls=False) as model,
        set_stage(data_dir, limits=False, bots=BOTS) as stage,
    ):
        await _seed(stage, channels)
        told = await _Told.listen(stage)
        candor = stage.start(
            roles="worker",
            OPENAI_API_KEY="bench",
            OPENAI_BASE_URL=model.base_url,
            CANDOR_LLM_MODEL="stub-large",
        )
        await _warm(stage, candor, told)
        single = min(SINGLE, channels - 1)
        cpu = candor.cpu_seconds()
        ways = [await _way(stage, candor, told, number) for number in range(2, 2 + single)]
        cpu = candor.cpu_seconds() - cpu
        await told.stop()
        before = writer.summaries
        burst = await _burst(stage, candor, channels, first=2 + single)
        return {
            "single": {
                "posts": single,
                "p50_ms": round(percentile(ways, 0.5) * 1000, 1),
                "p95_ms": round(percentile(ways, 0.95) * 1000, 1),
                "cpu_ms": round(cpu / single * 1000, 1),
            },
            "burst": burst | {"summaries_asked": writer.summaries - before},
        }


async def _seed(stage: Stage, channels: int) -> None:
    async with stage.container.foundation.engine.begin() as connection:
        for statement in _SEED:
            await connection.execute(text(statement), {"first": FIRST_CHANNEL, "count": channels})


async def _warm(stage: Stage, candor: Child, told: _Told) -> None:
    """The first post waits for the process to start and for what it loads once."""
    await _way(stage, candor, told, 1, seconds=120)
    await asyncio.sleep(_REST_SECONDS)


async def _way(
    stage: Stage, candor: Child, told: _Told, channel: int, *, seconds: float = 60
) -> float:
    """Seconds from the hand-over of a post until its comment is committed, and seen by others."""
    told.forget()
    started = time.perf_counter()
    await _hand_over(stage, channel, 1, ON_TOPIC)
    try:
        ended = await told.wait(seconds)
    except TimeoutError:
        stage.check(candor)
        raise StageError(f"No comment within {seconds:.0f} s.") from None
    if await _one(stage, _HAS_COMMENT, {"chat": _chat(channel)}) != 1:
        raise StageError("The comment is not there.")
    return ended - started


async def _burst(stage: Stage, candor: Child, channels: int, *, first: int) -> dict[str, object]:
    """Every channel's posts at once; those that had theirs already go on with the next numbers."""
    memory = [candor.memory_mib()]
    numbers = range(first, first + POSTS_PER_CHANNEL)
    asked = channels * POSTS_PER_CHANNEL
    already = await _one(stage, "SELECT count(*) FROM telegram_posts", {})
    started = time.perf_counter()
    await asyncio.gather(*(_pour(stage, part, channels, numbers) for part in range(READERS)))
    poured = time.perf_counter() - started

    async def is_done() -> bool:
        stage.check(candor)
        memory.append(candor.memory_mib())
        return await _one(stage, _UNDECIDED, {}) == 0

    await wait_until(is_done, seconds=900, what="Decisions about all posts")
    stored = await _one(stage, "SELECT count(*) FROM telegram_posts", {}) - already
    worth = await _one(stage, "SELECT count(*) FROM telegram_posts WHERE gate_code = 'worth'", {})
    return {
        "channels": channels,
        "posts": asked,
        "lost": asked - stored,
        "posts_a_second_taken": round(asked / poured, 1),
        "seconds_until_decided": round(time.perf_counter() - started, 1),
        "worth_a_comment": worth,
        "memory_mib_before": round(memory[0], 1),
        "memory_mib_most": round(max(memory), 1),
    }


async def _pour(stage: Stage, part: int, channels: int, numbers: range) -> None:
    for place, number in enumerate(numbers):
        words = ON_TOPIC if place % 10 == 0 else OFF_TOPIC
        for channel in range(1 + part, channels + 1, READERS):
            await _hand_over(stage, channel, number, words)


async def _hand_over(stage: Stage, channel: int, number: int, words: str) -> None:
    """As the edge does it for an automatic forward; when this returns, the update is acknowledged."""
    chat = _chat(channel)
    await stage.container.commenting.inbox.receive_post(
        ArrivedPost(
            account_id=AccountId(1),
            channel_id=TelegramChatId(chat),
            message_id=TelegramMessageId(number),
            text=words.format(n=f"{channel}-{number}"),
            posted_at=stage.container.clock.now() - timedelta(seconds=1),
            discussion_chat_id=TelegramChatId(chat - 1),
            discussion_message_id=TelegramMessageId(1_000 + number),
        )
    )


def _chat(channel: int) -> int:
    return FIRST_CHANNEL - channel * 10


_HAS_COMMENT: Final = (
    "SELECT count(*) FROM generated_comments g JOIN telegram_channels c ON c.id = g.channel_id"
    " WHERE c.chat_id = :chat"
)
_UNDECIDED: Final = "SELECT count(*) FROM telegram_posts WHERE considered_hash <> text_hash"


async def _one(stage: Stage, query: str, values: dict[str, object]) -> int:
    async with stage.container.foundation.engine.connect() as connection:
        return int((await connection.execute(text(query), values)).scalar_one())
