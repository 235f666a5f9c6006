"""Locks that die with their holder: an open, locked file."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from candor.common.errors import TemporaryError

_STEP = 0.02


class FileLock:
    """A lock on a file, shared or alone, that the system drops when the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_alone(self) -> bool:
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        return self._try(fcntl.LOCK_SH)

    def release(self) -> None:
        """Let go; harmless when nothing is held."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def held(path: Path, *, within: float) -> Iterator[None]:
    """Hold the lock alone; raises TemporaryError when others keep it longer than `within` s."""
    lock = FileLock(path)
    deadline = time.monotonic() + within
    try:
        while not lock.try_alone():
            if time.monotonic() > deadline:
                raise TemporaryError(
                    f"Another process has been starting or stopping the database for {within:.0f} "
                    f"seconds ({path}). End it and try again."
                )
            time.sleep(_STEP)
        yield
    finally:
        lock.release()
