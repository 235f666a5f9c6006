"""Parse modes MarkdownV2 and (legacy) Markdown, with Telegram's error texts."""

import re
from dataclasses import dataclass

from candor.sandbox.botapi.entities import TextBuilder, byte_offset, parse_error
from candor.sandbox.world.model import Json

_RESERVED = set("_*[]()~`>#+-=|{}.!")
_ESCAPABLE = {chr(code) for code in range(1, 127)}
_STYLES = {
    "*": ("bold", "Bold"),
    "_": ("italic", "Italic"),
    "__": ("underline", "Underline"),
    "~": ("strikethrough", "Strikethrough"),
    "||": ("spoiler", "Spoiler"),
    "[": ("text_link", "TextUrl"),
    "![": ("custom_emoji", "CustomEmoji"),
}


@dataclass(frozen=True, slots=True)
class _Open:
    marker: str
    start: int
    at: int


class _Parser:
    """Walks once through a MarkdownV2 text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.built = TextBuilder()
        self.stack: list[_Open] = []
        self.quote_start: int | None = None

    def run(self) -> tuple[str, list[Json]]:
        while self.position < len(self.text):
            self._step()
        self._end_quote()
        if self.stack:
            opened = self.stack[-1]
            name = _STYLES[opened.marker][1]
            at = byte_offset(self.text, opened.at)
            raise parse_error(f"Can't find end of {name} entity at byte offset {at}")
        return self.built.build()

    def _step(self) -> None:
        character = self.text[self.position]
        following = self.text[self.position + 1 : self.position + 2]
        if character == "\\" and following in _ESCAPABLE and following:
            self.built.add(following)
            self.position += 2
        elif self._at_line_start() and character == ">":
            self._quote_line()
        elif character == "\n":
            self._line_end()
        elif character == "`":
            self._code()
        elif character in "*_~|[]!" and self._marker():
            return
        elif character in _RESERVED:
            raise parse_error(
                f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
            )
        else:
            self.built.add(character)
            self.position += 1

    def _at_line_start(self) -> bool:
        return self.position == 0 or self.text[self.position - 1] == "\n"

    def _quote_line(self) -> None:
        if self.quote_start is None:
            self.quote_start = self.built.length
        self.position += 1

    def _line_end(self) -> None:
        if self.quote_start is not None and self.text[self.position + 1 :][:1] != ">":
            self._end_quote()
        self.built.add("\n")
        self.position += 1

    def _end_quote(self) -> None:
        if self.quote_start is not None:
            kind = "blockquote"
            if (
                self.stack
                and self.stack[-1].marker == "||"
                and self.built.length == (self.stack[-1].start)
            ):
                self.stack.pop()
                kind = "expandable_blockquote"
            self.built.mark(kind, self.quote_start)
            self.quote_start = None

    def _code(self) -> None:
        fence = "```" if self.text.startswith("```", self.position) else "`"
        name = "Pre" if fence == "```" else "Code"
        begin = self.position
        body, self.position = self._until(fence, begin + len(fence), name)
        language = None
        if fence == "```":
            match = re.match(r"([^\s`]*)\n", body)
            if match:
                language = match.group(1) or None
                body = body[match.end() :]
        start = self.built.length
        self.built.add(body)
        self.built.mark(name.lower(), start, language=language)

    def _until(self, fence: str, begin: int, name: str) -> tuple[str, int]:
        collected: list[str] = []
        position = begin
        while position < len(self.text):
            if self.text.startswith(fence, position):
                return "".join(collected), position + len(fence)
            if self.text[position] == "\\" and position + 1 < len(self.text):
                position += 1
            collected.append(self.text[position])
            position += 1
        at = byte_offset(self.text, begin - len(fence))
        raise parse_error(f"Can't find end of {name} entity at byte offset {at}")

    def _marker(self) -> bool:
        marker = self._read_marker()
        if marker == "]":
            return self._close_link()
        if marker not in _STYLES:
            return False
        if marker in ("[", "!["):
            self._push(marker)
        elif any(opened.marker == marker for opened in self.stack):
            self._close(marker)
        else:
            self._push(marker)
        return True

    def _read_marker(self) -> str:
        for long in ("__", "||", "!["):
            if self.text.startswith(long, self.position):
                return long
        return self.text[self.position]

    def _push(self, marker: str) -> None:
        self.stack.append(_Open(marker, self.built.length, self.position))
        self.position += len(marker)

    def _close(self, marker: str) -> None:
        opened = self.stack[-1]
        if opened.marker != marker:
            name = _STYLES[opened.marker][1]
            at = byte_offset(self.text, opened.at)
            raise parse_error(f"Can't find end of {name} entity at byte offset {at}")
        self.stack.pop()
        self.built.mark(_STYLES[marker][0], opened.start)
        self.position += len(marker)

    def _close_link(self) -> bool:
        if not self.stack or self.stack[-1].marker not in ("[", "!["):
            return False
        opened = self.stack.pop()
        self.position += 1
        url = ""
        if self.text.startswith("(", self.position):
            url, self.position = self._until(")", self.position + 1, "TextUrl")
        mark_link(self.built, opened.start, url, is_emoji=opened.marker == "![")
        return True


def mark_link(built: TextBuilder, start: int, url: str, *, is_emoji: bool = False) -> None:
    """The entity that a link's address makes: a mention, an emoji, a time or a plain link."""
    if match := re.fullmatch(r"tg://user\?id=(\d+)", url):
        built.mark("text_mention", start, user={"id": int(match.group(1))})
    elif is_emoji and (match := re.fullmatch(r"tg://emoji\?id=(\d+)", url)):
        built.mark("custom_emoji", start, custom_emoji_id=match.group(1))
    elif "." in url or "://" in url:
        full = url if "://" in url else f"http://{url}"
        built.mark("text_link", start, url=full if "/" in full[8:] else f"{full}/")


def parse_v2(text: str) -> tuple[str, list[Json]]:
    """MarkdownV2: plain text and entities; raises `ApiError` for what Telegram refuses."""
    return _Parser(text).run()


_LEGACY = {"*": ("bold", "Bold"), "_": ("italic", "Italic"), "`": ("code", "Code")}


def parse_legacy(text: str) -> tuple[str, list[Json]]:
    """The old Markdown: no nesting, `*bold*`, `_italic_`, code and links."""
    built = TextBuilder()
    position = 0
    while position < len(text):
        character = text[position]
        if character == "\\" and text[position + 1 : position + 2] in ("_", "*", "`", "["):
            built.add(text[position + 1])
            position += 2
        elif text.startswith("```", position):
            position = _legacy_span(text, position, "```", "pre", built)
        elif character in _LEGACY:
            position = _legacy_span(text, position, character, _LEGACY[character][0], built)
        elif character == "[" and (match := _LEGACY_LINK.match(text, position)):
            start = built.length
            built.add(match.group(1))
            mark_link(built, start, match.group(2))
            position = match.end()
        else:
            built.add(character)
            position += 1
    return built.build()


_LEGACY_LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")


def _legacy_span(text: str, position: int, fence: str, kind: str, built: TextBuilder) -> int:
    end = text.find(fence, position + len(fence))
    if end < 0:
        name = "Pre" if kind == "pre" else _LEGACY[fence][1]
        at = byte_offset(text, position)
        raise parse_error(f"Can't find end of {name} entity at byte offset {at}")
    start = built.length
    built.add(text[position + len(fence) : end])
    built.mark(kind, start)
    return end + len(fence)
