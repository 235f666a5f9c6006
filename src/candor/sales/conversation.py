"""`SalesConversationService`: the turn that answers a client, as the lane `sales.answer_client`.

Read in one unit, think with none open, store in a second: analysis, stage, strategy, the answer in
the outbox and what a trigger asks for live or die together. Whatever changed in between (a newer
message, a person who took over, another turn) makes the storing fail, and the turn starts over.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

import structlog

from candor.common.clock import Clock
from candor.common.errors import ConflictError, NotFoundError
from candor.common.events import BusinessEvent
from candor.common.ids import ConversationId
from candor.common.lanes import Lane
from candor.common.units import Units
from candor.messaging.conversation import Conversation
from candor.messaging.hand_off import HandOff
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing
from candor.messaging.ports import MessagingUnit
from candor.messaging.reading import SavedTurn, Turn
from candor.sales.answer import Answer
from candor.sales.answering import AnswerWriter
from candor.sales.follow_up import FollowUps
from candor.sales.questionnaires.desk import QuestionnaireDesk
from candor.sales.questionnaires.ports import AskingUnit
from candor.sales.questionnaires.talk import ANSWER
from candor.sales.script import ScriptService
from candor.sales.script_records import Script
from candor.sales.spoken import evident_language
from candor.sales.stepping import Position, position_in
from candor.sales.triggers import (
    CALLS_PERSON,
    DECLINE_GROUP,
    OPEN_GROUP,
    ActionPlan,
    is_refusal,
)

log = structlog.get_logger(__name__)

_STARTS: Final = 4
"""How often one wake-up begins anew before it lets the next one try."""

PATIENCE: Final = timedelta(seconds=15)
"""A client who has waited so long is answered, whatever he has written meanwhile."""
AGREEMENTS: Final = frozenset({"open_group", "send_invoice"})
"""Actions of a trigger that a client's yes sets off."""


Outcome = Literal["answered", "handed_off", "nothing_to_do", "state_changed"]


class Typing(Protocol):
    """Shows that an answer is being written, for as long as the block lasts; never raises."""

    def during(self, conversation: Conversation) -> AbstractAsyncContextManager[None]: ...


class NoTyping:
    """For rehearsals and tests."""

    def during(self, conversation: Conversation) -> AbstractAsyncContextManager[None]:
        return nullcontext()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a dialogue stands: in which version of which script, at which step."""

    script: Script
    position: Position


@dataclass(frozen=True, slots=True)
class _Known:
    """What the client's questionnaires have told."""

    diagnosis: Mapping[str, object] = field(default_factory=dict)
    """Of the newest result."""
    answered: frozenset[str] = frozenset()
    """Keys of all that were answered."""

    @property
    def script(self) -> str:
        """Key of the sales script that the result asks for; empty when it asks for none."""
        return str(self.diagnosis.get("script") or "")


