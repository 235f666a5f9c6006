"""The hot path's statements past SQLAlchemy: same connection, same transaction, less of our time.

SQLAlchemy takes several times what the driver takes for a statement, and a turn has a dozen of them.
`lean` marks a statement of such a turn; a unit's connection then hands it to asyncpg as it stands.
Values, rows and errors are those that SQLAlchemy would give.
"""

import json
from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import asyncpg
from sqlalchemy import JSON, BindParameter, ClauseElement, Executable
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.visitors import cloned_traverse

from candor.storage.engine import DRIVER_ERRORS
from candor.storage.kept_connections import driver_of

Values = Mapping[str, Any]
Statement = TypeVar("Statement", bound=ClauseElement)
_DBAPI: Final[Any] = PGDialect_asyncpg.import_dbapi()  # type: ignore[no-untyped-call]
_DIALECT: Final = PGDialect_asyncpg(dbapi=_DBAPI)  # type: ignore[no-untyped-call]
_MARKED: "Final[dict[int, _Prepared]]" = {}
_NAMES: Final = (
    (asyncpg.IntegrityConstraintViolationError, "IntegrityError"),
    (asyncpg.InterfaceError, "InterfaceError"),
    (asyncpg.PostgresError, "Error"),
)
"""What PEP 249 calls the driver's errors; the first that fits counts."""


