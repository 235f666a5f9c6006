"""HTML forms through the same models as the API: one definition of what is right."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import MultiDict

from candor.common.errors import FieldError, InvalidInputError
from candor.panel.access import CSRF_FIELD

Model = TypeVar("Model", bound=BaseModel)


def checked(model: type[Model], form: MultiDict[str, str]) -> Model:
    """The form as the model; an empty field is the same as none. Raises InvalidInputError."""
    given = {name: value.strip() for name, value in form.items() if name != CSRF_FIELD}
    try:
        return model.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        raise InvalidInputError(
            errors=tuple(
                FieldError(".".join(str(part) for part in item["loc"]), item["msg"])
                for item in error.errors(include_url=False, include_input=False)
            )
        ) from None
