"""Links, addresses and @names in a text, and those that nobody allowed."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from candor.disclosure.visible_text import visible, without_hidden

_LINK: Final = re.compile(
    r"(?:https?://|www\.|tg://)[^\s<>\"')]+"
    r"|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|(?<![\w@/])@[A-Za-z]\w{3,}"
    r"|(?<![\w@])(?:[A-Za-z0-9-]+\.)+(?:com|org|net|ru|рф|me|io|info|biz|online|site|shop|store|app|dev|"
    r"xyz|top|club|pro|link|su|ua|by|kz|eu|uk|de|cc|ly|gl|co|tv|ai|page|click|bot)(?:/[^\s<>\"')]*)?"
    r"(?![\w])",
    re.IGNORECASE,
)
_MARKS: Final = re.compile(r"://|@|[\w-]\.\w|www\.", re.IGNORECASE)
"""One of them stands in every link; most answers have none, and to look for them is quick."""
_HOST: Final = re.compile(r"^(?:[a-z]+://)?(?:www\.)?([^/?#:]+)", re.IGNORECASE)
_PHONE: Final = re.compile(r"(?<!\w)\+?\d[\d\s()-]{8,}\d(?!\w)")


def foreign_links(text: str, allowed: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Links outside the allow-list, with their place in the text. Hidden characters don't hide one.

    `allowed` holds hosts (subdomains count), full addresses (as prefixes) and @names. Telephone
    numbers count as addresses and must be allowed word for word.
    """
    shown = without_hidden(text)
    for pattern in (_LINK, _PHONE) if _MARKS.search(shown) else (_PHONE,):
        for found in pattern.finditer(shown):
            link = found.group().rstrip(".,;:!?")
            if not _is_allowed(link, allowed):
                yield max(0, text.find(link)), link


def _is_allowed(link: str, allowed: Sequence[str]) -> bool:
    seen = visible(link)
    host = _host(seen)
    for entry in allowed:
        wanted = visible(entry)
        if not wanted:
            continue
        if seen == wanted or (_PHONE.fullmatch(seen) and _digits(seen) == _digits(wanted)):
            return True
        if "/" in wanted.removeprefix("https://").removeprefix("http://"):
            if _bare(seen).startswith(_bare(wanted)):
                return True
        elif not wanted.startswith("@") and "@" not in seen and _is_host(host, _host(wanted)):
            return True
    return False


def _is_host(host: str, wanted: str) -> bool:
    return host == wanted or host.endswith(f".{wanted}")


def _host(link: str) -> str:
    found = _HOST.match(link)
    return found.group(1).lower() if found else link


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _bare(link: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", link)
