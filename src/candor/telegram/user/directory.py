"""Which groups and channels an account has: titles and rights only, no message is read."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from telethon import errors, functions, types, utils

from candor.accounts.chats import ChatKind, SeenChat
from candor.common.ids import AccountId, TelegramChatId
from candor.telegram.user.refusals import translated

_PAGE: Final = 100
_NOBODY: Final = (errors.UsernameNotOccupiedError, errors.UsernameInvalidError)


class UserDirectory:
    """`candor.accounts.chats.ChatDirectory` for the sessions held here."""

    def __init__(self, client_of: Callable[[AccountId], Awaitable[Any]]) -> None:
        self._client_of = client_of

    async def own_chats(self, account_id: AccountId) -> tuple[SeenChat, ...]:
        """Of the hundred latest dialogues."""
        client = await self._client_of(account_id)
        with translated(is_repeatable=True):
            found = await client(
                functions.messages.GetDialogsRequest(
                    offset_date=None,
                    offset_id=0,
                    offset_peer=types.InputPeerEmpty(),
                    limit=_PAGE,
                    hash=0,
                )
            )
        seen = (seen_chat(chat) for chat in found.chats)
        return tuple(chat for chat in seen if chat is not None and chat.is_own)

    async def find_chat(self, account_id: AccountId, username: str) -> SeenChat | None:
        client = await self._client_of(account_id)
        with translated(is_repeatable=True):
            try:
                found = await client(functions.contacts.ResolveUsernameRequest(username))
            except _NOBODY:
                return None
        return next((seen_chat(chat) for chat in found.chats), None)


def seen_chat(chat: Any) -> SeenChat | None:
    """None for chats that the account is no longer in, and for what is neither group nor channel."""
    if not isinstance(chat, types.Channel | types.Chat):
        return None
    if getattr(chat, "left", False) and not getattr(chat, "username", None):
        return None
    kind: ChatKind = "channel" if getattr(chat, "broadcast", False) else "group"
    return SeenChat(
        chat_id=TelegramChatId(utils.get_peer_id(chat)),
        kind=kind,
        title=chat.title or "",
        username=getattr(chat, "username", None),
        is_own=bool(chat.creator or chat.admin_rights),
    )
