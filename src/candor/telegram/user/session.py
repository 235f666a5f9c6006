"""What Telethon must remember about a user session, as one text that is stored sealed.

Telethon's own session string forgets how far updates were read and whom we know; both are in here, so
that a restart catches up on what was missed and can answer at once. The text is a full login: it is
handled as `SecretStr` and never written anywhere but into the account's sealed column.
"""

import base64
import binascii
import json
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import SecretStr
from telethon.crypto import AuthKey
from telethon.sessions import MemorySession, StringSession
from telethon.tl.types.updates import State

from candor.accounts.errors import SessionUnreadableError

VERSION: Final = 1
LAYER: Final = "candor-session"
KNOWN_PEERS: Final = 5000
"""How many people and chats are remembered over a restart, the newest first."""


class KeptSession(MemorySession):  # type: ignore[misc]
    """A session in memory that can be written down whole and read back."""

    def dump(self) -> SecretStr:
        """Server, key, read positions and known peers as one text."""
        key = None if self.auth_key is None else base64.b64encode(self.auth_key.key).decode()
        body = {
            "kind": LAYER,
            "version": VERSION,
            "dc": self.dc_id,
            "server": self.server_address,
            "port": self.port,
            "key": key,
            "updates": [
                [entity, state.pts, state.qts, int(state.date.timestamp()), state.seq]
                for entity, state in self.get_update_states()
            ],
            "peers": [list(row[:3]) for row in list(self._entities)[-KNOWN_PEERS:]],
        }
        return SecretStr(json.dumps(body, separators=(",", ":")))

    @classmethod
    def load(cls, text: SecretStr | None) -> "KeptSession":
        """An empty session for None; also reads Telethon's own strings.

        Raises SessionUnreadableError for a newer version or a damaged text, echoing nothing of it.
        """
        session = cls()
        if text is None or not text.get_secret_value():
            return session
        try:
            if text.get_secret_value().startswith("{"):
                session._read(json.loads(text.get_secret_value()))
            else:
                session._copy(StringSession(text.get_secret_value()))
        except (ValueError, KeyError, TypeError, IndexError, binascii.Error, struct.error):
            raise SessionUnreadableError from None
        return session

    def _read(self, body: Mapping[str, Any]) -> None:
        if body["kind"] != LAYER or body["version"] > VERSION:
            raise SessionUnreadableError(
                "The stored session was written by a newer version. Sign in again."
            )
        self.set_dc(int(body["dc"]), body["server"], body["port"])
        if body["key"] is not None:
            self.auth_key = AuthKey(base64.b64decode(body["key"], validate=True))
        for entity, pts, qts, date, seq in body["updates"]:
            moment = datetime.fromtimestamp(date, UTC)
            self.set_update_state(entity, State(pts, qts, moment, seq, unread_count=0))
        self._entities = {(row[0], row[1], row[2], None, None) for row in body["peers"]}

    def _copy(self, other: MemorySession) -> None:
        self.set_dc(other.dc_id, other.server_address, other.port)
        self.auth_key = other.auth_key
