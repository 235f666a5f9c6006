"""The world in a file: an append-only journal of changed records, compacted at each start.

A line is `[table, key, value]`; the last line of a key wins, `null` deletes. A torn last line (the machine
stopped in the middle of writing) is left aside. Files of messages lie beside the journal.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from candor.common.errors import ConfigurationError
from candor.sandbox.botapi.updates import QueuedUpdate, UpdateQueues
from candor.sandbox.world.codec import decode, encode
from candor.sandbox.world.model import (
    Bot,
    BusinessConnection,
    Chat,
    Invite,
    InvoiceOffer,
    JoinRequest,
    Json,
    Message,
    Payment,
    StarTransaction,
    StoredFile,
    User,
)
from candor.sandbox.world.world import World

SMALLEST_REWRITE = 64 * 1024 * 1024
REWRITE_FACTOR = 4
"""The journal is compacted on the way when it has grown to this many times its compact size."""
FORMAT = {"candor_sandbox": 1}

_KINDS: dict[str, tuple[type[Any], Callable[[Any], str]]] = {
    "users": (User, lambda item: str(item.id)),
    "bots": (Bot, lambda item: str(item.id)),
    "chats": (Chat, lambda item: str(item.id)),
    "messages": (Message, lambda item: f"{item.chat_id}:{item.id}"),
    "invites": (Invite, lambda item: str(item.link)),
    "join_requests": (JoinRequest, lambda item: f"{item.chat_id}:{item.user_id}"),
    "files": (StoredFile, lambda item: str(item.id)),
    "connections": (BusinessConnection, lambda item: str(item.id)),
    "payments": (Payment, lambda item: str(item.id)),
    "offers": (InvoiceOffer, lambda item: str(item.slug)),
    "transactions": (StarTransaction, lambda item: str(item.id)),
    "updates": (QueuedUpdate, lambda item: f"{item.bot_id}:{item.id}"),
}

Dirty = dict[tuple[str, str], object]


class StateFile:
    """Keeps one world on disk. `flush` writes what changed since the last time."""

    def __init__(self, path: Path, world: World, queues: UpdateQueues) -> None:
        self._path = path
        self._contents = path.with_name(path.name + ".files")
        self._world = world
        self._queues = queues
        self._dirty: Dirty = {}
        self._compact_size = 0

    def open(self) -> None:
        """Load the file if there is one, compact it, and note changes from now on."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists():
            self._load()
        self.rewrite()
        self._world.on_save = self._note

    def flush(self) -> None:
        """Append all changed records."""
        if not self._dirty:
            return
        if self._path.stat().st_size > max(SMALLEST_REWRITE, REWRITE_FACTOR * self._compact_size):
            self.rewrite()
            return
        changed, self._dirty = self._dirty, {}
        with self._path.open("a", encoding="utf-8", errors="surrogatepass") as file:
            file.writelines(self._lines(changed))

    def rewrite(self) -> None:
        """Write the whole world anew, in one replacing step."""
        fresh = self._path.with_name(self._path.name + ".new")
        with fresh.open("w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(json.dumps(FORMAT) + "\n")
            file.writelines(self._lines(self._everything()))
        os.replace(fresh, self._path)
        self._compact_size = self._path.stat().st_size
        self._dirty = {}

    def _note(self, table: str, record: object) -> None:
        if table == "counters":
            self._dirty[(table, str(record))] = self._world.tables.counters[str(record)]
        elif table == "contents":
            self._store_content(record)
        elif table.startswith("deleted_"):
            table = table.removeprefix("deleted_")
            self._dirty[(table, _KINDS[table][1](record))] = None
        else:
            self._dirty[(table, _KINDS[table][1](record))] = record

    def _store_content(self, record: object) -> None:
        if isinstance(record, StoredFile):
            target = self._contents / record.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self._world.contents[record.path])

    def _lines(self, changed: Dirty) -> Iterator[str]:
        for (table, key), record in changed.items():
            yield json.dumps([table, key, encode(record)], ensure_ascii=False) + "\n"

    def _everything(self) -> Dirty:
        found: Dirty = {}
        tables = self._world.tables
        for table, (_, key_of) in _KINDS.items():
            records = self._queues.everything() if table == "updates" else _records(tables, table)
            found.update({(table, key_of(record)): record for record in records})
        found.update({("counters", name): number for name, number in tables.counters.items()})
        return found

    def _load(self) -> None:
        latest = self._read()
        updates: list[QueuedUpdate] = []
        for (table, key), value in latest.items():
            if value is None:
                continue
            if table == "counters":
                self._world.tables.counters[key] = int(value)
                continue
            record = decode(_KINDS[table][0], value)
            if isinstance(record, QueuedUpdate):
                updates.append(record)
            else:
                _put(self._world.tables, table, key, record)
        self._sort_messages()
        self._load_contents()
        self._world.reindex()
        self._queues.load(updates)

    def _read(self) -> dict[tuple[str, str], Any]:
        latest: dict[tuple[str, str], Any] = {}
        with self._path.open(encoding="utf-8", errors="surrogatepass") as file:
            header = _parsed(file.readline())
            if header != FORMAT:
                raise ConfigurationError(
                    f"{self._path} is no state file of this sandbox. Choose another path."
                )
            for line in file:
                entry = _parsed(line)
                if isinstance(entry, list) and len(entry) == 3:
                    latest[(entry[0], entry[1])] = entry[2]
        return latest

    def _sort_messages(self) -> None:
        messages = self._world.tables.messages
        for chat_id, history in messages.items():
            messages[chat_id] = dict(sorted(history.items()))

    def _load_contents(self) -> None:
        for stored in self._world.tables.files.values():
            source = self._contents / stored.path
            self._world.contents[stored.path] = source.read_bytes() if source.exists() else b""


def _records(tables: Any, table: str) -> Iterator[Any]:
    if table == "messages":
        for history in tables.messages.values():
            yield from history.values()
    else:
        yield from getattr(tables, table).values()


def _put(tables: Any, table: str, key: str, record: Any) -> None:
    if table == "messages":
        tables.messages.setdefault(record.chat_id, {})[record.id] = record
        return
    by_number = table in ("users", "bots", "chats")
    getattr(tables, table)[int(key) if by_number else key] = record


def _parsed(line: str) -> Json | list[Any] | None:
    try:
        found: Json | list[Any] = json.loads(line)
    except ValueError:
        return None
    return found
