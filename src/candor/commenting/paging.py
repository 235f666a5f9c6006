"""Which part of a list is asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list; `number` starts at 1."""

    number: int = 1
    size: int = 50

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size
