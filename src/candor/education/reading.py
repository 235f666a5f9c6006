"""What the panel reads of study groups: pages of groups, one group, its messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from candor.clients.journey import StageEntry
from candor.common.errors import NotFoundError
from candor.common.ids import AccountId, ClientId, GroupId
from candor.common.paging import Cut, Part
from candor.education import troubles
from candor.education.lesson import MAX_REMINDERS, LessonScript, LessonStep
from candor.education.partner import Partner
from candor.education.ports import (
    EducationUnits,
    Group,
    GroupMessage,
    GroupStatus,
    LessonScripts,
    Teacher,
)

StepState = Literal["done", "open", "ahead", "skipped"]


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group with the names that a person wants to see."""

    group: Group
    client_name: str
    partners: tuple[Partner, ...]

    @property
    def waits_for_words(self) -> bool:
        """A person answers the client's question in Telegram and says here that it is done."""
        return self.group.trouble == troubles.QUESTION_WAITS

    @property
    def stuck_because(self) -> str:
        """Why nothing goes on here without a person; empty when it does."""
        group = self.group
        if group.status == "closed":
            return ""
        if group.trouble:
            return group.trouble
        if group.handed_off_at is not None:
            return "A person was called."
        is_open = group.task_sent_at is not None and group.task_done_at is None
        is_silent = group.reminders_sent >= MAX_REMINDERS and group.stopped_at is None
        if group.status == "active" and is_open and is_silent:
            return "The client does not answer; the last reminder was sent."
        return ""


@dataclass(frozen=True, slots=True)
class StepProgress:
    """A step of the script and how far this client has come with it."""

    key: str
    has_task: bool
    state: StepState
    sent_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PoolView:
    """The pool as its page shows it."""

    groups: tuple[Group, ...]
    ready: int
    waiting: int
    """Agreements that wait for a chat."""
    teacher: Teacher | None
    partners: tuple[Partner, ...]


class GroupReader:
    """Reads; changes nothing."""

    def __init__(self, *, units: EducationUnits, scripts: LessonScripts) -> None:
        self._units = units
        self._scripts = scripts

    async def page(
        self,
        *,
        status: GroupStatus | None = None,
        client_id: int | None = None,
        is_stuck: bool = False,
        cut: Cut,
    ) -> Part[GroupView]:
        """Newest first; `is_stuck`: only the groups that wait for a person. A place is the number."""
        async with self._units() as unit:
            found = await unit.groups.page(
                status=status,
                client_id=ClientId(client_id) if client_id is not None else None,
                is_stuck=is_stuck,
                cut=cut,
            )
            names = await unit.groups.client_names([group.id for group in found.items])
            partners = await unit.student_bots.of_groups([group.id for group in found.items])
        return found.shown_as(lambda group: _view(group, names, partners))

    async def get(self, group_id: GroupId) -> GroupView:
        """Raises NotFoundError."""
        async with self._units() as unit:
            group = await unit.groups.get(group_id)
            if group is None:
                raise NotFoundError("There is no such group.")
            names = await unit.groups.client_names([group_id])
            partners = await unit.student_bots.of_groups([group_id])
        return _view(group, names, partners)

    async def messages(
        self, group_id: GroupId, *, limit: int, offset: int
    ) -> tuple[tuple[GroupMessage, ...], int]:
        """Newest first; raises NotFoundError."""
        async with self._units() as unit:
            if await unit.groups.get(group_id) is None:
                raise NotFoundError("There is no such group.")
            return await unit.group_messages.page(group_id, limit=limit, offset=offset)

    async def progress(self, group: Group) -> tuple[StepProgress, ...]:
        """The steps of the group's script, in the order in which they are led."""
        if group.client_id is None or group.script_key is None:
            return ()
        script = await self._scripts.load(group.script_key, version=None, values={})
        if script is None:
            return ()
        async with self._units() as unit:
            entries = await unit.journey.of_client(group.client_id)
        mine = [entry for entry in entries if entry.group_id == group.id]
        return _passed([_step(step, group, mine) for step in _in_order(script)], group)

    async def member_names(self, group_id: GroupId) -> tuple[str, ...]:
        """The people who are in the group now."""
        async with self._units() as unit:
            return await unit.group_members.names(group_id)

    async def pool(self) -> PoolView:
        async with self._units() as unit:
            groups = await unit.groups.prepared()
            waiting = await unit.groups.waiting_for_chat(limit=1000)
            ready = await unit.groups.count_prepared()
            leading = groups[0].account_id if groups else AccountId(0)
            return PoolView(
                groups=groups,
                ready=ready,
                waiting=len(waiting),
                teacher=await unit.student_bots.teacher(leading),
                partners=await unit.student_bots.all_active(),
            )

    async def pool_level(self) -> int:
        """How many prepared groups wait for a client."""
        async with self._units() as unit:
            return await unit.groups.count_prepared()

    async def stuck_count(self) -> int:
        async with self._units() as unit:
            return await unit.groups.count_stuck()


def _in_order(script: LessonScript) -> Sequence[LessonStep]:
    order: list[LessonStep] = []
    step = script.after(None)
    while step is not None and step not in order:
        order.append(step)
        step = script.after(step.key)
    return order


def _step(step: LessonStep, group: Group, entries: Sequence[StageEntry]) -> StepProgress:
    sent = [entry.entered_at for entry in entries if entry.stage == f"step:{step.key}"]
    done = [entry.entered_at for entry in entries if entry.stage == f"done:{step.key}"]
    sent_at, done_at = max(sent, default=None), max(done, default=None)
    state: StepState = "ahead" if sent_at is None else "done"
    if sent_at is not None and step.waits_for_answer and (done_at is None or done_at < sent_at):
        state, done_at = "open", None
    if state == "open" and group.step != step.key:
        state = "done" if done_at else "ahead"
    return StepProgress(step.key, step.waits_for_answer, state, sent_at, done_at)


def _passed(steps: Sequence[StepProgress], group: Group) -> tuple[StepProgress, ...]:
    """A person may lead a later step: what was passed over is not ahead any more."""
    keys = [step.key for step in steps]
    reached = keys.index(group.step) if group.step in keys else 0
    return tuple(
        replace(step, state="skipped") if step.state == "ahead" and number < reached else step
        for number, step in enumerate(steps)
    )


def _view(
    group: Group,
    names: Mapping[GroupId, str],
    partners: Mapping[GroupId, tuple[Partner, ...]],
) -> GroupView:
    return GroupView(group, names.get(group.id, ""), partners.get(group.id, ()))
