"""The talk of `candor account login`: a slip is told and asked for again, as on the panel's page."""

import asyncio
from collections.abc import Callable
from typing import Final

import segno
from pydantic import SecretStr

from candor.accounts.errors import CodeExpiredError, CodeWrongError, PasswordWrongError
from candor.accounts.sign_in import AccountSignIn, LoginView

TRIES: Final = 3
"""So many codes and passwords may be wrong, as on Telegram's own sign-in, before the command ends."""
LOOK_SECONDS: Final = 2.0
"""How often Telegram is asked whether the picture was scanned."""

Ask = Callable[[str], str]
Tell = Callable[[str], None]


async def lead_through(
    sign_in: AccountSignIn, view: LoginView, *, actor: str, ask: Ask, tell: Tell
) -> LoginView:
    """Until the account is signed in. Raises what Telegram refuses for good, and the third slip."""
    slips = 0
    shown = ""
    while view.step is not None:
        if view.step == "qr":
            shown = _show(view, shown, tell)
            await asyncio.sleep(LOOK_SECONDS)
            view = await sign_in.look_at_qr(view.account.id, actor=actor)
            continue
        try:
            view = await _enter(sign_in, view, actor=actor, ask=ask)
        except (CodeWrongError, PasswordWrongError, CodeExpiredError) as error:
            slips += 1
            if slips == TRIES:
                raise
            tell(error.message)
            if isinstance(error, CodeExpiredError):
                view = await sign_in.send_code_again(view.account.id, actor=actor)
    return view


async def _enter(sign_in: AccountSignIn, view: LoginView, *, actor: str, ask: Ask) -> LoginView:
    if view.step == "password":
        hint = f" (hint: {view.hint})" if view.hint else ""
        password = SecretStr(ask(f"2-step password{hint}"))
        return await sign_in.enter_password(view.account.id, password, actor=actor)
    code = SecretStr(ask(f"Code from Telegram (sent by {view.where})"))
    return await sign_in.enter_code(view.account.id, code, actor=actor)


def _show(view: LoginView, shown: str, tell: Tell) -> str:
    """The picture as text, anew whenever Telegram gives another one."""
    if view.qr_url and view.qr_url != shown:
        code = segno.make(view.qr_url, micro=False)
        rows = [[bool(dark) for dark in row] for row in code.matrix_iter(border=2)]
        rows += [[False] * len(rows[0])] * (len(rows) % 2)
        pairs = zip(rows[::2], rows[1::2], strict=True)
        # Light is drawn and dark left open: right on a dark terminal, and read by cameras on a light one.
        tell(
            "\n".join("".join(_HALVES[pair] for pair in zip(*both, strict=True)) for both in pairs)
        )
        tell("In Telegram: Settings, Devices, Link Desktop Device. Scan this picture. Ctrl-C ends.")
    return view.qr_url or shown


_HALVES: Final = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
"""(upper is dark, lower is dark) to the sign that shows the light halves."""
