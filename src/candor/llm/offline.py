"""The offline engine: answers by script with no model at all.

It says approved words only: the step's own lines and their alternatives, facts, knowledge passages,
and a handful of connecting sentences. Where nothing fits it says so and asks for a person. It never
gives the same answer twice in a row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from candor.common.errors import TemporaryError
from candor.common.llm import (
    CommentDraft,
    CommentRequest,
    DraftReply,
    Encoder,
    GroupReplyRequest,
    Language,
    Line,
    MessageAnalysis,
    PostSummary,
    ReadingRequest,
    Step,
    WritingRequest,
)
from candor.disclosure.visible_text import shorten, visible
from candor.llm.knowledge import (
    Found,
    asks_of_known_kind,
    is_price_objection,
    passages,
    search,
)
from candor.llm.offline_comments import fitting
from candor.llm.offline_words import Kind, wording
from candor.llm.post_reading import read_post
from candor.llm.reading.examples import off_script
from candor.llm.reading.keywords import main_idea, sentences
from candor.llm.reading.language import language_of
from candor.llm.reading.points import PointsCheck, is_enough
from candor.llm.reading.polarity_words import ASKS
from candor.llm.reading.reader import Reader

ENGINE: Final = "offline"
SUMMARY_LENGTH: Final = 700
_ASIDE: Final = 0.5
_ASIDE_LEAD: Final = 0.05
"""Likeness to small talk and the like from which a question is none of the business."""
_QUESTION: Final = re.compile(r"[^.!?\n]*\?")


@dataclass(frozen=True, slots=True)
class _Scene:
    """What writing looks at again and again."""

    request: WritingRequest
    language: Language
    turn: int
    heard: tuple[str, ...]


class OfflineLLMService:
    """`LLMService` without a model. Deterministic: the same request gives the same answer."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._reader = Reader(encoder)
        self._points = PointsCheck(encoder)

    async def warm(self) -> None:
        """Load the encoder and its examples."""
        await self._reader.warm()

    async def analyze_message(self, request: ReadingRequest) -> MessageAnalysis:
        return await self._reader.read(request)

    async def write_reply(self, request: WritingRequest) -> DraftReply:
        scene = _scene(request)
        if request.strategy == "script_80" and request.step is not None:
            return await self._by_script(scene, request.step)
        return await self._freely(scene)

    async def summarize_dialogue(self, history: Sequence[Line], *, language: Language) -> str:
        """What the client said, in the client's own main ideas, oldest first."""
        ideas = [main_idea(line.text) for line in history if line.author == "client"]
        told = list(dict.fromkeys(idea for idea in ideas if len(idea) > 3))
        opening = "Клиент говорил: " if language == "ru" else "The client said: "
        return shorten(opening + "; ".join(told), SUMMARY_LENGTH) if told else ""

    async def summarize_post(self, text: str) -> PostSummary:
        return await read_post(text, self._encoder)

    async def write_comments(self, request: CommentRequest) -> tuple[CommentDraft, ...]:
        """The owner's own sentences; raises TemporaryError where none of them fits the post."""
        drafts = fitting(request)
        if drafts:
            return drafts
        raise TemporaryError(
            "No language model is connected, and no sentence under `knowledge` or `facts` of the "
            "scripts fits this post. Add one, or set OPENAI_API_KEY or OPENAI_BASE_URL with "
            "CANDOR_LLM_MODEL."
        )

    async def answer_in_group(self, request: GroupReplyRequest) -> DraftReply:
        """Facts and knowledge for questions, thanks without a grade for answers (H8)."""
        language = _language_of_material(request.step, request.language)
        turn = sum(line.author == "ai" for line in request.history)
        found = await search(
            request.message, passages(request.facts, request.knowledge), self._encoder
        )
        if found and found[0].is_answer:
            return _told(found[0])
        if ASKS.search(visible(request.message)):
            text = wording("group_unknown", language, turn=turn)
            return DraftReply(text=text, source="hand_off", action="hand_off")
        return DraftReply(text=wording("group_thanks", language, turn=turn), source="script")

    async def _by_script(self, scene: _Scene, step: Step) -> DraftReply:
        """The first approved wording that was not said yet and carries the points."""
        fallback: DraftReply | None = None
        for text in (step.say, *step.alternatives):
            if not text.strip() or _plain(text) in scene.heard:
                continue
            covered = await self._covered(text, step)
            draft = DraftReply(text=text, source="script", covered_points=covered)
            if is_enough(covered, step.must_say):
                return draft
            fallback = fallback or draft
        return fallback or await self._once_more(scene, step)

    async def _once_more(self, scene: _Scene, step: Step) -> DraftReply:
        """Everything approved was said already: the step's question again, introduced anew."""
        text = f"{wording('again', scene.language, turn=scene.turn)} {step.say}".strip()
        return DraftReply(text=text, source="script", covered_points=step.must_say)

    async def _covered(self, text: str, step: Step) -> tuple[str, ...]:
        """`say` is the owner's own wording of the points: it carries all of them."""
        if text == step.say:
            return step.must_say
        return await self._points.covered_points(text, step)

    async def _freely(self, scene: _Scene) -> DraftReply:
        request = scene.request
        found = await self._answers(request)
        if found:
            lead = _lead_back(request.step, scene)
            return _told(found[0], lead=lead)
        intents = request.analysis.intents
        if is_price_objection(request.message):
            nod = wording("price", scene.language, turn=scene.turn)
            return DraftReply(text=_joined(nod, _lead_back(request.step, scene)), source="script")
        if "refusal" in intents or "postponement" in intents:
            kind: Kind = "refusal" if "refusal" in intents else "postponement"
            text = wording(kind, scene.language, turn=scene.turn)
            return DraftReply(text=text, source="script")
        if "question" in intents or ASKS.search(visible(request.message)):
            return await self._unanswerable(scene)
        kind_of_nod: Kind = "agreed" if "agreement" in intents else "thanks"
        nod = wording(kind_of_nod, scene.language, turn=scene.turn)
        return DraftReply(text=_joined(nod, _lead_back(request.step, scene)), source="script")

    async def _answers(self, request: WritingRequest) -> list[Found]:
        """Passages that answer the message or one of its questions, if any does."""
        among = passages(request.facts, request.knowledge)
        asked = [part for part in sentences(request.message) if part.endswith("?")]
        best: list[Found] = []
        for question in dict.fromkeys([*asked[:3], request.message]):
            best += (await search(question, among, self._encoder))[:1]
        is_asking = bool(asked) or bool(ASKS.search(visible(request.message)))
        heavy = is_asking or asks_of_known_kind(request.message)
        good = [found for found in best if found.is_answer and heavy]
        return sorted(good, key=lambda found: -found.rank)

    async def _unanswerable(self, scene: _Scene) -> DraftReply:
        """Small talk gets a friendly no, a question about the business a person."""
        request = scene.request
        if not asks_of_known_kind(request.message) and await self._is_aside(request):
            text = wording("aside", scene.language, turn=scene.turn, business=request.business)
            return DraftReply(text=_joined(text, _lead_back(request.step, scene)), source="script")
        text = wording("unknown", scene.language, turn=scene.turn)
        return DraftReply(text=text, source="hand_off", action="hand_off")

    async def _is_aside(self, request: WritingRequest) -> bool:
        """Nearer to the off-script examples than to anything of the script."""
        own = [fact.text for fact in request.facts] + list(request.knowledge)
        if request.step is not None:
            own += [request.step.say, *request.step.fits]
        outside = off_script()
        message = (await self._encoder.encode((request.message,)))[0]
        off = await self._encoder.encode(outside) @ message
        script = await self._encoder.encode(tuple(own)) @ message
        closest = float(np.max(script)) if len(script) else 0.0
        return float(np.sort(off)[-2:].mean()) > max(closest + _ASIDE_LEAD, _ASIDE)


