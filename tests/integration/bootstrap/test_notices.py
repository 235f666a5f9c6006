"""An account that Telegram stops is told in the panel and in the owner's Telegram (H9)."""

from typing import Any

import pytest
from sqlalchemy import text

from candor.accounts.account import Account
from candor.bootstrap.notices import OwnerNoticeBoard
from candor.common.clock import FrozenClock
from candor.storage.unit_of_work import Units

_ACCOUNT = (
    "INSERT INTO telegram_account_sessions (kind, role, title, status, status_at, secret,"
    " disclosed_at, created_at) VALUES ('bot', 'sales', :title, 'active', :now, 'x', :now, :now)"
)
_OPERATOR = (
    "INSERT INTO operators (email, role, password_hash, language, created_at)"
    " VALUES ('olga@example.org', 'owner', 'x', 'ru', :now)"
)
_CHAT = (
    "INSERT INTO owner_chats (operator_id, account_id, chat_id, telegram_id, name, linked_at,"
    " code_hash, code_expires_at, created_at)"
    " VALUES (1, 1, 77, 77, 'Ольга', :now, 'x', :now, :now)"
)


@pytest.fixture
async def board(engine: Any, units: Units, clock: FrozenClock) -> OwnerNoticeBoard:
    """Two bots; the owner's chat is linked through the first."""
    async with engine.begin() as connection:
        for title in ("Продажи", "Смотритель"):
            await connection.execute(text(_ACCOUNT), {"title": title, "now": clock.now()})
        await connection.execute(text(_OPERATOR), {"now": clock.now()})
        await connection.execute(text(_CHAT), {"now": clock.now()})
    return OwnerNoticeBoard(units=units, clock=clock)


def stopped(number: int, clock: FrozenClock) -> Account:
    return Account(
        id=number,  # type: ignore[arg-type]
        kind="bot",
        role="commentator",
        title="Смотритель",
        status="restricted",
        created_at=clock.now(),
        pause_reason="peer_flood",
    )


async def told(engine: Any) -> list[str]:
    async with engine.connect() as connection:
        return list((await connection.execute(text("SELECT text FROM outbox"))).scalars())


async def test_that_the_owner_reads_in_telegram_what_stopped_and_what_to_do(
    board: OwnerNoticeBoard, engine: Any, clock: FrozenClock
) -> None:
    await board.account_stopped(stopped(2, clock), words="Limited.", mend="Ask @SpamBot.")

    (words,) = await told(engine)
    assert words.startswith("Смотритель: Telegram ограничил этот аккаунт")
    assert "@SpamBot" in words
    async with engine.connect() as connection:
        kinds = await connection.execute(text("SELECT kind FROM user_activity_log"))
        assert list(kinds.scalars()) == ["alert.account_stopped"]


async def test_that_a_stopped_account_is_not_asked_to_tell_of_itself(
    board: OwnerNoticeBoard, engine: Any, clock: FrozenClock
) -> None:
    await board.account_stopped(stopped(1, clock), words="Limited.", mend="Ask @SpamBot.")
    assert await told(engine) == []
