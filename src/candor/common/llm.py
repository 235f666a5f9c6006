"""The language model's port: what the areas ask of `LLMService`, whichever engine answers.

Two engines fulfil it: any OpenAI-compatible server, and the offline engine, which answers by script
with no model at all. Areas never see a model's name, a prompt's wire form or a vendor's error.
No call may be made while a unit of work is open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, Protocol

import numpy as np
import numpy.typing as npt

Language = Literal["ru", "en"]
Strategy = Literal["script_80", "free_20"]
Tone = Literal["positive", "neutral", "negative"]
Intent = Literal[
    "agreement", "refusal", "postponement", "wish_for_person", "complaint", "opt_out", "question"
]
UNSURE: Final = (0.5, 0.7)
"""Script-fit scores between these, both counted in, are unsure: a model settles them where there is one."""
SETTLED: Final = (0.4, 0.85)
"""Scores that a model's no and yes stand for; both outside the unsure band."""
Vectors = npt.NDArray[np.float32]
"""One row per text, length 1 each."""


class Encoder(Protocol):
    """Sentence embeddings, Russian and English in one space, computed on this machine."""

    @property
    def name(self) -> str:
        """Name and version; stored with every score made from it."""
        ...

    async def encode(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True, slots=True)
class Usage:
    """What one model call cost. `cost` is in US dollars at the prices of that moment."""

    model: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost: Decimal | None
    cost_kind: Literal["exact", "estimated", "unknown"]


@dataclass(frozen=True, slots=True)
class Step:
    """A script step as the engines see it, its templates already rendered for this client."""

    key: str
    say: str
    must_say: tuple[str, ...] = ()
    fits: tuple[str, ...] = ()
    """Example replies that the step expects of the client."""
    alternatives: tuple[str, ...] = ()
    """Other approved wordings of `say`."""


@dataclass(frozen=True, slots=True)
class Trigger:
    key: str
    fits: tuple[str, ...]
    unless: tuple[str, ...]
    action: str
    is_invited: bool = False
    """The author named the current step for it: a plain yes means what the trigger does."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure or result that the AI may state, with its evidence."""

    id: str
    text: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Line:
    """One message of this dialogue."""

    author: Literal["client", "ai", "human"]
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReadingRequest:
    """A client's message (or a burst of them, one per line) to be read against a script."""

    text: str
    script_key: str
    script_version: int
    script_language: Language
    step: Step | None
    """The step whose words the client is answering; None before the first."""
    steps: tuple[Step, ...]
    triggers: tuple[Trigger, ...]
    history: tuple[Line, ...] = ()
    client_id: int | None = None


@dataclass(frozen=True, slots=True)
class MessageAnalysis:
    """What `analyze_message` found. Stored as JSON with the message and shown beside it."""

    main_idea: str
    keywords: tuple[str, ...]
    tone: Tone
    script_fit_score: float
    """0..1; strictly above 0.7 means that the script's next words answer this message."""
    step: str | None
    """The step that the message fits best, if any."""
    triggers: tuple[str, ...]
    language: Language
    intents: tuple[Intent, ...] = ()
    is_calibrated: bool = True
    """False: the script gives too few examples for a score; said openly on the panel."""
    is_sure: bool = True
    """False: the score lies in the unsure band (0.5-0.7) or an intent is open or read in two ways, and no
    model has decided it."""
    set_off: Mapping[str, Intent] = field(default_factory=dict)
    """Of `triggers`, those that an intent alone set off, and which."""
    silent: Mapping[str, str] = field(default_factory=dict)
    """Why each other trigger did not fire; for script tests, not stored with the message."""
    open_intents: tuple[Intent, ...] = ()
    """Told apart by a hair's breadth only, whether they are among `intents` or not."""
    source: Literal["local", "model"] = "local"
    encoder: str = ""
    usage: Usage | None = None
    reasons: tuple[str, ...] = ()
    """Short sentences for the conversation page: why this score, why this trigger."""

    @property
    def is_fit_open(self) -> bool:
        """Whether the message fits is left to a model."""
        return not self.is_sure and UNSURE[0] <= self.script_fit_score <= UNSURE[1]

    def with_fit(self, *, fits: bool) -> "MessageAnalysis":
        """The reading as it is when a model says whether the message fits; a sure score stays."""
        return replace(self, script_fit_score=SETTLED[fits]) if self.is_fit_open else self


