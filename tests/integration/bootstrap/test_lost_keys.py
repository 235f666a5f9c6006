"""A lost key file is named and never replaced in silence."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from candor.accounts.account import Account
from candor.accounts.errors import KeysError
from candor.accounts.keys import KEY_FILE
from candor.accounts.management import secret_place
from candor.accounts.ports import NewAccount
from candor.accounts.security import AccountSecurityService
from candor.bench.stage import bench_settings
from candor.bootstrap.foundation import open_keys
from candor.common.clock import SystemClock
from candor.storage.unit_of_work import Units


async def _add_token(units: Units, data_dir: Path) -> Account:
    keys = await open_keys(bench_settings(), data_dir=data_dir, units=units)
    clock = SystemClock()
    security = AccountSecurityService(keys=keys, units=units, clock=clock)
    async with units() as unit:
        number = await unit.accounts.next_id()
        return await unit.accounts.add(
            NewAccount(
                id=number, kind="bot", role="sales", title="x", status="unlabelled",
                created_at=clock.now(),
                secret=security.seal(SecretStr("7:token"), place=secret_place(number)),
            )
        )  # fmt: skip


async def test_that_a_lost_key_file_is_named_and_no_new_one_is_made(
    units: Units, tmp_path: Path
) -> None:
    await _add_token(units, tmp_path)
    kept = (tmp_path / KEY_FILE).rename(tmp_path / "kept")
    with pytest.raises(KeysError, match=f"{KEY_FILE} is missing, and the database holds tokens"):
        await open_keys(bench_settings(), data_dir=tmp_path, units=units)
    assert not (tmp_path / KEY_FILE).exists()

    settings = bench_settings(CANDOR_SECRET_KEYS_FILE=kept)
    named = await open_keys(settings, data_dir=tmp_path, units=units)
    kept.rename(tmp_path / KEY_FILE)
    found = await open_keys(bench_settings(), data_dir=tmp_path, units=units)
    assert named.newest.id == found.newest.id


async def test_that_a_second_machine_without_the_keys_is_told(units: Units, tmp_path: Path) -> None:
    await _add_token(units, tmp_path / "first")
    with pytest.raises(KeysError, match="CANDOR_SECRET_KEYS_FILE"):
        await open_keys(bench_settings(), data_dir=tmp_path / "second", units=units)
    assert not (tmp_path / "second").exists()
