"""A language model that reads by plain words, so that sales is tested without any engine."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import candor.sales
from candor.common.clock import FrozenClock
from candor.common.llm import (
    CommentDraft,
    CommentRequest,
    DraftReply,
    GroupReplyRequest,
    Intent,
    Language,
    Line,
    MessageAnalysis,
    PostSummary,
    ReadingRequest,
    WritingRequest,
)
from candor.sales.answering import AnswerWriter
from candor.sales.parsing import accepted, parse_script
from candor.sales.rehearsal import Rehearsal, script_for_rehearsal
from candor.sales.script_records import Script
from candor.sales.views import BusinessCard

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

SCRIPT = """
key: first-contact
kind: sales
title: Знакомство
language: ru
variables: {product: Курс «Маяк», price: 4900 ₽}
facts:
  - {id: f1, text: "Курс длится 6 недель.", evidence: "https://example.org/program"}
links: ["https://example.org"]
steps:
  - key: greeting
    say: "{{ client.first_name }}, здравствуйте! Зачем вам английский?"
    alternatives: ["Расскажите, зачем вам английский?"]
    must_say: [приветствие, вопрос о цели]
    fits: ["для работы", "для поездок", "для себя"]
    next: [{when: default, to: need}]
  - key: need
    say: "Какой у вас уровень?"
    must_say: [вопрос об уровне]
    fits: ["начальный уровень", "средний уровень", "почти ноль"]
    next:
      - {fits: ["я преподаватель"], to: teacher}
      - {when: "reply.tone == 'negative'", to: comfort}
      - {when: default, to: invite}
  - key: teacher
    say: "Коллегам мы рады."
    next: [{when: default, to: invite}]
  - key: comfort
    say: "Понимаю, это непросто."
    next: [{when: default, to: invite}]
  - key: invite
    say: "Приглашаю в группу. Добавлять?"
    fits: ["давайте", "хорошо"]
  - key: price
    say: "Стоит {{ price }}."
    fits: ["понятно", "ясно"]
triggers:
  - {key: agrees, fits: ["добавляйте"], unless: ["не сейчас"], action: open_group, script: onboarding-lessons}
  - {key: asks_price, fits: ["сколько стоит", "дорого"], action: go_to, step: price}
  - {key: refuses, fits: ["не интересно"], action: close, say: "Спасибо за ответ, всего доброго!"}
  - {key: person, fits: ["позовите менеджера"], action: hand_off}
tests:
  - name: согласие ведёт в группу
    says: ["здравствуйте", "для работы", "да, добавляйте"]
    expects: [{stage: greeting}, {stage: need}, {trigger: agrees}]
"""
INTENT_WORDS: dict[str, Intent] = {
    "добавляйте": "agreement",
    "не сейчас": "postponement",
    "позовите": "wish_for_person",
    "не пишите": "opt_out",
    "не интересно": "refusal",
}


class WordLLM:
    """Fits when an example stands in the message; writes the step's words. `drafts` overrides."""

    def __init__(self) -> None:
        self.drafts: list[DraftReply | Callable[[WritingRequest], DraftReply]] = []
        self.read: list[ReadingRequest] = []
        self.written: list[WritingRequest] = []
        self.summaries = 0

    async def analyze_message(self, request: ReadingRequest) -> MessageAnalysis:
        self.read.append(request)
        text = request.text.lower()
        fits = request.step.fits if request.step else ("здравствуйте",)
        score = 0.9 if any(words in text for words in fits) else 0.2
        score = 0.6 if "пожалуй" in text else score
        best = [step.key for step in request.steps if any(words in text for words in step.fits)]
        found = [
            item.key
            for item in request.triggers
            if any(words in text for words in item.fits)
            and not any(words in text for words in item.unless)
        ]
        intents = tuple(INTENT_WORDS[words] for words in INTENT_WORDS if words in text)
        return MessageAnalysis(
            main_idea=request.text,
            keywords=(),
            tone="negative" if "плохо" in text else "neutral",
            script_fit_score=score,
            step=best[0] if best else None,
            triggers=tuple(found),
            language="ru",
            intents=intents,
            is_sure="наверное" not in text and score != 0.6,
            set_off=dict.fromkeys(found, intents[0]) if intents else {},
            open_intents=intents if "наверное" in text else (),
        )

    async def write_reply(self, request: WritingRequest) -> DraftReply:
        self.written.append(request)
        if self.drafts:
            draft = self.drafts.pop(0)
            return draft(request) if callable(draft) else draft
        step = request.step
        assert step is not None
        return DraftReply(text=step.say, source="script", covered_points=step.must_say)

    async def summarize_dialogue(self, history: Sequence[Line], *, language: Language) -> str:
        self.summaries += 1
        return f"сказано {len(history)}"

    async def summarize_post(self, text: str) -> PostSummary:
        raise NotImplementedError

    async def write_comments(self, request: CommentRequest) -> tuple[CommentDraft, ...]:
        raise NotImplementedError

    async def answer_in_group(self, request: GroupReplyRequest) -> DraftReply:
        raise NotImplementedError


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def llm() -> WordLLM:
    return WordLLM()


@pytest.fixture
def writer(llm: WordLLM) -> AnswerWriter:
    return AnswerWriter(llm=llm, business=BusinessCard("Школа «Маяк»"))


@pytest.fixture
def rehearsal(writer: AnswerWriter, clock: FrozenClock) -> Rehearsal:
    return Rehearsal(writer=writer, clock=clock, business="Школа «Маяк»")


@pytest.fixture
def source() -> str:
    """The YAML of a small sound script."""
    return SCRIPT


@pytest.fixture
def script(clock: FrozenClock) -> Script:
    found = script_for_rehearsal(accepted(parse_script(SCRIPT)), clock=clock)
    return replace(found, version=1)


@pytest.fixture
def scripted(clock: FrozenClock) -> Callable[[str], Script]:
    """A script from YAML."""
    return lambda text: script_for_rehearsal(accepted(parse_script(text)), clock=clock)


@pytest.fixture
def samples() -> Path:
    return Path(candor.sales.__path__[0]) / "samples"
