"""Finding dialogues by the beginnings of words: in what was said, and in the names of the clients."""

import re
from typing import Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from candor.storage.tables.messaging import SEARCHED_TEXT

MOST_WORDS: Final = 8
MOST_FOUND: Final = 1000
NEWEST: Final = 50_000
"""So many of the newest rows are searched first; the others only when MOST_FOUND aren't found there, so
that the index of a frequent word is gone through once."""
_WORD: Final = re.compile(r"[^\W_]+")
_WITHIN: Final = "SELECT max(id) FROM "
_TALKS_OF: Final = text("SELECT id FROM client_conversations WHERE client_id = ANY(:people)")
# The planner can't know how often the beginning of a word occurs, and may prefer to read all rows
# and to take their texts apart; the word index is right for rare and for frequent ones alike.
_PLANS: Final = text(
    "SELECT set_config('enable_seqscan', :are, true), set_config('enable_indexscan', :are, true)"
)


def query_of(q: str) -> str:
    """`Ann sm` as `'ann':* & 'sm':*`; empty when it holds no letter or digit."""
    return " & ".join(f"'{word}':*" for word in _WORD.findall(q.casefold())[:MOST_WORDS])


class PgWordSearch:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def conversations(self, words: str) -> list[int]:
        """Those in which it was said, or whose client has such a name."""
        said = await self._matching(
            "conversation_id", "conversation_messages", SEARCHED_TEXT, words
        )
        people = await self._matching("id", "users", "searched_name", words)
        if people:
            said |= set(await self._connection.scalars(_TALKS_OF, {"people": list(people)}))
        return sorted(said)

    async def _matching(self, column: str, table: str, searched: str, words: str) -> set[int]:
        def where(more: str = "") -> TextClause:
            return text(
                f"SELECT {column} FROM {table} WHERE {searched} @@ to_tsquery('simple', :words)"
                f"{more} LIMIT {MOST_FOUND}"
            )

        newest = int(await self._connection.scalar(text(_WITHIN + table)) or 0)
        values: dict[str, object] = {"words": words, "after": newest - NEWEST}
        rows = await self._by_words(where(" AND id > :after ORDER BY id DESC"), values)
        if len(rows) < MOST_FOUND and newest > NEWEST:
            rows += await self._by_words(where(" AND id <= :after"), values)
        return set(rows[:MOST_FOUND])

    async def _by_words(self, statement: TextClause, values: dict[str, object]) -> list[int]:
        await self._connection.execute(_PLANS, {"are": "off"})
        rows = await self._connection.scalars(statement, values)
        await self._connection.execute(_PLANS, {"are": "on"})
        return list(rows)
