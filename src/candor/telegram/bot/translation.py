"""aiogram's objects as the data that the inner rooms read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, cast, get_args

from aiogram.types import (
    BusinessConnection as ApiBusinessConnection,
)
from aiogram.types import (
    CallbackQuery,
    Chat,
    ChatJoinRequest,
    ChatMemberUpdated,
    InaccessibleMessage,
    Message,
    MessageReactionCountUpdated,
    MessageReactionUpdated,
    User,
)
from aiogram.types import ResultChatMemberUnion as ChatMember

from candor.accounts.business import BusinessConnection
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId, TelegramUserId
from candor.messaging.incoming import ChatType, IncomingMessage, IncomingPress, harmless
from candor.telegram.ports import (
    ArrivedPost,
    GroupMessage,
    JoinRequest,
    Membership,
    MemberStatus,
    Person,
    Reactions,
)

MEDIA_KINDS: Final = frozenset(
    {
        "text",
        "animation",
        "audio",
        "document",
        "live_photo",
        "paid_media",
        "photo",
        "sticker",
        "story",
        "video",
        "video_note",
        "voice",
        "checklist",
        "contact",
        "dice",
        "game",
        "poll",
        "venue",
        "location",
    }
)
"""Content of a person's own; everything else is a service message and not for the inbox."""
_STATUSES: Final = frozenset(get_args(MemberStatus))


def is_content(message: Message) -> bool:
    return kind_of(message) in MEDIA_KINDS


def kind_of(message: Message) -> str:
    return _plain(message.content_type)


def text_of(message: Message) -> str:
    return message.text or message.caption or ""


def when(moment: datetime | int | float) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.fromtimestamp(moment, UTC)


def person(user: User) -> Person:
    return Person(
        id=TelegramUserId(user.id),
        first_name=harmless(user.first_name),
        last_name=harmless(user.last_name or ""),
        username=user.username,
        is_bot=user.is_bot,
        language_code=user.language_code,
    )


def incoming(
    message: Message,
    *,
    account_id: AccountId,
    username: str | None,
    is_edit: bool = False,
    is_from_owner: bool = False,
) -> IncomingMessage | None:
    """None for what no person wrote: service messages, channels, anonymous admins."""
    sender = message.from_user
    if sender is None or message.sender_chat is not None or not is_content(message):
        return None
    topic = message.direct_messages_topic
    return IncomingMessage(
        account_id=account_id,
        chat_id=TelegramChatId(message.chat.id),
        message_id=TelegramMessageId(message.message_id),
        sender_id=TelegramUserId(sender.id),
        text=text_of(message),
        sent_at=when(message.date),
        chat_type=chat_type(message.chat),
        chat_title=message.chat.title or "",
        first_name=sender.first_name,
        last_name=sender.last_name or "",
        username=sender.username,
        language_code=sender.language_code,
        is_bot=sender.is_bot,
        kind=kind_of(message),
        reply_to=_id_of(message.reply_to_message),
        business_connection_id=message.business_connection_id,
        direct_messages_topic_id=None if topic is None else topic.topic_id,
        is_edit=is_edit,
        is_from_owner=is_from_owner,
        account_username=username,
    )


def group_message(message: Message, heard: IncomingMessage, *, our_id: int) -> GroupMessage:
    reply = message.reply_to_message
    reply_sender = None if reply is None or reply.from_user is None else reply.from_user.id
    name = (heard.account_username or "").lower()
    return GroupMessage(
        message=heard,
        reply_to_sender_id=None if reply_sender is None else TelegramUserId(reply_sender),
        mentions_us=reply_sender == our_id or bool(name and f"@{name}" in text_of(message).lower()),
        thread_of=None
        if message.is_topic_message or message.message_thread_id is None
        else TelegramMessageId(message.message_thread_id),
        links=links_of(message),
    )


def forwarded_post(message: Message, *, account_id: AccountId) -> ArrivedPost | None:
    """The automatic forward of a channel's post into its discussion group."""
    origin = message.forward_origin
    channel = getattr(origin, "chat", None)
    number = getattr(origin, "message_id", None)
    if not isinstance(channel, Chat) or not isinstance(number, int):
        return None
    return ArrivedPost(
        account_id=account_id,
        channel_id=TelegramChatId(channel.id),
        message_id=TelegramMessageId(number),
        text=harmless(text_of(message)),
        posted_at=when(getattr(origin, "date", message.date)),
        channel_title=channel.title or "",
        channel_username=channel.username,
        kind=kind_of(message),
        links=links_of(message),
        album_id=message.media_group_id,
        discussion_chat_id=TelegramChatId(message.chat.id),
        discussion_message_id=TelegramMessageId(message.message_id),
        edited_at=None if message.edit_date is None else when(message.edit_date),
    )


