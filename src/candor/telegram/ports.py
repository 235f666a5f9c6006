"""Where updates go: one Protocol per listener and the frozen data they are handed.

Bootstrap wires messaging's `Inbox` and the areas behind these. Each call stores what it was told in
units of its own; when it returns, the update may be acknowledged. It may be called twice for the same
update after a crash, so what it does is idempotent. It raises to have the update tried again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from candor.accounts.business import BusinessConnection
from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId, TelegramUserId
from candor.messaging.incoming import ChatType, IncomingMessage, IncomingPress, PressAnswer

MemberStatus = Literal[
    "creator", "administrator", "member", "restricted", "left", "kicked", "unknown"
]


@dataclass(frozen=True, slots=True)
class Person:
    """Who did something; `is_bot` also for other people's bots."""

    id: TelegramUserId
    first_name: str = ""
    last_name: str = ""
    username: str | None = None
    is_bot: bool = False
    language_code: str | None = None

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMessage:
    """A message in a group, as the bot `message.account_id` saw it."""

    message: IncomingMessage
    sender_chat_id: TelegramChatId | None = None
    """Written in the name of a channel or of the group itself (anonymous admin)."""
    reply_to_sender_id: TelegramUserId | None = None
    mentions_us: bool = False
    """Names our bot by @username, or answers a message of it."""
    thread_of: TelegramMessageId | None = None
    """In a discussion group: the automatic forward whose comments these are."""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedPost:
    """A channel's post: its automatic forward into the discussion group, or the post itself."""

    account_id: AccountId
    channel_id: TelegramChatId
    message_id: TelegramMessageId
    """The post's number in its channel."""
    text: str
    posted_at: datetime
    channel_title: str = ""
    channel_username: str | None = None
    kind: str = "text"
    links: tuple[str, ...] = ()
    album_id: str | None = None
    discussion_chat_id: TelegramChatId | None = None
    """None: seen in the channel itself, where the bot was added."""
    discussion_message_id: TelegramMessageId | None = None
    """A reply to this message is a comment under the post."""
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactions:
    """The reactions of a message changed. Who reacted is not handed on."""

    account_id: AccountId
    chat_id: TelegramChatId
    message_id: TelegramMessageId
    total: int | None = None
    """All reactions now, where Telegram counts them; else None."""
    difference: int = 0
    """How many more or fewer, where it tells of one person's change."""
    update_id: int
    """Telegram's number of the update: a change that is told once more has the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRequest:
    """A person asks to join by a link of ours. `user_chat_id` may be written to for 5 minutes."""

    account_id: AccountId
    chat_id: TelegramChatId
    chat_title: str
    person: Person
    user_chat_id: TelegramChatId
    requested_at: datetime
    invite_link: str | None = None
    link_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Somebody's place in a chat changed. `is_us`: our own account's (added, removed, promoted)."""

    account_id: AccountId
    chat_id: TelegramChatId
    chat_type: ChatType
    chat_title: str
    chat_username: str | None
    person: Person
    by: Person
    before: MemberStatus
    after: MemberStatus
    at: datetime
    is_us: bool = False
    invite_link: str | None = None
    link_name: str | None = None
    via_join_request: bool = False
    rights: frozenset[str] = field(default_factory=frozenset)
    """`can_…` rights that the person has after it."""

    @property
    def is_in(self) -> bool:
        return self.after in ("creator", "administrator", "member", "restricted")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreCheckout:
    """Telegram asks whether an invoice may be paid; the answer is due within 10 seconds."""

    account_id: AccountId
    query_id: str
    person: Person
    currency: str
    total_amount: int
    """In the currency's smallest unit; Stars for XTR."""
    payload: str


@dataclass(frozen=True, slots=True)
class CheckoutAnswer:
    """`refusal` empty: go on. Else what the person reads."""

    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    account_id: AccountId
    chat_id: TelegramChatId
    message_id: TelegramMessageId
    person: Person
    currency: str
    total_amount: int
    payload: str
    charge_id: str
    """Telegram's number of the payment; what a refund needs. Unique."""
    paid_at: datetime
    is_refund: bool = False


class SalesInbox(Protocol):
    """Private dialogues and business chats. Messaging's `Inbox` fulfils it."""

    async def receive(self, incoming: IncomingMessage) -> object: ...

    async def receive_press(self, press: IncomingPress) -> PressAnswer: ...

    async def chat_blocked(self, account_id: AccountId, chat_id: TelegramChatId) -> None: ...

    async def chat_unblocked(self, account_id: AccountId, chat_id: TelegramChatId) -> None: ...


class GroupInbox(Protocol):
    """Study groups: what the accounts of role `sales` and `partner` see in groups."""

    async def receive_message(self, message: GroupMessage) -> object: ...

    async def receive_press(self, press: IncomingPress) -> PressAnswer | None:
        """None: not a button of this listener."""
        ...

    async def receive_join_request(self, request: JoinRequest) -> object: ...

    async def receive_membership(self, change: Membership) -> object: ...


class DiscussionInbox(Protocol):
    """Channels and their discussion groups: what the accounts of role `commentator` see."""

    async def receive_post(self, post: ArrivedPost) -> object: ...

    async def receive_message(self, message: GroupMessage) -> object: ...

    async def receive_reactions(self, change: Reactions) -> object: ...

    async def receive_deletion(
        self, chat_id: TelegramChatId, message_ids: Sequence[TelegramMessageId]
    ) -> object:
        """Posts of a channel are gone; only user sessions are told."""
        ...

    async def receive_membership(self, change: Membership) -> object:
        """Also channels, of bots of every role: a removed bot withdraws what it was allowed."""
        ...


class Payments(Protocol):
    async def check(self, query: PreCheckout) -> CheckoutAnswer: ...

    async def record(self, payment: Payment) -> object: ...


class BusinessInbox(Protocol):
    """Fulfilled by `accounts.business.BusinessAccounts`."""

    async def connection_changed(self, connection: BusinessConnection) -> object: ...

    async def account_of(self, connection_id: str) -> AccountId | None:
        """The business account of a connection; None when it is unknown or was taken away."""
        ...

    async def owner_of(self, connection_id: str) -> TelegramUserId | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedUpdate:
    """An update whose handling failed again and again; kept so that it blocks nobody else."""

    account_id: AccountId
    update_id: int
    update: str
    """As Telegram sent it, JSON."""
    error: str
    parked_at: datetime


class ParkedUpdates(Protocol):
    async def park(self, update: ParkedUpdate) -> None:
        """Store it once; raises when the database is away, which has the update tried again."""
        ...


@dataclass(frozen=True, slots=True)
class Listeners:
    """Everybody who is handed updates; None: nobody listens, the update is acknowledged unread."""

    sales: SalesInbox
    parked: ParkedUpdates
    groups: GroupInbox | None = None
    discussions: DiscussionInbox | None = None
    payments: Payments | None = None
    business: BusinessInbox | None = None
