"""Starts, re-attaches and stops the embedded PostgreSQL.

The server runs in a session of its own, so neither Ctrl-C nor the end of its parent stops it; the
next process attaches to it. Who uses it holds a shared lock, and the last one to leave stops it.
"""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import structlog
from sqlalchemy import URL

from candor.common.errors import ConfigurationError
from candor.storage.embedded.binaries import Binaries, find_binaries
from candor.storage.embedded.cluster import DATABASE, SUPERUSER, prepare_cluster
from candor.storage.embedded.filesystem import refuse_network_filesystem
from candor.storage.embedded.layout import Layout, layout_of, make_private
from candor.storage.embedded.locks import FileLock, held
from candor.storage.embedded.postmaster import Postmaster, find_running, stale_pid
from candor.storage.embedded.privileges import Launcher, choose_launcher
from candor.storage.engine import libpq_url

ENDING_SECONDS = 30.0
"""How long the remains of a server that is ending are waited for."""
RECOVERY_SECONDS = 300.0
"""How long a server may take to answer: after a crash it replays what it had not yet written."""
STOP_SECONDS = 60.0
WATCH_SECONDS = 3.0
"""How often a running Candor looks whether its server still lives."""
_STEP = 0.02
_PATIENCE = 3.0
"""After so many seconds of silence a progress line says what is being waited for."""
log = structlog.get_logger(__name__)
_started: list[subprocess.Popen[bytes]] = []
"""Servers this process started: kept so that they are reaped and no warning is printed."""
_PASSING = (
    "shared memory block",  # the processes of a killed server have not noticed yet
    "already exists",  # postmaster.pid of a server that is ending
    "shutting down",
)

Progress = Callable[[str], None]


class ServerEndedError(ConfigurationError):
    """The server ended instead of answering."""

    is_passing = False
    """True when another one was ending just then, so that a new start will do."""


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running server and this process's share in it."""

    url: str
    """For `make_engine`: `postgresql://candor@/candor?host=...`."""
    binaries: Binaries
    pid: int
    _layout: Layout
    _share: FileLock
    _settings: Mapping[str, str]
    _durable: bool

    async def watch(self, progress: Progress, *, every: float = WATCH_SECONDS) -> None:
        """For ever: start the server anew when it has ended, killed or stopped by a full disk."""
        while True:
            await asyncio.sleep(every)
            try:
                await asyncio.to_thread(self._revive, progress)
            except ConfigurationError as error:
                log.warning("database_still_down", error=error.message, again_in=every)

    async def stop(self) -> None:
        """Give the share back; the server stops when nobody else uses it."""
        await asyncio.to_thread(self.stop_blocking)

    @property
    def folder(self) -> Path:
        """PostgreSQL's data folder."""
        return self._layout.cluster

    def _revive(self, progress: Progress) -> None:
        if find_running(self._layout.cluster) is not None:
            return
        log.warning("database_ended", folder=str(self.folder))
        with held(self._layout.start_lock, within=RECOVERY_SECONDS):
            _find_or_launch(
                self._layout, self.binaries, progress, self._settings, durable=self._durable
            )
        log.warning("database_started_anew")

    def stop_blocking(self) -> None:
        """The same without an event loop."""
        with held(self._layout.start_lock, within=RECOVERY_SECONDS):
            self._share.release()
            alone = FileLock(self._layout.users_lock)
            try:
                if alone.try_alone() and (running := find_running(self._layout.cluster)):
                    _shut_down(running)
            finally:
                alone.release()


def folder_in(data_dir: Path) -> Path:
    """Where the data folder of a Candor keeps its server's data."""
    return data_dir / "postgres"


async def start(
    folder: Path,
    progress: Progress,
    *,
    binaries: Path | None = None,
    settings: Mapping[str, str] | None = None,
    durable: bool = True,
) -> EmbeddedServer:
    """Make, start or re-attach the server whose data lie in `folder`; returns once it answers.

    Locks, logs and the socket lie beside the folder. `progress` is called from another thread with lines for the person in front of the screen.
    Raises ConfigurationError with what to do. `durable=False` is for tests: no fsync at all.
    """
    return await asyncio.to_thread(
        start_blocking, folder, progress, binaries=binaries, settings=settings, durable=durable
    )


def start_blocking(
    folder: Path,
    progress: Progress,
    *,
    binaries: Path | None = None,
    settings: Mapping[str, str] | None = None,
    durable: bool = True,
) -> EmbeddedServer:
    """The same without an event loop."""
    found = find_binaries(binaries)
    layout = layout_of(folder)
    layout.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with held(layout.start_lock, within=RECOVERY_SECONDS):
        share = FileLock(layout.users_lock)
        try:
            share.try_shared()
            running = _find_or_launch(layout, found, progress, settings or {}, durable=durable)
            _make_database(running)
        except BaseException:
            share.release()
            raise
    return EmbeddedServer(_url(running), found, running.pid, layout, share, settings or {}, durable)


