"""A small world around messaging: a scripted Telegram, a stand-in for sales, lanes run by hand."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.accounts.limits import Signal
from candor.common.clock import FrozenClock
from candor.common.errors import ConflictError
from candor.common.ids import (
    AccountId,
    ChatRowId,
    ConversationId,
    OperatorId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.common.lanes import Lane
from candor.messaging.conversation import ConversationMessage, Provenance
from candor.messaging.delivery import DeliveryService
from candor.messaging.gateway import (
    Gateway,
    Keyboard,
    NotReachedError,
    SendText,
    SentMessage,
    UnconfirmedError,
)
from candor.messaging.hand_off import HandOff
from candor.messaging.inbox import Inbox
from candor.messaging.incoming import IncomingMessage, IncomingPress, PressAnswer, Received
from candor.messaging.lanes import ANSWER_CLIENT, DELIVER
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing
from candor.messaging.pacing import DEFAULT_PACE, Pace
from candor.messaging.reading import ConversationDetail, SavedTurn
from candor.storage.unit_of_work import Units

ACCOUNT = AccountId(1)
ANNA = OperatorId(3)
BUSINESS = "Школа «Маяк»"
SALT = b"salt of a test"


@dataclass(frozen=True)
class Sent:
    """A message as Telegram has it."""

    chat_id: int
    text: str
    random_id: int
    at: datetime
    file: bytes | None = None


@dataclass
class ScriptedTelegram:
    """Sends unless an error is queued. A `lost` error means: done, but the answer was lost."""

    clock: FrozenClock
    is_idempotent: bool = False
    sent: list[Sent] = field(default_factory=list)
    faults: deque[Exception] = field(default_factory=deque)
    lost: deque[Exception] = field(default_factory=deque)
    paused: bool = False
    first_id: int = 1000
    can_tell: bool = False
    """Whether `find_own` knows which numbers are messages of ours."""

    async def of(self, account_id: AccountId) -> Gateway:
        if self.paused:
            raise NotReachedError("paused")
        return self

    async def send_text(self, message: SendText) -> SentMessage:
        return self._send(message.chat_id, message.text, message.random_id, None)

    async def send_file(
        self,
        chat_id: TelegramChatId,
        *,
        name: str,
        content: bytes,
        caption: str,
        random_id: int,
    ) -> SentMessage:
        return self._send(chat_id, caption, random_id, content)

    def _send(self, chat_id: int, words: str, random_id: int, file: bytes | None) -> SentMessage:
        if self.faults:
            raise self.faults.popleft()
        known = [s for s in self.sent if s.random_id == random_id and random_id]
        if not (self.is_idempotent and known):
            self.sent.append(Sent(chat_id, words, random_id, self.clock.now(), file))
        if self.lost:
            raise self.lost.popleft()
        return SentMessage(TelegramMessageId(self.first_id + len(self.sent)))

    async def find_own(
        self, chat_id: TelegramChatId, candidates: Sequence[TelegramMessageId], keyboard: Keyboard
    ) -> TelegramMessageId | None:
        if not self.can_tell:
            raise UnconfirmedError("This fake can not tell.")
        numbers = {
            self.first_id + place: one.chat_id for place, one in enumerate(self.sent, start=1)
        }
        return next((number for number in candidates if numbers.get(number) == chat_id), None)

    async def edit_text(self, *_: Any) -> None: ...

    async def delete_message(self, *_: Any) -> None: ...

    async def show_typing(self, *_: Any, **__: Any) -> None: ...

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.sent]


@dataclass
class Restrictions:
    stopped: list[tuple[AccountId, Signal]] = field(default_factory=list)

    async def stop_for(self, account_id: AccountId, signal: Signal, *, actor: str) -> object:
        self.stopped.append((account_id, signal))
        return None


@dataclass
class World:
    """Everything that messaging needs, on real tables."""

    engine: AsyncEngine
    units: Units
    clock: FrozenClock
    telegram: ScriptedTelegram
    restrictions: Restrictions = field(default_factory=Restrictions)
    pace: Pace = DEFAULT_PACE
    rules: dict[Any, Any] = field(default_factory=dict)
    answers: int = 0
    numbers: int = 0

    def __post_init__(self) -> None:
        self.inbox = Inbox(
            self.units,
            self.clock,
            business=BUSINESS,
            language="ru",
            salt=SALT,
            burst=timedelta(seconds=1),
        )
        self.hand_off = HandOff(self.units, self.clock, business=BUSINESS)
        self.delivery = DeliveryService(
            self.units,
            self.clock,
            self.telegram,
            self.restrictions,
            business=BUSINESS,
            pace=self.pace,
            rules=self.rules,
        )
        self.outbox = Outbox(self.clock)

    # --- clients

    def message(self, words: str, *, person: int = 7, **changes: Any) -> IncomingMessage:
        self.numbers += 1
        made = IncomingMessage(
            account_id=ACCOUNT,
            chat_id=TelegramChatId(person),
            message_id=TelegramMessageId(self.numbers),
            sender_id=TelegramUserId(person),
            text=words,
            sent_at=self.clock.now(),
            first_name="Ольга",
            language_code="ru",
        )
        return replace(made, **changes)

    async def write(self, words: str, *, person: int = 7, **changes: Any) -> Received:
        return await self.inbox.receive(self.message(words, person=person, **changes))

    async def press(self, data: str, *, person: int = 7) -> PressAnswer:
        return await self.inbox.receive_press(
            IncomingPress(
                account_id=ACCOUNT,
                chat_id=TelegramChatId(person),
                sender_id=TelegramUserId(person),
                data=data,
                pressed_at=self.clock.now(),
            )
        )

    # --- lanes

    async def due_lanes(self) -> Sequence[tuple[str, str]]:
        async with self.engine.begin() as connection:
            rows = await connection.execute(
                text(
                    "DELETE FROM lanes WHERE status = 'waiting' AND due_at <= :now"
                    " RETURNING kind, key"
                ),
                {"now": self.clock.now()},
            )
            return [(row.kind, row.key) for row in rows]

    async def next_due(self) -> datetime | None:
        async with self.engine.connect() as connection:
            found: datetime | None = await connection.scalar(
                text("SELECT min(due_at) FROM lanes WHERE status = 'waiting'")
            )
            return found

    async def run_due(self) -> int:
        """Run the lanes that are due now; returns how many."""
        lanes = await self.due_lanes()
        for kind, key in lanes:
            await self.run_lane(kind, key)
        return len(lanes)

    async def run_lane(self, kind: str, key: str) -> None:
        if kind == ANSWER_CLIENT:
            await self.answer(ConversationId(int(key)))
            return
        again = await self.delivery.deliver(Lane(kind, key, 0))
        if again is not None:
            async with self.units() as unit:
                await unit.lanes.wake(kind, key, at=again)

    async def settle(self, *, within: timedelta = timedelta(minutes=10)) -> None:
        """Run lanes, moving the clock to each due moment, until nothing is due within the time."""
        end = self.clock.now() + within
        while (due := await self.next_due()) is not None and due <= end:
            if due > self.clock.now():
                self.clock.advance(due - self.clock.now())
            await self.run_due()

    async def deliver(self, chat: int = 1) -> datetime | None:
        return await self.delivery.deliver(Lane(DELIVER, str(ChatRowId(chat)), 0))

    # --- a stand-in for sales

    async def answer(self, conversation: ConversationId) -> bool:
        """Answer everything that waits, as sales does: read in one unit, write in another."""
        async with self.units() as unit:
            turn = await unit.conversations.take_unanswered(conversation, now=self.clock.now())
        if turn is None:
            return False
        self.answers += 1
        try:
            async with self.units() as unit:
                await unit.conversations.save_turn(
                    SavedTurn(
                        conversation_id=conversation,
                        up_to=turn.up_to,
                        edited_at=turn.edited_at,
                        now=self.clock.now(),
                        stage=f"stage-{self.answers}",
                        strategy="script_80",
                        script_fit_score=0.9,
                        analysis={"main_idea": turn.text},
                    )
                )
                await self.outbox.put(
                    unit,
                    Outgoing(
                        account_id=turn.conversation.account_id,
                        chat=turn.conversation.chat,
                        purpose="conversation",
                        text=f"Ответ на: {turn.text}",
                        author="ai",
                        language=turn.client.language,
                        label="dialogue",
                        provenance=Provenance(written_by="script", script_key="first-contact"),
                        conversation_id=conversation,
                        answers_up_to=turn.up_to,
                        strategy="script_80",
                        stage=f"stage-{self.answers}",
                    ),
                )
        except ConflictError:
            return False
        return True

    # --- what is stored

    async def detail(self, conversation: int = 1) -> ConversationDetail:
        async with self.units() as unit:
            found = await unit.conversations.detail(ConversationId(conversation))
        assert found is not None
        return found

    async def messages(self, conversation: int = 1) -> tuple[ConversationMessage, ...]:
        return (await self.detail(conversation)).messages

    async def rows(self, statement: str, **values: object) -> list[Any]:
        async with self.engine.connect() as connection:
            return list((await connection.execute(text(statement), values)).mappings())


async def add_account(engine: AsyncEngine, clock: FrozenClock) -> None:
    """An active, labelled bot with row id 1."""
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO telegram_account_sessions (kind, role, title, status, status_at,"
                " secret, disclosed_at, created_at)"
                " VALUES ('bot', 'sales', 'Bot', 'active', :now, 'x', :now, :now)"
            ),
            {"now": clock.now()},
        )


@pytest.fixture
async def world(engine: AsyncEngine, units: Units, clock: FrozenClock) -> World:
    await add_account(engine, clock)
    return World(engine, units, clock, ScriptedTelegram(clock))
