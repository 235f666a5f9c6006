"""Which of the database's errors pass by themselves: told as temporary, so that work is tried again."""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from candor.common.errors import TemporaryError

_AWAY = "The database can't be reached. It is tried again by itself."
_BUSY = "All database connections are busy. It is tried again by itself."
_FULL = "The database's disk is full. Free some space; nothing is lost, and work goes on by itself."
_CROSSED = "Somebody else changed the same rows just then. It is tried again by itself."
_BY_STATE = (
    ("53100", _FULL),
    ("53", _BUSY),
    ("40001", _CROSSED),
    ("40P01", _CROSSED),
    ("55P03", _CROSSED),
    ("08", _AWAY),
    # Shut down, crashed, starting up; 57014, a too slow statement, is a mistake.
    ("57P01", _AWAY),
    ("57P02", _AWAY),
    ("57P03", _AWAY),
    ("57P05", _AWAY),
)
"""How an SQLSTATE begins, and what it means; the first that fits counts."""


def as_temporary(error: BaseException) -> TemporaryError | None:
    """The temporary failure that `error` is, or None when it will not pass by itself."""
    if isinstance(error, PoolTimeoutError):
        return TemporaryError(_BUSY)
    if not isinstance(error, DBAPIError):
        return None
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if error.connection_invalidated or (not state and _is_operational(error)):
        return TemporaryError(_AWAY)
    return next(
        (TemporaryError(told) for begin, told in _BY_STATE if state.startswith(begin)), None
    )


def _is_operational(error: DBAPIError) -> bool:
    return type(error.orig).__name__ in {"OperationalError", "InterfaceError", "ConnectionTimeout"}
