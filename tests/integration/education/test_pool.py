"""Prepared groups: checked with Telegram, never handed on with somebody's history, returned unused."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.integration.education.conftest import PARTNERS, TEACHER, VERA, Stage

from candor.common.errors import ConflictError, InvalidInputError
from candor.common.ids import TelegramChatId
from candor.education import troubles
from candor.telegram import ports as edge

CHAT = TelegramChatId(-100_001)


async def our_place(
    stage: Stage, account: int, after: str, *, rights: frozenset[str] = frozenset()
) -> None:
    """Telegram tells one of our bots of its own place in the group."""
    us = edge.Person(VERA, "bot", is_bot=True)
    await stage.room.receive_membership(
        edge.Membership(
            account_id=account,  # type: ignore[arg-type]
            chat_id=CHAT,
            chat_type="supergroup",
            chat_title="",
            chat_username=None,
            person=us,
            by=us,
            before="left",
            after=after,  # type: ignore[arg-type]
            at=stage.clock.now(),
            is_us=True,
            rights=rights,
        )
    )


ALL_RIGHTS = frozenset(
    {"can_invite_users", "can_pin_messages", "can_change_info", "can_restrict_members"}
)


async def test_that_missing_rights_are_named(stage: Stage) -> None:
    stage.chats.may = replace(stage.chats.may, can_pin=False, can_restrict=False)
    with pytest.raises(InvalidInputError, match="Pin Messages, Ban Users"):
        await stage.prepare()
    assert (await stage.reader.pool()).groups == ()


async def test_that_a_missing_partner_is_named(stage: Stage) -> None:
    stage.chats.absent = {PARTNERS[1].account_id}
    with pytest.raises(InvalidInputError, match="@mayak_steps_bot"):
        await stage.prepare()


async def test_that_a_group_comes_into_the_pool_bot_by_bot(stage: Stage) -> None:
    stage.chats.absent = {partner.account_id for partner in PARTNERS}
    await our_place(stage, TEACHER, "administrator", rights=ALL_RIGHTS)
    pool = await stage.reader.pool()
    assert (len(pool.groups), pool.ready) == (1, 0)
    assert "@mayak_curious_bot" in pool.groups[0].trouble

    stage.chats.absent.clear()
    await our_place(stage, PARTNERS[2].account_id, "member")

    pool = await stage.reader.pool()
    assert (pool.ready, pool.groups[0].trouble) == (1, "")


async def test_that_a_prepared_group_that_loses_its_bot_is_not_taken(stage: Stage) -> None:
    await stage.prepare()
    stage.chats.may = replace(stage.chats.may, is_admin=False)
    await our_place(stage, TEACHER, "member")
    assert (await stage.reader.pool()).ready == 0
    await stage.agree()
    assert (await stage.group()).trouble == troubles.POOL_EMPTY


async def test_that_a_group_our_own_session_makes_is_left_to_its_opening(stage: Stage) -> None:
    stage.chats.may = replace(stage.chats.may, about="Школа «Маяк» · candor-12-1772442000")
    await our_place(stage, TEACHER, "administrator", rights=ALL_RIGHTS)
    assert (await stage.reader.pool()).groups == ()


async def test_that_a_declined_group_returns_with_a_fresh_link(stage: Stage) -> None:
    await stage.prepare()
    await stage.agree()
    first = (await stage.group()).invite_link
    await stage.press_in_dialogue("candor:group:no")
    await stage.pass_time(timedelta(seconds=10))

    assert "группу не открываю" in stage.to_vera()[-1]
    assert stage.chats.revoked == [first]
    assert (await stage.reader.pool()).ready == 1
    group = await stage.group()
    assert (group.status, group.chat_id) == ("closed", None)

    await stage.agree()
    await stage.pass_time(timedelta(seconds=10))

    group = await stage.group()
    assert (group.status, group.chat_id) == ("awaiting_client", CHAT)
    assert group.invite_link != first


async def test_that_it_is_not_taken_before_its_old_link_is_revoked(stage: Stage) -> None:
    await stage.prepare()
    await stage.agree()
    await stage.steering.close((await stage.group()).id)
    assert (await stage.reader.pool()).ready == 0
    await stage.run()
    assert (await stage.reader.pool()).ready == 1


async def test_that_a_group_with_a_clients_history_is_never_handed_on(stage: Stage) -> None:
    group = await stage.active()
    await stage.say("Мой секрет")
    await stage.steering.close(group.id)
    await stage.pass_time(timedelta(minutes=1))
    assert (await stage.reader.pool()).groups == ()

    await stage.agree()
    assert (await stage.group()).trouble == troubles.POOL_EMPTY
    with pytest.raises(ConflictError):
        await stage.prepare()


async def test_that_even_an_erased_clients_group_is_never_handed_on(stage: Stage) -> None:
    await stage.active()
    await stage.press_in_dialogue("candor:delete:yes")
    assert await stage.rows("SELECT 1 FROM education_groups") == []
    assert await stage.rows("SELECT 1 FROM group_members") == []

    with pytest.raises(ConflictError, match="A client has been in this group"):
        await stage.prepare()
    await our_place(stage, TEACHER, "administrator", rights=ALL_RIGHTS)
    assert (await stage.reader.pool()).groups == ()


async def test_that_who_asked_to_join_keeps_the_group_out_of_the_pool(stage: Stage) -> None:
    """The approval may be on its way, so the person may be in at any moment."""
    await stage.prepare()
    await stage.agree()
    await stage.ask_to_join()
    await stage.steering.close((await stage.group()).id)
    await stage.run()
    assert (await stage.reader.pool()).groups == ()


async def test_that_another_teachers_group_is_taken_before_nobodys(stage: Stage) -> None:
    """A client of a business account is led by the bot whose groups are prepared."""
    await stage.prepare()
    async with stage.engine.begin() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO telegram_account_sessions (kind, role, title, username, telegram_id,"
            " status, status_at, disclosed_at, secret, created_at) SELECT kind, role, title,"
            " 'second_bot', 77, status, status_at, disclosed_at, secret, created_at"
            " FROM telegram_account_sessions WHERE id = 1"
        )
        await connection.exec_driver_sql(
            "UPDATE education_groups SET account_id = (SELECT max(id) FROM telegram_account_sessions)"
        )
    await stage.agree()
    group = await stage.group()
    assert group.status == "awaiting_client"
    assert group.account_id != TEACHER
