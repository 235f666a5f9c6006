"""Scripts are read whole or not at all, and every mistake is named with its line."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from candor.common.errors import InvalidInputError
from candor.sales.export import export_script
from candor.sales.parsing import accepted, parse_script, parse_script_data

MISTAKES = """key: first-contact
kind: sales
title: Знакомство
language: ru
steps:
  - key: greeting
    say: "{{ client.first_nam }}, добрый день!"
    sayz: лишнее
    next: [{when: default, to: nowhere}]
  - key: lonely
    say: "Сюда никто не придёт. {{ ''.__class__.__mro__ }}"
triggers:
  - key: agrees
    fits: [да]
    action: open_group
"""


def codes(text: str) -> dict[str, int | None]:
    return {str(found.context["code"]): found.line for found in parse_script(text).problems}


def test_that_a_sound_script_is_read(source: str) -> None:
    report = parse_script(source)
    assert report.problems == ()
    assert report.document is not None
    assert report.document.variables["price"] == "4900 ₽"
    assert [step.key for step in report.document.steps][:2] == ["greeting", "need"]


def test_that_all_mistakes_are_named_at_once_with_their_lines() -> None:
    assert codes(MISTAKES) == {
        "template_variable": 7,
        "unknown_key": 8,
        "unknown_step": 9,
        "unreachable": 10,
        "template_internals": 11,
        "trigger_script": 13,
    }


def test_that_each_problem_has_a_path_and_a_mend() -> None:
    by_code = {found.context["code"]: found for found in parse_script(MISTAKES).problems}
    assert by_code["unknown_key"].path == "steps.0.sayz"
    assert "say" in by_code["unknown_key"].mend
    assert by_code["unknown_step"].path == "steps.0.next.0.to"
    assert all(found.mend for found in by_code.values())


def test_that_messages_come_in_the_language_asked_for() -> None:
    english = parse_script(MISTAKES, language="en").problems
    assert any("Unknown key" in found.message for found in english)
    assert any("Неизвестный ключ" in found.message for found in parse_script(MISTAKES).problems)


def test_that_a_wrong_script_is_refused_with_all_of_its_errors() -> None:
    with pytest.raises(InvalidInputError) as caught:
        accepted(parse_script(MISTAKES))
    assert {error.line for error in caught.value.errors} == {7, 8, 9, 10, 11, 13}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("- a", "not_a_mapping"),
        ("key: [", "syntax"),
        ("\x00", "control_character"),
        ("a: &x 1\nb: *x", "alias"),
        ("a: !!python/object:os.system x", "tag"),
        ("[" * 5000, "too_deep"),
        ("a: 1\n---\nb: 2", "several_documents"),
        ("x" * 1_000_001, "too_big"),
        ("a: 1\na: 2", "duplicate_key"),
        ("- 1\n" * 30_000, "too_many_nodes"),
        ('{"key": "\\u0000"}', "control_character"),
    ],
)
def test_that_dangerous_or_broken_text_is_refused(text: str, code: str) -> None:
    assert code in codes(text)


def test_that_plain_yaml_words_stay_text() -> None:
    text = "key: k\nkind: sales\ntitle: no\nlanguage: ru\nsteps: [{key: a, say: 12:30}]"
    document = accepted(parse_script(text))
    assert (document.title, document.steps[0].say) == ("no", "12:30")


def test_that_json_with_tabs_and_escapes_is_read_like_yaml(source: str) -> None:
    document = accepted(parse_script(source))
    data = json.loads(export_script(document, "json"))
    data["title"] = "Привет 😀"
    text = json.dumps(data, indent="\t", ensure_ascii=True)
    assert accepted(parse_script(text)).title == "Привет 😀"


def test_that_an_api_body_may_carry_back_what_the_api_added(source: str) -> None:
    data = json.loads(export_script(accepted(parse_script(source)), "json"))
    report = parse_script_data({**data, "id": 7, "version": 3, "updated_at": "2026-01-01"})
    assert report.document == accepted(parse_script(source))


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_that_an_export_is_read_back_as_the_same_document(source: str, form: str) -> None:
    document = accepted(parse_script(source))
    assert accepted(parse_script(export_script(document, form))) == document  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("action: open_group, script: onboarding-lessons", "action: open_group"), "trigger_script"),
        (("action: go_to, step: price", "action: go_to"), "trigger_step"),
        (("action: hand_off", "action: hand_of"), "not_a_choice"),
        (("to: teacher", "to: teachers"), "unknown_step"),
        (("reply.tone == 'negative'", "replay.tone"), "template_variable"),
        (("reply.tone == 'negative'", "reply.tone.__class__"), "template_internals"),
        (("{stage: greeting}", "{stage: greetin}"), "unknown_step"),
        (("{trigger: agrees}", "{trigger: agree}"), "unknown_trigger"),
        (("- key: teacher", "- key: need"), "repeated"),
        (('links: ["https://example.org"]', "links: [x y]"), "bad_link"),
        (("say: \"Коллегам мы рады.\"", "task: x"), "education_only"),
        (("{when: default, to: invite}\n  - key: teacher", "{to: invite}, {to: need}]\n  - key: teacher"), "syntax"),
        (('unless: ["не сейчас"]', 'unless: ["Добавляйте"]'), "unless_same"),
    ],
)  # fmt: skip
def test_that_one_mistake_is_found(source: str, change: tuple[str, str], code: str) -> None:
    assert change[0] in source
    assert code in codes(source.replace(*change))


def test_that_an_education_script_has_its_own_keys() -> None:
    text = """
key: lessons
kind: education
title: Уроки
language: ru
steps:
  - key: hello
    task: Напишите пять слов.
    reactions: [{partner: curious, kind: question}]
    done_when: клиент написал пять слов
    send_at: "+1d 10:00"
"""
    step = accepted(parse_script(text)).steps[0]
    assert step.done_when is not None
    assert step.done_when.text == "клиент написал пять слов"
    assert "bad_send_at" in codes(text.replace("+1d 10:00", "когда-нибудь"))


@pytest.mark.parametrize("text", ["", " ", "~", "null", "# only a remark"])
def test_that_a_text_without_anything_is_told_as_empty(text: str) -> None:
    assert list(codes(text)) == ["empty"]


WORDS = some.text(max_size=20)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | WORDS,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
KNOWN = some.sampled_from(
    ["key", "kind", "steps", "triggers", "facts", "tests", "variables", "say", "next", "to", "fits"]
)


@given(some.text(max_size=300))
def test_that_no_text_makes_the_reading_crash(text: str) -> None:
    report = parse_script(text)
    assert report.problems or report.document


@settings(max_examples=200)
@given(some.dictionaries(KNOWN, VALUES, max_size=6))
def test_that_no_data_makes_the_reading_crash(data: dict[str, object]) -> None:
    report = parse_script_data(data)
    assert report.problems or report.document


@given(at=some.integers(0, 700), length=some.integers(0, 30), put=some.text(max_size=5))
def test_that_a_damaged_script_gives_problems_or_a_document(at: int, length: int, put: str) -> None:
    report = parse_script(MISTAKES[:at] + put + MISTAKES[at + length :])
    assert report.problems or report.document
