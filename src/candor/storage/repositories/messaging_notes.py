"""Notes that people keep about conversations."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.common.errors import NotFoundError
from candor.common.ids import ConversationId, MessageRowId, NoteId
from candor.messaging.reading import Note
from candor.storage.tables.messaging import client_conversations, conversation_notes

MOST: Final = 200


class PgNoteRepository:
    """The NoteRepository."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        conversation_id: ConversationId,
        text: str,
        *,
        author: str,
        now: datetime,
        message: MessageRowId | None = None,
    ) -> Note:
        there = select(client_conversations.c.id).where(
            client_conversations.c.id == conversation_id
        )
        if await self._connection.scalar(there) is None:
            raise NotFoundError("There is no such conversation.")
        statement = (
            insert(conversation_notes)
            .values(
                conversation_id=conversation_id,
                message=message,
                author=author,
                text=text,
                created_at=now,
            )
            .returning(conversation_notes)
        )
        return Note(**(await self._connection.execute(statement)).mappings().one())

    async def of_conversation(self, conversation_id: ConversationId) -> tuple[Note, ...]:
        statement = (
            select(conversation_notes)
            .where(conversation_notes.c.conversation_id == conversation_id)
            .order_by(conversation_notes.c.id.desc())
            .limit(MOST)
        )
        rows = (await self._connection.execute(statement)).mappings().all()
        return tuple(Note(**row) for row in reversed(rows))

    async def remove(self, note_id: NoteId, *, conversation_id: ConversationId) -> bool:
        statement = delete(conversation_notes).where(
            conversation_notes.c.id == note_id,
            conversation_notes.c.conversation_id == conversation_id,
        )
        return bool((await self._connection.execute(statement)).rowcount)
