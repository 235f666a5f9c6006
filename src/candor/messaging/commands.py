"""H6: `/stop`, `/human`, `/privacy`, `/export`, `/delete`, answered by code in every chat and state.

Everything here happens in the unit that stores the message, so it holds with the model down, and a
`/stop` is committed before the next text can be sent.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Generic, Literal

from candor.clients.activity import Activity
from candor.clients.erasure import opt_out_hash
from candor.common.clock import Clock
from candor.common.events import BusinessEvent
from candor.common.ids import ClientId, TelegramChatId
from candor.common.llm import Language
from candor.disclosure.identity import IdentityQuestion, truthful_answer
from candor.messaging.consenting import ConsentDesk
from candor.messaging.conversation import Provenance
from candor.messaging.gateway import Button, Keyboard
from candor.messaging.hand_off import HandOff
from candor.messaging.incoming import IncomingMessage, IncomingPress, PressAnswer
from candor.messaging.lanes import ANSWER_CLIENT, DELIVER
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing, Purpose
from candor.messaging.parsing import Command
from candor.messaging.ports import StoredInbound, U
from candor.messaging.texts import Notice, notice

DELETE_YES: Final = "candor:delete:yes"
DELETE_NO: Final = "candor:delete:no"

OptOutHook = Callable[[U, ClientId, datetime], Awaitable[None]]
"""An area's own part of an opt-out (it closes its groups), in the same unit."""


