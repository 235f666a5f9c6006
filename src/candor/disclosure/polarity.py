"""What a sentence says the other way round than its source: denies what is given, gives what is denied,
leaves a limit out, calls included what is charged apart."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from candor.disclosure.word_meanings import beginning

_CLAUSE: Final = re.compile(r"[,;:.!?()–—]| но | but | а | while | иначе | otherwise ")
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_DENIES: Final = frozenset(
    (
        "не", "нет", "без", "ни", "кроме", "нельзя", "никаких", "никто", "not", "no", "without", "never", "except", "don't", "doesn't",
        "isn't", "aren't", "can't", "cannot", "won't", "nobody", "nothing", "unable", "unavailable",
    )
)  # fmt: skip
_REACH: Final = 3
"""Words that a denial reaches, either way, inside its clause."""
_LEAST: Final = 4
_MARKS: Final = {
    "included": r"(?:включен\w*|включая|входит|входят|внутри цены|в цене|учтен\w*|included?|includes|including|inclusive|already in|part of the price|comes with|credited|deducted|taken off|засчитыва\w+)",
    "apart": r"(?:отдельн\w+|доплат\w*|дополнительн\w+|сверх|не вход\w+|плюс|supplement|separate\w*|extra|on top|plus|not included|excluded|surcharge|adds?)",
    "own": r"(?:сво[йеияю]\w?|свои\w*|сами|сам|сама|самостоятельно|yourself|yourselves|your own|bring)",
    "free": r"(?:бесплатн\w*|даром|ничего не стоит|free|no charge|at no cost|for nothing)",
    "closed": r"(?:закрыт\w*|выходн\w+|не работа\w+|closed|shut|not open|close on)",
    "only": r"(?:только|лишь|единственн\w+|исключительно|only|just|solely|exclusively|by appointment)",
    "all": r"(?:люб\w{1,3}|всегда|все|всех|всем|каждый|каждая|каждое|каждую|сколько угодно|навсегда|бессрочн\w+|any|anyone|anybody|anytime|always|all|every|everyone|everybody|whenever|never|wherever|anywhere|forever)",
    "limit": r"(?:не более|не больше|максимум|минимум|не менее|не позднее|до|от|с|up to|at most|max|maximum|minimum|at least|within|under|over|until|from|limited)",
    "before": r"(?:до|заранее|перед|предоплат\w*|before|in advance|upfront|ahead|prior)",
    "after": r"(?:после|потом|позже|по факту|after|afterwards|later|on delivery|once)",
}  # fmt: skip
_MARKED: Final = {name: re.compile(rf"(?<!\w){words}(?!\w)") for name, words in _MARKS.items()}
_AGAINST: Final = (
    ("included", "apart"), ("apart", "included"), ("included", "own"), ("own", "included"), ("free", "apart"), ("closed", "limit"),
    ("before", "after"), ("after", "before"), ("all", "only"), ("all", "limit"), ("only", "all"),
)  # fmt: skip
"""What the sentence says, and what its source says instead."""


@dataclass(frozen=True, slots=True)
class Polarity:
    """Of a visible sentence or source."""

    denied: frozenset[str]
    """Beginnings of words within reach of a denial."""
    plain: frozenset[str]
    marks: frozenset[str]


@lru_cache(maxsize=4096)
def polarity(seen: str) -> Polarity:
    denied: set[str] = set()
    plain: set[str] = set()
    for clause in _CLAUSE.split(seen):
        words = _WORD.findall(clause)
        at = [place for place, word in enumerate(words) if word in _DENIES]
        for place, word in enumerate(words):
            if len(word) >= _LEAST:
                near = any(abs(place - one) <= _REACH for one in at)
                (denied if near else plain).add(beginning(word))
    marks = frozenset(name for name, words in _MARKED.items() if words.search(seen))
    return Polarity(frozenset(denied), frozenset(plain), marks)


@lru_cache(maxsize=256)
def _ever(sources: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """What any of them denies, and what any gives."""
    read = [polarity(source) for source in sources]
    denied = frozenset[str]().union(*(one.denied for one in read))
    return denied, frozenset[str]().union(*(one.plain for one in read))


@lru_cache(maxsize=32)
def _anywhere(parts: tuple[tuple[str, ...], ...]) -> tuple[frozenset[str], frozenset[str]]:
    read = [_ever(part) for part in parts]
    return (
        frozenset[str]().union(*(denied for denied, _ in read)),
        frozenset[str]().union(*(plain for _, plain in read)),
    )


def turned(seen: str, best: str, parts: tuple[tuple[str, ...], ...]) -> dict[str, float]:
    """How a sentence differs from the source that covers most of it, and from all of them."""
    said, given = polarity(seen), polarity(best)
    ever_denied, ever_plain = _anywhere(parts)
    found = {
        "denies given": min(3, len(said.denied & given.plain - given.denied)) / 2,
        "gives denied": min(3, len(said.plain & given.denied - given.plain)) / 2,
        "denies any": min(3, len(said.denied & ever_plain - ever_denied)) / 2,
        "gives any denied": min(3, len(said.plain & ever_denied - ever_plain)) / 2,
    }
    for mark in _MARKED:
        is_said, is_given = mark in said.marks, mark in given.marks
        found[f"{mark} added"] = is_said and not is_given
        found[f"{mark} lost"] = is_given and not is_said
    for mark, instead in _AGAINST:
        lacks = mark not in given.marks and instead not in said.marks
        found[f"{mark} for {instead}"] = mark in said.marks and instead in given.marks and lacks
    return found
