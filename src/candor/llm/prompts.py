"""Prompts as files with a version, owner-editable; looked up with the outline's one-hour cache.

A prompt is named `<area>/<file>`. The shipped text lies in `<area>/prompts/<file>.md`, its first line
is `version: N`. An owner's own version, kept in the database, comes before it. Placeholders are `$name`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final, Protocol

from candor.common.cache import PROMPT_TTL, Cache
from candor.common.errors import FieldError, InvalidInputError
from candor.common.hot_reload import Change
from candor.common.llm_usage import PromptVersion

NAMES: Final = ("sales/reply", "education/group_reply", "commenting/comment", "commenting/post")
MAX_LENGTH: Final = 6_000
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "sales/reply": ("$business", "$facts", "$script", "JSON"),
    "education/group_reply": ("$business", "$facts", "JSON"),
    "commenting/comment": ("$business", "$facts", "JSON"),
    "commenting/post": ("JSON",),
}
_HEAD: Final = re.compile(r"\Aversion:\s*(\d+)\s*\n---\n")
_SECRET: Final = re.compile(r"sk-[A-Za-z0-9_-]{16,}|\d{8,10}:[A-Za-z0-9_-]{30,}|Bearer\s+\S{16,}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """`label` goes into the provenance of every answer: `sales/reply@1`, or `sales/reply@own-3`."""

    name: str
    label: str
    text: str

    def filled(self, **values: str) -> str:
        """The text with its placeholders replaced; unknown ones stay as they are."""
        return Template(self.text).safe_substitute(values)


class PromptOverrides(Protocol):
    """Where the owner's versions are kept."""

    async def current(self, name: str) -> PromptVersion | None: ...


class NoOverrides:
    """For installations and tests without own prompts."""

    async def current(self, name: str) -> PromptVersion | None:
        return None


class PromptLibrary:
    """Finds the prompt in use; forgets a changed one at once."""

    def __init__(self, *, cache: Cache, overrides: PromptOverrides | None = None) -> None:
        self._cache = cache
        self._overrides = overrides or NoOverrides()

    async def get(self, name: str) -> Prompt:
        """Raises KeyError for a name that is none of NAMES."""
        key = f"prompt:{name}"
        kept = await self._cache.get(key)
        if kept is not None:
            return Prompt(**json.loads(kept))
        prompt = await self._looked_up(name)
        value = {"name": prompt.name, "label": prompt.label, "text": prompt.text}
        await self._cache.put(key, json.dumps(value, ensure_ascii=False).encode(), ttl=PROMPT_TTL)
        return prompt

    async def forget(self, change: Change) -> None:
        """A prompt was changed (or, with `*`, any may have been): the next call looks it up."""
        if change.key == "*":
            await self._cache.drop_prefix("prompt:")
        else:
            await self._cache.drop(f"prompt:{change.key}")

    async def _looked_up(self, name: str) -> Prompt:
        shipped = shipped_prompt(name)
        own = await self._overrides.current(name)
        if own is None or own.text is None:
            return shipped
        return Prompt(name, f"{name}@own-{own.version}", own.text)


@cache
def shipped_prompt(name: str) -> Prompt:
    """The prompt as it comes with Candor. Raises KeyError for an unknown name."""
    if name not in NAMES:
        raise KeyError(name)
    area, file = name.split("/")
    raw = files(f"candor.{area}").joinpath("prompts", f"{file}.md").read_text(encoding="utf-8")
    head = _HEAD.match(raw)
    if head is None:
        raise ValueError(f"The prompt file {name} lacks its version line.")
    return Prompt(name, f"{name}@{head.group(1)}", raw[head.end() :].strip())


def check_prompt(name: str, text: str) -> None:
    """Raises InvalidInputError for an owner's text that would break answers or leak a secret."""
    errors: list[FieldError] = []
    if name not in NAMES:
        errors.append(
            FieldError("name", f"There is no prompt {name!r}; there are {', '.join(NAMES)}.")
        )
    missing = [part for part in _NEEDED.get(name, ()) if part not in text]
    if missing:
        errors.append(FieldError("text", f"The prompt must hold {', '.join(missing)}."))
    if len(text) > MAX_LENGTH:
        errors.append(FieldError("text", f"The prompt is longer than {MAX_LENGTH} characters."))
    if _SECRET.search(text):
        errors.append(FieldError("text", "The prompt holds what looks like a key. Keys stay out."))
    if errors:
        raise InvalidInputError(errors=tuple(errors))
