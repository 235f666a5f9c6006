"""A nursery of processes that open a group and are killed (SIGKILL) at their nth step.

It reads lines `FOLDER KILL_AT session|pool` and forks a process for each, which finds the code loaded
already; it answers with the child's exit status. A step is a commit, or a call to Telegram: before it
and after it; 0 kills nowhere. Telegram is a file in the folder, so it outlives the process.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from candor.common.clock import SystemClock
from candor.common.ids import AccountId, TelegramChatId
from candor.common.lanes import Lane
from candor.education.closing import OPEN_LANE
from candor.education.group import EducationGroupService
from candor.education.lesson import LessonScript, LessonStep
from candor.education.pool import GroupPool
from candor.education.ports import GroupRights
from candor.education.speaking import GroupVoice
from candor.messaging.outbox import Outbox
from candor.storage.engine import make_engine
from candor.storage.unit_of_work import PgUnitOfWork, Units


class Steps:
    """Counts steps and ends the process at one of them, as kill -9 does."""

    def __init__(self, folder: Path, kill_at: int) -> None:
        self._trace = folder / "steps"
        self._kill_at = kill_at
        self._count = 0

    def step(self, name: str) -> None:
        self._count += 1
        self._trace.write_text(f"{self._count} {name}")
        if self._count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


class FileTelegram:
    """`GroupChats` and `GroupMaker`: what was done is in a file, so it outlives the process."""

    def __init__(self, folder: Path, steps: Steps, *, has_session: bool) -> None:
        self._file = folder / "telegram.json"
        self._steps = steps
        self._has_session = has_session

    def read(self) -> dict[str, list[Any]]:
        if not self._file.exists():
            return {"groups": [], "links": [], "titles": []}
        found: dict[str, list[Any]] = json.loads(self._file.read_text())
        return found

    def _add(self, kind: str, what: object) -> None:
        world = self.read()
        world[kind].append(what)
        beside = self._file.with_suffix(".new")
        beside.write_text(json.dumps(world))
        beside.replace(self._file)

    async def is_at_work(self) -> bool:
        return self._has_session

    async def make_group(
        self, *, title: str, about: str, bots: Sequence[str]
    ) -> TelegramChatId | None:
        if not self._has_session:
            return None
        self._steps.step("before make_group")
        groups = self.read()["groups"]
        if about not in groups:
            self._add("groups", about)
            groups = [*groups, about]
        self._steps.step("after make_group")
        return TelegramChatId(-500_000 - groups.index(about))

    async def rights(self, *_: Any) -> GroupRights:
        return GroupRights(True, True, True, True, "Учебная группа")

    async def set_title(self, account_id: AccountId, chat_id: TelegramChatId, *_: Any) -> None:
        self._steps.step("before set_title")
        self._add("titles", chat_id)
        self._steps.step("after set_title")

    async def set_permissions(self, *_: Any, **__: Any) -> None:
        self._steps.step("set_permissions")

    async def create_join_link(
        self, account_id: AccountId, chat_id: TelegramChatId, *, name: str
    ) -> str:
        self._steps.step("before create_join_link")
        self._add("links", chat_id)
        self._steps.step("after create_join_link")
        return f"https://t.me/+link{len(self.read()['links'])}"

    async def revoke_link(self, *_: Any) -> None: ...

    async def approve_join(self, *_: Any) -> None: ...

    async def decline_join(self, *_: Any) -> None: ...

    async def pin(self, *_: Any) -> None: ...


class MortalUnits:
    """Units with a step before and after each commit."""

    def __init__(self, units: Units, steps: Steps) -> None:
        self._units = units
        self._steps = steps

    def __call__(self) -> Any:
        return self._open()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[PgUnitOfWork]:
        async with self._units() as unit:
            yield unit
            self._steps.step("before commit")
        self._steps.step("after commit")


class OneScript:
    """`LessonScripts` with one short script."""

    async def load(self, *_: Any, **__: Any) -> LessonScript:
        steps = (LessonStep(key="story", say="Рассказ."),)
        return LessonScript("lessons", 1, 1, "Первые шаги", "ru", steps)

    async def chosen_for(self, *_: Any) -> str:
        return "lessons"


class NoNotices:
    async def tell(self, kind: str, text: str) -> None: ...


async def open_once(database: str, folder: Path, kill_at: int, *, has_session: bool) -> None:
    clock, steps = SystemClock(), Steps(folder, kill_at)
    engine = make_engine(database)
    units: Any = MortalUnits(Units(engine), steps)
    telegram = FileTelegram(folder, steps, has_session=has_session)
    notices = NoNotices()
    pool = GroupPool(units=units, chats=telegram, notices=notices, clock=clock, language="ru")
    groups = EducationGroupService(
        units=units,
        chats=telegram,
        maker=telegram,
        scripts=OneScript(),
        voice=GroupVoice(outbox=Outbox(clock), clock=clock, business="Школа «Маяк»"),
        pool=pool,
        notices=notices,
        clock=clock,
        business="Школа «Маяк»",
    )
    await groups.open(Lane(OPEN_LANE, "1", 0))
    await engine.dispose()
    (folder / "done").touch()


def nurse(database: str) -> None:
    for line in sys.stdin:
        folder, kill_at, source = line.split()
        child = os.fork()
        if child == 0:
            has_session = source == "session"
            asyncio.run(open_once(database, Path(folder), int(kill_at), has_session=has_session))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    nurse(sys.argv[1])
