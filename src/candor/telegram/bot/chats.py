"""Chat administration by a bot: what commenting and education need to know and to do in chats.

There is no way to add a person (H5): only links by which a person asks to join.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from aiogram.methods import (
    ApproveChatJoinRequest,
    CreateChatInviteLink,
    DeclineChatJoinRequest,
    GetChat,
    GetChatAdministrators,
    GetChatMember,
    GetMe,
    LeaveChat,
    PinChatMessage,
    RevokeChatInviteLink,
    SendInvoice,
    SetChatAdministratorCustomTitle,
    SetChatDescription,
    SetChatPermissions,
    SetChatTitle,
)
from aiogram.types import ChatPermissions, LabeledPrice
from aiogram.types import ResultChatMemberUnion as ChatMember

from candor.commenting.administration import Administrator, ChatFacts, OwnRights
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId, TelegramUserId
from candor.education.ports import GroupRights
from candor.messaging.gateway import ChatClosedError, RejectedError, SentMessage
from candor.telegram.bot.client import BotClient
from candor.telegram.bot.gateway import watched
from candor.telegram.bot.translation import chat_type, member_status, rights_of
from candor.telegram.flags import OnRestricted

CHAT_TITLE_LIMIT: Final = 128
CHAT_DESCRIPTION_LIMIT: Final = 255
LINK_NAME_LIMIT: Final = 32
_NOTHING_TO_DO: Final = ("is not modified", "title_not_modified", "about_not_modified")
_SETTLED: Final = ("user_already_participant", "hide_requester_missing")

ClientOf = Callable[[AccountId], Awaitable[BotClient]]
"""The client of a bot at work; raises NotReachedError for one that is paused or no bot."""


class BotChats:
    """Fulfils commenting's `ChatAdministration` and education's `GroupChats` for bots.

    Errors are those of messaging's gateway; ChatClosedError: the bot is not in that chat.
    """

    def __init__(self, client_of: ClientOf, *, on_restricted: OnRestricted | None = None) -> None:
        self._client_of = client_of
        self._on_restricted = on_restricted

    # --- looking (commenting)

    async def describe(self, account_id: AccountId, chat: TelegramChatId | str) -> ChatFacts:
        """The chat by number or by @username."""
        async with self._client(account_id) as client:
            found = await client.do(GetChat(chat_id=_address(chat)), is_repeatable=True)
        linked, parent = found.linked_chat_id, found.parent_chat
        return ChatFacts(
            chat_id=TelegramChatId(found.id),
            kind=chat_type(found),
            title=found.title or found.first_name or "",
            username=found.username,
            linked_chat_id=None if linked is None else TelegramChatId(linked),
            slow_mode_seconds=int(found.slow_mode_delay or 0),
            parent_chat_id=None if parent is None else TelegramChatId(parent.id),
        )

    async def administrators(
        self, account_id: AccountId, chat_id: TelegramChatId
    ) -> tuple[Administrator, ...]:
        async with self._client(account_id) as client:
            found = await client.do(GetChatAdministrators(chat_id=chat_id), is_repeatable=True)
        return tuple(_administrator(member) for member in found)

    async def own_rights(self, account_id: AccountId, chat_id: TelegramChatId) -> OwnRights:
        try:
            async with self._client(account_id) as client:
                me = await client.do(GetMe(), is_repeatable=True)
                member = await self._member(client, chat_id, me.id)
        except ChatClosedError:
            return OwnRights(is_member=False, can_see_posts=False, can_write=False)
        status = member_status(member)
        is_admin = status in ("administrator", "creator")
        can_write = status == "member" or is_admin or "can_send_messages" in rights_of(member)
        is_member = status in ("member", "restricted", "administrator", "creator")
        return OwnRights(
            is_member=is_member,
            can_see_posts=is_admin or (is_member and bool(me.can_read_all_group_messages)),
            can_write=is_member and can_write,
        )

    async def member_status(
        self, account_id: AccountId, chat_id: TelegramChatId, user_id: TelegramUserId
    ) -> str:
        """`creator`, `administrator`, `member`, `restricted`, `left` or `kicked`."""
        async with self._client(account_id) as client:
            return member_status(await self._member(client, chat_id, user_id))

    # --- running a group (education)

    async def rights(self, account_id: AccountId, chat_id: TelegramChatId) -> GroupRights:
        async with self._client(account_id) as client:
            chat = await client.do(GetChat(chat_id=chat_id), is_repeatable=True)
            member = await self._member(client, chat_id, client.bot.id)
        rights = rights_of(member)
        return GroupRights(
            is_group=chat_type(chat) in ("group", "supergroup"),
            is_admin=member_status(member) in ("administrator", "creator"),
            can_invite="can_invite_users" in rights,
            can_pin="can_pin_messages" in rights,
            title=chat.title or "",
            can_change_info="can_change_info" in rights,
            can_restrict="can_restrict_members" in rights,
            about=chat.description or "",
        )

    async def set_title(
        self, account_id: AccountId, chat_id: TelegramChatId, title: str, description: str
    ) -> None:
        async with self._client(account_id) as client:
            with_title = SetChatTitle(chat_id=chat_id, title=title[:CHAT_TITLE_LIMIT])
            await _unless(_NOTHING_TO_DO, client.do(with_title, is_repeatable=True))
            about = SetChatDescription(
                chat_id=chat_id, description=description[:CHAT_DESCRIPTION_LIMIT]
            )
            await _unless(_NOTHING_TO_DO, client.do(about, is_repeatable=True))

    async def set_permissions(
        self, account_id: AccountId, chat_id: TelegramChatId, *, can_invite: bool = False
    ) -> None:
        """Members may write and send media; whether they may invite others is said here."""
        permissions = ChatPermissions(
            can_send_messages=True,
            can_send_audios=True,
            can_send_documents=True,
            can_send_photos=True,
            can_send_videos=True,
            can_send_voice_notes=True,
            can_send_polls=True,
            can_invite_users=can_invite,
            can_change_info=False,
            can_pin_messages=False,
        )
        async with self._client(account_id) as client:
            method = SetChatPermissions(chat_id=chat_id, permissions=permissions)
            await _unless(_NOTHING_TO_DO, client.do(method, is_repeatable=True))

    async def create_join_link(
        self, account_id: AccountId, chat_id: TelegramChatId, *, name: str
    ) -> str:
        """A personal link by which a person asks to join; nobody gets in without approval."""
        method = CreateChatInviteLink(
            chat_id=chat_id, name=name[:LINK_NAME_LIMIT], creates_join_request=True
        )
        async with self._client(account_id) as client:
            return (await client.do(method, is_repeatable=True)).invite_link

    async def revoke_link(self, account_id: AccountId, chat_id: TelegramChatId, link: str) -> None:
        """Fine when it is revoked already."""
        async with self._client(account_id) as client:
            method = RevokeChatInviteLink(chat_id=chat_id, invite_link=link)
            await client.do(method, is_repeatable=True)

    async def approve_join(
        self, account_id: AccountId, chat_id: TelegramChatId, user_id: TelegramUserId
    ) -> None:
        """Let in who asked; fine when the person is in already."""
        async with self._client(account_id) as client:
            method = ApproveChatJoinRequest(chat_id=chat_id, user_id=user_id)
            await _unless(_SETTLED, client.do(method, is_repeatable=True))

    async def decline_join(
        self, account_id: AccountId, chat_id: TelegramChatId, user_id: TelegramUserId
    ) -> None:
        async with self._client(account_id) as client:
            method = DeclineChatJoinRequest(chat_id=chat_id, user_id=user_id)
            await _unless(_SETTLED, client.do(method, is_repeatable=True))

    async def pin(
        self, account_id: AccountId, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> None:
        """Pin without a notification."""
        async with self._client(account_id) as client:
            method = PinChatMessage(
                chat_id=chat_id, message_id=message_id, disable_notification=True
            )
            await client.do(method, is_repeatable=True)

    async def set_admin_title(
        self,
        account_id: AccountId,
        chat_id: TelegramChatId,
        user_id: TelegramUserId,
        title: str,
    ) -> None:
        """The mark beside an administrator's name: at most 16 characters, no emoji."""
        async with self._client(account_id) as client:
            method = SetChatAdministratorCustomTitle(
                chat_id=chat_id, user_id=user_id, custom_title=title[:16]
            )
            await client.do(method, is_repeatable=True)

    async def leave(self, account_id: AccountId, chat_id: TelegramChatId) -> None:
        """Fine when the bot is gone already."""
        try:
            async with self._client(account_id) as client:
                await client.do(LeaveChat(chat_id=chat_id), is_repeatable=True)
        except ChatClosedError:
            return

    async def send_invoice(
        self,
        account_id: AccountId,
        chat_id: TelegramChatId,
        *,
        title: str,
        description: str,
        payload: str,
        stars: int,
    ) -> SentMessage:
        """An invoice in Telegram Stars, the only currency for digital goods.

        `title` 1-32, `description` 1-255 characters, `payload` 1-128 bytes, `stars` 1-10000.
        """
        method = SendInvoice(
            chat_id=chat_id,
            title=title,
            description=description,
            payload=payload,
            currency="XTR",
            prices=[LabeledPrice(label=title, amount=stars)],
            provider_token="",
        )
        async with self._client(account_id) as client:
            sent = await client.do(method, is_repeatable=False)
        return SentMessage(TelegramMessageId(sent.message_id))

    # --- parts

    @asynccontextmanager
    async def _client(self, account_id: AccountId) -> AsyncIterator[BotClient]:
        async with watched(account_id, self._on_restricted):
            yield await self._client_of(account_id)

    @staticmethod
    async def _member(client: BotClient, chat_id: TelegramChatId, user_id: int) -> ChatMember:
        method = GetChatMember(chat_id=chat_id, user_id=user_id)
        return await client.do(method, is_repeatable=True)


async def _unless(settled: tuple[str, ...], call: Awaitable[bool]) -> None:
    """Refusals that say "it is so already" are no errors."""
    try:
        await call
    except RejectedError as error:
        words = str(error.details.get("description", "")).lower()
        if not any(part in words for part in settled):
            raise


def _administrator(member: ChatMember) -> Administrator:
    rights = rights_of(member)
    is_owner = member_status(member) == "creator"
    return Administrator(
        user_id=TelegramUserId(member.user.id),
        name=member.user.full_name,
        is_owner=is_owner,
        can_manage=is_owner or bool(rights & {"can_post_messages", "can_change_info"}),
        is_bot=member.user.is_bot,
    )


def _address(chat: TelegramChatId | str) -> int | str:
    if isinstance(chat, str) and not chat.startswith("@"):
        return f"@{chat}"
    return chat
