"""An event as it is sent: its id, and its body as Standard Webhooks lays it out."""

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime


def new_event_id() -> str:
    """Stays with the event over all attempts: what a receiver tells repeats by."""
    return f"evt_{secrets.token_hex(16)}"


def body_of(kind: str, at: datetime, data: Mapping[str, object]) -> str:
    """The JSON that is signed and sent, byte for byte the same at every attempt."""
    moment = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    content = {"type": kind, "timestamp": moment, "data": dict(data)}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
