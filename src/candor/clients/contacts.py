"""Contact lists that the business brings along: read, kept, and recognised when a person writes.

An imported contact is no client and has no chat, so nothing can be sent to anyone on a list (H5). The
list only helps to know who it is that writes.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from candor.common.errors import InvalidInputError
from candor.common.ids import ClientId, TelegramUserId

MOST_ROWS: Final = 20_000
MOST_BYTES: Final = 3_000_000
COLUMNS: Final = ("telegram_id", "username", "name", "tags", "note", "external_id")
_ALIASES: Final = {"telegram_user_id": "telegram_id", "user_id": "telegram_id", "tag": "tags"}
_USERNAME: Final = re.compile(r"[a-z][a-z0-9_]{3,31}", re.ASCII)
MAX_TAG: Final = 40
MAX_TAGS: Final = 20
_LIMITS: Final = {"name": 200, "note": 2000, "external_id": 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One usable row: a person who can be recognised by number or username."""

    telegram_user_id: TelegramUserId | None = None
    username: str = ""
    """Lower case, without @."""
    name: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    external_id: str = ""
    """What another program calls them; comes back in exports and webhooks."""
    source: str = ""
    """The name of the list."""


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that was left out: its line in the file and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ContactList:
    """A file as it was read."""

    contacts: tuple[Contact, ...]
    broken: tuple[BrokenRow, ...] = ()
    ignored_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a list. Nobody on it may be written to before they write."""

    added: int = 0
    updated: int = 0
    matched: int = 0
    """Of these rows: people who are clients already."""
    refused: int = 0
    """Asked never to be written to again, so nothing of them is kept."""
    broken: tuple[BrokenRow, ...] = ()
    ignored_columns: tuple[str, ...] = ()


class ContactRepository(Protocol):
    async def put(
        self, contacts: Sequence[Contact], *, by: str, now: datetime
    ) -> tuple[int, int, int]:
        """Added, updated, and matched with clients; a contact that waits already is updated."""
        ...

    async def recognise(
        self,
        client_id: ClientId,
        telegram_user_id: TelegramUserId,
        username: str | None,
        *,
        now: datetime,
    ) -> Contact | None:
        """The contact that this person is, if one waits: tags and note go to the client."""
        ...

    async def opted_out(self, hashes: Mapping[bytes, int]) -> frozenset[int]:
        """Which of these people, by the mark they left, said stop for good."""
        ...

    async def waiting(self) -> int:
        """Contacts who have not written yet."""
        ...


def read_contacts(content: bytes, *, source: str) -> ContactList:
    """Read a CSV file with a heading line; comma, semicolon or tab; UTF-8 or Windows-1251.

    Raises InvalidInputError when nothing of it can be used; a broken row is named and left out.
    """
    if len(content) > MOST_BYTES:
        raise InvalidInputError(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
    text = _decoded(content)
    rows = csv.reader(io.StringIO(text, newline=""), dialect=_dialect(text))
    try:
        heading = next(rows, [])
    except csv.Error as error:
        raise InvalidInputError(f"The first line can't be read as CSV: {error}.") from error
    columns = [_column(cell) for cell in heading]
    if not {"telegram_id", "username"} & set(columns):
        raise InvalidInputError(
            "The first line must name the columns, among them username or telegram_id. "
            f"Known columns: {', '.join(COLUMNS)}."
        )
    contacts, broken = _read_rows(rows, columns, source)
    unknown = (
        cell.strip() for cell, name in zip(heading, columns, strict=True) if name not in COLUMNS
    )
    return ContactList(contacts, broken, tuple(cell for cell in unknown if cell))


def _read_rows(
    rows: "Iterator[list[str]]", columns: Sequence[str], source: str
) -> tuple[tuple[Contact, ...], tuple[BrokenRow, ...]]:
    found: dict[object, Contact] = {}
    broken: list[BrokenRow] = []
    reader = _lines(rows)
    for line, cells in reader:
        if isinstance(cells, str):
            broken.append(BrokenRow(line, cells))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(found) >= MOST_ROWS:
            broken.append(BrokenRow(line, f"Only the first {MOST_ROWS} rows are read."))
            break
        try:
            contact = _contact(cells, columns, source)
        except ValueError as error:
            broken.append(BrokenRow(line, str(error)))
            continue
        key = contact.telegram_user_id or contact.username
        if key in found:
            broken.append(BrokenRow(line, "The same person stands in the list already."))
            continue
        found[key] = contact
    return tuple(found.values()), tuple(broken)


def _lines(rows: "Iterator[list[str]]") -> Iterator[tuple[int, list[str] | str]]:
    """Each row with the line it ends in; a row that is no CSV gives the reason instead."""
    while True:
        number = getattr(rows, "line_num", 0) + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, f"It can't be read as CSV: {error}."
            continue
        yield number, cells


def _contact(cells: Sequence[str], columns: Sequence[str], source: str) -> Contact:
    """Raises ValueError that says what is wrong with the row."""
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        raise ValueError(f"It has {len(cells)} cells, the first line names {len(columns)}.")
    row = {name: cell.strip() for name, cell in zip(columns, cells, strict=False)}
    for name, limit in _LIMITS.items():
        if len(row.get(name, "")) > limit:
            raise ValueError(f"{name} is longer than {limit} characters.")
    if any("\x00" in cell for cell in row.values()):
        raise ValueError("It holds a null byte.")
    number, username = _number(row.get("telegram_id", "")), _username(row.get("username", ""))
    if number is None and not username:
        raise ValueError("It has neither telegram_id nor username, so nobody could be recognised.")
    return Contact(
        telegram_user_id=number,
        username=username,
        name=row.get("name", ""),
        tags=tags_of(row.get("tags", "")),
        note=row.get("note", ""),
        external_id=row.get("external_id", ""),
        source=source,
    )


def _number(cell: str) -> TelegramUserId | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit()) or not 0 < int(cell[:20]) < 2**52:
        raise ValueError(f"telegram_id {cell[:30]!r} is no number of a Telegram user.")
    return TelegramUserId(int(cell))


def _username(cell: str) -> str:
    name = cell.lower().removeprefix("https://").removeprefix("http://").removeprefix("t.me/")
    name = name.removeprefix("@")
    if name and not _USERNAME.fullmatch(name):
        raise ValueError(f"username {cell[:40]!r} is no Telegram username.")
    return name


def tags_of(text: str) -> tuple[str, ...]:
    """`VIP; весна 2026` as tags, lower case, without repeats; raises ValueError."""
    tags = tuple(
        dict.fromkeys(
            tag for part in re.split(r"[;,|\n]", text) if (tag := " ".join(part.split()).lower())
        )
    )
    if len(tags) > MAX_TAGS:
        raise ValueError(f"At most {MAX_TAGS} tags.")
    if any(len(tag) > MAX_TAG for tag in tags):
        raise ValueError(f"A tag has at most {MAX_TAG} characters.")
    return tags


def _column(cell: str) -> str:
    name = re.sub(r"[\s-]+", "_", cell.strip().lower().lstrip("\ufeff@"))
    return _ALIASES.get(name, name)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")


def _dialect(text: str) -> type[csv.Dialect]:
    first = text.split("\n", 1)[0]
    found = max(",;\t", key=first.count)

    class Found(csv.excel):
        delimiter = found

    return Found
