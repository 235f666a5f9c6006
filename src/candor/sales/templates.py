"""Templates and conditions of scripts: Jinja with almost everything taken out.

A template may name `client`, `variables` (or a variable directly), `business` and `script`, choose
with `if`, and use a few filters. No loops, no calls, no assignments, no macros, no multiplication:
so its time and size are bounded by its own length, and nothing of Python can be reached. The check
reads the syntax tree before anything runs; the sandbox stands behind it as a second wall.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.runtime import ChainableUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_TEMPLATE = 8_000
"""Characters of one template."""
MAX_RENDERED = 16_000
"""Characters of one rendered text; what is longer is cut. Telegram's 4096 is checked later."""
MAX_TREE = 400
"""Nodes of one template's syntax tree."""

CLIENT_FIELDS = frozenset(
    {"first_name", "last_name", "name", "username", "language", "origin", "diagnosis"}
)
BUSINESS_FIELDS = frozenset({"name", "language", "timezone", "site", "contact"})
SCRIPT_FIELDS = frozenset({"key", "title", "language", "version"})
REPLY_FIELDS = frozenset(
    {
        "text", "tone", "score", "main_idea", "keywords", "language",
        "step", "triggers", "intents", "words",
    }
)  # fmt: skip
_OPEN_FIELDS = frozenset({"diagnosis"})
"""Fields that hold whatever diagnostics stored: below them any plain name is allowed."""
_FILTERS = frozenset(
    {"default", "d", "lower", "upper", "capitalize", "title", "trim", "length", "int", "round"}
)
_TESTS = frozenset({"defined", "undefined", "none", "string", "number", "odd", "even"})
_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Name,
    nodes.Getattr, nodes.Getitem, nodes.Const, nodes.Filter, nodes.Test, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Add, nodes.Sub, nodes.Concat, nodes.List,
    nodes.Tuple, nodes.Neg,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """One mistake in a template. `code` names the wording; `line` counts from 1 in the template."""

    code: str
    line: int
    subject: str = ""
    known: tuple[str, ...] = ()


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=ChainableUndefined, autoescape=False, cache_size=0
    )
    environment.globals.clear()
    environment.filters = {k: v for k, v in environment.filters.items() if k in _FILTERS}
    environment.tests = {
        k: v for k, v in environment.tests.items() if k in _TESTS or not k.isalpha()
    }
    return environment


_ENVIRONMENT = _environment()


def check_template(source: str, *, variables: frozenset[str]) -> tuple[TemplateProblem, ...]:
    """All mistakes of a template; empty when it may be used. Never raises."""
    return _check(source, _roots(variables))


def check_condition(source: str, *, variables: frozenset[str]) -> tuple[TemplateProblem, ...]:
    """All mistakes of a `when` condition: an expression over `client`, `reply` and variables."""
    return check_expression(source, roots=_roots(variables) | {"reply": REPLY_FIELDS})


def check_expression(
    source: str, *, roots: Mapping[str, frozenset[str] | None], is_template: bool = False
) -> tuple[TemplateProblem, ...]:
    """The same for other documents: `roots` are the names that may be said, with their fields."""
    if is_template:
        return _check(source, roots)
    if any(mark in source for mark in ("{{", "}}", "{%", "%}", "{#", "#}")):
        return (TemplateProblem("template_syntax", 1, source[:60]),)
    return _check("{{ " + source + " }}", roots)


def render(source: str, context: Mapping[str, object]) -> str:
    """The template with its values. Raises ValueError for a template that `check_template` refuses
    at run time (a value of the wrong kind); the caller then uses other words."""
    try:
        text = _compiled(source).render(context)
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise ValueError(f"The template could not be filled: {error}") from error
    return tidy(text[:MAX_RENDERED])


def holds(condition: str, context: Mapping[str, object]) -> bool:
    """Whether a checked condition is true; one that can't be evaluated is not."""
    try:
        outcome = _compiled("{% if " + condition + " %}1{% endif %}").render(context)
    except (TemplateError, TypeError, ValueError, ArithmeticError):
        return False
    return outcome == "1"


def tidy(text: str) -> str:
    """Mend what an empty value leaves behind: a leading comma, doubled spaces, a small start."""
    lines = [re.sub(r"[ \t]{2,}", " ", line).strip() for line in text.strip().splitlines()]
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    joined = re.sub(r" +([,.!?;:])", r"\1", joined)
    bare = joined.lstrip(",;:. ")
    if bare != joined and bare:
        return bare[0].upper() + bare[1:]
    return joined


@lru_cache(maxsize=2048)
def _compiled(source: str) -> Template:
    return _ENVIRONMENT.from_string(source)


