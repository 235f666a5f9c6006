"""`HotReloadService`: a change made in one process is used by the next turn in every process.

The writer says `announce` inside the unit that saves; the database carries it (NOTIFY, so it arrives
only if the unit commits); each process drops its cached copy. No copy is ever pushed: the next use
loads the new version.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Change:
    """What changed: a topic (`script`, `prompt`, `settings`, `account`) and the key within it."""

    topic: str
    key: str


class Announcements(Protocol):
    """The slice of a unit of work that announces changes."""

    async def announce(self, change: Change) -> None: ...


class HotReloadService:
    """Hands incoming changes to whoever caches that topic in this process."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, list[Callable[[Change], None]]] = defaultdict(list)

    def on_change(self, topic: str, forget: Callable[[Change], None]) -> None:
        """`forget` is called in the event loop's thread; it drops its copy and returns at once."""
        self._listeners[topic].append(forget)

    def receive(self, change: Change) -> None:
        for forget in self._listeners[change.topic]:
            forget(change)

    def forget_everything(self) -> None:
        """After a lost database connection changes may have been missed: drop all copies."""
        for topic, listeners in self._listeners.items():
            for forget in listeners:
                forget(Change(topic, "*"))
