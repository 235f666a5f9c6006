"""SQL of `account_chats`: what a user account may read."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.accounts.chats import AllowedChat
from candor.common.ids import AccountId, TelegramChatId
from candor.storage.tables.accounts import account_chats

_chats: Final = account_chats.c
_COLUMNS: Final = [account_chats.c[field.name] for field in fields(AllowedChat)]


class PgAccountChatRepository:
    """`candor.accounts.chats.AccountChatRepository`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, account_id: AccountId) -> Sequence[AllowedChat]:
        rows = await self._connection.execute(
            select(*_COLUMNS).where(_chats.account_id == account_id).order_by(_chats.title)
        )
        return tuple(AllowedChat(**row) for row in rows.mappings())

    async def save(self, chat: AllowedChat) -> None:
        values = asdict(chat)
        await self._connection.execute(
            insert(account_chats)
            .values(values)
            .on_conflict_do_update(index_elements=["account_id", "chat_id"], set_=values)
        )

    async def remove(self, account_id: AccountId, chat_id: TelegramChatId) -> bool:
        gone = await self._connection.execute(
            delete(account_chats).where(_chats.account_id == account_id, _chats.chat_id == chat_id)
        )
        return bool(gone.rowcount)