class SalesConversationService:
    """The outline's SalesConversationService."""

    def __init__(
        self,
        *,
        units: Units[AskingUnit],
        scripts: ScriptService,
        writer: AnswerWriter,
        outbox: Outbox,
        hand_off: HandOff,
        clock: Clock,
        typing: Typing | None = None,
        questionnaires: QuestionnaireDesk | None = None,
        follow_ups: FollowUps | None = None,
    ) -> None:
        self._units = units
        self._scripts = scripts
        self._writer = writer
        self._outbox = outbox
        self._hand_off = hand_off
        self._clock = clock
        self._typing = typing or NoTyping()
        self._questionnaires = questionnaires
        self._follow_ups = follow_ups

    async def answer_client(self, lane: Lane) -> datetime | None:
        """The lane's handler. Harmless when woken twice, late or for nothing."""
        await self.answer(ConversationId(int(lane.key)))
        return None

    async def answer(self, conversation_id: ConversationId) -> Outcome:
        """Answer all that waits in the conversation, once."""
        for _ in range(_STARTS):
            outcome = await self._answer_once(conversation_id)
            if outcome != "state_changed":
                return outcome
        log.warning("sales_turn_kept_changing", conversation_id=conversation_id)
        return "state_changed"

    async def _answer_once(self, conversation_id: ConversationId) -> Outcome:
        # What it takes back stands by itself: whoever comes next finds it waiting.
        async with self._units.apart() as unit:
            turn = await unit.conversations.take_unanswered(conversation_id, now=self._clock.now())
        if turn is None:
            return "nothing_to_do"
        known = await self._known(turn)
        place = await self._place(turn, known)
        try:
            if place is None:
                return await self._call_person(turn)
            async with self._typing.during(turn.conversation):
                answer = await self._writer.answer(
                    turn,
                    place.script,
                    place.position,
                    diagnosis=known.diagnosis,
                    answered=known.answered,
                    is_identity_told=True,
                )
            return await self._store(turn, place.script, answer)
        except ConflictError as error:
            log.info("sales_turn_starts_over", conversation_id=conversation_id, why=error.message)
            return "state_changed"

    # --- which script, which step

    async def _place(self, turn: Turn, known: _Known) -> _Place | None:
        conversation = turn.conversation
        if known.script and (conversation.script_id is None or _is_led(turn)):
            asked_for = await self._asked_for(known.script)
            if asked_for is not None and asked_for.id != conversation.script_id:
                return _Place(asked_for, Position())
        if conversation.script_id is not None:
            try:
                return await self._running(conversation)
            except NotFoundError:
                log.warning("sales_script_gone", conversation_id=conversation.id)
        # What the client writes in counts for more than the language of their Telegram.
        language = evident_language(turn.text) or turn.client.language
        script = await self._scripts.choose_script(conversation.account_id, language)
        return None if script is None else _Place(script, Position())

    async def _asked_for(self, key: str) -> Script | None:
        """The sales script that a questionnaire's result names; None when it is gone."""
        try:
            script = await self._scripts.load_script(key)
        except NotFoundError:
            log.warning("sales_script_of_result_gone", key=key)
            return None
        return script if script.document.kind == "sales" else None

    async def _running(self, conversation: Conversation) -> _Place:
        """The dialogue's own script, by the newest version's policy."""
        if conversation.script_id is None:
            raise NotFoundError
        newest = await self._scripts.load_script(conversation.script_id, is_running=True)
        own = conversation.script_version or newest.version
        position = Position(conversation.stage, conversation.return_stage)
        if own == newest.version:
            return _Place(newest, position)
        old = await self._scripts.load_script(conversation.script_id, version=own)
        policy = newest.document.policy
        if policy == "stay":
            return _Place(old, position)
        order = tuple(step.key for step in old.document.steps)
        carried = position_in(
            newest.document, position, policy=policy, is_other_version=True, old_order=order
        )
        return _Place(newest, carried)

    async def _known(self, turn: Turn) -> _Known:
        """The results of the client's questionnaires, read only where they can matter."""
        conversation = turn.conversation
        if conversation.script_id is not None and not _is_led(turn):
            try:
                script = await self._scripts.load_script(conversation.script_id, is_running=True)
            except NotFoundError:
                return _Known()
            if not _names_diagnosis(script):
                return _Known()
        async with self._units.apart() as unit:
            results = await unit.journey.diagnostics_of(turn.client.id)
        if not results:
            return _Known()
        return _Known(results[0].result, frozenset(result.kind for result in results))

    # --- storing

    async def _call_person(self, turn: Turn) -> Outcome:
        async with self._units() as unit:
            await unit.conversations.save_turn(
                SavedTurn(
                    conversation_id=turn.conversation.id,
                    up_to=turn.up_to,
                    edited_at=turn.edited_at,
                    now=self._clock.now(),
                    stage=turn.conversation.stage,
                )
            )
            await self._hand_off.request_person(unit, turn.conversation, "there is no sales script")
        return "handed_off"

    async def _store(self, turn: Turn, script: Script, answer: Answer) -> Outcome:
        is_person_called = answer.plan is not None and answer.plan.action in CALLS_PERSON
        async with self._units() as unit:
            await unit.conversations.save_turn(self._saved(turn, script, answer))
            if is_person_called:
                await self._hand_off.request_person(
                    unit,
                    turn.conversation,
                    _reason(answer),
                    say=answer.text or None,
                    said_by=answer.provenance,
                )
            else:
                await self._put(unit, turn, script, answer)
            if answer.plan is not None:
                await self._carry_out(unit, turn, answer.plan)
            if is_refusal(answer.analysis):
                await unit.lanes.wake(DECLINE_GROUP, turn.conversation.id, at=self._clock.now())
        return "handed_off" if is_person_called else "answered"

    async def _put(self, unit: AskingUnit, turn: Turn, script: Script, answer: Answer) -> None:
        """The answer, with the first question of a questionnaire where the step asks one, and the
        reminder should nothing follow."""
        if self._follow_ups is not None:
            await self._follow_ups.plan(unit, turn, script, answer)
        outgoing = outgoing_of(turn, answer, now=self._clock.now())
        step = script.document.step(answer.position.stage)
        if self._questionnaires is not None and step is not None and step.questionnaire:
            has_arrived = answer.position.stage != turn.conversation.stage
            is_asked_for = answer.plan is not None and answer.plan.action == "go_to"
            if await self._questionnaires.begin_by_script(
                unit,
                step.questionnaire,
                turn.conversation,
                turn.client,
                outgoing,
                is_new=has_arrived or is_asked_for,
            ):
                return
        await self._outbox.put(unit, outgoing)

    def _saved(self, turn: Turn, script: Script, answer: Answer) -> SavedTurn:
        return SavedTurn(
            conversation_id=turn.conversation.id,
            up_to=turn.up_to,
            edited_at=turn.edited_at,
            now=self._clock.now(),
            stage=answer.position.stage,
            return_stage=answer.position.return_stage,
            strategy=answer.strategy,
            script_id=script.id,
            script_version=script.version,
            script_fit_score=answer.score,
            analysis=answer.analysis_data(),
            trigger=answer.trigger,
            cause=f"trigger:{answer.trigger}" if answer.trigger else answer.strategy,
            summary=answer.summary,
        )

    async def _carry_out(self, unit: MessagingUnit, turn: Turn, plan: ActionPlan) -> None:
        """What the trigger asks for, in the unit that stores the answer."""
        conversation = turn.conversation
        if plan.action in AGREEMENTS:
            await self._note_agreement(unit, conversation, plan)
        if plan.action == "open_group":
            await unit.lanes.wake(OPEN_GROUP, conversation.id, at=self._clock.now())
        elif plan.action == "close":
            await self._hand_off.end(unit, conversation, plan.trigger or plan.cause)

    async def _note_agreement(
        self, unit: MessagingUnit, conversation: Conversation, plan: ActionPlan
    ) -> None:
        """The milestone, and word to the business's own tools."""
        now = self._clock.now()
        cause = f"trigger:{plan.trigger or plan.cause}"
        await unit.journey.reach(
            conversation.client_id,
            "agreed",
            cause=cause,
            now=now,
            conversation_id=conversation.id,
        )
        data = {
            "conversation_id": conversation.id,
            "stage": conversation.stage,
            "trigger": plan.trigger,
            "action": plan.action,
        }
        await unit.events.publish(
            BusinessEvent(kind="client.agreed", at=now, client_id=conversation.client_id, data=data)
        )


