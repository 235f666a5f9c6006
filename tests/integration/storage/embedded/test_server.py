"""The embedded server survives what happens to processes, paths and machines."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import psycopg
import pytest

from candor.common.errors import ConfigurationError
from candor.common.tasks import spawn, stop
from candor.storage.embedded import privileges
from candor.storage.embedded.binaries import find_binaries
from candor.storage.embedded.privileges import Launcher
from candor.storage.embedded.server import EmbeddedServer, start_blocking

STARTER = Path(__file__).with_name("starter.py")
Start = Callable[..., EmbeddedServer]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts servers in this process and stops them after the test."""
    with ExitStack() as stack:

        def begin(folder: Path, **options: object) -> EmbeddedServer:
            server = start_blocking(folder, lambda line: None, **options)  # type: ignore[arg-type]
            stack.callback(server.stop_blocking)
            return server

        yield begin


def _spawn(folder: Path, **options: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(STARTER), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )


def _answer(process: "subprocess.Popen[str]") -> tuple[int, str]:
    assert process.stdout is not None
    pid, url = process.stdout.readline().split()
    return int(pid), url


def _end(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.wait(30)
    assert process.stdout is not None
    process.stdout.close()


def _gone(pid: int) -> bool:
    try:
        psutil.Process(pid).wait(10)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


def _add_row(url: str) -> int:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int GENERATED ALWAYS AS IDENTITY)")
        connection.execute("INSERT INTO kept DEFAULT VALUES")
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
        assert row is not None
        return int(row[0])


@pytest.mark.parametrize(
    "name", ["plain", "with a space", "Данные Candor", 'a "quoted", one', "x" * 180]
)
def test_that_any_path_will_do(tmp_path: Path, start: Start, name: str) -> None:
    server = start(tmp_path / name / "postgres", durable=False)
    assert _add_row(server.url) == 1


def test_that_nothing_but_this_user_can_reach_the_server(tmp_path: Path, start: Start) -> None:
    server = start(tmp_path / "postgres", durable=False)
    with psycopg.connect(server.url) as connection:
        listens = connection.execute("SHOW listen_addresses").fetchone()
        folder = connection.execute("SHOW unix_socket_directories").fetchone()
    assert listens == ("",)
    assert folder is not None
    assert stat.S_IMODE(Path(folder[0].strip('"')).stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "postgres").stat().st_mode) == 0o700


def test_that_a_stopped_server_starts_again_with_its_rows(tmp_path: Path) -> None:
    for round_ in (1, 2):
        server = start_blocking(tmp_path / "postgres", lambda line: None, durable=False)
        assert _add_row(server.url) == round_
        server.stop_blocking()
        assert _gone(server.pid)


@pytest.mark.slow
def test_that_the_server_outlives_a_killed_parent_and_the_next_process_attaches(
    tmp_path: Path, start: Start
) -> None:
    parent = _spawn(tmp_path / "postgres")
    pid, url = _answer(parent)
    _add_row(url)
    parent.kill()
    _end(parent)
    lines: list[str] = []
    server = start_blocking(tmp_path / "postgres", lines.append)
    try:
        assert server.pid == pid
        assert _add_row(server.url) == 2
        assert "running already" in lines[0]
    finally:
        server.stop_blocking()
    assert _gone(pid)


@pytest.mark.slow
def test_that_a_killed_server_keeps_every_committed_row(tmp_path: Path, start: Start) -> None:
    parent = _spawn(tmp_path / "postgres")
    pid, url = _answer(parent)
    _add_row(url)
    os.kill(pid, signal.SIGKILL)
    parent.kill()
    _end(parent)
    server = start(tmp_path / "postgres")
    assert server.pid != pid
    assert _add_row(server.url) == 2


@pytest.mark.slow
def test_that_the_last_one_to_leave_stops_the_server(tmp_path: Path) -> None:
    other = _spawn(tmp_path / "postgres")
    pid, url = _answer(other)
    server = start_blocking(tmp_path / "postgres", lambda line: None)
    assert server.pid == pid
    server.stop_blocking()
    assert _add_row(url) == 1
    _end(other)
    assert _gone(pid)


@pytest.mark.slow
def test_that_four_starters_at_once_share_one_server(tmp_path: Path) -> None:
    starters = [_spawn(tmp_path / "postgres") for _ in range(4)]
    pids = {_answer(starter)[0] for starter in starters}
    for starter in starters:
        _end(starter)
    assert len(pids) == 1


