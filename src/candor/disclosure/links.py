"""Links, addresses and @names in a text, and those that nobody allowed."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from candor.disclosure.link_endings import ARCHIVES, FILES, KNOWN, PLAIN
from candor.disclosure.visible_text import without_hidden

_NOT_IN_LINKS: Final = r"\s<>\"')«»“”„"
_LINK: Final = re.compile(
    rf"(?:[a-z][a-z0-9+.-]{{1,15}}://|www\.)[^{_NOT_IN_LINKS}]+"
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+"
    r"|(?<![\w@/])@[A-Za-z]\w{3,}"
    r"|(?<![\w@-])(?<!\w\.)(?P<host>[\w-]+(?:\.[\w-]+)+)"
    rf"(?P<path>(?::\d{{2,5}})?(?:[/\\]|[?#]\w)[^{_NOT_IN_LINKS}]*|:\d{{2,5}}(?!\d))?",
    re.IGNORECASE,
)
"""Addresses, and with `host` all that may be one: `_bare_address` tells it from a missing space."""
_MARKS: Final = re.compile(r"://|@|[\w-]\.[\w-]|www\.", re.IGNORECASE)
"""One of them stands in every link; most answers have none, and to look for them is quick."""
_DOTS: Final = str.maketrans({"\u3002": "."})
"""The ideographic full stop: browsers take it for a dot. (The full-width ones are folded before.)"""
_ENDING: Final = re.compile(r"[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59}", re.IGNORECASE)
_NUMBER_PARTS: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_GOES_ON: Final = re.compile(r",? [^\W_]")
_NAMES_FILE: Final = re.compile(r"(?:файл\w*|архив\w*|file|archive) [«\"]?$", re.IGNORECASE)

_DASHES: Final = "\u2010-\u2015\u2212-"
_PHONE: Final = re.compile(
    r"(?<!\w)\+?\d[\s()-]{0,3}(?:\d[\s()-]{0,3}){7,}\d(?!\w)"
    rf"|(?<![\w.,])(?:\+\d{{1,3}}|[78])[\s.({_DASHES}]{{0,3}}\d{{3}}[\s.){_DASHES}]{{0,3}}\d{{3}}"
    rf"[\s.{_DASHES}]{{0,3}}\d{{2}}[\s.{_DASHES}]{{0,3}}\d{{2}}(?![\w])"
    rf"|(?<![\w.,])\d{{3}}[.{_DASHES}]\d{{3}}[.{_DASHES}]\d{{4}}(?![\w])"
    rf"|(?<![\w.,{_DASHES}])\d{{3}}[{_DASHES}]\d{{2}}[{_DASHES}]\d{{2}}(?![\w{_DASHES}])"
)
_NO_PHONE: Final = re.compile(
    r"\d{1,3}\s\d{3}\s?-\s?\d{1,3}\s\d{3}|(?:(?:19|20)\d\d[\s-]*){2,}|(?:\d{4}-\d\d-\d\d\s*)+"
    r"|\d{1,3}(?:\s\d{3})*\s000"
)
"""Prices from-to, years and dates, which are as long as a telephone number."""
_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HOST_END: Final = re.compile(r"[/?#\\]")
_STEPS_UP: Final = re.compile(r"\.\.|%2e", re.IGNORECASE)


def foreign_links(text: str, allowed: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Links outside the allow-list, with their place in the text. Hidden characters don't hide one.

    `allowed` holds hosts (subdomains count), full addresses (with all that lies below them) and
    @names. Telephone numbers count as addresses; their digits must be allowed.
    """
    for link in addresses(text):
        if not _is_allowed(link, allowed):
            at = text.find(link)
            yield (at, link) if at >= 0 else (0, link[: len(text)])


def addresses(text: str) -> Iterator[str]:
    """All links, addresses, @names and telephone numbers of a text, as a reader sees them."""
    shown = without_hidden(text).translate(_DOTS)
    for found in _LINK.finditer(shown) if _MARKS.search(shown) else ():
        if link := found.group() if found["host"] is None else _bare_address(found, shown):
            yield link.rstrip(".,;:!?*")
    for found in _PHONE.finditer(shown):
        if not _NO_PHONE.fullmatch(found.group()):
            yield found.group()


