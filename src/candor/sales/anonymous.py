"""A client's words without who said them: for test cases, which outlive the client's data. Pure."""

import re
from collections.abc import Iterable
from typing import Final

MARK: Final = "[…]"
"""Stands where something pointed at a person."""
_EMAIL: Final = r"[^\s@<>]+@[^\s@<>]+\.\w{2,}"
_LINK: Final = r"(?:https?://|www\.|t\.me/)\S+"
_USERNAME: Final = r"(?<![\w@])@\w{3,}"
_NUMBER: Final = r"\+?\d(?:[\s().-]*\d){6,}"
"""Seven digits and more: telephone, card, passport. Prices and times are shorter."""
_POINTING: Final = re.compile("|".join((_EMAIL, _LINK, _USERNAME, _NUMBER)), re.IGNORECASE)
_SHORTEST_NAME: Final = 2


def without_person(text: str, names: Iterable[str] = ()) -> str:
    """The text with addresses, links, long numbers and these names replaced by MARK.

    A name is found as a whole word in any case, with a Russian ending too (Анна, Анне, Анной).
    """
    return without_names(_POINTING.sub(MARK, text), names)


def without_names(text: str, names: Iterable[str]) -> str:
    """The text with these names replaced by MARK, and nothing else."""
    found = text
    parts = {part for name in names for part in name.split() if len(part) >= _SHORTEST_NAME}
    for part in sorted(parts, key=len, reverse=True):
        found = re.sub(rf"(?<!\w){_stem(part)}\w{{0,3}}(?!\w)", MARK, found, flags=re.IGNORECASE)
    return found


def _stem(name: str) -> str:
    """Without the ending that changes by case; a short name stays whole."""
    has_ending = len(name) > 3 and name[-1].lower() in "аяйьоеыи"
    return re.escape(name[:-1] if has_ending else name)
