"""A user account's sign-in, step by step, over several processes' worth of objects."""

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.accounts.errors import (
    AccountExistsError,
    CodeExpiredError,
    CodeWrongError,
    PasswordWrongError,
    PhoneBannedError,
    PhoneNotRegisteredError,
    PhoneRefusedError,
    WrongStepError,
)
from candor.accounts.sign_in import STEP_LASTS, AccountSignIn

PHONE = SecretStr("+7 900 123-45-67")
CODE = SecretStr("12345")
PASSWORD = SecretStr("correct horse")
SESSION = "1AgAOMTQ5LjE1NC4xNjcuNTABu-session-of-a-user"


async def test_that_phone_code_and_password_lead_to_a_labelled_account(
    tools, management, sign_in, users
):
    users.needs_password = True
    view = await sign_in.start_with_phone(PHONE, title="Анна", actor="cli")
    assert (view.step, view.where, view.code_length) == ("code", "app", 5)
    assert view.account.phone_masked == "+7 ••• 45 67"

    resumed = AccountSignIn(tools, management)
    view = await resumed.enter_code(view.account.id, CODE, actor="cli")
    assert (view.step, view.hint) == ("password", "a horse")
    view = await sign_in.enter_password(view.account.id, PASSWORD, actor="cli")

    assert (view.step, view.account.status, view.problem) == (None, "active", "")
    assert users.profile.name == "Анна · ИИ Школа «Маяк»"
    assert len(users.profile.description) <= 70


async def test_that_wrong_code_and_wrong_password_leave_the_sign_in_where_it_was(sign_in, users):
    users.needs_password = True
    view = await sign_in.start_with_phone(PHONE, actor="cli")
    with pytest.raises(CodeWrongError):
        await sign_in.enter_code(view.account.id, SecretStr("00000"), actor="cli")
    await sign_in.enter_code(view.account.id, CODE, actor="cli")
    with pytest.raises(PasswordWrongError):
        await sign_in.enter_password(view.account.id, SecretStr("guess"), actor="cli")
    view = await sign_in.enter_password(view.account.id, PASSWORD, actor="cli")
    assert view.account.status == "active"


async def test_that_failed_steps_are_logged_without_what_was_typed(sign_in, units):
    view = await sign_in.start_with_phone(PHONE, actor="cli")
    with pytest.raises(CodeWrongError):
        await sign_in.enter_code(view.account.id, SecretStr("98765"), actor="operator:1")
    async with units() as unit:
        line = (await unit.account_security_logs.recent(limit=1))[0].event
    assert (line.event, line.actor, dict(line.details)) == (
        "sign_in_failed",
        "operator:1",
        {"why": "code_wrong"},
    )


async def test_that_an_expired_step_asks_for_a_new_code(sign_in, clock):
    view = await sign_in.start_with_phone(PHONE, actor="cli")
    clock.advance(STEP_LASTS)
    with pytest.raises(CodeExpiredError):
        await sign_in.enter_code(view.account.id, CODE, actor="cli")
    await sign_in.send_code_again(view.account.id, actor="cli")
    assert (await sign_in.enter_code(view.account.id, CODE, actor="cli")).step is None


@pytest.mark.parametrize("refusal", [PhoneNotRegisteredError, PhoneBannedError])
async def test_that_nothing_is_kept_of_a_number_that_can_not_be_signed_in(
    sign_in, management, users, units, monkeypatch, refusal
):
    view = await sign_in.start_with_phone(PHONE, actor="cli")

    async def refuse(*_: object, **__: object) -> None:
        raise refusal

    monkeypatch.setattr(users, "enter_code", refuse)
    with pytest.raises(refusal):
        await sign_in.enter_code(view.account.id, CODE, actor="cli")
    assert await management.list_accounts() == ()
    async with units() as unit:
        assert await unit.accounts.phone_of(view.account.id) is None
        assert await unit.accounts.login_of(view.account.id) is None
        lines = await unit.account_security_logs.recent(limit=2)
    assert "sign_in_failed" in [line.event.event for line in lines]


