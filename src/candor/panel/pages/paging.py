"""Pages of a long list: the part that an address asks for, and the addresses beside it."""

from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for

from candor.common.paging import Cut, Part, Place
from candor.panel.forms import whole_number

LAST_PAGE: Final = 100_000
PLACE_NAMES: Final = ("page", "after", "before")
"""What says in an address which part is meant; all other names are filters."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Which part of the list the address asks for, and what its page is called."""

    cut: Cut
    asked: int

    def page(self, part: Part[Any]) -> int:
        """The number to show: at the beginning of the list it is 1, whatever the address says."""
        return self.asked if part.previous else 1


def asked_turn(per_page: int, *, keys: int) -> Turn:
    """`after` and `before` are places of so many keys; without one, `page` counts from the beginning.

    Anything odd is the first page.
    """
    given = request.args
    number = given.get("page", "")
    page = whole_number(number) or 1
    page = min(max(page, 1), LAST_PAGE)
    cut = Cut(
        limit=per_page,
        offset=(page - 1) * per_page,
        after=Place.read(given.get("after", ""), keys),
        before=Place.read(given.get("before", ""), keys),
    )
    return Turn(cut, page)


def place_address(page: int, *, after: Place | None = None, before: Place | None = None) -> str:
    """This list's address behind or before a place; filters stay."""
    arguments: dict[str, object] = {**request.args.to_dict(), **(request.view_args or {})}
    beside = {"page": max(page, 1), "after": after and str(after), "before": before and str(before)}
    return url_for(str(request.endpoint), **{**arguments, **beside, "notice": None})  # type: ignore[arg-type]
