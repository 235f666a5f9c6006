"""The encryption keys: where they come from, their versions, and how a new one is made.

Keys never lie in the database. Each listed key gives three sub-keys (HKDF): one to seal, one for
look-up hashes, and a public four-byte id that stands in front of every ciphertext.
"""

import os
import secrets
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from candor.accounts.errors import KeysError

KEY_FILE: Final = "secret.keys"
"""Name of the key file in the data dir, apart from the database's own folder."""
SHORTEST_KEY: Final = 24
_OTHERS_MAY: Final = stat.S_IRWXG | stat.S_IRWXO

KeySource = Literal["environment", "file", "data_dir"]


@dataclass(frozen=True, slots=True)
class SecretKey:
    """One key's parts; none of them shows in repr."""

    id: bytes
    seal: SecretStr
    lookup: SecretStr

    @classmethod
    def derive(cls, text: str) -> "SecretKey":
        return cls(
            id=_derive(text, b"candor key id", 4),
            seal=SecretStr(_derive(text, b"candor seal 1", 32).hex()),
            lookup=SecretStr(_derive(text, b"candor look-up 1", 32).hex()),
        )


class KeyRing:
    """The keys of this process, newest first.

    A key file is looked at before each use, so that every process seals under a new key from the
    moment at which the file has one, whatever it was busy with.
    """

    def __init__(
        self, texts: Sequence[str], *, source: KeySource, path: Path | None = None
    ) -> None:
        self.source = source
        self.path = path
        self._read_at = _stamp(path)
        self._texts = _checked(texts)
        self._keys = tuple(SecretKey.derive(text) for text in self._texts)

    def __repr__(self) -> str:
        return f"KeyRing({len(self._keys)} keys, {self.source})"

    @property
    def newest(self) -> SecretKey:
        self._follow_file()
        return self._keys[0]

    @property
    def all(self) -> tuple[SecretKey, ...]:
        self._follow_file()
        return self._keys

    def find(self, key_id: bytes) -> SecretKey | None:
        """The key of that id; an unknown one makes the ring read its file again first."""
        found = self._known(key_id)
        if found is None and self.reload():
            found = self._known(key_id)
        return found

    def reload(self) -> bool:
        """Read the key file again; False when keys come from the environment or did not change."""
        if self.path is None:
            return False
        read_at = _stamp(self.path)
        texts = _checked(_read(self.path))
        self._read_at = read_at
        if texts == self._texts:
            return False
        self._texts = texts
        self._keys = tuple(SecretKey.derive(text) for text in texts)
        return True

    def add_new(self) -> SecretKey:
        """Make a new newest key; the file is written before anything is sealed under it."""
        if self.path is None:
            raise KeysError(
                "The keys come from CANDOR_SECRET_KEYS, which a program can't change. Put a new key "
                "in front of the list (`python -c 'import secrets; print(secrets.token_urlsafe(32))'`), "
                "start again, then run `candor keys rotate`."
            )
        _write(self.path, (secrets.token_urlsafe(32), *self._texts))
        self.reload()
        return self.newest

    def drop_old(self) -> None:
        """Keep the newest key only. Backups made before can't be opened without the old ones."""
        if self.path is not None:
            _write(self.path, self._texts[:1])
            self.reload()

    def _follow_file(self) -> None:
        """A file that is gone or wrong at this moment is no reason to stop what runs: `doctor` and
        the next start name it."""
        now = _stamp(self.path)
        if now is None or now == self._read_at:
            return
        with suppress(KeysError):
            self.reload()

    def _known(self, key_id: bytes) -> SecretKey | None:
        return next((key for key in self._keys if key.id == key_id), None)


def load_keys(
    data_dir: Path, *, keys: SecretStr | None = None, file: Path | None = None
) -> KeyRing:
    """CANDOR_SECRET_KEYS, else CANDOR_SECRET_KEYS_FILE, else the data dir's file, made once (0600).

    Raises KeysError for a file that is missing, empty, wrong or readable by others.
    """
    if keys is not None and keys.get_secret_value().strip():
        return KeyRing(_split(keys.get_secret_value()), source="environment")
    if file is not None:
        return KeyRing(_read(file), source="file", path=file)
    path = data_dir / KEY_FILE
    if not path.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(path, secrets.token_urlsafe(32))
    return KeyRing(_read(path), source="data_dir", path=path)


def _stamp(path: Path | None) -> tuple[int, int] | None:
    """What changes whenever the file is replaced; None without a file."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_ino) if found is not None else None


def _derive(text: str, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=b"candor", info=purpose).derive(
        text.encode()
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", ",").split(",") if part.strip())


def _checked(texts: Sequence[str]) -> tuple[str, ...]:
    if not texts:
        raise KeysError("There is no encryption key in CANDOR_SECRET_KEYS or its file.")
    if any(len(text) < SHORTEST_KEY for text in texts):
        raise KeysError(
            f"An encryption key is shorter than {SHORTEST_KEY} characters. Make one with "
            "`python -c 'import secrets; print(secrets.token_urlsafe(32))'`."
        )
    if len(set(texts)) != len(texts):
        raise KeysError("An encryption key is listed twice.")
    return tuple(texts)


def _read(path: Path) -> tuple[str, ...]:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise KeysError(
            f"The key file {path} is missing. Restore it from where it was kept: without it the "
            "stored tokens and sessions can't be opened."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise KeysError(f"The key file {path} can't be read as text.") from error
    if os.name == "posix" and mode & _OTHERS_MAY:
        raise KeysError(
            f"The key file {path} is open to other users. Close it: chmod 600 {path} - and think of "
            "`candor keys rotate`, since others may have read it."
        )
    return _split(text)


def _create(path: Path, key: str) -> None:
    """Two processes may start at once: whoever is second finds the first one's whole key."""
    scratch = _scratch(path, (key,))
    try:
        os.link(scratch, path)
    except FileExistsError:
        pass
    finally:
        scratch.unlink()


def _write(path: Path, texts: Sequence[str]) -> None:
    os.replace(_scratch(path, texts), path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _scratch(path: Path, texts: Sequence[str]) -> Path:
    scratch = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(texts) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return scratch
