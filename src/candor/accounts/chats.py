"""Which groups and channels a user account may read, and in which of its own it may also write (H7).

A user session sees every chat of its owner. Nothing of that is read unless the owner has put the chat
on this list, and only two kinds of chat can be put there: the account's own (its creator or an
administrator), and channels whose owner recorded a permission. The permission is looked at again at
every reading, so a withdrawn one ends it at once.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from candor.accounts.account import Account
from candor.accounts.management import AccountTools, found
from candor.accounts.ports import AccountUnit
from candor.common.errors import FieldError, ForbiddenError, InvalidInputError, NotFoundError
from candor.common.hot_reload import Change, HotReloadService
from candor.common.ids import AccountId, TelegramChatId

ChatKind = Literal["group", "channel"]
ChatBasis = Literal["own", "permitted"]


@dataclass(frozen=True, slots=True)
class SeenChat:
    """A group or channel as Telegram shows it to the account. `is_own`: creator or administrator."""

    chat_id: TelegramChatId
    kind: ChatKind
    title: str
    username: str | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class AllowedChat:
    """A chat on the list. `may_act`: the account may also write there; only in its own."""

    account_id: AccountId
    chat_id: TelegramChatId
    kind: ChatKind
    basis: ChatBasis
    title: str
    username: str | None
    may_act: bool
    allowed_by: str
    allowed_at: datetime


class AccountChatRepository(Protocol):
    async def of(self, account_id: AccountId) -> Sequence[AllowedChat]: ...

    async def save(self, chat: AllowedChat) -> None: ...

    async def remove(self, account_id: AccountId, chat_id: TelegramChatId) -> bool: ...


class ChatsUnit(AccountUnit, Protocol):
    @property
    def account_chats(self) -> AccountChatRepository: ...


class ChatsUnits(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[ChatsUnit]: ...


class ChatDirectory(Protocol):
    """Telegram, asked as the account. Raises NotReachedError while nobody holds its session."""

    async def own_chats(self, account_id: AccountId) -> Sequence[SeenChat]:
        """Groups and channels that the account created or administers."""
        ...

    async def find_chat(self, account_id: AccountId, username: str) -> SeenChat | None: ...


class ReadPermissions(Protocol):
    """The permission register of commenting."""

    async def may_read(self, chat_id: TelegramChatId) -> bool:
        """Whether the channel's owner permits it at this moment."""
        ...