def _find_or_launch(
    layout: Layout,
    binaries: Binaries,
    progress: Progress,
    settings: Mapping[str, str],
    *,
    durable: bool,
) -> Postmaster:
    """A server that answers. One that is just ending is waited for and then started anew."""
    deadline = time.monotonic() + ENDING_SECONDS
    while True:
        running = find_running(layout.cluster)
        if running is None:
            refuse_network_filesystem(layout.home)
            launcher = choose_launcher(layout.cluster)
            prepare_cluster(layout, binaries, launcher, progress, durable=durable)
            launcher.hand_over(layout.cluster)
            running = _launch(layout, binaries, launcher, settings, durable=durable)
        elif not _is_ours(running):
            progress("the database is running already; using it.")
        try:
            _wait_until_ready(layout, running, progress)
        except ServerEndedError as error:
            if time.monotonic() > deadline or not error.is_passing:
                raise
            time.sleep(_STEP)
        else:
            return running


def _launch(
    layout: Layout,
    binaries: Binaries,
    launcher: Launcher,
    settings: Mapping[str, str],
    *,
    durable: bool,
) -> Postmaster:
    folder = layout.socket_folder()
    make_private(layout.logs)
    options = _options(folder, layout.logs, durable=durable) | dict(settings)
    command = launcher.command(binaries.program("postgres"), "-D", str(layout.cluster))
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    environment = dict(os.environ, LC_ALL="C", TZ="UTC")
    if (foreign := stale_pid(layout.cluster)) is not None:
        # The file left by the last server names a process that is somebody else's by now. The
        # server skips exactly this pid in its own check and still checks its shared memory.
        environment["PG_GRANDPARENT_PID"] = str(foreign)
    with _start_log(layout).open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=layout.home,
            start_new_session=True,
        )
    _started.append(process)
    return Postmaster(process.pid, 5432, str(folder))


def _options(folder: Path, logs: Path, *, durable: bool) -> dict[str, str]:
    quoted = '"' + str(folder).replace('"', '""') + '"'
    options = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": quoted,
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "max_connections": "100",
        "io_method": "sync",
        "jit": "off",
        "max_wal_size": "512MB",
        "logging_collector": "on",
        "log_directory": str(logs),
        "log_filename": "postgres-%w.log",
        "log_file_mode": "0600",
        "log_rotation_age": "1d",
        "log_rotation_size": "10MB",
        "log_truncate_on_rotation": "on",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return options


def _start_log(layout: Layout) -> Path:
    return layout.logs / "postgres-start.log"


def _wait_until_ready(layout: Layout, running: Postmaster, progress: Progress) -> None:
    began = time.monotonic()
    told = False
    while True:
        try:
            _connect(running, "postgres").close()
        except psycopg.OperationalError as error:
            waited = time.monotonic() - began
            _check_alive(layout, running)
            if waited > RECOVERY_SECONDS:
                raise ConfigurationError(
                    f"The database did not answer within {RECOVERY_SECONDS:.0f} seconds: {error}. "
                    f"Its log is in {layout.logs}."
                ) from error
            if waited > _PATIENCE and not told:
                progress("waiting for the database (it repairs itself after a crash) ...")
                told = True
            time.sleep(_STEP)
        else:
            return


def _is_ours(running: Postmaster) -> bool:
    return any(process.pid == running.pid for process in _started)


def _check_alive(layout: Layout, running: Postmaster) -> None:
    for process in _started:
        process.poll()
    try:
        alive = psutil.Process(running.pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        alive = False
    if alive:
        return
    said = _last_words(layout)
    mend = " Make room on its disk." if "No space left on device" in said else ""
    error = ServerEndedError(f"The database did not start: {said} (logs: {layout.logs}).{mend}")
    error.is_passing = not _is_ours(running) or any(words in said for words in _PASSING)
    raise error


def _last_words(layout: Layout) -> str:
    lines: list[str] = []
    for log in sorted(layout.logs.glob("postgres-*.log"), key=lambda file: file.stat().st_mtime):
        lines += log.read_text(errors="replace").splitlines()[-20:]
    telling = [
        line for line in lines if "FATAL" in line or "PANIC" in line or "not allowed" in line
    ]
    return (telling or lines or ["it gave no reason"])[-1]


def _connect(running: Postmaster, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=running.socket_folder,
        port=running.port,
        user=SUPERUSER,
        dbname=database,
        connect_timeout=5,
        autocommit=True,
    )


def _make_database(running: Postmaster) -> None:
    with _connect(running, "postgres") as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if known.fetchone() is None:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')


def _url(running: Postmaster) -> str:
    url = URL.create(
        "postgresql",
        username=SUPERUSER,
        database=DATABASE,
        query={"host": running.socket_folder, "port": str(running.port)},
    )
    return libpq_url(url)


def _shut_down(running: Postmaster) -> None:
    """Fast shutdown: open transactions are rolled back, everything is written."""
    try:
        process = psutil.Process(running.pid)
        process.send_signal(signal.SIGINT)
    except psutil.NoSuchProcess:
        return
    deadline = time.monotonic() + STOP_SECONDS
    while _is_alive(process):
        if time.monotonic() > deadline:
            process.send_signal(signal.SIGQUIT)
            return
        time.sleep(_STEP)


def _is_alive(process: psutil.Process) -> bool:
    for started in _started:
        started.poll()
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
