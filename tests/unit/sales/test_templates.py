"""Templates may fill in and choose; they can't loop, call, or reach into Python."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from candor.sales.templates import check_condition, check_template, holds, render, tidy

VARIABLES = frozenset({"product", "price"})


@pytest.mark.parametrize(
    "template",
    [
        "{{ client.first_name }}, добрый день! {{ product }} за {{ variables.price }}",
        "{% if client.diagnosis.level == 'A1' %}С нуля{% else %}Дальше{% endif %}",
        "{{ client.first_name|default('друг')|title }} из {{ business.name }}",
        "Просто текст, 100 % без подстановок",
    ],
)
def test_that_honest_templates_pass(template: str) -> None:
    assert check_template(template, variables=VARIABLES) == ()


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{{ ''.__class__ }}", "template_internals"),
        ("{{ client.__init__.__globals__ }}", "template_internals"),
        ("{{ client['__class__'] }}", "template_internals"),
        ("{{ client[product] }}", "template_internals"),
        ("{{ (1).real }}", "template_internals"),
        ("{{ client|attr('first_name') }}", "template_filter"),
        ("{{ cycler }}", "template_variable"),
        ("{{ self }}", "template_variable"),
        ("{{ client.password }}", "template_variable"),
        ("{{ product.upper() }}", "template_statement"),
        ("{% for x in range(10**9) %}{% endfor %}", "template_statement"),
        ("{% set x = 1 %}", "template_statement"),
        ("{% include 'secret' %}", "template_statement"),
        ("{% macro m() %}{% endmacro %}", "template_statement"),
        ("{{ 'x' * 100000000 }}", "template_statement"),
        ("{{ 9 ** 9 ** 9 }}", "template_statement"),
        ("{{ '%1000000000d'|format(1) }}", "template_filter"),
        ("{{ 'a' % 3 }}", "template_statement"),
        ("{{ lipsum }}", "template_variable"),
        ("{{ client.first_name ", "template_syntax"),
        ("{{" + "(" * 3000 + "1" + ")" * 3000 + "}}", "template_too_deep"),
        ("x" * 9000, "template_too_long"),
    ],
)
def test_that_everything_else_is_refused(template: str, code: str) -> None:
    assert code in {found.code for found in check_template(template, variables=VARIABLES)}


def test_that_conditions_read_the_reply_and_the_client() -> None:
    assert check_condition("reply.tone == 'negative'", variables=VARIABLES) == ()
    assert check_condition("'question' in reply.intents", variables=VARIABLES) == ()
    assert check_condition("client.diagnosis.level in ['A1', 'A2']", variables=VARIABLES) == ()
    assert holds("reply.words > 3 and not client.origin", {"reply": {"words": 4}, "client": {}})


@pytest.mark.parametrize(
    "condition",
    ["1 }}{{ client", "reply.__class__", "x", "1 %}{% for", "open('f')", "reply.tone =="],
)
def test_that_other_conditions_are_refused_and_never_hold(condition: str) -> None:
    assert check_condition(condition, variables=VARIABLES)
    assert not holds(condition, {})


def test_that_an_unknown_name_leaves_no_hole_in_the_sentence() -> None:
    context: dict[str, object] = {"client": {"first_name": ""}}
    assert render("{{ client.first_name }}, добрый день!", context) == "Добрый день!"
    assert tidy("Цена  , 5 ₽ .\n\n\n\nДа") == "Цена, 5 ₽.\n\nДа"


def test_that_braces_in_a_clients_name_are_only_text() -> None:
    context: dict[str, object] = {"client": {"first_name": "{{ 7*7 }}"}}
    assert render("{{ client.first_name }}!", context) == "{{ 7*7 }}!"


@given(some.text(alphabet="{}%_.'\"()[]|~+-*/=<> abcself__class__client.first_name", max_size=60))
def test_that_what_passes_the_check_can_be_filled_or_says_so(template: str) -> None:
    if check_template(template, variables=VARIABLES):
        return
    try:
        text = render(template, {"client": {"first_name": "Анна"}})
    except ValueError:
        return
    assert len(text) <= 16_000
    assert "<class" not in text