@dataclass(slots=True)
class _Prepared:
    """A statement as the driver takes it; the columns are known after its first run."""

    sql: str
    order: tuple[str, ...]
    """The parameters' names, `$1` first."""
    documents: frozenset[str]
    """Parameters that are stored as JSON."""
    constants: Values
    """Values that stand in the statement itself."""
    names: tuple[str, ...] | None = None
    row: Any = tuple

    def arguments(self, values: Values) -> list[Any]:
        if self.constants:
            values = {**self.constants, **values}
        if not self.documents:
            return [values[name] for name in self.order]
        return [
            _as_json(values[name]) if name in self.documents else values[name]
            for name in self.order
        ]

    def learn(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.row = namedtuple("Row", self.names, rename=True)  # type: ignore[misc]


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def lean(statement: Statement) -> Statement:
    """Mark a statement of the hot path: a module's constant, since it is known by its identity.

    What is told at every run is a `bindparam(name, None)`, or a name in a `text()`.
    """
    spelt = cloned_traverse(statement, {}, {"bindparam": _spell_out})
    compiled: Any = spelt.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    documents = (name for name, bind in compiled.binds.items() if isinstance(bind.type, JSON))
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    _MARKED[id(statement)] = _Prepared(
        str(compiled), tuple(compiled.positiontup or ()), frozenset(documents), constants
    )
    return statement


def _spell_out(parameter: BindParameter[Any]) -> None:
    """A constant stands in the text: a plan made once for all values then knows its indexes."""
    if parameter.value is not None and not isinstance(parameter.type, JSON):
        parameter.literal_execute = True


class Rows:
    """The rows of a lean statement: the part of SQLAlchemy's `Result` that repositories use."""

    __slots__ = ("_found", "_prepared", "rowcount")

    def __init__(self, prepared: _Prepared, found: Sequence[Sequence[Any]], rowcount: int) -> None:
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
        names = self._prepared.names or ()
        return (dict(zip(names, values, strict=True)) for values in self._found)


async def _fetch(
    driver: asyncpg.Connection, known: dict[str, Any], prepared: _Prepared, values: Values
) -> Rows:
    """Run it as a statement that this connection prepares once. Raises one of `DRIVER_ERRORS`."""
    statement = known.get(prepared.sql)
    if statement is None:
        statement = known[prepared.sql] = await driver.prepare(prepared.sql)
    try:
        found = await statement.fetch(*prepared.arguments(values))
    except DRIVER_ERRORS:
        del known[prepared.sql]
        raise
    if prepared.names is None:
        prepared.learn([attribute.name for attribute in statement.get_attributes()])
    return Rows(prepared, found, _count(statement.get_statusmsg()))


class LeanDriver:
    """Lean statements on a connection of one's own, each a transaction of its own."""

    __slots__ = ("_known", "driver")

    def __init__(self, driver: asyncpg.Connection) -> None:
        self.driver = driver
        self._known: dict[str, Any] = {}

    async def execute(self, statement: Executable, values: Values | None = None) -> Rows:
        """Run a marked statement. Raises one of `DRIVER_ERRORS`."""
        return await _fetch(self.driver, self._known, _MARKED[id(statement)], values or {})


class LeanConnection:
    """A unit's connection and transaction: SQLAlchemy's connection, lean statements past it.

    SQLAlchemy's runs in autocommit mode: the transaction begins here with the first statement.
    """

    __slots__ = ("_connection", "_driver", "_has_begun", "_must_begin", "_sees_all", "_statements")

    def __init__(self, connection: AsyncConnection, *, is_atomic: bool = True) -> None:
        self._connection = connection
        self._driver = driver_of(connection)
        sync: Any = connection.sync_connection
        self._statements: dict[str, Any] = sync.connection.info.setdefault("lean", {})
        # Who listens to statements (a trace, a test) sees all of them: then they go the long way.
        self._sees_all = bool(sync.dispatch.before_cursor_execute)
        self._must_begin = is_atomic
        self._has_begun = False

    async def execute(self, statement: Executable, values: Any = None) -> Any:
        if self._must_begin:
            await self._begin()
        prepared = None if self._sees_all else _MARKED.get(id(statement))
        if prepared is None:
            return await self._connection.execute(statement, values)
        return await self._run(prepared, values or {})

    async def scalar(self, statement: Executable, values: Any = None) -> Any:
        return (await self.execute(statement, values)).scalar()

    async def scalars(self, statement: Executable, values: Any = None) -> Any:
        if self._must_begin:
            await self._begin()
        return await self._connection.scalars(statement, values)

    async def commit(self) -> None:
        """Commit what the statements wrote."""
        if self._has_begun:
            await self._say("COMMIT")
            self._has_begun = False

    async def close(self) -> None:
        """Roll back what was not committed, and give the connection back to the pool."""
        try:
            if self._has_begun and not self._driver.is_closed():
                await self._say("ROLLBACK")
        except BaseException as error:
            await self._connection.invalidate(error)
            raise
        finally:
            await self._connection.close()

    async def _begin(self) -> None:
        # Before it is sent: cancelled half-way, it may have begun all the same.
        self._has_begun, self._must_begin = True, False
        await self._say("BEGIN")

    async def _say(self, command: str) -> None:
        try:
            await self._driver.execute(command)
        except DRIVER_ERRORS as error:
            raise await self._told(error) from error

    async def _run(self, prepared: _Prepared, values: Values) -> Rows:
        try:
            return await _fetch(self._driver, self._statements, prepared, values)
        except DRIVER_ERRORS as error:
            raise await self._told(error, prepared, values) from error

    async def _told(
        self, error: BaseException, prepared: _Prepared | None = None, values: Values | None = None
    ) -> BaseException:
        """The driver's error as SQLAlchemy tells it; a lost connection leaves the pool."""
        is_lost = self._driver.is_closed()
        if is_lost:
            await self._connection.invalidate(error)
        name = next((name for kind, name in _NAMES if isinstance(error, kind)), "OperationalError")
        told: BaseException = DBAPIError.instance(
            prepared.sql if prepared else None,
            values or {},
            getattr(_DBAPI, name)(str(error), error),
            _DBAPI.Error,
            hide_parameters=True,
            connection_invalidated=is_lost,
            dialect=_DIALECT,
            ismulti=False,
        )
        return told


def _count(status: str) -> int:
    """The rows that a command touched, by its tag (`UPDATE 3`)."""
    last = status.rpartition(" ")[2]
    return int(last) if last.isdigit() else -1
