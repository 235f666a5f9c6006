"""The hot path's statements past SQLAlchemy: same connection, same transaction, less of our time.

SQLAlchemy takes 0.3 ms of this process for a statement that costs the driver 0.1 ms, and a turn has a
dozen of them. `lean` marks a statement of such a turn; a unit's connection then hands it to psycopg as
it stands. Values, rows and errors are those that SQLAlchemy would give.
"""

from collections import namedtuple
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import JSON, ClauseElement, Executable
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.ext.asyncio import AsyncConnection

Values = Mapping[str, Any]
Statement = TypeVar("Statement", bound=ClauseElement)
_DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_MARKED: "Final[dict[int, _Prepared]]" = {}


@dataclass(slots=True)
class _Prepared:
    """A statement as the driver takes it; the columns are known after its first run."""

    sql: bytes
    documents: tuple[str, ...]
    """Parameters that are stored as JSON."""
    constants: Values
    """Values that stand in the statement itself."""
    names: tuple[str, ...] = ()
    row: Any = tuple

    def with_documents(self, values: Values) -> Values:
        if self.constants:
            values = {**self.constants, **values}
        if not self.documents:
            return values
        wrapped = {
            name: None if values[name] is None else Jsonb(values[name]) for name in self.documents
        }
        return {**values, **wrapped}

    def learn(self, cursor: psycopg.AsyncCursor[Any]) -> None:
        self.names = tuple(column.name for column in cursor.description or ())
        self.row = namedtuple("Row", self.names, rename=True)  # type: ignore[misc]


def lean(statement: Statement) -> Statement:
    """Mark a statement of the hot path: a module's constant, since it is known by its identity.

    What is told at every run is a `bindparam(name, None)`, or a name in a `text()`.
    """
    compiled: Any = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    documents = (name for name, bind in compiled.binds.items() if isinstance(bind.type, JSON))
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    _MARKED[id(statement)] = _Prepared(str(compiled).encode(), tuple(documents), constants)
    return statement


class Rows:
    """The rows of a lean statement: the part of SQLAlchemy's `Result` that repositories use."""

    __slots__ = ("_found", "_prepared", "rowcount")

    def __init__(self, prepared: _Prepared, found: list[tuple[Any, ...]], rowcount: int) -> None:
        self._prepared = prepared
        self._found = found
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return (self._prepared.row(*values) for values in self._found)

    def mappings(self) -> "MappedRows":
        return MappedRows(self._prepared, self._found, self.rowcount)

    def all(self) -> list[Any]:
        return list(self)

    def first(self) -> Any:
        return next(iter(self), None)

    def one(self) -> Any:
        """The only row; raises NoResultFound when there is none."""
        if not self._found:
            raise NoResultFound("No row was found when one was required")
        return self.first()

    def one_or_none(self) -> Any:
        return self.first()

    def scalar(self) -> Any:
        return self._found[0][0] if self._found else None

    def scalar_one(self) -> Any:
        return self.one()[0]


class MappedRows(Rows):
    """The same by column name."""

    __slots__ = ()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        names = self._prepared.names
        return (dict(zip(names, values, strict=True)) for values in self._found)


class LeanConnection:
    """A unit's connection: SQLAlchemy's, with the marked statements going straight to the driver."""

    __slots__ = ("_connection", "_driver")

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._driver: psycopg.AsyncConnection[Any] | None = None
        sync = connection.sync_connection
        # Who listens to statements (a trace, a test) sees all of them: then they go the long way.
        if sync is not None and not sync.dispatch.before_cursor_execute:
            self._driver = getattr(sync.connection, "driver_connection", None)

    async def execute(self, statement: Executable, values: Any = None) -> Any:
        prepared = _MARKED.get(id(statement))
        if prepared is None or self._driver is None:
            return await self._connection.execute(statement, values)
        return await self._run(prepared, values or {})

    async def scalar(self, statement: Executable, values: Any = None) -> Any:
        if id(statement) in _MARKED:
            return (await self.execute(statement, values)).scalar()
        return await self._connection.scalar(statement, values)

    async def scalars(self, statement: Executable, values: Any = None) -> Any:
        return await self._connection.scalars(statement, values)

    @property
    def uncommitted(self) -> "psycopg.AsyncConnection[Any] | None":
        """The driver's connection, where SQLAlchemy knows nothing of an open transaction."""
        return None if self._connection.in_transaction() else self._driver

    async def _run(self, prepared: _Prepared, values: Values) -> Rows:
        if self._driver is None:
            raise RuntimeError("A lean statement needs a connection of psycopg.")
        cursor = self._driver.cursor()
        try:
            await cursor.execute(prepared.sql, prepared.with_documents(values))
            found = await cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else []
        except psycopg.Error as error:
            raise await self.told(error, prepared, values) from error
        if not prepared.names:
            prepared.learn(cursor)
        return Rows(prepared, found, cursor.rowcount)

    async def told(
        self, error: psycopg.Error, prepared: _Prepared | None = None, values: Values | None = None
    ) -> BaseException:
        """The driver's error as SQLAlchemy tells it; a lost connection leaves the pool."""
        is_lost = self._driver is not None and self._driver.closed
        if is_lost:
            await self._connection.invalidate(error)
        return DBAPIError.instance(
            prepared.sql.decode() if prepared else None,
            values or {},
            error,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=is_lost,
            dialect=_DIALECT,
            ismulti=False,
        )
