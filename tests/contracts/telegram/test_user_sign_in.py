"""`UserSignIn` as accounts relies on it, on the double and on every MTProto server that is named."""

import pytest
from pydantic import SecretStr
from tests.contracts.telegram.mtproto_servers import ACCOUNT

from candor.accounts.errors import (
    CodeExpiredError,
    CodeWrongError,
    PasswordWrongError,
    PhoneBannedError,
    PhoneRefusedError,
)
from candor.accounts.ports import PasswordNeeded, QrShown, SignedIn
from candor.disclosure.profile import AccountProfile
from candor.messaging.gateway import AccountRestrictedError, RateLimitedError
from candor.telegram.user.session import KeptSession


async def test_that_phone_and_code_sign_in_and_the_session_lives_on(mtproto):
    again = KeptSession.load(mtproto.session).dump()
    profile = await mtproto.sign_in.read_profile(ACCOUNT, again)
    assert profile.name


async def test_that_a_wrong_code_is_told_and_the_right_one_still_works(mtproto):
    sent = await mtproto.sign_in.send_code(mtproto.phone)
    step = {"code_hash": sent.code_hash, "session": sent.session}
    right = await mtproto.code_of(mtproto.phone)
    with pytest.raises(CodeWrongError):
        await mtproto.sign_in.enter_code(mtproto.phone, SecretStr("00000"), **step)
    done = await mtproto.sign_in.enter_code(mtproto.phone, right, **step)
    assert isinstance(done, SignedIn)


async def test_that_an_empty_code_is_wrong_and_voids_no_code(mtproto):
    sent = await mtproto.sign_in.send_code(mtproto.phone)
    step = {"code_hash": sent.code_hash, "session": sent.session}
    right = await mtproto.code_of(mtproto.phone)
    with pytest.raises(CodeWrongError):
        await mtproto.sign_in.enter_code(mtproto.phone, SecretStr(""), **step)
    assert isinstance(await mtproto.sign_in.enter_code(mtproto.phone, right, **step), SignedIn)


async def test_that_an_empty_password_is_wrong(mtproto):
    with pytest.raises(PasswordWrongError):
        await mtproto.sign_in.enter_password(SecretStr(""), session=mtproto.session)


async def test_that_a_used_code_and_a_strange_hash_have_expired(mtproto):
    sent = await mtproto.sign_in.send_code(mtproto.phone)
    right = await mtproto.code_of(mtproto.phone)
    await mtproto.sign_in.enter_code(
        mtproto.phone, right, code_hash=sent.code_hash, session=sent.session
    )
    fresh = await mtproto.sign_in.send_code(mtproto.phone)
    for code_hash in (sent.code_hash, SecretStr("0123456789abcdef")):
        with pytest.raises((CodeExpiredError, CodeWrongError)):
            await mtproto.sign_in.enter_code(
                mtproto.phone, right, code_hash=code_hash, session=fresh.session
            )


async def test_that_a_number_of_a_wrong_shape_is_refused(mtproto):
    with pytest.raises(PhoneRefusedError) as raised:
        await mtproto.sign_in.send_code(SecretStr("+7"))
    assert "+7 " not in str(raised.value)


async def test_that_a_picture_is_shown_and_renewed(mtproto):
    shown = await mtproto.sign_in.show_qr()
    assert isinstance(shown, QrShown)
    assert shown.url.startswith("tg://login?token=")
    again = await mtproto.sign_in.show_qr(session=shown.session)
    assert isinstance(again, QrShown)


async def test_that_a_written_profile_is_read_back(mtproto):
    wanted = AccountProfile("Ольга · ИИ «Маяк»", "ИИ школы «Маяк», не человек.", "", "")
    await mtproto.sign_in.write_profile(ACCOUNT, mtproto.session, wanted)
    assert await mtproto.sign_in.read_profile(ACCOUNT, mtproto.session) == wanted


async def test_that_a_session_that_was_ended_says_so(mtproto):
    done = await mtproto.signed_in(mtproto.phone)
    await mtproto.sign_in.log_out(ACCOUNT, done.session)
    with pytest.raises(AccountRestrictedError) as raised:
        await mtproto.sign_in.read_profile(ACCOUNT, done.session)
    assert raised.value.details["signal"] == "session_revoked"
    await mtproto.sign_in.log_out(ACCOUNT, done.session)


# --- what only the double can be told to do


@pytest.mark.parametrize("mtproto", ["double"], indirect=True)
async def test_that_the_two_step_password_is_proven_and_a_wrong_one_told(mtproto):
    account = mtproto.desk.phones["79001234567"]
    account.password = "correct horse"
    sent = await mtproto.sign_in.send_code(mtproto.phone)
    code = await mtproto.code_of(mtproto.phone)
    needed = await mtproto.sign_in.enter_code(
        mtproto.phone, code, code_hash=sent.code_hash, session=sent.session
    )
    assert isinstance(needed, PasswordNeeded)
    with pytest.raises(PasswordWrongError):
        await mtproto.sign_in.enter_password(SecretStr("guess"), session=needed.session)
    done = await mtproto.sign_in.enter_password(SecretStr("correct horse"), session=needed.session)
    assert isinstance(done, SignedIn)


@pytest.mark.parametrize("mtproto", ["double"], indirect=True)
async def test_that_a_banned_number_and_a_wait_are_told(mtproto):
    mtproto.desk.fail("SendCodeRequest", "refuse", code="FLOOD_WAIT_420")
    with pytest.raises(RateLimitedError) as raised:
        await mtproto.sign_in.send_code(mtproto.phone)
    assert raised.value.retry_after.total_seconds() == 420
    assert "7 minutes" in raised.value.message
    mtproto.desk.phones["79001234567"].is_banned = True
    with pytest.raises(PhoneBannedError):
        await mtproto.sign_in.send_code(mtproto.phone)
