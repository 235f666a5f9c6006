"""Parse mode HTML, with Telegram's error texts."""

import re
from dataclasses import dataclass

from candor.sandbox.botapi.entities import TextBuilder, byte_offset, parse_error
from candor.sandbox.world.model import Json

_SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[^<>]*?)?)\s*>")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]+));?")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    start: int
    attributes: dict[str, str]
    at: int


def parse(text: str) -> tuple[str, list[Json]]:
    """Plain text and entities; raises `ApiError` for markup that Telegram refuses."""
    built = TextBuilder()
    stack: list[_Open] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character == "<":
            position = _tag(text, position, built, stack)
        elif character == "&":
            position = _reference(text, position, built)
        else:
            end = _next_special(text, position)
            built.add(text[position:end])
            position = end
    if stack:
        unclosed = stack[-1].tag
        raise parse_error(f'Can\'t find end tag corresponding to start tag "{unclosed}"')
    return built.build()


def _next_special(text: str, position: int) -> int:
    ends = [found for found in (text.find("<", position), text.find("&", position)) if found >= 0]
    return min(ends, default=len(text))


def _tag(text: str, position: int, built: TextBuilder, stack: list[_Open]) -> int:
    match = _TAG.match(text, position)
    at = byte_offset(text, position)
    if match is None:
        end = re.compile(r"[\s>]").search(text, position)
        name = text[position + 1 : end.start() if end else len(text)]
        if end is None or ">" not in text[position:]:
            raise parse_error(f"Unclosed start tag at byte offset {at}")
        raise parse_error(f'Unsupported start tag "{name}" at byte offset {at}')
    name = match.group(2).lower()
    if match.group(1):
        _close(name, at, built, stack)
    else:
        _open(name, match.group(3), at, built, stack)
    return match.end()


def _open(name: str, raw_attributes: str, at: int, built: TextBuilder, stack: list[_Open]) -> None:
    if name not in _SIMPLE:
        raise parse_error(f'Unsupported start tag "{name}" at byte offset {at}')
    attributes = {
        match.group(1).lower(): _unescape(match.group(2) or match.group(3) or match.group(4) or "")
        for match in _ATTRIBUTE.finditer(raw_attributes)
    }
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise parse_error(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
    stack.append(_Open(name, built.length, attributes, at))


def _close(name: str, at: int, built: TextBuilder, stack: list[_Open]) -> None:
    if not stack:
        raise parse_error(f"Unexpected end tag at byte offset {at}")
    opened = stack.pop()
    if opened.tag != name:
        raise parse_error(
            f'Unmatched end tag at byte offset {at}, expected "</{opened.tag}>", found "</{name}>"'
        )
    _mark(opened, built, stack)


def _mark(opened: _Open, built: TextBuilder, stack: list[_Open]) -> None:
    attributes = opened.attributes
    if opened.tag == "a":
        _mark_link(opened, built)
    elif opened.tag == "code" and stack and stack[-1].tag == "pre":
        language = attributes.get("class", "").removeprefix("language-")
        stack[-1].attributes["language"] = language
    elif opened.tag == "pre":
        built.mark("pre", opened.start, language=attributes.get("language") or None)
    elif opened.tag == "blockquote":
        kind = "expandable_blockquote" if "expandable" in attributes else "blockquote"
        built.mark(kind, opened.start)
    elif opened.tag == "tg-emoji":
        built.mark("custom_emoji", opened.start, custom_emoji_id=attributes.get("emoji-id"))
    elif opened.tag == "tg-time":
        unix = attributes.get("unix", "0")
        built.mark("date_time", opened.start, unix_time=int(unix) if unix.isdecimal() else 0)
    else:
        built.mark(_SIMPLE[opened.tag], opened.start)


def _mark_link(opened: _Open, built: TextBuilder) -> None:
    address = opened.attributes.get("href", "")
    if match := re.fullmatch(r"tg://user\?id=(\d+)", address):
        built.mark("text_mention", opened.start, user={"id": int(match.group(1))})
    elif address and ("." in address or "://" in address):
        url = address if "://" in address else f"http://{address}"
        built.mark("text_link", opened.start, url=url if "/" in url[8:] else f"{url}/")


def _reference(text: str, position: int, built: TextBuilder) -> int:
    match = _REFERENCE.match(text, position)
    decoded = _decode(match) if match else None
    if match is None or decoded is None:
        built.add("&")
        return position + 1
    built.add(decoded)
    return match.end()


def _decode(match: "re.Match[str]") -> str | None:
    decimal, hexadecimal, name = match.groups()
    if name is not None:
        return _NAMED.get(name)
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else None


def _unescape(value: str) -> str:
    return _REFERENCE.sub(lambda match: _decode(match) or match.group(), value)
