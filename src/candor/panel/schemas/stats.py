"""The shapes of `/api/stats`."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field, model_validator

from candor.panel.schemas.common import Moment, Query, RowId, Schema

LONGEST = timedelta(days=400)


class StatsQuery(Query):
    """Days of the owner's zone, both included; without them the last 30 days."""

    since: Annotated[date | None, Field(alias="from", description="First day, YYYY-MM-DD.")] = None
    until: Annotated[date | None, Field(alias="to", description="Last day, included.")] = None
    account_id: RowId | None = None
    channel_id: RowId | None = None
    script_id: RowId | None = None
    script_version: Annotated[int | None, Field(ge=1, le=2_000_000_000)] = None

    @model_validator(mode="after")
    def _in_order(self) -> "StatsQuery":
        if self.since and self.until and self.since > self.until:
            raise ValueError("`from` lies after `to`.")
        if self.since and self.until and self.until - self.since > LONGEST:
            raise ValueError("At most 400 days.")
        return self


class FunnelDayAnswer(Schema):
    day: date
    comments: int
    clicks: int
    dialogues: int
    agreements: int
    groups: int
    tasks_done: int


class StageAnswer(Schema):
    stage: str
    count: int
    before: int
    """In the period of the same length before."""
    share_of_previous: float | None


class ReplyTimesAnswer(Schema):
    """Seconds."""

    answered: int
    median: float | None
    p95: float | None


class ModelUseAnswer(Schema):
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: str
    replies_cost: str
    cost_per_dialogue: str | None
    cost_per_agreement: str | None
    currency: str = "USD"


class VersionAnswer(Schema):
    script_id: int
    script_key: str
    title: str
    version: int
    dialogues: int
    agreements: int
    script_80: int
    free_20: int
    score: float | None


class StandingAnswer(Schema):
    waiting_for_person: int
    held_by_people: int
    waiting_for_ai: int
    pending_comments: int
    active_accounts: int
    stopped_accounts: int
    prepared_groups: int
    active_groups: int
    stuck_groups: int
    unconfirmed: int
    clients: int


class BeforeAnswer(Schema):
    """The same figures of the period of the same length just before."""

    strategies: Mapping[str, int]
    authors: Mapping[str, int]
    replies: ReplyTimesAnswer
    model: ModelUseAnswer


class StatsAnswer(Schema):
    since: Annotated[Moment, Field(serialization_alias="from")]
    until: Annotated[Moment, Field(serialization_alias="to")]
    funnel: list[StageAnswer]
    days: list[FunnelDayAnswer]
    strategies: Mapping[str, int]
    authors: Mapping[str, int]
    replies: ReplyTimesAnswer
    model: ModelUseAnswer
    versions: list[VersionAnswer]
    before: BeforeAnswer
    standing: StandingAnswer
