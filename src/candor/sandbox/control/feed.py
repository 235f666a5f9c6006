"""The live feed of the chat page: a numbered log of what changed, read by long polls."""

import asyncio
from collections import deque
from dataclasses import dataclass

KEPT = 5000


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One change. `chat_id` is None for what concerns everybody; `people` limits who is told."""

    number: int
    kind: str
    chat_id: int | None
    body: dict[str, object]
    people: frozenset[int] | None = None


class Feed:
    """Keeps the latest entries and wakes the readers."""

    def __init__(self) -> None:
        self._entries: deque[FeedEntry] = deque(maxlen=KEPT)
        self._news = asyncio.Event()
        self._is_closed = False
        self.last = 0

    def add(
        self,
        kind: str,
        chat_id: int | None,
        body: dict[str, object],
        people: frozenset[int] | None = None,
    ) -> None:
        self.last += 1
        self._entries.append(FeedEntry(self.last, kind, chat_id, body, people))
        self._news.set()

    def close(self) -> None:
        """Let all readers go."""
        self._is_closed = True
        self._news.set()

    async def after(self, number: int, seconds: float) -> tuple[list[FeedEntry], bool]:
        """Entries newer than `number`, waiting up to `seconds` for the first; and whether some are lost."""
        if number >= self.last and not self._is_closed and seconds > 0:
            self._news.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._news.wait()
            except TimeoutError:
                pass
        first = self._entries[0].number if self._entries else self.last + 1
        has_gap = number < first - 1 or number > self.last
        return [entry for entry in self._entries if entry.number > number], has_gap
