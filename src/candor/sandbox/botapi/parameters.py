"""The parameters of one call: from query, form, JSON or multipart, typed and checked by name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from candor.sandbox.botapi.errors import ApiError, bad_request
from candor.sandbox.world.model import Json

MAX_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request."""

    name: str
    content: bytes
    mime_type: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """Raw values by name. A value is text (form, query) or any JSON value (JSON body)."""

    values: Mapping[str, Any]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str | None:
        """The value as text, None if absent; objects and lists are refused."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return str(value)
        raise bad_request(f'can\'t parse field "{name}": expected a string')

    def needed_text(self, name: str) -> str:
        """The text, or the error that names it."""
        value = self.text(name)
        if not value:
            raise bad_request(f'parameter "{name}" is required')
        return value

    def integer(self, name: str) -> int | None:
        """The whole number, None if absent or empty."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        number = as_integer(value)
        if number is None:
            raise bad_request(f'can\'t parse field "{name}": expected an integer')
        return number

    def needed_integer(self, name: str) -> int:
        value = self.integer(name)
        if value is None:
            raise bad_request(f'parameter "{name}" is required')
        return value

    def boolean(self, name: str) -> bool:
        """True for true, True, yes, 1; everything else is false, as the real server reads it."""
        value = self.values.get(name)
        if isinstance(value, str):
            return value.lower() in ("true", "yes", "1", "y", "on")
        return bool(value)

    def mapping(self, name: str) -> Json | None:
        """A JSON object, given as an object or as text."""
        value = self._json(name)
        if value is None or isinstance(value, dict):
            return value
        raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object")

    def sequence(self, name: str) -> list[Any] | None:
        """A JSON array, given as an array or as text."""
        value = self._json(name)
        if value is None or isinstance(value, list):
            return value
        raise bad_request(f"can't parse {name.replace('_', ' ')}: expected an Array")

    def mappings(self, name: str) -> list[Json] | None:
        """A JSON array of objects."""
        value = self.sequence(name)
        if value is not None and not all(isinstance(item, dict) for item in value):
            raise bad_request(f"can't parse {name.replace('_', ' ')}: expected an Array of Object")
        return value

    def integers(self, name: str) -> list[int] | None:
        """A JSON array of whole numbers."""
        value = self.sequence(name)
        if value is None:
            return None
        numbers = [as_integer(item) for item in value]
        if None in numbers:
            raise bad_request(f"can't parse {name.replace('_', ' ')}: expected an Array of Number")
        return [number for number in numbers if number is not None]

    def _json(self, name: str) -> Any:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except (ValueError, RecursionError) as error:
            text = f"can't parse {name.replace('_', ' ')} JSON object"
            raise ApiError(400, f"Bad Request: {text}") from error


def as_integer(value: object) -> int | None:
    """A 64-bit number from JSON or text; None if it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str):
        digits = value.strip().removeprefix("-")
        if not digits.isdecimal() or len(digits) > 19:
            return None
        value = int(value)
    return value if isinstance(value, int) and abs(value) <= MAX_INTEGER else None
