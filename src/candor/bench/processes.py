"""CPU time beside the process under test: the database server's, and what the host took away."""

from dataclasses import dataclass

import psutil
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine


@dataclass(frozen=True, slots=True)
class DatabaseProcesses:
    """The server's main process, whose children are the sessions and the background writers."""

    main: psutil.Process

    @classmethod
    async def of(cls, engine: AsyncEngine) -> "DatabaseProcesses":
        """Of a server on this machine; raises psutil.Error for one elsewhere."""
        async with engine.connect() as connection:
            found = await connection.scalar(text("SELECT pg_backend_pid()"))
        parent = psutil.Process(int(str(found))).parent()
        if parent is None:
            raise psutil.Error("The session's process has no parent.")
        return cls(parent)

    def cpu_seconds(self) -> float:
        """Since the server started; ended sessions are part of it."""
        return _with_ended(self.main) + sum(_own(child) for child in self._children())

    def memory_mib(self) -> float:
        """Of all processes together, each shared page counted once."""
        total = 0
        for process in (self.main, *self._children()):
            try:
                total += process.memory_full_info().pss
            except psutil.Error:
                continue
        return total / 2**20

    def _children(self) -> list[psutil.Process]:
        try:
            return list(self.main.children())
        except psutil.Error:
            return []


def _with_ended(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def _own(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def stolen_seconds() -> float:
    """Of all cores, since this machine started; 0 where the system doesn't tell."""
    return float(getattr(psutil.cpu_times(), "steal", 0.0))
