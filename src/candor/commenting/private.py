"""What people write to a commenting account in private, and to our own channel directly.

A private message goes on as a dialogue; who has replied to a comment of that account before keeps the
comment as the dialogue's origin. A message to our own channel is answered once, by code, with the way
to that dialogue. No model reads any of it here (H7).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from candor.commenting.administration import ChatAdministration
from candor.commenting.direct_message import NewDirectMessage
from candor.commenting.ports import Unit, Units
from candor.commenting.words import language_of
from candor.common.clock import Clock
from candor.common.hot_reload import Change, HotReloadService
from candor.common.ids import AccountId, ChannelId, TelegramChatId
from candor.common.llm import Language
from candor.messaging.conversation import Provenance
from candor.messaging.gateway import ChatClosedError, RejectedError
from candor.messaging.incoming import IncomingMessage, harmless
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing

REMEMBERED: Final = timedelta(days=30)
"""A reply under a comment explains a private message for so long."""
ANSWERED_FOR: Final = timedelta(hours=24)
"""One answer per person and day to messages to the channel."""
MAX_CHARACTERS: Final = 2_000
IN_DIALOGUE: Final = "goes on as a dialogue"
SHOWN_THE_WAY: Final = "shown the way to the dialogue"
_WAY: Final[dict[Language, str]] = {
    "ru": "Здравствуйте! Сообщения каналу здесь принимает ИИ-помощник {business}. Отвечу на вопросы и "
    "позову человека в личном чате: {link}",
    "en": "Hello! Messages to the channel reach the AI assistant of {business} here. I answer "
    "questions, and call a person, in a private chat: {link}",
}


@dataclass(frozen=True, slots=True)
class _Own:
    channel_id: ChannelId
    username: str


class PrivateMessageService:
    """Traces private messages back to comments, and answers messages to our own channels."""

    def __init__(
        self,
        units: Units,
        clock: Clock,
        outbox: Outbox,
        administration: ChatAdministration,
        hot_reload: HotReloadService,
        *,
        business: str,
        language: Language,
    ) -> None:
        self._units = units
        self._clock = clock
        self._outbox = outbox
        self._administration = administration
        self._business = business
        self._language: Language = language
        self._commentators: frozenset[AccountId] | None = None
        self._parents: dict[TelegramChatId, TelegramChatId | None] = {}
        hot_reload.on_change("account", self._forget)

    async def trace(self, message: IncomingMessage) -> IncomingMessage:
        """The message, with the comment it came from as its origin where one is known.

        The first private message to a commenting account is noted beside the replies.
        """
        if message.chat_type != "private" or message.is_edit or message.is_bot:
            return message
        if message.account_id not in await self._commenting_accounts():
            return message
        now = self._clock.now()
        async with self._units() as unit:
            comment = await unit.direct_messages.last_comment_of(
                message.account_id, message.sender_id, since=now - REMEMBERED
            )
            await self._note(unit, message, now)
        if comment is None or message.text.startswith("/start "):
            return message
        return replace(message, start_payload=f"c_{comment}")

    async def receive_for_channel(self, message: IncomingMessage) -> None:
        """A person wrote to a channel whose direct messages our bot manages."""
        own = await self._own_channel(message)
        if own is None or message.is_edit or message.is_bot:
            return
        now = self._clock.now()
        async with self._units() as unit:
            row = await unit.direct_messages.add(
                self._new(message, channel_id=own.channel_id), now=now
            )
            if row is None:
                return
            if await unit.direct_messages.was_shown_the_way(
                message.chat_id, message.sender_id, since=now - ANSWERED_FOR
            ):
                outcome = "this person has had an answer"
                await unit.direct_messages.finish(
                    row, status="noted", outcome=outcome, answer="", now=now
                )
                return
            await self._show_the_way(unit, message, own, row, now)

    async def _show_the_way(
        self, unit: Unit, message: IncomingMessage, own: _Own, row: int, now: datetime
    ) -> None:
        language = language_of(message.text, default=self._language)
        link = f"https://t.me/{own.username}?start=d_{row}"
        words = _WAY[language].format(business=self._business, link=link)
        chat = await unit.chats.ensure(
            message.account_id, message.chat_id, type="supergroup", now=now, title="direct messages"
        )
        await self._outbox.put(
            unit,
            Outgoing(
                account_id=message.account_id,
                chat=chat.id,
                purpose="notice",
                text=words,
                author="ai",
                language=language,
                label="comment",
                provenance=Provenance(written_by="code", note="answer to a message to the channel"),
                reply_to=message.message_id,
                direct_messages_topic_id=message.direct_messages_topic_id,
            ),
        )
        await unit.direct_messages.finish(
            row, status="answered", outcome=SHOWN_THE_WAY, answer=words, now=now
        )

    async def _own_channel(self, message: IncomingMessage) -> _Own | None:
        """Messages to somebody else's channel are not ours to answer, nor to keep."""
        if message.direct_messages_topic_id is None:
            return None
        parent = await self._parent(message.account_id, message.chat_id)
        if parent is None:
            return None
        async with self._units() as unit:
            channel = await unit.channels.of_chat(parent)
            if channel is None or not channel.is_own or channel.paused_at is not None:
                return None
            account = await unit.commentators.get(message.account_id)
            username = await unit.commentators.dialogue_username()
        username = username or (account.username if account else "")
        return _Own(channel.id, username) if username else None

    async def _parent(
        self, account_id: AccountId, chat_id: TelegramChatId
    ) -> TelegramChatId | None:
        if chat_id not in self._parents:
            try:
                facts = await self._administration.describe(account_id, chat_id)
            except (ChatClosedError, RejectedError):
                return None
            self._parents[chat_id] = facts.parent_chat_id
        return self._parents[chat_id]

    async def _note(self, unit: Unit, message: IncomingMessage, now: datetime) -> None:
        if await unit.direct_messages.has_private(message.account_id, message.sender_id):
            return
        row = await unit.direct_messages.add(self._new(message), now=now)
        if row is not None:
            await unit.direct_messages.finish(
                row, status="noted", outcome=IN_DIALOGUE, answer="", now=now
            )

    def _new(
        self, message: IncomingMessage, *, channel_id: ChannelId | None = None
    ) -> NewDirectMessage:
        name = " ".join(part for part in (message.first_name, message.last_name) if part)
        text = harmless(message.text)[:MAX_CHARACTERS]
        return NewDirectMessage(
            account_id=message.account_id,
            chat_id=message.chat_id,
            message_id=message.message_id,
            kind="private",
            sender_id=message.sender_id,
            sender_name=name[:128],
            text=text,
            language=language_of(text, default=self._language),
            channel_id=channel_id,
        )

    async def _commenting_accounts(self) -> frozenset[AccountId]:
        if self._commentators is None:
            async with self._units() as unit:
                self._commentators = await unit.commentators.ids()
        return self._commentators

    def _forget(self, change: Change) -> None:
        self._commentators = None
        self._parents.clear()
