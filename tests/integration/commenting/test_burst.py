"""Many posts at once: none lost, memory flat, no model call for what is skipped.

CANDOR_BURST_CHANNELS=500 makes it 10,000 posts.
"""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.integration.commenting.conftest import POST_TEXT, Stage

from candor.commenting.lanes import CONSIDER_POSTS
from candor.common.ids import TelegramChatId, TelegramMessageId

OTHER_TEXT = (
    "Погода на неделю: солнце, ветер с моря, вечером прохладно. Возьмите зонт, если поедете в горы, "
    "и заранее проверьте расписание канатной дороги."
)
CHANNELS = int(os.environ.get("CANDOR_BURST_CHANNELS", "100"))
POSTS = 20
READERS = 8
MAX_GROWTH = 40 * 1024 * 1024


async def _many_channels(stage: Stage) -> None:
    """500 permitted channels; written straight, since granting them is not what is tested."""
    await stage.scripted()
    async with stage.engine.begin() as connection:
        await connection.execute(
            text(
                """
                INSERT INTO telegram_channels (username, title, chat_id, discussion_chat_id,
                    is_monitored, comment_mode, daily_cap, topics, timezone, quiet_from, quiet_until,
                    audience, grant_code, offered, created_at, updated_at)
                SELECT 'channel_' || n, 'Channel ' || n, chat_id - n * 10, discussion_chat_id - n * 10,
                    true, comment_mode, daily_cap, topics, timezone, quiet_from, quiet_until,
                    audience, 'code' || n, offered, created_at, updated_at
                FROM telegram_channels, generate_series(1, :count) AS n
                """
            ),
            {"count": CHANNELS - 1},
        )
        await connection.execute(
            text(
                """
                INSERT INTO channel_permissions (channel_id, granted_by, granted_by_id, granted_at,
                    scope, proof, expires_at)
                SELECT c.id, granted_by, granted_by_id, granted_at, scope, proof, expires_at
                FROM channel_permissions, telegram_channels c WHERE c.id <> channel_id
                """
            )
        )
        await connection.execute(
            text(
                """
                INSERT INTO channel_standings (channel_id, account_id, can_see_posts, can_write,
                    verified_at)
                SELECT c.id, account_id, true, true, verified_at
                FROM channel_standings s, telegram_channels c WHERE c.id <> s.channel_id
                """
            )
        )


async def _pour(stage: Stage, part: int) -> None:
    """One of the readers: its channels' posts, one after another, as updates come."""
    for number in range(POSTS):
        for channel in range(part, CHANNELS, READERS):
            # Every tenth post is on the topic.
            body = POST_TEXT if number % 10 == 0 else f"Выпуск {number}. {OTHER_TEXT}"
            post = stage.arrived(number + 1, body)
            await stage.monitor.record_post(
                replace(
                    post,
                    channel_chat_id=TelegramChatId(post.channel_chat_id - channel * 10),
                    discussion_chat_id=TelegramChatId(
                        int(post.discussion_chat_id or 0) - channel * 10
                    ),
                    discussion_message_id=TelegramMessageId(1000 + number),
                )
            )


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_that_a_burst_is_digested_without_loss_and_with_flat_memory(stage: Stage) -> None:
    await _many_channels(stage)
    stage.model.is_away = False
    await _pour_all(stage)
    async with stage.engine.connect() as connection:
        stored = await connection.execute(text("SELECT count(*) FROM telegram_posts"))
        assert stored.scalar_one() == CHANNELS * POSTS
        lanes = await connection.execute(
            text("SELECT count(*) FROM lanes WHERE kind = :kind"), {"kind": CONSIDER_POSTS}
        )
        assert lanes.scalar_one() == CHANNELS
    first = _resident()
    await stage.run_lanes(CONSIDER_POSTS, rounds=3)
    assert _resident() - first < MAX_GROWTH
    await stage.pass_time(timedelta(minutes=10))
    async with stage.engine.connect() as connection:
        rows = await connection.execute(
            text("SELECT gate_code, count(*) AS n FROM telegram_posts GROUP BY 1")
        )
        decided = {row.gate_code: row.n for row in rows}
    assert None not in decided
    assert sum(decided.values()) == CHANNELS * POSTS
    assert decided["off_topic"] == CHANNELS * POSTS * 9 // 10
    # A summary for what passed the gate, none for what it stopped.
    assert len(stage.model.summaries) <= CHANNELS * POSTS // 10


def _resident() -> int:
    """Resident memory of this process in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def _pour_all(stage: Stage) -> None:
    await asyncio.gather(*(_pour(stage, part) for part in range(READERS)))