def _scene(request: WritingRequest) -> _Scene:
    said = [line.text for line in request.history if line.author != "client"]
    return _Scene(
        request=request,
        language=_language_of_material(request.step, request.language),
        turn=len(said),
        heard=tuple(_plain(text) for text in said[-6:]),
    )


def _language_of_material(step: Step | None, default: Language) -> Language:
    """Connecting sentences go with the language of the approved words they stand beside."""
    return language_of(step.say, default=default) if step is not None and step.say else default


def _told(found: Found, *, lead: str = "") -> DraftReply:
    passage = found.passage
    return DraftReply(
        text=_joined(passage.text, lead),
        source="knowledge" if passage.fact_id is None else "script",
        fact_ids=(passage.fact_id,) if passage.fact_id is not None else (),
    )


def _lead_back(step: Step | None, scene: _Scene) -> str:
    """One script element: the step's question, in a wording that was not used last."""
    if step is None:
        return ""
    questions: list[str] = []
    for text in (step.say, *step.alternatives):
        questions += [found.strip() for found in _QUESTION.findall(text)[-1:]]
    if not questions:
        last = sentences(step.say)[-1:]
        questions = [text.strip() for text in last]
    if not questions:
        return ""
    return questions[scene.turn % len(questions)]


def _joined(first: str, second: str) -> str:
    if not second or _plain(second) in _plain(first):
        return first
    return f"{first}\n\n{second}"


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", visible(text)))
