"""A Telegram behind the Telethon client, without a wire: for tests and for the demo's user session.

The real client makes real TL requests; they are written to bytes and read back, answered from a world
(the sandbox's) as TL objects, and updates flow through the client's own update handling. Waits, bans,
revoked sessions, lost answers and cut connections can be injected. Never used with real credentials.
"""

from candor.telegram.user.double import media, signing_in, speaking
from candor.telegram.user.double.desk import TlDesk

__all__ = ["TlDesk", "media", "signing_in", "speaking"]
