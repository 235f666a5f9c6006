"""`candor account`: the Telegram accounts that speak for the business."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import SecretStr

from candor.accounts.errors import UserSessionsOffError
from candor.commands.operator import ACTOR
from candor.commands.running import (
    DEFAULT_DATA_DIR,
    DataDir,
    read_secret,
    say,
    table,
    with_container,
)
from candor.common.ids import AccountId
from candor.disclosure.profile import AccountRole

if TYPE_CHECKING:
    from candor.bootstrap.container import Container

app = typer.Typer(help="Telegram accounts.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="The account's number, as `account list` shows it.")]


@app.command("add-bot")
def add_bot(
    role: Annotated[AccountRole, typer.Option(help="sales, commentator or partner.")],
    title: Annotated[str, typer.Option(help="The account's name; the bot's own when empty.")] = "",
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Add a bot; its token is read from standard input, checked, labelled as AI and read back."""
    token = SecretStr(read_secret("Token from @BotFather"))

    async def work(container: "Container") -> None:
        account = await container.accounts.add_bot(token, role=role, title=title, actor=ACTOR)
        say(f"Account {account.id}: @{account.username} is {account.status} as {account.role}.")

    with_container(data_dir, work)


@app.command()
def login(
    number: Annotated[
        str,
        typer.Argument(help="The owner's phone number with country code; asked for if missing."),
    ] = "",
    by_phone: Annotated[
        bool, typer.Option("--phone/--qr", help="By phone number, or by a picture to scan.")
    ] = True,
    title: Annotated[str, typer.Option(help="The account's name.")] = "",
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Sign in the owner's own account: the code and the 2-step password are asked for."""
    phone = SecretStr(number or read_secret("Phone")) if by_phone else None

    async def work(container: "Container") -> None:
        from candor.commands.sign_in import lead_through  # noqa: PLC0415 - loads the picture's maker

        sign_in = container.sign_in
        try:
            if phone is None:
                view = await sign_in.start_with_qr(title=title, actor=ACTOR)
            else:
                view = await sign_in.start_with_phone(phone, title=title, actor=ACTOR)
        except UserSessionsOffError as error:
            raise _with_way_out(error, data_dir) from None
        view = await lead_through(sign_in, view, actor=ACTOR, ask=read_secret, tell=say)
        say(f"Account {view.account.id}: {view.account.title} is {view.account.status}.")
        if view.problem:
            say(view.problem)

    with_container(data_dir, work)


def _with_way_out(error: UserSessionsOffError, data_dir: Path) -> UserSessionsOffError:
    """In a demo's folder the owner needs no api_id, only the demo's own page."""
    from candor.bootstrap.demo import STATE_FILE  # noqa: PLC0415

    if not (data_dir / STATE_FILE).exists():
        return error
    return UserSessionsOffError(
        "This is a demo's data folder, and the sandbox lives in the demo's process: sign in on its "
        "page, Accounts, Sign a user account in. For real Telegram take another --data-dir."
    )


@app.command("list")
def list_(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """List the accounts; secrets are never shown."""

    async def work(container: "Container") -> None:
        rows: list[tuple[object, ...]] = [
            (a.id, a.kind, a.role, a.title, a.username or a.phone_masked, a.status)
            for a in await container.accounts.list_accounts()
        ]
        table(("ID", "KIND", "ROLE", "TITLE", "TELEGRAM", "STATUS"), rows)

    with_container(data_dir, work)


@app.command()
def pause(number: Number, data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Stop an account until it is resumed; what arrives meanwhile is not lost."""
    _act(data_dir, number, "pause")


@app.command()
def resume(number: Number, data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Let a paused account work again, after its label has been verified anew."""
    _act(data_dir, number, "resume")


@app.command()
def logout(number: Number, data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """End the session at Telegram and forget the secret."""
    _act(data_dir, number, "log_out")


def _act(data_dir: DataDir, number: int, action: str) -> None:
    async def work(container: "Container") -> None:
        act = {
            "pause": container.accounts.pause,
            "resume": container.accounts.resume,
            "log_out": container.accounts.log_out,
        }[action]
        account = await act(AccountId(number), actor=ACTOR)
        say(f"Account {account.id} is {account.status}.")

    with_container(data_dir, work)
