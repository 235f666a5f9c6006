"""The data folder: private, of a known version, parts of it used by one `candor up` at a time."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path

from candor.common.errors import ConfigurationError

LAYOUT = 1
"""Raised when the folder's layout changes so that an older Candor can't use it."""
_STAMP = "candor.json"
_LOCK = "candor.lock"


def prepare_data_dir(folder: Path) -> Path:
    """Make the folder with mode 0700, or check the one that is there; answers its absolute path.

    Raises ConfigurationError for a folder that can't be written, or of a newer Candor.
    """
    place = folder.expanduser().absolute()
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if place.stat().st_mode & 0o077:
            place.chmod(0o700)
        _check_stamp(place / _STAMP)
    except FileExistsError as error:
        raise ConfigurationError(f"{place} is a file. Choose another --data-dir.") from error
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {place} can't be used: {error.strerror}. Choose another --data-dir or "
            "mend its owner and mode."
        ) from error
    return place


def _check_stamp(stamp: Path) -> None:
    try:
        found = json.loads(stamp.read_text(encoding="utf-8"))["layout"]
    except FileNotFoundError:
        stamp.write_text(json.dumps({"layout": LAYOUT}) + "\n", encoding="utf-8")
        return
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{stamp} is damaged. If this folder is Candor's, write "
            f'{{"layout": {LAYOUT}}} into it.'
        ) from error
    if not isinstance(found, int) or found > LAYOUT:
        raise ConfigurationError(
            f"{stamp.parent} was used by a newer Candor (layout {found}, this one knows {LAYOUT}). "
            "Start the newer version, or choose another --data-dir."
        )


@dataclass(frozen=True, slots=True)
class DataDirLock:
    """This process's hold on a part of a data folder; the system drops it when the process ends."""

    descriptor: int

    def release(self) -> None:
        os.close(self.descriptor)


def lock_data_dir(folder: Path, *, part: str) -> DataDirLock:
    """Take a part of the folder for this `candor up`; refuse with the other's pid when it is taken."""
    descriptor = os.open(folder / f"{part}.{_LOCK}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise ConfigurationError(
            f"Candor is running already on {folder} ({part}, process {holder}). Stop it first, or "
            "start this one with another --data-dir."
        ) from error
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return DataDirLock(descriptor)
