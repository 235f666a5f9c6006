"""The shapes of `/api/model`, `/api/prompts`, `/api/budget`, `/api/prices` and `/api/spend`.

Money is in US dollars.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from candor.common.llm_prices import (
    DEAREST_PRICE,
    LONGEST_NAME,
    MOST_PRICES,
    PRICE_PLACES,
    PriceSource,
)
from candor.panel.schemas.common import Body, Moment, Money, Query, Schema
from candor.panel.schemas.stats import StatsQuery

Limit = Annotated[
    float | None, Field(ge=0, le=1_000_000, description="US dollars; null: no limit.")
]

Rate = Annotated[
    Decimal,
    Field(
        ge=0,
        le=DEAREST_PRICE,
        decimal_places=PRICE_PLACES,
        description="US dollars per million tokens.",
    ),
]


class SwitchAnswer(Schema):
    at: Moment
    engine: Literal["model", "offline"]
    model: str
    reason: str


class ModelAnswer(Schema):
    """Who answers now. `since` and `reason` tell why it is the offline engine."""

    is_configured: bool
    engine: Literal["model", "offline"]
    model: str
    reason: str
    since: Moment | None
    encoder: str
    spent_today: Money
    spent_month: Money
    switches: list[SwitchAnswer]


class AbilitiesAnswer(Schema):
    json_mode: str
    has_streaming: bool | None
    has_caching: bool | None


class ConnectionAnswer(Schema):
    is_ok: bool
    model: str
    message: str
    mend: str
    milliseconds: int
    capabilities: AbilitiesAnswer
    models: list[str]


class PromptVersionAnswer(Schema):
    version: int
    is_shipped_text: bool
    created_at: Moment
    created_by: str


class PromptAnswer(Schema):
    name: str
    label: Annotated[str, Field(description="Stands in the provenance of every answer.")]
    is_own: bool
    text: str
    shipped: str
    left_out: Annotated[
        list[str],
        Field(
            description="Placeholders of the shipped text that this one lacks: the model is not "
            "told what they hold."
        ),
    ]
    versions: list[PromptVersionAnswer]


class PromptBody(Body):
    text: Annotated[str, Field(min_length=1, max_length=20_000)]


class PromptRollbackBody(Body):
    version: Annotated[
        int | None,
        Field(ge=0, le=2_000_000_000, description="0 or null: back to the shipped text."),
    ]


class PromptDiffQuery(Query):
    older: Annotated[
        int, Field(alias="from", ge=0, le=2_000_000_000, description="0: the shipped text.")
    ] = 0
    newer: Annotated[int, Field(alias="to", ge=0, le=2_000_000_000)] = 0


class PromptDiffAnswer(Schema):
    unified: str


class BudgetBody(Body):
    client_day: Limit = None
    day: Limit = None
    month: Limit = None
    client_calls_day: Annotated[int, Field(ge=1, le=100_000)] = 150
    warn_at: Annotated[float, Field(gt=0, le=1, description="Share of a limit.")] = 0.8


class BudgetAnswer(Schema):
    client_day: float | None
    day: float | None
    month: float | None
    client_calls_day: int
    warn_at: float


class PriceBody(Body):
    """What the owner pays for a model."""

    model: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True,
            min_length=1,
            max_length=LONGEST_NAME,
            pattern=r"^[^\x00-\x1f\x7f]+$",
        ),
        Field(description="Its name as CANDOR_LLM_MODEL has it."),
    ]
    prompt: Rate
    completion: Rate
    cached: Annotated[
        Rate | None, Field(description="For cached tokens; null: they cost as all others.")
    ] = None


class PricesBody(Body):
    prices: Annotated[
        list[PriceBody], Field(max_length=MOST_PRICES, description="All own prices, each once.")
    ]


class PriceAnswer(Schema):
    model: str
    prompt: Money
    completion: Money
    cached: Money | None


class ModelPricingAnswer(Schema):
    model: str
    source: Annotated[
        PriceSource,
        Field(description="`unknown`: its calls count for nothing in the money limits."),
    ]


class PricesAnswer(Schema):
    prices: list[PriceAnswer]
    models: Annotated[
        list[ModelPricingAnswer], Field(description="Where the configured models' prices are from.")
    ]


class SpendQuery(Query):
    """Days of the owner's zone, both included; without them the last 30 days."""

    since: Annotated[date | None, Field(alias="from", description="First day, YYYY-MM-DD.")] = None
    until: Annotated[date | None, Field(alias="to", description="Last day, included.")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "SpendQuery":
        self.as_stats()
        return self

    def as_stats(self) -> StatsQuery:
        """The same days as a question to the dashboard's figures."""
        return StatsQuery.model_validate({"from": self.since, "to": self.until})


class SpendLineAnswer(Schema):
    day: date
    model: str
    purpose: str
    calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost: Money
    unknown_calls: Annotated[int, Field(description="No price is known; not in `cost`.")]
    estimated_calls: Annotated[int, Field(description="Tokens or price are an estimate.")]

    @property
    def exact_calls(self) -> int:
        return self.calls - self.unknown_calls - self.estimated_calls


class ClientSpendAnswer(Schema):
    client_id: int
    name: str
    calls: int
    cost: Money


class SpendAnswer(Schema):
    since: date
    until: date
    cost: Money
    calls: int
    unknown_calls: int
    estimated_calls: int
    cost_per_dialogue: str | None
    cost_per_agreement: str | None
    lines: list[SpendLineAnswer]
    dearest: Annotated[
        list[ClientSpendAnswer], Field(description="The ten clients whose dialogues cost most.")
    ]
