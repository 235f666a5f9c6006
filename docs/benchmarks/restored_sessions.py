"""How long a sign-in takes to come back from the database, without the network.

Run beside a Candor that has an account: `python docs/benchmarks/restored_sessions.py DATA_DIR ACCOUNT`.
Each run reads the ciphertext from the database (the cache is emptied), opens it and builds the client.
"""

import asyncio
import statistics
import sys
import time
from pathlib import Path

from candor.bootstrap.container import open_container
from candor.common.ids import AccountId
from candor.common.settings import load_settings

RUNS = 50


async def main(data_dir: Path, account_id: AccountId) -> None:
    async with open_container(
        load_settings(), data_dir=data_dir, progress=lambda text: None
    ) as made:
        account = await made.accounts.get(account_id)
        sessions, times = made.ways_out.sessions, list[float]()
        for _ in range(RUNS):
            await sessions.forget(account_id)
            began = time.perf_counter()
            secret = await sessions.secret_of(account_id)
            if account.kind == "bot":
                made.ways_out.connections.client(secret)
            elif made.user_sessions is not None:
                await made.user_sessions.of(account_id)
            times.append((time.perf_counter() - began) * 1000)
    ordered = sorted(times)
    sys.stdout.write(
        f"{account.kind}: median {statistics.median(times):.1f} ms, "
        f"p95 {ordered[int(RUNS * 0.95)]:.1f} ms, longest {ordered[-1]:.1f} ms\n"
    )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), AccountId(int(sys.argv[2]))))
