"""`journey_progress`: the stages a client went through, with times and causes.

Stages are script steps during the sale and lessons later; `user_sessions` are visits (a visit ends
after half an hour without a message); `diagnostic_results` keep answers to a questionnaire.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from candor.common.ids import ClientId, ConversationId, GroupId

VISIT_ENDS_AFTER = timedelta(minutes=30)
Journey = Literal["sales", "education"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEntry:
    """A client entered a stage. `cause` says why: `script_80`, `trigger:agrees_to_group`, ..."""

    client_id: ClientId
    journey: Journey
    stage: str
    cause: str
    entered_at: datetime
    conversation_id: ConversationId | None = None
    group_id: GroupId | None = None
    left_at: datetime | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticResult:
    """Answers to a questionnaire and what code made of them. No model grades anybody (H8)."""

    client_id: ClientId
    kind: str
    answers: Mapping[str, object]
    result: Mapping[str, object]
    created_at: datetime
    id: int = 0


class JourneyRepository(Protocol):
    async def enter(self, entry: StageEntry) -> bool:
        """Leave the stage the client is in and enter this one; False if it is there already."""
        ...

    async def of_client(self, client_id: ClientId) -> Sequence[StageEntry]:
        """Oldest first."""
        ...

    async def add_diagnostic(self, result: DiagnosticResult) -> int: ...

    async def diagnostics_of(self, client_id: ClientId) -> Sequence[DiagnosticResult]:
        """Newest first."""
        ...
