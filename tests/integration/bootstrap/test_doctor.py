"""What `candor doctor` looks at beyond an open connection."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.accounts.keys import KeyRing, load_keys
from candor.accounts.management import secret_place
from candor.accounts.ports import NewAccount
from candor.accounts.security import AccountSecurityService
from candor.bootstrap.doctor import unreadable_secrets
from candor.bootstrap.opt_outs import opt_out_salts
from candor.common.clock import SystemClock
from candor.storage.unit_of_work import Units


@dataclass
class Ground:
    """What sealing the first salt needs of a foundation."""

    data_dir: Path
    keys: KeyRing
    units: Units
    clock: SystemClock


async def test_that_secrets_of_a_lost_key_are_counted_until_it_is_back(
    units: Units, tmp_path: Path
) -> None:
    old, new = load_keys(tmp_path / "old"), load_keys(tmp_path / "new")
    await opt_out_salts(cast(Any, Ground(tmp_path, old, units, SystemClock())))

    async def lost_under(keys: KeyRing) -> int:
        security = AccountSecurityService(keys=keys, units=units, clock=SystemClock())
        return await unreadable_secrets(units, security)

    assert await lost_under(old) == 0
    assert await lost_under(new) == 1
    both = tmp_path / "both"
    both.write_text(
        (tmp_path / "new/secret.keys").read_text() + (tmp_path / "old/secret.keys").read_text()
    )
    both.chmod(0o600)
    assert await lost_under(load_keys(tmp_path, file=both)) == 0


async def test_that_a_ciphertext_from_another_row_is_counted(
    units: Units, engine: AsyncEngine, tmp_path: Path
) -> None:
    keys, clock = load_keys(tmp_path), SystemClock()
    security = AccountSecurityService(keys=keys, units=units, clock=clock)
    async with units() as unit:
        for text in ("1:first", "2:second"):
            number = await unit.accounts.next_id()
            sealed = security.seal(SecretStr(text), place=secret_place(number))
            made = NewAccount(number, "bot", "sales", "x", "unlabelled", clock.now(), secret=sealed)
            await unit.accounts.add(made)
    assert await unreadable_secrets(units, security) == 0
    async with engine.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE telegram_account_sessions SET secret ="
            " (SELECT max(secret) FROM telegram_account_sessions)"
        )
    assert await unreadable_secrets(units, security) == 1
