"""The error tree. Each edge has exactly one table that turns these into its own answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: where it is (`steps.2.next.0.to`), what is wrong, and the line if it has one."""

    path: str
    message: str
    line: int | None = None


class CandorError(Exception):
    """Base of all expected failures.

    `code` is stable and part of the API; `message` is for the person in front of the screen and says
    what happened and what to do. `details` are JSON values for the API.
    """

    code: ClassVar[str] = "internal"
    default_message: ClassVar[str] = "Something went wrong. The log has the details."

    def __init__(
        self,
        message: str | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        details: Mapping[str, object] | None = None,
    ) -> None:
        self.message = message or self.default_message
        self.errors = errors
        self.details = dict(details or {})
        super().__init__(self.message)


class InvalidInputError(CandorError):
    """What was sent can't be used; nothing was stored."""

    code = "invalid_input"
    default_message = "Some fields are wrong. Nothing was saved."


class NotFoundError(CandorError):
    code = "not_found"
    default_message = "There is nothing under this address."


class ConflictError(CandorError):
    """The thing has changed, exists already, or is in a state that does not allow this."""

    code = "conflict"
    default_message = "It has changed in the meantime. Load it again."


class ForbiddenError(CandorError):
    code = "forbidden"
    default_message = "Your role does not allow this."


class ConfigurationError(CandorError):
    """A setting is missing or wrong; the message names it and the mend."""

    code = "configuration"


class TemporaryError(CandorError):
    """Worth another try after `retry_after`; edges and the queue reschedule, nobody sleeps."""

    code = "temporarily_unavailable"
    default_message = "A part of the system is not reachable right now. It will be tried again."

    def __init__(self, message: str | None = None, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as data, for places that collect several (script checks, imports)."""

    message: str
    line: int | None = None
    path: str = ""
    mend: str = ""
    context: Mapping[str, object] = field(default_factory=dict)
