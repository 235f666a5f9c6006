"""Sales on real tables: the sample script saved, a client who writes, a model that reads by words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.common.clock import FrozenClock
from candor.common.hot_reload import HotReloadService
from candor.common.ids import (
    AccountId,
    ConversationId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.common.lanes import Lane
from candor.common.llm import (
    DraftReply,
    Intent,
    Language,
    Line,
    MessageAnalysis,
    ReadingRequest,
    WritingRequest,
)
from candor.messaging.delivery import DeliveryService
from candor.messaging.gateway import SendText, SentMessage, UnconfirmedError
from candor.messaging.hand_off import HandOff
from candor.messaging.inbox import Inbox
from candor.messaging.incoming import IncomingMessage, IncomingPress, PressAnswer, Received
from candor.messaging.lanes import DELIVER
from candor.messaging.outbox import Outbox
from candor.messaging.reading import ConversationDetail
from candor.messaging.reminding import FollowUpRule
from candor.sales.answering import AnswerWriter
from candor.sales.conversation import Outcome, SalesConversationService
from candor.sales.follow_up import FollowUps
from candor.sales.questionnaires.desk import QuestionnaireDesk
from candor.sales.questionnaires.keeping import QuestionnaireService
from candor.sales.script import ScriptService
from candor.sales.views import BusinessCard
from candor.storage.cache import MemoryCache
from candor.storage.unit_of_work import Units

BUSINESS = "Школа «Маяк»"
SCRIPT = """# заметка автора
key: first-contact
kind: sales
title: Знакомство
language: ru
variables: {price: 4900 ₽}
steps:
  - key: greeting
    say: "{{ client.first_name }}, здравствуйте! Зачем вам английский?"
    alternatives: ["Расскажите, зачем вам английский?"]
    fits: ["для работы"]
    next: [{when: default, to: need}]
  - key: need
    say: "Какой у вас уровень?"
    fits: ["начальный"]
    next: [{when: default, to: invite}]
  - key: invite
    say: "Приглашаю в группу. Добавлять?"
triggers:
  - {key: agrees, fits: ["добавляйте"], unless: ["не сейчас"], action: open_group, script: lessons}
  - {key: refuses, fits: ["не интересно"], action: close, say: "Спасибо за ответ!"}
  - {key: pays, fits: ["оплатить"], action: send_invoice}
"""
LESSONS = """
key: lessons
kind: education
title: Уроки
language: ru
steps: [{key: hello, say: Привет!, task: Напишите слово.}]
"""


class WordLLM:
    """Fits when an example stands in the message; writes the step's words."""

    def __init__(self) -> None:
        self.before_writing: list[Any] = []
        """Awaited one by one while the model "thinks"."""

    async def analyze_message(self, request: ReadingRequest) -> MessageAnalysis:
        words = request.text.lower()
        fits = request.step.fits if request.step else ("здравствуйте",)
        intents: list[Intent] = ["wish_for_person"] if "человека" in words else []
        return MessageAnalysis(
            main_idea=request.text,
            keywords=("слово",),
            tone="neutral",
            script_fit_score=0.9 if any(example in words for example in fits) else 0.2,
            step=None,
            triggers=tuple(
                item.key
                for item in request.triggers
                if any(example in words for example in item.fits)
                and not any(example in words for example in item.unless)
            ),
            language="ru",
            intents=tuple(intents),
            encoder="words",
        )

    async def write_reply(self, request: WritingRequest) -> DraftReply:
        if self.before_writing:
            await self.before_writing.pop(0)()
        assert request.step is not None
        return DraftReply(request.step.say, "script", covered_points=request.step.must_say)

    async def summarize_dialogue(self, history: Sequence[Line], *, language: Language) -> str:
        return "сводка"


class Telegram:
    """Takes everything."""

    numbers = 1000
    is_idempotent = False

    def __init__(self) -> None:
        self.sent: list[SendText] = []

    async def of(self, account_id: AccountId) -> Any:
        return self

    async def send_text(self, message: SendText) -> SentMessage:
        self.sent.append(message)
        Telegram.numbers += 1
        return SentMessage(TelegramMessageId(Telegram.numbers))

    async def find_own(self, *_: Any) -> None:
        raise UnconfirmedError("This fake can not tell.")


