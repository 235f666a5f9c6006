"""`turns`: dialogue turns per second, added latency and own CPU, beside a floor in the same run.

People write to Candor's bots through the sandbox, wait for the answer, and write again no sooner
than Telegram's one message per second and chat allows. 16 people share a bot, so that its 30
messages per second are not what is measured. The same people then write to the floor
(`candor.bench.floor`): receive, one structured model call if there is a model, two rows, send.

Own CPU is that of the Candor process; sandbox, people and stub model live outside of it. How much of
the machine its host gave to others meanwhile stands beside each level: latencies can't be read without.
"""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Final

from candor.bench.obedient import obey
from candor.bench.processes import DatabaseProcesses, stolen_seconds
from candor.bench.results import percentile
from candor.bench.sayings import TURNS, said_by
from candor.bench.stage import FIRST_PERSON, Child, Stage, set_stage
from candor.bench.stub_model import MODEL, StubModelServer
from candor.common.tasks import spawn

CONCURRENCY: Final = (8, 50, 128, 500)
MODEL_SECONDS: Final = 0.4
PEOPLE_PER_BOT: Final = 16
MOST_BOTS: Final = 16
PAUSE_SECONDS: Final = 1.1
"""Between an answer and the next message: a chat is written to once a second at the most."""
_ANSWER_SECONDS: Final = 90.0
_WARM_UP: Final = 16
_CORES: Final = os.cpu_count() or 1

Measured = dict[str, object]


@dataclass(frozen=True, slots=True)
class Engine:
    """What writes the answers: the offline engine, or a model server of known delay."""

    name: str
    delay: float = 0.0
    environment: Mapping[str, str] = field(default_factory=dict)
    stub: StubModelServer | None = None

    def take_calls(self) -> int | None:
        """The model calls since the last time; None where they can't be counted."""
        if self.stub is None:
            return None
        count = len(self.stub.calls)
        self.stub.calls.clear()
        return count


@dataclass(slots=True)
class _Play:
    """What came of one level."""

    latencies: list[float] = field(default_factory=list)
    errors: int = 0


async def run(
    data_dir: Path,
    *,
    concurrency: Sequence[int] = CONCURRENCY,
    dialogues: int | None = None,
    base_url: str | None = None,
) -> dict[str, object]:
    """One run. `dialogues`: per level, as many as are at once when None."""
    bots = min(MOST_BOTS, ceil(max(concurrency) / PEOPLE_PER_BOT))
    async with AsyncExitStack() as stack:
        engines = [Engine("offline"), await _model_engine(stack, base_url)]
        stage = await stack.enter_async_context(set_stage(data_dir, limits=False, bots=bots))
        database = await DatabaseProcesses.of(stage.container.engine)
        figures: dict[str, object] = {"bots": bots, "turns_per_dialogue": TURNS}
        crowd = _Crowd(stage, database)
        for engine in engines:
            candor = stage.start(**engine.environment)
            own = await crowd.play(candor, engine, concurrency, dialogues)
            floor = stage.run("-m", "candor.bench.floor", **_floors(stage, engine))
            bare = await crowd.play(floor, engine, concurrency, dialogues)
            figures[engine.name] = {
                level: {"candor": own[level], "floor": bare[level], **_beside(own, bare, level)}
                for level in own
            }
    return figures


async def _model_engine(stack: AsyncExitStack, base_url: str | None) -> Engine:
    """The given server (its delay is then part of what is measured), or the stub."""
    if base_url:
        names = {"CANDOR_LLM_MODEL": os.environ.get("CANDOR_LLM_MODEL") or MODEL}
        key = {"OPENAI_API_KEY": os.environ.get("OPENAI_API_KEY") or "none"}
        return Engine("server", 0.0, {"OPENAI_BASE_URL": base_url, **names, **key})
    stub = await stack.enter_async_context(StubModelServer(delay=MODEL_SECONDS, respond=obey))
    named = {"OPENAI_BASE_URL": stub.base_url, "CANDOR_LLM_MODEL": MODEL, "OPENAI_API_KEY": "none"}
    return Engine("model_400ms", MODEL_SECONDS, named, stub)


