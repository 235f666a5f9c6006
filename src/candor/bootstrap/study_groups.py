"""Connects education with what the Telegram edge hears in groups."""

from dataclasses import replace

from candor.common.ids import AccountId, TelegramChatId
from candor.education import troubles
from candor.education.door import GroupDoor
from candor.education.listening import GroupListener
from candor.education.next_offer import NextOffer
from candor.education.speaking import NOT_NOW
from candor.messaging.inbox import Inbox
from candor.messaging.incoming import IncomingMessage, IncomingPress, PressAnswer
from candor.messaging.parsing import parse_command
from candor.storage.unit_of_work import PgUnitOfWork
from candor.telegram.ports import GroupMessage, JoinRequest, Membership, SalesInbox

_RIGHTS_NEEDED = frozenset(
    {"can_invite_users", "can_pin_messages", "can_change_info", "can_restrict_members"}
)


class DialogueRoom:
    """`telegram.ports.SalesInbox`: private dialogues, and the button by which an invitation is declined."""

    def __init__(self, *, inbox: SalesInbox, door: GroupDoor) -> None:
        self._inbox = inbox
        self._door = door

    async def receive(self, incoming: IncomingMessage) -> object:
        return await self._inbox.receive(incoming)

    async def receive_press(self, press: IncomingPress) -> PressAnswer:
        if press.data != NOT_NOW:
            return await self._inbox.receive_press(press)
        words = await self._door.pressed_no(press.account_id, press.chat_id, press.sender_id)
        return PressAnswer(words)

    async def chat_blocked(self, account_id: AccountId, chat_id: TelegramChatId) -> None:
        await self._inbox.chat_blocked(account_id, chat_id)

    async def chat_unblocked(self, account_id: AccountId, chat_id: TelegramChatId) -> None:
        await self._inbox.chat_unblocked(account_id, chat_id)


class StudyGroupRoom:
    """`telegram.ports.GroupInbox`: study groups, and everybody's commands in any group."""

    def __init__(
        self,
        *,
        door: GroupDoor,
        listener: GroupListener,
        next_offer: NextOffer,
        inbox: Inbox[PgUnitOfWork],
    ) -> None:
        self._door = door
        self._listener = listener
        self._next_offer = next_offer
        self._inbox = inbox

    async def receive_message(self, message: GroupMessage) -> None:
        """A command of H6 first, whoever leads the group; then education hears it.

        In a study group all bots are ours: its teacher obeys for all of them, and "стоп" counts too.
        """
        told = message.message
        place = await self._listener.place_of(told.account_id, told.chat_id)
        if place == "partner":
            return
        if place == "teacher":
            told = replace(told, is_addressed=True, account_username=None)
        command = parse_command(
            told.text, account_username=told.account_username, words_count=place == "teacher"
        )
        obeyed = ""
        if command is not None and command.name not in ("start", "human"):
            await self._inbox.receive(told)
            obeyed = f"/{command.name}"
        if not told.is_edit:
            await self._listener.receive(told, obeyed=obeyed)

    async def receive_press(self, press: IncomingPress) -> PressAnswer | None:
        words = await self._next_offer.pressed(press.chat_id, press.sender_id, press.data)
        if words is not None:
            return PressAnswer(words)
        answer = await self._inbox.receive_press(press)
        return answer if answer.is_handled else None

    async def receive_join_request(self, request: JoinRequest) -> None:
        await self._door.admit(request.account_id, request.chat_id, request.person.id)

    async def receive_membership(self, change: Membership) -> None:
        if change.is_us:
            await self._our_place(change)
        elif change.is_in and not change.person.is_bot:
            await self._door.joined(
                change.chat_id, change.person.id, change.person.name, account_id=change.account_id
            )
        elif not change.is_in:
            await self._door.left(change.chat_id, change.person.id)

    async def _our_place(self, change: Membership) -> None:
        """The pool learns of a group when a bot of ours comes into it or is given rights there."""
        if not change.is_in:
            await self._door.lost(change.chat_id, troubles.REMOVED, account_id=change.account_id)
            return
        has_rights = change.after == "administrator" and change.rights >= _RIGHTS_NEEDED
        if not has_rights:
            await self._door.lost(change.chat_id, troubles.NO_RIGHTS, account_id=change.account_id)
        await self._door.regained(change.account_id, change.chat_id, has_rights=has_rights)
