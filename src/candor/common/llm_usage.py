"""What the language model costs and says, as data between rooms: usage rows, budgets, own prompts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from candor.common.llm import Usage

Purpose = Literal["reply", "group", "post", "comment"]
BUDGET_SETTING = "llm_budget"
"""Key of the owner's budget among the setting overrides."""


DEFAULT_WARNING = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One model call at the prices of its moment; the cost never changes afterwards."""

    at: datetime
    purpose: Purpose
    usage: Usage
    client_id: int | None = None
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class Sums:
    """What was spent since a day's and a month's beginning, in US dollars, and calls."""

    day: Decimal = Decimal(0)
    month: Decimal = Decimal(0)
    calls_today: int = 0


@dataclass(frozen=True, slots=True)
class SpendLine:
    """One line of the spend page: a day, a model and a purpose."""

    day: str
    model: str
    purpose: str
    calls: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost: Decimal
    unknown_calls: int
    """Calls whose price is not known; they are not in `cost`."""
    estimated_calls: int = 0
    """Calls whose tokens the server did not count, or whose price is of Candor's list."""


@dataclass(frozen=True, slots=True)
class ClientSpend:
    """What the dialogue with one client has cost, in US dollars."""

    client_id: int
    name: str
    calls: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Budget:
    """Hard stops in US dollars; None means no limit. At `warn_at` of a limit the owner is warned."""

    client_day: Decimal | None = None
    day: Decimal | None = None
    month: Decimal | None = None
    client_calls_day: int = 150
    """Holds even where prices are unknown."""
    warn_at: Decimal = DEFAULT_WARNING

    @property
    def has_money_limit(self) -> bool:
        """A limit that only calls of a known price can reach."""
        return not (self.client_day is None and self.day is None and self.month is None)

    @classmethod
    def from_setting(cls, value: object) -> "Budget":
        """The stored JSON as a budget; what can't be read falls back to no limit."""
        given: Mapping[str, object] = value if isinstance(value, Mapping) else {}
        calls = given.get("client_calls_day")
        return cls(
            client_day=_money(given.get("client_day")),
            day=_money(given.get("day")),
            month=_money(given.get("month")),
            client_calls_day=calls if isinstance(calls, int) and calls > 0 else 150,
            warn_at=_share(given.get("warn_at")),
        )

    def to_setting(self) -> dict[str, object]:
        return {
            "client_day": None if self.client_day is None else str(self.client_day),
            "day": None if self.day is None else str(self.day),
            "month": None if self.month is None else str(self.month),
            "client_calls_day": self.client_calls_day,
            "warn_at": str(self.warn_at),
        }


@dataclass(frozen=True, slots=True)
class EngineSwitch:
    """A process began to answer with the model, or without it and why."""

    at: datetime
    engine: Literal["model", "offline"]
    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """One version of an owner's prompt; `text` None means: back to the shipped one."""

    name: str
    version: int
    text: str | None
    created_at: datetime
    created_by: str


class UsageRepository(Protocol):
    async def add(self, rows: Sequence[UsageRow]) -> None: ...

    async def sums(self, *, day_from: datetime, month_from: datetime) -> Sums: ...

    async def client_sums(self, client_id: int, *, since: datetime) -> tuple[Decimal, int]: ...

    async def spend(
        self, *, since: datetime, until: datetime, timezone: str
    ) -> tuple[SpendLine, ...]:
        """Newest day first, dearest model first."""
        ...

    async def dearest(
        self, *, since: datetime, until: datetime, limit: int
    ) -> tuple[ClientSpend, ...]:
        """The clients whose calls cost most; without those who were erased."""
        ...


class PromptRepository(Protocol):
    async def current(self, name: str) -> PromptVersion | None: ...

    async def versions(self, name: str) -> tuple[PromptVersion, ...]:
        """Newest first."""
        ...

    async def add(self, name: str, text: str | None, *, by: str, now: datetime) -> PromptVersion:
        """The next version; it is in use from the commit on."""
        ...


def _money(value: object) -> Decimal | None:
    try:
        amount = Decimal(str(value)) if value is not None else None
    except ArithmeticError:
        return None
    return amount if amount is not None and amount.is_finite() and amount >= 0 else None


def _share(value: object) -> Decimal:
    """A share of a limit, more than nothing and at most all of it."""
    amount = _money(value)
    return amount if amount is not None and 0 < amount <= 1 else DEFAULT_WARNING
