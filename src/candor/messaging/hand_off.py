"""Hand-off: a conversation goes to a person and back, and the client is told each time."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from candor.clients.activity import Activity
from candor.common.business import BUSINESS_SETTING, stored_business
from candor.common.clock import Clock
from candor.common.errors import ConflictError, InvalidInputError, NotFoundError
from candor.common.events import BusinessEvent, EventKind
from candor.common.ids import ConversationId, OperatorId, OutboxId
from candor.common.llm import Language
from candor.disclosure.labels import MESSAGE_LIMIT, hand_off_notice
from candor.disclosure.visible_text import utf16_length
from candor.messaging.conversation import Conversation, Handling, Provenance
from candor.messaging.incoming import harmless
from candor.messaging.lanes import ANSWER_CLIENT
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing
from candor.messaging.ports import MessagingUnit
from candor.messaging.texts import hours_notice, notice


class HandOff:
    """What people do with conversations, and what the AI does when it wants a person."""

    def __init__(
        self,
        units: Callable[[], AbstractAsyncContextManager[MessagingUnit]],
        clock: Clock,
        *,
        business: str,
        timezone: str = "UTC",
    ) -> None:
        self._units = units
        self._clock = clock
        self._business = business
        self._timezone = timezone
        self._outbox = Outbox(clock)

    async def take(
        self, conversation_id: ConversationId, operator: OperatorId, *, name: str = ""
    ) -> Conversation:
        """`name` is what the client reads ("From here Anna, a person, answers").

        Raises ConflictError when another operator has it or the client has opted out.
        """
        async with self._units() as unit:
            found = await unit.conversations.lock(conversation_id)
            _refuse_opted_out(found)
            if found.handling == "human" and found.operator_id == operator:
                return found
            if found.handling == "human" and found.operator_id is not None:
                raise ConflictError("Another operator has taken this conversation already.")
            changed = await self._change(unit, found, "human", operator=operator, reopen=True)
            words = hand_off_notice(person=name, language=await _language(unit, found))
            note = Provenance(written_by="code", approved_by=operator, note="hand-off")
            await self._put(unit, found, words, by_person=True, provenance=note, is_notice=True)
            return changed

    async def give_back(
        self, conversation_id: ConversationId, operator: OperatorId | None
    ) -> Conversation:
        """The AI goes on; its next message says so (H1). What waits is answered at once.

        A client who had opted out before a person was asked for is opted out again.
        """
        async with self._units() as unit:
            found = await unit.conversations.lock(conversation_id)
            _refuse_opted_out(found)
            if found.handling == "ai":
                return found
            client = await unit.users.get(found.client_id)
            if client is not None and client.opted_out_at is not None:
                return await self._change(unit, found, "opted_out", by=operator)
            changed = await self._change(unit, found, "ai", by=operator)
            if await unit.conversations.has_unanswered(conversation_id):
                await unit.lanes.wake(ANSWER_CLIENT, conversation_id, at=self._clock.now())
            return changed

    async def write(
        self, conversation_id: ConversationId, operator: OperatorId, text: str
    ) -> OutboxId:
        """Raises ConflictError when the operator has not taken it, InvalidInputError for the text."""
        words = harmless(text).strip()
        if utf16_length(words) > MESSAGE_LIMIT:
            raise InvalidInputError(f"Telegram takes {MESSAGE_LIMIT} characters at most. Split it.")
        async with self._units() as unit:
            found = await unit.conversations.lock(conversation_id)
            _refuse_opted_out(found)
            if found.handling != "human" or found.operator_id != operator:
                raise ConflictError("Take the conversation first, then write.")
            note = Provenance(written_by="person", approved_by=operator)
            stored = await self._put(unit, found, words, by_person=True, provenance=note)
            await unit.conversations.settle_all(conversation_id, now=self._clock.now())
            return stored

    async def pause(
        self, conversation_id: ConversationId, operator: OperatorId | None, *, reason: str = ""
    ) -> Conversation:
        """The AI keeps silent until it is given back."""
        async with self._units() as unit:
            found = await unit.conversations.lock(conversation_id)
            _refuse_opted_out(found)
            return await self._change(
                unit, found, "paused", by=operator, reason=reason, reopen=True
            )

    async def close(
        self, conversation_id: ConversationId, operator: OperatorId | None, *, reason: str = ""
    ) -> Conversation:
        """Ended by a person; a new message of the client opens it again."""
        async with self._units() as unit:
            found = await unit.conversations.lock(conversation_id)
            _refuse_opted_out(found)
            await unit.conversations.settle_all(conversation_id, now=self._clock.now())
            return await self._change(unit, found, "closed", by=operator, reason=reason)

    async def request_person(
        self,
        unit: MessagingUnit,
        conversation: Conversation,
        reason: str,
        *,
        say: str | None = None,
        said_by: Provenance | None = None,
    ) -> None:
        """In the caller's unit: the AI steps back, the client and the operators are told.

        `say`: other words than the standard notice, `said_by` how they came about. Works in every
        state; when a person is there or called already, the client is only told so.
        """
        now = self._clock.now()
        language = await _language(unit, conversation)
        note = Provenance(written_by="code", note=f"person: {reason}")
        if conversation.handling == "human":
            words = notice("person_called_already", language, business=self._business)
        else:
            await self._change(unit, conversation, "human", reason=reason, reopen=True)
            words = say or notice("person_called", language, business=self._business)
            if say and said_by is not None:
                note = replace(said_by, note=note.note)
            await unit.activity.record(
                Activity(
                    kind="conversation.person_wanted",
                    at=now,
                    level="warning",
                    client_id=conversation.client_id,
                    account_id=conversation.account_id,
                    conversation_id=conversation.id,
                    details={"reason": reason},
                )
            )
        words += await self._hours(unit, language)
        await self._put(unit, conversation, words, provenance=note, is_notice=True)

    async def _hours(self, unit: MessagingUnit, language: Language) -> str:
        """When people answer, for a client who calls one at another time; else nothing."""
        stored = await unit.setting_overrides.get(BUSINESS_SETTING)
        hours = stored_business(stored.value if stored else None).hours
        if hours is None or hours.is_open(self._clock.now(), timezone=self._timezone):
            return ""
        return "\n" + hours_notice(hours, language, timezone=self._timezone)

    async def end(self, unit: MessagingUnit, conversation: Conversation, reason: str) -> None:
        """In the caller's unit: the script has come to its end; a queued farewell still goes out."""
        await self._change(unit, conversation, "closed", reason=reason, cancels=False)

    async def _change(
        self,
        unit: MessagingUnit,
        found: Conversation,
        handling: Handling,
        *,
        operator: OperatorId | None = None,
        by: OperatorId | None = None,
        reason: str = "",
        reopen: bool = False,
        cancels: bool = True,
    ) -> Conversation:
        """The one place that changes who handles a conversation; the log tells who did it."""
        now = self._clock.now()
        leaves_person = found.handling == "human" and handling != "human"
        changed = await unit.conversations.set_handling(
            found.id,
            handling,
            now=now,
            operator_id=operator,
            reason=reason,
            label_due="return" if leaves_person else None,
        )
        if handling != "ai":
            await unit.follow_ups.withdraw(found.id, reason=f"handling: {handling}", now=now)
        if cancels and found.handling in ("ai", "closed"):
            await unit.outbox.cancel_queued(
                found.id, reason=f"handling: {handling}", now=now, reopen=reopen
            )
        await self._publish(unit, found, handling, reason=reason, operator=operator or by)
        await unit.activity.record(
            Activity(
                kind=f"conversation.{_EVENTS[handling]}",
                at=now,
                client_id=found.client_id,
                account_id=found.account_id,
                conversation_id=found.id,
                details={"operator": operator or by, "reason": reason, "before": found.handling},
            )
        )
        return changed

    async def _publish(
        self,
        unit: MessagingUnit,
        found: Conversation,
        handling: Handling,
        *,
        reason: str,
        operator: OperatorId | None,
    ) -> None:
        """The business's own tools hear of it once, however many people then take it."""
        kind = _PUBLISHED.get(handling)
        if kind is None or found.handling == handling:
            return
        data = {
            "conversation_id": found.id,
            "stage": found.stage,
            "reason": reason,
            "operator_id": operator,
        }
        await unit.events.publish(
            BusinessEvent(kind=kind, at=self._clock.now(), client_id=found.client_id, data=data)
        )

    async def _put(
        self,
        unit: MessagingUnit,
        conversation: Conversation,
        text: str,
        *,
        provenance: Provenance,
        by_person: bool = False,
        is_notice: bool = False,
    ) -> OutboxId:
        return await self._outbox.put(
            unit,
            Outgoing(
                account_id=conversation.account_id,
                chat=conversation.chat,
                purpose="notice" if is_notice else "conversation",
                text=text,
                author="human" if by_person else "ai",
                language=await _language(unit, conversation),
                label="none" if by_person else "dialogue",
                provenance=provenance,
                subject=conversation.id,
                conversation_id=conversation.id,
            ),
        )


_EVENTS: dict[Handling, str] = {
    "ai": "given_back",
    "human": "taken",
    "paused": "paused",
    "opted_out": "opted_out",
    "closed": "closed",
}


_PUBLISHED: dict[Handling, EventKind] = {
    "ai": "conversation.given_back",
    "human": "conversation.handed_off",
    "closed": "conversation.closed",
}


def _refuse_opted_out(conversation: Conversation) -> None:
    if conversation.handling == "opted_out":
        raise ConflictError(
            "The client has sent /stop, so nobody may write here. Only the client can come back."
        )


async def _language(unit: MessagingUnit, conversation: Conversation) -> Language:
    client = await unit.users.get(conversation.client_id)
    if client is None:
        raise NotFoundError("The client is gone.")
    return client.language
