"""Filling in what is wrong, so that the rest of a script can be checked in the same go.

The outcome is never kept: it only lets an author see all mistakes at once.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from candor.sales.document import ScriptDocument
from candor.sales.mistakes import errors_of, real_path

_ROUNDS = 5
_FILLING = "filled-in"
_REQUIRED: dict[str, Any] = {
    "kind": "sales",
    "language": "ru",
    "action": "hand_off",
    "stars": "1",
    "says": [_FILLING],
    "expects": [{"contains": _FILLING}],
}
_KEYS = ("key", "id", "partner")


def repaired(value: Mapping[str, Any], error: ValidationError) -> ScriptDocument | None:
    """The document with its wrong values taken out or filled in; None when that leads nowhere."""
    copy: dict[str, Any] = deepcopy(dict(value))
    for _ in range(_ROUNDS):
        for details in errors_of(error):
            _mend(copy, details)
        try:
            return ScriptDocument.model_validate(copy)
        except ValidationError as next_error:
            error = next_error
    return None


def mentions_filling(context: Mapping[str, object]) -> bool:
    """Whether a problem is about something that was only filled in."""
    return any(isinstance(value, str) and _FILLING in value for value in context.values())


def _mend(root: dict[str, Any], details: ErrorDetails) -> None:
    *above, last = real_path(root, details["loc"])
    holder: Any = root
    for part in above:
        holder = holder[part]
    if isinstance(holder, list) and isinstance(last, int):
        is_part = details["type"].startswith(("model", "dict"))
        holder[last] = {} if is_part else _FILLING
    elif isinstance(holder, dict) and details["type"] == "missing":
        holder[last] = _filling_for(root, str(last), above)
    elif isinstance(holder, dict):
        holder.pop(last, None)


def _filling_for(root: dict[str, Any], name: str, above: list[str | int]) -> Any:
    if name in _KEYS:
        return f"{_FILLING}-{'-'.join(str(part) for part in above if isinstance(part, int))}"
    if name == "to":
        steps = root.get("steps")
        first = steps[0] if isinstance(steps, list) and steps else None
        return first.get("key", _FILLING) if isinstance(first, dict) else _FILLING
    if name == "steps":
        return [{"key": _FILLING, "say": _FILLING}]
    return _REQUIRED.get(name, _FILLING)
