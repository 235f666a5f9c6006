"""Run a program in a user namespace where this user is `nobody`, because PostgreSQL refuses root.

A script of its own (`python enter_namespace.py UID GID PROGRAM ...`), standard library only. No
user is made and no mode is changed: outside, the files belong to the user who started it.
"""

import ctypes
import os
import sys
from pathlib import Path

_CLONE_NEWUSER = 0x10000000


def main(uid: str, gid: str, *command: str) -> None:
    own_uid, own_gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER) != 0:
        sys.exit(f"user namespaces are not allowed here: {os.strerror(ctypes.get_errno())}")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{gid} {own_gid} 1")
    Path("/proc/self/uid_map").write_text(f"{uid} {own_uid} 1")
    os.execv(command[0], command)  # noqa: S606 - running the named program is the purpose


if __name__ == "__main__":
    main(*sys.argv[1:])
