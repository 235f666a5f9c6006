"""A consistent copy of the database in one file, and its way back.

The file is a short header in JSON (who wrote it, which schema) and PostgreSQL's own archive. A
restore goes into an empty database in one transaction: completely or not at all. Keys that encrypt
secrets are not in it; they belong somewhere else.
"""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import psycopg
from sqlalchemy import URL

from candor.common.clock import SystemClock
from candor.common.errors import CandorError, ConfigurationError, InvalidInputError
from candor.storage import migrations
from candor.storage.embedded.binaries import find_binaries
from candor.storage.engine import database_url, libpq_url

_MAGIC = b"CANDOR-BACKUP\n"
FORMAT = 1
_LONGEST_HEADER = 4_096


class BackupError(CandorError):
    """The copy could not be made or put back; the message says why and what stayed as it was."""

    code = "backup_failed"


@dataclass(frozen=True, slots=True)
class BackupHeader:
    """What a backup says about itself before its content."""

    format: int
    schema: str | None
    made_at: str


async def backup(address: str, file: Path, *, binaries: Path | None = None) -> BackupHeader:
    """Copy the database to `file` (mode 0600), as it stood at one moment.

    Nobody is stopped meanwhile. `binaries` is the folder of PostgreSQL's programs; without it they
    are found as for the embedded server. `file` is replaced only by a complete copy.
    """
    header = BackupHeader(FORMAT, await migrations.current(address), _moment())
    partial = file.with_name(file.name + ".part")
    try:
        await asyncio.to_thread(_write, partial, header)
        await _run(
            [
                _program("pg_dump", binaries),
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--dbname={_without_password(address)}",
            ],
            address,
            output=partial,
        )
        await asyncio.to_thread(partial.replace, file)
    except OSError as error:
        raise BackupError(f"{file} could not be written: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)
    return header


async def restore(address: str, file: Path, *, binaries: Path | None = None) -> BackupHeader:
    """Put the backup into the empty database at `address`.

    Raises InvalidInputError for a file that is no backup or of a newer schema, and BackupError for
    a database that holds data. Nothing is changed in these cases.
    """
    header = read_header(file)
    _refuse_unknown(header)
    await asyncio.to_thread(_make_room, address)
    with tempfile.TemporaryDirectory(prefix="candor-restore-") as folder:
        archive = Path(folder) / "archive"
        await asyncio.to_thread(_extract, file, archive)
        await _run(
            [
                _program("pg_restore", binaries),
                "--exit-on-error",
                "--single-transaction",
                "--no-owner",
                "--no-privileges",
                f"--dbname={_without_password(address)}",
                str(archive),
            ],
            address,
        )
    return header


def read_header(file: Path) -> BackupHeader:
    """What the backup says about itself; raises InvalidInputError when it is none."""
    try:
        with file.open("rb") as source:
            return _read_header(source)
    except OSError as error:
        raise InvalidInputError(f"{file} can't be read: {error.strerror}.") from error


def _read_header(source: BinaryIO) -> BackupHeader:
    if source.read(len(_MAGIC)) != _MAGIC:
        raise InvalidInputError("This file is no backup made by `candor db backup`.")
    try:
        values = json.loads(source.readline(_LONGEST_HEADER))
        return BackupHeader(int(values["format"]), values["schema"], str(values["made_at"]))
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInputError("The backup's header is damaged; use another copy.") from error


def _refuse_unknown(header: BackupHeader) -> None:
    if header.format > FORMAT:
        raise InvalidInputError(
            "The backup was written by a newer Candor in a format that this one can't read."
        )
    if header.schema is not None and not migrations.is_known(header.schema):
        raise InvalidInputError(
            f"The backup holds schema {header.schema}, this Candor knows up to "
            f"{migrations.newest()}. Restore it with the Candor that made it, or a newer one."
        )


def _make_room(address: str) -> None:
    """Remove the empty tables of a fresh schema; refuse when any of them holds a row."""
    with psycopg.connect(libpq_url(database_url(address)), autocommit=False) as connection:
        tables = connection.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname IN ('public', %s) AND tablename <> 'alembic_version'",
            [migrations.QUEUE_SCHEMA],
        ).fetchall()
        for (table,) in tables:
            if connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                raise BackupError(
                    f"The database is not empty ({table} holds rows), so nothing was restored. "
                    "Restore into a fresh data folder: candor db restore FILE --data-dir NEW."
                )
        connection.execute(f"DROP SCHEMA IF EXISTS {migrations.QUEUE_SCHEMA} CASCADE")
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def _write(file: Path, header: BackupHeader) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        target.write(_MAGIC + json.dumps(asdict(header)).encode() + b"\n")


def _extract(file: Path, archive: Path) -> None:
    with file.open("rb") as source, archive.open("wb") as target:
        _read_header(source)
        shutil.copyfileobj(source, target, 1024 * 1024)


async def _run(command: Sequence[str], address: str, *, output: Path | None = None) -> None:
    environment = dict(os.environ, LC_ALL="C", PGOPTIONS="-c timezone=UTC")
    if password := database_url(address).password:
        environment["PGPASSWORD"] = str(password)
    target = os.open(output, os.O_WRONLY | os.O_APPEND) if output else None
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=target if target is not None else asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
        _, said = await process.communicate()
    finally:
        if target is not None:
            os.close(target)
    if process.returncode != 0:
        lines = said.decode(errors="replace").strip().splitlines()
        raise BackupError(f"{Path(command[0]).name} failed: {lines[-1] if lines else 'no reason'}")


def _program(name: str, binaries: Path | None) -> str:
    folder = binaries or find_binaries().folder
    program = folder / name
    if not program.is_file():
        raise ConfigurationError(f"{folder} holds no {name}. Install PostgreSQL's client programs.")
    return str(program)


def _without_password(address: str) -> str:
    """The address for a command line, which other users of the machine can read."""
    url = database_url(address)
    bare = URL.create(
        "postgresql",
        username=url.username,
        host=url.host,
        port=url.port,
        database=url.database,
        query=url.query,
    )
    return libpq_url(bare)


def _moment() -> str:
    return SystemClock().now().isoformat(timespec="seconds")
