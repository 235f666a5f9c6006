"""What only a user session can do in chats: make a group, link a discussion, read permitted history.

Groups are made empty of people: only our own bots are put in, people come by a join-request link (H5).
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Protocol

import structlog
from telethon import errors, functions, types, utils

from candor.commenting.comment import Engagement
from candor.common.errors import CandorError
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId, TelegramUserId
from candor.messaging.gateway import (
    ChatClosedError,
    NotReachedError,
    RejectedError,
    UnconfirmedError,
)
from candor.telegram.ports import ArrivedPost
from candor.telegram.user.gateway import known_peer
from candor.telegram.user.listeners import post_of
from candor.telegram.user.refusals import translated

log = structlog.get_logger(__name__)

ClientOf = Callable[[AccountId], Awaitable[Any]]
HISTORY_PAGE: Final = 100
DIALOGUES_LOOKED_AT: Final = 100
_BOT_RIGHTS: Final = types.ChatAdminRights(
    change_info=True,
    delete_messages=True,
    ban_users=True,
    invite_users=True,
    pin_messages=True,
    other=True,
)
_MEMBERS_MAY_NOT: Final = types.ChatBannedRights(
    until_date=None, change_info=True, invite_users=True, pin_messages=True
)


class UserChats:
    """`client_of` answers the connected client of an account; see `UserRuntime.client_of`."""

    def __init__(self, client_of: ClientOf) -> None:
        self._client_of = client_of

    # --- groups

    async def make_group(
        self, account_id: AccountId, *, title: str, about: str, bots: Sequence[str]
    ) -> TelegramChatId:
        """The supergroup with this title and description, made unless this account has made it already.

        `about` names this group and no other; an empty one is never looked for. These bots of ours are
        its administrators, nobody else is in it, members may not invite. A bot that can't be put in is
        logged and left out; the caller sees it by that bot's rights. Raises UnconfirmedError when
        Telegram's answer was lost; asked again, the group is found.
        """
        client = await self._client_of(account_id)
        title, about = title[:128], about[:255]
        channel = await self._only_one(client, title=title, about=about)
        if channel is None:
            made = await self._create(client, title=title, about=about)
            # After a lost answer Telethon asks once more by itself, which makes a second group.
            channel = await self._only_one(client, title=title, about=about) or made
        with translated(is_repeatable=False):
            for username in bots:
                await self._add_bot(client, channel, username)
            await client(
                functions.messages.EditChatDefaultBannedRightsRequest(
                    peer=utils.get_input_peer(channel), banned_rights=_MEMBERS_MAY_NOT
                )
            )
        return TelegramChatId(utils.get_peer_id(channel))

    async def create_join_link(
        self, account_id: AccountId, chat_id: TelegramChatId, *, name: str
    ) -> str:
        """A link by which a person asks to join."""
        client = await self._client_of(account_id)
        with translated(is_repeatable=True):
            made = await client(
                functions.messages.ExportChatInviteRequest(
                    peer=await known_peer(client, chat_id), request_needed=True, title=name[:32]
                )
            )
        return str(made.link)

    async def answer_join(
        self,
        account_id: AccountId,
        chat_id: TelegramChatId,
        user_id: TelegramUserId,
        *,
        is_approved: bool,
    ) -> None:
        client = await self._client_of(account_id)
        with translated(is_repeatable=True):
            try:
                await client(
                    functions.messages.HideChatJoinRequestRequest(
                        peer=await known_peer(client, chat_id),
                        user_id=await known_peer(client, user_id),
                        approved=is_approved,
                    )
                )
            except (errors.UserAlreadyParticipantError, errors.HideRequesterMissingError):
                return

    async def link_discussion(
        self, account_id: AccountId, channel_id: TelegramChatId, group_id: TelegramChatId
    ) -> None:
        """Make the group the discussion of the owner's channel."""
        client = await self._client_of(account_id)
        with translated(is_repeatable=True):
            await client(
                functions.channels.SetDiscussionGroupRequest(
                    broadcast=await known_peer(client, channel_id),
                    group=await known_peer(client, group_id),
                )
            )

    # --- channels

    async def discussion_of(
        self, account_id: AccountId, channel_id: TelegramChatId, message_id: TelegramMessageId
    ) -> tuple[TelegramChatId, TelegramMessageId] | None:
        """Group and message under which a post's comments stand; None without comments."""
        client = await self._client_of(account_id)
        with translated(is_repeatable=True):
            try:
                found = await client(
                    functions.messages.GetDiscussionMessageRequest(
                        peer=await known_peer(client, channel_id), msg_id=message_id
                    )
                )
            except errors.MsgIdInvalidError:
                return None
        root = next((m for m in found.messages if isinstance(m, types.Message)), None)
        if root is None:
            return None
        return TelegramChatId(utils.get_peer_id(root.peer_id)), TelegramMessageId(root.id)

    async def history(
        self,
        account_id: AccountId,
        channel_id: TelegramChatId,
        *,
        after: TelegramMessageId | None = None,
        limit: int = HISTORY_PAGE,
    ) -> tuple[ArrivedPost, ...]:
        """Posts of the owner's or a permitted channel, oldest first; nothing is marked as read.

        The caller has checked the permission: it is a rule of commenting, not of this edge.
        """
        client = await self._client_of(account_id)
        with translated(is_repeatable=True):
            found = await client(
                functions.messages.GetHistoryRequest(
                    peer=await known_peer(client, channel_id),
                    offset_id=0,
                    offset_date=None,
                    add_offset=0,
                    limit=min(limit, HISTORY_PAGE),
                    max_id=0,
                    min_id=after or 0,
                    hash=0,
                )
            )
        channel = next((c for c in found.chats if utils.get_peer_id(c) == channel_id), None)
        if channel is None:
            return ()
        posts = (post_of(m, account_id=account_id, channel=channel) for m in found.messages)
        return tuple(reversed([post for post in posts if post is not None]))

    async def look(
        self, account_id: AccountId, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> Engagement | None:
        """Counters of a message; the look itself is not counted as a view."""
        client = await self._client_of(account_id)
        with translated(is_repeatable=True):
            peer = await known_peer(client, chat_id)
            found = await client(
                functions.channels.GetMessagesRequest(
                    channel=peer, id=[types.InputMessageID(message_id)]
                )
            )
        message = next((m for m in found.messages if isinstance(m, types.Message)), None)
        return None if message is None else _engagement(message)

    # --- parts

    async def _create(self, client: Any, *, title: str, about: str) -> Any:
        with translated(is_repeatable=False):
            made = await client(
                functions.channels.CreateChannelRequest(title=title, about=about, megagroup=True)
            )
        channel = next(iter(made.chats), None)
        if channel is None:
            raise UnconfirmedError("Telegram's answer names no group.")
        return channel

    async def _only_one(self, client: Any, *, title: str, about: str) -> Any | None:
        """The group that this account has made of these words; those made beside it are deleted."""
        if not about:
            return None
        with translated(is_repeatable=True):
            made = await _made_of(client, title=title, about=about)
            if not made:
                return None
            kept, *extras = sorted(made, key=_members, reverse=True)
            for extra in extras:
                if _members(extra) <= 1:
                    await _delete(client, _channel(extra))
        return _channel(kept)

    async def _add_bot(self, client: Any, channel: Any, username: str) -> None:
        """Only a bot: adding a person is refused here, whatever the caller wants."""
        try:
            found = await client(functions.contacts.ResolveUsernameRequest(username.lstrip("@")))
            bot = next((user for user in found.users), None)
            if bot is None or not bot.bot:
                raise RejectedError("Only bots are put into a group; people ask to join.")
            await client(
                functions.channels.EditAdminRequest(
                    channel=utils.get_input_channel(channel),
                    user_id=utils.get_input_user(bot),
                    admin_rights=_BOT_RIGHTS,
                    rank="",
                )
            )
        except (errors.RPCError, CandorError) as error:
            log.warning("bot_not_added", bot=username, error=type(error).__name__)


class GroupsAndCounters(Protocol):
    """What the two below need of the sessions, held here or elsewhere."""

    async def make_group(
        self, account_id: AccountId, *, title: str, about: str, bots: Sequence[str]
    ) -> TelegramChatId: ...

    async def look(
        self, account_id: AccountId, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> Engagement | None: ...


FirstAccount = Callable[[], Awaitable[AccountId | None]]
"""The user account that is at work, wherever it is held."""


class UserGroupMaker:
    """The `make_group` of education's port: by a user account that is at work, if any."""

    def __init__(self, chats: GroupsAndCounters, first: FirstAccount) -> None:
        self._chats = chats
        self._first = first

    async def make_group(
        self, *, title: str, about: str, bots: Sequence[str]
    ) -> TelegramChatId | None:
        account_id = await self._first()
        if account_id is None:
            return None
        try:
            return await self._chats.make_group(account_id, title=title, about=about, bots=bots)
        except NotReachedError:
            return None


class UserEngagement:
    """Commenting's `EngagementSource`: a user session sees counters, a bot sees none."""

    def __init__(self, chats: GroupsAndCounters, first: FirstAccount) -> None:
        self._chats = chats
        self._first = first

    async def look(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> Engagement | None:
        """None without a user session, and where that account is not a member."""
        account_id = await self._first()
        if account_id is None:
            return None
        try:
            return await self._chats.look(account_id, chat_id, message_id)
        except (NotReachedError, ChatClosedError):
            return None


async def _made_of(client: Any, *, title: str, about: str) -> list[Any]:
    """What Telegram tells of own groups with these words, among the newest dialogues."""
    found = await client(
        functions.messages.GetDialogsRequest(
            offset_date=None,
            offset_id=0,
            offset_peer=types.InputPeerEmpty(),
            limit=DIALOGUES_LOOKED_AT,
            hash=0,
        )
    )
    made = []
    for chat in found.chats:
        if isinstance(chat, types.Channel) and chat.creator and chat.title == title:
            full = await client(functions.channels.GetFullChannelRequest(channel=chat))
            if full.full_chat.about == about:
                made.append(full)
    return made


def _members(full: Any) -> int:
    return int(full.full_chat.participants_count or 1)


def _channel(full: Any) -> Any:
    return next(chat for chat in full.chats if chat.id == full.full_chat.id)


async def _delete(client: Any, channel: Any) -> None:
    """Nobody but the account itself is in it. A refusal leaves it where it is."""
    try:
        await client(functions.channels.DeleteChannelRequest(channel=channel))
    except errors.RPCError as error:
        log.warning("extra_group_not_deleted", error=type(error).__name__)


def _engagement(message: Any) -> Engagement:
    replies = getattr(message.replies, "replies", 0) or 0
    results = getattr(message.reactions, "results", None) or ()
    return Engagement(
        views=int(message.views or 0),
        replies=int(replies),
        reactions=sum(int(item.count) for item in results),
    )
