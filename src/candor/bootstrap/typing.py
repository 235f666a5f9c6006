"""Shows "typing" to a client while the answer is being written: true, since it is being written."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from candor.common.errors import CandorError
from candor.common.tasks import spawn
from candor.messaging.conversation import Conversation
from candor.messaging.gateway import Gateways

SHOWN_AFTER: Final = 1.0
"""Seconds. Whoever is answered sooner does not lose the thread and needs no sign (J. Nielsen, Response Times:
The 3 Important Limits, 1993)."""
SHOWN_FOR: Final = 4.0
"""Seconds. Telegram shows the sign for five."""


class TypingSign:
    """Fulfils sales' `Typing` through the account's gateway; a failure to show it is no failure."""

    def __init__(self, gateways: Gateways) -> None:
        self._gateways = gateways

    def during(self, conversation: Conversation) -> AbstractAsyncContextManager[None]:
        return self._shown(conversation)

    @asynccontextmanager
    async def _shown(self, conversation: Conversation) -> AsyncIterator[None]:
        answered = asyncio.Event()
        task = spawn(self._show(conversation, answered), name=f"typing:{conversation.id}")
        try:
            yield
        except asyncio.CancelledError:
            task.cancel()
            raise
        finally:
            answered.set()

    async def _show(self, conversation: Conversation, answered: asyncio.Event) -> None:
        """A request on its way is let finish: broken off, it would cost its connection."""
        pause = SHOWN_AFTER
        while not await _is_set(answered, within=pause):
            try:
                gateway = await self._gateways.of(conversation.account_id)
                await gateway.show_typing(conversation.chat_id)
            except CandorError:
                return
            pause = SHOWN_FOR


async def _is_set(event: asyncio.Event, *, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            return await event.wait()
    except TimeoutError:
        return False
