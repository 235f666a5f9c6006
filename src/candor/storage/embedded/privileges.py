"""How PostgreSQL's programs are started by whom: it refuses to run as root."""

import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from candor.common.errors import ConfigurationError

_NAMESPACE_SCRIPT = Path(__file__).with_name("enter_namespace.py")
_USER_SCRIPT = Path(__file__).with_name("become_user.py")


@dataclass(frozen=True, slots=True)
class Launcher:
    """Puts what is needed before a command so that PostgreSQL accepts to run."""

    prefix: tuple[str, ...] = ()
    owner: tuple[int, int] | None = None
    """Who must own the data folder (uid, gid), if that is not the user who starts it."""

    def command(self, *command: str) -> list[str]:
        return [*self.prefix, *command]

    def hand_over(self, folder: Path) -> None:
        """Give an existing data folder to the user the server will run as."""
        if self.owner is None or folder.stat().st_uid == self.owner[0]:
            return
        for place, folders, files in os.walk(folder):
            for name in [".", *folders, *files]:
                os.chown(Path(place) / name, *self.owner, follow_symlinks=False)

    def works(self) -> bool:
        tried = subprocess.run(  # noqa: S603 - a constant command
            self.command("/bin/true"), capture_output=True, check=False
        )
        return tried.returncode == 0


def choose_launcher(cluster: Path) -> Launcher:
    """As a normal user: nothing. As root: a user namespace in which root is `nobody`, or, where
    that is not allowed (many containers), another user with root's right to pass folders only.

    A data folder that belongs to another user already is run as that user. Raises
    ConfigurationError when nothing is possible here.
    """
    if os.geteuid() != 0:
        return Launcher()
    if cluster.exists() and (found := cluster.stat()).st_uid != 0:
        candidates = [_as_user(found.st_uid, found.st_gid)]
    else:
        person = _unprivileged()
        candidates = [
            _in_namespace(person.pw_uid, person.pw_gid),
            _as_user(person.pw_uid, person.pw_gid),
        ]
    for launcher in candidates:
        if launcher.works():
            return launcher
    raise ConfigurationError(
        "Candor runs as root here, PostgreSQL refuses to, and this machine allows neither user "
        "namespaces nor changing the user. Start Candor as a normal user, or set DATABASE_URL to a "
        "PostgreSQL server."
    )


def _in_namespace(uid: int, gid: int) -> Launcher:
    return Launcher(_script(_NAMESPACE_SCRIPT, uid, gid))


def _as_user(uid: int, gid: int) -> Launcher:
    return Launcher(_script(_USER_SCRIPT, uid, gid), owner=(uid, gid))


def _script(path: Path, uid: int, gid: int) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", str(path), str(uid), str(gid))


def _unprivileged() -> pwd.struct_passwd:
    """A user that exists (initdb asks for its name) and is not root; `nobody` if there is one."""
    people = [person for person in pwd.getpwall() if person.pw_uid != 0]
    if not people:
        raise ConfigurationError(
            "Candor runs as root here, PostgreSQL refuses to, and the machine has no other user. "
            "Add one, start Candor as a normal user, or set DATABASE_URL."
        )
    return next((person for person in people if person.pw_name == "nobody"), people[0])