def _roots(variables: frozenset[str]) -> dict[str, frozenset[str] | None]:
    named: dict[str, frozenset[str] | None] = dict.fromkeys(variables)
    return named | {
        "client": CLIENT_FIELDS,
        "business": BUSINESS_FIELDS,
        "script": SCRIPT_FIELDS,
        "variables": variables,
    }


def _check(source: str, roots: Mapping[str, frozenset[str] | None]) -> tuple[TemplateProblem, ...]:
    if len(source) > MAX_TEMPLATE:
        return (TemplateProblem("template_too_long", 1, str(MAX_TEMPLATE)),)
    try:
        tree = _ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        return (_syntax_problem(error),)
    except (RecursionError, ValueError, OverflowError):
        return (TemplateProblem("template_too_deep", 1),)
    return tuple(_walk(tree, roots))


def _syntax_problem(error: TemplateSyntaxError) -> TemplateProblem:
    message = error.message or ""
    forbidden = re.search(r"No (?:filter|test) named '([^']*)'", message)
    if forbidden:
        return TemplateProblem("template_filter", error.lineno, forbidden.group(1))
    return TemplateProblem("template_syntax", error.lineno, message)


def _walk(
    tree: nodes.Template, roots: Mapping[str, frozenset[str] | None]
) -> Iterator[TemplateProblem]:
    waiting: list[nodes.Node] = [tree]
    seen = 0
    while waiting:
        node = waiting.pop(0)
        seen += 1
        if seen > MAX_TREE:
            yield TemplateProblem("template_too_deep", node.lineno)
            return
        yield from _problems_of(node, roots)
        if isinstance(node, _ALLOWED) and not isinstance(node, nodes.Getattr | nodes.Getitem):
            waiting.extend(node.iter_child_nodes())


def _problems_of(
    node: nodes.Node, roots: Mapping[str, frozenset[str] | None]
) -> Iterator[TemplateProblem]:
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        yield from _path_problems(node, roots)
    elif isinstance(node, nodes.Name):
        if node.name.startswith("_"):
            yield TemplateProblem("template_internals", node.lineno, node.name)
        elif node.name not in roots:
            yield TemplateProblem("template_variable", node.lineno, node.name, tuple(roots))
    elif isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        yield TemplateProblem("template_filter", node.lineno, node.name, tuple(_FILTERS))
    elif isinstance(node, nodes.Test) and node.name not in _TESTS:
        yield TemplateProblem("template_filter", node.lineno, node.name, tuple(_TESTS))
    elif isinstance(node, nodes.Const) and isinstance(node.value, int) and abs(node.value) > 10**9:
        yield TemplateProblem("template_too_deep", node.lineno)
    elif not isinstance(node, _ALLOWED):
        yield TemplateProblem("template_statement", node.lineno, type(node).__name__.lower())


def _path_problems(
    node: nodes.Getattr | nodes.Getitem, roots: Mapping[str, frozenset[str] | None]
) -> Iterator[TemplateProblem]:
    """`client.diagnosis.level` must begin with a known name and go through known fields."""
    path, base = _dotted(node)
    if any(name.startswith("_") or "__" in name for name in path):
        yield TemplateProblem("template_internals", node.lineno, ".".join(path))
        return
    if not isinstance(base, nodes.Name) or not all(path):
        yield TemplateProblem("template_internals", node.lineno, ".".join(path))
        return
    fields = roots.get(base.name, None)
    if base.name not in roots:
        yield TemplateProblem("template_variable", node.lineno, base.name, tuple(roots))
    elif fields is None or path[0] not in fields:
        subject = ".".join((base.name, *path))
        yield TemplateProblem("template_variable", node.lineno, subject, _known(base.name, fields))
    elif len(path) > 1 and path[0] not in _OPEN_FIELDS:
        subject = ".".join((base.name, *path))
        yield TemplateProblem("template_variable", node.lineno, subject)


def _known(root: str, fields: frozenset[str] | None) -> tuple[str, ...]:
    return tuple(f"{root}.{name}" for name in sorted(fields or ()))


def _dotted(node: nodes.Getattr | nodes.Getitem) -> tuple[list[str], nodes.Node]:
    """The names from left to right and what they start from; "" for a computed one."""
    path: list[str] = []
    current: nodes.Node = node
    while isinstance(current, nodes.Getattr | nodes.Getitem):
        if isinstance(current, nodes.Getattr):
            path.append(current.attr)
        else:
            argument = current.arg
            is_name = isinstance(argument, nodes.Const) and isinstance(argument.value, str)
            path.append(
                str(argument.value) if is_name and isinstance(argument, nodes.Const) else ""
            )
        current = current.node
    return path[::-1], current
