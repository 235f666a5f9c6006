"""The model engine: `LLMService` over a chat model. Raises ModelDownError; `resilient` catches it.

Reading is local; where it is unsure, the call that writes the answer settles it too, so an ordinary
turn is one call. An answer of a wrong form or language is asked for once more, then given up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from pydantic import BaseModel

from candor.common.llm import (
    CommentDraft,
    CommentRequest,
    DraftReply,
    Encoder,
    GroupReplyRequest,
    Language,
    MessageAnalysis,
    PostSummary,
    Usage,
    WritingRequest,
)
from candor.disclosure.visible_text import fit_to_send, shorten, without_hidden
from candor.llm.answers import CommentsAnswer, PostAnswer, ReplyAnswer, read_answer, schema_of
from candor.llm.chat_model import ChatMessage, ChatModel, Completion, ModelDownError
from candor.llm.dialogue_prompt import (
    KNOWLEDGE_LENGTH,
    dialogue_messages,
    facts_text,
    is_searched,
)
from candor.llm.knowledge import passages, search
from candor.llm.price_book import PriceBook
from candor.llm.prompts import PromptLibrary
from candor.llm.reading.language import is_in, language_of
from candor.llm.reading.points import PointsCheck

REPLY_TOKENS: Final = 600
COMMENT_TOKENS: Final = 900
POST_TOKENS: Final = 400

Shape = TypeVar("Shape", bound=BaseModel)
UsageListener = Callable[[Usage], None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question to the model: the messages, what it may cost and how to judge the answer."""

    messages: Sequence[ChatMessage]
    max_tokens: int
    language: Language | None = None
    temperature: float = 0.4


class ModelEngine:
    """Writes with one chat model. `on_usage` hears of every call, also of those thrown away."""

    def __init__(
        self,
        *,
        model: ChatModel,
        prompts: PromptLibrary,
        encoder: Encoder,
        prices: PriceBook | None = None,
    ) -> None:
        self._model = model
        self._prompts = prompts
        self._encoder = encoder
        self._points = PointsCheck(encoder)
        self._prices = prices or PriceBook()

    @property
    def model(self) -> str:
        return self._model.name

    async def write_reply(
        self, request: WritingRequest, *, attempts: int, on_usage: UsageListener
    ) -> DraftReply:
        """One answer, in at most `attempts` calls."""
        prompt = await self._prompts.get("sales/reply")
        found = await self._found(request)
        asked = _Asked(
            dialogue_messages(request, prompt, found=found), REPLY_TOKENS, request.language
        )
        answer, usage = await self._ask(asked, ReplyAnswer, attempts, on_usage)
        text = fit_to_send(answer.reply)
        step = request.if_fits if answer.fits and request.if_fits else request.step
        covered = await self._points.covered_points(text, step) if step is not None else ()
        known = {fact.id for fact in request.facts}
        return DraftReply(
            text=text,
            source="hand_off" if answer.action == "hand_off" else "model",
            prompt_version=prompt.label,
            model=usage.model,
            usage=usage,
            covered_points=covered,
            fact_ids=tuple(fact for fact in answer.facts if fact in known),
            action=answer.action,
            analysis=settled(request.analysis, answer),
            engine="model",
        )

    async def answer_in_group(
        self, request: GroupReplyRequest, *, attempts: int, on_usage: UsageListener
    ) -> DraftReply:
        prompt = await self._prompts.get("education/group_reply")
        role = request.speaker_role or (
            "AI teacher" if request.speaker == "teacher" else "AI partner"
        )
        system = prompt.filled(
            business=request.business,
            speaker=role,
            facts=facts_text(request.facts),
            knowledge=shorten("\n".join(request.knowledge), KNOWLEDGE_LENGTH) or "-",
            task=shorten(request.task, 1_500) or "-",
        )
        said = [
            ChatMessage("user" if line.author == "client" else "assistant", shorten(line.text, 600))
            for line in request.history[-12:]
        ]
        language = "Russian" if request.language == "ru" else "English"
        now = f"{shorten(without_hidden(request.message), 1_500)}\n\n[NOW] Answer in {language}."
        asked = _Asked(
            [ChatMessage("system", system), *said, ChatMessage("user", now)],
            REPLY_TOKENS,
            request.language,
        )
        answer, usage = await self._ask(asked, ReplyAnswer, attempts, on_usage)
        return DraftReply(
            text=fit_to_send(answer.reply),
            source="hand_off" if answer.action == "hand_off" else "model",
            prompt_version=prompt.label,
            model=usage.model,
            usage=usage,
            action=answer.action,
            engine="model",
        )

    async def summarize_post(
        self, text: str, *, attempts: int, on_usage: UsageListener
    ) -> PostSummary:
        prompt = await self._prompts.get("commenting/post")
        post = shorten(without_hidden(text), 4_000)
        asked = _Asked(
            [ChatMessage("system", prompt.filled()), ChatMessage("user", post)],
            POST_TOKENS,
            temperature=0.0,
        )
        answer, usage = await self._ask(asked, PostAnswer, attempts, on_usage)
        return PostSummary(
            main_idea=fit_to_send(answer.main_idea),
            keywords=_fit_to_keep(answer.keywords)[:6],
            tone=answer.tone,
            topics=tuple(topic.lower() for topic in _fit_to_keep(answer.topics)[:3]),
            sensitive=_fit_to_keep(answer.sensitive),
            language=language_of(text),
            usage=usage,
        )

    async def write_comments(
        self, request: CommentRequest, *, attempts: int, on_usage: UsageListener
    ) -> tuple[CommentDraft, ...]:
        prompt = await self._prompts.get("commenting/comment")
        style = "; ".join(
            f"{name}: {value}" for name, value in request.personality.items() if value
        )
        system = prompt.filled(
            business=request.business,
            style=f"STYLE\n{shorten(style, 600)}" if style else "",
            facts=facts_text(request.facts),
        )
        asked = _Asked(
            [ChatMessage("system", system), ChatMessage("user", _comment_task(request))],
            COMMENT_TOKENS,
            request.summary.language,
            temperature=0.7,
        )
        answer, usage = await self._ask(asked, CommentsAnswer, attempts, on_usage)
        return tuple(
            CommentDraft(fit_to_send(text), usage.model, prompt.label, usage if at == 0 else None)
            for at, text in enumerate(answer.comments[: request.variants])
        )

    async def _found(self, request: WritingRequest) -> tuple[str, ...]:
        """Knowledge that is too long for the stable part is searched for what the client asks."""
        asks = "?" in request.message or "question" in request.analysis.intents
        if not is_searched(request.knowledge) or not (asks or request.strategy == "free_20"):
            return ()
        found = await search(request.message, passages((), request.knowledge), self._encoder)
        return tuple(item.passage.text for item in found[:2])

    async def _ask(
        self, asked: _Asked, shape: type[Shape], attempts: int, on_usage: UsageListener
    ) -> tuple[Shape, Usage]:
        """Ask until an answer has the right form and language, `attempts` times at most."""
        await self._prices.refresh()
        for attempt in range(1, attempts + 1):
            try:
                completion = await self._model.complete(
                    asked.messages,
                    max_tokens=asked.max_tokens,
                    temperature=asked.temperature,
                    schema=schema_of(shape),
                )
                usage = self._usage(completion, asked.messages)
                on_usage(usage)
                answer = read_answer(completion, shape)
                _require_words(answer, asked.language)
            except ModelDownError as error:
                if not error.may_repeat or attempt == attempts:
                    raise
            else:
                return answer, usage
        raise ModelDownError("The model was not asked.")

    def _usage(self, completion: Completion, messages: Sequence[ChatMessage]) -> Usage:
        characters = sum(len(message.content) for message in messages)
        kept = replace(completion, model=fit_to_send(completion.model))
        return self._prices.usage(kept, asked=self.model, prompt_characters=characters)


