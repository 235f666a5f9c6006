"""The inbox: what Telegram delivers is stored before it is acknowledged, commands answered at once."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from candor.common.clock import Clock
from candor.common.ids import AccountId, TelegramChatId
from candor.common.llm import Language
from candor.messaging.incoming import IncomingMessage, IncomingPress, PressAnswer, Received
from candor.messaging.ports import MessagingUnit, StoredInbound, U

ANSWER_CLIENT = "sales.answer_client"
"""Kind of the lane that answers; its key is the conversation's id."""

Unit_contra = TypeVar("Unit_contra", bound=MessagingUnit, contravariant=True)


class ChatListener(Protocol[Unit_contra]):
    """An area that listens in chats without a conversation: study groups, comment threads."""

    async def hear(
        self, unit: Unit_contra, message: IncomingMessage, stored: StoredInbound
    ) -> bool:
        """In the same unit that stores the message; True when it is this area's."""
        ...


class Inbox(Generic[U]):
    """Takes what the edges hand over; when a method returns, the update may be acknowledged."""

    def __init__(
        self,
        units: Callable[[], AbstractAsyncContextManager[U]],
        clock: Clock,
        *,
        business: str,
        language: Language,
        salt: bytes,
        burst: timedelta = timedelta(seconds=1.5),
        listeners: tuple[ChatListener[U], ...] = (),
    ) -> None:
        """`salt`: secret of this installation for opt-out hashes; it must never change."""

    async def receive(self, incoming: IncomingMessage) -> Received:
        raise NotImplementedError

    async def receive_press(self, press: IncomingPress) -> PressAnswer:
        raise NotImplementedError

    async def chat_blocked(self, account_id: AccountId, chat_id: TelegramChatId) -> None:
        raise NotImplementedError

    async def chat_unblocked(self, account_id: AccountId, chat_id: TelegramChatId) -> None:
        raise NotImplementedError