CALLS_PER_TURN: Final = 2
"""A turn asks a model so often at most, whatever goes wrong with its answers."""


@dataclass(frozen=True, slots=True)
class WritingRequest:
    """All that may be in a prompt for one answer: this dialogue, our script, our facts (H7)."""

    strategy: Strategy
    language: Language
    business: str
    message: str
    analysis: MessageAnalysis
    step: Step | None
    """The step whose words are to be said now (script_80) or led back to (free_20)."""
    facts: tuple[Fact, ...]
    if_fits: Step | None = None
    """The step whose words are to be said instead when the model finds that the message fits; None where
    that is sure or changes nothing. So what is unsure costs no second call."""
    stage: str = ""
    """Key of the step that the client is answering; empty before the first."""
    knowledge: tuple[str, ...] = ()
    personality: Mapping[str, object] = field(default_factory=dict)
    history: tuple[Line, ...] = ()
    summary: str = ""
    script_key: str = ""
    script_version: int = 0
    script_rules: str = ""
    """Stable text of the script (title, all steps, variables): the cacheable prefix."""
    must_mend: tuple[str, ...] = ()
    """Asked again: what was wrong with the first draft."""
    client_id: int | None = None
    calls_left: int = CALLS_PER_TURN
    """What this turn may still ask a model; with none left the offline engine writes."""


@dataclass(frozen=True, slots=True)
class DraftReply:
    """An answer before the checks. Nothing of it is sent until disclosure has passed it."""

    text: str
    source: Literal["model", "script", "knowledge", "code", "hand_off"]
    """`code`: the offline engine's own connecting words stand in it. `hand_off`: nothing fits and a person
    should answer."""
    prompt_version: str = ""
    model: str = ""
    usage: Usage | None = None
    covered_points: tuple[str, ...] = ()
    fact_ids: tuple[str, ...] = ()
    action: Literal["none", "hand_off"] = "none"
    analysis: MessageAnalysis | None = None
    """The reading, if the same call also settled what was open in it."""
    engine: Literal["model", "offline"] = "offline"
    note: str = ""
    """Why the offline engine wrote it although a model is configured, for the owner."""
    calls: int = 0
    """How often a model was asked for it, failures counted."""


@dataclass(frozen=True, slots=True)
class PostSummary:
    main_idea: str
    keywords: tuple[str, ...]
    tone: Tone
    topics: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    """Sensitive matters found (health, politics, disaster, grief, minors): never commented."""
    language: Language = "ru"
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class CommentRequest:
    post_text: str
    summary: PostSummary
    business: str
    personality: Mapping[str, object]
    facts: tuple[Fact, ...] = ()
    knowledge: tuple[str, ...] = ()
    """Sentences of the scripts; without a model only they and the facts are offered."""
    variants: int = 3
    guidance: tuple[str, ...] = ()
    """Reasons of earlier rejections."""
    must_mend: tuple[str, ...] = ()


OFFLINE: Final = "offline"
"""Stands for the model where a draft is the owner's own sentence; a person always approves it."""


@dataclass(frozen=True, slots=True)
class CommentDraft:
    text: str
    model: str
    prompt_version: str
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class GroupReplyRequest:
    """A client's message in a study group, to be answered by the teacher or a partner."""

    speaker: Literal["teacher", "partner"]
    speaker_role: str
    language: Language
    business: str
    message: str
    step: Step | None
    task: str
    facts: tuple[Fact, ...]
    knowledge: tuple[str, ...] = ()
    history: tuple[Line, ...] = ()
    personality: Mapping[str, object] = field(default_factory=dict)
    client_id: int | None = None
    """Whose words these are; None: nobody's who could have agreed to an outside provider."""


class LLMService(Protocol):
    """The outline's LLMService. Never raises for a model that is down: the offline engine answers.

    `write_comments` is the exception: without a model there is no comment, so it raises
    TemporaryError.
    """

    async def analyze_message(self, request: ReadingRequest) -> MessageAnalysis: ...

    async def write_reply(self, request: WritingRequest) -> DraftReply: ...

    async def summarize_dialogue(self, history: Sequence[Line], *, language: Language) -> str: ...

    async def summarize_post(self, text: str) -> PostSummary: ...

    async def write_comments(self, request: CommentRequest) -> tuple[CommentDraft, ...]: ...

    async def answer_in_group(self, request: GroupReplyRequest) -> DraftReply: ...
