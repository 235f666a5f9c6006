"""The inbox: what Telegram delivers is stored before it is acknowledged, commands answered at once."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Generic

from candor.clients.activity import Activity
from candor.clients.arrival import Arrival, note_arrival
from candor.clients.consent import ModelConsent
from candor.clients.erasure import opt_out_hash
from candor.clients.profile import language_by_code, language_of_text, time_zone_of_text
from candor.common.clock import Clock
from candor.common.ids import AccountId, TelegramChatId
from candor.common.llm import Language
from candor.disclosure.identity import IdentityQuestion, asks_identity
from candor.disclosure.labels import SILENCE
from candor.messaging.asking import Asker
from candor.messaging.commands import DELETE_NO, DELETE_YES, CommandDesk, OptOutHook
from candor.messaging.consenting import ConsentDesk
from candor.messaging.hand_off import HandOff
from candor.messaging.incoming import IncomingMessage, IncomingPress, PressAnswer, Received
from candor.messaging.lanes import ANSWER_CLIENT
from candor.messaging.parsing import Command, parse_command, start_link
from candor.messaging.ports import InboundRow, StoredInbound, U

BURST_CAP: Final = 4
"""A burst that keeps growing is answered after so many times the burst window at the latest."""
_IGNORED: Final = Received("ignored")


class Inbox(Generic[U]):
    """Takes what the edges hand over; when a method returns, the update may be acknowledged."""

    def __init__(
        self,
        units: Callable[[], AbstractAsyncContextManager[U]],
        clock: Clock,
        *,
        business: str,
        language: Language,
        salt: bytes,
        older_salts: Sequence[bytes] = (),
        burst: timedelta = timedelta(seconds=1.5),
        opt_out_hooks: Sequence[OptOutHook[U]] = (),
        asker: Asker[U] | None = None,
        model_consent: ModelConsent | None = None,
    ) -> None:
        """`salt`: secret of this installation for opt-out hashes; it must never change. What was
        marked with one of `older_salts` is recognised too."""
        self._units = units
        self._clock = clock
        self._language: Language = language
        self._business = business
        self._salts = (salt, *older_salts)
        self._burst = burst
        self._asker = asker
        self._consents: ConsentDesk[U] = ConsentDesk(
            clock, business=business, model=model_consent or ModelConsent()
        )
        self._desk: CommandDesk[U] = CommandDesk(
            clock,
            HandOff(units, clock, business=business),
            business=business,
            salt=salt,
            opt_out_hooks=opt_out_hooks,
            consents=self._consents,
        )

    async def receive(self, incoming: IncomingMessage) -> Received:
        """Store a message and wake who answers it; in groups only commands are ours."""
        if incoming.is_bot:
            return _IGNORED
        if incoming.is_from_owner:
            return await self._receive_owners(incoming)
        if incoming.is_edit:
            return await self._receive_edit(incoming)
        is_private = incoming.chat_type == "private"
        command = parse_command(
            incoming.text,
            account_username=incoming.account_username,
            words_count=is_private or incoming.is_addressed,
        )
        if not is_private and (command is None or command.name == "start"):
            return _IGNORED
        return await self._receive_new(incoming, command)

    async def receive_press(self, press: IncomingPress) -> PressAnswer:
        """A tap on a button of ours; `is_handled` False: it belongs to an area."""
        if self._asker is not None and self._asker.is_ours(press):
            return await self._receive_answer(self._asker, press)
        if self._consents.is_ours(press):
            async with self._units() as unit:
                return await self._consents.press(unit, press)
        if press.data not in (DELETE_YES, DELETE_NO):
            return PressAnswer(is_handled=False)
        async with self._units() as unit:
            return await self._desk.press(unit, press)

    async def chat_blocked(self, account_id: AccountId, chat_id: TelegramChatId) -> None:
        """The person blocked the account: nothing more is tried there until they come back."""
        now = self._clock.now()
        async with self._units() as unit:
            chat = await unit.chats.set_blocked(account_id, chat_id, blocked_at=now)
            if chat is None:
                return
            await unit.outbox.cancel_for_chat(chat.id, reason="blocked", now=now)
            if chat.client_id is not None:
                await unit.consents.withdraw(chat.client_id, now=now)
            await unit.activity.record(
                Activity(
                    kind="chat.blocked", at=now, client_id=chat.client_id, account_id=account_id
                )
            )

    async def chat_unblocked(self, account_id: AccountId, chat_id: TelegramChatId) -> None:
        """The person unblocked the account. Nothing is sent: the client writes first (H5)."""
        async with self._units() as unit:
            chat = await unit.chats.set_blocked(account_id, chat_id, blocked_at=None)
            if chat is not None:
                await unit.chats.touch(chat.id, label_due="start")

    async def _receive_new(self, incoming: IncomingMessage, command: Command | None) -> Received:
        now = self._clock.now()
        is_start = command is not None and command.name == "start"
        question = asks_identity(incoming.text) if command is None else None
        row = self._row(incoming, command, now)
        async with self._units() as unit:
            stored = await unit.conversations.receive(row)
            if stored is None:
                return Received("duplicate")
            await self._note_arrival(unit, row, stored, is_talk=command is None)
            if command is not None and not is_start:
                await self._desk.carry_out(unit, command, incoming, stored)
            elif question is None or not await self._answer_identity(unit, question, stored, now):
                await self._pass_on(unit, incoming, command, stored, now)
        return _received("new", stored, command)

    async def _pass_on(
        self,
        unit: U,
        incoming: IncomingMessage,
        command: Command | None,
        stored: StoredInbound,
        now: datetime,
    ) -> None:
        """To whoever asks questions just now, else to the turn that answers."""
        link = start_link(_payload(incoming, command))
        if self._asker is None or stored.handling != "ai":
            is_taken = False
        elif link.questionnaire is not None and await self._asker.begin(
            unit, link.questionnaire, stored
        ):
            is_taken = True
        else:
            is_start = command is not None
            is_taken = await self._asker.take(unit, incoming, stored, is_start=is_start)
        if not is_taken:
            await self._wake(unit, stored, now)

    async def _receive_answer(self, asker: Asker[U], press: IncomingPress) -> PressAnswer:
        """A tap on an answer is stored as the client's words."""
        now = self._clock.now()
        async with self._units() as unit:

            async def store(tapped: IncomingMessage, is_settled: bool) -> StoredInbound | None:
                row = replace(
                    self._row(tapped, None, now), is_settled=is_settled, learnt_language=None
                )
                return await unit.conversations.receive(row)

            return await asker.press(unit, press, store)

    async def _note_arrival(
        self, unit: U, row: InboundRow, stored: StoredInbound, *, is_talk: bool
    ) -> None:
        message = row.message
        arrival = Arrival(
            client=stored.client,
            sender_id=message.sender_id,
            now=row.now,
            milestone=stored.milestone,
            is_first=stored.is_first,
            is_back=row.is_start or (stored.is_back and is_talk),
            is_talk=is_talk,
            payload=row.origin,
            conversation_id=stored.conversation_id,
            where=f"chat:{message.chat_id} message:{message.message_id}",
        )
        await note_arrival(unit, arrival, business=self._business)
        if stored.is_first or row.is_start:
            await self._consents.ask_for_model(unit, stored)

    async def _answer_identity(
        self, unit: U, question: IdentityQuestion, stored: StoredInbound, now: datetime
    ) -> bool:
        """True when nothing of the message is left to a turn. A person answers it for themselves."""
        if stored.handling in ("human", "opted_out"):
            return False
        await self._desk.answer_identity(unit, question, stored)
        if question.rest or stored.message is None:
            return False
        await unit.conversations.settle_inbound(stored.message, now=now)
        return True

    async def _receive_edit(self, incoming: IncomingMessage) -> Received:
        """What a message has become counts as if it were new: a command, or "are you a bot?"."""
        now = self._clock.now()
        command = _edited_command(incoming)
        question = asks_identity(incoming.text) if command is None else None
        async with self._units() as unit:
            stored = await unit.conversations.edit(incoming, now=now)
            if stored is None:
                return _IGNORED
            if command is not None:
                if stored.message is not None:
                    await unit.conversations.settle_inbound(stored.message, now=now)
                await self._desk.carry_out(unit, command, incoming, stored)
                return _received("edited", stored, command)
            is_told = question is not None and await self._answer_identity(
                unit, question, stored, now
            )
            if not is_told and stored.waiting_since is not None:
                await self._wake(unit, stored, now)
        return _received("edited", stored, None)

    async def _receive_owners(self, incoming: IncomingMessage) -> Received:
        """A business owner answers by hand in their own chat: a person handles it from now on."""
        now = self._clock.now()
        async with self._units() as unit:
            found = await unit.conversations.add_owners_message(incoming, now=now)
            if found is None:
                return _IGNORED
            conversation = await unit.conversations.lock(found)
            await unit.conversations.settle_all(found, now=now)
            if conversation.handling in ("ai", "paused", "closed"):
                await unit.conversations.set_handling(
                    found, "human", now=now, reason="the owner answers"
                )
                await unit.outbox.cancel_queued(
                    found, reason="the owner answers", now=now, reopen=False
                )
                await unit.follow_ups.withdraw(found, reason="the owner answers", now=now)
        return Received("new", conversation.client_id, found)

    async def _wake(self, unit: U, stored: StoredInbound, now: datetime) -> None:
        """A burst is answered once it rests; one that keeps growing, at the cap."""
        if stored.handling != "ai" or stored.conversation_id is None:
            return
        since = stored.waiting_since or now
        due = max(now, min(now + self._burst, since + self._burst * BURST_CAP))
        await unit.lanes.postpone(ANSWER_CLIENT, stored.conversation_id, at=due)

    def _row(self, incoming: IncomingMessage, command: Command | None, now: datetime) -> InboundRow:
        is_start = command is not None and command.name == "start"
        learnt = language_of_text(incoming.text) if command is None else None
        by_code = language_by_code(incoming.language_code, default=self._language)
        return InboundRow(
            message=incoming,
            now=now,
            language=learnt or (command.language if command else None) or by_code,
            learnt_language=learnt,
            learnt_time_zone=time_zone_of_text(incoming.text) if command is None else None,
            origin=start_link(_payload(incoming, command)).origin,
            opt_out_hashes=tuple(opt_out_hash(incoming.sender_id, salt) for salt in self._salts),
            is_start=is_start,
            is_settled=command is not None and not is_start,
            silence=SILENCE,
            has_conversation=incoming.chat_type == "private",
        )


def _edited_command(incoming: IncomingMessage) -> Command | None:
    """An edit begins no dialogue anew."""
    found = parse_command(
        incoming.text, account_username=incoming.account_username, words_count=True
    )
    return None if found is not None and found.name == "start" else found


def _payload(incoming: IncomingMessage, command: Command | None) -> str:
    return incoming.start_payload or (command.payload if command else "")


def _received(status: str, stored: StoredInbound, command: Command | None) -> Received:
    return Received(
        "edited" if status == "edited" else "new",
        stored.client.id,
        stored.conversation_id,
        stored.message,
        command.name if command else None,
    )
