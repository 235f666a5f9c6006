"""A holder that is killed loses its accounts at once; another takes them within seconds."""

import signal
import subprocess
import sys
import time

import pytest

from candor.storage.account_holds import PgAccountHolds

_HOLD_FOR_EVER = """
import asyncio, sys
from candor.storage.account_holds import PgAccountHolds
async def main():
    holds = PgAccountHolds(sys.argv[1])
    print(sorted(await holds.take([7, 8])), flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


@pytest.mark.slow
async def test_that_a_killed_holder_is_followed_within_fifteen_seconds(database_url: str) -> None:
    other = subprocess.Popen(  # noqa: ASYNC220 - it is another program, and started once
        [sys.executable, "-c", _HOLD_FOR_EVER, database_url], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline().strip() == "[7, 8]"
    holds = PgAccountHolds(database_url)
    assert await holds.take([7, 8]) == frozenset()

    other.send_signal(signal.SIGKILL)
    other.wait()
    started = time.monotonic()
    while not await holds.take([7, 8]):
        assert time.monotonic() - started < 15
    await holds.close()
    other.stdout.close()


async def test_that_what_is_released_is_free_for_others(database_url: str) -> None:
    first, second = PgAccountHolds(database_url), PgAccountHolds(database_url)
    assert await first.take([1, 2]) == {1, 2}
    assert await second.take([1, 2, 3]) == {3}
    await first.release(1)
    assert await second.take([1]) == {1}
    assert await first.held() == {2}
    await first.close()
    assert await second.take([2]) == {2}
    await second.close()
