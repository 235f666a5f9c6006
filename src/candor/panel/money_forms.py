"""What a person types on the budget page: limits, and the prices of models row by row."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, ValidationError
from werkzeug.datastructures import MultiDict

from candor.common.errors import FieldError, InvalidInputError
from candor.common.llm_prices import MOST_PRICES, ModelPricing, OwnPrice
from candor.panel.schemas.language import BudgetBody, Limit, PriceBody, Rate

LIMITS: Final = ("client_day", "day", "month")
RATES: Final = ("prompt", "completion", "cached")
_DIGITS: Final = re.compile(r"(?:[0-9]{1,9}(?:[.,][0-9]{0,9})?|[.,][0-9]{1,9})")
_THOUSANDS: Final = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
_AMOUNT: Final = (
    "Give an amount in dollars from 0 to 1,000,000, written as 1500 or 2.50, or leave the field "
    "empty for no limit."
)
_RATE: Final = "Give both prices, in and out: dollars from 0 to 10,000, at most 6 decimals."
_HINTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(LIMITS, _AMOUNT),
    "client_calls_day": "Give a whole number from 1 to 100,000.",
    "warn_at": "Give a share from 1 to 100 percent.",
    **dict.fromkeys(RATES, _RATE),
    "cached": "Give a price in dollars from 0 to 10,000 with at most 6 decimals, or none.",
    "model": "Give the model's name as CANDOR_LLM_MODEL has it, at most 200 characters.",
}


def typed_number(text: str) -> str | None:
    """Digits with a point or a comma, as `5.5`; None for nothing. Raises ValueError."""
    if not text:
        return None
    if not _DIGITS.fullmatch(text):
        raise ValueError(text)
    return text.replace(",", ".")


def typed_limit(text: str) -> str | None:
    """`1,000` is a thousand to one reader and a dollar to another: nobody guesses."""
    if _THOUSANDS.fullmatch(text):
        raise ValueError(text)
    return typed_number(text)


def typed_share(text: str) -> float:
    """Percent as a share, 80 where nothing is given."""
    percent = float(typed_number(text) or "80")
    if percent < 1:
        raise ValueError(text)
    return round(percent / 100, 9)


TypedLimit = Annotated[Limit, BeforeValidator(typed_limit)]
TypedRate = Annotated[Rate, BeforeValidator(typed_number)]


class BudgetForm(BudgetBody):
    """The budget as it is typed."""

    client_day: TypedLimit = None
    day: TypedLimit = None
    month: TypedLimit = None
    warn_at: Annotated[float, BeforeValidator(typed_share), Field(gt=0, le=1)] = 0.8


class PriceForm(PriceBody):
    """A row of the prices as it is typed."""

    prompt: TypedRate
    completion: TypedRate
    cached: Annotated[Rate | None, BeforeValidator(typed_number)] = None


def read_budget(given: Mapping[str, str]) -> BudgetBody:
    """Raises InvalidInputError that names the fields."""
    values = {**given, "client_calls_day": given["client_calls_day"] or "150"}
    try:
        return BudgetForm.model_validate(values)
    except ValidationError as error:
        raise InvalidInputError(
            errors=tuple(FieldError(name, _HINTS[name]) for name in _wrong(error))
        ) from None


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A row as typed, with what is wrong in it by field."""

    model: str = ""
    prompt: str = ""
    completion: str = ""
    cached: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_rates(self) -> bool:
        """A row without prices is none: so a price is taken back."""
        return bool(self.prompt or self.completion or self.cached)


def shown_rows(prices: Iterable[OwnPrice], pricing: Iterable[ModelPricing]) -> list[PriceRow]:
    """The owner's prices, the configured models that have none, and an empty row."""
    rows = [_shown(price) for price in prices]
    priced = {row.model for row in rows}
    rows += [PriceRow(one.model) for one in pricing if one.model not in priced]
    return rows + [PriceRow()] * (len(rows) < MOST_PRICES)


def typed_rows(form: MultiDict[str, str]) -> list[PriceRow]:
    """Every row of the form with its mistakes."""
    columns = [form.getlist(name)[: 2 * MOST_PRICES] for name in ("model", *RATES)]
    cells = zip_longest(*columns, fillvalue="")
    rows = [
        PriceRow(model.strip(), prompt.strip(), completion.strip(), cached.strip())
        for model, prompt, completion, cached in cells
    ]
    names = [row.model for row in rows if row.has_rates]
    return [_checked(row, is_twice=names.count(row.model) > 1) for row in rows]


def prices_of_rows(rows: Sequence[PriceRow]) -> tuple[OwnPrice, ...]:
    """Raises InvalidInputError that names row, model and mistake."""
    given = [row for row in rows if row.has_rates]
    if len(given) > MOST_PRICES:
        raise InvalidInputError("At most 50 models can have a price. Nothing was saved.")
    wrong = tuple(
        FieldError(row.model, hint, line=at)
        for at, row in enumerate(rows, 1)
        for hint in dict.fromkeys(row.wrong.values())
    )
    if wrong:
        raise InvalidInputError(errors=wrong)
    return tuple(_own(row) for row in given)


def _checked(row: PriceRow, *, is_twice: bool) -> PriceRow:
    if not row.has_rates:
        return row
    try:
        _own(row)
        wrong = {"model": "This model stands here twice."} if is_twice and row.model else {}
    except ValidationError as error:
        wrong = {name: _HINTS[name] for name in _wrong(error)}
    return PriceRow(row.model, row.prompt, row.completion, row.cached, wrong)


def _own(row: PriceRow) -> OwnPrice:
    """Raises ValidationError."""
    read = PriceForm.model_validate({name: getattr(row, name) for name in ("model", *RATES)})
    return OwnPrice(read.model, read.prompt, read.completion, read.cached)


def _shown(price: OwnPrice) -> PriceRow:
    cached = "" if price.cached is None else format(price.cached, "f")
    return PriceRow(price.model, format(price.prompt, "f"), format(price.completion, "f"), cached)


def _wrong(error: ValidationError) -> list[str]:
    return sorted({str(item["loc"][0]) for item in error.errors(include_url=False)})
