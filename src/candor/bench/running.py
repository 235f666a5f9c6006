"""Which benchmarks there are, and how each is run: a folder of its own per run, thrown away after."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from candor.bench import (
    bots,
    comments,
    crash,
    delivery,
    fit,
    groups,
    grow,
    panel,
    reload,
    start,
    turns,
)
from candor.bench.results import Figures
from candor.common.errors import InvalidInputError

RUNS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says; None: the benchmark's own choice."""

    data_dir: Path
    runs: int = RUNS
    file: Path | None = None
    kills: int = crash.KILLS
    saves: int = reload.SAVES
    chats: int = delivery.CHATS
    channels: int = comments.CHANNELS
    bots: int = bots.BOTS
    groups: int = groups.GROUPS
    sizes: Sequence[int] = grow.SIZES
    concurrency: Sequence[int] = turns.CONCURRENCY
    dialogues: int | None = None
    base_url: str | None = None
    on_run: Callable[[Sequence[Figures]], None] | None = None
    """Told of all finished runs after each, so that a series that is broken off is not lost."""


async def run(name: str, options: Options) -> list[Figures]:
    """The figures of each run; raises KeyError for an unknown name."""
    return await BENCHMARKS[name](options)


@asynccontextmanager
async def _folder(options: Options, name: str) -> AsyncIterator[Path]:
    """A new folder inside the data dir; nothing that was there before is touched."""
    options.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f"bench-{name}-", dir=options.data_dir.absolute()))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


async def _repeat(
    options: Options, name: str, once: Callable[[Path, int], Awaitable[Figures]]
) -> list[Figures]:
    found: list[Figures] = []
    for number in range(options.runs):
        async with _folder(options, name) as folder:
            found.append(await once(folder / "data", number))
        if options.on_run is not None:
            options.on_run(found)
    return found


async def _crash(options: Options) -> list[Figures]:
    """The kills are spread over the runs, each with other moments."""
    each = max(1, -(-options.kills // options.runs))
    return await _repeat(
        options, "crash", lambda folder, number: crash.run(folder, kills=each, seed=number)
    )


async def _reload(options: Options) -> list[Figures]:
    return await _repeat(
        options, "reload", lambda folder, _: reload.run(folder, saves=options.saves)
    )


async def _delivery(options: Options) -> list[Figures]:
    return await _repeat(
        options, "delivery", lambda folder, _: delivery.run(folder, chats=options.chats)
    )


async def _groups(options: Options) -> list[Figures]:
    return await _repeat(
        options, "groups", lambda folder, _: groups.run(folder, groups=options.groups)
    )


async def _comments(options: Options) -> list[Figures]:
    return await _repeat(
        options, "comments", lambda folder, _: comments.run(folder, channels=options.channels)
    )


async def _bots(options: Options) -> list[Figures]:
    return await _repeat(options, "bots", lambda folder, _: bots.run(folder, count=options.bots))


async def _turns(options: Options) -> list[Figures]:
    async def once(folder: Path, _: int) -> Figures:
        return await turns.run(
            folder,
            concurrency=options.concurrency,
            dialogues=options.dialogues,
            base_url=options.base_url,
        )

    return await _repeat(options, "turns", once)


async def _grow(options: Options) -> list[Figures]:
    async with _folder(options, "grow") as folder:
        return list(await grow.run(folder / "data", sizes=options.sizes, runs=options.runs))


async def _panel(options: Options) -> list[Figures]:
    async with _folder(options, "panel") as folder:
        dialogues = options.dialogues or panel.DIALOGUES
        return list(await panel.run(folder / "data", dialogues=dialogues, runs=options.runs))


async def _start(options: Options) -> list[Figures]:
    return await _repeat(options, "start", lambda folder, _: start.run(folder))


async def _fit(options: Options) -> list[Figures]:
    if options.file is None:
        raise InvalidInputError("fit needs a labelled file: candor bench fit FILE.")
    return [await fit.run(options.file) for _ in range(options.runs)]


BENCHMARKS: Final[Mapping[str, Callable[[Options], Awaitable[list[Figures]]]]] = {
    "turns": _turns,
    "reload": _reload,
    "delivery": _delivery,
    "groups": _groups,
    "grow": _grow,
    "panel": _panel,
    "comments": _comments,
    "bots": _bots,
    "crash": _crash,
    "fit": _fit,
    "start": _start,
}
