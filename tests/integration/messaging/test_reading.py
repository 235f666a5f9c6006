"""The panel's lists, and that every statement that grows with history uses an index."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from candor.clients.activity import Activity, ActivityFilter
from candor.common.ids import ConversationId, MessageRowId
from candor.common.paging import Cut, Place
from candor.messaging.reading import LIST_KEYS, ConversationFilter


async def page(world: Any, limit: int = 50, offset: int = 0, **wanted: Any) -> Any:
    async with world.units() as unit:
        return await unit.conversations.page(
            ConversationFilter(**wanted), Cut(limit=limit, offset=offset)
        )


async def test_that_waiting_for_a_person_comes_first_then_the_newest(world: Any) -> None:
    for person in (11, 12, 13):
        await world.write("здравствуйте", person=person)
        world.clock.advance(timedelta(seconds=5))
    await world.write("/human", person=11)
    await world.settle()
    world.clock.advance(timedelta(seconds=1))
    await world.write("ещё вопрос", person=12)

    found = await page(world)
    people = [line.client.telegram_user_id for line in found.items]
    assert people == [11, 12, 13]
    assert found.total == 3
    assert found.items[1].last_text == "ещё вопрос"
    assert found.items[1].last_author == "client"


async def test_that_the_list_can_be_filtered_and_paged(world: Any) -> None:
    await world.write("раз", person=11, first_name="Мария", username="masha_k")
    await world.write("два", person=12, first_name="Пётр", last_name="Иванов")
    await world.write("три", person=13, first_name="O'Brien & (co) | !'")
    world.clock.advance(timedelta(seconds=2))
    await world.answer(1)
    await world.hand_off.pause(2, 3)

    async def ids(**wanted: Any) -> list[int]:
        return [line.conversation.id for line in (await page(world, **wanted)).items]

    assert await ids(q="мар") == [1]
    assert await ids(q="ИВАН пёт") == [2]
    assert await ids(q="masha") == [1]
    assert await ids(q="o'brien & !") == [3]
    assert await ids(q="нет такого") == []
    assert await ids(q="%_':*&|") != []
    assert await ids(handling="paused") == [2]
    assert await ids(stage="stage-1") == [1]
    assert await ids(strategy="script_80", handling="ai") == [1]
    assert len((await page(world, limit=2)).items) == 2
    assert len((await page(world, limit=2, offset=2)).items) == 1
    assert (await page(world, limit=2, offset=2)).total == 3


async def test_that_a_long_dialogue_is_read_in_pieces(world: Any) -> None:
    for number in range(7):
        await world.write(f"сообщение {number}")
    async with world.units() as unit:
        newest = await unit.conversations.detail(ConversationId(1), limit=3)
        earlier = await unit.conversations.detail(
            ConversationId(1), limit=10, before=newest.messages[0].id
        )
        after = await unit.conversations.messages_after(ConversationId(1), MessageRowId(5))

    assert [m.text[-1] for m in newest.messages] == ["4", "5", "6"]
    assert newest.has_earlier
    assert [m.text[-1] for m in earlier.messages] == ["0", "1", "2", "3"]
    assert not earlier.has_earlier
    assert [m.text[-1] for m in after] == ["5", "6"]
    async with world.units() as unit:
        assert await unit.conversations.detail(ConversationId(99)) is None


async def test_that_the_analysis_of_a_turn_is_shown_with_its_message(world: Any) -> None:
    await world.write("раз")
    await world.write("два")
    await world.settle()

    first, last, answer = await world.messages()
    assert first.analysis is None
    assert last.analysis == {"main_idea": "раз\nдва"}
    assert last.strategy == answer.strategy == "script_80"
    assert first.answered_at == last.answered_at
    conversation = (await world.detail()).conversation
    assert (conversation.stage, conversation.script_fit_score) == ("stage-1", 0.9)


async def test_that_stages_are_kept_as_a_journey(world: Any) -> None:
    for words in ("раз", "два"):
        await world.write(words)
        await world.settle()
    async with world.units() as unit:
        journey = await unit.journey.of_client(1)

    steps = [(s.stage, s.cause) for s in journey if s.stage.startswith("stage-")]
    assert steps == [
        ("stage-1", "script_80"),
        ("stage-2", "script_80"),
    ]
    assert journey[0].left_at == journey[1].entered_at
    assert journey[1].left_at is None


async def test_that_the_activity_log_is_listed_newest_first(world: Any) -> None:
    await world.write("здравствуйте")
    await world.write("/human")
    async with world.units() as unit:
        await unit.activity.record(
            Activity(kind="account.paused", at=world.clock.now(), level="error", details={"a": 1})
        )
        everything, total = await unit.activity.page(ActivityFilter(), limit=10)
        alerts, _ = await unit.activity.page(ActivityFilter(level="error"), limit=10)
        found, _ = await unit.activity.page(ActivityFilter(q="person_w"), limit=10)

    assert total == len(everything)
    assert everything[0].kind == "account.paused"
    assert [a.kind for a in alerts] == ["account.paused"]
    assert [a.kind for a in found] == ["conversation.person_wanted"]


GROWING = (
    "users",
    "chats",
    "client_conversations",
    "conversation_messages",
    "outbox",
    "user_activity_log",
    "journey_progress",
    "user_sessions",
)


@pytest.fixture
async def grown(world: Any) -> Any:
    """A few thousand conversations, so that a plan without an index would show."""
    async with world.engine.begin() as connection:
        for statement in _GROW.split(";"):
            await connection.execute(text(statement), {"now": world.clock.now()})
    return world


_GROW = """
INSERT INTO users (telegram_user_id, first_name, language, created_at, last_seen_at)
    SELECT 1000 + n, 'Client ' || n, 'ru', :now, :now FROM generate_series(1, 3000) n;