def channel_post(message: Message, *, account_id: AccountId) -> ArrivedPost:
    """A post seen in the channel itself, where the owner added the bot."""
    return ArrivedPost(
        account_id=account_id,
        channel_id=TelegramChatId(message.chat.id),
        message_id=TelegramMessageId(message.message_id),
        text=harmless(text_of(message)),
        posted_at=when(message.date),
        channel_title=message.chat.title or "",
        channel_username=message.chat.username,
        kind=kind_of(message),
        links=links_of(message),
        album_id=message.media_group_id,
        edited_at=None if message.edit_date is None else when(message.edit_date),
    )


def press(query: CallbackQuery, *, account_id: AccountId, now: datetime) -> IncomingPress | None:
    """None when the message is gone or the button is not one of ours."""
    message = query.message
    if message is None or query.data is None:
        return None
    connection = (
        None if isinstance(message, InaccessibleMessage) else message.business_connection_id
    )
    return IncomingPress(
        account_id=account_id,
        chat_id=TelegramChatId(message.chat.id),
        sender_id=TelegramUserId(query.from_user.id),
        data=query.data,
        pressed_at=now,
        message_id=TelegramMessageId(message.message_id),
        chat_type=chat_type(message.chat),
        first_name=query.from_user.first_name,
        last_name=query.from_user.last_name or "",
        username=query.from_user.username,
        language_code=query.from_user.language_code,
        business_connection_id=connection,
    )


def join_request(request: ChatJoinRequest, *, account_id: AccountId) -> JoinRequest:
    link = request.invite_link
    return JoinRequest(
        account_id=account_id,
        chat_id=TelegramChatId(request.chat.id),
        chat_title=request.chat.title or "",
        person=person(request.from_user),
        user_chat_id=TelegramChatId(request.user_chat_id),
        requested_at=when(request.date),
        invite_link=None if link is None else link.invite_link,
        link_name=None if link is None else link.name,
    )


def membership(change: ChatMemberUpdated, *, account_id: AccountId, is_us: bool) -> Membership:
    link = change.invite_link
    return Membership(
        account_id=account_id,
        chat_id=TelegramChatId(change.chat.id),
        chat_type=chat_type(change.chat),
        chat_title=change.chat.title or "",
        chat_username=change.chat.username,
        person=person(change.new_chat_member.user),
        by=person(change.from_user),
        before=member_status(change.old_chat_member),
        after=member_status(change.new_chat_member),
        at=when(change.date),
        is_us=is_us,
        invite_link=None if link is None else link.invite_link,
        link_name=None if link is None else link.name,
        via_join_request=bool(change.via_join_request),
        rights=rights_of(change.new_chat_member),
    )


def reaction_change(
    change: MessageReactionUpdated, *, account_id: AccountId, update_id: int
) -> Reactions:
    """Of one person; their name stays here."""
    return Reactions(
        account_id=account_id,
        chat_id=TelegramChatId(change.chat.id),
        message_id=TelegramMessageId(change.message_id),
        difference=len(change.new_reaction) - len(change.old_reaction),
        update_id=update_id,
    )


def reaction_count(
    change: MessageReactionCountUpdated, *, account_id: AccountId, update_id: int
) -> Reactions:
    return Reactions(
        account_id=account_id,
        chat_id=TelegramChatId(change.chat.id),
        message_id=TelegramMessageId(change.message_id),
        total=sum(reaction.total_count for reaction in change.reactions),
        update_id=update_id,
    )


def business_connection(
    connection: ApiBusinessConnection, *, account_id: AccountId
) -> BusinessConnection:
    owner = person(connection.user)
    return BusinessConnection(
        via_account_id=account_id,
        connection_id=connection.id,
        owner_id=owner.id,
        owner_chat_id=TelegramChatId(connection.user_chat_id),
        owner_name=owner.name,
        owner_username=owner.username,
        is_enabled=connection.is_enabled,
        can_reply=bool(connection.rights and connection.rights.can_reply),
        at=when(connection.date),
    )


def chat_type(chat: Chat) -> ChatType:
    return cast(ChatType, _plain(chat.type))


def member_status(member: ChatMember) -> MemberStatus:
    status = _plain(member.status)
    return cast(MemberStatus, status) if status in _STATUSES else "unknown"


def rights_of(member: ChatMember) -> frozenset[str]:
    """The names of the `can_…` rights that are given."""
    fields = type(member).model_fields
    return frozenset(
        name for name in fields if name.startswith("can_") and getattr(member, name) is True
    )


def links_of(message: Message) -> tuple[str, ...]:
    text = text_of(message)
    entities: Sequence[object] = message.entities or message.caption_entities or ()
    found: list[str] = []
    for entity in entities:
        kind = getattr(entity, "type", "")
        if kind == "text_link":
            found.append(str(getattr(entity, "url", "")))
        elif kind == "url" and hasattr(entity, "extract_from"):
            found.append(str(entity.extract_from(text)))
    return tuple(found)


def _id_of(message: Message | None) -> TelegramMessageId | None:
    return None if message is None else TelegramMessageId(message.message_id)


def _plain(value: object) -> str:
    """The string of an enum that is a string as well."""
    return str(getattr(value, "value", value))
