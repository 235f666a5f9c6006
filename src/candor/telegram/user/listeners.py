"""Telethon's events as the data that the inner rooms read; decides nothing.

H7: a user session sees every chat of its owner. Only private chats with people and the chats that
the business manages (`OurChats`) are handed on; everything else is dropped here, unread.
"""

from datetime import UTC
from typing import Any, Final, Protocol

from telethon import types, utils

from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId, TelegramUserId
from candor.messaging.incoming import ChatType, IncomingMessage, harmless
from candor.telegram.ports import ArrivedPost, GroupMessage

SERVICE_PEERS: Final = frozenset({777000, 42777})
"""Telegram's own notices: sign-in codes among them. Never read."""
_KINDS: Final[tuple[tuple[str, str], ...]] = (
    ("photo", "photo"),
    ("sticker", "sticker"),
    ("voice", "voice"),
    ("video_note", "video_note"),
    ("gif", "animation"),
    ("video", "video"),
    ("audio", "audio"),
    ("contact", "contact"),
    ("poll", "poll"),
    ("venue", "venue"),
    ("geo", "location"),
    ("dice", "dice"),
    ("document", "document"),
)


class OurChats(Protocol):
    """Which groups and channels are the business's own, or permitted by their owner."""

    async def are_ours(self, account_id: AccountId, chat_id: TelegramChatId) -> bool:
        """Whether the account may read there now."""
        ...

    async def may_act(self, account_id: AccountId, chat_id: TelegramChatId) -> bool:
        """Whether it may also write there."""
        ...


def kind_of(message: Any) -> str:
    """The kinds that the Bot API names."""
    return next((name for field, name in _KINDS if getattr(message, field, None)), "text")


async def private_message(
    event: Any, *, account_id: AccountId, own_id: int, is_edit: bool
) -> IncomingMessage | None:
    """A message of a private chat with a person; None for bots, Telegram's notices and oneself.

    What the owner types on another device comes as outgoing: then a person handles the chat.
    """
    message = event.message
    if not event.is_private or event.chat_id in SERVICE_PEERS or event.chat_id == own_id:
        return None
    if isinstance(message, types.MessageService):
        return None
    partner = await event.get_chat()
    if partner is None or getattr(partner, "bot", False):
        return None
    return IncomingMessage(
        account_id=account_id,
        chat_id=TelegramChatId(event.chat_id),
        message_id=TelegramMessageId(message.id),
        sender_id=TelegramUserId(own_id if message.out else event.chat_id),
        text=message.message or "",
        sent_at=message.date.astimezone(UTC),
        first_name=partner.first_name or "",
        last_name=partner.last_name or "",
        username=partner.username,
        language_code=getattr(partner, "lang_code", None),
        kind=kind_of(message),
        reply_to=_reply_to(message),
        is_edit=is_edit,
        is_from_owner=bool(message.out),
    )


async def group_message(
    event: Any, *, account_id: AccountId, own_id: int, is_edit: bool
) -> GroupMessage | None:
    """A person's message in a group; None for channels' and anonymous admins' words."""
    message = event.message
    if isinstance(message, types.MessageService) or not isinstance(message.from_id, types.PeerUser):
        return None
    chat, sender = await event.get_chat(), await event.get_sender()
    if chat is None or sender is None or message.out:
        return None
    heard = IncomingMessage(
        account_id=account_id,
        chat_id=TelegramChatId(event.chat_id),
        message_id=TelegramMessageId(message.id),
        sender_id=TelegramUserId(sender.id),
        text=message.message or "",
        sent_at=message.date.astimezone(UTC),
        chat_type=_chat_type(chat),
        chat_title=getattr(chat, "title", "") or "",
        first_name=sender.first_name or "",
        last_name=sender.last_name or "",
        username=sender.username,
        is_bot=bool(sender.bot),
        kind=kind_of(message),
        reply_to=_reply_to(message),
        is_edit=is_edit,
    )
    thread = getattr(message.reply_to, "reply_to_top_id", None) or _reply_to(message)
    return GroupMessage(
        message=heard,
        mentions_us=bool(message.mentioned),
        thread_of=None if thread is None else TelegramMessageId(thread),
    )


def forwarded_post(event: Any, *, account_id: AccountId) -> ArrivedPost | None:
    """A channel's post as its discussion group shows it."""
    message = event.message
    origin = message.fwd_from
    if origin is None or origin.saved_from_peer is None or origin.channel_post is None:
        return None
    if not isinstance(message.from_id, types.PeerChannel):
        return None
    return ArrivedPost(
        account_id=account_id,
        channel_id=TelegramChatId(utils.get_peer_id(message.from_id)),
        message_id=TelegramMessageId(origin.channel_post),
        text=harmless(message.message or ""),
        posted_at=origin.date.astimezone(UTC),
        kind=kind_of(message),
        discussion_chat_id=TelegramChatId(event.chat_id),
        discussion_message_id=TelegramMessageId(message.id),
        album_id=None if message.grouped_id is None else str(message.grouped_id),
    )


def post_of(message: Any, *, account_id: AccountId, channel: Any) -> ArrivedPost | None:
    """A post read from the channel itself; None for service messages."""
    if not isinstance(message, types.Message):
        return None
    return ArrivedPost(
        account_id=account_id,
        channel_id=TelegramChatId(utils.get_peer_id(channel)),
        message_id=TelegramMessageId(message.id),
        text=harmless(message.message or ""),
        posted_at=message.date.astimezone(UTC),
        channel_title=getattr(channel, "title", "") or "",
        channel_username=getattr(channel, "username", None),
        kind=kind_of(message),
        album_id=None if message.grouped_id is None else str(message.grouped_id),
        edited_at=None if message.edit_date is None else message.edit_date.astimezone(UTC),
    )


def _chat_type(chat: Any) -> ChatType:
    if isinstance(chat, types.Chat):
        return "group"
    return "supergroup" if getattr(chat, "megagroup", False) else "channel"


def _reply_to(message: Any) -> TelegramMessageId | None:
    number = getattr(message.reply_to, "reply_to_msg_id", None)
    return None if number is None else TelegramMessageId(number)
