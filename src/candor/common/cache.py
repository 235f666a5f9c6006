"""The cache's port. Always optional: a miss and a cache that is away look the same to the caller."""

from datetime import timedelta
from typing import Protocol

SESSION_TTL = timedelta(days=7)
"""Account sessions; ciphertext only."""
SCRIPT_TTL = timedelta(hours=24)
PROMPT_TTL = timedelta(hours=1)


class Cache(Protocol):
    """Bytes by key with a time to live. Never raises for an unreachable server."""

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, value: bytes, *, ttl: timedelta) -> None: ...

    async def drop(self, *keys: str) -> None: ...

    async def drop_prefix(self, prefix: str) -> None: ...

    async def is_reachable(self) -> bool: ...

    async def close(self) -> None: ...
