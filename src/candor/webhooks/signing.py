"""Standard Webhooks: a secret that is shown once, and the three headers that prove a request.

A receiver takes `webhook-id`, `webhook-timestamp` and the body exactly as they came, joins them with
dots and computes HMAC-SHA256 with the decoded secret; libraries for this exist in most languages.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final

from pydantic import SecretStr

PREFIX: Final = "whsec_"
_BYTES: Final = 32


def new_secret() -> SecretStr:
    """`whsec_` and 32 random bytes in base64."""
    return SecretStr(PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode())


def signed_headers(
    secret: SecretStr, *, event_id: str, body: bytes, at: datetime
) -> dict[str, str]:
    """The headers of one attempt; the time is that of the attempt, the id stays the same."""
    timestamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.get_secret_value().removeprefix(PREFIX))
    content = b".".join((event_id.encode(), timestamp.encode(), body))
    digest = hmac.new(key, content, hashlib.sha256).digest()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
