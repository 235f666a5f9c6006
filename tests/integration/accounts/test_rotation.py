"""`keys rotate` under load: everything sealed anew, nobody stops."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.integration.accounts.conftest import BUSINESS, OTHER_TOKEN

from candor.accounts.keys import KEY_FILE, load_keys
from candor.accounts.management import secret_place
from candor.accounts.security import AccountSecurityService
from candor.common.clock import FrozenClock
from candor.storage.unit_of_work import Units

TOKEN = SecretStr("700001:AAFakeTokenForTests_0123456789abcdef")
PHONE = SecretStr("+79001234567")
CODE = SecretStr("12345")


async def test_that_rotation_seals_every_value_under_the_new_key(
    management, sign_in, security, keys, units: Units, tmp_path: Path
):
    bot = await management.add_bot(TOKEN, role="sales", title="x", actor="cli")
    user = (await sign_in.start_with_phone(PHONE, actor="cli")).account
    old = keys.newest.id

    report = await security.rotate(actor="cli", drop_old=True)

    assert (report.values, report.unreadable) == (3, ())
    assert keys.newest.id != old
    assert len((tmp_path / KEY_FILE).read_text().split()) == 1
    async with units() as unit:
        sealed = await unit.accounts.secret_of(bot.id)
        found = await unit.accounts.find_by_phone(security.lookup_hashes(PHONE))
    assert security.open(sealed, place=secret_place(bot.id)) == TOKEN
    assert found is not None
    assert found.id == user.id
    assert (await sign_in.enter_code(user.id, CODE, actor="cli")).account.status == "active"


async def test_that_a_running_process_meets_the_new_key_and_reads_on(
    management, security, units: Units, clock: FrozenClock, tmp_path: Path
):
    bot = await management.add_bot(TOKEN, role="sales", title="x", actor="cli")
    other = AccountSecurityService(keys=load_keys(tmp_path), units=units, clock=clock)
    stop = asyncio.Event()
    reads = 0

    async def read_on() -> None:
        nonlocal reads
        while not stop.is_set():
            async with units() as unit:
                sealed = await unit.accounts.secret_of(bot.id)
            assert other.open(sealed, place=secret_place(bot.id)) == TOKEN
            reads += 1

    async with asyncio.TaskGroup() as group:
        group.create_task(read_on())
        for _ in range(5):
            await security.rotate(actor="cli")
        stop.set()
    assert reads > 5


async def test_that_a_value_no_key_opens_is_named_and_the_rest_goes_on(
    management, security, units: Units
):
    bot = await management.add_bot(TOKEN, role="sales", title="x", actor="cli")
    foreign = b"\x01\xde\xad\xbe\xef" + bytes(40)
    async with units() as unit:
        await unit.accounts.keep_secret(bot.id, foreign)
    report = await security.rotate(actor="cli", drop_old=True)
    assert report.unreadable == (secret_place(bot.id),)


@pytest.mark.slow
async def test_that_two_busy_processes_go_on_while_the_command_rotates(
    management, units: Units, database_url: str, tmp_path: Path
):
    """`candor keys rotate --drop-old` as its user runs it, with two other processes at work."""
    accounts = [
        (await management.add_bot(token, role="sales", title="x", actor="cli")).id
        for token in (TOKEN, OTHER_TOKEN)
    ]
    script = Path(__file__).parent / "key_user.py"
    busy = [
        subprocess.Popen(  # noqa: ASYNC220 - they are other programs, and started once
            [sys.executable, str(script), database_url, str(tmp_path), str(account)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for account in accounts
    ]
    try:
        for one in busy:
            assert one.stdout is not None
            assert one.stdout.readline().strip() == "ready"
        old = load_keys(tmp_path).newest.id
        rotated = await asyncio.to_thread(_rotate, database_url, tmp_path)
        assert rotated.returncode == 0, rotated.stderr
        told = [json.loads(one.communicate(timeout=60)[0]) for one in busy]
    finally:
        for one in busy:
            one.kill()
            one.wait()

    keys = load_keys(tmp_path)
    assert [told["errors"] for told in told] == [[], []]
    assert min(told["rounds"] for told in told) > 20
    assert (len(keys.all), keys.newest.id == old) == (1, False)
    async with units() as unit:
        assert await unit.accounts.outdated(key_id=keys.newest.id, limit=10) == []
        for account in accounts:
            sealed = await unit.accounts.secret_of(account)
            assert sealed is not None
            assert bytes(sealed[1:5]) == keys.newest.id


def _rotate(database_url: str, data_dir: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "candor", "keys", "rotate", "--drop-old", "--data-dir", data_dir],
        env={**os.environ, "DATABASE_URL": database_url, "CANDOR_BUSINESS_NAME": BUSINESS},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