def outgoing_of(turn: Turn, answer: Answer, *, now: datetime) -> Outgoing:
    """The answer as the outbox takes it; the label is delivery's work."""
    conversation = turn.conversation
    return Outgoing(
        account_id=conversation.account_id,
        chat=conversation.chat,
        purpose="conversation",
        text=answer.text,
        author="ai",
        language=answer.language,
        label="dialogue",
        provenance=answer.provenance,
        subject=conversation.id,
        conversation_id=conversation.id,
        answers_up_to=turn.up_to if _may_be_taken_back(turn, answer, now) else None,
        strategy=answer.strategy,
        stage=answer.position.stage,
        trigger=answer.trigger,
    )


def _may_be_taken_back(turn: Turn, answer: Answer, now: datetime) -> bool:
    """Whether a newer message makes this answer void, so that one answer covers both. Not for ever, or
    whoever writes faster than the model answers hears nothing; and not where something is done with it."""
    is_done = answer.plan is not None and answer.plan.action in AGREEMENTS
    return not is_done and now - turn.unanswered[0].created_at < PATIENCE


def _reason(answer: Answer) -> str:
    if answer.plan is None:
        return "a person is wanted"
    return answer.plan.trigger or answer.plan.cause


def _is_led(turn: Turn) -> bool:
    """Whether the turn answers the end of a questionnaire."""
    return any(line.kind == ANSWER for line in turn.unanswered)


def _names_diagnosis(script: Script) -> bool:
    """Whether any template or condition of the script looks at the client's questionnaire."""
    document = script.document
    words = [part for step in document.steps for part in (step.say, step.task, *step.alternatives)]
    words += [rule.when for step in document.steps for rule in step.next]
    words += ["diagnosis" for step in document.steps if step.questionnaire]
    words += [point for step in document.steps for point in step.must_say]
    words += [trigger.say for trigger in document.triggers]
    return any("diagnosis" in part for part in words if part)
