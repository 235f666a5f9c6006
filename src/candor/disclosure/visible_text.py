"""What a reader sees of a text: hidden characters gone, look-alikes folded, spaces made one.

Rules that look for words compare *visible* text, so that neither a zero-width space in "A\\u200bI" nor
a Latin "o" inside a Russian word, a stress mark or a digit for a letter gets around them.
"""

import re
import unicodedata
from functools import lru_cache

from candor.disclosure.look_alikes import (
    bare_letters,
    joined,
    letters_for_digits,
    one_alphabet,
)

_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5"
"""Letters and marks of Unicode that draw nothing."""
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_FORMATTING = (
    "\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f"
)
"""Unicode's formatting characters (Cf)."""
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U0010ffff"
_HIDDEN = re.compile(
    f"[{_BLANK_LETTERS}{_SELECTORS}{_FORMATTING}{_PRIVATE}\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"\s+")
_ADDRESS = re.compile(
    r"(?:\w+://|www\.|@)\S+|[\w-]+(?:\.[\w-]+)*\.(?:[a-z]{2,}|рф)(?:[/:?#]\S*)?|[^\s@]+@\S+",
    re.IGNORECASE,
)


def without_hidden(text: str) -> str:
    """The text without characters that draw nothing; letters, case and line breaks are kept."""
    return _HIDDEN.sub("", unicodedata.normalize("NFKC", text))


def visible(text: str) -> str:
    """The text for comparing: letters as they are read, no hidden characters, one space, ё as е.

    An address alone stays as it is written: "m4yak.org" is another host than "mayak.org".
    """
    return _visible_kept(text) if len(text) <= _KEPT_LENGTH else _visible(text)


def as_written(text: str) -> str:
    """The same without reading anything into the letters, so that a part of a text is a part of this one."""
    return _in_one_style(without_hidden(text))


def _visible(text: str) -> str:
    plain = without_hidden(text)
    if _ADDRESS.fullmatch(plain):
        return _in_one_style(plain)
    return _in_one_style(letters_for_digits(joined(bare_letters(plain).casefold())))


def _in_one_style(text: str) -> str:
    plain = text.casefold().replace("ё", "е").replace("’", "'").replace("`", "'")
    return _SPACES.sub(" ", one_alphabet(plain)).strip()


_KEPT_LENGTH = 600
_visible_kept = lru_cache(maxsize=2_048)(_visible)
"""The same message is looked at by many rules in a row."""


def words(text: str) -> list[str]:
    """The visible words in order, apostrophes inside words kept ("don't")."""
    return re.findall(r"[\w]+(?:['-][\w]+)*", visible(text))


def fit_to_send(text: str) -> str:
    """The text without control characters and direction overrides; emoji and RTL letters stay."""
    return _DIRECTION.sub("", _CONTROLS.sub("", text)).strip()


def utf16_length(text: str) -> int:
    """Length as Telegram counts it: an emoji outside the basic plane counts two."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def shorten(text: str, limit: int, *, ending: str = "…") -> str:
    """At most `limit` UTF-16 units, cut behind a sentence or a word, `ending` added when cut."""
    if utf16_length(text) <= limit:
        return text
    room = max(0, limit - utf16_length(ending))
    cut = text.encode("utf-16-le", errors="surrogatepass")[: room * 2].decode(
        "utf-16-le", errors="ignore"
    )
    for pattern in (r"^.*[.!?…\n](?=\s|$)", r"^.*(?=\s)"):
        found = re.match(pattern, cut, re.DOTALL)
        if found and len(found.group()) >= len(cut) * 0.6:
            return found.group().rstrip() + ending
    return cut.rstrip() + ending
