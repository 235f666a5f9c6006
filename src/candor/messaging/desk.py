"""What people keep about conversations: whose matter each is, and notes that no client sees."""

from candor.clients.activity import Activity
from candor.common.clock import Clock
from candor.common.errors import FieldError, InvalidInputError, NotFoundError
from candor.common.ids import ConversationId, MessageRowId, NoteId, OperatorId
from candor.messaging.incoming import harmless
from candor.messaging.ports import UnitFactory
from candor.messaging.reading import Note

MAX_NOTE = 4000
"""Characters of one note."""


class ConversationDesk:
    """Assignment and notes; both leave the dialogue itself as it is."""

    def __init__(self, units: UnitFactory, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    async def assign(
        self, conversation_id: ConversationId, to: OperatorId | None, *, by: OperatorId
    ) -> None:
        """From now on it is that person's matter; None: nobody's. Raises NotFoundError."""
        async with self._units() as unit:
            found = await unit.conversations.lock(conversation_id)
            if found.assigned_to == to:
                return
            await unit.conversations.assign(conversation_id, to)
            await unit.activity.record(
                Activity(
                    kind="conversation.assigned",
                    at=self._clock.now(),
                    client_id=found.client_id,
                    account_id=found.account_id,
                    conversation_id=found.id,
                    details={"to": to, "by": by, "before": found.assigned_to},
                )
            )

    async def note(
        self,
        conversation_id: ConversationId,
        text: str,
        *,
        author: str,
        message: MessageRowId | None = None,
    ) -> Note:
        """Raises InvalidInputError for an empty or too long text, NotFoundError."""
        words = harmless(text).strip()
        if not words or len(words) > MAX_NOTE:
            told = f"A note has 1 to {MAX_NOTE} characters."
            raise InvalidInputError(told, errors=(FieldError("text", told),))
        async with self._units() as unit:
            return await unit.notes.add(
                conversation_id, words, author=author, now=self._clock.now(), message=message
            )

    async def remove_note(self, note_id: NoteId, *, of: ConversationId) -> None:
        """Raises NotFoundError when this conversation has no such note."""
        async with self._units() as unit:
            if not await unit.notes.remove(note_id, conversation_id=of):
                raise NotFoundError("There is no such note.")
