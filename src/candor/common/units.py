"""What an area asks for to open units of work; storage's `Units` fulfils it for every unit slice."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

Unit_co = TypeVar("Unit_co", covariant=True)


class Units(Protocol[Unit_co]):
    """`async with units() as unit:` commits on leaving and rolls back on an exception."""

    def __call__(self) -> AbstractAsyncContextManager[Unit_co]: ...

    def apart(self) -> AbstractAsyncContextManager[Unit_co]:
        """One whose statements are a transaction each: for reads, and for a single write."""
        ...
