"""Reading YAML and JSON into plain values, with the line of everything.

Every scalar is text (`no` stays "no", `09:00` stays "09:00"), nothing is constructed, and what could
make a small file grow without end is refused: anchors, aliases, tags, deep nesting, great size.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from candor.common.errors import Problem
from candor.common.llm import Language
from candor.sales.wording import problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_NODES = 20_000

Path = tuple[str | int, ...]
_Loader: type[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(slots=True)
class Source:
    """What was read: plain values, where each stands, and what is wrong with the writing itself."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    blocks: set[Path] = field(default_factory=set)
    """Texts written as a block (`|`), whose first line is the one after the key's."""

    def line_of(self, path: Path) -> int | None:
        """The line of the node, or of the nearest one above it."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return self.lines.get(())


def read_source(text: str, *, language: Language) -> Source:
    """Read a script's text. Never raises: mistakes are in `problems`."""
    source = Source()
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        source.problems.append(problem("too_big", language, limit=MAX_BYTES // 1_000_000))
        return source
    prepared = _prepared(text)
    try:
        if not _refuse_dangers(prepared, source, language):
            return source
        node = yaml.compose(prepared, Loader=_Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        source.problems.append(_syntax_problem(error, prepared, language))
        return source
    source.value = _Reader(source, language).read(node, ()) if node is not None else None
    if source.value is None and not source.problems:
        source.problems.append(problem("empty", language))
    return source


def compose(text: str) -> yaml.Node | None:
    """A text's nodes by the loader that reads scripts; None for what it refuses. Their marks are
    places in the text, which begins without byte order mark. Raises yaml.YAMLError."""
    prepared = _prepared(text, _as_long)
    if not _refuse_dangers(prepared, Source(), "en"):
        return None
    node: yaml.Node | None = yaml.compose(prepared, Loader=_Loader)
    return node


def text_of(document: Mapping[str, object]) -> str:
    """A document that came as data (an API body) as text, so that it takes the same way in."""
    return json.dumps(document, ensure_ascii=False, indent=1, default=str)


_HALVES = re.compile(
    r"(?P<before>(?<!\\)(?:\\\\)*)(?P<escapes>(?:\\u[dD][89a-fA-F][0-9a-fA-F]{2})+)"
)


def _joined(match: re.Match[str]) -> str:
    halves = match["escapes"].encode("ascii").decode("unicode_escape")
    whole = halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return match["before"] + whole


def _as_long(match: re.Match[str]) -> str:
    """Moves nothing that stands behind it."""
    return match["before"] + "x" * len(match["escapes"])


def _prepared(text: str, instead: Callable[[re.Match[str]], str] = _joined) -> str:
    """What JSON may and YAML may not: tabs between values, characters escaped in two halves."""
    text = text.removeprefix("\ufeff")
    if text.lstrip()[:1] != "{" or not ("\t" in text or "\\u" in text):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _HALVES.sub(instead, text).replace("\t", " ")


def _refuse_dangers(text: str, source: Source, language: Language) -> bool:
    """Walk the event stream, which does not expand anything, and stop at the first excess."""
    depth = documents = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        code = _danger_of(event, depth=depth, count=count, documents=documents)
        if code is not None:
            line = event.start_mark.line + 1 if event.start_mark else None
            source.problems.append(problem(code, language, line=line))
            return False
    return True


def _danger_of(event: yaml.Event, *, depth: int, count: int, documents: int) -> str | None:
    if depth > MAX_DEPTH:
        return "too_deep"
    if count > MAX_NODES:
        return "too_many_nodes"
    if documents > 1:
        return "several_documents"
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "alias"
    if getattr(event, "tag", None) not in (None, "!"):
        return "tag"
    return None


def _syntax_problem(error: Exception, text: str, language: Language) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return problem(
            "syntax", language, line=error.problem_mark.line + 1, said=error.problem or ""
        )
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, int(error.position)) + 1
        return problem("control_character", language, line=line)
    return problem("syntax", language, said=type(error).__name__)


class _Reader:
    """Turns nodes into values, noting lines and duplicate keys."""

    def __init__(self, source: Source, language: Language) -> None:
        self._source = source
        self._language = language

    def read(self, node: yaml.Node, path: Path) -> Any:
        self._source.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, place)) for place, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._add("key_not_text", line, path)
                continue
            key = str(key_node.value)
            if key in values:
                self._add("duplicate_key", line, (*path, key), name=key)
                continue
            self._source.lines[(*path, key)] = line
            value = self.read(value_node, (*path, key))
            if value is not None:
                values[key] = value
        return values

    def _scalar(self, node: yaml.Node, path: Path) -> str | None:
        text = str(node.value)
        if getattr(node, "style", None) == "|":
            self._source.blocks.add(path)
        # The C loader says "" where the one in Python says None.
        is_plain = not getattr(node, "style", None)
        if is_plain and text in ("", "~", "null", "Null", "NULL"):
            return None
        if any("\ud800" <= char <= "\udfff" for char in text):
            self._add("control_character", node.start_mark.line + 1, path)
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if any(char < " " and char not in "\n\t\r" for char in text):
            self._add("control_character", node.start_mark.line + 1, path)
            text = "".join(char for char in text if char >= " " or char in "\n\t")
        return text

    def _add(self, code: str, line: int, path: Path, **context: object) -> None:
        self._source.problems.append(
            problem(code, self._language, line=line, path=dotted(path), **context)
        )


def dotted(path: Path) -> str:
    """`("steps", 2, "next", 0, "to")` as `steps.2.next.0.to`."""
    return ".".join(str(part) for part in path)
