"""Measures reading on a labelled file: what `candor bench fit FILE` calls.

Lines as in the public interface: `step` (with `say` and `fits`), `reply` (`fits` true or false) and
`agreement` (`agrees`). The steps of one language make one script.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from candor.common.errors import FieldError, InvalidInputError
from candor.common.llm import Encoder, Language, Step
from candor.llm.encoder import UseEncoder
from candor.llm.reading.fit import FITS_ABOVE
from candor.llm.reading.reader import Reader

_KINDS: Final = ("step", "reply", "agreement")


@dataclass(frozen=True, slots=True)
class _Judged:
    language: str
    wanted: bool
    score: float


async def evaluate(
    lines: Iterable[Mapping[str, object]], *, encoder: Encoder | None = None
) -> dict[str, object]:
    """`auc`, `precision` and `recall` at score > 0.7, `agreement_precision/recall/f1`; `languages`
    has the same per language. Raises InvalidInputError for a line of another shape."""
    rows = [_checked(number, line) for number, line in enumerate(lines, 1)]
    reader = Reader(encoder or UseEncoder())
    replies = await _judge_replies(rows, reader)
    agreements = await _judge_agreements(rows, reader)
    result: dict[str, object] = {**_fit_figures(replies), **_agreement_figures(agreements)}
    languages = sorted({str(row["lang"]) for row in rows})
    result["languages"] = {
        language: {
            **_fit_figures([r for r in replies if r.language == language]),
            **_agreement_figures([a for a in agreements if a.language == language]),
        }
        for language in languages
    }
    result["lines"] = len(rows)
    result["encoder"] = reader.encoder_name
    return result


async def _judge_replies(rows: Sequence[Mapping[str, object]], reader: Reader) -> list[_Judged]:
    steps: dict[tuple[str, str], Step] = {}
    for row in rows:
        if row["type"] == "step":
            fits = row.get("fits")
            listed = tuple(str(fit) for fit in fits) if isinstance(fits, list) else ()
            key = (str(row["lang"]), str(row["step"]))
            steps[key] = Step(key=key[1], say=str(row.get("say", "")), fits=listed)
    judged = []
    for number, row in enumerate(rows, 1):
        if row["type"] != "reply":
            continue
        key = (str(row["lang"]), str(row["step"]))
        if key not in steps:
            raise InvalidInputError(f"Line {number}: the step {key[1]!r} is not in the file.")
        script = tuple(step for (language, _), step in steps.items() if language == key[0])
        score = await reader.score(str(row["text"]), steps[key], script)
        judged.append(_Judged(key[0], bool(row["fits"]), score))
    return judged


async def _judge_agreements(rows: Sequence[Mapping[str, object]], reader: Reader) -> list[_Judged]:
    return [
        _Judged(str(row["lang"]), bool(row["agrees"]), float(await reader.agrees(str(row["text"]))))
        for row in rows
        if row["type"] == "agreement"
    ]


def _fit_figures(judged: Sequence[_Judged]) -> dict[str, float | None]:
    precision, recall = _precision_recall(judged, FITS_ABOVE)
    return {"auc": _auc(judged), "precision": precision, "recall": recall}


def _agreement_figures(judged: Sequence[_Judged]) -> dict[str, float | None]:
    precision, recall = _precision_recall(judged, 0.5)
    f1 = None
    if precision is not None and recall is not None:
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"agreement_precision": precision, "agreement_recall": recall, "agreement_f1": f1}


def _precision_recall(judged: Sequence[_Judged], above: float) -> tuple[float | None, float | None]:
    taken = [item for item in judged if item.score > above]
    wanted = sum(item.wanted for item in judged)
    right = sum(item.wanted for item in taken)
    return (right / len(taken) if taken else None), (right / wanted if wanted else None)


def _auc(judged: Sequence[_Judged]) -> float | None:
    good = np.array([item.score for item in judged if item.wanted])
    bad = np.array([item.score for item in judged if not item.wanted])
    if not len(good) or not len(bad):
        return None
    higher = (good[:, None] > bad).mean() + 0.5 * (good[:, None] == bad).mean()
    return float(higher)


def _checked(number: int, line: Mapping[str, object]) -> Mapping[str, object]:
    needed = {
        "step": ("lang", "step", "fits"),
        "reply": ("lang", "step", "text", "fits"),
        "agreement": ("lang", "text", "agrees"),
    }.get(str(line.get("type")), ())
    missing = [name for name in needed if name not in line]
    if line.get("type") not in _KINDS or missing:
        wrong = f"lacks {', '.join(missing)}" if missing else f"has no type of {', '.join(_KINDS)}"
        raise InvalidInputError(
            f"Line {number} {wrong}.", errors=(FieldError(f"{number}", wrong, line=number),)
        )
    return line


LANGUAGE_NAMES: Final[dict[Language, str]] = {"ru": "Russian", "en": "English"}
