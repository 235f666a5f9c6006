"""What commenting needs of the tables about accounts and the people who write to them."""

from datetime import datetime
from typing import Protocol

from candor.commenting.channel import Commentator
from candor.commenting.direct_message import DirectMessage, NewDirectMessage
from candor.commenting.owner_card import CardKind, SentCard, ShownCard
from candor.commenting.paging import Page
from candor.common.ids import (
    AccountId,
    ChannelId,
    CommentId,
    OutboxId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)


class CommentatorRepository(Protocol):
    """`commentator_accounts` with their personalities and load."""

    async def candidates(
        self, channel_id: ChannelId, *, since: datetime, until: datetime
    ) -> tuple[Commentator, ...]:
        """Accounts that may comment in the channel now, with their load of that day."""
        ...

    async def get(self, account_id: AccountId) -> Commentator | None: ...

    async def all(self) -> tuple[Commentator, ...]:
        """Those of the roles `commentator` and `sales`, without their load."""
        ...

    async def ids(self) -> frozenset[AccountId]:
        """All accounts of the role `commentator`."""
        ...

    async def put(
        self, account_id: AccountId, *, daily_cap: int, is_active: bool, now: datetime
    ) -> None: ...

    async def pause(self, account_id: AccountId, reason: str, *, now: datetime) -> None: ...

    async def dialogue_username(self) -> str | None:
        """The bot that leads dialogues: the oldest active account of the role `sales`."""
        ...


class DirectMessageRepository(Protocol):
    """`direct_messages`: what people wrote to a commenting account."""

    async def add(self, message: NewDirectMessage, *, now: datetime) -> int | None:
        """The new row's id; None when it is known already."""
        ...

    async def get(self, row_id: int, *, for_update: bool = False) -> DirectMessage | None: ...

    async def finish(
        self, row_id: int, *, status: str, outcome: str, answer: str, now: datetime
    ) -> None: ...

    async def last_comment_of(
        self, account_id: AccountId, sender_id: TelegramUserId, *, since: datetime
    ) -> CommentId | None:
        """The comment of that account under which this person replied last."""
        ...

    async def has_private(self, account_id: AccountId, sender_id: TelegramUserId) -> bool: ...

    async def was_shown_the_way(
        self, chat_id: TelegramChatId, sender_id: TelegramUserId, *, since: datetime
    ) -> bool:
        """Whether a message of this person to a channel has been answered since."""
        ...

    async def is_answered(self, comment_id: CommentId, sender_id: TelegramUserId) -> bool: ...

    async def has_outcome(
        self, comment_id: CommentId, sender_id: TelegramUserId, outcome: str
    ) -> bool:
        """Whether a reply of this person under the comment ended so."""
        ...

    async def count_replies(self, comment_id: CommentId) -> int: ...

    async def page(
        self, account_id: AccountId | None, page: Page
    ) -> tuple[tuple[DirectMessage, ...], int]: ...


class CommentCardRepository(Protocol):
    """`comment_cards`: which messages in linked owners' chats are about which comment."""

    async def was_shown(
        self, comment_id: CommentId, owner_chat_id: int, kind: CardKind, occasion: str
    ) -> bool: ...

    async def add(self, card: ShownCard, *, outbox_id: OutboxId, now: datetime) -> None: ...

    async def of_message(
        self, owner_chat_id: int, message_id: TelegramMessageId
    ) -> ShownCard | None: ...

    async def has_any(self, comment_id: CommentId) -> bool: ...

    async def of_comment(self, comment_id: CommentId) -> tuple[SentCard, ...]:
        """Those that are in a chat or will be, the oldest first."""
        ...

    async def note_decision(self, card_id: int, decision: str) -> None:
        """The card says this now, and has no buttons any more."""
        ...