def test_that_a_stale_pid_file_naming_another_process_is_seen_through(
    tmp_path: Path, start: Start
) -> None:
    first = start_blocking(tmp_path / "postgres", lambda line: None)
    _add_row(first.url)
    left = (tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()
    first.stop_blocking()
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        left[0] = str(stranger.pid)
        (tmp_path / "postgres" / "postmaster.pid").write_text("\n".join(left) + "\n")
        server = start(tmp_path / "postgres")
        assert _add_row(server.url) == 2
    finally:
        stranger.kill()
        stranger.wait()
        assert stranger.stdin is not None
        stranger.stdin.close()


def test_that_an_interrupted_making_is_begun_anew(tmp_path: Path, start: Start) -> None:
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    assert _add_row(start(tmp_path / "postgres", durable=False).url) == 1
    assert not half.exists()


def test_that_another_major_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("19\n")
    with pytest.raises(ConfigurationError, match=r"PostgreSQL 19.*candor db backup"):
        start_blocking(tmp_path / "postgres", lambda line: None)


def test_that_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "letter.txt").write_text("dear")
    with pytest.raises(ConfigurationError, match="neither empty nor"):
        start_blocking(tmp_path / "postgres", lambda line: None)
    assert (tmp_path / "postgres" / "letter.txt").read_text() == "dear"


def _programs(folder: Path, *, version: str = "18.6", initdb: str = "exit 0") -> Path:
    folder.mkdir()
    for name, body in (("postgres", f"echo postgres '(PostgreSQL)' {version}"), ("initdb", initdb)):
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    return folder


def test_that_a_full_disk_is_told_plainly(tmp_path: Path) -> None:
    programs = _programs(
        tmp_path / "bin", initdb="echo 'initdb: error: could not write: No space left' >&2; exit 1"
    )
    with pytest.raises(ConfigurationError, match=r"could not be made.*No space left"):
        start_blocking(tmp_path / "postgres", lambda line: None, binaries=programs)


def test_that_a_wrong_folder_of_programs_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no PostgreSQL"):
        find_binaries(tmp_path)
    with pytest.raises(ConfigurationError, match="needs 18"):
        find_binaries(_programs(tmp_path / "bin", version="16.2"))


def test_that_the_reason_of_a_failed_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"did not start: .*nonsense"):
        start_blocking(tmp_path / "postgres", lambda line: None, settings={"nonsense": "1"})


def _others_may_run_us() -> bool:
    """Whether every folder above the interpreter and its packages is open to other users."""
    places = (Path(sys.executable).resolve(), Path(pytest.__file__), Path(__file__))
    return all(folder.stat().st_mode & 0o001 for place in places for folder in place.parents)


def test_that_root_needs_no_user_namespace(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        return
    monkeypatch.setattr(privileges, "_in_namespace", lambda *ids: Launcher(("/bin/false",)))
    home = tmp_path / "private"
    home.mkdir(mode=0o700)
    server = start(home / "postgres", durable=False)
    assert _add_row(server.url) == 1
    assert psutil.Process(server.pid).uids().effective != 0
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_that_a_normal_user_can_start_it() -> None:
    if not (os.geteuid() == 0 and _others_may_run_us()):
        return
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, 65534, 65534)
        starter = _spawn(Path(folder) / "postgres", user=65534, group=65534, extra_groups=[])
        pid, _ = _answer(starter)
        assert psutil.Process(pid).uids().effective == 65534
        _end(starter)
        assert _gone(pid)


def _row_added_within(url: str, seconds: float = 60) -> int:
    deadline = time.monotonic() + seconds
    while True:
        try:
            return _add_row(url)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _until_said(log: Path, words: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while words not in log.read_text():
        assert time.monotonic() < deadline, f"{log} never said {words}"
        time.sleep(0.05)


async def test_that_a_server_that_dies_under_a_running_candor_is_started_anew(
    start: Start, tmp_path: Path
) -> None:
    server = await asyncio.to_thread(start, tmp_path / "postgres")
    assert await asyncio.to_thread(_add_row, server.url) == 1
    watching = spawn(server.watch(lambda line: None, every=0.1), name="watch")
    try:
        psutil.Process(server.pid).kill()
        assert await asyncio.to_thread(_gone, server.pid)
        assert await asyncio.to_thread(_row_added_within, server.url) == 2
    finally:
        await stop(watching)


async def test_that_a_start_that_fails_meanwhile_is_tried_again(
    start: Start, tmp_path: Path
) -> None:
    """As on a full disk: until there is room."""
    server = await asyncio.to_thread(start, tmp_path / "postgres")
    assert await asyncio.to_thread(_add_row, server.url) == 1
    control, aside = server.folder / "global" / "pg_control", tmp_path / "aside"
    psutil.Process(server.pid).kill()
    assert await asyncio.to_thread(_gone, server.pid)
    control.rename(aside)
    watching = spawn(server.watch(lambda line: None, every=0.1), name="watch")
    try:
        log = tmp_path / "log" / "postgres-start.log"
        await asyncio.to_thread(_until_said, log, "could not find the database system")
        aside.rename(control)
        assert await asyncio.to_thread(_row_added_within, server.url) == 2
    finally:
        await stop(watching)
