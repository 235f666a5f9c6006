"""What the calls of a model cost, as data between rooms: prices, the owner's own, and what is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

PRICES_SETTING: Final = "llm_prices"
"""Key of the owner's own prices among the setting overrides."""
MOST_PRICES: Final = 50
DEAREST_PRICE: Final = Decimal(10_000)
PRICE_PLACES: Final = 6
LONGEST_NAME: Final = 200

PriceSource = Literal["own", "local", "listed", "unknown"]
"""Where a price comes from: the owner, a server of one's own (nothing), Candor's list, nowhere."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    prompt: Decimal
    cached: Decimal
    completion: Decimal


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """What the owner pays for a model, in US dollars per million tokens.

    `model` is its name as configured. Without `cached`, cached tokens cost what all others do.
    """

    model: str
    prompt: Decimal
    completion: Decimal
    cached: Decimal | None = None

    @property
    def price(self) -> Price:
        cached = self.prompt if self.cached is None else self.cached
        return Price(self.prompt, cached, self.completion)

    def to_setting(self) -> dict[str, object]:
        return {
            "model": self.model,
            "prompt": str(self.prompt),
            "completion": str(self.completion),
            "cached": None if self.cached is None else str(self.cached),
        }


@dataclass(frozen=True, slots=True)
class ModelPricing:
    """At what the calls of a configured model are counted now; None where no price is known."""

    model: str
    source: PriceSource
    price: Price | None

    @property
    def is_unknown(self) -> bool:
        """Its calls are in no sum, so no money budget stops them."""
        return self.source == "unknown"


def prices_setting(prices: Iterable[OwnPrice]) -> list[dict[str, object]]:
    """As JSON for the store; `prices_from` reads it."""
    return [price.to_setting() for price in prices]


def prices_from(value: object) -> tuple[OwnPrice, ...]:
    """The stored JSON as prices; what can't be read is left out."""
    rows: Sequence[object] = value if isinstance(value, list) else []
    found = (_own_price(row) for row in rows if isinstance(row, Mapping))
    return tuple(price for price in found if price is not None)


def _own_price(row: Mapping[str, object]) -> OwnPrice | None:
    model, prompt, completion = row.get("model"), _rate(row, "prompt"), _rate(row, "completion")
    if not isinstance(model, str) or not model or prompt is None or completion is None:
        return None
    return OwnPrice(model, prompt, completion, _rate(row, "cached"))


def _rate(row: Mapping[str, object], name: str) -> Decimal | None:
    try:
        rate = Decimal(str(row.get(name)))
    except ArithmeticError:
        return None
    return rate if rate.is_finite() and rate >= 0 else None
