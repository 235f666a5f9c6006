"""What our accounts hear in discussion groups: `/allow`, `/revoke`, replies to us, and our own standing.

Everything else in the group is dropped unread (H7).
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from candor.commenting.administration import ChatAdministration, ChatFacts
from candor.commenting.channel import Channel, ChannelDraft
from candor.commenting.direct_message import ArrivedReply
from candor.commenting.errors import GrantRefusedError, NotAnAdministratorError
from candor.commenting.permission import ChannelPermissionService, GrantRequest
from candor.commenting.ports import Units
from candor.commenting.register import ChannelRegister
from candor.commenting.replies import CommentReplyService
from candor.commenting.verifying import ChannelVerification
from candor.common.clock import Clock
from candor.common.errors import CandorError
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId, TelegramUserId
from candor.common.llm import Language
from candor.messaging.conversation import Provenance
from candor.messaging.gateway import ChatClosedError, RejectedError
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing

_COMMAND: Final = re.compile(r"^/(allow|revoke)(?:@(\w+))?(?:\s+(\S+))?\s*$", re.IGNORECASE)
_WORDS: Final[dict[str, dict[Language, str]]] = {
    "offer": {
        "ru": "Я веду комментарии {business}. Под постами этого канала: не больше {cap} в день, "
        "с пометкой «ИИ · {business}», {mode}. Если владелец канала согласен, "
        "администратор отправляет сюда строку:\n/allow {code}\n"
        "Отозвать разрешение можно в любой момент: /revoke или удалить меня из группы.",
        "en": "I write comments for {business}. Under this channel's posts: at most {cap} a day, "
        "marked “AI · {business}”, {mode}. If the channel's owner agrees, an administrator "
        "sends this line here:\n/allow {code}\n"
        "The permission can be withdrawn at any time: /revoke, or remove me from the group.",
    },
    "granted": {
        "ru": "Спасибо! Разрешение записано: {by}, до {until}. Отозвать: /revoke.",
        "en": "Thank you! The permission is recorded: {by}, until {until}. To withdraw: /revoke.",
    },
    "revoked": {
        "ru": "Разрешение отозвано, больше ничего не будет опубликовано.",
        "en": "The permission is withdrawn; nothing more will be published.",
    },
    "not_admin": {
        "ru": "Это может сделать только администратор канала, со своего имени (не анонимно).",
        "en": "Only an administrator of the channel can do this, in their own name (not anonymously).",
    },
}
_MODES: Final[dict[str, dict[Language, str]]] = {
    "approve": {"ru": "каждый одобряет человек", "en": "each approved by a person"},
    "auto": {"ru": "без проверки человеком", "en": "without a person's check"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardMessage:
    """A message in a discussion group, as an edge hands it over."""

    account_id: AccountId
    chat_id: TelegramChatId
    message_id: TelegramMessageId
    sender_id: TelegramUserId
    sender_name: str
    text: str
    reply_to: TelegramMessageId | None = None
    is_bot: bool = False
    is_anonymous: bool = False
    """Written in the name of the group or a channel."""
    account_username: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMoved:
    """Our own account's place in a chat changed."""

    account_id: AccountId
    chat_id: TelegramChatId
    chat_type: Literal["private", "group", "supergroup", "channel"]
    was_in: bool
    is_in: bool
    can_write: bool
    by: str
    """Who did it: name and Telegram id."""


