"""A user session that another process holds: the same calls, carried by errands."""

import base64
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from candor.accounts.chats import SeenChat
from candor.commenting.comment import Engagement
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId, TelegramUserId
from candor.disclosure.profile import AccountProfile
from candor.messaging.gateway import (
    Keyboard,
    NotReachedError,
    SendText,
    SentMessage,
    UnconfirmedError,
)
from candor.telegram.ports import ArrivedPost
from candor.telegram.user.chats import HISTORY_PAGE
from candor.telegram.user.errands import ErrandDesk
from candor.telegram.user.held import COUNTERS, PLACE, POSTS, SEEN, SEEN_ONE, SEND_TEXT


class AwayGateway:
    """Messaging's `Gateway` for an account that is held elsewhere."""

    def __init__(self, desk: ErrandDesk, account_id: AccountId) -> None:
        self._desk = desk
        self._account_id = account_id

    @property
    def is_idempotent(self) -> bool:
        return True

    async def send_text(self, message: SendText) -> SentMessage:
        body = SEND_TEXT.dump_python(message, mode="json")
        return SentMessage(TelegramMessageId(await self._ask("send_text", message=body)))

    async def send_file(
        self,
        chat_id: TelegramChatId,
        *,
        name: str,
        content: bytes,
        caption: str,
        random_id: int,
    ) -> SentMessage:
        sent = await self._ask(
            "send_file",
            chat_id=chat_id,
            name=name,
            content=base64.b64encode(content).decode(),
            caption=caption,
            random_id=random_id,
        )
        return SentMessage(TelegramMessageId(sent))

    async def find_own(
        self,
        chat_id: TelegramChatId,
        candidates: Sequence[TelegramMessageId],
        keyboard: Keyboard,
    ) -> TelegramMessageId | None:
        """Never needed: a repeat with the same `random_id` is the same message."""
        raise UnconfirmedError("A user session repeats instead of asking.")

    async def edit_text(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId, text: str
    ) -> None:
        await self._ask("edit_text", chat_id=chat_id, message_id=message_id, text=text)

    async def delete_message(self, chat_id: TelegramChatId, message_id: TelegramMessageId) -> None:
        await self._ask("delete_message", chat_id=chat_id, message_id=message_id)

    async def show_typing(
        self, chat_id: TelegramChatId, *, business_connection_id: str | None = None
    ) -> None:
        """Nothing: an account of a person shows typing when that person types."""

    async def _ask(self, task: str, **arguments: object) -> Any:
        """Each of these may be repeated without harm, so a silent holder means: try again."""
        try:
            return await self._desk.ask(self._account_id, task, **arguments)
        except UnconfirmedError as error:
            raise NotReachedError(error.message, retry_after=timedelta(seconds=1)) from error


class AwayChats:
    """`UserChats` and `UserDirectory` of an account that is held elsewhere."""

    def __init__(self, desk: ErrandDesk) -> None:
        self._desk = desk

    async def make_group(
        self, account_id: AccountId, *, title: str, about: str, bots: Sequence[str]
    ) -> TelegramChatId:
        made = await self._desk.ask(
            account_id, "make_group", title=title, about=about, bots=list(bots)
        )
        return TelegramChatId(made)

    async def create_join_link(
        self, account_id: AccountId, chat_id: TelegramChatId, *, name: str
    ) -> str:
        return str(await self._desk.ask(account_id, "create_join_link", chat_id=chat_id, name=name))

    async def answer_join(
        self,
        account_id: AccountId,
        chat_id: TelegramChatId,
        user_id: TelegramUserId,
        *,
        is_approved: bool,
    ) -> None:
        await self._desk.ask(
            account_id, "answer_join", chat_id=chat_id, user_id=user_id, is_approved=is_approved
        )

    async def link_discussion(
        self, account_id: AccountId, channel_id: TelegramChatId, group_id: TelegramChatId
    ) -> None:
        await self._desk.ask(
            account_id, "link_discussion", channel_id=channel_id, group_id=group_id
        )

    async def discussion_of(
        self, account_id: AccountId, channel_id: TelegramChatId, message_id: TelegramMessageId
    ) -> tuple[TelegramChatId, TelegramMessageId] | None:
        found = await self._desk.ask(
            account_id, "discussion_of", channel_id=channel_id, message_id=message_id
        )
        return PLACE.validate_python(found)

    async def history(
        self,
        account_id: AccountId,
        channel_id: TelegramChatId,
        *,
        after: TelegramMessageId | None = None,
        limit: int = HISTORY_PAGE,
    ) -> tuple[ArrivedPost, ...]:
        found = await self._desk.ask(
            account_id, "history", channel_id=channel_id, after=after, limit=limit
        )
        return POSTS.validate_python(found)

    async def look(
        self, account_id: AccountId, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> Engagement | None:
        found = await self._desk.ask(account_id, "look", chat_id=chat_id, message_id=message_id)
        return COUNTERS.validate_python(found)

    async def own_chats(self, account_id: AccountId) -> tuple[SeenChat, ...]:
        return SEEN.validate_python(await self._desk.ask(account_id, "own_chats"))

    async def find_chat(self, account_id: AccountId, username: str) -> SeenChat | None:
        found = await self._desk.ask(account_id, "find_chat", username=username)
        return SEEN_ONE.validate_python(found)


class AwayProfile:
    """Profile and log-out of an account that is held elsewhere."""

    def __init__(self, desk: ErrandDesk) -> None:
        self._desk = desk

    async def read_profile(self, account_id: AccountId) -> AccountProfile:
        return AccountProfile(**await self._desk.ask(account_id, "read_profile"))

    async def write_profile(self, account_id: AccountId, *, name: str, about: str) -> None:
        await self._desk.ask(account_id, "write_profile", name=name, about=about)

    async def log_out(self, account_id: AccountId) -> None:
        await self._desk.ask(account_id, "log_out")
