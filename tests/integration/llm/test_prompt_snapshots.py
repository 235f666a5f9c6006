"""What a model is asked, word for word, as it goes over the wire; `tests/data/prompts` holds each prompt.

A change of a prompt shows in the diff of these files; write the new text there when it is meant.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from candor.bench.stub_model import StubModelServer
from candor.common.llm import (
    CommentRequest,
    Fact,
    GroupReplyRequest,
    Line,
    PostSummary,
    Step,
)
from candor.llm.resilient import ResilientLLMService

from .conftest import NOW, STEP, analysis, writing

KEPT = Path(__file__).parents[2] / "data" / "prompts"
LEVEL = Step(key="level", say="А какой у вас уровень?", must_say=("вопрос об уровне",))
FACTS = (Fact("f1", "Курс длится 6 недель.", "https://example.org"),)
HISTORY = (
    Line("client", "Здравствуйте", NOW),
    Line("ai", "Здравствуйте! Для чего вам английский?", NOW + timedelta(minutes=1)),
)
UNSURE = analysis(script_fit_score=0.6, is_sure=False, intents=("question",))
RULES = (
    f"# Знакомство\n## need\n{STEP.say}\n- вопрос о цели\n## level\n{LEVEL.say}\n- вопрос об уровне"
)

REPLIES: dict[str, dict[str, Any]] = {
    "reply-by-script": {"history": HISTORY, "step": LEVEL, "script_rules": RULES},
    "reply-freely": {"strategy": "free_20", "message": "А это точно для взрослых?"},
    "reply-unsure": {
        "strategy": "free_20", "message": "для работы, а когда занятия?", "analysis": UNSURE, "history": HISTORY,
        "stage": "need", "if_fits": LEVEL, "script_rules": RULES,
    },
    "reply-unsure-of-the-first-message": {
        "strategy": "free_20", "analysis": UNSURE, "if_fits": STEP, "script_rules": "# Знакомство",
    },
    "reply-unsure-of-an-intent": {"analysis": analysis(is_sure=False, open_intents=("agreement",))},
    "reply-mended": {
        "must_mend": ("These points are missing: вопрос о цели.",), "summary": "Клиент переводит с немецкого.",
        "personality": {"name": "Вера", "tone": "спокойно", "phrases": ["по делу"]},
        "knowledge": ("Занятия по вечерам.",),
    },
}  # fmt: skip


async def in_group(service: ResilientLLMService) -> object:
    request = GroupReplyRequest(
        speaker="partner",
        speaker_role="AI partner",
        language="ru",
        business="Маяк",
        message="Что такое Present Perfect?",
        step=None,
        task="Придумайте три предложения.",
        facts=FACTS,
        history=HISTORY,
    )
    return await service.answer_in_group(request)


async def of_post(service: ResilientLLMService) -> object:
    return await service.summarize_post("Как учить слова и не бросить?")


async def of_comment(service: ResilientLLMService) -> object:
    summary = PostSummary("Слова учат по темам.", ("слова",), "neutral")
    personality = {"name": "Вера", "tone": "спокойно"}
    guidance = ("слишком длинно",)
    request = CommentRequest(
        "Как учить слова?", summary, "Маяк", personality, FACTS, guidance=guidance
    )
    return await service.write_comments(request)


def kept(name: str) -> str:
    return (KEPT / f"{name}.txt").read_text(encoding="utf-8")


def sent(server: StubModelServer) -> str:
    """The last call's messages, each under its role."""
    parts = (f"--- {one['role']}\n{one['content']}\n" for one in server.calls[-1].messages)
    return "".join(parts)


@pytest.mark.parametrize("name", REPLIES)
async def test_what_is_asked_for_a_reply(
    name: str, service: ResilientLLMService, server: StubModelServer
) -> None:
    await service.write_reply(writing(**REPLIES[name]))
    assert sent(server) == kept(name)


@pytest.mark.parametrize(
    ("name", "ask"), [("in-group", in_group), ("post", of_post), ("comment", of_comment)]
)
async def test_what_is_asked_elsewhere(
    name: str,
    ask: Callable[[ResilientLLMService], Awaitable[object]],
    service: ResilientLLMService,
    server: StubModelServer,
) -> None:
    server.respond = lambda call: {
        "reply": "Хорошо.", "main_idea": "Слова учат по темам.", "keywords": [], "comments": ["Спасибо!"],
    }  # fmt: skip
    await ask(service)
    assert sent(server) == kept(name)
