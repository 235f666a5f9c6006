"""HTML forms through the same models as the API: one definition of what is right."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import MultiDict

from candor.common.errors import FieldError, InvalidInputError

Model = TypeVar("Model", bound=BaseModel)


def checked(model: type[Model], form: MultiDict[str, str]) -> Model:
    """The form as the model; an empty field is the same as none. Raises InvalidInputError.

    What a form sends beside the model's fields is for the page.
    """
    given = {name: value.strip() for name, value in form.items() if name in model.model_fields}
    return valid(model, {name: value for name, value in given.items() if value})


def valid(model: type[Model], given: Mapping[str, object]) -> Model:
    """Raises InvalidInputError with the name of every wrong field."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise InvalidInputError(
            errors=tuple(
                FieldError(".".join(str(part) for part in item["loc"]), item["msg"])
                for item in error.errors(include_url=False, include_input=False)
            )
        ) from None


def whole_number(text: str) -> int | None:
    """Of a form or an address, up to what a row's number may be; None for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if is_number else None
