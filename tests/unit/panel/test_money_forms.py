"""What may be typed on the budget page, and what is refused by name."""

from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict

from candor.common.errors import InvalidInputError
from candor.common.llm_prices import ModelPricing, OwnPrice
from candor.panel.money_forms import (
    PriceRow,
    prices_of_rows,
    read_budget,
    shown_rows,
    typed_rows,
)
from candor.panel.spending import budget_of

EMPTY = {"client_day": "", "day": "", "month": "", "client_calls_day": "", "warn_at": ""}
NONSENSE = (
    "-1", "-0", "+5", "1e9", "1e3", "1e-9", "abc", "nan", "inf", "1_000", "٥", "0x10", "1 000", "$5", "5 $", "1,000.50",
    "1.2.3", ".", ",", "9" * 400, "5%",
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "dollars"),
    [
        ("5,5", "5.5"), ("5.5", "5.5"), ("0", "0"), ("0,125", "0.125"), ("1500", "1500"), (".5", "0.5"), ("5.", "5"),
        ("1000000", "1000000"), ("2,50", "2.5"), ("1.000", "1"),
    ],
)  # fmt: skip
def test_that_a_limit_is_read_as_it_is_typed(typed: str, dollars: str) -> None:
    assert budget_of(read_budget({**EMPTY, "day": typed})).day == Decimal(dollars)


@pytest.mark.parametrize("typed", [*NONSENSE, "1,000", "12,500", "1000001"])
def test_that_a_limit_that_nobody_can_be_sure_of_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        read_budget({**EMPTY, "day": typed, "month": "5"})
    assert [wrong.path for wrong in raised.value.errors] == ["day"]
    assert "1500 or 2.50" in raised.value.errors[0].message


def test_that_an_empty_form_is_no_limit_in_money() -> None:
    budget = budget_of(read_budget(EMPTY))
    assert not budget.has_money_limit
    assert (budget.client_calls_day, budget.warn_at) == (150, Decimal("0.8"))


@pytest.mark.parametrize(("typed", "share"), [("33,3", "0.333"), ("80", "0.8"), ("100", "1")])
def test_that_a_share_is_read_to_the_digit(typed: str, share: str) -> None:
    assert budget_of(read_budget({**EMPTY, "warn_at": typed})).warn_at == Decimal(share)


@pytest.mark.parametrize("typed", [*NONSENSE, "0", "0.5", "101", "80%"])
def test_that_a_share_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        read_budget({**EMPTY, "warn_at": typed})
    assert [wrong.path for wrong in raised.value.errors] == ["warn_at"]


def form(*rows: tuple[str, str, str, str]) -> MultiDict[str, str]:
    names = ("model", "prompt", "completion", "cached")
    return MultiDict([pair for row in rows for pair in zip(names, row, strict=True)])


def test_that_rows_become_prices_and_an_emptied_row_none() -> None:
    rows = typed_rows(
        form(("deepseek-chat", "0,28", "0.42", ""), ("old", "", "", ""), ("", "", "", ""))
    )
    assert prices_of_rows(rows) == (OwnPrice("deepseek-chat", Decimal("0.28"), Decimal("0.42")),)


def test_that_a_price_of_nothing_is_a_price() -> None:
    assert prices_of_rows(typed_rows(form(("m", "0", "0", "0"))))[0].cached == 0


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        *((("m", typed, "1", ""), {"prompt"}) for typed in (*NONSENSE, "10001", "0.1234567", "")),
        (("m", "1", "", ""), {"completion"}),
        (("m", "", "", "1"), {"prompt", "completion"}),
        (("m", "1", "1", "x"), {"cached"}),
        (("", "1", "1", ""), {"model"}),
        (("m" * 201, "1", "1", ""), {"model"}),
        (("a\tb", "1", "1", ""), {"model"}),
    ],
)
def test_that_a_wrong_row_is_named_and_nothing_is_read(
    row: tuple[str, str, str, str], wrong: set[str]
) -> None:
    rows = typed_rows(form(("good", "1", "2", ""), row))
    assert set(rows[1].wrong) == (wrong | {"completion"} if row[2] == "" else wrong)
    with pytest.raises(InvalidInputError) as raised:
        prices_of_rows(rows)
    assert {(one.line, one.path) for one in raised.value.errors} == {(2, row[0])}


def test_that_a_model_stands_there_once() -> None:
    rows = typed_rows(form(("m", "1", "2", ""), ("m ", "3", "4", "")))
    with pytest.raises(InvalidInputError) as raised:
        prices_of_rows(rows)
    assert {one.message for one in raised.value.errors} == {"This model stands here twice."}


def test_that_fifty_prices_are_taken_and_no_more() -> None:
    rows = [(f"m{number}", "1", "2", "") for number in range(51)]
    assert len(prices_of_rows(typed_rows(form(*rows[:50])))) == 50
    with pytest.raises(InvalidInputError):
        prices_of_rows(typed_rows(form(*rows)))


def test_that_a_form_of_uneven_columns_does_no_harm() -> None:
    uneven: MultiDict[str, str] = MultiDict([("model", "a"), ("model", "b"), ("prompt", "1")])
    with pytest.raises(InvalidInputError):
        prices_of_rows(typed_rows(uneven))


def test_that_the_page_offers_each_configured_model_and_one_row_more() -> None:
    own = OwnPrice("a", Decimal("0.280000"), Decimal(1), Decimal("0.1"))
    pricing = [ModelPricing("a", "own", own.price), ModelPricing("b", "unknown", None)]
    rows = shown_rows([own], pricing)
    assert [row.model for row in rows] == ["a", "b", ""]
    assert rows[0] == PriceRow("a", "0.280000", "1", "0.1")
