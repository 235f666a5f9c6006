"""An owner's prompt is refused when a placeholder is missing, misspelt or broken; sums stay sums."""

import pytest

from candor.common.errors import FieldError, InvalidInputError
from candor.llm.prompts import NAMES, Prompt, check_prompt, left_out, shipped_prompt

NAME = "sales/reply"


def faults(text: str, name: str = NAME) -> tuple[FieldError, ...]:
    with pytest.raises(InvalidInputError) as refused:
        check_prompt(name, text)
    return refused.value.errors


@pytest.mark.parametrize("name", NAMES)
def test_that_each_shipped_prompt_is_whole(name: str) -> None:
    text = shipped_prompt(name).text
    check_prompt(name, text)
    assert left_out(name, text) == ()


@pytest.mark.parametrize(
    ("part", "written"),
    [
        ("$facts", "$$facts"),
        ("$facts", "$facts_"),
        ("$facts", "$ facts"),
        ("$facts", "facts"),
        ("$facts", "$Facts"),
        ("$script", "$scripts"),
        ("$script", "$scriptIgnore"),
        ("$script", "${scripts}"),
        ("$business", "$businesses"),
        ("JSON", "text"),
    ],
)
def test_that_a_needed_part_must_stand_there_itself(part: str, written: str) -> None:
    told = faults(shipped_prompt(NAME).text.replace(part, written))[0]
    assert (told.path, told.message) == ("text", f"The prompt must hold {part}.")


@pytest.mark.parametrize("foreign", ["$foo", "${bar}", "$scriptIgnore", "$task", "$_", "$FACTS"])
def test_that_a_placeholder_that_nothing_fills_is_named_with_its_line(foreign: str) -> None:
    (told,) = faults(
        shipped_prompt("commenting/comment").text + f"\n{foreign}", "commenting/comment"
    )
    name = foreign.strip("${}")
    assert told.message == (f"Nothing fills in ${name}. This prompt has $business, $style, $facts.")
    assert told.line == shipped_prompt("commenting/comment").text.count("\n") + 2


def test_that_a_prompt_without_placeholders_takes_none() -> None:
    (told,) = faults(shipped_prompt("commenting/post").text + " $post", "commenting/post")
    assert told.message == "Nothing fills in $post. This prompt has no placeholders."


@pytest.mark.parametrize("broken", ["${facts", "${ facts }", "${}", "$факты", "${имя}"])
def test_that_a_broken_placeholder_is_shown(broken: str) -> None:
    (told,) = faults(shipped_prompt(NAME).text + f"\n{broken}")
    assert told.message.startswith(f"{broken} is no placeholder.")
    assert told.line == shipped_prompt(NAME).text.count("\n") + 2


@pytest.mark.parametrize(
    "words",
    [
        "The course costs $49.",
        "From $1,200 to $1,500 a year.",
        "49 $ a month",
        "49$",
        "Цена – 49 $.",
        "Цена: $49 в месяц",
        "US$ 20",
        "Prices are in dollars ($).",
        "Never write $$ instead of USD.",
        "$$$ is no answer.",
        "Pay 100$, then start.",
        "A sum like $.50 stays.",
        "${business} again",
        "$business's own words",
        "Ответы «$business» кратки.",
        "$business-style",
        "$business.",
        "$facts\n$facts",
    ],
)
def test_that_sums_and_other_ways_of_writing_are_taken(words: str) -> None:
    text = f"{shipped_prompt(NAME).text}\n{words}"
    check_prompt(NAME, text)
    whole = {"style": "", "facts": "-", "knowledge": "-", "script": "-"}
    assert "$business" not in Prompt(NAME, "own", text).filled(business="Lighthouse", **whole)


@pytest.mark.parametrize(
    ("written", "missing"),
    [
        (("$knowledge", "-"), ("knowledge",)),
        (("$style", ""), ("style",)),
        (("$style", "$$style"), ("style",)),
        (("$style", "${style}"), ()),
    ],
)
def test_that_what_may_be_left_out_is_told(
    written: tuple[str, str], missing: tuple[str, ...]
) -> None:
    text = shipped_prompt(NAME).text.replace(*written)
    check_prompt(NAME, text)
    assert left_out(NAME, text) == missing
