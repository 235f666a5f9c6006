"""`journey_progress`: the stages a client went through, with times and causes.

The journey `client` holds the milestones from the first touch to the finished course; beside it run
the steps of the script during the sale (`sales`) and the lessons later (`education`); `user_sessions` are visits (a visit ends
after half an hour without a message); `diagnostic_results` keep answers to a questionnaire.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from candor.common.events import EventKind
from candor.common.ids import AccountId, ClientId, ConversationId, GroupId

VISIT_ENDS_AFTER = timedelta(minutes=30)
Journey = Literal["client", "sales", "education"]
JOURNEYS: tuple[Journey, ...] = ("client", "sales", "education")
Milestone = Literal["first_touch", "dialogue", "agreed", "group", "task_done", "completed"]
MILESTONES: tuple[Milestone, ...] = (
    "first_touch",
    "dialogue",
    "agreed",
    "group",
    "task_done",
    "completed",
)
"""In the order in which they are reached; nobody falls back behind one."""
Source = Literal["direct", "comment", "channel", "utm", "deep_link", "group", "import"]
SOURCES: tuple[Source, ...] = (
    "direct",
    "comment",
    "channel",
    "utm",
    "deep_link",
    "group",
    "import",
)
UTM_PARTS = ("source", "medium", "campaign", "content", "term")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a person came from first."""

    source: Source
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def cause(self) -> str:
        """`comment:12`, `utm:instagram/ads`, `direct`."""
        said = "/".join(str(value) for value in self.details.values())
        return f"{self.source}:{said}"[:200] if said else self.source


def origin_of(payload: str | None) -> Origin:
    """What the payload of a deep link tells: `t.me/BOT?start=PAYLOAD`.

    `c_12`: the comment 12; `ch_name`: a post of the channel @name; `utm_instagram_ads_spring`: source,
    medium, campaign, content, term, in this order, parts may be left out at the end; anything else is
    kept as it is.
    """
    if not payload:
        return Origin("direct")
    kind, _, rest = payload.partition("_")
    if kind == "c" and rest.isascii() and rest.isdigit() and len(rest) < 19:
        return Origin("comment", {"comment": int(rest)})
    if kind == "ch" and rest:
        return Origin("channel", {"channel": rest[:64]})
    if kind == "utm" and rest.strip("_"):
        parts = zip(UTM_PARTS, rest.split("_", len(UTM_PARTS) - 1), strict=False)
        return Origin("utm", {name: value[:64] for name, value in parts if value})
    return Origin("deep_link", {"payload": payload[:64]})


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


def milestone_of(entry: StageEntry) -> tuple[Milestone, EventKind] | None:
    """What a stage of the lessons means for the client's way: the milestone, and the event of it."""
    if entry.journey != "education":
        return None
    if entry.stage == "group":
        return "group", "group.joined"
    if entry.stage.startswith(DONE):
        return "task_done", "task.done"
    return ("completed", "group.completed") if entry.stage == "task_done" else None


DONE: Final = "done:"
"""Stage of a step whose task the client has handed in: `done:lesson-1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One row of `user_sessions`: from the first message after a pause to the last before the next."""

    client_id: ClientId
    started_at: datetime
    account_id: AccountId | None = None
    ended_at: datetime | None = None
    """Known when the next visit begins."""
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticResult:
    """Answers to a questionnaire and what code made of them. No model grades anybody (H8)."""

    client_id: ClientId
    kind: str
    answers: Mapping[str, object]
    result: Mapping[str, object]
    created_at: datetime
    version: int | None = None
    """The questionnaire's version."""
    id: int = 0


class JourneyRepository(Protocol):
    async def enter(self, entry: StageEntry) -> bool:
        """Leave the stage the client is in and enter this one; False if it is there already.

        A stage that stands for a milestone reaches it, and its event is published."""
        ...

    async def reach(
        self,
        client_id: ClientId,
        milestone: Milestone,
        *,
        cause: str,
        now: datetime,
        conversation_id: ConversationId | None = None,
        group_id: GroupId | None = None,
    ) -> bool:
        """The client has come so far; False when they were there or further already."""
        ...

    async def begin(self, client_id: ClientId, origin: Origin, *, now: datetime) -> None:
        """The first touch: the source and the first milestone of a client who is new."""
        ...

    async def of_client(self, client_id: ClientId) -> Sequence[StageEntry]:
        """Oldest first."""
        ...

    async def visits_of(self, client_id: ClientId, *, limit: int = 200) -> Sequence[Visit]:
        """Newest first."""
        ...

    async def add_diagnostic(self, result: DiagnosticResult) -> int: ...

    async def diagnostics_of(self, client_id: ClientId) -> Sequence[DiagnosticResult]:
        """Newest first."""
        ...
