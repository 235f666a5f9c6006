"""What commenting asks Telegram itself: about chats, administrators, rights and counters."""

from dataclasses import dataclass
from typing import Literal, Protocol

from candor.commenting.comment import Engagement
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId, TelegramUserId


@dataclass(frozen=True, slots=True)
class ChatFacts:
    """A chat as Telegram describes it now."""

    chat_id: TelegramChatId
    kind: Literal["channel", "supergroup", "group", "private"]
    title: str
    username: str | None
    linked_chat_id: TelegramChatId | None
    slow_mode_seconds: int = 0
    parent_chat_id: TelegramChatId | None = None
    """Of a chat for direct messages: the channel that it belongs to."""


@dataclass(frozen=True, slots=True)
class Administrator:
    """One entry of getChatAdministrators."""

    user_id: TelegramUserId
    name: str
    is_owner: bool
    can_manage: bool
    """The owner, or an administrator who may post in the channel or change the group."""
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class OwnRights:
    """What our account may do in a chat."""

    is_member: bool
    can_see_posts: bool
    """Administrator, or privacy mode off: else a bot doesn't see the forwarded posts."""
    can_write: bool


class ChatAdministration(Protocol):
    """Asks Telegram. Raises the messaging gateway's errors; ChatClosedError: gone or not for us."""

    async def describe(self, account_id: AccountId, chat: TelegramChatId | str) -> ChatFacts: ...

    async def administrators(
        self, account_id: AccountId, chat_id: TelegramChatId
    ) -> tuple[Administrator, ...]: ...

    async def own_rights(self, account_id: AccountId, chat_id: TelegramChatId) -> OwnRights: ...


class EngagementSource(Protocol):
    """Where counters of a comment can be seen (a user session); bots see none."""

    async def look(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> Engagement | None: ...
