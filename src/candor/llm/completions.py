"""A chat completion as a server sends it, read into ours: text, how it ended, and what it cost.

Servers send what they like: each figure and name is looked at before anything is made of it.
"""

import json
from typing import Any, Final

from candor.disclosure.visible_text import without_hidden
from candor.llm.chat_model import Completion, ModelDownError

_LONGEST_NAME: Final = 100
_NO_COMPLETION: Final = "The model server sent no chat completion (cut or of another form)."


def read_json(body: bytes) -> Any:
    """Raises ValueError for what is no JSON, also when it is nested deeper than can be read."""
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def read_completion(body: bytes, model: str) -> Completion:
    """Raises ModelDownError for what is no completion; an empty one is one, since it is paid for."""
    try:
        data: Any = read_json(body)
        # Some send no choice at all for what their filter stopped, and count its tokens.
        choice = data["choices"][0] if data["choices"] or not data.get("usage") else {"message": {}}
        message = choice["message"]
        content = message.get("content")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise ModelDownError(_NO_COMPLETION, may_repeat=True) from error
    text = content if isinstance(content, str) else ""
    ending = choice.get("finish_reason")
    return Completion(
        text=text,
        model=readable_name(data.get("model")) or model,
        is_cut=ending == "length",
        is_refused=ending == "content_filter" or bool(message.get("refusal") and not text),
        asks_for_tool=not text.strip() and bool(message.get("tool_calls")),
        **_tokens(data.get("usage")),
    )


def readable_name(told: object) -> str:
    """The model's name as it can be stored and shown."""
    if not isinstance(told, str):
        return ""
    readable = told[: _LONGEST_NAME * 2].encode(errors="ignore").decode()
    return without_hidden(readable).strip()[:_LONGEST_NAME]


def _tokens(told: object) -> dict[str, Any]:
    usage = told if isinstance(told, dict) else {}
    details = usage.get("prompt_tokens_details")
    prompt, done = _whole(usage.get("prompt_tokens")), _whole(usage.get("completion_tokens"))
    return {
        "prompt_tokens": prompt or 0,
        "completion_tokens": done or 0,
        "cached_tokens": _whole(details.get("cached_tokens") if isinstance(details, dict) else 0)
        or 0,
        "has_usage": prompt is not None and done is not None,
    }


def _whole(told: object) -> int | None:
    """A count of tokens, also when it is written as 1000.0; None when the server did not tell it."""
    if isinstance(told, float) and told.is_integer():
        told = int(told)
    return told if isinstance(told, int) and not isinstance(told, bool) else None
