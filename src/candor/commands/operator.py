"""`candor operator`: the people of the panel."""

from typing import TYPE_CHECKING, Annotated

import typer

from candor.commands.running import (
    DEFAULT_DATA_DIR,
    DataDir,
    read_secret,
    say,
    table,
    with_container,
)
from candor.common.operators import OperatorRole

if TYPE_CHECKING:
    from candor.bootstrap.container import Container

app = typer.Typer(help="People who may sign in to the panel.", no_args_is_help=True)
ACTOR = "cli"
Email = Annotated[str, typer.Argument(help="The person's e-mail.")]


@app.command()
def add(
    email: Email,
    role: Annotated[OperatorRole, typer.Option(help="owner, operator or viewer.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Add a person; without --password-stdin a one-time password is made and printed."""
    password = read_secret("Password") if password_stdin else None

    async def work(container: "Container") -> None:
        _, secret = await container.operators.add(
            email,
            role,
            actor=ACTOR,
            password=password,
            language=container.settings.language,
            must_change_password=password is None,
        )
        say(f"{email} may sign in as {role}.")
        if password is None:
            say(f"One-time password: {secret}")

    with_container(data_dir, work)


@app.command("list")
def list_(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """List everybody, with role and second factor."""

    async def work(container: "Container") -> None:
        rows: list[tuple[object, ...]] = [
            (
                person.email,
                person.role,
                "disabled" if person.is_disabled else "active",
                "on" if person.has_second_factor else "off",
            )
            for person in await container.operators.list()
        ]
        table(("EMAIL", "ROLE", "STATUS", "2FA"), rows)

    with_container(data_dir, work)


@app.command()
def disable(email: Email, data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """End a person's sessions and let them in no more."""

    async def work(container: "Container") -> None:
        await container.operators.disable(email, actor=ACTOR)
        say(f"{email} is disabled; open sessions are ended.")

    with_container(data_dir, work)


@app.command("reset-2fa")
def reset_2fa(email: Email, data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Take away a lost second factor; the person sets up a new one at the next sign-in."""

    async def work(container: "Container") -> None:
        await container.operators.reset_second_factor(email, actor=ACTOR)
        say(f"The second factor of {email} is removed.")

    with_container(data_dir, work)
