"""What the dashboard and the logs show, as data: filled by storage, read by the panel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

FUNNEL = ("comments", "clicks", "dialogues", "agreements", "groups", "tasks_done")
"""The stages in their order."""
LogKind = Literal["activity", "security", "system"]
LogLevel = Literal["info", "warning", "error"]
LOG_KEYS = 5
"""Keys of a place in the list of events: one number for each log that it is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsFilter:
    """The period, from the first moment up to, not including, the last; days are the zone's."""

    since: datetime
    until: datetime
    timezone: str = "UTC"
    account_id: int | None = None
    channel_id: int | None = None
    script_id: int | None = None
    script_version: int | None = None


@dataclass(frozen=True, slots=True)
class FunnelDay:
    """How many reached each stage on one day."""

    day: date
    comments: int = 0
    clicks: int = 0
    dialogues: int = 0
    agreements: int = 0
    groups: int = 0
    tasks_done: int = 0


@dataclass(frozen=True, slots=True)
class ReplyTimes:
    """Seconds from a client's message to the answer; None when nothing was answered."""

    answered: int = 0
    median: float | None = None
    p95: float | None = None


@dataclass(frozen=True, slots=True)
class ModelUse:
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Decimal = Decimal(0)
    """US dollars; what had no known price is not in it."""
    replies_cost: Decimal = Decimal(0)
    """The part of it that went into answers to clients."""


@dataclass(frozen=True, slots=True)
class VersionStats:
    """One version of one script in the period."""

    script_id: int
    script_key: str
    title: str
    version: int
    dialogues: int
    agreements: int
    script_80: int
    free_20: int
    score: float | None
    """Mean fit score of the answers."""


@dataclass(frozen=True, slots=True)
class ScriptName:
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Stats:
    """All figures of one period."""

    days: tuple[FunnelDay, ...] = ()
    strategies: Mapping[str, int] = field(default_factory=dict)
    """Answers by strategy: script_80, free_20."""
    authors: Mapping[str, int] = field(default_factory=dict)
    """Answers by who wrote them: ai, human."""
    replies: ReplyTimes = ReplyTimes()
    model: ModelUse = ModelUse()
    versions: tuple[VersionStats, ...] = ()

    def total(self, stage: str) -> int:
        """The sum of one funnel stage over all days."""
        return sum(int(getattr(day, stage)) for day in self.days)


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand right now."""

    waiting_for_person: int = 0
    held_by_people: int = 0
    waiting_for_ai: int = 0
    pending_comments: int = 0
    active_accounts: int = 0
    stopped_accounts: int = 0
    prepared_groups: int = 0
    active_groups: int = 0
    stuck_groups: int = 0
    unconfirmed: int = 0
    clients: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """None and empty mean any. `q` and an account are looked for among the newest 100,000 of each
    log, and so is a level in the logs of security."""

    kind: LogKind | None = None
    account_id: int | None = None
    level: LogLevel | None = None
    q: str = ""


@dataclass(frozen=True, slots=True)
class LogEntry:
    id: str
    """`activity:17`: unique over all kinds."""
    at: datetime
    kind: LogKind
    level: LogLevel
    event: str
    actor: str = ""
    subject: str = ""
    account_id: int | None = None
    details: Mapping[str, object] = field(default_factory=dict)
