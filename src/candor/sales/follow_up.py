"""`FollowUps`: plans the reminder with each answer, and turns it into a text when its time has come.

The lane `sales.follow_up` has one key per conversation; its truth is the row. What may forbid the
reminder is looked at here and again by delivery, right before it is sent (`messaging.reminding`).
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Final

from candor.clients.activity import Activity
from candor.clients.profile import ClientProfile
from candor.common.clock import Clock
from candor.common.errors import ConflictError, NotFoundError
from candor.common.ids import ConversationId
from candor.common.lanes import Lane
from candor.disclosure.claims import find_claims
from candor.messaging.conversation import Conversation, Provenance
from candor.messaging.follow_up import FollowUp, next_allowed, silence_of
from candor.messaging.lanes import FOLLOW_UP
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing
from candor.messaging.ports import MessagingUnit
from candor.messaging.reading import Turn
from candor.messaging.reminding import plan_reminder, why_not
from candor.sales.answer import Answer
from candor.sales.drafts import proof_for
from candor.sales.questionnaires.keeping import QuestionnaireService
from candor.sales.questionnaires.ports import AskingUnit
from candor.sales.questionnaires.reminding import Reminder, asked_again
from candor.sales.script import ScriptService
from candor.sales.script_records import Script
from candor.sales.views import BusinessCard, filled, values_for

AT_ONCE: Final = 500
BUSINESS_WINDOW: Final = timedelta(hours=23)
"""In a business account's chat nothing may be sent a day after the client's last words."""
NOT_THE_AIS: Final = "the AI does not handle the dialogue"
NO_WORDS: Final = "the script has no reminder that may be said"
Units = Callable[[], AbstractAsyncContextManager[AskingUnit]]


class FollowUps:
    """One reminder per silence, seldom, and never after a no."""

    def __init__(
        self,
        *,
        units: Units,
        scripts: ScriptService,
        business: BusinessCard,
        clock: Clock,
        questionnaires: QuestionnaireService | None = None,
    ) -> None:
        self._units = units
        self._scripts = scripts
        self._business = business
        self._clock = clock
        self._questionnaires = questionnaires
        self._outbox = Outbox(clock)

    async def plan(self, unit: MessagingUnit, turn: Turn, script: Script, answer: Answer) -> None:
        """In the unit that stores the answer: should the client fall silent after it, this is when."""
        wanted = script.document.follow_up
        silence = silence_of(wanted.after) if wanted else None
        if wanted is None or silence is None:
            return
        if wanted.at and answer.position.stage not in wanted.at:
            await unit.follow_ups.withdraw(
                turn.conversation.id, reason="not at this step", now=self._clock.now()
            )
            return
        await plan_reminder(
            unit,
            turn.conversation.id,
            silence=silence,
            hours=wanted.hours,
            zone=self._zone(turn.client),
            at_most=wanted.at_most,
            after_message=turn.up_to,
            now=self._clock.now(),
        )

    async def remind(self, lane: Lane) -> datetime | None:
        """The lane's handler. Harmless when woken twice, early, late or for nothing."""
        conversation_id = ConversationId(int(lane.key))
        async with self._units() as unit:
            found = await unit.conversations.get(conversation_id)
        script = await self._script_of(found)
        now = self._clock.now()
        async with self._units() as unit:
            try:
                conversation = await unit.conversations.lock(conversation_id)
            except NotFoundError:
                return None
            planned = await unit.follow_ups.live(conversation_id)
            if planned is None or planned.status != "planned":
                return None
            if planned.due_at > now:
                return planned.due_at
            return await self._take_up(unit, planned, conversation, script, now)

    async def sweep(self) -> int:
        """Reminders whose wake-up was lost are woken again."""
        now = self._clock.now()
        async with self._units() as unit:
            forgotten = await unit.follow_ups.overdue(now - timedelta(minutes=5), limit=AT_ONCE)
            await unit.lanes.wake_all(FOLLOW_UP, sorted(forgotten), at=now)
        return len(forgotten)

    async def cancel(self, conversation_id: ConversationId, *, by: str) -> None:
        """An operator wants none. Raises ConflictError when nothing can be taken back any more."""
        now = self._clock.now()
        async with self._units() as unit:
            conversation = await unit.conversations.lock(conversation_id)
            if not await unit.follow_ups.withdraw(conversation_id, reason=f"by {by}", now=now):
                raise ConflictError(
                    "There is no reminder to cancel: none is planned, or it is out."
                )
            await unit.activity.record(
                Activity(
                    kind="follow_up.cancelled",
                    at=now,
                    client_id=conversation.client_id,
                    account_id=conversation.account_id,
                    conversation_id=conversation_id,
                    details={"by": by},
                )
            )

    # --- within

    async def _take_up(
        self,
        unit: AskingUnit,
        planned: FollowUp,
        conversation: Conversation,
        script: Script | None,
        now: datetime,
    ) -> datetime | None:
        client = await unit.users.get(conversation.client_id)
        if client is None:
            return None
        reason = await self._objection(unit, planned, conversation, client, now)
        if reason is not None:
            await unit.follow_ups.settle(planned.id, "cancelled", reason=reason, now=now)
            return None
        allowed = next_allowed(now, hours=planned.hours, zone=self._zone(client))
        if allowed > now:
            return allowed
        said = await self._said(unit, conversation, client, script)
        if said is None:
            await unit.follow_ups.settle(planned.id, "cancelled", reason=NO_WORDS, now=now)
            return None
        outbox = await self._outbox.put(unit, _outgoing(planned, conversation, said))
        await unit.follow_ups.queue(planned.id, outbox)
        return None

    async def _said(
        self,
        unit: AskingUnit,
        conversation: Conversation,
        client: ClientProfile,
        script: Script | None,
    ) -> Reminder | None:
        """By the questionnaire where one of its questions waits, else by the script."""
        if self._questionnaires is not None:
            asked = await asked_again(
                unit, self._questionnaires, conversation.id, client, self._business
            )
            if asked is not None:
                return asked
        words = await self._words(unit, conversation, client, script)
        if not words or script is None:
            return None
        return Reminder(words, script.document.language, script.key, script.version)

    async def _objection(
        self,
        unit: MessagingUnit,
        planned: FollowUp,
        conversation: Conversation,
        client: ClientProfile,
        now: datetime,
    ) -> str | None:
        if conversation.handling != "ai" or client.opted_out_at is not None:
            return NOT_THE_AIS
        chat = await unit.chats.get(conversation.chat)
        if chat is None or chat.blocked_at is not None:
            return "the chat is closed to us"
        last = chat.last_in_at
        if chat.business_connection_id and (last is None or now - last > BUSINESS_WINDOW):
            return "a business account may not write so late"
        return await why_not(unit, planned, now=now)

    async def _script_of(self, conversation: Conversation | None) -> Script | None:
        """The newest version: a reminder that the author took out is not said any more."""
        if conversation is None or conversation.script_id is None:
            return None
        try:
            return await self._scripts.load_script(conversation.script_id, is_running=True)
        except NotFoundError:
            return None

    async def _words(
        self,
        unit: MessagingUnit,
        conversation: Conversation,
        client: ClientProfile,
        script: Script | None,
    ) -> str:
        wanted = script.document.follow_up if script else None
        if script is None or wanted is None:
            return ""
        results = await unit.journey.diagnostics_of(client.id) if "diagnosis" in wanted.say else ()
        values = values_for(
            script,
            client,
            self._business,
            origin=conversation.origin,
            diagnosis=results[0].result if results else None,
        )
        words = filled(wanted.say, values)
        return words if not find_claims(words, proof_for(script.document, values, ())) else ""

    def _zone(self, client: ClientProfile) -> str:
        return client.time_zone or self._business.timezone


def _outgoing(planned: FollowUp, conversation: Conversation, said: Reminder) -> Outgoing:
    return Outgoing(
        account_id=conversation.account_id,
        chat=conversation.chat,
        purpose="follow_up",
        text=said.text,
        author="ai",
        language=said.language,
        label="dialogue",
        provenance=Provenance(
            written_by="script",
            script_key=said.key,
            script_version=said.version,
            note="follow-up",
        ),
        subject=planned.id,
        keyboard=said.keyboard,
        conversation_id=conversation.id,
        stage=conversation.stage,
    )
