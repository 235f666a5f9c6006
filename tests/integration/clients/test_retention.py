"""What is old goes, in batches, and every table has been thought of."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.integration.messaging.conftest import SALT, World

import candor.storage.tables  # noqa: F401 - completes the metadata
from candor.clients import retention
from candor.clients.retention import RetentionPeriods, RetentionService
from candor.common.errors import InvalidInputError
from candor.storage.metadata import Retention, metadata
from candor.storage.repositories.retention import KEPT, RULES

PURGED_CLASSES = {
    Retention.CLIENT.value,
    Retention.CONVERSATION.value,
    Retention.AUDIT.value,
    Retention.TECHNICAL.value,
}


@pytest.fixture
def service(world: World) -> RetentionService:
    return RetentionService(world.units, world.clock, salt=SALT)


def test_that_every_table_has_a_rule_a_parent_or_a_reason() -> None:
    """A new table is thought of here, or this fails."""
    settled = {rule.table for rule in RULES} | set(KEPT)
    growing = True
    while growing:
        more = {
            table.name
            for table in metadata.tables.values()
            if table.name not in settled
            and any(
                key.ondelete == "CASCADE" and key.column.table.name in settled
                for key in table.foreign_keys
            )
        }
        settled |= more
        growing = bool(more)
    wanted = {t.name for t in metadata.tables.values() if t.info["retention"] in PURGED_CLASSES}

    assert wanted - settled == set(), (
        "Give these a rule in storage/repositories/retention.py, or a reason to be kept."
    )


def test_that_the_rules_name_columns_that_are_there() -> None:
    for rule in RULES:
        columns = metadata.tables[rule.table].columns
        assert rule.moment in columns, rule.table
        assert rule.key in columns, rule.table


async def test_that_old_messages_go_and_new_ones_stay(
    world: World, service: RetentionService
) -> None:
    await world.write("Старое")
    world.clock.advance(timedelta(days=40))
    await world.write("Новое")
    await service.save(RetentionPeriods(messages=30), actor="owner@example.org")

    purged = await service.purge()

    assert purged.rows["conversation_messages"] == 1
    left = await world.rows("SELECT text FROM conversation_messages")
    assert [row["text"] for row in left] == ["Новое"]
    assert (await service.purge()).total == 0


async def test_that_a_silent_client_goes_with_everything(
    world: World, service: RetentionService
) -> None:
    await world.write("Здравствуйте", person=7)
    await world.write("/stop", person=8)
    world.clock.advance(timedelta(days=400))
    await world.write("Я ещё здесь", person=9)
    await service.save(RetentionPeriods(clients=365), actor="owner@example.org")

    await service.purge()

    left = await world.rows("SELECT telegram_user_id FROM users")
    assert [row["telegram_user_id"] for row in left] == [9]
    assert len(await world.rows("SELECT 1 FROM opt_outs")) == 1, "Who said stop is remembered."
    orphans = await world.rows("SELECT 1 FROM user_consents WHERE client_id <> 3")
    assert len(orphans) <= 1


async def test_that_nothing_goes_while_a_period_is_off(
    world: World, service: RetentionService
) -> None:
    await world.write("Здравствуйте")
    world.clock.advance(timedelta(days=5000))
    off = RetentionPeriods(
        messages=None, clients=None, activity=None, contacts=None, webhooks=None, audit=None
    )
    await service.save(off, actor="owner@example.org")

    assert (await service.purge()).total == 0
    assert await service.periods() == off


async def test_that_a_large_backlog_goes_in_batches(
    world: World, service: RetentionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.write("Здравствуйте")
    async with world.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO user_activity_log (at, kind, client_id)"
                " SELECT :at, 'test.event', 1 FROM generate_series(1, 25)"
            ),
            {"at": world.clock.now() - timedelta(days=1000)},
        )
    monkeypatch.setattr(retention, "BATCH", 10)
    monkeypatch.setattr(retention, "MOST_BATCHES", 2)

    first = await service.purge()
    assert first.is_complete is False
    second = await service.purge()
    assert second.is_complete is True
    left = await world.rows("SELECT 1 FROM user_activity_log WHERE kind = 'test.event'")
    assert left == []


async def test_that_what_still_waits_is_never_purged(
    world: World, service: RetentionService
) -> None:
    await world.write("/help")
    async with world.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO webhook_endpoints (title, url, events, secret, status_at, created_by,"
                " created_at) VALUES ('t', 'https://example.org', '{task.done}', 'x', :at, 't', :at)"
            ),
            {"at": world.clock.now()},
        )
        await connection.execute(
            text(
                "INSERT INTO webhook_deliveries (endpoint_id, event_id, kind, body, created_at)"
                " VALUES (1, 'evt_1', 'task.done', '{}', :at)"
            ),
            {"at": world.clock.now()},
        )
    world.clock.advance(timedelta(days=800))
    await service.save(RetentionPeriods(clients=None), actor="owner@example.org")
    await service.purge()

    assert len(await world.rows("SELECT 1 FROM outbox WHERE settled_at IS NULL")) == 1
    assert len(await world.rows("SELECT 1 FROM webhook_deliveries")) == 1


async def test_that_a_wrong_period_is_refused_and_nothing_saved(
    world: World, service: RetentionService
) -> None:
    with pytest.raises(InvalidInputError):
        await service.save(RetentionPeriods(messages=-1), actor="owner@example.org")

    assert await service.periods() == RetentionPeriods()
    assert await world.rows("SELECT 1 FROM setting_overrides") == []
