"""Adding, labelling, pausing and removing accounts on a real database."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.accounts.errors import (
    AccountExistsError,
    LabelNotVerifiedError,
    TokenOfAnotherBotError,
    TokenRefusedError,
)
from candor.common.errors import ConflictError, InvalidInputError, NotFoundError

BUSINESS = "Школа «Маяк»"
TOKEN = SecretStr("700001:AAFakeTokenForTests_0123456789abcdef")
OTHER_TOKEN = SecretStr("700002:AAFakeTokenForTests_0123456789abcdef")


async def test_that_a_new_bot_is_labelled_in_both_languages_before_it_works(management, bots):
    account = await management.add_bot(TOKEN, role="sales", title="Майя", actor="cli")

    assert account.status == "active"
    assert account.disclosed_at is not None
    assert account.username == "mayak_bot"
    names = {key[1:]: profile.name for key, profile in bots.profiles.items()}
    assert names[("ru", True)] == f"Майя · ИИ {BUSINESS}"
    assert names[("en", False)] == f"Майя · AI of {BUSINESS}"


async def test_that_a_bot_whose_label_telegram_does_not_show_stays_inactive(management, bots):
    bots.forgets = True
    with pytest.raises(LabelNotVerifiedError) as raised:
        await management.add_bot(TOKEN, role="sales", title="Майя", actor="cli")
    assert raised.value.details["problems"]
    (account,) = await management.list_accounts()
    assert (account.status, account.disclosed_at) == ("unlabelled", None)

    bots.forgets = False
    assert (await management.resume(account.id, actor="cli")).status == "active"


async def test_that_the_database_refuses_an_active_account_without_a_label(
    management, bots, units, clock
):
    bots.forgets = True
    with pytest.raises(LabelNotVerifiedError):
        await management.add_bot(TOKEN, role="sales", title="Майя", actor="cli")
    (account,) = await management.list_accounts()
    with pytest.raises(ConflictError, match="label"):
        async with units() as unit:
            await unit.accounts.set_status(account.id, "active", at=clock.now())


async def test_that_labelling_again_writes_nothing_that_is_right_already(management, bots):
    account = await management.add_bot(TOKEN, role="sales", title="Майя", actor="cli")
    written = bots.writes
    await management.pause(account.id, actor="cli")
    await management.resume(account.id, actor="cli")
    assert bots.writes == written


@pytest.mark.parametrize("token", ["", "nonsense", "12:short", "12:" + "я" * 35, "1:" + "a" * 200])
async def test_that_what_is_no_token_is_refused_without_being_echoed(management, token):
    with pytest.raises(TokenRefusedError) as raised:
        await management.add_bot(SecretStr(token), role="sales", title="x", actor="cli")
    assert not token or token not in str(raised.value)
    assert await management.list_accounts() == ()


async def test_that_a_token_telegram_does_not_know_stores_nothing(management):
    unknown = SecretStr("999:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    with pytest.raises(TokenRefusedError):
        await management.add_bot(unknown, role="sales", title="x", actor="cli")
    assert await management.list_accounts() == ()


async def test_that_the_same_bot_is_added_once(management):
    await management.add_bot(TOKEN, role="sales", title="x", actor="cli")
    with pytest.raises(AccountExistsError):
        await management.add_bot(TOKEN, role="partner", title="y", actor="cli")


async def test_that_a_title_too_long_stores_nothing(management):
    with pytest.raises(InvalidInputError) as raised:
        await management.add_bot(TOKEN, role="sales", title="x" * 65, actor="cli")
    assert raised.value.errors[0].path == "title"
    assert await management.list_accounts() == ()


async def test_that_a_token_of_another_bot_is_not_taken(management):
    account = await management.add_bot(TOKEN, role="sales", title="x", actor="cli")
    with pytest.raises(TokenOfAnotherBotError):
        await management.replace_token(account.id, OTHER_TOKEN, actor="cli")


async def test_that_a_removed_bot_leaves_no_secret_and_comes_back_under_its_row(
    management, engine: AsyncEngine
):
    account = await management.add_bot(TOKEN, role="sales", title="x", actor="cli")
    await management.remove(account.id, actor="cli")
    with pytest.raises(NotFoundError):
        await management.get(account.id)
    async with engine.connect() as connection:
        row = (
            await connection.execute(text("SELECT secret, phone FROM telegram_account_sessions"))
        ).one()
    assert tuple(row) == (None, None)

    again = await management.add_bot(TOKEN, role="commentator", title="y", actor="cli")
    assert (again.id, again.role, again.status) == (account.id, "commentator", "active")


async def test_that_a_flag_stops_the_account_and_only_its_owner_resumes_it(management):
    account = await management.add_bot(TOKEN, role="sales", title="x", actor="cli")
    pause = await management.stop_for(account.id, "peer_flood", actor="telegram")
    assert pause.words
    assert pause.mend
    stopped = await management.get(account.id)
    assert (stopped.status, stopped.pause_reason) == ("restricted", "peer_flood")
    with pytest.raises(ConflictError):
        await management.pause(account.id, actor="cli")
    assert (await management.resume(account.id, actor="operator:1")).status == "active"


async def test_that_an_account_whose_label_was_taken_away_is_stopped(management, bots):
    account = await management.add_bot(TOKEN, role="sales", title="x", actor="cli")
    assert await management.check_labels() == ()
    bots.profiles.clear()
    assert await management.check_labels() == (account.id,)
    stopped = await management.get(account.id)
    assert (stopped.status, stopped.pause_reason, stopped.disclosed_at) == (
        "restricted",
        "label_lost",
        None,
    )
    assert (await management.resume(account.id, actor="cli")).status == "active"


async def test_that_a_new_title_is_written_into_the_labelled_name(management, bots):
    account = await management.add_bot(TOKEN, role="sales", title="Майя", actor="cli")
    await management.update(account.id, title="Вера", actor="cli")
    names = {profile.name for profile in bots.profiles.values()}
    assert f"Вера · ИИ {BUSINESS}" in names


async def test_that_everything_is_in_the_security_log_and_the_chain_holds(
    management, security, units, clock
):
    account = await management.add_bot(TOKEN, role="sales", title="x", actor="cli")
    clock.advance(timedelta(minutes=1))
    await management.pause(account.id, actor="operator:1")
    async with units() as unit:
        events = [line.event.event for line in await unit.account_security_logs.recent()]
    assert events == ["account_paused", "label_verified", "token_added"]
    report = await security.verify_chain()
    assert (report.checked, report.is_whole) == (3, True)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE account_security_logs SET actor = 'somebody else' WHERE id = 2",
        "DELETE FROM account_security_logs WHERE id = 2",
        "UPDATE account_security_logs SET at = at + interval '1 second' WHERE id = 2",
    ],
)
async def test_that_a_changed_or_missing_line_of_the_log_is_found(
    management, security, engine: AsyncEngine, damage: str
):
    account = await management.add_bot(TOKEN, role="sales", title="x", actor="cli")
    await management.pause(account.id, actor="operator:1")
    async with engine.begin() as connection:
        await connection.execute(text(damage))
    assert (await security.verify_chain()).broken_at == 2
