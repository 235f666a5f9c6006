"""`SalesHandler`: private dialogues with a bot, and chats of a connected business account."""

from aiogram import F, Router
from aiogram.types import BusinessConnection, CallbackQuery, ChatMemberUpdated, Message

from candor.common.clock import Clock
from candor.common.ids import AccountId, TelegramChatId
from candor.telegram.bot.seat import Seat
from candor.telegram.bot.translation import (
    business_connection,
    incoming,
    member_status,
    press,
)
from candor.telegram.ports import BusinessInbox, SalesInbox

_PRIVATE = F.chat.type == "private"


class SalesHandler:
    """Hands messages, edits, presses and blocked chats to messaging's inbox."""

    def __init__(self, inbox: SalesInbox, business: BusinessInbox | None, clock: Clock) -> None:
        self._inbox = inbox
        self._business = business
        self._clock = clock

    def router(self) -> Router:
        router = Router(name="sales")
        router.message.register(self.message, _PRIVATE)
        router.edited_message.register(self.edited_message, _PRIVATE)
        router.my_chat_member.register(self.blocked_or_not, _PRIVATE)
        router.callback_query.register(self.press, F.message.chat.type == "private")
        router.business_connection.register(self.connection)
        router.business_message.register(self.business_message)
        router.edited_business_message.register(self.edited_business_message)
        return router

    async def message(self, message: Message, seat: Seat) -> None:
        await self._receive(message, seat, is_edit=False)

    async def edited_message(self, message: Message, seat: Seat) -> None:
        await self._receive(message, seat, is_edit=True)

    async def press(self, callback_query: CallbackQuery, seat: Seat) -> None:
        pressed = press(callback_query, account_id=seat.account_id, now=self._clock.now())
        answer = None if pressed is None else await self._inbox.receive_press(pressed)
        await seat.answer_press(callback_query, answer.text if answer else "")

    async def blocked_or_not(self, change: ChatMemberUpdated, seat: Seat) -> None:
        chat_id = TelegramChatId(change.chat.id)
        if member_status(change.new_chat_member) == "kicked":
            await self._inbox.chat_blocked(seat.account_id, chat_id)
        else:
            await self._inbox.chat_unblocked(seat.account_id, chat_id)

    async def connection(self, connection: BusinessConnection, seat: Seat) -> None:
        if self._business is not None:
            changed = business_connection(connection, account_id=seat.account_id)
            await self._business.connection_changed(changed)

    async def business_message(self, message: Message, seat: Seat) -> None:
        await self._receive_business(message, seat, is_edit=False)

    async def edited_business_message(self, message: Message, seat: Seat) -> None:
        await self._receive_business(message, seat, is_edit=True)

    async def _receive(self, message: Message, seat: Seat, *, is_edit: bool) -> None:
        heard = incoming(
            message, account_id=seat.account_id, username=seat.username, is_edit=is_edit
        )
        if heard is not None and not heard.is_bot:
            await self._inbox.receive(heard)

    async def _receive_business(self, message: Message, seat: Seat, *, is_edit: bool) -> None:
        """The owner's own words come this way too: they say that a person handles the chat now."""
        connection = message.business_connection_id
        if self._business is None or connection is None or message.sender_business_bot is not None:
            return
        account_id: AccountId | None = await self._business.account_of(connection)
        if account_id is None or message.from_user is None:
            return
        owner = await self._business.owner_of(connection)
        heard = incoming(
            message,
            account_id=account_id,
            username=seat.username,
            is_edit=is_edit,
            is_from_owner=message.from_user.id == owner,
        )
        if heard is not None and not heard.is_bot:
            await self._inbox.receive(heard)
