"""Adds a test case to a script's text and leaves every other character as its author wrote it."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from candor.sales.export import as_text
from candor.sales.source import compose

_KEY = "tests"
_BYTE_ORDER_MARK = "\ufeff"
_AT_THE_MARGIN = re.compile(r"^([A-Za-z_]\w*)\s*:", re.MULTILINE)

Case = Mapping[str, object]


def with_case(source: str, case: Case) -> str:
    """The text with the case at the end of its `tests`.

    A text that can't be read gets it at its very end, where its author finds it.
    """
    if source.startswith(_BYTE_ORDER_MARK):
        return _BYTE_ORDER_MARK + with_case(source.removeprefix(_BYTE_ORDER_MARK), case)
    try:
        root = compose(source)
    except (yaml.YAMLError, ValueError):
        root = None
    if not isinstance(root, yaml.MappingNode):
        keys = _AT_THE_MARGIN.findall(source)
        return _at_the_end(source, case, len(source), with_key=keys[-1:] != [_KEY])
    return _into(source, root, case)


def _into(source: str, root: Any, case: Case) -> str:
    cases = next((value for key, value in root.value if key.value == _KEY), None)
    if cases is None:
        if root.flow_style:
            return _in_braces(source, root, f"{json.dumps(_KEY)}: [{_in_line(case)}]")
        return _at_the_end(source, case, root.end_mark.index, with_key=True)
    is_list = isinstance(cases, yaml.SequenceNode)
    if is_list and not cases.flow_style:
        return _after(source, cases, case)
    if is_list and (cases.value or root.flow_style):
        return _in_braces(source, cases, _in_line(case))
    # Nothing is written there yet, or what is no list of tests.
    words = f" [{_in_line(case)}]" if root.flow_style else "\n" + _block([case], 2).rstrip("\n")
    return source[: cases.start_mark.index].rstrip() + words + source[cases.end_mark.index :]


def _in_line(case: Case) -> str:
    """As JSON, which may stand between the braces of YAML, too."""
    return json.dumps(case, ensure_ascii=False)


def _in_braces(source: str, node: Any, words: str) -> str:
    """Behind the last value of a list or an object that stands in braces."""
    if not node.value:
        end = node.start_mark.index + 1
        return source[:end] + words + source[end:]
    last = node.value[-1]
    end = (last[1] if isinstance(last, tuple) else last).end_mark.index
    return f"{source[:end]}, {words}{source[end:]}"


def _after(source: str, node: Any, case: Case) -> str:
    """Behind the last case, as far from the margin as the others."""
    lines = source.splitlines(keepends=True)
    last = _leaf(node).end_mark
    end = last.line if last.column == 0 else last.line + 1
    while end > 0 and not lines[end - 1].strip():
        end -= 1
    before = "".join(lines[:end])
    gap = "" if before.endswith("\n") else "\n"
    return before + gap + _block([case], node.start_mark.column) + "".join(lines[end:])


def _leaf(node: Any) -> Any:
    """The last thing written in a node; comments behind it are not part of it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node


def _at_the_end(source: str, case: Case, end: int, *, with_key: bool) -> str:
    head = f"{_KEY}:\n" if with_key else ""
    return f"{source[:end].rstrip()}\n{head}{_block([case], 2)}{source[end:]}"


def _block(cases: Sequence[Case], indent: int) -> str:
    listed = as_text({_KEY: list(cases)}, "yaml").splitlines()[1:]
    return "".join(f"{' ' * indent}{line[2:]}\n" for line in listed)
