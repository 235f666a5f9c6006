"""Labelled lines as the public interface has them: `step`, `reply` and `agreement`, checked as a whole.

A figure that was measured on a misread line is worse than none, so nothing is guessed: `"false"` is no
`false`, and a line of another form is named.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from candor.common.errors import FieldError, InvalidInputError
from candor.common.llm import Step

MOST_ERRORS: Final = 20
"""A file of another kind has as many mistakes as lines."""
_NEEDED: Final[Mapping[object, tuple[str, ...]]] = {
    "step": ("lang", "step", "fits"),
    "reply": ("lang", "step", "text", "fits"),
    "agreement": ("lang", "text", "agrees"),
}

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Saying:
    """A client's words and what a person says of them: that they fit the step, or that they agree."""

    language: str
    text: str
    is_wanted: bool
    step: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A whole file. The steps of one language make one script."""

    steps: Mapping[tuple[str, str], Step]
    replies: Sequence[Saying]
    agreements: Sequence[Saying]
    count: int

    @property
    def languages(self) -> list[str]:
        said = {saying.language for saying in (*self.replies, *self.agreements)}
        return sorted(said | {language for language, _ in self.steps})


def labelled(rows: Iterable[tuple[int, Row]]) -> Labelled:
    """Rows with their numbers in the file. Raises InvalidInputError that names each wrong line."""
    numbered = list(rows)
    errors = [error for number, row in numbered for error in _errors_of(number, row)]
    if not errors:
        errors = list(_without_examples(numbered))
    if errors:
        raise refused(errors)
    if not any(row["type"] != "step" for _, row in numbered):
        raise InvalidInputError(
            "There is nothing to measure: the file holds no reply and no agreement."
        )
    return _read([row for _, row in numbered])


def refused(errors: Sequence[FieldError]) -> InvalidInputError:
    """The first mistake at once, all of them in a list where there are several."""
    first = f"Line {errors[0].line}: {_told(errors[0])}"
    if len(errors) == 1:
        return InvalidInputError(first)
    message = f"{len(errors)} mistakes; nothing was measured. {first}"
    return InvalidInputError(message, errors=tuple(errors[:MOST_ERRORS]))


def _told(error: FieldError) -> str:
    return f"{error.path}: {error.message}" if error.path else error.message


def _errors_of(number: int, row: Row) -> Iterable[FieldError]:
    kind = row.get("type")
    needed = _NEEDED.get(kind) if isinstance(kind, str) else None
    if needed is None:
        yield FieldError("type", f"It is none of {', '.join(map(str, _NEEDED))}.", number)
        return
    for name in needed:
        wrong = _wrong(kind, name, row[name]) if name in row else "It is missing."
        if wrong:
            yield FieldError(name, wrong, number)
    if row.get("say") is not None and not isinstance(row["say"], str):
        yield FieldError("say", "It must be text.", number)


def _wrong(kind: object, name: str, value: object) -> str:
    """What is wrong with a value; empty for a good one."""
    if name == "fits" and kind == "step":
        is_list = isinstance(value, list) and all(_is_text(fit) for fit in value)
        return "" if is_list else 'It must be a list of texts, such as ["for work"].'
    if name in ("fits", "agrees"):
        return "" if isinstance(value, bool) else "It must be true or false, without quotes."
    is_number = name == "step" and isinstance(value, int) and not isinstance(value, bool)
    return "" if _is_text(value) or is_number else "It must be text, and not empty."


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _without_examples(rows: Sequence[tuple[int, Row]]) -> Iterable[FieldError]:
    """Replies whose step can't be compared with anything."""
    steps = {_key(row): row["fits"] for _, row in rows if row["type"] == "step"}
    for number, row in rows:
        if row["type"] != "reply":
            continue
        if _key(row) not in steps:
            told = f"The file has no step {row['step']!r} in the language {row['lang']!r}."
            yield FieldError("step", told, number)
        elif not steps[_key(row)]:
            told = f"The step {row['step']!r} has no examples in its fits."
            yield FieldError("step", told, number)


def _read(rows: Sequence[Row]) -> Labelled:
    steps = {_key(row): _step(row) for row in rows if row["type"] == "step"}
    return Labelled(
        steps=steps,
        replies=[
            Saying(_lang(row), str(row["text"]), row["fits"] is True, str(row["step"]))
            for row in rows
            if row["type"] == "reply"
        ],
        agreements=[
            Saying(_lang(row), str(row["text"]), row["agrees"] is True)
            for row in rows
            if row["type"] == "agreement"
        ],
        count=len(rows),
    )


def _step(row: Row) -> Step:
    fits = row["fits"]
    listed = tuple(str(fit) for fit in fits) if isinstance(fits, list) else ()
    return Step(key=str(row["step"]), say=str(row.get("say") or ""), fits=listed)


def _key(row: Row) -> tuple[str, str]:
    return _lang(row), str(row["step"])


def _lang(row: Row) -> str:
    return str(row["lang"])
