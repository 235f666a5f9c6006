"""Questionnaires as text: every mistake at its line, and the pure rules of question after question."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import candor.sales.questionnaires
from candor.clients.diagnostics import GivenAnswer
from candor.sales.questionnaires.document import END, NumberAnswer, Option, Question, TextAnswer
from candor.sales.questionnaires.going import (
    control_of,
    following,
    is_greeting,
    read_answer,
    result_of,
)
from candor.sales.questionnaires.reading import accepted, parse_questionnaire

SAMPLES = Path(candor.sales.questionnaires.__path__[0]) / "samples"
GOOD = """\
key: level
title: Уровень
language: ru
questions:
  - key: level
    ask: Какой у вас уровень?
    options:
      - {label: С нуля, to: notes}
      - {label: Говорю}
    next: [{when: default, to: fear}]
  - key: fear
    ask: Что мешает?
    options: [{label: Слова}, {label: Страх}]
  - key: notes
    ask: Что ещё важно?
    text: {max_length: 100}
"""


def mistakes(old: str, new: str) -> list[tuple[str, int | None]]:
    assert old in GOOD
    report = parse_questionnaire(GOOD.replace(old, new, 1))
    assert report.document is None
    return [(str(found.context["code"]), found.line) for found in report.problems]


@pytest.mark.parametrize("name", ["level-check", "level-check-en"])
def test_that_a_sample_has_no_mistakes(name: str) -> None:
    report = parse_questionnaire((SAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))
    assert report.problems == ()
    assert report.document is not None
    assert report.document.results[-1].script
    assert report.document.follow_up is not None


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("to: fear", "to: level", "loop", 10),
        ("to: notes}", "to: nots}", "unknown_question", 8),
        ("    next: [{when: default, to: fear}]\n", "", "missing_branch", 9),
        ("[{when: default, to: fear}]", '[{when: "answers.level == 1", to: fear}]', "missing_branch", 9),
        ("to: fear}]", "to: notes}]", "question_unreachable", 11),
        ("    text: {max_length: 100}\n", "", "answer_kind_missing", 14),
        ("    text: {max_length: 100}\n", "    text: {}\n    number: {}\n", "answer_kinds_two", 14),
        ("[{label: Слова}, {label: Страх}]", "[{label: Слова}]", "few_options", 13),
        ("{label: Страх}]", "{label: слова}]", "repeated_option", 13),
        ("  - key: fear\n", "  - key: level\n", "repeated", 11),
        ("  - key: notes\n", "  - key: end\n", "reserved_name", 14),
        ("Что мешает?", "Что мешает, {{ answers.notes }}?", "template_variable", 12),
        ("Что мешает?", "'{{ 1 * 2 }}'", "template_statement", 12),
        ("max_length: 100", "max_lenght: 100", "unknown_key", 16),
        ("key: level\n", "key: level\nfollow_up: {after: soon, say: Тут?}\n", "bad_after", 2),
        ("key: level\n", "key: level\nfollow_up: {after: 1d, say: '{{ answers.fear }}?'}\n", "template_variable", 2),
        ("max_length: 100", "max_length: много", "not_a_number", 16),
        ("Что мешает?", "Я сама учила язык здесь и довольна. Что мешает?", "questionnaire_claim", 12),
        ("key: level\ntitle", "key: Уровень\ntitle", "bad_key", 1),
    ],
)  # fmt: skip
def test_that_a_mistake_is_named_at_its_line(old: str, new: str, code: str, line: int) -> None:
    assert (code, line) in mistakes(old, new)


def test_that_each_mistake_has_words_in_both_languages() -> None:
    broken = GOOD.replace("to: fear", "to: level")
    russian = parse_questionnaire(broken, language="ru").problems
    english = parse_questionnaire(broken, language="en").problems
    assert any("по кругу: level → level" in found.message for found in russian)
    assert any("in a circle: level → level" in found.message for found in english)
    assert all(found.mend for found in (*russian, *english))


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "key: [", "&a x: *a", "\x00"])
def test_that_nonsense_is_refused_with_a_reason(text: str) -> None:
    report = parse_questionnaire(text)
    assert report.document is None
    assert report.problems


CHOICE = Question(
    key="level",
    ask="?",
    options=(
        Option(label="С нуля", value="zero", also=("ничего не знаю",)),
        Option(label="Учил в школе, всё забыл", value="school"),
        Option(label="Говорю, но с ошибками", value="speaking"),
    ),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("С нуля", "zero"),
        ("с нуля!", "zero"),
        ("zero", "zero"),
        ("Ничего не знаю.", "zero"),
        ("2", "school"),
        ("учил в школе", "school"),
        ("ну, с нуля начинаю", "zero"),
        ("Говорю но с ошибками", "speaking"),
    ],
)
def test_that_an_option_is_found_by_its_words(text: str, value: str) -> None:
    found = read_answer(CHOICE, text)
    assert isinstance(found, GivenAnswer)
    assert found.value == value


@pytest.mark.parametrize("text", ["4", "0", "не скажу", "с", "средний", "99999999999"])
def test_that_what_is_no_option_is_not_guessed(text: str) -> None:
    assert read_answer(CHOICE, text) == "no_option"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5000", 5000), ("5 000 ₽", 5000), ("5,000", 5000), ("5.000", 5000), ("около 5 тыс", 5000),
        ("5к", 5000), ("1,5 тысячи", 1500), ("1.5", 1.5), ("тысяч пять", "no_number"),
        ("3-5 тысяч", "no_number"), ("-200", "out_of_range"), ("70000", "out_of_range"),
        ("", "no_text"), ("\u200b", "no_text"),
    ],
)  # fmt: skip
def test_that_a_number_is_read_as_people_write_it(text: str, found: object) -> None:
    question = Question(key="budget", ask="?", number=NumberAnswer(min=1, max=50_000))
    read = read_answer(question, text)
    assert (read.value if isinstance(read, GivenAnswer) else read) == found


def test_that_steering_words_and_greetings_are_told_from_answers() -> None:
    assert [control_of(word) for word in ("Назад", "skip", "без опроса", "Продолжить.")] == [
        "back", "skip", "leave", "resume",
    ]  # fmt: skip
    assert control_of("назад в школу") is None
    assert is_greeting("Здравствуйте!")
    assert not is_greeting("добрый преподаватель важен")


def test_that_rules_add_to_the_answers() -> None:
    text = GOOD + (
        "results:\n"
        "  - {when: \"answers.level == 'С нуля'\", set: {path: мягко}, script: gentle}\n"
        '  - {when: "answers.fear", set: {path: другое}}\n'
    )
    document = accepted(parse_questionnaire(text))
    result = result_of(document, [GivenAnswer("level", "С нуля", "С нуля")])
    assert result.fields == {"level": "С нуля", "path": "мягко"}
    assert result.script == "gentle"


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Any graph of questions, most of them wrong."""
    count = draw(st.integers(1, 6))
    keys = [f"q{number}" for number in range(count)]
    target = st.sampled_from([*keys, END, "nowhere"])
    questions = []
    for key in keys:
        question: dict[str, Any] = {"key": key, "ask": "?"}
        if draw(st.booleans()):
            question["options"] = [
                {"label": name} | ({"to": draw(target)} if draw(st.booleans()) else {})
                for name in ("a", "b")
            ]
        else:
            question["text"] = {}
        if draw(st.booleans()):
            question["next"] = [{"when": "default", "to": draw(target)}]
        question["optional"] = draw(st.booleans())
        questions.append(question)
    return {"key": "any", "title": "Any", "language": "en", "questions": questions}


