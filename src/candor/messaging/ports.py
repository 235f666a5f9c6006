"""The slices of a unit of work that messaging needs; storage fulfils them.

Other rooms may use the same Protocols, or name the few methods they need in a slice of their own.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from candor.accounts.limits import BusinessRights, Signal
from candor.clients.activity import ActivityLog
from candor.clients.consent import ConsentRepository
from candor.clients.contacts import ContactRepository
from candor.clients.erasure import ErasureRepository
from candor.clients.journey import JourneyRepository, Milestone
from candor.clients.profile import ClientProfile, UserRepository
from candor.common.events import Events
from candor.common.ids import (
    AccountId,
    ChatRowId,
    ClientId,
    ConversationId,
    MessageRowId,
    OperatorId,
    OutboxId,
    TelegramChatId,
    TelegramMessageId,
)
from candor.common.lanes import Lanes
from candor.common.llm import Language
from candor.common.paging import Cut, Part
from candor.messaging.chat import Chat, LabelCause
from candor.messaging.conversation import Conversation, ConversationMessage, Handling
from candor.messaging.follow_up import FollowUpRepository
from candor.messaging.incoming import ChatType, IncomingMessage
from candor.messaging.keeping import NoteRepository, OwnerSettings
from candor.messaging.outgoing import OutboxItem, Outcome, Outgoing
from candor.messaging.pacing import Pace
from candor.messaging.reading import (
    ConversationDetail,
    ConversationFilter,
    ConversationLine,
    SavedTurn,
    Turn,
)


class ChatRepository(Protocol):
    async def get(self, chat: ChatRowId) -> Chat | None: ...

    async def find(self, account_id: AccountId, chat_id: TelegramChatId) -> Chat | None: ...

    async def ensure(
        self,
        account_id: AccountId,
        chat_id: TelegramChatId,
        *,
        type: ChatType,
        now: datetime,
        title: str = "",
        client_id: ClientId | None = None,
    ) -> Chat:
        """The chat's row, made if it is new."""
        ...

    async def touch(self, chat: ChatRowId, *, label_due: LabelCause | None = None) -> None:
        """Something changed that delivery has to look at again; the label may become due."""
        ...

    async def set_blocked(
        self, account_id: AccountId, chat_id: TelegramChatId, *, blocked_at: datetime | None
    ) -> Chat | None:
        """None when the chat is unknown."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundRow:
    """A message on its way into the tables, with what the text alone tells."""

    message: IncomingMessage
    now: datetime
    language: Language
    """For a client who is new."""
    learnt_language: Language | None
    learnt_time_zone: str | None
    origin: str | None
    opt_out_hashes: Sequence[bytes]
    """By which an earlier opt-out of the sender is known."""
    is_start: bool
    is_settled: bool
    """True: nothing will answer it (a command, an owner's own words); stored as answered."""
    silence: timedelta
    """A client's gap longer than this makes the label due again."""
    has_conversation: bool
    """False in groups: client and chat are stored, the message is left to whoever listens there."""


@dataclass(frozen=True, slots=True)
class StoredInbound:
    """What the tables say after a message went in."""

    client: ClientProfile
    account_id: AccountId
    chat: ChatRowId
    conversation_id: ConversationId | None
    handling: Handling | None
    message: MessageRowId | None
    waiting_since: datetime | None
    """When the oldest message that waits for an answer came."""
    is_first: bool = False
    """Nothing was known of the person before this message."""
    is_back: bool = False
    """They have come back by `/start`, or have unblocked the account."""
    milestone: Milestone = "dialogue"
    """How far the client had come before it."""
    is_asked: bool = True
    """A questionnaire waits for an answer; also True where nobody looked."""


class ConversationRepository(Protocol):
    """The outline's ConversationRepository."""

    async def receive(self, row: InboundRow) -> StoredInbound | None:
        """Client, chat, conversation, message and activity in one statement; None: a duplicate."""
        ...

    async def edit(self, message: IncomingMessage, *, now: datetime) -> StoredInbound | None:
        """The new text of a stored message; None when it was never stored."""
        ...

    async def add_owners_message(
        self, message: IncomingMessage, *, now: datetime
    ) -> ConversationId | None:
        """A business owner wrote by hand: stored as a person's words. None: unknown or a duplicate."""
        ...

    async def settle_inbound(self, message: MessageRowId, *, now: datetime) -> None:
        """The message is dealt with: no turn will answer it."""
        ...

    async def get(self, conversation_id: ConversationId) -> Conversation | None: ...

    async def lock(self, conversation_id: ConversationId) -> Conversation:
        """The same under the chat's lock: no delivery decides meanwhile. Raises NotFoundError."""
        ...

    async def of_chat(self, chat: ChatRowId) -> Conversation | None: ...

    async def take_unanswered(
        self, conversation_id: ConversationId, *, now: datetime, history: int = 24
    ) -> Turn | None:
        """What a turn answers; None when nothing waits, or the AI does not handle it.

        Answers of ours that still stand in the outbox are recalled first: their questions count as
        unanswered again and the stage goes back to where it was, so that one answer covers all.
        """
        ...

    async def save_turn(self, turn: SavedTurn) -> None:
        """Raises ConflictError when another turn was faster or the AI no longer handles it."""
        ...

    async def set_handling(
        self,
        conversation_id: ConversationId,
        handling: Handling,
        *,
        now: datetime,
        operator_id: OperatorId | None = None,
        reason: str = "",
        label_due: LabelCause | None = None,
    ) -> Conversation:
        """Raises NotFoundError. A delivery that decided by the old state finds nothing to send."""
        ...

    async def settle_all(self, conversation_id: ConversationId, *, now: datetime) -> int:
        """All that waits counts as answered (a person wrote)."""
        ...

    async def assign(self, conversation_id: ConversationId, to: OperatorId | None) -> None: ...

    async def has_unanswered(self, conversation_id: ConversationId) -> bool: ...

    async def unanswered_since(self, before: datetime, *, limit: int) -> Sequence[ConversationId]:
        """AI-handled conversations whose oldest waiting message is older: for the sweep."""
        ...

    async def page(
        self,
        wanted: ConversationFilter,
        cut: Cut,
    ) -> Part[ConversationLine]:
        """Waiting for a person first, then the newest. A place has `LIST_KEYS` keys."""
        ...

    async def detail(
        self,
        conversation_id: ConversationId,
        *,
        limit: int = 200,
        before: MessageRowId | None = None,
    ) -> ConversationDetail | None: ...

    async def messages_after(
        self, conversation_id: ConversationId, after: MessageRowId, *, limit: int = 200
    ) -> Sequence[ConversationMessage]: ...


@dataclass(frozen=True, slots=True)
class Due:
    """The next text of a chat and the state it must be judged by, read in one statement."""

    item: OutboxItem
    chat: Chat
    handling: Handling | None
    """Of the item's conversation; None when it has none."""
    newest_in: MessageRowId | None
    """The newest inbound message of the conversation."""
    is_opted_out: bool
    paused_until: datetime | None
    """The account's limit: Telegram asked the whole account to wait."""
    business: BusinessRights | None = None
    """What the owner of a business account allows now; None for other accounts."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The answer to `claim`: send now, or come back at `slot`."""

    slot: datetime
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """Where in an account's numbering an interrupted message may stand, if it was sent at all."""

    candidates: tuple[TelegramMessageId, ...]
    """Numbers after the last message known before it, of which nobody knows whose they are."""


class OutboxRepository(Protocol):
    async def put(self, outgoing: Outgoing, *, random_id: int, now: datetime) -> OutboxId:
        """Stores it, and as a message of its conversation when it has one."""
        ...

    async def next_due(self, chat: ChatRowId, *, now: datetime) -> Due | None:
        """The text being sent, else the oldest queued one whose moment has come, else the next."""
        ...

    async def trace(self, due: Due, *, most: int) -> Trace | None:
        """Candidates for a message whose sender died; None when there are more than `most`, or when
        the chat's numbering tells nothing (groups, business chats)."""
        ...

    async def claim(
        self, due: Due, *, text: str, labelled: bool, pace: Pace, now: datetime
    ) -> Claimed | None:
        """Intent: reserve the account's slot and mark the row `sending` with its final text.

        None when the chat changed since `due` was read: look again. A row that is `sending` already
        (its sender died) is claimed anew for the same text.
        """
        ...

    async def settle(self, due: Due, outcome: Outcome) -> bool:
        """Outcome; True when the chat has more to send. Never overwrites a confirmed one.

        Only a confirmed, labelled text counts as disclosure (H1)."""
        ...

    async def requeue(
        self, due: Due, *, not_before: datetime, error: str, is_limited: bool, now: datetime
    ) -> None:
        """Certainly not sent: back into the queue, the chat waits. `is_limited`: Telegram asked it."""
        ...

    async def cancel(self, due: Due, *, reason: str, now: datetime, reopen: bool) -> bool:
        """Not to be sent; `reopen`: what it answered waits again. True when the chat has more."""
        ...

    async def cancel_queued(
        self,
        conversation_id: ConversationId,
        *,
        reason: str,
        now: datetime,
        reopen: bool,
    ) -> int:
        """All queued AI texts of a conversation."""
        ...

    async def cancel_for_client(self, client_id: ClientId, *, reason: str, now: datetime) -> int:
        """All queued AI texts to a client, whatever their purpose, notices apart."""
        ...

    async def cancel_for_chat(self, chat: ChatRowId, *, reason: str, now: datetime) -> int:
        """Everything queued for a chat (it was closed to us)."""
        ...

    async def cancel_for_subjects(
        self, purpose: str, subjects: Sequence[int], *, reason: str, now: datetime
    ) -> int:
        """Queued comments or group messages, by the rows they are about."""
        ...

    async def unsent_since(self, before: datetime, *, limit: int) -> Sequence[ChatRowId]:
        """Chats with a text that should have been sent before: for the sweep."""
        ...


class ClientStates(Protocol):
    """Opting out, over all chats of a client (coming back is part of `receive`)."""

    async def opt_out(self, client_id: ClientId, *, hashes: Sequence[bytes], now: datetime) -> bool:
        """Every conversation becomes `opted_out`; False when the client had opted out before."""
        ...


class MessagingUnit(Protocol):
    """The slice of a unit of work that messaging needs."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def chats(self) -> ChatRepository: ...

    @property
    def conversations(self) -> ConversationRepository: ...

    @property
    def notes(self) -> NoteRepository: ...

    @property
    def setting_overrides(self) -> OwnerSettings: ...

    @property
    def outbox(self) -> OutboxRepository: ...

    @property
    def follow_ups(self) -> FollowUpRepository: ...

    @property
    def client_states(self) -> ClientStates: ...

    @property
    def activity(self) -> ActivityLog: ...

    @property
    def consents(self) -> ConsentRepository: ...

    @property
    def journey(self) -> JourneyRepository: ...

    @property
    def erasure(self) -> ErasureRepository: ...

    @property
    def contacts(self) -> ContactRepository: ...

    @property
    def events(self) -> Events: ...

    @property
    def lanes(self) -> Lanes: ...


U = TypeVar("U", bound=MessagingUnit)
UnitFactory = Callable[[], AbstractAsyncContextManager[MessagingUnit]]
"""`async with units() as unit:` commits on leaving."""


class AccountRestrictions(Protocol):
    """H9: stop an account that Telegram has flagged, and tell the owner (AccountManagementService)."""

    async def stop_for(self, account_id: AccountId, signal: Signal, *, actor: str) -> object: ...
