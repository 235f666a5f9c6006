"""kill -9 at every step of opening, in a real process: the next run ends with exactly one group."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.education import opening_child
from tests.integration.education.conftest import Stage
from tests.integration.education.opening_child import FileTelegram, Steps

MOST_STEPS = 60
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Nursery:
    """Runs the children; each is a process of its own."""

    def __init__(self, database: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, opening_child.__file__, database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    async def run(self, folder: Path, kill_at: int, source: str) -> int:
        return await asyncio.to_thread(self._run, folder, kill_at, source)

    def _run(self, folder: Path, kill_at: int, source: str) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{folder} {kill_at} {source}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def nursery(database_url: str) -> Iterator[Nursery]:
    made = Nursery(database_url)
    yield made
    made.close()


@pytest.mark.parametrize("source", ["session", "pool"])
async def test_that_a_kill_at_any_step_of_opening_leaves_exactly_one_group(
    stage: Stage, nursery: Nursery, tmp_path: Path, source: str
) -> None:
    kills = 0
    for kill_at in range(1, MOST_STEPS):
        folder = tmp_path / str(kill_at)
        folder.mkdir()
        await forget(stage)
        await stage.prepare(2)
        ended = await nursery.run(folder, kill_at, source)
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
        kills += 1
        step = (folder / "steps").read_text()
        assert await nursery.run(folder, 0, source) == 0
        await exactly_one(stage, folder, source, step)
    assert kills >= 12, "the steps of opening are killed one after another"


async def forget(stage: Stage) -> None:
    async with stage.engine.begin() as connection:
        for table in ("education_groups", "used_group_chats", "outbox", "lanes"):
            await connection.exec_driver_sql(f"DELETE FROM {table}")


async def exactly_one(stage: Stage, folder: Path, source: str, step: str) -> None:
    world = FileTelegram(folder, Steps(folder, 0), has_session=True).read()
    assert len(world["groups"]) == (1 if source == "session" else 0), step
    groups = await stage.rows(
        "SELECT chat_id, status, invite_link FROM education_groups WHERE client_id IS NOT NULL"
    )
    assert [group["status"] for group in groups] == ["awaiting_client"], step
    assert groups[0]["chat_id"] is not None, step
    # Links made before a death may be left over; they let nobody in who was not invited.
    assert set(world["links"]) == {groups[0]["chat_id"]}, step
    invitations = await stage.rows("SELECT text FROM outbox WHERE text LIKE '%%t.me/+link%%'")
    assert len(invitations) == 1, step
    left = (await stage.reader.pool()).ready
    assert left == (2 if source == "session" else 1), step