class DiscussionService:
    """The one door for what happens in discussion groups."""

    def __init__(
        self,
        units: Units,
        clock: Clock,
        administration: ChatAdministration,
        register: ChannelRegister,
        permissions: ChannelPermissionService,
        replies: CommentReplyService,
        outbox: Outbox,
        *,
        verification: ChannelVerification,
        business: str,
        language: Language,
    ) -> None:
        self._units = units
        self._clock = clock
        self._administration = administration
        self._register = register
        self._permissions = permissions
        self._replies = replies
        self._verification = verification
        self._outbox = outbox
        self._business = business
        self._language: Language = language

    async def hear(self, message: HeardMessage) -> bool:
        """True when it was for us and has been dealt with; idempotent."""
        if message.is_bot:
            return False
        command = _COMMAND.match(message.text.strip())
        if command and _is_for(command.group(2), message.account_username):
            await self._command(message, command.group(1).lower(), command.group(3) or "")
            return True
        if message.reply_to is None or message.is_anonymous:
            return False
        if not await self._replies.is_ours(message.chat_id, message.reply_to):
            return False
        await self._replies.receive(
            ArrivedReply(
                account_id=message.account_id,
                chat_id=message.chat_id,
                message_id=message.message_id,
                reply_to=message.reply_to,
                sender_id=message.sender_id,
                sender_name=message.sender_name,
                text=message.text,
            )
        )
        return True

    async def account_moved(self, change: AccountMoved) -> None:
        """Removed: the permission ends. Added: the offer is said once. Demoted: noted."""
        if not change.is_in:
            await self._permissions.account_removed(change.account_id, change.chat_id, by=change.by)
            return
        if change.chat_type == "channel":
            await self._verification.recognise(change.account_id, change.chat_id)
        if change.chat_type not in ("supergroup", "group"):
            return
        await self._permissions.rights_changed(
            change.account_id, change.chat_id, can_write=change.can_write
        )
        if not change.was_in:
            await self._introduce(change)

    async def _command(self, message: HeardMessage, command: str, code: str) -> None:
        try:
            words = await self._done(message, command, code)
        except NotAnAdministratorError:
            words = _WORDS["not_admin"][self._language]
        except GrantRefusedError as error:
            words = error.message
        if words:
            await self._say(message.account_id, message.chat_id, words, message.message_id)

    async def _done(self, message: HeardMessage, command: str, code: str) -> str:
        if message.is_anonymous:
            raise NotAnAdministratorError
        if command == "revoke":
            ended = await self._permissions.revoke_in_group(
                message.account_id, message.chat_id, message.sender_id, message.sender_name
            )
            return _WORDS["revoked"][self._language] if ended else ""
        if not code:
            channel = await self._channel_of(message.account_id, message.chat_id)
            return self._offer(channel) if channel else ""
        granted = await self._permissions.grant(
            GrantRequest(
                account_id=message.account_id,
                chat_id=message.chat_id,
                sender_id=message.sender_id,
                sender_name=message.sender_name,
                code=code,
                text=message.text,
                message_id=message.message_id,
            )
        )
        permission = granted.permission
        until = permission.expires_at.strftime("%d.%m.%Y") if permission else ""
        by = permission.granted_by if permission else message.sender_name
        return _WORDS["granted"][self._language].format(by=by, until=until)

    async def _introduce(self, change: AccountMoved) -> None:
        channel = await self._channel_of(change.account_id, change.chat_id)
        if channel is not None and channel.permission_at(self._clock.now()) is None:
            await self._say(change.account_id, change.chat_id, self._offer(channel), None)

    async def _channel_of(self, account_id: AccountId, chat_id: TelegramChatId) -> Channel | None:
        """The channel that this group belongs to; put on the list when it is new."""
        async with self._units() as unit:
            known = await unit.channels.of_discussion(chat_id)
        if known:
            return known[0]
        facts = await self._linked(account_id, chat_id)
        if facts is None:
            return None
        async with self._units() as unit:
            found = await unit.channels.of_chat(facts.chat_id)
            if found is None and facts.username:
                found = await unit.channels.of_username(facts.username)
        if found is not None:
            return found
        try:
            return await self._register.add(
                ChannelDraft(username=facts.username, title=facts.title)
            )
        except CandorError:
            return None

    async def _linked(self, account_id: AccountId, chat_id: TelegramChatId) -> ChatFacts | None:
        try:
            group = await self._administration.describe(account_id, chat_id)
            if group.linked_chat_id is None:
                return None
            return await self._administration.describe(account_id, group.linked_chat_id)
        except (ChatClosedError, RejectedError):
            return None

    def _offer(self, channel: Channel) -> str:
        return _WORDS["offer"][self._language].format(
            business=self._business,
            cap=channel.offered.max_per_day,
            mode=_MODES[channel.offered.mode][self._language],
            code=channel.grant_code,
        )

    async def _say(
        self,
        account_id: AccountId,
        chat_id: TelegramChatId,
        words: str,
        reply_to: TelegramMessageId | None,
    ) -> None:
        now = self._clock.now()
        async with self._units() as unit:
            chat = await unit.chats.ensure(account_id, chat_id, type="supergroup", now=now)
            await self._outbox.put(
                unit,
                Outgoing(
                    account_id=account_id,
                    chat=chat.id,
                    purpose="notice",
                    text=words,
                    author="ai",
                    language=self._language,
                    label="comment",
                    provenance=Provenance(written_by="code", note="permission"),
                    reply_to=reply_to,
                ),
            )


def _is_for(addressee: str | None, us: str | None) -> bool:
    return addressee is None or us is None or addressee.lower() == us.lower()
