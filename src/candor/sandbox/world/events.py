"""What has happened in the world. Doors subscribe and translate: updates for bots, a feed for the page."""

from dataclasses import dataclass

from candor.sandbox.world.model import (
    BusinessConnection,
    Callback,
    Invite,
    JoinRequest,
    Json,
    Member,
    Message,
    Payment,
)


@dataclass(frozen=True, slots=True)
class MessageSent:
    message: Message


@dataclass(frozen=True, slots=True)
class MessageEdited:
    message: Message
    by: int | None


@dataclass(frozen=True, slots=True)
class MessagesDeleted:
    chat_id: int
    message_ids: tuple[int, ...]
    by: int | None


@dataclass(frozen=True, slots=True)
class MemberChanged:
    chat_id: int
    by: int
    before: Member
    after: Member
    invite: Invite | None = None
    via_join_request: bool = False


@dataclass(frozen=True, slots=True)
class BlockChanged:
    """A person blocked or unblocked a bot (or another person)."""

    chat_id: int
    user_id: int
    peer_id: int
    is_blocked: bool


@dataclass(frozen=True, slots=True)
class JoinRequested:
    request: JoinRequest
    invite: Invite | None


@dataclass(frozen=True, slots=True)
class JoinRequestSettled:
    request: JoinRequest
    is_approved: bool
    by: int


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    callback: Callback


@dataclass(frozen=True, slots=True)
class ButtonAnswered:
    callback: Callback


@dataclass(frozen=True, slots=True)
class ReactionChanged:
    chat_id: int
    message_id: int
    user_id: int
    before: tuple[Json, ...]
    after: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class CommentsCounted:
    """A channel post has one comment more."""

    chat_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class ChatChanged:
    """Title, photo, pins, rights, topics: read the chat again."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class UserChanged:
    user_id: int


@dataclass(frozen=True, slots=True)
class Typing:
    chat_id: int
    user_id: int
    action: str


@dataclass(frozen=True, slots=True)
class BusinessConnectionChanged:
    connection: BusinessConnection


@dataclass(frozen=True, slots=True)
class PaymentStarted:
    payment: Payment


@dataclass(frozen=True, slots=True)
class PaymentSettled:
    payment: Payment


@dataclass(frozen=True, slots=True)
class PollAnswered:
    chat_id: int
    message_id: int
    user_id: int
    option_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WorldReplaced:
    """A snapshot was restored: forget everything and read again."""


Event = (
    MessageSent
    | MessageEdited
    | MessagesDeleted
    | MemberChanged
    | BlockChanged
    | JoinRequested
    | JoinRequestSettled
    | ButtonPressed
    | ButtonAnswered
    | ReactionChanged
    | ChatChanged
    | CommentsCounted
    | UserChanged
    | Typing
    | BusinessConnectionChanged
    | PaymentStarted
    | PaymentSettled
    | PollAnswered
    | WorldReplaced
)
