"""`candor up`: runs the roles of one process until it is told to stop."""

import asyncio
import gc
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from candor.commands.running import DEFAULT_DATA_DIR, DataDir, progress, say
from candor.common.errors import ConfigurationError
from candor.common.event_loop import new_event_loop
from candor.common.logs import LoggingService
from candor.common.settings import ALL_ROLES, Role, Settings, load_settings, parse_roles
from candor.common.tasks import spawn, stop
from candor.storage.data_dir import prepare_data_dir
from candor.storage.embedded import server

if TYPE_CHECKING:
    from candor.bootstrap.running import Running


def up(
    data_dir: DataDir = DEFAULT_DATA_DIR,
    host: Annotated[str, typer.Option(help="Where the panel listens.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="The panel's port; 0 takes a free one.", min=0, max=65535)
    ] = 8000,
    roles: Annotated[
        str, typer.Option(help=f"What this process does: {','.join(ALL_ROLES)}.")
    ] = ",".join(ALL_ROLES),
    demo: Annotated[
        bool,
        typer.Option("--demo", help="With the sandbox Telegram and sample data; needs no key."),
    ] = False,
) -> None:
    """Run Candor: the named roles in one process, with an embedded database unless one is given."""
    chosen = _roles(roles)
    settings = load_settings()
    LoggingService(level=settings.log_level, format=settings.log_format).configure()
    serving = _run(data_dir=data_dir, host=host, port=port, roles=chosen, is_demo=demo)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serving)


def _roles(text: str) -> tuple[Role, ...]:
    try:
        return parse_roles(text)
    except ConfigurationError as error:
        raise typer.BadParameter(error.message, param_hint="--roles") from None


async def _run(
    *, data_dir: Path, host: str, port: int, roles: tuple[Role, ...], is_demo: bool
) -> None:
    progress("starting ...")
    settings = load_settings()
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    async with AsyncExitStack() as stack:
        with _without_collections():
            # The database boots in a process of its own: meanwhile this one loads its code.
            rooms = asyncio.to_thread(import_module, "candor.bootstrap.running")
            room, _ = await asyncio.gather(rooms, _boot_database(stack, settings, data_dir))
            running = await stack.enter_async_context(
                room.run_roles(
                    settings,
                    data_dir=data_dir,
                    host=host,
                    port=port,
                    roles=roles,
                    is_demo=is_demo,
                    progress=progress,
                )
            )
        _greet(running)
        await stopping.wait()
        progress("stopping ...")
    progress("stopped.")


async def _boot_database(stack: AsyncExitStack, settings: Settings, data_dir: Path) -> None:
    """Start the embedded server, so that the roles find it running, and keep it so.

    The stack stops it.
    """
    if settings.database_url is None:
        folder = server.folder_in(prepare_data_dir(data_dir))
        started = await server.start(folder, progress)
        stack.push_async_callback(started.stop)
        watching = spawn(started.watch(progress), name="embedded-database")
        stack.push_async_callback(stop, watching)


@contextmanager
def _without_collections() -> Iterator[None]:
    """Make no garbage collections; leave what was made meanwhile out of later ones.

    A start makes a million objects that stay: searching them again and again costs, now and later.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _greet(running: "Running") -> None:
    """The address and, while nobody has signed in yet, how to."""
    if running.address is None:
        say(f"Candor is running: {', '.join(running.roles)}.")
        return
    say("")
    say(f"  Candor is ready:    {running.address}")
    if running.owner is not None:
        email, password = running.owner
        say(f"  E-mail:             {email}")
        say(f"  One-time password:  {password}")
    if running.sandbox is not None:
        say(f"  Sandbox Telegram:   {running.address}/sandbox")
        say(f"  Its Bot API:        {running.sandbox}")
    say("")
    say("  Ctrl-C stops it.")
