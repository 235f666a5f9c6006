"""Hand-off: a conversation goes to a person and back, and the client is told each time."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from candor.common.clock import Clock
from candor.common.ids import ConversationId, OperatorId, OutboxId
from candor.messaging.conversation import Conversation
from candor.messaging.ports import MessagingUnit


class HandOff:
    """What people do with conversations, and what the AI does when it wants a person."""

    def __init__(
        self,
        units: Callable[[], AbstractAsyncContextManager[MessagingUnit]],
        clock: Clock,
        *,
        business: str,
    ) -> None: ...

    async def take(
        self, conversation_id: ConversationId, operator: OperatorId, *, name: str = ""
    ) -> Conversation:
        """`name` is what the client reads ("From here Anna, a person, answers")."""
        raise NotImplementedError

    async def give_back(
        self, conversation_id: ConversationId, operator: OperatorId
    ) -> Conversation:
        """The AI goes on; its next message says so (H1). What waits is answered at once."""
        raise NotImplementedError

    async def write(
        self, conversation_id: ConversationId, operator: OperatorId, text: str
    ) -> OutboxId:
        """Raises ConflictError when the operator has not taken it or the client has opted out."""
        raise NotImplementedError

    async def pause(
        self, conversation_id: ConversationId, operator: OperatorId | None, *, reason: str = ""
    ) -> Conversation:
        """The AI keeps silent until it is given back."""
        raise NotImplementedError

    async def close(
        self, conversation_id: ConversationId, operator: OperatorId | None, *, reason: str = ""
    ) -> Conversation:
        """Ended by a person; a new message of the client opens it again."""
        raise NotImplementedError

    async def request_person(
        self,
        unit: MessagingUnit,
        conversation: Conversation,
        reason: str,
        *,
        say: str | None = None,
    ) -> None:
        """In the caller's unit: the AI steps back, the client and the operators are told.

        `say`: the script's own words instead of the standard notice.
        """
        raise NotImplementedError

    async def end(self, unit: MessagingUnit, conversation: Conversation, reason: str) -> None:
        """In the caller's unit: the script has come to its end; a queued farewell still goes out."""
        raise NotImplementedError
