"""Which days of the week a text names: single ones, ranges ("Tue-Sat"), "weekdays", "every day"."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final

_TOKENS: Final = re.compile(r"[^\W\d_]+|[-–—]")
_STARTS: Final = (
    ("понед", "пн", "monda", "mon"), ("вторн", "вт", "tuesd", "tue", "tues"), ("сред", "ср", "wedne", "wed"),
    ("четве", "чт", "thurs", "thu", "thur"), ("пятни", "пт", "frida", "fri"), ("суббо", "сб", "satur", "sat"),
    ("воскр", "вс", "sunda", "sun"),
)  # fmt: skip
_DAY_OF: Final = {start: day for day, starts in enumerate(_STARTS) for start in starts}
_WEDNESDAY: Final = frozenset(("среда", "среду", "среды", "среде", "средам", "средами", "средах"))
_UP_TO: Final = frozenset(("-", "–", "—", "по", "до", "to", "through", "till", "until"))
_ALL: Final = re.compile(
    r"ежедневн|каждый день|без выходных|every day|daily|seven days|7 days a week"
)
_WORKING: Final = re.compile(r"будн|weekday")
_FREE: Final = re.compile(r"(?<!без )(?<!\w)выходн(?:ые|ым|ых)(?!\w)|weekend")


@lru_cache(maxsize=4096)
def weekdays(seen: str) -> frozenset[int]:
    """Monday is 0."""
    tokens = _TOKENS.findall(seen)
    named = [(place, day) for place, word in enumerate(tokens) if (day := _day(word)) is not None]
    found = {day for _, day in named}
    for (_, day), (place, last) in pairwise(named):
        if tokens[place - 1] in _UP_TO:
            found |= {(day + step) % 7 for step in range((last - day) % 7 + 1)}
    if _ALL.search(seen):
        found |= set(range(7))
    if _WORKING.search(seen):
        found |= set(range(5))
    if _FREE.search(seen):
        found |= {5, 6}
    return frozenset(found)


def _day(word: str) -> int | None:
    if word in _WEDNESDAY:
        return 2
    return _DAY_OF.get(word if len(word) <= 4 else word[:5])
