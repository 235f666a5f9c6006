"""A correction taken over stands at the end of `tests`; all else stays as its author wrote it."""

import json
from itertools import takewhile

import pytest

from candor.sales.parsing import parse_script
from candor.sales.source import read_source
from candor.sales.test_cases import with_case

CASE = {
    "name": "Dialogue 1, answer 2",
    "says": ["добрый день", "а цена какая?\nи срок: какой?"],
    "expects": [{"stage": "greeting"}, {"contains": "5 недель"}],
}
HEAD = "key: tea\nkind: sales\ntitle: Чай\nlanguage: ru\nsteps: [{key: greeting, say: Здравствуйте!}]\n"
TESTS = """tests:
  - name: цена
    says: [добрый день, а цена какая?]
    expects: [{stage: greeting}, {stage: greeting}]
"""
DATA = {
    "key": "tea",
    "kind": "sales",
    "title": "Чай 🍵",
    "language": "ru",
    "steps": [{"key": "greeting", "say": "Здравствуйте!"}],
    "tests": [{"name": "цена", "says": ["почём?"], "expects": [{"stage": "greeting"}]}],
}
WITHOUT = {name: value for name, value in DATA.items() if name != "tests"}
BLOCKS = {
    "as auditors wrote it": HEAD + TESTS,
    "keys behind it": HEAD.replace("key: tea\n", "") + TESTS + "key: tea\n",
    "comments": HEAD + TESTS + "  # the last word\n\n# the very last\n",
    "at the margin": HEAD + TESTS.replace("\n  ", "\n"),
    "deep": HEAD + TESTS.replace("\n  ", "\n      "),
    "no line end": HEAD + TESTS.rstrip("\n"),
    "windows": (HEAD + TESTS).replace("\n", "\r\n"),
    "byte order mark": "\ufeff" + HEAD + TESTS,
    "no tests": HEAD,
    "no tests, an end": HEAD + "...\n",
    "no tests, a comment": HEAD + "# end\n",
    "nothing in tests": HEAD + "tests:\n",
    "an empty list": HEAD + "tests: []\n",
    "nothing in tests, keys behind": "tests:\n" + HEAD,
    "tests in braces": HEAD
    + "tests: [{name: а, says: [цена какая?], expects: [{stage: greeting}]}]\n",
    "a comma at the end": HEAD
    + "tests: [\n  {name: а, says: [цена?], expects: [{stage: greeting}]},  # one\n]\n",
    "question marks everywhere": HEAD.replace("Здравствуйте!", "Как дела?") + TESTS,
    "JSON": json.dumps(DATA, ensure_ascii=False, indent=2),
    "JSON in a line": json.dumps(DATA, ensure_ascii=False),
    "JSON with halves": json.dumps(DATA),
    "JSON with tabs": json.dumps(DATA, indent="\t"),
    "JSON without tests": json.dumps(WITHOUT, ensure_ascii=False, indent=1),
    "JSON, an empty list": json.dumps(WITHOUT | {"tests": []}, ensure_ascii=False),
    "JSON, none": json.dumps({"tests": None} | WITHOUT, ensure_ascii=False),
}


def same_beginning(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


@pytest.mark.parametrize("source", BLOCKS.values(), ids=BLOCKS)
def test_that_a_case_comes_to_the_others_and_nothing_else_changes(source: str) -> None:
    before = read_source(source, language="en").value
    made = with_case(source, CASE)
    read = read_source(made, language="en")
    assert read.problems == []
    assert read.value == before | {"tests": [*before.get("tests", []), CASE]}
    assert [problem.message for problem in parse_script(made, language="en").problems] == []
    alike = same_beginning(source, made) + same_beginning(source[::-1], made[::-1])
    assert alike >= len(source) - len("null\n")


def test_that_each_further_case_is_added_too() -> None:
    for source in BLOCKS.values():
        twice = with_case(with_case(source, CASE), CASE | {"name": "the second"})
        read = read_source(twice, language="en")
        assert read.problems == []
        assert [case["name"] for case in read.value["tests"]][-2:] == [CASE["name"], "the second"]


@pytest.mark.parametrize("code", ["no", "12:30", "1e3", "null", "0x1F", "да?"])
def test_that_words_that_yaml_might_read_otherwise_stay_words(code: str) -> None:
    made = with_case(HEAD + TESTS, {"name": code, "says": [code], "expects": []})
    assert read_source(made, language="en").value["tests"][-1]["says"] == [code]


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        ("key: [broken\ntests:\n  - name: a\n", 1),
        ("tests:\n  - name: a\nkey: [broken\n", 2),
        ("key: [broken\n", 1),
        ("- a list\n", 1),
        ("", 1),
        ("key: " + "[" * 5_000, 1),
        ("a: &a [x]\nb: *a\n", 1),
    ],
)
def test_that_a_text_that_cannot_be_read_gets_the_case_at_its_end(source: str, keys: int) -> None:
    made = with_case(source, CASE)
    assert made.startswith(source.rstrip())
    assert made.endswith("contains: 5 недель\n")
    assert made.count("tests:") == keys


@pytest.mark.parametrize("nothing", ["null", "~", "Null", ""])
def test_that_a_key_with_nothing_behind_it_is_as_good_as_none(nothing: str) -> None:
    source = f"{HEAD}tests: {nothing}\nfacts: {nothing}\n"
    assert read_source(source, language="en").value == read_source(HEAD, language="en").value
    assert parse_script(source, language="en").problems == ()


def test_that_quoted_words_for_nothing_are_words() -> None:
    source = HEAD.replace("Здравствуйте!", '"null"').replace("Чай", "'~'")
    read = read_source(source, language="en").value
    assert (read["title"], read["steps"][0]["say"]) == ("~", "null")
