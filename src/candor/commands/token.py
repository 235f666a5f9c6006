"""`candor token`: API tokens for programs."""

from typing import TYPE_CHECKING, Annotated

import typer

from candor.commands.operator import ACTOR
from candor.commands.running import DEFAULT_DATA_DIR, DataDir, progress, say, table, with_container
from candor.common.operators import OperatorRole

if TYPE_CHECKING:
    from candor.bootstrap.container import Container

app = typer.Typer(help="API tokens for programs.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Option(help="What the token is for; unique among those in use.")],
    role: Annotated[OperatorRole, typer.Option(help="owner, operator or viewer.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Make a token and print it, this once; only its hash is stored."""

    async def work(container: "Container") -> None:
        _, secret = await container.tokens.create(name, role, actor=ACTOR)
        progress("keep this token; it is not shown again:")
        say(secret)

    with_container(data_dir, work)


@app.command("list")
def list_(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """List the tokens with their use."""

    async def work(container: "Container") -> None:
        rows: list[tuple[object, ...]] = [
            (
                token.name,
                token.role,
                "revoked" if token.revoked_at else "in use",
                token.created_at.date(),
                token.last_used_at.date() if token.last_used_at else "never",
            )
            for token in await container.tokens.list()
        ]
        table(("NAME", "ROLE", "STATUS", "CREATED", "LAST USED"), rows)

    with_container(data_dir, work)


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(help="The token's name.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Take a token out of use at once."""

    async def work(container: "Container") -> None:
        await container.tokens.revoke(name, actor=ACTOR)
        say(f"The token {name} is revoked.")

    with_container(data_dir, work)
