"""Leading the lessons: the lane `education.lead_group` brings a group to its next step when it is due.

One run does at most one thing (a step, a reminder, the end) and answers when to look again, so a run
too many, too late or after a crash changes nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from candor.clients.journey import DONE, StageEntry
from candor.clients.profile import ClientProfile
from candor.common.clock import Clock
from candor.common.ids import GroupId
from candor.common.lanes import Lane
from candor.education import troubles, welcome
from candor.education.inviting import await_client
from candor.education.lesson import (
    LessonScript,
    LessonStep,
    after_quiet_hours,
    due_time,
    next_reminder,
)
from candor.education.next_offer import next_keyboard
from candor.education.partner import StudentBotService
from candor.education.ports import (
    EducationUnit,
    EducationUnits,
    Group,
    GroupChats,
    LessonScripts,
    OwnerNotices,
)
from candor.education.speaking import GroupVoice
from candor.messaging.conversation import Provenance

STORY_GAP = timedelta(minutes=1)
"""Between a story step without a task and the next step."""


class LessonLeader:
    """Leads script No. 2 in one group after another."""

    def __init__(
        self,
        *,
        units: EducationUnits,
        scripts: LessonScripts,
        voice: GroupVoice,
        partners: StudentBotService,
        chats: GroupChats,
        notices: OwnerNotices,
        clock: Clock,
        zone: str,
    ) -> None:
        self._units = units
        self._scripts = scripts
        self._voice = voice
        self._partners = partners
        self._chats = chats
        self._notices = notices
        self._clock = clock
        self._zone = zone

    async def lead(self, lane: Lane) -> datetime | None:
        """The lane handler: look at one group, do what is due, answer when to look again."""
        group_id = GroupId(int(lane.key))
        async with self._units() as unit:
            group = await unit.groups.get(group_id)
            client = await unit.users.get(group.client_id) if group and group.client_id else None
        if group is None or client is None:
            return None
        if group.status == "awaiting_client":
            return await self._await(group, client)
        if not _is_led(group):
            return None
        script = await self._script(group, client)
        if script is None:
            await self._note_no_script(group)
            return None
        async with self._units() as unit:
            current = await unit.groups.get(group_id, for_update=True)
            if current != group:
                return self._clock.now()
            return await self._advance(unit, group, script, client)

    async def _await(self, group: Group, client: ClientProfile) -> datetime | None:
        now = self._clock.now()
        async with self._units() as unit:
            current = await unit.groups.get(group.id, for_update=True)
            if current != group:
                return now
            zone = client.time_zone or self._zone
            return await await_client(unit, self._voice, group, zone=zone, now=now)

    async def _note_no_script(self, group: Group) -> None:
        async with self._units() as unit:
            current = await unit.groups.get(group.id, for_update=True)
            if current is None or current.trouble:
                return
            await unit.groups.save(replace(current, trouble=troubles.NO_SCRIPT))
        await self._notices.tell("group_trouble", f"{group.title}: {troubles.NO_SCRIPT}")

    async def pin_welcome(self, lane: Lane) -> datetime | None:
        """The lane `education.pin_welcome`: the welcome stays on top of the group."""
        async with self._units() as unit:
            group = await unit.groups.get(GroupId(int(lane.key)))
        if group and group.chat_id is not None and group.welcome_message_id is not None:
            await self._chats.pin(group.account_id, group.chat_id, group.welcome_message_id)
        return None

    async def _script(self, group: Group, client: ClientProfile) -> LessonScript | None:
        return await self._scripts.load(
            group.script_key or "",
            version=None,
            values={"first_name": client.first_name, "name": client.name},
        )

    async def _advance(
        self, unit: EducationUnit, group: Group, script: LessonScript, client: ClientProfile
    ) -> datetime | None:
        now = self._clock.now()
        zone = client.time_zone or self._zone
        step = script.step(group.step)
        if step and step.waits_for_answer and group.task_done_at is None and group.task_sent_at:
            return await self._remind(unit, group, step, zone)
        following = script.after(group.step)
        if following is None:
            await self._complete(unit, group, client)
            return None
        # A worker that stood still through the day does not lead at night.
        due = after_quiet_hours(max(now, _due(group, step, following, zone=zone)), zone=zone)
        if due > now:
            return due
        await self._send_step(unit, group, script, following)
        return now + STORY_GAP

    async def _send_step(
        self, unit: EducationUnit, group: Group, script: LessonScript, step: LessonStep
    ) -> None:
        now = self._clock.now()
        group = replace(
            group,
            step=step.key,
            script_version=script.version,
            task_sent_at=now,
            task_done_at=None,
            reminders_sent=0,
            leads_at_once=False,
        )
        await unit.groups.save(group)
        text = "\n\n".join(part for part in (step.say, step.task) if part)
        await self._voice.say(
            unit,
            group,
            text,
            reason=f"the script's step {step.key}",
            provenance=_from_script(script),
        )
        await self._let_partners_react(unit, group, script, step)
        await self._note(unit, group, f"step:{step.key}", "sent")

    async def _let_partners_react(
        self, unit: EducationUnit, group: Group, script: LessonScript, step: LessonStep
    ) -> None:
        now = self._clock.now()
        reactions = self._partners.plan(
            step,
            partners=await unit.student_bots.of_group(group.id),
            language=group.language,
            proof=script.proof,
            after=now,
            is_quiet=bool(group.quiet_until and now < group.quiet_until),
        )
        for reaction in reactions:
            await self._voice.say(
                unit,
                group,
                reaction.text,
                reason=f"planned by the script for step {step.key}",
                partner=reaction.partner,
                provenance=_from_script(script),
                not_before=reaction.at,
            )

    async def _remind(
        self, unit: EducationUnit, group: Group, step: LessonStep, zone: str
    ) -> datetime | None:
        now = self._clock.now()
        if group.task_sent_at is None:
            return None
        due = next_reminder(task_sent_at=group.task_sent_at, reminders_sent=group.reminders_sent)
        if due is None:
            return None
        due = after_quiet_hours(max(now, due), zone=zone)
        if due > now:
            return due
        group = replace(group, reminders_sent=group.reminders_sent + 1)
        await unit.groups.save(group)
        await self._voice.say(
            unit,
            group,
            welcome.plain("reminder", language=group.language, task=_shortened(step.task)),
            reason="reminder",
        )
        following = next_reminder(
            task_sent_at=group.task_sent_at or now, reminders_sent=group.reminders_sent
        )
        return after_quiet_hours(following, zone=zone) if following else None

    async def _complete(self, unit: EducationUnit, group: Group, client: ClientProfile) -> None:
        """The note of completion, a question without a wished-for answer, and an offer to be asked.

        Nothing is offered: the client says whether to hear of what comes next.
        """
        now = self._clock.now()
        await unit.groups.save(replace(group, status="completed", completed_at=now))
        text = welcome.completion(
            language=group.language,
            client=client.name,
            title=group.title,
            tasks=await self._count_done(unit, group, client),
            on=now,
            zone=client.time_zone or self._zone,
        )
        keyboard = next_keyboard(group.language)
        await self._voice.say(unit, group, text, reason="all tasks are done", keyboard=keyboard)
        await self._note(unit, group, "task_done", "all tasks are done")

    async def _count_done(self, unit: EducationUnit, group: Group, client: ClientProfile) -> int:
        """Tasks of this group that were handed in, be it that a person noted it; each counts once."""
        entries = await unit.journey.of_client(client.id)
        mine = (entry.stage for entry in entries if entry.group_id == group.id)
        return len({stage for stage in mine if stage.startswith(DONE)})

    async def _note(self, unit: EducationUnit, group: Group, stage: str, cause: str) -> None:
        if group.client_id is None:
            return
        await unit.journey.enter(
            StageEntry(
                client_id=group.client_id,
                journey="education",
                stage=stage,
                cause=cause,
                entered_at=self._clock.now(),
                conversation_id=group.conversation_id,
                group_id=group.id,
            )
        )


def _is_led(group: Group) -> bool:
    is_open = group.status == "active" and group.trouble not in troubles.STOPS_LESSONS
    return is_open and not group.is_paused and group.handed_off_at is None


def _due(group: Group, step: LessonStep | None, following: LessonStep, *, zone: str) -> datetime:
    """When the following step is due by its own time, the client's night, and a story's pause."""
    since = group.task_done_at or group.task_sent_at or group.joined_at or group.created_at
    if group.leads_at_once:
        return after_quiet_hours(since, zone=zone)
    due = due_time(following.send_at, since=since, zone=zone)
    if step and not step.waits_for_answer and not following.send_at:
        return max(due, since + STORY_GAP)
    return due


def _shortened(task: str, limit: int = 160) -> str:
    return task if len(task) <= limit else task[: limit - 1].rstrip() + "…"


def _from_script(script: LessonScript) -> Provenance:
    return Provenance(written_by="script", script_key=script.key, script_version=script.version)