class AccountChats:
    """The list of one installation, kept in memory until it changes anywhere."""

    def __init__(
        self,
        tools: AccountTools,
        units: ChatsUnits,
        permissions: ReadPermissions,
        directory: ChatDirectory | None = None,
    ) -> None:
        self._tools = tools
        self._units = units
        self._permissions = permissions
        self._directory = directory
        self._known: dict[AccountId, dict[TelegramChatId, AllowedChat]] = {}

    def follow(self, changes: HotReloadService) -> None:
        changes.on_change("account", lambda change: self._known.clear())

    # --- what the sessions ask

    async def are_ours(self, account_id: AccountId, chat_id: TelegramChatId) -> bool:
        """Whether the account may read there now."""
        chat = (await self._list(account_id)).get(chat_id)
        if chat is None:
            return False
        return chat.basis == "own" or await self._permissions.may_read(chat_id)

    async def may_act(self, account_id: AccountId, chat_id: TelegramChatId) -> bool:
        """Whether the account may write there; private chats are no matter of this list."""
        chat = (await self._list(account_id)).get(chat_id)
        return chat is not None and chat.may_act

    # --- what the owner does

    async def allowed(self, account_id: AccountId) -> tuple[AllowedChat, ...]:
        await self._user_account(account_id)
        return tuple((await self._list(account_id)).values())

    async def offered(self, account_id: AccountId) -> tuple[SeenChat, ...]:
        """The account's own groups and channels that are not on the list yet."""
        await self._user_account(account_id)
        listed = await self._list(account_id)
        seen = await self._telegram.own_chats(account_id)
        return tuple(chat for chat in seen if chat.chat_id not in listed)

    async def allow(
        self, account_id: AccountId, chat: str, *, may_act: bool = False, actor: str
    ) -> AllowedChat:
        """Put a chat on the list, by @username or by its number among the account's own.

        Raises InvalidInputError for a chat that is not there, ForbiddenError for one that is neither
        the account's own nor permitted by its owner.
        """
        await self._user_account(account_id)
        seen = await self._look_up(account_id, chat)
        basis: ChatBasis = "own" if seen.is_own else "permitted"
        if not seen.is_own:
            await self._check_permission(seen, may_act=may_act)
        allowed = AllowedChat(
            account_id=account_id,
            chat_id=seen.chat_id,
            kind=seen.kind,
            basis=basis,
            title=seen.title,
            username=seen.username,
            may_act=may_act,
            allowed_by=actor,
            allowed_at=self._tools.clock.now(),
        )
        async with self._units() as unit:
            await unit.account_chats.save(allowed)
            await self._note(unit, account_id, "chat_allowed", actor, seen.chat_id)
        self._known.pop(account_id, None)
        return allowed

    async def withdraw(self, account_id: AccountId, chat_id: TelegramChatId, *, actor: str) -> None:
        """From now on the chat is unread again; raises NotFoundError."""
        async with self._units() as unit:
            await found(unit, account_id)
            if not await unit.account_chats.remove(account_id, chat_id):
                raise NotFoundError("This chat is not on the account's list.")
            await self._note(unit, account_id, "chat_withdrawn", actor, chat_id)
        self._known.pop(account_id, None)

    # --- parts

    @property
    def _telegram(self) -> ChatDirectory:
        if self._directory is None:
            raise InvalidInputError("User accounts are off: set TELEGRAM_API_ID and start again.")
        return self._directory

    async def _list(self, account_id: AccountId) -> dict[TelegramChatId, AllowedChat]:
        if account_id not in self._known:
            async with self._units() as unit:
                chats = await unit.account_chats.of(account_id)
            self._known[account_id] = {chat.chat_id: chat for chat in chats}
        return self._known[account_id]

    async def _user_account(self, account_id: AccountId) -> Account:
        async with self._units() as unit:
            account = await found(unit, account_id)
        if account.kind != "user":
            raise InvalidInputError(
                "Only a user account needs such a list: a bot sees nothing but where it was added."
            )
        return account

    async def _look_up(self, account_id: AccountId, chat: str) -> SeenChat:
        wanted = chat.strip().removeprefix("https://t.me/").removeprefix("@")
        seen: SeenChat | None
        if wanted.lstrip("-").isdigit():
            own = await self._telegram.own_chats(account_id)
            seen = next((item for item in own if str(item.chat_id) == wanted), None)
        else:
            seen = await self._telegram.find_chat(account_id, wanted) if wanted else None
        if seen is None:
            raise InvalidInputError(
                errors=(FieldError("chat", "Telegram shows no such group or channel here."),)
            )
        return seen

    async def _check_permission(self, seen: SeenChat, *, may_act: bool) -> None:
        if may_act:
            raise ForbiddenError("The account may only write where it is an administrator.")
        if seen.kind == "group" or not await self._permissions.may_read(seen.chat_id):
            raise ForbiddenError(
                "This chat belongs to somebody else. A channel's owner can permit it under Channels; "
                "other people's groups are never read."
            )

    async def _note(
        self,
        unit: ChatsUnit,
        account_id: AccountId,
        event: str,
        actor: str,
        chat_id: TelegramChatId,
    ) -> None:
        await self._tools.security.record(
            unit, event, account_id=account_id, actor=actor, details={"chat_id": str(chat_id)}
        )
        await unit.announcements.announce(Change("account", str(account_id)))
