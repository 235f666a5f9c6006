"""Prompts as files with a version, owner-editable; looked up with the outline's one-hour cache.

A prompt is named `<area>/<file>`. The shipped text lies in `<area>/prompts/<file>.md`, its first line
is `version: N`. An owner's own version, kept in the database, comes before it. Placeholders are `$name`.
"""

import json
import re
from collections.abc import Iterator, Mapping
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
    "sales/reply": ("business", "facts", "script"),
    "education/group_reply": ("business", "facts"),
    "commenting/comment": ("business", "facts"),
    "commenting/post": (),
}
"""Placeholders without which answers would break; the others of a shipped text may be left out."""
_FORM: Final = "JSON"
"""The word by which a prompt asks for an answer that can be read."""
_BROKEN: Final = re.compile(r"\$(?:\{[^}\n]{0,20}\}?|[^\W\d]\w{0,20})")
"""What reads as a placeholder. Sums (`$49`, `49 $`) do not."""
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


def left_out(name: str, text: str) -> tuple[str, ...]:
    """Placeholders of the shipped text that this one lacks: the model is not told what they hold."""
    used = placeholders(text)
    return tuple(part for part in placeholders(shipped_prompt(name).text) if part not in used)


def placeholders(text: str) -> tuple[str, ...]:
    """The names that are filled in, in the order of the text; `$$facts` is none."""
    return tuple(Template(text).get_identifiers())


def check_prompt(name: str, text: str) -> None:
    """Raises InvalidInputError for an owner's text that would break answers or leak a secret."""
    if name not in NAMES:
        message = f"There is no prompt {name!r}; there are {', '.join(NAMES)}."
        raise InvalidInputError(errors=(FieldError("name", message),))
    errors = [*_missing(name, text), *_unknown(name, text), *_broken(text)]
    if len(text) > MAX_LENGTH:
        errors.append(FieldError("text", f"The prompt is longer than {MAX_LENGTH} characters."))
    if _SECRET.search(text):
        errors.append(FieldError("text", "The prompt holds what looks like a key. Keys stay out."))
    if errors:
        raise InvalidInputError(errors=tuple(errors))


def _missing(name: str, text: str) -> Iterator[FieldError]:
    used = placeholders(text)
    missing = [f"${part}" for part in _NEEDED[name] if part not in used]
    if _FORM not in text:
        missing.append(_FORM)
    if missing:
        yield FieldError("text", f"The prompt must hold {', '.join(missing)}.")


def _unknown(name: str, text: str) -> Iterator[FieldError]:
    """What reads as a placeholder and would stay in the text as it is: a misspelt name."""
    known = placeholders(shipped_prompt(name).text)
    listed = ", ".join(f"${part}" for part in known)
    has = f"This prompt has {listed}." if known else "This prompt has no placeholders."
    for part in placeholders(text):
        if part not in known:
            place = re.search(rf"\$\{{?{part}\b", text)
            line = _line_of(text, place.start()) if place else None
            yield FieldError("text", f"Nothing fills in ${part}. {has}", line)


def _broken(text: str) -> Iterator[FieldError]:
    """A dollar sign before what can't be a name: `${facts`, `$факты`."""
    for found in Template.pattern.finditer(text):
        piece = _BROKEN.match(text, found.start()) if found["invalid"] is not None else None
        if piece is not None:
            message = (
                f"{piece[0]} is no placeholder. Write it like $facts, and a dollar sign as $$."
            )
            yield FieldError("text", message, _line_of(text, found.start()))


def _line_of(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
