"""`EducationGroupHandler`'s other half: each message of a client is read, and one speaker answers it.

The lane `education.answer_group` takes everything unanswered in a group at once. Who speaks is decided
by `responder`, what is said by the script's facts through `LLMService`; identity is answered by code.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from candor.clients.activity import Activity
from candor.clients.journey import DONE
from candor.common.clock import Clock
from candor.common.ids import GroupId
from candor.common.lanes import Lane
from candor.common.llm import (
    DraftReply,
    GroupReplyRequest,
    Intent,
    LLMService,
    ReadingRequest,
    Step,
)
from candor.disclosure.claims import Proof, is_honest
from candor.disclosure.identity import IdentityQuestion, asks_identity, truthful_answer
from candor.disclosure.vulnerable import hand_over_text
from candor.education import troubles, welcome
from candor.education.closing import LEAD_LANE, stage_entry
from candor.education.experience import asks_experience, honest_answer
from candor.education.handing_in import handed_in
from candor.education.lesson import LessonScript, LessonStep
from candor.education.listening import hand_off
from candor.education.partner import Partner
from candor.education.ports import (
    EducationUnit,
    EducationUnits,
    Group,
    GroupMessage,
    LessonScripts,
)
from candor.education.responder import (
    FEEDBACK,
    Choice,
    GroupMoment,
    choose_responder,
    is_conversation_of_people,
)
from candor.education.scene import (
    GroupScene,
    addressee,
    history,
    is_feedback,
    text_of,
    turn_in,
    turns_to_us,
    whose,
)
from candor.education.speaking import GroupVoice
from candor.messaging.conversation import Provenance

HISTORY = 12


class GroupAnswering:
    """Answers what clients write in study groups."""

    def __init__(
        self,
        *,
        units: EducationUnits,
        scripts: LessonScripts,
        llm: LLMService,
        voice: GroupVoice,
        clock: Clock,
        business: str,
    ) -> None:
        self._units = units
        self._scripts = scripts
        self._llm = llm
        self._voice = voice
        self._clock = clock
        self._business = business

    async def answer(self, lane: Lane) -> datetime | None:
        """The lane handler: one answer, or a stored reason for none, to all that one person wrote."""
        scene = await self._read(GroupId(int(lane.key)))
        if scene is None:
            return None
        script = await self._scripts.load(
            scene.group.script_key or "", version=None, values={"first_name": scene.first_name}
        )
        step = script.step(scene.group.step) if script else None
        all_waiting = scene.waiting
        scene = turn_in(scene, step)
        intents = await self._intents(scene, script, step)
        choice, partner = self._choose(scene, step, intents)
        draft = await self._draft(scene, script, step, choice, partner)
        await self._settle(scene, step, choice, partner, draft)
        return self._clock.now() if scene.waiting != all_waiting else None

    async def _read(self, group_id: GroupId) -> GroupScene | None:
        async with self._units() as unit:
            group = await unit.groups.get(group_id)
            waiting = await unit.group_messages.unanswered(group_id) if group else ()
            if group is None or not waiting or group.client_id is None:
                return None
            client = await unit.users.get(group.client_id)
            since = self._clock.now() - timedelta(hours=1)
            return GroupScene(
                group=group,
                waiting=waiting,
                recent=await unit.group_messages.recent(group_id, limit=HISTORY),
                partners=await unit.student_bots.of_group(group_id),
                first_name=client.first_name if client else "",
                ours_last_hour=await unit.group_messages.count_ours_since(group_id, since),
            )

    async def _intents(
        self, scene: GroupScene, script: LessonScript | None, step: LessonStep | None
    ) -> tuple[Intent, ...]:
        """What a model reads in the words; it is not asked about a cue, nor about talk of others (H7)."""
        if scene.cue is not None or not turns_to_us(scene):
            return ()
        analysis = await self._llm.analyze_message(
            ReadingRequest(
                text=text_of(scene.waiting),
                script_key=scene.group.script_key or "",
                script_version=script.version if script else 0,
                script_language=scene.group.language,
                step=_as_step(step),
                steps=(),
                triggers=(),
                client_id=whose(scene),
            )
        )
        return analysis.intents

    def _choose(
        self, scene: GroupScene, step: LessonStep | None, intents: tuple[Intent, ...]
    ) -> tuple[Choice, Partner | None]:
        last = scene.waiting[-1]
        addressed, partner = addressee(scene, last)
        people = [m for m in scene.recent if m.sender_type in {"client", "member", "operator"}]
        moment = GroupMoment(
            sender="client" if last.sender_type == "client" else "member",
            is_question="?" in text_of(scene.waiting) or "question" in intents,
            is_submission=handed_in(scene.group, step, scene.waiting) is not None,
            intents=intents,
            addressed_to=addressed,
            asks_identity=asks_identity(text_of(scene.waiting)) is not None,
            is_handed_off=scene.group.handed_off_at is not None,
            is_paused=scene.group.is_paused,
            is_quiet=bool(scene.group.quiet_until and self._clock.now() < scene.group.quiet_until),
            our_answers_last_hour=scene.ours_last_hour,
            people_talk_among_themselves=addressed == "nobody"
            and is_conversation_of_people(
                senders=tuple(m.sender_id or 0 for m in people),
                moments=tuple(m.created_at for m in people),
                now=self._clock.now(),
            ),
            is_feedback=is_feedback(scene),
            cue=scene.cue,
        )
        choice = choose_responder(moment)
        return choice, partner if choice.speaker == "partner" else None

    async def _draft(
        self,
        scene: GroupScene,
        script: LessonScript | None,
        step: LessonStep | None,
        choice: Choice,
        partner: Partner | None,
    ) -> DraftReply | None:
        if choice.speaker not in {"teacher", "partner"}:
            return None
        if words := self._by_code(scene, script, step, choice, partner):
            return DraftReply(text=words, source="code")
        reply = await self._llm.answer_in_group(
            _request(scene, script, step, partner, self._business)
        )
        said = tuple(message.text for message in scene.waiting)
        proof = replace(script.proof if script else Proof(), client_said=said)
        if reply.source == "hand_off" or not reply.text or not is_honest(reply.text, proof):
            return replace(
                reply,
                text=welcome.plain("to_a_person", language=scene.group.language),
                action="hand_off",
            )
        return reply

    def _by_code(
        self,
        scene: GroupScene,
        script: LessonScript | None,
        step: LessonStep | None,
        choice: Choice,
        partner: Partner | None,
    ) -> str:
        """What no model is asked for: identity, experience, a task that was handed in, thanks."""
        language = scene.group.language
        if asked := asks_identity(text_of(scene.waiting)):
            return self._identity(scene.group, partner, asked)
        if partner is not None and asks_experience(text_of(scene.waiting)):
            return honest_answer(step, language=language, proof=script.proof if script else None)
        if handed_in(scene.group, step, scene.waiting) is not None:
            return welcome.plain("received", language=language)
        return welcome.plain("feedback", language=language) if choice.reason == FEEDBACK else ""

    async def _settle(
        self,
        scene: GroupScene,
        step: LessonStep | None,
        choice: Choice,
        partner: Partner | None,
        draft: DraftReply | None,
    ) -> None:
        """One unit: the reason, the answer, and the task that was handed in."""
        now = self._clock.now()
        async with self._units() as unit:
            group = await unit.groups.get(scene.group.id, for_update=True)
            if group is None:
                return
            await unit.group_messages.mark_answered(
                [message.id for message in scene.waiting],
                speaker=partner.name if partner else choice.speaker,
                reason=choice.reason,
                now=now,
            )
            if choice.speaker == "human":
                await self._call_person(unit, group, scene, now)
                return
            if choice.reason == FEEDBACK:
                await unit.activity.record(_feedback_event(group, now))
            if (
                task := handed_in(scene.group, step, scene.waiting)
            ) and choice.speaker == "teacher":
                group = await self._note_done(unit, group, task, now)
            if draft is not None:
                await self._say(unit, group, scene, choice, partner, draft)

    async def _call_person(
        self, unit: EducationUnit, group: Group, scene: GroupScene, now: datetime
    ) -> None:
        """Who is in danger, bereaved, under age, ill or in debt reads words of their own."""
        if scene.cue is None:
            await hand_off(unit, group, self._voice, now)
            return
        words = hand_over_text(scene.cue, language=group.language)
        whom = scene.waiting[-1].message_id
        await hand_off(unit, group, self._voice, now, say=words, reply_to=whom)

    async def _say(
        self,
        unit: EducationUnit,
        group: Group,
        scene: GroupScene,
        choice: Choice,
        partner: Partner | None,
        draft: DraftReply,
    ) -> None:
        await self._voice.say(
            unit,
            group,
            draft.text,
            reason=choice.reason,
            partner=partner,
            provenance=_provenance(draft, group),
            reply_to=scene.waiting[-1].message_id,
        )
        if draft.action == "hand_off":
            await unit.groups.save(replace(group, trouble=troubles.QUESTION_WAITS))

    async def _note_done(
        self, unit: EducationUnit, group: Group, message: GroupMessage, now: datetime
    ) -> Group:
        group = replace(group, task_done_at=now)
        await unit.groups.save(group)
        await unit.journey.enter(stage_entry(group, f"{DONE}{group.step}", "handed in", now))
        await unit.group_messages.mark_submission(message.id)
        await unit.lanes.wake(LEAD_LANE, group.id, at=now)
        return group

    def _identity(self, group: Group, partner: Partner | None, asked: IdentityQuestion) -> str:
        if partner is not None:
            return welcome.plain("partner_identity", language=group.language)
        return truthful_answer(asked, business=self._business)


def _feedback_event(group: Group, now: datetime) -> Activity:
    return Activity(
        kind="group.feedback",
        at=now,
        client_id=group.client_id,
        conversation_id=group.conversation_id,
        details={"group": group.id},
    )


def _as_step(step: LessonStep | None) -> Step | None:
    return Step(key=step.key, say=step.say or step.task) if step else None


def _request(
    scene: GroupScene,
    script: LessonScript | None,
    step: LessonStep | None,
    partner: Partner | None,
    business: str,
) -> GroupReplyRequest:
    return GroupReplyRequest(
        speaker="partner" if partner else "teacher",
        speaker_role=partner.role if partner else "teacher",
        language=scene.group.language,
        business=business,
        message=text_of(scene.waiting),
        step=_as_step(step),
        task=step.task if step else "",
        facts=script.facts if script else (),
        knowledge=script.knowledge if script else (),
        history=history(scene),
        client_id=whose(scene),
    )


def _provenance(draft: DraftReply, group: Group) -> Provenance:
    if draft.engine == "model":
        return Provenance(
            written_by="model",
            model=draft.model,
            prompt_version=draft.prompt_version,
            script_key=group.script_key or "",
            script_version=group.script_version,
            cost=format(draft.usage.cost, "f")
            if draft.usage and draft.usage.cost is not None
            else None,
        )
    return Provenance(
        written_by=draft.source if draft.source in ("knowledge", "script") else "code",
        script_key=group.script_key or "",
        script_version=group.script_version,
    )
