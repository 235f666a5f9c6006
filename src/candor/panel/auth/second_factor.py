"""The second factor: time-based codes (RFC 6238), good once, and recovery codes."""

import hmac
import secrets
from datetime import datetime

import pyotp
import segno

from candor.panel.auth.passwords import hash_token

STEP_SECONDS = 30
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    return pyotp.random_base32()


def address_for_app(secret: str, *, email: str, business: str) -> str:
    """The `otpauth://` address that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=f"Candor · {business}")


def qr_svg(address: str) -> str:
    """The address as an SVG image, without any style of its own."""
    code = segno.make(address, micro=False, error="m")
    return code.svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True)


def accepted_step(secret: str, code: str, *, now: datetime, last_step: int) -> int | None:
    """The time step of a right code, one step of clock drift allowed; None when wrong or used."""
    digits = "".join(code.split())
    current = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in (current, current - 1, current + 1):
        right = totp.at(step * STEP_SECONDS)
        if step > last_step and hmac.compare_digest(right.encode(), digits.encode()):
            return step
    return None


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of about 50 bits, each good once; shown once, kept as hashes."""

    def one() -> str:
        letters = "".join(secrets.choice(_ALPHABET) for _ in range(10))
        return f"{letters[:5]}-{letters[5:]}"

    return tuple(one() for _ in range(RECOVERY_CODES))


def recovery_hash(code: str) -> str:
    """Spaces, dashes and case don't matter."""
    return hash_token("".join(c for c in code.lower() if c.isalnum()))
