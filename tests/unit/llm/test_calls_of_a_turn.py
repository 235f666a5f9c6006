"""A turn that has asked the model often enough is written without it."""

from datetime import UTC, datetime
from unittest.mock import Mock

from candor.common.clock import FrozenClock
from candor.common.llm import MessageAnalysis, Step, WritingRequest
from candor.llm.encoder import UseEncoder
from candor.llm.resilient import ResilientLLMService

READ = MessageAnalysis(
    main_idea="", keywords=(), tone="neutral", script_fit_score=0.9, step=None, triggers=(), language="ru"
)  # fmt: skip


async def test_that_no_call_is_made_when_none_is_left() -> None:
    engine = Mock(model="m")
    clock = FrozenClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
    service = ResilientLLMService(encoder=UseEncoder(), clock=clock, engines=[engine])
    step = Step("need", "Для чего вам английский?")
    request = WritingRequest("script_80", "ru", "Маяк", "привет", READ, step, (), calls_left=0)
    draft = await service.write_reply(request)
    assert (draft.engine, draft.text) == ("offline", "Для чего вам английский?")
    assert "asked twice" in draft.note
    engine.write_reply.assert_not_called()
