"""Which process serves a data folder: reads `postmaster.pid` and looks at the process itself.

After a power loss the file may name a process that is somebody else's by now; believing it would
hand out a dead address for good.
"""

from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What `postmaster.pid` says."""

    pid: int
    port: int
    socket_folder: str


def read_pid_file(data: Path) -> Postmaster | None:
    """The file's content, or None when it is missing or cut off."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return Postmaster(int(lines[0]), int(lines[3]), lines[4])
    except (OSError, ValueError, IndexError):
        return None


def find_running(data: Path) -> Postmaster | None:
    """The server of this data folder if its process really lives and really is one."""
    named = read_pid_file(data)
    if named is not None and _is_postgres_of(named.pid, data):
        return named
    return None


def _is_postgres_of(pid: int, data: Path) -> bool:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name():
            return False
        return Path(process.cwd()).resolve() == data.resolve()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        # Alive and somebody else's: another user's server would answer so, and it is not ours.
        return False


def stale_pid(data: Path) -> int | None:
    """The living process that a stale `postmaster.pid` names by accident, if there is one."""
    named = read_pid_file(data)
    if named is None or not psutil.pid_exists(named.pid) or _is_postgres_of(named.pid, data):
        return None
    return named.pid
