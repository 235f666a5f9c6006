"""Snapshot and restore of the whole world, kept in memory or handed over as a document."""

import base64
import secrets
from collections import OrderedDict

from candor.sandbox.botapi.api import BotApi
from candor.sandbox.botapi.updates import QueuedUpdate
from candor.sandbox.control.errors import ControlError, wrong_field
from candor.sandbox.world.codec import decode, encode
from candor.sandbox.world.events import WorldReplaced
from candor.sandbox.world.model import Json
from candor.sandbox.world.world import MOVED_SECONDS, Tables, World

FORMAT = 1
KEPT = 10


class Snapshots:
    """The latest snapshots by id."""

    def __init__(self, world: World, api: BotApi) -> None:
        self._world = world
        self._api = api
        self._kept: OrderedDict[str, Json] = OrderedDict()

    def take(self) -> str:
        """Keep the world as it is now and give the snapshot's id."""
        snapshot_id = secrets.token_hex(6)
        self._kept[snapshot_id] = self.document()
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return snapshot_id

    def document(self) -> Json:
        """The world as one JSON object."""
        return {
            "format": FORMAT,
            "tables": encode(self._world.tables),
            "updates": encode(self._api.queues.everything()),
            "contents": {
                path: base64.b64encode(content).decode()
                for path, content in self._world.contents.items()
            },
        }

    def restore(self, snapshot_id: str) -> None:
        """Put a kept snapshot in place of the world."""
        if snapshot_id not in self._kept:
            raise ControlError(404, "not_found", "There is no such snapshot.")
        self.load(self._kept[snapshot_id])

    def load(self, document: Json) -> None:
        """Put a document in place of the world; a document of another format is refused."""
        if document.get("format") != FORMAT:
            raise wrong_field("document.format", f"must be {FORMAT}")
        try:
            tables = decode(Tables, document["tables"])
            updates = [decode(QueuedUpdate, item) for item in document["updates"]]
            contents = {path: base64.b64decode(text) for path, text in document["contents"].items()}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise wrong_field("document", "is no snapshot of a sandbox") from error
        moved = self._world.tables.counters.get(MOVED_SECONDS, 0)
        tables.counters[MOVED_SECONDS] = moved
        self._world.tables = tables
        self._world.contents = contents
        self._world.callbacks.clear()
        self._world.reindex()
        self._api.queues.replace(updates)
        self._world.emit(WorldReplaced())
