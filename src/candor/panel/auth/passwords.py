"""Passwords: argon2id hashes, a minimum worth typing, and secrets made by the system."""

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from candor.common.errors import FieldError, InvalidInputError

MIN_LENGTH = 12
MAX_LENGTH = 128
_WORDS = frozenset(
    {"password", "passwort", "qwertyuiop", "qwerty123456", "123456789012", "administrator"}
)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without the characters that look alike."""
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def verify_password(password: str, stored: str | None) -> bool:
    """Takes the same time whether `stored` is there or not."""
    decoy = _decoy()
    try:
        _hasher.verify(stored or decoy, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _decoy() -> str:
    """Verified when there is no such e-mail, so that time does not tell who has an account."""
    return _hasher.hash(secrets.token_hex(16))


def check_new_password(password: str, *, email: str) -> None:
    """Raises InvalidInputError with the path `password` when it is too easy to guess."""
    if complaint := _complaint(password, email):
        raise InvalidInputError(complaint, errors=(FieldError("password", complaint),))


def _complaint(password: str, email: str) -> str | None:
    if len(password) < MIN_LENGTH:
        return f"The password needs at least {MIN_LENGTH} characters; a few words are fine."
    if len(password) > MAX_LENGTH:
        return f"The password may have at most {MAX_LENGTH} characters."
    lowered = password.lower()
    if lowered in _WORDS or len(set(lowered)) < 4 or lowered == email.lower():
        return "This password is easy to guess. Take a few words that don't belong together."
    return None


def make_password() -> str:
    """A one-time password, four groups of four: about 79 bits."""
    letters = [secrets.choice(_ALPHABET) for _ in range(16)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


def make_token(prefix: str) -> str:
    """A random token of 256 bits that a secret scanner can recognise by its prefix."""
    return f"{prefix}{secrets.token_urlsafe(32)}"


def hash_token(token: str) -> str:
    """SHA-256 is enough for 256 random bits; the look-up needs an equal hash each time."""
    return hashlib.sha256(token.encode()).hexdigest()
