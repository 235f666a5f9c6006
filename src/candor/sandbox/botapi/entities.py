"""Text with entities: parse modes, given entities, and those that Telegram finds by itself."""

import re
from dataclasses import dataclass, field

from candor.sandbox.botapi.errors import ApiError, bad_request
from candor.sandbox.world.model import Json
from candor.sandbox.world.posting import utf16_length

MAX_ENTITIES = 100


@dataclass(slots=True)
class TextBuilder:
    """Collects plain text and entities with offsets in UTF-16 units."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    entities: list[Json] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += utf16_length(text)

    def mark(self, kind: str, start: int, **extra: object) -> None:
        """An entity from `start` to here, unless it is empty."""
        if self.length > start:
            given = {key: value for key, value in extra.items() if value is not None}
            self.entities.append(
                {"type": kind, "offset": start, "length": self.length - start, **given}
            )

    def build(self) -> tuple[str, list[Json]]:
        """The text and its entities in Telegram's order."""
        self.entities.sort(key=lambda item: (item["offset"], -item["length"]))
        return "".join(self.parts), self.entities


def parse_error(text: str) -> ApiError:
    return bad_request(f"can't parse entities: {text}")


def byte_offset(text: str, index: int) -> int:
    """Telegram counts error positions in UTF-8 bytes."""
    return len(text[:index].encode())


_FOUND = re.compile(
    r"(?P<url>(?:https?://|(?<![\w@.])(?:t\.me/|www\.))[^\s<>\"'»]+)"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<!\w)(?P<mention>@[A-Za-z][A-Za-z0-9_]{3,31})(?!\w)"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d]\w*)"
    r"|(?<![\w$])(?P<cashtag>\$[A-Z]{1,8})(?!\w)"
)
_TRIGGER = re.compile(r"[/@#$.]")
_TRAILING = ".,:;!?)]}"


def detect(text: str, taken: list[Json]) -> list[Json]:
    """Links, mentions, commands, hashtags and e-mails that lie outside of the `taken` code and links."""
    if not _TRIGGER.search(text):
        return taken
    blocked = [
        (item["offset"], item["offset"] + item["length"])
        for item in taken
        if item["type"] in ("code", "pre", "text_link", "text_mention")
    ]
    found = []
    for match in _FOUND.finditer(text):
        kind = str(match.lastgroup)
        word = match.group().rstrip(_TRAILING) if kind == "url" else match.group()
        start = utf16_length(text[: match.start()])
        end = start + utf16_length(word)
        if not any(start < last and first < end for first, last in blocked):
            found.append({"type": kind, "offset": start, "length": end - start})
    known = {(item["type"], item["offset"], item["length"]) for item in taken}
    new = [item for item in found if (item["type"], item["offset"], item["length"]) not in known]
    return sorted(taken + new, key=lambda item: (item["offset"], -item["length"]))


def trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Cut white space at both ends, as Telegram does, and move the entities along."""
    kept = text.rstrip()
    cut = kept.lstrip()
    if len(cut) == len(text):
        return text, entities
    shift = utf16_length(kept) - utf16_length(cut)
    total = utf16_length(cut)
    moved = []
    for item in entities:
        start = max(0, item["offset"] - shift)
        end = min(total, item["offset"] + item["length"] - shift)
        if end > start:
            moved.append({**item, "offset": start, "length": end - start})
    return cut, moved


_KINDS = frozenset(
    [
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    ]
)
_EXTRA = ("url", "user", "language", "custom_emoji_id", "unix_time", "date_time_format")


def check_given(text: str, entities: list[Json]) -> list[Json]:
    """The usable ones of the entities a caller gave; wrong ones are refused, overlong ones dropped."""
    total = utf16_length(text)
    kept = []
    for item in entities[:MAX_ENTITIES]:
        kind, start, length = item.get("type"), item.get("offset"), item.get("length")
        if kind not in _KINDS:
            raise bad_request("can't parse MessageEntity: Unsupported type specified")
        if not isinstance(start, int) or not isinstance(length, int):
            raise bad_request("can't parse MessageEntity: Can't find field \"offset\"")
        if start < 0 or length <= 0 or start + length > total:
            raise bad_request(
                f"entity beginning at UTF-16 offset {start} ends after the end of the text at "
                f"UTF-16 offset {start + length}"
            )
        extra = {key: item[key] for key in _EXTRA if key in item}
        kept.append({"type": kind, "offset": start, "length": length, **extra})
    return sorted(kept, key=lambda item: (item["offset"], -item["length"]))
