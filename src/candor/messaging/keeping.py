"""Ports of what people keep beside conversations: notes, and the owner's settings."""

from datetime import datetime
from typing import Protocol

from candor.common.ids import ConversationId, MessageRowId, NoteId
from candor.common.operators import SettingOverride
from candor.messaging.reading import Note


class NoteRepository(Protocol):
    """What people write down about conversations, for one another."""

    async def add(
        self,
        conversation_id: ConversationId,
        text: str,
        *,
        author: str,
        now: datetime,
        message: MessageRowId | None = None,
    ) -> Note:
        """Raises NotFoundError when there is no such conversation."""
        ...

    async def of_conversation(self, conversation_id: ConversationId) -> tuple[Note, ...]:
        """Oldest first, the newest 200 at most."""
        ...

    async def remove(self, note_id: NoteId, *, conversation_id: ConversationId) -> bool: ...


class OwnerSettings(Protocol):
    """What the owner set in the panel."""

    async def get(self, key: str) -> SettingOverride | None: ...
