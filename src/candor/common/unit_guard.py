"""Knows whether this task is inside a unit of work, so that slow calls can refuse to happen there.

A model answers in seconds; a database connection that waits for it is missing for everybody else,
and a lock held meanwhile stops the row for the same time. Ports that call the outside say
`assert_no_open_unit` first.
"""

from contextvars import ContextVar, Token

_open_units: ContextVar[int] = ContextVar("candor_open_units", default=0)


class OpenUnitError(RuntimeError):
    """A programming mistake: an outside call inside a unit of work. Never caught, always mended."""


def enter_unit() -> Token[int]:
    """Mark that a unit opens in this task; give the token back to `leave_unit`."""
    return _open_units.set(_open_units.get() + 1)


def leave_unit(token: Token[int]) -> None:
    """Take the mark back; also fine when another task closes what this one opened."""
    try:
        _open_units.reset(token)
    except ValueError:
        _open_units.set(max(0, _open_units.get() - 1))


def is_unit_open() -> bool:
    """Whether the running task is inside `async with units()`."""
    return _open_units.get() > 0


def assert_no_open_unit(call: str) -> None:
    """Raise OpenUnitError when `call` (a name for the message) happens inside a unit of work."""
    if is_unit_open():
        raise OpenUnitError(
            f"{call} was called inside an open unit of work. Read in one unit, leave it, call out, "
            "and store the outcome in a second unit."
        )
