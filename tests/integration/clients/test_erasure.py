"""No table with a client's data is forgotten by export and erasure."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

import candor.storage.tables  # noqa: F401 - completes the metadata
from candor.clients.erasure import opt_out_hash
from candor.common.errors import NotFoundError
from candor.common.ids import ClientId, TelegramUserId
from candor.storage.metadata import Retention, metadata
from candor.storage.repositories.erasure import personal_tables
from candor.storage.unit_of_work import Units

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PERSONAL = (Retention.CLIENT.value, Retention.CONVERSATION.value)
NOBODYS = {"opt_outs"}
"""Holds a salted hash and points at nobody: what stays after an erasure."""
NAMES_OF_PEOPLE = {"client_id", "user_id", "telegram_user_id", "sender_id", "conversation_id"}


def test_that_every_personal_table_is_reached_from_users() -> None:
    personal = {t.name for t in metadata.tables.values() if t.info["retention"] in PERSONAL}
    reached = {table.name for table in personal_tables()}

    forgotten = personal - reached - NOBODYS
    unconnected = {
        name
        for name in forgotten
        if NAMES_OF_PEOPLE & {column.name for column in metadata.tables[name].columns}
    }
    assert unconnected == set(), (
        f"{sorted(unconnected)} keep a client's data but have no foreign key that leads to users."
    )


def test_that_children_are_deleted_before_their_parents() -> None:
    order = [table.name for table in personal_tables()]

    assert order[-1] == "users"
    assert order.index("conversation_messages") < order.index("client_conversations")
    assert order.index("outbox") < order.index("chats")


def test_that_only_personal_tables_hold_a_key_to_a_person() -> None:
    users = metadata.tables["users"]
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            if key.column.table is users and table.info["retention"] not in PERSONAL:
                assert key.ondelete == "SET NULL", f"{table.name}.{key.parent.name}"


def test_that_the_hash_needs_the_salt() -> None:
    person = TelegramUserId(42)

    assert opt_out_hash(person, b"a") != opt_out_hash(person, b"b")
    assert len(opt_out_hash(person, b"a")) == 32


async def test_that_an_unknown_client_is_told(units: Units, engine: AsyncEngine) -> None:
    async with units() as unit:
        assert await unit.erasure.export(ClientId(5)) is None
        with pytest.raises(NotFoundError):
            await unit.erasure.erase(ClientId(5), hashes=(b"x",), now=NOW)
