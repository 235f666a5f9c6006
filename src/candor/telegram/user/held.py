"""Everything that can be asked of a user session, done by the one that runs in this process.

`TASKS` is also what other processes may ask by an errand; nothing else is carried out for them.
"""

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from pydantic import TypeAdapter
from telethon import errors, functions, types

from candor.accounts.chats import SeenChat
from candor.commenting.comment import Engagement
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId
from candor.disclosure.profile import AccountProfile
from candor.messaging.gateway import RejectedError, SendText
from candor.telegram.ports import ArrivedPost
from candor.telegram.user.chats import UserChats
from candor.telegram.user.directory import UserDirectory
from candor.telegram.user.refusals import translated
from candor.telegram.user.runtime import UserRuntime

SEND_TEXT: Final = TypeAdapter(SendText)
POSTS: Final = TypeAdapter(tuple[ArrivedPost, ...])
SEEN: Final = TypeAdapter(tuple[SeenChat, ...])
SEEN_ONE: Final[TypeAdapter[SeenChat | None]] = TypeAdapter(SeenChat | None)
COUNTERS: Final[TypeAdapter[Engagement | None]] = TypeAdapter(Engagement | None)
Place = tuple[TelegramChatId, TelegramMessageId] | None
PLACE: Final[TypeAdapter[Place]] = TypeAdapter(Place)

Task = Callable[..., Awaitable[object]]


class HeldSessions:
    """Carries out errands (`telegram.user.errands.CarryOut`) with the sessions of `runtime`."""

    def __init__(self, runtime: UserRuntime, chats: UserChats) -> None:
        self._runtime = runtime
        self._chats = chats
        self._directory = UserDirectory(runtime.client_of)
        self._tasks: dict[str, Task] = {
            "send_text": self._send_text,
            "send_file": self._send_file,
            "edit_text": self._edit_text,
            "delete_message": self._delete_message,
            "make_group": chats.make_group,
            "create_join_link": chats.create_join_link,
            "answer_join": chats.answer_join,
            "link_discussion": chats.link_discussion,
            "discussion_of": chats.discussion_of,
            "history": self._history,
            "look": self._look,
            "own_chats": self._own_chats,
            "find_chat": self._find_chat,
            "read_profile": self._read_profile,
            "write_profile": self._write_profile,
            "log_out": self._log_out,
        }

    async def carry_out(
        self, account_id: AccountId, task: str, arguments: Mapping[str, Any]
    ) -> object:
        """Answers JSON; raises messaging's errors, RejectedError for an unknown task."""
        work = self._tasks.get(task)
        if work is None:
            raise RejectedError(f"No user session can do {task}: is an older Candor still running?")
        return await work(account_id, **arguments)

    # --- speaking

    async def _send_text(self, account_id: AccountId, message: Any) -> int:
        gateway = await self._runtime.of(account_id)
        return (await gateway.send_text(SEND_TEXT.validate_python(message))).message_id

    async def _send_file(
        self, account_id: AccountId, chat_id: int, *, content: str, **named: Any
    ) -> int:
        gateway = await self._runtime.of(account_id)
        sent = await gateway.send_file(
            TelegramChatId(chat_id), content=base64.b64decode(content), **named
        )
        return sent.message_id

    async def _edit_text(
        self, account_id: AccountId, chat_id: int, message_id: int, text: str
    ) -> None:
        gateway = await self._runtime.of(account_id)
        await gateway.edit_text(TelegramChatId(chat_id), TelegramMessageId(message_id), text)

    async def _delete_message(self, account_id: AccountId, chat_id: int, message_id: int) -> None:
        gateway = await self._runtime.of(account_id)
        await gateway.delete_message(TelegramChatId(chat_id), TelegramMessageId(message_id))

    # --- looking

    async def _history(self, account_id: AccountId, channel_id: int, **named: Any) -> object:
        posts = await self._chats.history(account_id, TelegramChatId(channel_id), **named)
        return POSTS.dump_python(posts, mode="json")

    async def _look(self, account_id: AccountId, chat_id: int, message_id: int) -> object:
        found = await self._chats.look(
            account_id, TelegramChatId(chat_id), TelegramMessageId(message_id)
        )
        return COUNTERS.dump_python(found, mode="json")

    async def _own_chats(self, account_id: AccountId) -> object:
        return [asdict(chat) for chat in await self._directory.own_chats(account_id)]

    async def _find_chat(self, account_id: AccountId, username: str) -> object:
        found = await self._directory.find_chat(account_id, username)
        return None if found is None else asdict(found)

    # --- oneself

    async def _read_profile(self, account_id: AccountId) -> object:
        client = await self._runtime.client_of(account_id)
        with translated(is_repeatable=True):
            return asdict(await read_profile(client))

    async def _write_profile(self, account_id: AccountId, name: str, about: str) -> None:
        client = await self._runtime.client_of(account_id)
        with translated(is_repeatable=True):
            await write_profile(client, name=name, about=about)

    async def _log_out(self, account_id: AccountId) -> None:
        client = await self._runtime.client_of(account_id)
        with translated(is_repeatable=True):
            await log_out(client)


async def read_profile(client: Any) -> AccountProfile:
    """Name and description as people see them now."""
    full = await client(functions.users.GetFullUserRequest(types.InputUserSelf()))
    me = full.users[0]
    name = " ".join(part for part in (me.first_name, me.last_name) if part)
    return AccountProfile(name, full.full_user.about or "", "", "")


async def write_profile(client: Any, *, name: str, about: str) -> None:
    await client(functions.account.UpdateProfileRequest(first_name=name, last_name="", about=about))


async def log_out(client: Any) -> None:
    """End the session at Telegram; one that was ended there already is fine."""
    try:
        await client(functions.auth.LogOutRequest())
    except errors.UnauthorizedError:
        return
