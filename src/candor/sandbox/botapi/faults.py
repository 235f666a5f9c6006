"""Injected misbehaviour: the next calls of a method fail in a chosen way."""

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """`timeout_after` and `disconnect_after`: done, but the answer is lost."""

    ERROR_429 = "error_429"
    ERROR_500 = "error_500"
    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    DISCONNECT = "disconnect"
    DISCONNECT_AFTER = "disconnect_after"
    BLOCKED = "error_403"


@dataclass(slots=True)
class Fault:
    """`method` is lower case or `*`; `seconds` is how long a timeout holds the line."""

    method: str
    kind: FaultKind
    count: int = 1
    retry_after: int = 5
    seconds: float = 60.0
    bot_id: int | None = None

    def fits(self, method: str, bot_id: int) -> bool:
        return self.method in ("*", method) and self.bot_id in (None, bot_id)


class FaultPlan:
    """The faults still to come, first in first out."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.planned.append(fault)

    def clear(self) -> None:
        self.planned.clear()

    def take(self, method: str, bot_id: int) -> Fault | None:
        """The fault that hits this call, counted down; None for an undisturbed call."""
        if not self.planned:
            return None
        found = next((fault for fault in self.planned if fault.fits(method, bot_id)), None)
        if found is None:
            return None
        found.count -= 1
        if found.count <= 0:
            self.planned.remove(found)
        return found
