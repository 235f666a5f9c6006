"""A process that seals and opens secrets without a pause, for tests about a rotation beside it.

Run as `python key_user.py DATABASE_URL DATA_DIR ACCOUNT`. It prints `ready`, works until its input ends,
and then prints one JSON line: how often it went round, and every error that it met.
"""

import asyncio
import json
import sys
from pathlib import Path

from pydantic import SecretStr

from candor.accounts.keys import load_keys
from candor.accounts.management import secret_place
from candor.accounts.security import AccountSecurityService
from candor.common.clock import SystemClock
from candor.common.ids import AccountId
from candor.storage.engine import make_engine
from candor.storage.unit_of_work import Units


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main(address: str, data_dir: Path, account: AccountId) -> None:
    engine = make_engine(address)
    units = Units(engine)
    security = AccountSecurityService(keys=load_keys(data_dir), units=units, clock=SystemClock())
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    rounds, errors = 0, list[str]()
    tell("ready")
    while not ended.done():
        try:
            secret = SecretStr(f"session {account} of round {rounds}")
            async with units() as unit:
                sealed = security.seal(secret, place=secret_place(account))
                await asyncio.sleep(0.02)
                await unit.accounts.keep_secret(account, sealed)
            async with units() as unit:
                stored = await unit.accounts.secret_of(account)
            if stored is None or security.open(stored, place=secret_place(account)) != secret:
                errors.append(f"round {rounds}: another secret came back")
        except Exception as error:
            errors.append(f"round {rounds}: {type(error).__name__}")
        rounds += 1
    await engine.dispose()
    tell(json.dumps({"rounds": rounds, "errors": errors}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), AccountId(int(sys.argv[3]))))
