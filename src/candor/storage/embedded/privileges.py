"""How PostgreSQL's programs are started by whom: it refuses to run as root."""

import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from candor.common.errors import ConfigurationError

_NAMESPACE_SCRIPT = Path(__file__).with_name("enter_namespace.py")


@dataclass(frozen=True, slots=True)
class Launcher:
    """Puts what is needed before a command so that PostgreSQL accepts to run."""

    prefix: tuple[str, ...] = ()

    def command(self, *command: str) -> list[str]:
        return [*self.prefix, *command]


def choose_launcher(data: Path) -> Launcher:
    """As a normal user: nothing. As root: a user namespace, in which root is `nobody`.

    Raises ConfigurationError when neither is possible here (many containers).
    """
    if os.geteuid() != 0:
        return Launcher()
    person = _unprivileged()
    launcher = Launcher(
        (
            sys.executable,
            "-I",
            "-S",
            str(_NAMESPACE_SCRIPT),
            str(person.pw_uid),
            str(person.pw_gid),
        )
    )
    tried = subprocess.run(  # noqa: S603 - a constant command
        launcher.command("/bin/true"), capture_output=True, text=True, check=False
    )
    if tried.returncode == 0:
        return launcher
    raise ConfigurationError(
        "Candor runs as root here, PostgreSQL refuses to, and this machine does not allow user "
        "namespaces. Start Candor as a normal user, or set DATABASE_URL to a PostgreSQL server."
    )


def _unprivileged() -> pwd.struct_passwd:
    people = [person for person in pwd.getpwall() if person.pw_uid != 0]
    if not people:
        raise ConfigurationError(
            "Candor runs as root here, PostgreSQL refuses to, and the machine has no other user. "
            "Add one, start Candor as a normal user, or set DATABASE_URL."
        )
    return next((person for person in people if person.pw_name == "nobody"), people[0])
