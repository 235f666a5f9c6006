"""Everything about a client, to hand over (`/export`) or to delete (`/delete`).

Which tables hold client data is read from the foreign keys of the tables themselves, so a new table
is covered by being a table. After erasure only a salted hash stays, so that nobody who said stop is
written to again.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from candor.common.errors import ConfigurationError
from candor.common.ids import ClientId, TelegramUserId


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows went, by table."""

    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


class ErasureRepository(Protocol):
    async def export(self, client_id: ClientId) -> Mapping[str, object] | None:
        """All rows about the client by table, as JSON values; None for an unknown client."""
        ...

    async def erase(self, client_id: ClientId, *, hashes: Sequence[bytes], now: datetime) -> Erased:
        """Delete them all, with what the queue holds of them, and keep `hashes`, one for each Telegram
        account of the person. Raises NotFoundError for an unknown client."""
        ...


NO_SALT: Final = b""
"""Stands for a secret whose key is missing."""


def opt_out_hash(telegram_user_id: TelegramUserId, salt: bytes) -> bytes:
    """What stays of a person who is gone: can't be turned back without the salt."""
    if salt == NO_SALT:
        raise ConfigurationError(
            "The key of the opt-out marks is missing, so nobody can be marked. Restore it in "
            "CANDOR_SECRET_KEYS."
        )
    return hmac.new(salt, str(telegram_user_id).encode(), hashlib.sha256).digest()
