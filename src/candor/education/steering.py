"""`GroupSteering`: what a person of the business does with a study group."""

from dataclasses import replace

from candor.clients.journey import DONE
from candor.common.clock import Clock
from candor.common.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from candor.common.ids import GroupId
from candor.education import troubles
from candor.education.closing import (
    LEAD_LANE,
    OPEN_LANE,
    close_group,
    stage_entry,
    wake_deliveries,
)
from candor.education.lesson import LessonScript
from candor.education.ports import EducationUnit, EducationUnits, Group, LessonScripts

_ENDED = frozenset({"completed", "closed"})


class GroupSteering:
    """Pauses, goes on, jumps, marks a task as handed in, changes the script, moves to another chat, closes."""

    def __init__(self, *, units: EducationUnits, scripts: LessonScripts, clock: Clock) -> None:
        self._units = units
        self._scripts = scripts
        self._clock = clock

    async def pause(self, group_id: GroupId, *, is_paused: bool) -> Group:
        """Going on also ends a hand-off and a question's wait for a person.

        Raises ConflictError while the client's own `/stop` stands: only the client takes it back.
        """
        now = self._clock.now()
        async with self._units() as unit:
            group = await self._existing(unit, group_id)
            if is_paused:
                group = replace(group, is_paused=True)
                await unit.groups.save(group)
                return group
            await self._refuse_opted_out(unit, group)
            is_answered = group.trouble == troubles.QUESTION_WAITS
            group = replace(
                group,
                is_paused=False,
                stopped_at=None,
                handed_off_at=None,
                trouble="" if is_answered else group.trouble,
            )
            await unit.groups.save(group)
            await unit.lanes.wake(LEAD_LANE, group.id, at=now)
            await wake_deliveries(unit, group, now=now)
            return group

    async def jump(self, group_id: GroupId, step: str) -> Group:
        """Lead this step next and at once, whatever is open and whatever its sending time says.

        Raises InvalidInputError for an unknown step, ConflictError for a group that is not led.
        """
        async with self._units() as unit:
            group = await self._existing(unit, group_id)
        script = await self._script(group)
        keys = [item.key for item in script.steps] if script else []
        if script is None or step not in keys:
            message = f"The script has no step {step!r}. It has: {', '.join(keys)}."
            raise InvalidInputError(message, errors=(FieldError("step", message),))
        async with self._units() as unit:
            group = await self._existing(unit, group_id)
            if group.status != "active":
                raise ConflictError("Lessons are led in active groups only.")
            group = replace(
                group,
                step=script.before(step),
                task_done_at=self._clock.now(),
                task_sent_at=None,
                leads_at_once=True,
            )
            await unit.groups.save(group)
            await unit.lanes.wake(LEAD_LANE, group.id, at=self._clock.now())
            return group

    async def mark_done(self, group_id: GroupId) -> Group:
        """A person says that the open task is handed in, as it came by another way: the lessons go on.

        Says received, never how good. Raises ConflictError when no task is open.
        """
        async with self._units() as unit:
            group = await self._existing(unit, group_id)
        script = await self._script(group)
        step = script.step(group.step) if script else None
        now = self._clock.now()
        async with self._units() as unit:
            current = await self._existing(unit, group_id)
            is_open = current.task_sent_at is not None and current.task_done_at is None
            has_task = step is not None and step.waits_for_answer and current.step == step.key
            if current.status != "active" or not is_open or not has_task:
                raise ConflictError("No task waits for an answer in this group.")
            current = replace(current, task_done_at=now)
            await unit.groups.save(current)
            done = stage_entry(current, f"{DONE}{current.step}", "marked by a person", now)
            await unit.journey.enter(done)
            await unit.lanes.wake(LEAD_LANE, current.id, at=now)
            return current

    async def change_script(self, group_id: GroupId, key: str) -> Group:
        """Lead by another education script, from its first step.

        Raises InvalidInputError when it is none, ConflictError when the group has ended.
        """
        if await self._scripts.load(key, version=None, values={}) is None:
            message = f"There is no education script {key!r}."
            raise InvalidInputError(message, errors=(FieldError("script_id", message),))
        async with self._units() as unit:
            group = await self._existing(unit, group_id)
            if group.status in _ENDED or group.client_id is None:
                raise ConflictError("Only a client's group that has not ended follows a script.")
            if group.script_key == key:
                return group
            is_missing = group.trouble == troubles.NO_SCRIPT
            group = replace(
                group,
                script_key=key,
                script_version=None,
                step=None,
                task_sent_at=None,
                task_done_at=None,
                reminders_sent=0,
                trouble="" if is_missing else group.trouble,
            )
            await unit.groups.save(group)
            if group.status == "active":
                await unit.lanes.wake(LEAD_LANE, group.id, at=self._clock.now())
            return group

    async def move(self, group_id: GroupId) -> Group:
        """The chat is lost: close it and invite the client into another one, at the same lesson.

        Raises ConflictError when the group has ended or its client has opted out.
        """
        now = self._clock.now()
        async with self._units() as unit:
            old = await self._existing(unit, group_id)
        script = await self._script(old)
        async with self._units() as unit:
            old = await self._existing(unit, group_id)
            if old.client_id is None or old.conversation_id is None or old.status in _ENDED:
                raise ConflictError("This group has no client to be invited anew.")
            await self._refuse_opted_out(unit, old)
            is_open = old.task_sent_at is not None and old.task_done_at is None
            step = script.before(old.step) if script and old.step and is_open else old.step
            closed = await close_group(unit, old, now=now, why="moved to another chat")
            await unit.groups.save(replace(closed, conversation_id=None))
            made = await unit.groups.add(
                Group(
                    id=GroupId(0),
                    account_id=old.account_id,
                    status="preparing",
                    source="pool",
                    title="",
                    language=old.language,
                    created_at=now,
                    client_id=old.client_id,
                    conversation_id=old.conversation_id,
                    script_key=old.script_key,
                    step=step,
                )
            )
            await unit.lanes.wake(OPEN_LANE, old.conversation_id, at=now)
            return made

    async def close(self, group_id: GroupId) -> Group:
        """Nothing is said there any more; a chat that nobody entered goes back to the pool."""
        async with self._units() as unit:
            group = await self._existing(unit, group_id)
            if group.status == "closed":
                return group
            return await close_group(unit, group, now=self._clock.now(), why="closed by a person")

    async def steps(self, group: Group) -> tuple[tuple[str, bool], ...]:
        """The keys of the group's script, each with whether it holds a task."""
        script = await self._script(group)
        return tuple((item.key, item.waits_for_answer) for item in script.steps) if script else ()

    async def _script(self, group: Group) -> LessonScript | None:
        return await self._scripts.load(group.script_key or "", version=None, values={})

    async def _refuse_opted_out(self, unit: EducationUnit, group: Group) -> None:
        client = await unit.users.get(group.client_id) if group.client_id is not None else None
        if client is not None and client.opted_out_at is not None:
            raise ConflictError(
                "The client has sent /stop, so nobody may write here. Only the client can come back."
            )

    async def _existing(self, unit: EducationUnit, group_id: GroupId) -> Group:
        group = await unit.groups.get(group_id, for_update=True)
        if group is None:
            raise NotFoundError("There is no such group.")
        return group
