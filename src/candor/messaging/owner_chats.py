"""The private chats in which the people of the panel are asked and told, linked by a one-time code.

A code is made by somebody who is signed in to the panel, lives for minutes, counts once, and is
stored as a hash. Whoever sends it to one of our bots from a private chat is that person from then on.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, Protocol, TypeVar

from candor.clients.activity import Activity
from candor.common.clock import Clock
from candor.common.errors import NotFoundError
from candor.common.ids import AccountId, OperatorId, OutboxId, TelegramChatId, TelegramUserId
from candor.common.llm import Language
from candor.messaging.conversation import Provenance
from candor.messaging.gateway import Keyboard
from candor.messaging.incoming import IncomingMessage
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing
from candor.messaging.ports import MessagingUnit

PAYLOAD: Final = "owner_"
CODE_FOR: Final = timedelta(minutes=15)
_START: Final = re.compile(r"^/start(?:@\w+)?\s+owner_([A-Za-z0-9_-]{20,58})\s*$")
_WORDS: Final[dict[str, dict[Language, str]]] = {
    "linked": {
        "ru": "Готово: этот чат связан с панелью ({operator}). Сюда приходят комментарии на одобрение "
        "и важные новости. Отвязать чат можно в панели, в разделе «Комментарии», «Telegram».",
        "en": "Done: this chat is linked to the panel ({operator}). Comments to approve and important "
        "news come here. To unlink it, open Comments, Telegram in the panel.",
    },
    "spent": {
        "ru": "Этот код уже использован или устарел: он действует 15 минут и один раз. Возьмите новый "
        "в панели, в разделе «Комментарии», «Telegram».",
        "en": "This code has been used or is too old: it works once, within 15 minutes. Take a new one "
        "in the panel under Comments, Telegram.",
    },
}


@dataclass(frozen=True, slots=True)
class OwnerChat:
    """A linked chat of a person who may act in the panel."""

    id: int
    operator_id: OperatorId
    operator: str
    """E-mail of the panel user."""
    language: Language
    account_id: AccountId
    chat_id: TelegramChatId
    user_id: TelegramUserId
    user_name: str
    linked_at: datetime


class OwnerChatRepository(Protocol):
    """`owner_chats`. Chats of people who are disabled, or may only look, are not found."""

    async def offer(
        self, operator_id: OperatorId, *, code_hash: str, expires_at: datetime, now: datetime
    ) -> None:
        """Store a code; an older unused one of that person stops counting."""
        ...

    async def redeem(
        self,
        code_hash: str,
        *,
        account_id: AccountId,
        chat_id: TelegramChatId,
        user_id: TelegramUserId,
        user_name: str,
        now: datetime,
    ) -> OwnerChat | None:
        """Link the chat; None for a code that is unknown, used or too old."""
        ...

    async def linked(self) -> tuple[OwnerChat, ...]: ...

    async def of_chat(self, account_id: AccountId, chat_id: TelegramChatId) -> OwnerChat | None: ...

    async def unlink(self, owner_chat_id: int, *, now: datetime) -> bool: ...


class OwnerChatUnit(MessagingUnit, Protocol):
    @property
    def owner_chats(self) -> OwnerChatRepository: ...


O = TypeVar("O", bound=OwnerChatUnit)  # noqa: E741


class OwnerChats(Generic[O]):
    """Makes codes, links chats, writes into them."""

    def __init__(
        self,
        units: Callable[[], AbstractAsyncContextManager[O]],
        clock: Clock,
        outbox: Outbox,
        *,
        language: Language,
    ) -> None:
        self._units = units
        self._clock = clock
        self._outbox = outbox
        self._language: Language = language

    async def make_code(self, operator_id: OperatorId) -> tuple[str, datetime]:
        """What follows `?start=` in the link, and until when it counts."""
        now, code = self._clock.now(), secrets.token_urlsafe(24)
        until = now + CODE_FOR
        async with self._units() as unit:
            await unit.owner_chats.offer(
                operator_id, code_hash=hash_of(code), expires_at=until, now=now
            )
        return PAYLOAD + code, until

    async def linked(self) -> tuple[OwnerChat, ...]:
        async with self._units() as unit:
            return await unit.owner_chats.linked()

    async def unlink(self, owner_chat_id: int, *, by: str) -> None:
        """Nothing more is sent there and no button counts. Raises NotFoundError."""
        now = self._clock.now()
        async with self._units() as unit:
            if not await unit.owner_chats.unlink(owner_chat_id, now=now):
                raise NotFoundError("This chat is not linked.")
            await unit.activity.record(
                Activity(kind="owner_chat.unlinked", at=now, details={"by": by})
            )

    async def link(self, message: IncomingMessage) -> OwnerChat | None:
        """Redeem the code of `/start owner_…` and say how it went; None when it doesn't count.

        The same update once more changes and says nothing.
        """
        now, code = self._clock.now(), code_of(message)
        if code is None:
            return None
        async with self._units() as unit:
            chat = await unit.owner_chats.redeem(
                hash_of(code),
                account_id=message.account_id,
                chat_id=message.chat_id,
                user_id=message.sender_id,
                user_name=_name_of(message),
                now=now,
            )
            if chat is None:
                known = await unit.owner_chats.of_chat(message.account_id, message.chat_id)
                if known is not None and known.user_id == message.sender_id:
                    return known
                words, language = _WORDS["spent"][self._language], self._language
                await self._say(unit, message.account_id, message.chat_id, words, language)
                return None
            words = _WORDS["linked"][chat.language].format(operator=chat.operator)
            await self.write(unit, chat, words)
            await unit.activity.record(
                Activity(
                    kind="owner_chat.linked",
                    at=now,
                    account_id=chat.account_id,
                    level="warning",
                    details={"operator": int(chat.operator_id)},
                )
            )
        return chat

    async def write(
        self,
        unit: O,
        chat: OwnerChat,
        words: str,
        *,
        keyboard: Keyboard = (),
        note: str = "to the owner",
    ) -> OutboxId:
        """Queue a text for a linked chat in the caller's unit; answers its number in the outbox."""
        return await self._say(
            unit,
            chat.account_id,
            chat.chat_id,
            words,
            chat.language,
            keyboard=keyboard,
            note=note,
        )

    async def _say(
        self,
        unit: O,
        account_id: AccountId,
        chat_id: TelegramChatId,
        words: str,
        language: Language,
        *,
        keyboard: Keyboard = (),
        note: str = "to the owner",
    ) -> OutboxId:
        now = self._clock.now()
        row = await unit.chats.ensure(account_id, chat_id, type="private", now=now)
        return await self._outbox.put(
            unit,
            Outgoing(
                account_id=account_id,
                chat=row.id,
                purpose="notice",
                text=words,
                author="ai",
                language=language,
                label="dialogue",
                provenance=Provenance(written_by="code", note=note),
                keyboard=keyboard,
            ),
        )


def code_of(message: IncomingMessage) -> str | None:
    """The code in a `/start owner_…` that a person sent to one of our bots in private."""
    is_to_a_bot = message.account_username is not None and message.business_connection_id is None
    if message.chat_type != "private" or message.is_edit or not is_to_a_bot:
        return None
    found = _START.match(message.text)
    return found.group(1) if found else None


def hash_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _name_of(message: IncomingMessage) -> str:
    name = " ".join(part for part in (message.first_name, message.last_name) if part)
    return f"{name} (@{message.username})" if message.username else name