def _floors(stage: Stage, engine: Engine) -> dict[str, str]:
    return {
        "FLOOR_API": stage.telegram,
        "FLOOR_TOKENS": ",".join(stage.tokens),
        "FLOOR_MODEL": engine.environment.get("CANDOR_LLM_MODEL", ""),
        **{name: value for name, value in engine.environment.items() if "OPENAI" in name},
    }


def _beside(own: Mapping[str, Measured], bare: Mapping[str, Measured], level: str) -> Measured:
    """Candor's figures as multiples of the floor's."""
    names = {"cpu_ratio": "own_cpu_ms", "added_p50_ratio": "added_p50_ms"}
    ratios: Measured = {}
    for name, figure in names.items():
        ours, theirs = own[level][figure], bare[level][figure]
        if isinstance(ours, float) and isinstance(theirs, float) and theirs > 0:
            ratios[name] = round(ours / theirs, 2)
    return ratios


@dataclass(slots=True)
class _Crowd:
    """The people; each level brings new ones."""

    stage: Stage
    database: DatabaseProcesses
    people: int = 0
    before: int = 0
    """People who have written to processes before this one."""

    async def play(
        self, child: Child, engine: Engine, concurrency: Sequence[int], dialogues: int | None
    ) -> dict[str, Measured]:
        """All levels against one process, which is stopped afterwards."""
        await self.stage.wakes(child)
        self.before = self.people
        await self._level(child, engine, at_once=_WARM_UP, dialogues=_WARM_UP)
        measured = {
            f"at_once_{level}": await self._level(
                child, engine, at_once=level, dialogues=max(level, dialogues or level)
            )
            for level in concurrency
        }
        child.stop()
        return measured

    async def _level(
        self, child: Child, engine: Engine, *, at_once: int, dialogues: int
    ) -> Measured:
        numbers = list(range(self.people, self.people + dialogues))
        self.people += dialogues
        found = [await self.stage.person(number) for number in numbers]
        play, began = _Play(), time.perf_counter()
        own, base, stolen = child.cpu_seconds(), self.database.cpu_seconds(), stolen_seconds()
        lines = [
            spawn(self._line(play, found[start::at_once], start / at_once), name="person")
            for start in range(at_once)
        ]
        await asyncio.gather(*lines)
        self.stage.check(child)
        seconds = time.perf_counter() - began
        own, base = child.cpu_seconds() - own, self.database.cpu_seconds() - base
        figures = _figures(play, engine, seconds, own, base)
        figures["stolen_share"] = round((stolen_seconds() - stolen) / seconds / _CORES, 3)
        figures["memory_mib"] = round(child.memory_mib(), 1)
        if (calls := engine.take_calls()) is not None:
            figures["model_calls_per_turn"] = round(calls / max(1, len(play.latencies)), 2)
        return figures

    async def _line(self, play: _Play, people: Sequence[int], offset: float) -> None:
        """One dialogue after another; lines begin spread over the first pause."""
        await asyncio.sleep(offset * PAUSE_SECONDS)
        for person in people:
            for turn in range(TURNS):
                words = said_by(person - FIRST_PERSON - self.before, turn)
                if not await self._turn(play, person, words):
                    break
                await asyncio.sleep(PAUSE_SECONDS)

    async def _turn(self, play: _Play, person: int, words: str) -> bool:
        stage = self.stage
        bot = person % len(stage.tokens)
        began = time.perf_counter()
        chat = await stage.write(person, words, bot=bot)
        heard = stage.ear.count(chat)
        try:
            answer = await stage.ear.after(chat, heard, seconds=_ANSWER_SECONDS)
        except TimeoutError:
            play.errors += 1
            return False
        play.latencies.append(answer.at - began)
        return True


def _figures(play: _Play, engine: Engine, seconds: float, own: float, database: float) -> Measured:
    added = [(latency - engine.delay) * 1000 for latency in play.latencies]
    turns = max(1, len(added))
    return {
        "turns": len(added),
        "errors": play.errors,
        "turns_per_second": round(len(added) / seconds, 1),
        "added_p50_ms": round(percentile(added, 0.5), 1),
        "added_p95_ms": round(percentile(added, 0.95), 1),
        "added_p99_ms": round(percentile(added, 0.99), 1),
        "own_cpu_ms": round(own * 1000 / turns, 2),
        "database_cpu_ms": round(database * 1000 / turns, 2),
    }
