"""The panel's lists at the size of a year's work: read by index only, and leafed through both ways."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.bench.history import fill
from candor.clients.record import CLIENT_KEYS, ClientFilter
from candor.common.ids import AccountId, OperatorId
from candor.common.paging import Cut, Part, Place
from candor.common.reports import LOG_KEYS, LogFilter
from candor.messaging.reading import ConversationFilter
from candor.storage.engine import make_engine
from candor.storage.unit_of_work import PgUnitOfWork, Units

NOW = datetime.now(UTC)
BIG = 900
"""Rows; channels, operators and scripts have fewer, and reading all of them is the shortest way."""
SCRIPT = """
    INSERT INTO sales_scripts (key, kind, title, language, version, created_at, updated_at)
    VALUES ('first-contact', 'sales', 'First contact', 'ru', 1, now(), now())
"""
SECURITY = """
    INSERT INTO account_security_logs (id, account_id, event, actor, at, details, previous, digest)
    SELECT n, 1 + n % 20, 'account_paused', 'owner', now() - (10000 - n) * interval '1 minute', '{}',
        '', '' FROM generate_series(1, 10000) AS n
"""
SEGMENTS = (
    ClientFilter(),
    ClientFilter(q="Номер77"),
    ClientFilter(q="Клиент"),
    ClientFilter(milestone="first_touch", language="ru", q="кли"),
    ClientFilter(milestone="agreed", source="direct", language="ru"),
    ClientFilter(tag="vip", opted_out=True),
    ClientFilter(owner_id=OperatorId(1), consent="marketing"),
    ClientFilter(consent="dialogue", quiet_since=NOW - timedelta(days=90)),
    ClientFilter(active_since=NOW - timedelta(days=7), opted_out=False),
)
DIALOGUE_LISTS = (
    ConversationFilter(),
    ConversationFilter(stage="offer"),
    ConversationFilter(stage="nowhere"),
    ConversationFilter(strategy="free_20"),
    ConversationFilter(handling="human"),
    ConversationFilter(is_unassigned=True),
    ConversationFilter(assigned_to=OperatorId(1)),
    ConversationFilter(q="вечером"),
    ConversationFilter(q="Клиент", stage="offer"),
)
LOGS = (
    LogFilter(),
    LogFilter(level="warning"),
    LogFilter(kind="security"),
    LogFilter(q="take"),
    LogFilter(account_id=1),
)


@dataclass
class Plans:
    """What the database did for every statement that reads."""

    whole: list[str] = field(default_factory=list)
    """Tables that were read from end to end, each with its statement."""
    statements: int = 0


@contextmanager
def explained(engine: AsyncEngine, big: frozenset[str]) -> Iterator[Plans]:
    """Explain each statement in its own transaction, with the settings that hold there."""
    plans = Plans()

    def explain(connection: Any, cursor: Any, statement: str, values: Any, *_: object) -> None:
        if (
            not statement.lstrip().upper().startswith(("SELECT", "WITH"))
            or "set_config" in statement
        ):
            return
        asked = connection.connection.cursor()
        asked.execute(f"EXPLAIN (FORMAT JSON) {statement}", values)
        plans.statements += 1
        for node in _nodes(asked.fetchone()[0][0]["Plan"]):
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in big:
                plans.whole.append(f"{node['Relation Name']}: {' '.join(statement.split())[:300]}")

    event.listen(engine.sync_engine, "after_cursor_execute", explain)
    yield plans
    event.remove(engine.sync_engine, "after_cursor_execute", explain)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


@pytest.fixture
async def year(
    fresh_database_url: str, request: pytest.FixtureRequest
) -> AsyncIterator[AsyncEngine]:
    """So many dialogues, ten times the messages, a tenth of comments and groups, and their logs."""
    engine = make_engine(fresh_database_url)
    async with engine.begin() as connection:
        await connection.execute(text(SCRIPT))
        await connection.execute(text(SECURITY))
    await fill(engine, request.param)
    yield engine
    await engine.dispose()


async def big_tables(engine: AsyncEngine) -> frozenset[str]:
    sizes = "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= :big"
    async with engine.connect() as connection:
        await connection.execute(text("ANALYZE"))
        return frozenset(await connection.scalars(text(sizes), {"big": BIG}))


Read = Callable[[PgUnitOfWork, Cut], Awaitable[Any]]


def lists() -> Iterator[tuple[str, Read]]:
    """Every list of the panel that grows with the work, with its filters."""
    for wanted in SEGMENTS:
        yield f"{wanted}", lambda unit, cut, w=wanted: unit.client_records.page(w, cut)
    for filters in DIALOGUE_LISTS:
        yield (
            f"{filters}",
            lambda unit, cut, w=filters: unit.conversations.page(w, cut),
        )
    for log in LOGS:
        yield f"{log}", lambda unit, cut, w=log: unit.log_reports.logs(w, cut)
    for status in (None, "pending", "sent", "failed"):
        yield f"comments {status}", lambda unit, cut, s=status: unit.comments.page(s, cut, now=NOW)
        yield f"groups {status}", lambda unit, cut: unit.groups.page(cut=cut)
    for state in ("active", "completed", "preparing"):
        yield f"groups {state}", lambda unit, cut, s=state: unit.groups.page(status=s, cut=cut)
    yield "stuck groups", lambda unit, cut: unit.groups.page(is_stuck=True, cut=cut)
    yield "how many are stuck", lambda unit, cut: unit.groups.count_stuck()
    yield (
        "one account's log",
        lambda unit, cut: unit.account_security_logs.recent(
            account_id=AccountId(7), limit=cut.limit
        ),
    )


@pytest.mark.parametrize("year", [10_000], indirect=True)
async def test_that_no_list_reads_a_big_table_from_end_to_end(year: AsyncEngine) -> None:
    big = await big_tables(year)
    assert {
        "users",
        "client_conversations",
        "conversation_messages",
        "generated_comments",
        "education_groups",
        "user_activity_log",
        "audit_log",
        "account_security_logs",
    } <= big
    read_whole, units = [], Units(year)
    for name, read in lists():
        for offset in (0, 500):
            with explained(year, big) as plans:
                async with units() as unit:
                    await read(unit, Cut(limit=50, offset=offset))
            assert plans.statements, name
            read_whole += [f"{name}: {whole}" for whole in plans.whole]
    assert not read_whole, "\n".join(read_whole)


LEAFED: tuple[tuple[str, Read], ...] = (
    ("clients", lambda unit, cut: unit.client_records.page(ClientFilter(), cut)),
    (
        "a thin segment",
        lambda unit, cut: unit.client_records.page(ClientFilter(q="Номер1"), cut),
    ),
    (
        "quiet clients",
        lambda unit, cut: unit.client_records.page(
            ClientFilter(quiet_since=NOW - timedelta(days=200), language="ru"), cut
        ),
    ),
    ("comments", lambda unit, cut: unit.comments.page(None, cut, now=NOW)),
    ("sent comments", lambda unit, cut: unit.comments.page("sent", cut, now=NOW)),
    ("groups", lambda unit, cut: unit.groups.page(cut=cut)),
    ("logs", lambda unit, cut: unit.log_reports.logs(LogFilter(), cut)),
    ("searched logs", lambda unit, cut: unit.log_reports.logs(LogFilter(q="take"), cut)),
)


@pytest.mark.parametrize("year", [1000], indirect=True)
async def test_that_lists_are_leafed_through_to_their_end_and_back(year: AsyncEngine) -> None:
    units = Units(year)
    for name, read in LEAFED:
        forwards: list[object] = []
        part = await _read(units, read, Cut(limit=70))
        assert part.previous is None, name
        forwards += [item.id for item in part.items]
        while part.next is not None:
            # As an address carries it.
            after = Place.read(str(part.next), len(part.next.keys))
            part = await _read(units, read, Cut(limit=70, after=after))
            forwards += [item.id for item in part.items]
        assert len(forwards) == len(set(forwards)) > 70, name
        backwards = [item.id for item in part.items]
        while part.previous is not None:
            part = await _read(units, read, Cut(limit=70, before=part.previous))
            backwards = [item.id for item in part.items] + backwards
        assert backwards == forwards, name
        # By number of page, as the API counts, it is the same list.
        counted = await _read(units, read, Cut(limit=70, offset=70))
        assert [item.id for item in counted.items] == forwards[70:140], name


@pytest.mark.parametrize("year", [1000], indirect=True)
async def test_that_new_rows_move_nothing_to_the_next_page(year: AsyncEngine) -> None:
    units = Units(year)
    first = await _read(units, LEAFED[0][1], Cut(limit=50))
    second = await _read(units, LEAFED[0][1], Cut(limit=50, after=first.next))
    async with year.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO users (telegram_user_id, first_name, language, created_at, last_seen_at)"
                " SELECT n, 'New', 'ru', now(), now() FROM generate_series(1, 5) AS n"
            )
        )
    later = await _read(units, LEAFED[0][1], Cut(limit=50, after=first.next))
    assert later.items == second.items
    # Back at the beginning stands what is new, and the page is a full one.
    back = await _read(units, LEAFED[0][1], Cut(limit=50, before=first.next))
    newest = await _read(units, LEAFED[0][1], Cut(limit=50))
    assert newest.items[0].name == "New"
    assert back.previous is not None
    assert (await _read(units, LEAFED[0][1], Cut(limit=50, before=back.previous))).items == (
        newest.items
    )


def test_that_what_nobody_has_handed_out_is_no_place() -> None:
    assert str(Place.read("5-17", CLIENT_KEYS)) == "5-17"
    for odd in ("", "5", "5-17-3", "a-b", "-5-17", "5-" + "9" * 40, "5-17\n"):
        assert Place.read(odd, CLIENT_KEYS) is None, odd
    assert Place.read("1-2-3-4-5", LOG_KEYS) is not None


async def _read(units: Units, read: Read, cut: Cut) -> Part[Any]:
    async with units() as unit:
        part: Part[Any] = await read(unit, cut)
    return part
