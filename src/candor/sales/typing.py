"""Shows the client that an answer is being written, for as long as the engines work.

It tells the truth (something is being written right now) and imitates nobody: an answer that is
there at once shows nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Protocol

from candor.common import tasks
from candor.common.errors import CandorError
from candor.messaging.conversation import Conversation
from candor.messaging.gateway import Gateways

_AFTER: Final = 0.4
"""Seconds of work before anything is shown."""
_AGAIN: Final = 4.0
"""Telegram forgets the sign after five seconds."""


class Typing(Protocol):
    """A sign for as long as the block lasts; never raises and never delays."""

    def during(self, conversation: Conversation) -> AbstractAsyncContextManager[None]: ...


class NoTyping:
    """For rehearsals and tests."""

    @asynccontextmanager
    async def during(self, conversation: Conversation) -> AsyncIterator[None]:
        yield


class GatewayTyping:
    """Through the account's own way out."""

    def __init__(self, gateways: Gateways) -> None:
        self._gateways = gateways

    @asynccontextmanager
    async def during(self, conversation: Conversation) -> AsyncIterator[None]:
        showing = tasks.spawn(self._show(conversation), name=f"typing:{conversation.id}")
        try:
            yield
        finally:
            showing.cancel()

    async def _show(self, conversation: Conversation) -> None:
        await asyncio.sleep(_AFTER)
        while True:
            try:
                gateway = await self._gateways.of(conversation.account_id)
                await gateway.show_typing(conversation.chat_id)
            except CandorError:
                return
            await asyncio.sleep(_AGAIN)
