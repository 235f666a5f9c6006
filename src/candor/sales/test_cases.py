"""Adds a test case to a script's text and leaves every other character as its author wrote it."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from candor.sales.export import as_text

_KEY = "tests"


def with_case(source: str, case: Mapping[str, object]) -> str:
    """The text with the case at the end of its `tests`.

    A text that can't be read gets it at its very end, where its author finds it.
    """
    node, is_known = _tests_of(source)
    if node is None:
        return _at_the_end(source, case, with_key=not is_known)
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        known = yaml.safe_load(source[node.start_mark.index : node.end_mark.index]) or []
        cases = [*known, case] if isinstance(known, list) else [case]
        block = "\n" + _block(cases, 2).rstrip("\n")
        return source[: node.start_mark.index].rstrip() + block + source[node.end_mark.index :]
    return _after(source, node, case)


def _tests_of(source: str) -> tuple[Any, bool]:
    """The value of `tests`, and whether the key stands in a text that can't be read."""
    try:
        root = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None, False
    if not isinstance(root, yaml.MappingNode):
        return None, False
    found = [value for key, value in root.value if key.value == _KEY]
    return (found[0], True) if found else (None, False)


def _after(source: str, node: Any, case: Mapping[str, object]) -> str:
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


def _at_the_end(source: str, case: Mapping[str, object], *, with_key: bool) -> str:
    head = f"{_KEY}:\n" if with_key else ""
    return f"{source.rstrip()}\n{head}{_block([case], 2)}"


def _block(cases: Sequence[Mapping[str, object]], indent: int) -> str:
    listed = as_text({_KEY: list(cases)}, "yaml").splitlines()[1:]
    return "".join(f"{' ' * indent}{line[2:]}\n" for line in listed)