def _bare_address(found: re.Match[str], shown: str) -> str:
    """The address that has no scheme; empty for "урок.Потом", "Node.js", "9.30" and their like."""
    host, path = found["host"], found["path"] or ""
    if path and (_NUMBER_PARTS.fullmatch(host) or _may_have_path(host)):
        return host + path
    labels = host.split(".")
    for length in range(len(labels), 1, -1):
        after = path + shown[found.end() :][:3] if length == len(labels) else "." + labels[length]
        before = shown[max(0, found.start() - 20) : found.start()]
        if _is_bare(labels[:length], after, before):
            return ".".join((*labels[: length - 1], _ending(labels[length - 1]))).strip("_-")
    return ""


def _may_have_path(host: str) -> bool:
    """With a path any Latin ending counts, since new ones are made every year."""
    ending = host.rpartition(".")[2]
    if not _ENDING.fullmatch(ending) or ending.lower() in FILES - KNOWN:
        return False
    return ending.lower() in KNOWN or (ending.isascii() and ending.islower())


def _is_bare(labels: Sequence[str], after: str, before: str) -> bool:
    """Whether these labels are an address by themselves; `before` and `after` stand around them."""
    *hosts, last = labels
    ending = _ending(last)
    lower = ending.lower()
    if lower in PLAIN or lower.startswith("xn--"):
        return True
    if "-" in last or lower not in KNOWN or lower in FILES or _is_file(hosts[-1], lower, before):
        return False
    begins_sentence = ending.istitle() and _GOES_ON.match(after) is not None
    return not begins_sentence and not _is_shortened(hosts)


def _ending(label: str) -> str:
    """The top-level domain in the last label: "com-скидки" is "com" and a word hung on it."""
    label = label.strip("_")
    return label if label.lower().startswith("xn--") else label.partition("-")[0]


def _is_shortened(hosts: Sequence[str]) -> bool:
    """ "e.g.in", "г.москва", "1.in", "v.id": letters and numbers, not names of hosts."""
    return hosts[-1].isdecimal() or len(hosts[-1]) == 1


def _is_file(name: str, ending: str, before: str) -> bool:
    is_named = not name.isascii() or name.isupper() or _NAMES_FILE.search(before) is not None
    return ending in ARCHIVES and is_named


def _is_allowed(link: str, allowed: Sequence[str]) -> bool:
    """Compared by its own letters: a Cyrillic "о" in a host leads to another host."""
    seen = link.casefold()
    host = _host(seen)
    return any(_is_covered(seen, host, _wanted(entry)) for entry in allowed)


@lru_cache(maxsize=1024)
def _wanted(entry: str) -> str:
    return without_hidden(entry).strip().casefold()


def _is_covered(seen: str, host: str, wanted: str) -> bool:
    if not wanted:
        return False
    if seen == wanted or (not re.search(r"[^\W\d_]", seen) and _digits(seen) == _digits(wanted)):
        return True
    if "/" in wanted.removeprefix("https://").removeprefix("http://"):
        return _is_below(_bare(seen), _bare(wanted))
    return bool(host) and not wanted.startswith("@") and _is_host(host, _host(wanted))


def _is_below(address: str, wanted: str) -> bool:
    """An address allows what lies below it, not what only begins alike: `t.me/a` isn't `t.me/ab`."""
    if not address.startswith(wanted):
        return address == wanted.rstrip("/")
    rest = address[len(wanted) :]
    ends = "&#" if "?" in wanted else "/?#"
    is_parted = not rest or wanted.endswith("/") or rest[0] in ends
    return is_parted and not _STEPS_UP.search(rest)


def _is_host(host: str, wanted: str) -> bool:
    return bool(wanted) and (host == wanted or host.endswith(f".{wanted}"))


def _host(link: str) -> str:
    """The host as browsers find it: a backslash ends it; with a name before "@" there is none."""
    host = _HOST_END.split(_bare(link), maxsplit=1)[0]
    return "" if "@" in host else host.partition(":")[0].rstrip(".")


@lru_cache(maxsize=256)
def _ascii(host: str) -> str:
    """The host as the name system knows it (`xn--…`)."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _bare(link: str) -> str:
    """Without scheme and "www.", the host in the letters of the name system."""
    plain = _SCHEME.sub("", link).removeprefix("www.")
    host = _HOST_END.split(plain, maxsplit=1)[0]
    return _ascii(host) + plain[len(host) :]
