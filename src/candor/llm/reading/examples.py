"""The shipped example phrases: what lies outside a script, what tones and openings sound like."""

from functools import cache
from importlib.resources import files
from typing import Final, get_args

from candor.common.llm import Language

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


@cache
def off_script() -> tuple[str, ...]:
    """Small talk, questions about bots, complaints, unrelated questions, injections; ru and en."""
    return tuple(line for language in LANGUAGES for line in _lines(f"off_script.{language}.txt"))


@cache
def phrases(kind: str) -> dict[str, tuple[str, ...]]:
    """Phrases by class from `<kind>.<language>.txt`, both languages together."""
    classes: dict[str, list[str]] = {}
    for language in LANGUAGES:
        current = ""
        for line in _lines(f"{kind}.{language}.txt"):
            if line.startswith("[") and line.endswith("]"):
                current = line[1:-1]
            else:
                classes.setdefault(current, []).append(line)
    return {name: tuple(lines) for name, lines in classes.items()}


def all_examples() -> tuple[str, ...]:
    """Everything that is worth encoding at start."""
    lines = list(off_script())
    for kind in ("tones", "openings"):
        lines += [line for group in phrases(kind).values() for line in group]
    return tuple(lines)


def _lines(name: str) -> list[str]:
    text = files("candor.llm").joinpath("data", name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip()]