INSERT INTO chats (account_id, chat_id, type, client_id, created_at)
    SELECT 1, telegram_user_id, 'private', id, :now FROM users;
INSERT INTO client_conversations (client_id, account_id, chat, handling_since, created_at, active_at)
    SELECT client_id, 1, id, :now, :now, :now FROM chats;
INSERT INTO conversation_messages
        (conversation_id, account_id, chat_id, message_id, direction, author, text, created_at,
         answered_at)
    SELECT v.id, 1, 1000 + v.id, n, 'in', 'client', 'text', :now, :now
    FROM client_conversations v, generate_series(1, 10) n;
INSERT INTO outbox (account_id, chat, purpose, conversation_id, text, author, language, label,
        random_id, provenance, created_at, status, settled_at, sent_text)
    SELECT 1, chat, 'conversation', id, 'text', 'ai', 'ru', 'dialogue', id, '{}', :now, 'sent', :now,
        'text' FROM client_conversations;
INSERT INTO user_activity_log (at, kind, client_id)
    SELECT :now, 'message.received', id FROM users;
INSERT INTO user_sessions (client_id, started_at, ended_at) SELECT id, :now, :now FROM users;
INSERT INTO journey_progress (client_id, journey, stage, cause, entered_at, left_at)
    SELECT id, 'sales', 'greeting', 'turn', :now, :now FROM users;
ANALYZE users, chats, client_conversations, conversation_messages, outbox, user_activity_log,
    user_sessions, journey_progress
