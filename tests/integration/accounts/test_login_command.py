"""The talk of `candor account login`: slips are told and asked for again, nothing typed is shown."""

import pytest
from pydantic import SecretStr

from candor.accounts.errors import CodeWrongError
from candor.accounts.sign_in import STEP_LASTS
from candor.commands import sign_in as command
from candor.commands.sign_in import lead_through

PHONE = SecretStr("+7 900 123-45-67")


class Terminal:
    def __init__(self, *typed):
        self.typed = list(typed)
        self.said = []
        self.asked = []

    def ask(self, prompt):
        self.asked.append(prompt)
        return self.typed.pop(0)

    async def lead(self, sign_in, view):
        return await lead_through(sign_in, view, actor="cli", ask=self.ask, tell=self.said.append)


async def test_that_slips_are_told_and_asked_for_again(sign_in, users):
    users.needs_password = True
    terminal = Terminal("00000", "12345", "guess", "correct horse")
    view = await sign_in.start_with_phone(PHONE, actor="cli")
    done = await terminal.lead(sign_in, view)
    assert done.account.status == "active"
    assert terminal.asked == [
        "Code from Telegram (sent by app)",
        "Code from Telegram (sent by app)",
        "2-step password (hint: a horse)",
        "2-step password (hint: a horse)",
    ]
    assert ["code is wrong" in terminal.said[0], "password is wrong" in terminal.said[1]] == [
        True
    ] * 2
    assert not any(secret in str(terminal.said) for secret in ("00000", "12345", "guess", "horse"))


async def test_that_the_third_slip_ends_it_and_the_sign_in_can_be_gone_on_with(sign_in, management):
    view = await sign_in.start_with_phone(PHONE, actor="cli")
    with pytest.raises(CodeWrongError):
        await Terminal("1", "2", "3").lead(sign_in, view)
    (waiting,) = await management.list_accounts()
    assert waiting.status == "signing_in"
    again = await sign_in.start_with_phone(PHONE, actor="cli")
    assert (await Terminal("12345").lead(sign_in, again)).account.id == waiting.id


async def test_that_an_expired_code_is_replaced_by_a_new_one(sign_in, clock):
    view = await sign_in.start_with_phone(PHONE, actor="cli")
    clock.advance(STEP_LASTS)
    terminal = Terminal("12345", "12345")
    assert (await terminal.lead(sign_in, view)).account.status == "active"
    assert "expired" in terminal.said[0]


async def test_that_a_picture_is_drawn_once_and_its_scan_signs_in(sign_in, users, monkeypatch):
    monkeypatch.setattr(command, "LOOK_SECONDS", 0.0)
    view = await sign_in.start_with_qr(title="Анна", actor="cli")
    looks, look = [], sign_in.look_at_qr

    async def scanned_at_the_third_look(account_id, *, actor):
        looks.append(account_id)
        users.is_scanned = len(looks) == 3
        return await look(account_id, actor=actor)

    monkeypatch.setattr(sign_in, "look_at_qr", scanned_at_the_third_look)
    terminal = Terminal()
    assert (await terminal.lead(sign_in, view)).account.status == "active"
    picture, how = terminal.said
    assert "█" in picture
    assert len({len(row) for row in picture.splitlines()}) == 1
    assert "Link Desktop Device" in how
    assert "tg://" not in str(terminal.said)
