"""What the panel and the areas read of conversations: pages, details, and a turn to be answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from candor.clients.profile import ClientProfile
from candor.common.ids import ConversationId, MessageRowId, NoteId, OperatorId, ScriptId
from candor.common.llm import Strategy
from candor.messaging.conversation import Conversation, ConversationMessage, Handling
from candor.messaging.follow_up import FollowUp


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationFilter:
    """Which conversations; None and empty mean any.

    `q` looks for the beginnings of words in names and in messages; of words that stand everywhere
    it finds the newest dialogues only.
    """

    stage: str | None = None
    strategy: Strategy | None = None
    handling: Handling | None = None
    assigned_to: OperatorId | None = None
    is_unassigned: bool = False
    q: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What people wrote down about a conversation; no client ever sees it."""

    id: NoteId
    conversation_id: ConversationId
    author: str
    """An e-mail or `token NAME`."""
    text: str
    created_at: datetime
    message: MessageRowId | None = None
    """The message that it is about."""


@dataclass(frozen=True, slots=True)
class ConversationLine:
    """One line of the list."""

    conversation: Conversation
    client: ClientProfile
    last_text: str
    """Beginning of the newest message."""
    last_author: str


LIST_KEYS: Final = 3
"""Keys of a place in the list: 0 where a person is waited for, else 1; the last word; the number."""


@dataclass(frozen=True, slots=True)
class ConversationDetail:
    conversation: Conversation
    client: ClientProfile
    messages: tuple[ConversationMessage, ...]
    """Oldest first."""
    has_earlier: bool
    is_reachable: bool
    """False: the client blocked the account."""
    notes: tuple[Note, ...] = ()
    follow_up: FollowUp | None = None
    """The reminder that is planned, else what became of the last one."""
    """Oldest first."""


@dataclass(frozen=True, slots=True)
class Turn:
    """All that one answer needs, read in one go."""

    conversation: Conversation
    client: ClientProfile
    unanswered: tuple[ConversationMessage, ...]
    """The burst, oldest first; at least one."""
    history: tuple[ConversationMessage, ...]
    """What was said before the burst, oldest first; only what was really sent or may have been."""

    @property
    def text(self) -> str:
        """The burst, one message per line; a bare medium stands as its kind in brackets."""
        return "\n".join(line.text or f"[{line.kind}]" for line in self.unanswered)

    @property
    def up_to(self) -> MessageRowId:
        """Give this as `Outgoing.answers_up_to` and `SavedTurn.up_to`."""
        return self.unanswered[-1].id

    @property
    def edited_at(self) -> datetime | None:
        """When the burst was last changed by its author, if ever. Give this as `SavedTurn.edited_at`."""
        return max((m.edited_at for m in self.unanswered if m.edited_at), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTurn:
    """What a turn decided. Stored in the unit that puts the answer into the outbox."""

    conversation_id: ConversationId
    up_to: MessageRowId
    """Everything unanswered up to here counts as answered."""
    edited_at: datetime | None
    """The newest edit that this turn has read; a newer one makes it start over."""
    now: datetime
    stage: str | None
    return_stage: str | None = None
    strategy: Strategy | None = None
    script_id: ScriptId | None = None
    script_version: int | None = None
    script_fit_score: float | None = None
    analysis: Mapping[str, object] | None = None
    """Stored with the last message of the burst."""
    trigger: str | None = None
    cause: str = ""
    """Why the stage changed, for `journey_progress`; default: the strategy."""
    summary: str | None = None
    """None keeps the one that is there."""


Messages = Sequence[ConversationMessage]
