"""The figures that reading must reach on labelled files of both languages."""

import json
from pathlib import Path

import pytest

from candor.common.errors import InvalidInputError
from candor.llm.evaluation import evaluate
from candor.llm.reading.agreement import stance

DATA = Path(__file__).parents[2] / "data" / "fit"


def rows(*names: str) -> list[dict[str, object]]:
    return [json.loads(line) for name in names for line in (DATA / name).read_text().splitlines()]


@pytest.mark.parametrize(
    "names", [("ru.jsonl", "en.jsonl"), ("ru-second.jsonl", "en-second.jsonl")]
)
async def test_that_fit_and_agreement_reach_their_figures(names: tuple[str, ...]) -> None:
    found = await evaluate(rows(*names))
    languages = found["languages"]
    assert isinstance(languages, dict)
    for part in (found, *languages.values()):
        assert part["auc"] >= 0.95
        assert part["precision"] >= 0.97
        assert part["recall"] >= 0.80
        assert part["agreement_f1"] >= 0.95


async def test_that_a_wrong_line_is_named() -> None:
    with pytest.raises(InvalidInputError, match="Line 1"):
        await evaluate([{"type": "reply", "lang": "ru"}])


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("не против", "yes"), ("не откажусь", "yes"), ("почему бы и нет", "yes"), ("дорого, но давайте", "yes"),
        ("don't mind", "yes"), ("can't say no", "yes"), ("👍", "yes"), ("+", "yes"), ("how do I join?", "yes"),
        ("да, но не сейчас", "later"), ("yeah, no", "no"), ("нет, спасибо", "no"), ("👎", "no"),
        ("сколько стоит?", "question"), ("хочу подумать", "later"), ("пришли переписку других клиентов", None),
    ],
)  # fmt: skip
def test_that_negation_is_understood(text: str, polarity: str | None) -> None:
    assert stance(text).polarity == polarity


def test_that_da_net_navernoe_is_no_agreement() -> None:
    assert stance("да нет, наверное").polarity in ("no", "later")
