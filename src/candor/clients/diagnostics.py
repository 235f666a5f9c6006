"""Who is answering which questionnaire, and how far they got. What came of it is a DiagnosticResult.

A run is a row: it outlives restarts, waits for days, and belongs to one version of a questionnaire.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from candor.common.ids import (
    ClientId,
    ConversationId,
    MessageRowId,
    OutboxId,
    QuestionnaireId,
    QuestionnaireRunId,
)

RunStatus = Literal["active", "paused", "done", "skipped", "ended"]
"""`paused`: the client speaks of something else, a tap or a word takes it up again; `skipped`: the
client wants none; `ended`: another questionnaire took its place."""
RUN_STATUSES: tuple[RunStatus, ...] = ("active", "paused", "done", "skipped", "ended")
StartedBy = Literal["link", "script"]
STARTED_BY: tuple[StartedBy, ...] = ("link", "script")


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answered (or skipped) question."""

    question: str
    value: str | int | float | None
    """None: the question was skipped."""
    label: str
    """What the person reads as their answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionnaireRun:
    client_id: ClientId
    conversation_id: ConversationId
    questionnaire_id: QuestionnaireId
    version: int
    started_by: StartedBy
    question: str
    """Key of the question that waits for its answer."""
    asked_at: datetime
    started_at: datetime
    status: RunStatus = "active"
    answers: tuple[GivenAnswer, ...] = ()
    turn: int = 0
    """Counts what was accepted; a button carries the turn it belongs to."""
    misses: int = 0
    """Answers in a row that did not fit the question."""
    asked: OutboxId | None = None
    ended_at: datetime | None = None
    id: QuestionnaireRunId | None = None
    """None until it is stored."""

    @property
    def is_live(self) -> bool:
        return self.status in ("active", "paused")


class QuestionnaireRuns(Protocol):
    """Storage of runs; one live run per conversation."""

    async def add(self, run: QuestionnaireRun) -> QuestionnaireRunId:
        """A live run of the same conversation must have been ended before."""
        ...

    async def save(self, run: QuestionnaireRun) -> None: ...

    async def get(self, run_id: QuestionnaireRunId) -> QuestionnaireRun | None: ...

    async def live(self, conversation_id: ConversationId) -> QuestionnaireRun | None:
        """The conversation's live run, locked until the unit ends."""
        ...

    async def latest(self, conversation_id: ConversationId) -> QuestionnaireRun | None: ...

    async def lock_client(self, client_id: ClientId) -> bool:
        """No other update of this person is worked on meanwhile; False: the person is gone."""
        ...

    async def is_shown(self, outbox_id: OutboxId) -> bool:
        """Whether the question may have reached the person."""
        ...

    async def mark_answer(self, message: MessageRowId) -> None:
        """The message is an answer to a question; the panel says so."""
        ...


def as_rows(answers: tuple[GivenAnswer, ...]) -> list[dict[str, object]]:
    """For storing as JSON."""
    return [{"question": a.question, "value": a.value, "label": a.label} for a in answers]


def from_row(row: Mapping[str, object]) -> GivenAnswer:
    value = row.get("value")
    known = value if isinstance(value, str | int | float) else None
    return GivenAnswer(str(row["question"]), known, str(row.get("label", "")))
