"""Run a program as another user who may still reach the data folder, because PostgreSQL refuses root.

A script of its own (`python become_user.py UID GID PROGRAM ...`), standard library only. Of root's
powers only the passing of folders' modes is kept, so neither the data folder nor the programs have
to be opened to others.
"""

import ctypes
import os
import sys

_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 47, 2
_CAP_DAC_OVERRIDE = 1
_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def main(uid: str, gid: str, *command: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    _check(libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setresgid(int(gid), int(gid), int(gid))
    os.setresuid(int(uid), int(uid), int(uid))
    mask = 1 << _CAP_DAC_OVERRIDE
    kept = (_Data * 2)(_Data(mask, mask, mask), _Data(0, 0, 0))
    _check(libc.capset(ctypes.byref(_Header(_VERSION_3, 0)), ctypes.byref(kept)))
    _check(libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0))
    os.execv(command[0], command)  # noqa: S606 - running the named program is the purpose


def _check(result: int) -> None:
    if result != 0:
        sys.exit(f"becoming another user is not allowed here: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main(*sys.argv[1:])
