"""How near a post lies to the channel's topics, by local sentence embeddings: no model is asked."""

from collections.abc import Sequence

import numpy as np

from candor.common.llm import Encoder

MAX_CHARACTERS = 2_000


class Relevance:
    """0..1; None where no encoder runs or there are no topics to compare with."""

    def __init__(self, encoder: Encoder | None = None) -> None:
        self._encoder = encoder

    async def measure(self, text: str, topics: Sequence[str]) -> float | None:
        """The nearest topic's cosine."""
        if self._encoder is None or not topics or not text.strip():
            return None
        vectors = await self._encoder.encode([text[:MAX_CHARACTERS], *topics])
        nearest = float(np.max(vectors[1:] @ vectors[0]))
        return min(1.0, max(0.0, nearest))