class CommandDesk(Generic[U]):
    """Carries out commands in the caller's unit."""

    def __init__(
        self,
        clock: Clock,
        hand_off: HandOff,
        *,
        business: str,
        salt: bytes,
        opt_out_hooks: Sequence[OptOutHook[U]] = (),
        consents: ConsentDesk[U],
    ) -> None:
        self._clock = clock
        self._hand_off = hand_off
        self._outbox = Outbox(clock)
        self._business = business
        self._salt = salt
        self._hooks = tuple(opt_out_hooks)
        self._consents = consents

    async def carry_out(
        self, unit: U, command: Command, message: IncomingMessage, stored: StoredInbound
    ) -> None:
        """Everything but `/start`, which is a client's first words and goes its ordinary way."""
        language = command.language or stored.client.language
        is_private = stored.conversation_id is not None
        match command.name:
            case "stop":
                await self._stop(unit, stored, language)
            case "human":
                await self._human(unit, stored, language)
            case "export" if is_private:
                await self._say(unit, stored, "export_caption", language, is_file=True)
                await self._log(unit, "client.exported", stored, self._clock.now())
            case "export":
                await self._say(unit, stored, "export_in_private", language)
            case "delete" if is_private:
                keyboard = self._delete_keyboard(language)
                await self._say(unit, stored, "delete_question", language, keyboard=keyboard)
            case "delete":
                await self._ask_in_private(unit, message, stored, language)
            case "privacy" if is_private:
                keyboard = await self._consents.keyboard(unit, stored.client.id, language)
                await self._say(unit, stored, "privacy", language, keyboard=keyboard)
            case "privacy":
                await self._say(unit, stored, "privacy", language)
            case "help":
                await self._say(unit, stored, "help", language)

    async def answer_identity(
        self, unit: U, question: IdentityQuestion, stored: StoredInbound
    ) -> None:
        """H2. It is withdrawn should a person take over before it is sent."""
        words = truthful_answer(question, business=self._business)
        provenance = Provenance(written_by="code", note="identity")
        await self._put(unit, stored, words, question.language, provenance, "conversation")

    async def press(self, unit: U, press: IncomingPress) -> PressAnswer:
        """The buttons of the erasure screen."""
        client = await unit.users.find(press.sender_id)
        chat = await unit.chats.find(press.account_id, press.chat_id)
        if client is None or chat is None or chat.client_id != client.id:
            return PressAnswer(notice("button_is_old", "ru", business=self._business))
        if press.data == DELETE_NO:
            return PressAnswer(notice("delete_kept", client.language, business=self._business))
        now = self._clock.now()
        await self._run_hooks(unit, client.id, now)
        conversation = await unit.conversations.of_chat(chat.id)
        erased = await unit.erasure.erase(
            client.id, hashes=await self._hashes(unit, client.id), now=now
        )
        await unit.lanes.drop(DELIVER, chat.id)
        if conversation is not None:
            await unit.lanes.drop(ANSWER_CLIENT, conversation.id)
        await unit.activity.record(
            Activity(kind="client.erased", at=now, details={"rows": erased.total})
        )
        gone = BusinessEvent(
            kind="client.erased", at=now, client_id=None, data={"client_id": client.id}
        )
        await unit.events.publish(gone)
        return PressAnswer(notice("deleted", client.language, business=self._business))

    async def _stop(self, unit: U, stored: StoredInbound, language: Language) -> None:
        now = self._clock.now()
        client = stored.client
        hashes = await self._hashes(unit, client.id)
        await unit.client_states.opt_out(client.id, hashes=hashes, now=now)
        await unit.outbox.cancel_for_client(client.id, reason="/stop", now=now)
        await unit.follow_ups.withdraw_for_client(client.id, reason="/stop", now=now)
        await unit.consents.withdraw(client.id, now=now)
        await self._run_hooks(unit, client.id, now)
        if client.opted_out_at is None:
            await self._log(unit, "client.opted_out", stored, now)
            await unit.events.publish(
                BusinessEvent(kind="client.opted_out", at=now, client_id=client.id)
            )
            is_private = stored.conversation_id is not None
            said: Notice = "stopped" if is_private else "stopped_in_group"
            await self._say(unit, stored, said, language)
        elif stored.conversation_id is not None:
            await self._say(unit, stored, "stopped_already", language)

    async def _hashes(self, unit: U, client_id: ClientId) -> tuple[bytes, ...]:
        """What stays of a person: a mark for each of their Telegram accounts."""
        accounts = await unit.users.telegram_ids_of(client_id)
        return tuple(opt_out_hash(account, self._salt) for account in accounts)

    async def _human(self, unit: U, stored: StoredInbound, language: Language) -> None:
        conversation = await unit.conversations.of_chat(stored.chat)
        if conversation is not None:
            await self._hand_off.request_person(unit, conversation, "/human")
            return
        await self._log(unit, "group.person_wanted", stored, self._clock.now(), level="warning")
        await self._say(unit, stored, "person_called", language)

    async def _ask_in_private(
        self, unit: U, message: IncomingMessage, stored: StoredInbound, language: Language
    ) -> None:
        """`/delete` in a group: the question goes to the person's dialogue with us, if there is one."""
        chat = await unit.chats.find(stored.account_id, TelegramChatId(message.sender_id))
        dialogue = await unit.conversations.of_chat(chat.id) if chat else None
        if chat is None or dialogue is None or dialogue.client_id != stored.client.id:
            await self._say(unit, stored, "delete_in_private", language)
            return
        there = replace(stored, chat=chat.id, conversation_id=dialogue.id)
        keyboard = self._delete_keyboard(language)
        await self._say(unit, there, "delete_question", language, keyboard=keyboard)
        await self._say(unit, stored, "delete_asked_in_private", language)

    def _delete_keyboard(self, language: Language) -> Keyboard:
        yes, no = (notice(n, language, business="") for n in ("delete_yes", "delete_no"))
        return ((Button(yes, data=DELETE_YES), Button(no, data=DELETE_NO)),)

    async def _run_hooks(self, unit: U, client_id: ClientId, now: datetime) -> None:
        for hook in self._hooks:
            await hook(unit, client_id, now)

    async def _log(
        self,
        unit: U,
        kind: str,
        stored: StoredInbound,
        now: datetime,
        *,
        level: Literal["info", "warning"] = "info",
    ) -> None:
        await unit.activity.record(
            Activity(
                kind=kind,
                at=now,
                level=level,
                client_id=stored.client.id,
                conversation_id=stored.conversation_id,
                details={"chat": stored.chat},
            )
        )

    async def _say(
        self,
        unit: U,
        stored: StoredInbound,
        which: Notice,
        language: Language,
        *,
        keyboard: Keyboard = (),
        is_file: bool = False,
    ) -> None:
        words = notice(which, language, business=self._business)
        note = Provenance(written_by="code", note=which)
        await self._put(
            unit, stored, words, language, note, "notice", keyboard=keyboard, is_file=is_file
        )

    async def _put(
        self,
        unit: U,
        stored: StoredInbound,
        words: str,
        language: Language,
        provenance: Provenance,
        purpose: Purpose,
        *,
        keyboard: Keyboard = (),
        is_file: bool = False,
    ) -> None:
        await self._outbox.put(
            unit,
            Outgoing(
                account_id=stored.account_id,
                chat=stored.chat,
                purpose=purpose,
                text=words,
                author="ai",
                language=language,
                label="dialogue",
                provenance=provenance,
                subject=stored.conversation_id,
                conversation_id=stored.conversation_id,
                keyboard=keyboard,
                kind="file" if is_file else "text",
            ),
        )
