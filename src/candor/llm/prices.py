"""What a call cost. Prices are frozen into each usage row, so a new price list changes no history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from candor.common.llm import Usage
from candor.common.llm_prices import Price, PriceSource
from candor.llm.chat_model import Completion

_MILLION: Final = Decimal(1_000_000)
MOST_TOKENS: Final = 100_000_000
"""Of one call: more than any model reads, and few enough for the usage table."""
CHARACTERS_PER_TOKEN: Final = 3.0
"""For servers that report no usage; between Russian (about 2.5) and English (about 4)."""
CostKind = Literal["exact", "estimated", "unknown"]
_KINDS: Final[dict[PriceSource, CostKind]] = {
    "own": "exact",
    "local": "exact",
    "listed": "estimated",
    "unknown": "unknown",
}


def _price(prompt: str, cached: str, completion: str) -> Price:
    return Price(Decimal(prompt), Decimal(cached), Decimal(completion))


PRICES_OF: Final = "2025-11"
PRICES: Final[dict[str, Price]] = {
    "gpt-5": _price("1.25", "0.125", "10"),
    "gpt-5-mini": _price("0.25", "0.025", "2"),
    "gpt-5-nano": _price("0.05", "0.005", "0.40"),
    "gpt-4.1": _price("2", "0.50", "8"),
    "gpt-4.1-mini": _price("0.40", "0.10", "1.60"),
    "gpt-4.1-nano": _price("0.10", "0.025", "0.40"),
    "gpt-4o": _price("2.50", "1.25", "10"),
    "gpt-4o-mini": _price("0.15", "0.075", "0.60"),
}
"""List prices of some models as published in `PRICES_OF`; others are "unknown" until the owner
gives a price. A local server costs nothing per token."""


@dataclass(frozen=True, slots=True)
class FoundPrice:
    """The price that holds for a model, and where it comes from."""

    price: Price | None
    source: PriceSource

    @property
    def kind(self) -> CostKind:
        """How sure a cost at this price is, when the server has counted the tokens."""
        return _KINDS[self.source]


def price_of(
    names: Sequence[str], *, own: Mapping[str, Price] | None = None, is_local: bool = False
) -> FoundPrice:
    """`names` of one model, as configured first, then as the server calls it. An own price goes
    before the list."""
    for name in names:
        if own and name in own:
            return FoundPrice(own[name], "own")
    if is_local:
        return FoundPrice(_price("0", "0", "0"), "local")
    for name in names:
        if (listed := _listed(name)) is not None:
            return FoundPrice(listed, "listed")
    return FoundPrice(None, "unknown")


def _listed(model: str) -> Price | None:
    """Also for `name-2025-08-07`, and behind a router's prefix: it asks at least as much."""
    bare = model.rpartition("/")[2]
    for name in sorted(PRICES, key=len, reverse=True):
        if bare == name or bare.startswith(f"{name}-2"):
            return PRICES[name]
    return None


def usage_of(
    completion: Completion,
    *,
    asked: str,
    prompt_characters: int,
    own: Mapping[str, Price] | None = None,
    is_local: bool = False,
) -> Usage:
    """The usage row of a call to the model `asked`, its cost at the prices of this moment."""
    prompt, done = _counted(completion.prompt_tokens), _counted(completion.completion_tokens)
    found = price_of((asked, completion.model), own=own, is_local=is_local)
    price, kind = found.price, found.kind
    if not completion.has_usage:
        prompt = estimated_tokens(prompt_characters)
        done = estimated_tokens(len(completion.text))
        kind = "estimated" if price is not None else "unknown"
    cached = min(_counted(completion.cached_tokens), prompt)
    return Usage(
        model=completion.model,
        prompt_tokens=prompt,
        cached_tokens=cached,
        completion_tokens=done,
        cost=_cost(price, prompt, cached, done) if price is not None else None,
        cost_kind=kind,
    )


def _counted(tokens: int) -> int:
    """What a server tells within what can be: a figure beyond would stop the accounts."""
    return min(max(tokens, 0), MOST_TOKENS)


def estimated_tokens(characters: int) -> int:
    return int(characters / CHARACTERS_PER_TOKEN) + 1


def _cost(price: Price, prompt: int, cached: int, completion: int) -> Decimal:
    total = (prompt - cached) * price.prompt + cached * price.cached + completion * price.completion
    return (total / _MILLION).quantize(Decimal("0.00000001"))
