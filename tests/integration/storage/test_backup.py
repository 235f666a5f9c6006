"""A backup is complete, a restore is whole or does not happen."""

import stat
from pathlib import Path

import psycopg
import pytest

from candor.common.errors import InvalidInputError
from candor.storage import backup as copies
from candor.storage import migrations


def _fill(address: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute(
            "INSERT INTO lanes (kind, key, status) VALUES ('a.kind', 'ключ', 'idle')"
        )
        connection.execute(
            "INSERT INTO procrastinate.procrastinate_jobs (queue_name, task_name)"
            " VALUES ('candor', 'a.job')"
        )


def _keys(address: str) -> list[str]:
    with psycopg.connect(address) as connection:
        return [row[0] for row in connection.execute("SELECT key FROM lanes")]


async def test_that_a_backup_comes_back_into_an_empty_database(
    fresh_database_url: str, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    _fill(fresh_database_url)
    file = tmp_path / "candor.backup"
    header = await copies.backup(fresh_database_url, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert header == copies.read_header(file)
    assert header.schema == migrations.newest()
    await copies.restore(empty_database_url, file)
    assert _keys(empty_database_url) == ["ключ"]
    with psycopg.connect(empty_database_url) as connection:
        jobs = connection.execute("SELECT count(*) FROM procrastinate.procrastinate_jobs")
        assert jobs.fetchone() == (1,)


async def test_that_a_freshly_migrated_database_counts_as_empty(
    database_url: str, fresh_database_url: str, tmp_path: Path
) -> None:
    _fill(database_url)
    file = tmp_path / "candor.backup"
    await copies.backup(database_url, file)
    await copies.restore(fresh_database_url, file)
    assert _keys(fresh_database_url) == ["ключ"]


async def test_that_a_database_with_rows_is_not_overwritten(
    fresh_database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "candor.backup"
    await copies.backup(fresh_database_url, file)
    _fill(fresh_database_url)
    with pytest.raises(copies.BackupError, match="not empty"):
        await copies.restore(fresh_database_url, file)
    assert _keys(fresh_database_url) == ["ключ"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PGDMP something else", "no backup"),
        (b"", "no backup"),
        (b"CANDOR-BACKUP\n{", "damaged"),
        (b'CANDOR-BACKUP\n{"format": 99, "schema": null, "made_at": ""}\n', "newer Candor"),
        (b'CANDOR-BACKUP\n{"format": 1, "schema": "9999", "made_at": ""}\n', "schema 9999"),
    ],
)
async def test_that_a_wrong_file_is_refused_and_nothing_is_touched(
    fresh_database_url: str, tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "wrong.backup"
    file.write_bytes(content)
    with pytest.raises(InvalidInputError, match=says):
        await copies.restore(fresh_database_url, file)
    assert _keys(fresh_database_url) == []


async def test_that_a_cut_off_backup_leaves_the_database_as_it_was(
    fresh_database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "candor.backup"
    await copies.backup(fresh_database_url, file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(copies.BackupError, match="pg_restore failed"):
        await copies.restore(fresh_database_url, file)


async def test_that_a_failed_backup_keeps_the_last_good_one(
    fresh_database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "candor.backup"
    await copies.backup(fresh_database_url, file)
    good = file.read_bytes()
    (tmp_path / "programs").mkdir()
    broken = tmp_path / "programs" / "pg_dump"
    broken.write_text("#!/bin/sh\necho 'pg_dump: error: No space left on device' >&2; exit 1\n")
    broken.chmod(0o755)
    with pytest.raises(copies.BackupError, match="No space left"):
        await copies.backup(fresh_database_url, file, binaries=broken.parent)
    assert file.read_bytes() == good
    assert not file.with_name("candor.backup.part").exists()
