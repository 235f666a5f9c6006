"""What an area hands to the outbox, and what the outbox hands to delivery."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from candor.common.ids import (
    AccountId,
    ChatRowId,
    ConversationId,
    MessageRowId,
    OutboxId,
    TelegramMessageId,
)
from candor.common.llm import Language
from candor.messaging.conversation import Author, Delivery, Provenance
from candor.messaging.gateway import Keyboard

Purpose = Literal["conversation", "comment", "group", "notice", "follow_up"]
"""Which rule decides, right before sending, whether it still may go out.

`conversation`: answers in a private dialogue; `comment`: a comment under a post; `group`: a message
in a study group; `notice`: code's own answers to commands, and alerts to the owner: always sent;
`follow_up`: the one reminder in a dialogue that went quiet.
"""
LabelForm = Literal["dialogue", "comment", "partner", "teacher", "none"]
"""Which label delivery puts in front (H1). `none` is for texts that a person wrote."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to be sent. The label is not part of `text`: delivery adds and verifies it."""

    account_id: AccountId
    chat: ChatRowId
    purpose: Purpose
    text: str
    author: Author
    language: Language
    label: LabelForm
    provenance: Provenance
    subject: int | None = None
    """The row the purpose's rule looks at: conversation, comment or group message id."""
    conversation_id: ConversationId | None = None
    """Set: the text is stored as a message of that conversation and shown there."""
    answers_up_to: MessageRowId | None = None
    """Cancelled when the client has written more than this by the time of sending."""
    reply_to: TelegramMessageId | None = None
    keyboard: Keyboard = ()
    not_before: datetime | None = None
    strategy: str | None = None
    stage: str | None = None
    trigger: str | None = None
    partner_name: str | None = None
    direct_messages_topic_id: int | None = None
    """Messages to a channel: whose topic it goes to; a chat of that kind holds many."""
    kind: Literal["text", "file"] = "text"
    """`file`: the client's export, made at the time of sending; `text` is its caption."""


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A stored outgoing text on its way."""

    id: OutboxId
    account_id: AccountId
    chat: ChatRowId
    purpose: Purpose
    text: str
    author: Author
    language: Language
    label: LabelForm
    status: Delivery
    random_id: int
    created_at: datetime
    subject: int | None = None
    conversation_id: ConversationId | None = None
    message: MessageRowId | None = None
    answers_up_to: MessageRowId | None = None
    reply_to: TelegramMessageId | None = None
    keyboard: Keyboard = ()
    not_before: datetime | None = None
    attempts: int = 0
    partner_name: str | None = None
    direct_messages_topic_id: int | None = None
    slot_at: datetime | None = None
    """The moment reserved for it within the account's limit."""
    sent_text: str | None = None
    """The final text of an attempt that has begun, label included."""
    is_labelled: bool = False
    """Whether `sent_text` opens with the label."""
    kind: Literal["text", "file"] = "text"
    """`file`: the client's export, made at the time of sending and never stored."""


@dataclass(frozen=True, slots=True)
class Send:
    """Go on."""


@dataclass(frozen=True, slots=True)
class Cancel:
    reason: str


@dataclass(frozen=True, slots=True)
class Postpone:
    at: datetime
    reason: str


Verdict = Send | Cancel | Postpone


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a delivery ended."""

    status: Delivery
    at: datetime
    message_id: TelegramMessageId | None = None
    text: str = ""
    """What was really sent, label included."""
    error: str = ""
    details: dict[str, str] = field(default_factory=dict)
