"""The prices that hold in this process: the owner's own, read again after a change, before the list."""

import time
from collections.abc import Iterable
from typing import Final, Protocol

from candor.common.llm import Usage
from candor.common.llm_prices import ModelPricing, OwnPrice
from candor.llm.chat_model import Completion
from candor.llm.prices import price_of, usage_of

PRICES_AGE: Final = 15.0
"""Seconds after which they are read anew, should the word of a change have been missed."""


class PriceStore(Protocol):
    """Where the owner's prices lie."""

    async def prices(self) -> tuple[OwnPrice, ...]: ...


class PriceBook:
    """What calls cost. Without a `store` it holds what it was given.

    `is_local`: the server is the business's own, and costs nothing unless the owner gave a price.
    """

    def __init__(
        self,
        own: Iterable[OwnPrice] = (),
        *,
        store: PriceStore | None = None,
        is_local: bool = False,
    ) -> None:
        self._own = {one.model: one.price for one in own}
        self._store = store
        self._is_local = is_local
        self._read_at: float | None = None
        self._answered: dict[str, str] = {}

    def forget(self) -> None:
        """The prices were changed: read them before the next call."""
        self._read_at = None

    async def refresh(self) -> None:
        """Read them unless they are fresh. Before a call, so that no paid answer is lost by it."""
        now = time.monotonic()
        is_fresh = self._read_at is not None and now - self._read_at < PRICES_AGE
        if self._store is None or is_fresh:
            return
        self._own = {one.model: one.price for one in await self._store.prices()}
        self._read_at = now

    def usage(self, completion: Completion, *, asked: str, prompt_characters: int) -> Usage:
        """The usage row of a call to the model `asked`, at the prices that were read last."""
        self._answered[asked] = completion.model
        return usage_of(
            completion,
            asked=asked,
            prompt_characters=prompt_characters,
            own=self._own,
            is_local=self._is_local,
        )

    async def pricing(self, model: str) -> ModelPricing:
        """At what calls of this model are counted; a name that its server gave it counts too."""
        await self.refresh()
        names = (model, self._answered.get(model, model))
        found = price_of(names, own=self._own, is_local=self._is_local)
        return ModelPricing(model, found.source, found.price)