def _fit_to_keep(words: Sequence[str]) -> tuple[str, ...]:
    """Without characters that no database keeps (NUL), and without words that consist of them."""
    return tuple(fit for word in words if (fit := fit_to_send(word)))


def _require_words(answer: BaseModel, language: Language | None) -> None:
    """What a person is to read draws something, in the person's language."""
    if language is None:
        return
    texts = (
        [reply] if (reply := getattr(answer, "reply", None)) else getattr(answer, "comments", [])
    )
    if not all(without_hidden(text).strip() for text in texts):
        raise ModelDownError("The model sent an empty answer.", may_repeat=True, is_of_request=True)
    if not is_in(" ".join(texts), language):
        reason = "The model answered in another language."
        raise ModelDownError(reason, may_repeat=True, is_of_request=True)


def settled(analysis: MessageAnalysis, answer: ReplyAnswer) -> MessageAnalysis | None:
    """The reading as the model settled it; None when nothing was open or it said nothing.

    What was sure stays: a score outside the unsure band, and intents that are not open.
    """
    if analysis.is_sure or answer.fits is None:
        return None
    sure = (intent for intent in analysis.intents if intent not in analysis.open_intents)
    return replace(
        analysis.with_fit(fits=answer.fits),
        intents=tuple(dict.fromkeys((*sure, *answer.intents))),
        is_sure=True,
        open_intents=(),
        source="model",
        reasons=(*analysis.reasons, f"The model settled it: fits is {str(answer.fits).lower()}."),
    )


def _comment_task(request: CommentRequest) -> str:
    post = shorten(without_hidden(request.post_text), 3_000)
    parts = [f"POST\n{post}", f"Idea: {request.summary.main_idea}"]
    if request.guidance:
        parts.append(
            "Earlier drafts were rejected because: " + shorten("; ".join(request.guidance), 500)
        )
    if request.must_mend:
        parts.append("Mend: " + shorten(" ".join(request.must_mend), 500))
    language = "Russian" if request.summary.language == "ru" else "English"
    parts.append(f"[NOW] Write {request.variants} comments in {language}.")
    return "\n\n".join(parts)
