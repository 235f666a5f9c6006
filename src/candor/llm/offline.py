"""The offline engine: answers by script with no model at all.

It says approved words only: the step's own lines and their alternatives, facts, knowledge passages,
and a handful of connecting sentences. A question that they answer is answered before the step speaks.
Where nothing fits it says so and asks for a person. It never gives the same answer twice in a row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    Passage,
    asks_of_known_kind,
    is_price_objection,
    passages,
    search,
)
from candor.llm.offline_comments import fitting
from candor.llm.offline_hearing import may_ask, names_terms
from candor.llm.offline_words import Kind, wording
from candor.llm.post_reading import read_post
from candor.llm.reading.agreement import stance
from candor.llm.reading.examples import off_script
from candor.llm.reading.keywords import keywords, main_idea, sentences
from candor.llm.reading.language import language_of
from candor.llm.reading.points import PointsCheck, is_enough
from candor.llm.reading.polarity_words import ASKS
from candor.llm.reading.reader import Reader

ENGINE: Final = "offline"
SUMMARY_LENGTH: Final = 700
_ASIDE: Final = 0.5
_ASIDE_LEAD: Final = 0.05
"""Likeness to small talk and the like from which a question is none of the business."""
_STEM: Final = 5
_SAID: Final = 0.6
"""Share of a wording's content words in one line from which that line has said it, in a model's words too."""
_QUESTION: Final = re.compile(r"[^.!?\n]*\?")
_GREETING: Final = re.compile(
    r"^[^.!?\n]{0,60}?\b(?:здравствуйте|добр(?:ый|ое) \w+|привет|hello|hi|hey|good (?:day|morning|afternoon|evening))\b"
    r"[^.!?\n]{0,60}[.!]+",
    re.IGNORECASE,
)


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
        return DraftReply(text=wording("group_thanks", language, turn=turn), source="code")

    async def _by_script(self, scene: _Scene, step: Step) -> DraftReply:
        """The step's words; what the client asks beside them is answered first."""
        words = await self._words_of(scene, step)
        if not may_ask(scene.request) or not (found := await self._answers(scene.request)):
            return words
        if await self._is_answered_by(words.text, found[0].question):
            return words
        told = _told(found[0], lead=words.text)
        return replace(told, covered_points=words.covered_points)

    async def _words_of(self, scene: _Scene, step: Step) -> DraftReply:
        """The first approved wording that was not said yet and carries the points."""
        fallback: DraftReply | None = None
        for text in (step.say, *step.alternatives):
            if not text.strip() or any(_holds(line, text) for line in scene.heard):
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

    async def _is_answered_by(self, words: str, question: str) -> bool:
        """Whether the step's words answer it themselves, as those of a trigger's step do."""
        own = tuple(Passage(sentence) for sentence in sentences(words) if "?" not in sentence)
        found = await search(question, own, self._encoder)
        return bool(found) and found[0].is_answer

    async def _covered(self, text: str, step: Step) -> tuple[str, ...]:
        """`say` is the owner's own wording of the points: it carries all of them."""
        if text == step.say:
            return step.must_say
        return await self._points.covered_points(text, step)

    async def _freely(self, scene: _Scene) -> DraftReply:
        request = scene.request
        found = await self._answers(request)
        if found:
            return _told(found[0], lead=_lead_back(request.step, scene))
        analysis = request.analysis
        # What a hair's breadth speaks for must not colour the words.
        sure = set(analysis.intents) - set(analysis.open_intents)
        if is_price_objection(request.message):
            return _nodded("price", scene)
        if "refusal" in sure or "postponement" in sure:
            kind: Kind = "refusal" if "refusal" in sure else "postponement"
            return DraftReply(text=wording(kind, scene.language, turn=scene.turn), source="code")
        if "question" in sure or ASKS.search(visible(request.message)):
            return await self._unanswerable(scene)
        if names_terms(request):
            return _called(scene)
        agrees = "agreement" in sure and stance(request.message).polarity == "yes"
        return _nodded("agreed" if agrees else "thanks", scene)

    async def _answers(self, request: WritingRequest) -> list[Found]:
        """Passages that answer the message or one of its questions, if any does."""
        among = passages(request.facts, request.knowledge)
        asked = [part for part in sentences(request.message) if part.endswith("?")][:3]
        # "Evenings are better, and is there much homework?": what is asked stands behind the last comma.
        clauses = [clause for part in asked for clause in sentences(part.rsplit(",", 1)[-1])]
        best: list[Found] = []
        for question in dict.fromkeys([*asked, *clauses, request.message]):
            best += (await search(question, among, self._encoder))[:1]
        heavy = bool(asked) or may_ask(request) or asks_of_known_kind(request.message)
        good = [found for found in best if found.is_answer and heavy]
        return sorted(good, key=lambda found: -found.rank)

    async def _unanswerable(self, scene: _Scene) -> DraftReply:
        """Small talk gets a friendly no, a question about the business a person."""
        request = scene.request
        if not asks_of_known_kind(request.message) and await self._is_aside(request):
            text = wording("aside", scene.language, turn=scene.turn, business=request.business)
            return DraftReply(text=_joined(text, _lead_back(request.step, scene)), source="code")
        return _called(scene)

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


def _called(scene: _Scene) -> DraftReply:
    text = wording("unknown", scene.language, turn=scene.turn)
    return DraftReply(text=text, source="hand_off", action="hand_off")


def _nodded(kind: Kind, scene: _Scene) -> DraftReply:
    """A nod before the step's question. Words that were not said yet bring a reaction of their own."""
    step = scene.request.step
    if step is not None and kind != "price" and _is_new(step, scene):
        return DraftReply(text=step.say, source="script", covered_points=step.must_say)
    nod = wording(kind, scene.language, turn=scene.turn)
    return DraftReply(text=_joined(nod, _lead_back(step, scene)), source="code")


def _told(found: Found, *, lead: str = "") -> DraftReply:
    passage = found.passage
    return DraftReply(
        text=_joined(passage.text, lead),
        source="knowledge" if passage.fact_id is None else "script",
        fact_ids=(passage.fact_id,) if passage.fact_id is not None else (),
    )


def _is_new(step: Step, scene: _Scene) -> bool:
    """Whether this dialogue has not heard the step's words yet, in any of their wordings."""
    said = [_plain(line.text) for line in scene.request.history if line.author != "client"]
    wordings = [text for text in (step.say, *step.alternatives) if text.strip()]
    return bool(wordings) and not any(_is_said(text, line) for text in wordings for line in said)


def _is_said(text: str, line: str) -> bool:
    told = keywords(text, limit=60)
    shared = sum(word[:_STEM] in line for word in told)
    return _holds(line, text) or (bool(told) and shared >= _SAID * len(told))


def _lead_back(step: Step | None, scene: _Scene) -> str:
    """One script element: the step's question, in a wording that was not used last. All its words where
    they were not said yet: "which is closer to your day?" needs the hours before it."""
    if step is None:
        return ""
    if _is_new(step, scene):
        return step.say
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
    """Two parts of an answer; a greeting that opens the second goes before both."""
    if not second or _plain(second) in _plain(first):
        return first
    greeting = _GREETING.match(second)
    if greeting is None:
        return f"{first}\n\n{second}"
    rest = second[greeting.end() :].strip()
    return "\n\n".join(part for part in (greeting[0].strip(), first, rest) if part)


def _holds(line: str, text: str) -> bool:
    """Whether a line that was said, in plain words, holds the whole text."""
    return f" {_plain(text)} " in f" {line} "


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", visible(text)))
