"""A conversation: one client with one account, who handles it now, and where in the script it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from candor.common.ids import (
    AccountId,
    ChatRowId,
    ClientId,
    ConversationId,
    MessageRowId,
    OperatorId,
    ScriptId,
    TelegramChatId,
    TelegramMessageId,
)
from candor.common.llm import Strategy

Handling = Literal["ai", "human", "paused", "opted_out", "closed"]
Author = Literal["client", "ai", "human"]
Delivery = Literal["queued", "sending", "sent", "unconfirmed", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Conversation:
    id: ConversationId
    client_id: ClientId
    account_id: AccountId
    chat: ChatRowId
    chat_id: TelegramChatId
    handling: Handling
    created_at: datetime
    operator_id: OperatorId | None = None
    """Who took it, while `handling` is `human`."""
    assigned_to: OperatorId | None = None
    """Whose matter it is, whoever answers at the moment."""
    script_id: ScriptId | None = None
    script_version: int | None = None
    stage: str | None = None
    """Key of the script step whose words were said last."""
    return_stage: str | None = None
    """Where to come back to after the client jumped."""
    strategy: Strategy | None = None
    script_fit_score: float | None = None
    origin: str | None = None
    """The start payload it began with: `c_17` came by comment 17."""
    summary: str = ""
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    waiting_since: datetime | None = None
    """When the oldest message without an answer came; None: nothing waits."""
    handling_since: datetime | None = None
    handling_reason: str = ""
    """Why a person is wanted, or why it is paused or closed."""

    @property
    def wants_person(self) -> bool:
        """Handed to people, and nobody has taken it yet."""
        return self.handling == "human" and self.operator_id is None


@dataclass(frozen=True, slots=True)
class Provenance:
    """H10: how an outgoing text came about. Stored with the message for ever as long as it lives."""

    written_by: Literal["model", "script", "knowledge", "code", "person"]
    model: str = ""
    prompt_version: str = ""
    script_key: str = ""
    script_version: int | None = None
    approved_by: OperatorId | None = None
    cost: str | None = None
    """US dollars as a decimal string, None when no model was paid."""
    fact_ids: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ConversationMessage:
    id: MessageRowId
    conversation_id: ConversationId
    direction: Literal["in", "out"]
    author: Author
    text: str
    kind: str
    """`text`, or the kind of media (`photo`, `voice`, ...); `text` then holds the caption."""
    created_at: datetime
    message_id: TelegramMessageId | None = None
    edited_at: datetime | None = None
    answered_at: datetime | None = None
    """Inbound only: when a turn (or a person, or a command) has dealt with it."""
    analysis: Mapping[str, object] | None = None
    strategy: Strategy | None = None
    stage: str | None = None
    trigger: str | None = None
    delivery: Delivery | None = None
    provenance: Mapping[str, object] = field(default_factory=dict)
    sent_text: str | None = None
    """Outbound: what was really sent, label included; None until delivery takes it up."""
    sent_at: datetime | None = None