async def test_that_a_banned_number_leaves_an_account_of_before_logged_out(
    sign_in, management, users, monkeypatch
):
    view = await sign_in.start_with_phone(PHONE, actor="cli")
    account = (await sign_in.enter_code(view.account.id, CODE, actor="cli")).account
    await management.stop_for(account.id, "session_revoked", actor="telegram")
    again = await sign_in.start_with_phone(PHONE, actor="cli")
    assert again.account.id == account.id

    async def refuse(*_: object, **__: object) -> None:
        raise PhoneBannedError

    monkeypatch.setattr(users, "send_code", refuse)
    with pytest.raises(PhoneBannedError):
        await sign_in.send_code_again(account.id, actor="cli")
    assert [(a.id, a.status) for a in await management.list_accounts()] == [
        (account.id, "logged_out")
    ]
    assert (await sign_in.standing(account.id)).step is None


async def test_that_a_step_out_of_order_is_refused(sign_in):
    view = await sign_in.start_with_phone(PHONE, actor="cli")
    with pytest.raises(WrongStepError):
        await sign_in.enter_password(view.account.id, PASSWORD, actor="cli")
    await sign_in.enter_code(view.account.id, CODE, actor="cli")
    with pytest.raises(WrongStepError):
        await sign_in.enter_code(view.account.id, CODE, actor="cli")


@pytest.mark.parametrize("phone", ["", "900123", "+0 900 123 45 67", "tel:+79001234567", "+7900x"])
async def test_that_a_wrong_number_is_refused_without_being_echoed(sign_in, management, phone):
    with pytest.raises(PhoneRefusedError) as raised:
        await sign_in.start_with_phone(SecretStr(phone), actor="cli")
    assert not phone or phone not in str(raised.value)
    assert await management.list_accounts() == ()


async def test_that_a_scanned_picture_signs_in(sign_in, users):
    view = await sign_in.start_with_qr(title="Анна", actor="cli")
    assert view.qr_url.startswith("tg://login")
    view = await sign_in.look_at_qr(view.account.id, actor="cli")
    assert view.step == "qr"
    users.is_scanned = True
    view = await sign_in.look_at_qr(view.account.id, actor="cli")
    assert (view.step, view.account.status) == (None, "active")


async def test_that_signing_in_an_account_that_works_already_is_refused(sign_in):
    view = await sign_in.start_with_phone(PHONE, actor="cli")
    await sign_in.enter_code(view.account.id, CODE, actor="cli")
    with pytest.raises(AccountExistsError):
        await sign_in.start_with_phone(PHONE, actor="cli")


async def test_that_a_revoked_session_is_signed_in_again_under_its_old_row(
    sign_in, management, users
):
    view = await sign_in.start_with_phone(PHONE, actor="cli")
    first = (await sign_in.enter_code(view.account.id, CODE, actor="cli")).account
    await management.stop_for(first.id, "session_revoked", actor="telegram")
    users.is_scanned = False
    view = await sign_in.start_with_qr(actor="cli")
    users.is_scanned = True
    again = (await sign_in.look_at_qr(view.account.id, actor="cli")).account
    assert (again.id, again.status) == (first.id, "active")
    assert [account.id for account in await management.list_accounts()] == [first.id]


async def test_that_logging_out_ends_the_session_at_telegram_and_forgets_it(
    sign_in, management, users
):
    view = await sign_in.start_with_phone(PHONE, actor="cli")
    account = (await sign_in.enter_code(view.account.id, CODE, actor="cli")).account
    account = await management.log_out(account.id, actor="cli")
    assert (account.status, users.logged_out) == ("logged_out", [SESSION])


async def test_that_no_table_holds_a_plain_secret(sign_in, users, engine: AsyncEngine):
    users.needs_password = True
    view = await sign_in.start_with_phone(PHONE, actor="cli")
    await _assert_hidden(engine)
    await sign_in.enter_code(view.account.id, CODE, actor="cli")
    await sign_in.enter_password(view.account.id, PASSWORD, actor="cli")
    await _assert_hidden(engine)


async def _assert_hidden(engine: AsyncEngine) -> None:
    secrets = [SESSION, "79001234567", "9001234567", "hash-of-code", "correct horse", '12345"']
    async with engine.connect() as connection:
        for table in ("telegram_account_sessions", "account_security_logs"):
            rows = await connection.execute(
                text(
                    f"SELECT t::text || encode(coalesce(to_jsonb(t)->>'secret','')::bytea, 'escape') FROM {table} t"
                )
            )
            dump = " ".join(rows.scalars())
            for secret in secrets:
                assert secret not in dump
                assert secret.encode().hex() not in dump
