"""A data folder of PostgreSQL: made once, completely or not at all, and its version checked."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from candor.common.errors import ConfigurationError
from candor.storage.embedded.binaries import Binaries
from candor.storage.embedded.layout import Layout
from candor.storage.embedded.privileges import Launcher

SUPERUSER = "candor"
DATABASE = "candor"
INIT_SECONDS = 300


def prepare_cluster(
    layout: Layout,
    binaries: Binaries,
    launcher: Launcher,
    progress: Callable[[str], None],
    *,
    durable: bool = True,
) -> None:
    """Make the data folder if there is none; refuse one of another major version."""
    if (layout.cluster / "PG_VERSION").exists():
        _check_version(layout.cluster, binaries)
        return
    if layout.cluster.exists() and any(layout.cluster.iterdir()):
        raise ConfigurationError(
            f"{layout.cluster} is neither empty nor a PostgreSQL data folder. Move it away or "
            "choose another data dir."
        )
    progress("making the database (once, a few seconds) ...")
    shutil.rmtree(layout.unfinished, ignore_errors=True)
    _init(layout.unfinished, binaries, launcher, durable=durable)
    if layout.cluster.exists():
        layout.cluster.rmdir()
    layout.unfinished.rename(layout.cluster)


def _init(folder: Path, binaries: Binaries, launcher: Launcher, *, durable: bool) -> None:
    command = launcher.command(
        binaries.program("initdb"),
        f"--pgdata={folder}",
        f"--username={SUPERUSER}",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--auth-local=trust",  # the socket lies in a 0700 folder
        "--auth-host=reject",
        "--no-instructions",
        *([] if durable else ["--no-sync"]),
    )
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
            command, capture_output=True, text=True, timeout=INIT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ConfigurationError(
            f"Making the database took longer than {INIT_SECONDS} seconds. Is the disk healthy?"
        ) from error
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise ConfigurationError(f"The database could not be made: {_reason(done.stderr)}")


def _reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or "FATAL" in line]
    return " ".join((errors or lines[-3:])[:3]) or "no reason was given"


def _check_version(cluster: Path, binaries: Binaries) -> None:
    found = (cluster / "PG_VERSION").read_text().strip()
    if found != str(binaries.major):
        raise ConfigurationError(
            f"{cluster} was made by PostgreSQL {found}, these programs are {binaries.version}. "
            f"Make a backup with the Candor that made it (`candor db backup FILE`) and restore it "
            "into a new data dir with this one."
        )
