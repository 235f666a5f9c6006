"""All machines recognise everybody who said stop, whatever their data folders hold."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from candor.accounts.errors import SecretUnreadableError
from candor.accounts.keys import KeyRing, load_keys
from candor.bootstrap.opt_outs import FILE, opt_out_salts
from candor.common.clock import SystemClock
from candor.storage.unit_of_work import Units


@dataclass
class Machine:
    """What `opt_out_salts` needs of a foundation."""

    data_dir: Path
    keys: KeyRing
    units: Units
    clock: SystemClock

    async def salts(self) -> tuple[bytes, ...]:
        return await opt_out_salts(cast(Any, self))


@pytest.fixture
def machines(units: Units, tmp_path: Path) -> tuple[Machine, Machine]:
    keys = load_keys(tmp_path)
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        made.append(Machine(tmp_path / name, keys, units, SystemClock()))
    return made[0], made[1]


async def test_that_machines_that_start_at_once_agree(machines: tuple[Machine, Machine]) -> None:
    first, second = await asyncio.gather(*(machine.salts() for machine in machines))
    assert first == second
    assert len(first) == 1
    assert len(first[0]) == 32
    assert await machines[0].salts() == first


async def test_that_what_older_folders_marked_is_recognised_everywhere(
    machines: tuple[Machine, Machine],
) -> None:
    a, b = machines
    (a.data_dir / FILE).write_bytes(b"salt of machine a")
    (b.data_dir / FILE).write_bytes(b"salt of machine b")
    await a.salts()
    assert await b.salts() == (b"salt of machine a", b"salt of machine b")
    assert await a.salts() == await b.salts()
    assert not (a.data_dir / FILE).exists()


async def test_that_a_salt_lies_in_the_database_sealed_and_needs_its_key(
    machines: tuple[Machine, Machine], engine: Any, tmp_path: Path
) -> None:
    a, _ = machines
    (salt,) = await a.salts()
    async with engine.connect() as connection:
        rows = await connection.exec_driver_sql("SELECT sealed FROM opt_out_salts")
        sealed = bytes(rows.scalar_one())
    assert salt not in sealed
    assert salt.hex().encode() not in sealed
    stranger = Machine(a.data_dir, load_keys(tmp_path / "other"), a.units, a.clock)
    with pytest.raises(SecretUnreadableError):
        await stranger.salts()
