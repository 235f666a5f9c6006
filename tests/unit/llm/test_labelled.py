"""A labelled file is measured as it is meant, or refused with the line and the field."""

import pytest

from candor.common.errors import InvalidInputError
from candor.llm.evaluation import evaluate
from candor.llm.labelled import MOST_ERRORS, Row, labelled

STEP = {"type": "step", "lang": "en", "step": "goal", "say": "What for?", "fits": ["for work"]}
REPLY = {"type": "reply", "lang": "en", "step": "goal", "text": "for my job", "fits": True}
AGREEMENT = {"type": "agreement", "lang": "en", "text": "yes", "agrees": True}


def refused(*rows: Row) -> str:
    with pytest.raises(InvalidInputError) as error:
        labelled(enumerate(rows, 1))
    return error.value.message


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (STEP | {"fits": "for work"}, "fits: It must be a list"),
        (STEP | {"fits": None}, "fits: It must be a list"),
        (STEP | {"fits": {}}, "fits: It must be a list"),
        (STEP | {"fits": [1]}, "fits: It must be a list"),
        (STEP | {"fits": ["for work", " "]}, "fits: It must be a list"),
        (STEP | {"step": ""}, "step: It must be text"),
        (STEP | {"step": True}, "step: It must be text"),
        (STEP | {"lang": None}, "lang: It must be text"),
        (STEP | {"say": 7}, "say: It must be text"),
        (REPLY | {"fits": "false"}, "fits: It must be true or false"),
        (REPLY | {"fits": 1}, "fits: It must be true or false"),
        (REPLY | {"fits": None}, "fits: It must be true or false"),
        (REPLY | {"fits": []}, "fits: It must be true or false"),
        (REPLY | {"text": None}, "text: It must be text"),
        (REPLY | {"text": ["for my job"]}, "text: It must be text"),
        (REPLY | {"text": " "}, "text: It must be text"),
        (REPLY | {"lang": ["en"]}, "lang: It must be text"),
        (REPLY | {"step": "price"}, "step: The file has no step 'price' in the language 'en'."),
        (REPLY | {"lang": "ru"}, "step: The file has no step 'goal' in the language 'ru'."),
        (AGREEMENT | {"agrees": "true"}, "agrees: It must be true or false"),
        (AGREEMENT | {"lang": ["en"]}, "lang: It must be text"),
        ({"type": "agreement", "lang": "en", "text": "yes"}, "agrees: It is missing."),
        ({"type": ["step"]}, "type: It is none of"),
        ({}, "type: It is none of"),
    ],
)
def test_that_what_is_not_of_the_form_is_named(row: Row, told: str) -> None:
    said = refused(STEP, REPLY, AGREEMENT, row)
    assert said.startswith(f"Line 4: {told}")


def test_that_a_step_needs_examples_as_soon_as_a_reply_is_compared_with_it() -> None:
    bare = STEP | {"step": "bye", "fits": []}
    assert labelled(enumerate((STEP, bare, REPLY), 1)).count == 3
    said = refused(STEP, bare, REPLY, REPLY | {"step": "bye"})
    assert said == "Line 4: step: The step 'bye' has no examples in its fits."


def test_that_many_mistakes_are_counted_and_the_first_are_listed() -> None:
    with pytest.raises(InvalidInputError) as error:
        labelled((number, {}) for number in range(1, 101))
    assert error.value.message.startswith("100 mistakes; nothing was measured.")
    assert [item.line for item in error.value.errors] == list(range(1, MOST_ERRORS + 1))


@pytest.mark.parametrize(
    "row",
    [
        STEP | {"say": None},
        {name: value for name, value in STEP.items() if name != "say"},
        STEP | {"note": "by the second author"},
        STEP | {"step": 2},
        REPLY | {"text": "none"},
        REPLY | {"text": "null"},
        REPLY | {"fits": False},
        AGREEMENT | {"text": "👍", "agrees": False},
        AGREEMENT | {"lang": "de"},
    ],
)
def test_that_what_the_form_leaves_open_is_taken(row: Row) -> None:
    found = labelled(enumerate((STEP, REPLY, row), 1))
    assert found.count == 3
    if row["type"] != "step":
        assert (*found.replies, *found.agreements)[-1].text == row["text"]


async def test_that_numbers_and_words_name_the_same_step() -> None:
    numbered = evaluate([STEP | {"step": 2}, REPLY | {"step": "2"}])
    assert (await numbered)["recall"] is not None


@pytest.mark.parametrize(
    ("said", "figure"),
    [
        ((("lilac", True),), 0.0),
        ((("lilac", True), ("yes", False)), 0.0),
        ((("yes", True), ("lilac", True)), 2 / 3),
        ((("yes", True), ("lilac", False)), 1.0),
        ((("yes", False),), 0.0),
        ((("lilac", False),), None),
    ],
)
async def test_that_who_misses_every_agreement_has_a_figure(
    said: tuple[tuple[str, bool], ...], figure: float | None
) -> None:
    rows = [AGREEMENT | {"text": text, "agrees": agrees} for text, agrees in said]
    assert (await evaluate(rows))["agreement_f1"] == figure
