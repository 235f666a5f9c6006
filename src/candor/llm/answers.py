"""The shapes a model's answer may have; anything else is no answer.

Actions come from a closed list and are apart from the text; unknown keys are ignored, unknown actions
and intents are refused or dropped.
"""

import json
import re
from functools import cache
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from candor.common.llm import Intent
from candor.disclosure.visible_text import without_hidden
from candor.llm.chat_model import Completion, ModelDownError

_INTENTS: Final[frozenset[str]] = frozenset(
    {"agreement", "refusal", "postponement", "wish_for_person", "complaint", "opt_out", "question"}
)
REFUSED_BY_FILTER: Final = "The model's provider refused to answer this (its content filter)."
_FENCE: Final = re.compile(r"\A\s*```(?:json)?\s*|\s*```\s*\Z")
_THINKING: Final = re.compile(r"<think>.*?</think>", re.DOTALL)

Words = Annotated[str, Field(max_length=200)]


class ReplyAnswer(BaseModel):
    """The answer of a dialogue turn."""

    model_config = ConfigDict(extra="ignore")

    # In this order, so that a model that writes one after the other reads before it answers.
    fits: bool | None = None
    intents: list[Intent] = Field(default_factory=list)
    reply: str = Field(min_length=1, max_length=8_000)
    action: Literal["none", "hand_off"] = "none"
    facts: list[Words] = Field(default_factory=list, max_length=50)

    @field_validator("intents", mode="before")
    @classmethod
    def _only_known(cls, value: object) -> object:
        known = value if isinstance(value, list) else []
        return [item for item in known if isinstance(item, str) and item in _INTENTS]

    @field_validator("facts", mode="before")
    @classmethod
    def _as_list(cls, value: object) -> object:
        return [str(item) for item in value] if isinstance(value, list) else []


class CommentsAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    comments: list[Annotated[str, Field(min_length=1, max_length=2_000)]] = Field(
        min_length=1, max_length=10
    )


class PostAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    main_idea: str = Field(min_length=1, max_length=600)
    keywords: list[Words] = Field(default_factory=list, max_length=20)
    tone: Literal["positive", "neutral", "negative"] = "neutral"
    topics: list[Words] = Field(default_factory=list, max_length=10)
    sensitive: list[Words] = Field(default_factory=list, max_length=10)


Answer = TypeVar("Answer", bound=BaseModel)


def read_answer(completion: Completion, shape: type[Answer]) -> Answer:
    """The completion's answer in its shape; raises ModelDownError that says how it ended instead."""
    if completion.is_refused:
        raise ModelDownError(REFUSED_BY_FILTER, is_of_request=True)
    if completion.asks_for_tool:
        raise _unusable("The model asked for a tool instead of answering.")
    try:
        return parsed(completion.text, shape)
    except ModelDownError as error:
        if not completion.is_cut:
            raise
        reason = "The model's answer was cut off at the length limit."
        # The same model would run into the same limit; a smaller one is often shorter.
        raise ModelDownError(reason, may_try_other=True, is_of_request=True) from error


def parsed(text: str, shape: type[Answer]) -> Answer:
    """The answer in its shape. Raises ModelDownError (may be repeated) for everything else."""
    if not without_hidden(text).strip():
        raise _unusable("The model sent an empty answer.")
    plain = _FENCE.sub("", _THINKING.sub("", text)).strip()
    start, end = plain.find("{"), plain.rfind("}")
    if start < 0 or end < start:
        raise _unusable("The model answered without JSON.")
    try:
        return shape.model_validate(json.loads(plain[start : end + 1], strict=False))
    except ValidationError as error:
        where = ", ".join(".".join(map(str, item["loc"])) for item in error.errors()[:3])
        raise _unusable(f"The model's JSON has another form ({where}).") from error
    except (ValueError, RecursionError) as error:
        raise _unusable("The model's JSON is cut or broken.") from error


def _unusable(reason: str) -> ModelDownError:
    """Of an answer that may be better next time, and that a client may have talked the model into."""
    return ModelDownError(reason, may_repeat=True, is_of_request=True)


@cache
def schema_of(shape: type[BaseModel]) -> dict[str, object]:
    """The JSON schema, for servers that are asked to enforce it."""
    return shape.model_json_schema()
