"""What the panel asks of the language room: prompts, budgets, prices, spend, and who answers now."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from candor.common.llm_prices import ModelPricing, OwnPrice
from candor.common.llm_usage import Budget, ClientSpend, EngineSwitch, PromptVersion, SpendLine


class PromptText(Protocol):
    """One prompt: the text in use, the shipped one, and the owner's versions, newest first."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def shipped(self) -> str: ...

    @property
    def is_own(self) -> bool: ...

    @property
    def left_out(self) -> Sequence[str]:
        """Placeholders of the shipped text that this one lacks."""
        ...

    @property
    def versions(self) -> Sequence[PromptVersion]: ...


class ServerAbilities(Protocol):
    @property
    def json_mode(self) -> str: ...

    @property
    def has_streaming(self) -> bool | None: ...

    @property
    def has_caching(self) -> bool | None: ...


class Connection(Protocol):
    """What a connection test found."""

    @property
    def is_ok(self) -> bool: ...

    @property
    def model(self) -> str: ...

    @property
    def message(self) -> str: ...

    @property
    def mend(self) -> str: ...

    @property
    def milliseconds(self) -> int: ...

    @property
    def capabilities(self) -> ServerAbilities: ...

    @property
    def models(self) -> Sequence[str]: ...


class Engine(Protocol):
    """Who would write the next answer, and what is spent. Money is in US dollars."""

    @property
    def engine(self) -> Literal["model", "offline"]: ...

    @property
    def model(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def spent_today(self) -> Decimal: ...

    @property
    def spent_month(self) -> Decimal: ...

    @property
    def encoder(self) -> str: ...


class LanguageDesk(Protocol):
    """`LanguageAdministration` fulfils it."""

    @property
    def name(self) -> str:
        """The first model's name; empty without one."""
        ...

    async def engine(self) -> Engine: ...

    async def switches(self) -> Sequence[EngineSwitch]: ...

    async def connection(self) -> Connection: ...

    async def prompts(self) -> Sequence[PromptText]: ...

    async def prompt(self, name: str) -> PromptText: ...

    async def compared(self, name: str, *, older: int, newer: int) -> tuple[str, str]: ...

    async def save_prompt(self, name: str, text: str, *, by: str) -> PromptVersion: ...

    async def restore_prompt(self, name: str, version: int | None, *, by: str) -> PromptVersion: ...

    async def budget(self) -> Budget: ...

    async def set_budget(self, budget: Budget, *, by: str) -> None: ...

    async def prices(self) -> Sequence[OwnPrice]: ...

    async def set_prices(self, prices: Sequence[OwnPrice], *, by: str) -> None: ...

    async def pricing(self) -> Sequence[ModelPricing]:
        """Of each configured model."""
        ...

    async def spend(self, *, since: datetime, until: datetime) -> Sequence[SpendLine]: ...

    async def dearest(self, *, since: datetime, until: datetime) -> Sequence[ClientSpend]: ...
