"""The places of the embedded server: its data folder and what lies beside it."""

import hashlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from candor.common.errors import ConfigurationError

_LONGEST_SOCKET_FOLDER = 85
"""A socket's path has 107 bytes on Linux, 103 on macOS; `/.s.PGSQL.5432` takes 14."""
_PLAIN = re.compile(r"[A-Za-z0-9/._ -]+")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are for one data folder of PostgreSQL: it, and what lies beside it."""

    cluster: Path

    @property
    def home(self) -> Path:
        return self.cluster.parent

    @property
    def unfinished(self) -> Path:
        """Where a new cluster is made before it is renamed into place."""
        return self._beside(".new")

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def start_lock(self) -> Path:
        """Held while the server is started or stopped."""
        return self._beside("-start.lock")

    @property
    def users_lock(self) -> Path:
        """Held shared by every process that uses the server; who gets it alone is the last."""
        return self._beside("-users.lock")

    def socket_folder(self) -> Path:
        """A 0700 folder for the socket: in the data dir, or a short one where that is too long."""
        own = self.home / "run"
        name = str(own)
        if len(os.fsencode(name)) <= _LONGEST_SOCKET_FOLDER and _PLAIN.fullmatch(name):
            return make_private(own)
        digest = hashlib.sha256(os.fsencode(str(self.cluster))).hexdigest()[:12]
        base = os.environ.get("XDG_RUNTIME_DIR") or "/tmp"  # noqa: S108 - checked just below
        if not Path(base).is_dir() or len(base) > 60:
            base = tempfile.gettempdir()
        return make_private(Path(base) / f"candor-{os.geteuid()}-{digest}")

    def _beside(self, ending: str) -> Path:
        return self.cluster.with_name(self.cluster.name + ending)


def layout_of(folder: Path) -> Layout:
    """The layout around PostgreSQL's data folder, which need not exist."""
    return Layout(folder.expanduser().absolute())


def make_private(folder: Path) -> Path:
    """Make the folder with mode 0700; refuse one that is another user's or a link."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise ConfigurationError(
            f"{folder} exists already and is not a folder of this user. Remove it or choose "
            "another data dir."
        )
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
    return folder
