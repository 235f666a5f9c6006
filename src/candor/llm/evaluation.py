"""Measures reading on a labelled file: what `candor bench fit FILE` calls.

Lines as in the public interface: `step` (with `say` and `fits`), `reply` (`fits` true or false) and
`agreement` (`agrees`). The steps of one language make one script.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from candor.common.llm import Encoder
from candor.llm.encoder import UseEncoder
from candor.llm.labelled import Labelled, labelled
from candor.llm.reading.fit import FITS_ABOVE
from candor.llm.reading.reader import Reader

_AGREES_ABOVE = 0.5


@dataclass(frozen=True, slots=True)
class _Judged:
    language: str
    wanted: bool
    score: float


async def evaluate(
    lines: Iterable[Mapping[str, object]],
    *,
    numbers: Iterable[int] | None = None,
    encoder: Encoder | None = None,
) -> dict[str, object]:
    """`auc`, `precision` and `recall` at score > 0.7, `agreement_precision/recall/f1`; `languages`
    has the same per language. `numbers`: the lines' places in their file, for what is wrong with them.
    Raises InvalidInputError for a line of another shape."""
    given = labelled(zip(numbers or count(1), lines, strict=False))
    reader = Reader(encoder or UseEncoder())
    replies = await _judge_replies(given, reader)
    agreements = await _judge_agreements(given, reader)
    result: dict[str, object] = {**_fit_figures(replies), **_agreement_figures(agreements)}
    result["languages"] = {
        language: {
            **_fit_figures([r for r in replies if r.language == language]),
            **_agreement_figures([a for a in agreements if a.language == language]),
        }
        for language in given.languages
    }
    result["lines"] = given.count
    result["encoder"] = reader.encoder_name
    return result


async def _judge_replies(given: Labelled, reader: Reader) -> list[_Judged]:
    scripts = {
        language: tuple(step for (spoken, _), step in given.steps.items() if spoken == language)
        for language in given.languages
    }
    judged = []
    for reply in given.replies:
        step = given.steps[reply.language, reply.step]
        score = await reader.score(reply.text, step, scripts[reply.language])
        judged.append(_Judged(reply.language, reply.is_wanted, score))
    return judged


async def _judge_agreements(given: Labelled, reader: Reader) -> list[_Judged]:
    return [
        _Judged(said.language, said.is_wanted, float(await reader.agrees(said.text)))
        for said in given.agreements
    ]


def _fit_figures(judged: Sequence[_Judged]) -> dict[str, float | None]:
    precision, recall = _precision_recall(judged, FITS_ABOVE)
    return {"auc": _auc(judged), "precision": precision, "recall": recall}


def _agreement_figures(judged: Sequence[_Judged]) -> dict[str, float | None]:
    precision, recall = _precision_recall(judged, _AGREES_ABOVE)
    return {
        "agreement_precision": precision,
        "agreement_recall": recall,
        "agreement_f1": _f1(judged, _AGREES_ABOVE),
    }


def _f1(judged: Sequence[_Judged], above: float) -> float | None:
    """Also where nothing was taken and precision is not known: whoever misses all has 0."""
    taken = [item for item in judged if item.score > above]
    both = len(taken) + sum(item.wanted for item in judged)
    return 2 * sum(item.wanted for item in taken) / both if both else None


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