@dataclass
class Shop:
    """One business with its script, as one process sees it."""

    engine: AsyncEngine
    units: Units
    clock: FrozenClock
    llm: Any = field(default_factory=WordLLM)
    numbers: int = 0

    def __post_init__(self) -> None:
        self.hot_reload = HotReloadService()
        self.scripts = ScriptService(
            units=self.units,
            cache=MemoryCache(self.clock),
            hot_reload=self.hot_reload,
            clock=self.clock,
        )
        self.writer = AnswerWriter(llm=self.llm, business=BusinessCard(BUSINESS))
        self.hand_off = HandOff(self.units, self.clock, business=BUSINESS)
        self.questionnaires = QuestionnaireService(
            units=self.units, hot_reload=self.hot_reload, clock=self.clock
        )
        card = BusinessCard(BUSINESS, timezone="Europe/Moscow")
        self.desk = QuestionnaireDesk(
            questionnaires=self.questionnaires, business=card, clock=self.clock
        )
        self.follow_ups = FollowUps(
            units=self.units,
            scripts=self.scripts,
            business=card,
            clock=self.clock,
            questionnaires=self.questionnaires,
        )
        self.telegram = Telegram()
        self.sales = SalesConversationService(
            units=self.units,
            scripts=self.scripts,
            writer=self.writer,
            outbox=Outbox(self.clock),
            hand_off=self.hand_off,
            clock=self.clock,
            questionnaires=self.desk,
            follow_ups=self.follow_ups,
        )
        self.delivery = DeliveryService(
            self.units,
            self.clock,
            self.telegram,
            cast(Any, None),
            business=BUSINESS,
            rules={"follow_up": FollowUpRule(zone="Europe/Moscow")},
        )
        self.inbox = Inbox(
            self.units,
            self.clock,
            business=BUSINESS,
            language="ru",
            salt=b"salt",
            burst=timedelta(seconds=1),
            asker=self.desk,
        )

    async def press(self, label: str, *, within: int = -1) -> PressAnswer:
        """Tap the button of that label, of the newest message unless another is named."""
        message = [one for one in self.telegram.sent if one.keyboard][within]
        (data,) = (b.data for row in message.keyboard for b in row if b.text == label)
        return await self.press_data(data or "")

    async def press_data(self, data: str, *, person: int = 7) -> PressAnswer:
        return await self.inbox.receive_press(
            IncomingPress(
                account_id=AccountId(1),
                chat_id=TelegramChatId(person),
                sender_id=TelegramUserId(person),
                data=data,
                pressed_at=self.clock.now(),
            )
        )

    def buttons(self) -> list[str]:
        """Of the newest message."""
        return [button.text for row in self.telegram.sent[-1].keyboard for button in row]

    async def write(self, words: str) -> Received:
        """A client's message comes in."""
        self.numbers += 1
        return await self._receive(words)

    async def edit(self, words: str) -> Received:
        """The client changes his newest message."""
        return await self._receive(words, is_edit=True)

    async def _receive(self, words: str, *, is_edit: bool = False) -> Received:
        self.clock.advance(timedelta(seconds=2))
        return await self.inbox.receive(
            IncomingMessage(
                account_id=AccountId(1),
                chat_id=TelegramChatId(7),
                message_id=TelegramMessageId(self.numbers),
                sender_id=TelegramUserId(7),
                text=words,
                sent_at=self.clock.now(),
                first_name="Ольга",
                language_code="ru",
                is_edit=is_edit,
            )
        )

    async def answer(self) -> Outcome:
        return await self.sales.answer(ConversationId(1))

    async def deliver(self) -> None:
        """Everything that may be sent is sent."""
        while (again := await self.delivery.deliver(Lane(DELIVER, "1", 0))) is not None:
            self.clock.advance(max(again - self.clock.now(), timedelta()))

    async def says(self, words: str) -> str:
        """One message and the text of its answer."""
        await self.write(words)
        await self.answer()
        answer = (await self.detail()).messages[-1].text
        await self.deliver()
        return answer

    async def detail(self) -> ConversationDetail:
        async with self.units() as unit:
            found = await unit.conversations.detail(ConversationId(1))
        assert found is not None
        return found

    async def due_lanes(self) -> list[tuple[str, str]]:
        """Takes them: whoever runs one wakes it again if it must."""
        wanted = text(
            "DELETE FROM lanes WHERE status = 'waiting' AND due_at <= :now RETURNING kind, key"
        )
        async with self.engine.begin() as connection:
            rows = await connection.execute(wanted, {"now": self.clock.now()})
            return [(row.kind, row.key) for row in rows]

    async def rows(self, statement: str) -> list[Any]:
        async with self.engine.connect() as connection:
            return list((await connection.execute(text(statement))).mappings())

    async def execute(self, statement: str) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(statement))


@pytest.fixture
async def shop(engine: AsyncEngine, units: Units, clock: FrozenClock) -> Shop:
    made = Shop(engine, units, clock)
    await made.execute(
        "INSERT INTO telegram_account_sessions (kind, role, title, status, status_at, secret,"
        " disclosed_at, created_at)"
        " VALUES ('bot', 'sales', 'Bot', 'active', now(), 'x', now(), now())"
    )
    await made.scripts.import_script(LESSONS, author="test")
    await made.scripts.import_script(SCRIPT, author="test")
    return made


@pytest.fixture
def source() -> str:
    return SCRIPT
