"""Refuses folders on network filesystems: they lie about fsync and about locks."""

from pathlib import Path

import psutil

from candor.common.errors import ConfigurationError

_NETWORK = ("nfs", "cifs", "smb", "afpfs", "fuse.sshfs", "davfs", "glusterfs", "ceph")


def refuse_network_filesystem(folder: Path) -> None:
    """Raise ConfigurationError when `folder` lies on one; unknown filesystems are let be."""
    kind = _kind_of(folder.resolve())
    if kind.startswith(_NETWORK):
        raise ConfigurationError(
            f"{folder} lies on a network filesystem ({kind}), on which a database can lose data. "
            "Choose a --data-dir on a local disk, or set DATABASE_URL."
        )


def _kind_of(folder: Path) -> str:
    mounts = {Path(part.mountpoint): part.fstype for part in psutil.disk_partitions(all=True)}
    for place in (folder, *folder.parents):
        if place in mounts:
            return mounts[place]
    return ""
