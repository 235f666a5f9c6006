"""The owner's phone beside the stage: she writes to the bot, reads its cards, presses their buttons."""

from datetime import timedelta

from sqlalchemy import text
from tests.integration.commenting.conftest import Stage

from candor.bootstrap.owner_door import OwnerDoor
from candor.commenting.comment import Comment
from candor.commenting.lanes import CLOSE_CARDS, OFFER_COMMENT
from candor.common.ids import (
    AccountId,
    OperatorId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.messaging.gateway import SendText
from candor.messaging.incoming import IncomingMessage, IncomingPress, PressAnswer
from candor.messaging.lanes import DELIVER

ANNA = TelegramUserId(9001)
STRANGER = TelegramUserId(9002)


class Elsewhere:
    """The inbox behind the door: what gets here is a client's."""

    def __init__(self) -> None:
        self.messages: list[IncomingMessage] = []
        self.presses: list[IncomingPress] = []

    async def receive(self, incoming: IncomingMessage) -> object:
        self.messages.append(incoming)
        return None

    async def receive_press(self, press: IncomingPress) -> PressAnswer:
        self.presses.append(press)
        return PressAnswer(is_handled=False)

    async def chat_blocked(self, account_id: AccountId, chat_id: TelegramChatId) -> None: ...

    async def chat_unblocked(self, account_id: AccountId, chat_id: TelegramChatId) -> None: ...


class Phone:
    """Anna's Telegram: she writes to the bot, sees what it sends, presses its buttons."""

    def __init__(self, stage: Stage, account: AccountId) -> None:
        self.stage = stage
        self.account = account
        self.clients = Elsewhere()
        self.door = OwnerDoor(self.clients, stage.owner_chats, stage.owner_approval, stage.private)
        self.numbers = 0

    async def settle(self) -> None:
        """What is on its way to the phone arrives: one message a second."""
        for _ in range(3):
            self.stage.clock.advance(timedelta(seconds=1))
            await self.stage.run_lanes(OFFER_COMMENT, CLOSE_CARDS, DELIVER)

    async def write(
        self, said: str, *, by: TelegramUserId = ANNA, to: SendText | None = None
    ) -> None:
        self.numbers += 1
        await self.door.receive(
            IncomingMessage(
                account_id=self.account,
                chat_id=TelegramChatId(by),
                message_id=TelegramMessageId(self.numbers),
                sender_id=by,
                text=said,
                sent_at=self.stage.clock.now(),
                first_name="Анна",
                reply_to=None if to is None else self.number_of(to),
                account_username="mayak_comments_bot",
            )
        )
        await self.settle()

    async def press(
        self, message: SendText, button: str, *, by: TelegramUserId = ANNA, chat: int | None = None
    ) -> str:
        data = next(
            one.data for row in message.keyboard for one in row if one.text.endswith(button)
        )
        answer = await self.door.receive_press(
            IncomingPress(
                account_id=self.account,
                chat_id=TelegramChatId(chat or by),
                sender_id=by,
                data=data or "",
                pressed_at=self.stage.clock.now(),
            )
        )
        await self.settle()
        return answer.text

    @property
    def seen(self) -> list[SendText]:
        return [one for one in self.stage.telegram.sent if one.chat_id == ANNA]

    @property
    def cards(self) -> list[SendText]:
        return [one for one in self.seen if "Комментарий на одобрение" in one.text]

    def now_says(self, message: SendText) -> str:
        """The message as it stands in the chat by now; it has its buttons while it is unchanged."""
        edited = self.stage.telegram.edited
        return edited.get((TelegramChatId(ANNA), self.number_of(message)), message.text)

    def has_buttons(self, message: SendText) -> bool:
        return self.now_says(message) == message.text and bool(message.keyboard)

    def number_of(self, message: SendText) -> TelegramMessageId:
        return TelegramMessageId(9001 + self.stage.telegram.sent.index(message))

    async def link(self) -> None:
        code, _until = await self.stage.owner_chats.make_code(OperatorId(1))
        await self.write(f"/start {code}")


async def add_operator(stage: Stage, *, role: str = "owner") -> None:
    async with stage.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO operators (email, role, password_hash, language, created_at)"
                " VALUES ('anna@example.org', :role, 'x', 'ru', :now)"
            ),
            {"role": role, "now": stage.clock.now()},
        )


async def waiting(phone: Phone) -> Comment:
    """A linked chat and a comment whose card is there."""
    await phone.link()
    comment = await phone.stage.pending()
    await phone.settle()
    return comment