@settings(max_examples=200, deadline=None)
@given(data=documents(), choices=st.lists(st.integers(0, 2), min_size=10, max_size=10))
def test_that_whatever_is_accepted_ends(data: dict[str, Any], choices: list[int]) -> None:
    """No accepted questionnaire asks a question twice, whatever is answered."""
    from candor.sales.questionnaires.reading import parse_questionnaire_data  # noqa: PLC0415

    report = parse_questionnaire_data(data)
    if report.document is None:
        assert report.problems
        return
    document, answers = report.document, list[GivenAnswer]()
    key = document.questions[0].key
    for choice in choices:
        question = document.question(key)
        assert question is not None, "every way leads to a question or to the end"
        if choice == 2 and question.optional:
            answers.append(GivenAnswer(key, None, ""))
        elif question.options:
            label = question.options[choice % 2].label
            answers.append(GivenAnswer(key, label, label))
        else:
            answers.append(GivenAnswer(key, "x", "x"))
        key = following(document, question, answers)
        if key == END:
            break
    assert key == END
    asked = [answer.question for answer in answers]
    assert len(asked) == len(set(asked))


def test_that_a_long_answer_is_measured_by_its_question() -> None:
    question = Question(key="notes", ask="?", text=TextAnswer(max_length=5))
    assert read_answer(question, "а" * 6) == "too_long"
    assert isinstance(read_answer(question, "а" * 5), GivenAnswer)
