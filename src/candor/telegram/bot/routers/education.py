"""`EducationGroupHandler`: study groups, who joins them, and the buttons in them."""

from aiogram import F, Router
from aiogram.types import CallbackQuery, ChatJoinRequest, ChatMemberUpdated, Message

from candor.common.clock import Clock
from candor.telegram.bot.seat import Seat
from candor.telegram.bot.translation import (
    group_message,
    incoming,
    join_request,
    membership,
    press,
)
from candor.telegram.ports import GroupInbox

_GROUPS = F.chat.type.in_({"group", "supergroup"})


class EducationGroupHandler:
    """Hands what happens in groups to education; commentators' groups never get here."""

    def __init__(self, groups: GroupInbox, clock: Clock) -> None:
        self._groups = groups
        self._clock = clock

    def router(self) -> Router:
        router = Router(name="education")
        router.message.register(self.message, _GROUPS)
        router.edited_message.register(self.edited_message, _GROUPS)
        router.callback_query.register(self.press, F.message.chat.type.in_({"group", "supergroup"}))
        router.chat_join_request.register(self.join_request)
        router.chat_member.register(self.place_of_a_person)
        router.my_chat_member.register(self.our_place, _GROUPS)
        return router

    async def message(self, message: Message, seat: Seat) -> None:
        await self._receive(message, seat, is_edit=False)

    async def edited_message(self, message: Message, seat: Seat) -> None:
        await self._receive(message, seat, is_edit=True)

    async def press(self, callback_query: CallbackQuery, seat: Seat) -> None:
        pressed = press(callback_query, account_id=seat.account_id, now=self._clock.now())
        answer = None if pressed is None else await self._groups.receive_press(pressed)
        await seat.answer_press(callback_query, answer.text if answer else "")

    async def join_request(self, request: ChatJoinRequest, seat: Seat) -> None:
        asked = join_request(request, account_id=seat.account_id)
        await self._groups.receive_join_request(asked)

    async def place_of_a_person(self, change: ChatMemberUpdated, seat: Seat) -> None:
        changed = membership(change, account_id=seat.account_id, is_us=False)
        await self._groups.receive_membership(changed)

    async def our_place(self, change: ChatMemberUpdated, seat: Seat) -> None:
        changed = membership(change, account_id=seat.account_id, is_us=True)
        await self._groups.receive_membership(changed)

    async def _receive(self, message: Message, seat: Seat, *, is_edit: bool) -> None:
        heard = incoming(
            message, account_id=seat.account_id, username=seat.username, is_edit=is_edit
        )
        if heard is not None:
            told = group_message(message, heard, our_id=seat.telegram_id)
            await self._groups.receive_message(told)