"""


async def test_that_no_statement_of_a_dialogue_reads_a_growing_table_whole(grown: Any) -> None:
    """Every statement that a dialogue runs is explained; none may scan what grows with history."""
    world = grown
    seen: dict[str, Any] = {}

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().split(" ")[0] in ("SELECT", "WITH", "UPDATE", "DELETE", "INSERT"):
            seen.setdefault(statement, parameters)

    event.listen(world.engine.sync_engine, "before_cursor_execute", note)
    await a_busy_day(world)
    event.remove(world.engine.sync_engine, "before_cursor_execute", note)

    assert len(seen) > 25
    async with world.engine.connect() as connection:
        # With millions of rows these joins don't pay; with a few thousand they may.
        await connection.exec_driver_sql("SET enable_hashjoin = off")
        await connection.exec_driver_sql("SET enable_mergejoin = off")
        for statement, parameters in seen.items():
            # A search for words forbids it at run time; in a table as small as this it would pay.
            reads = "off" if "to_tsquery" in statement else "on"
            await connection.exec_driver_sql(f"SET enable_seqscan = {reads}")
            plan = await connection.exec_driver_sql("EXPLAIN " + statement, parameters)
            lines = "\n".join(row[0] for row in plan)
            if "Limit" in lines and statement.startswith("SELECT count(*) FROM (SELECT 1"):
                continue  # totals are counted up to a limit
            scanned = [t for t in GROWING if f"Seq Scan on {t}" in lines]
            assert scanned == [], f"{statement}\n{lines}"


async def a_busy_day(world: Any) -> None:
    conversation = 3001
    await world.write("здравствуйте", person=5)
    await world.write("сколько стоит", person=5, message_id=50)
    await world.write("сколько стоит?", person=5, message_id=50, is_edit=True)
    world.clock.advance(timedelta(seconds=2))
    await world.answer(conversation)
    await world.write("ещё", person=5)
    await world.settle()
    await world.hand_off.take(conversation, 3)
    await world.hand_off.write(conversation, 3, "это я")
    await world.hand_off.give_back(conversation, 3)
    for words in ("вы бот?", "/privacy", "/human", "/stop", "/start", "вопрос"):
        await world.write(words, person=5)
        await world.settle()
    async with world.units() as unit:
        await unit.conversations.page(ConversationFilter(), Cut(limit=50))
        await unit.conversations.page(ConversationFilter(q="мар"), Cut(limit=50))
        await unit.conversations.detail(ConversationId(conversation))
        await unit.conversations.messages_after(ConversationId(conversation), MessageRowId(1))
        await unit.conversations.unanswered_since(world.clock.now(), limit=10)
        await unit.outbox.unsent_since(world.clock.now(), limit=10)
        await unit.activity.page(ActivityFilter(client_id=5), limit=50)
        await unit.journey.of_client(5)
    await world.inbox.chat_blocked(1, 5)
    await world.press("candor:delete:yes", person=5)


async def test_that_the_list_goes_on_behind_a_place_as_by_page_number(world: Any) -> None:
    for person in range(11, 20):
        await world.write("здравствуйте", person=person)
        world.clock.advance(timedelta(seconds=5))
    for person in (12, 14, 15):
        await world.write("/human", person=person)
    await world.settle()

    async with world.units() as unit:
        whole = await unit.conversations.page(ConversationFilter(), Cut(limit=50))
        assert whole.next is None
        read, place = [], None
        while True:
            part = await unit.conversations.page(ConversationFilter(), Cut(limit=2, after=place))
            read += [line.conversation.id for line in part.items]
            if part.next is None:
                break
            place = Place.read(str(part.next), LIST_KEYS)
            assert place == part.next
        back = [line.conversation.id for line in part.items]
        while part.previous is not None:
            part = await unit.conversations.page(
                ConversationFilter(), Cut(limit=2, before=part.previous)
            )
            back = [line.conversation.id for line in part.items] + back
    assert read == back == [line.conversation.id for line in whole.items]
    assert Place.read("1-2", LIST_KEYS) is None
    assert Place.read("2-1-1'; DROP TABLE users", LIST_KEYS) is None


MANY = """
    WITH person AS (
        INSERT INTO users (telegram_user_id, first_name, language, created_at, last_seen_at)
        SELECT 1000000 + n, 'P', 'ru', now(), now() FROM generate_series(1, 20000) n
        RETURNING id, telegram_user_id AS number
    ), chat AS (
        INSERT INTO chats (account_id, chat_id, type, client_id, created_at)
        SELECT 1, number, 'private', id, now() FROM person RETURNING id, client_id
    )
    INSERT INTO client_conversations
        (client_id, account_id, chat, handling, handling_since, stage, created_at, active_at)
    SELECT client_id, 1, id, 'ai', now(), 'greeting', now(), now() - id * interval '1 second'
    FROM chat
"""


async def blocks_read(world: Any, wanted: ConversationFilter, **where: Any) -> int:
    """Blocks that choosing one page touches, cached or not."""
    asked: list[tuple[str, Any]] = []

    def note(*args: Any) -> None:
        if "chosen" in args[2]:
            asked.append((args[2], args[3]))

    engine = world.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        async with world.units() as unit:
            await unit.conversations.page(wanted, Cut(limit=50, **where))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    [(statement, values)] = asked
    async with world.engine.connect() as connection:
        explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
        plan = (await connection.exec_driver_sql(explained, values)).scalar_one()[0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


async def test_that_a_deep_page_and_an_unknown_step_cost_no_more_than_the_first(
    world: Any,
) -> None:
    await world.write("здравствуйте")
    async with world.units() as unit:
        await unit.conversations._connection.execute(text(MANY))
    async with world.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE client_conversations"))
    first = await blocks_read(world, ConversationFilter())
    async with world.units() as unit:
        deep = (
            await unit.conversations.page(ConversationFilter(), Cut(limit=50, offset=19_000))
        ).next
    assert deep is not None
    assert await blocks_read(world, ConversationFilter(), after=deep) <= first + 20
    unknown = ConversationFilter(stage="no such step")
    assert await blocks_read(world, unknown) < 20
