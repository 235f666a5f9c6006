"""The sign that an answer is being written: shown when it takes a while, never broken off."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from candor.bootstrap import typing
from candor.bootstrap.typing import TypingSign

CONVERSATION: Any = SimpleNamespace(id=1, account_id=1, chat_id=1)


class SlowGateway:
    """Answers when it is told to; notes what became of each request."""

    def __init__(self) -> None:
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.finished = asyncio.Event()
        self.requests = 0

    async def of(self, account_id: object) -> "SlowGateway":
        return self

    async def show_typing(self, chat_id: object) -> None:
        self.requests += 1
        self.asked.set()
        await self.may_answer.wait()
        self.finished.set()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typing, "SHOWN_AFTER", 0.001)


async def test_that_a_request_on_its_way_is_let_finish_when_the_answer_is_there() -> None:
    gateway = SlowGateway()
    async with TypingSign(gateway).during(CONVERSATION):  # type: ignore[arg-type]
        await gateway.asked.wait()
    gateway.may_answer.set()
    async with asyncio.timeout(30):
        await gateway.finished.wait()
    assert gateway.requests == 1


async def test_that_an_answer_at_once_needs_no_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typing, "SHOWN_AFTER", 3600)
    gateway = SlowGateway()
    async with TypingSign(gateway).during(CONVERSATION):  # type: ignore[arg-type]
        pass
    shown = [task for task in asyncio.all_tasks() if task.get_name().startswith("typing")]
    async with asyncio.timeout(30):
        await asyncio.gather(*shown)
    assert gateway.requests == 0
