"""A process that uses a script all the time: `python -m candor.bench.follower DATA_DIR KEY`.

Prints `ready`, then a line `VERSION SECONDS` (of the machine's monotonic clock) whenever the script
that it is handed has another version than before.
"""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Final

from candor.bench.stage import bench_settings, quiet
from candor.bootstrap.container import open_container
from candor.storage.notifications import PgNotifications, carry_changes

LOOK_SECONDS: Final = 0.001


async def main(data_dir: Path, key: str) -> None:
    """Look for ever; ended by a kill."""
    address = os.environ["DATABASE_URL"]
    settings = bench_settings(DATABASE_URL=address)
    async with open_container(settings, data_dir=data_dir, progress=quiet) as container:
        notifications = PgNotifications(address)
        carry_changes(notifications, container.foundation.hot_reload)
        await notifications.start()
        version = (await container.scripts.load_script(key)).version
        print("ready", flush=True)  # noqa: T201 - read by the benchmark
        while True:
            found = (await container.scripts.load_script(key)).version
            if found != version:
                version = found
                print(found, time.monotonic(), flush=True)  # noqa: T201 - as above
            await asyncio.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
