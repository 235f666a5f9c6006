"""A stage for study groups: real tables and delivery; Telegram and the model as small doubles."""

from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.bootstrap.study_groups import DialogueRoom, StudyGroupRoom
from candor.common.clock import FrozenClock
from candor.common.ids import (
    AccountId,
    GroupId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.common.lanes import Lane, LaneHandler
from candor.common.llm import DraftReply, Fact, GroupReplyRequest, MessageAnalysis, ReadingRequest
from candor.education.answering import GroupAnswering
from candor.education.closing import (
    ANSWER_LANE,
    DECLINE_LANE,
    FRESHEN_LANE,
    LEAD_LANE,
    OPEN_LANE,
)
from candor.education.door import GroupDoor
from candor.education.group import EducationGroupService
from candor.education.leading import LessonLeader
from candor.education.lesson import DoneRule, LessonScript, LessonStep, Reaction
from candor.education.listening import GroupListener
from candor.education.next_offer import NextOffer
from candor.education.partner import Partner, StudentBotService
from candor.education.pool import GroupPool
from candor.education.ports import Group, GroupMessage, GroupRights
from candor.education.reading import GroupReader
from candor.education.speaking import PIN_LANE, GroupDeliveryRule, GroupVoice
from candor.education.steering import GroupSteering
from candor.messaging.delivery import DeliveryService
from candor.messaging.gateway import ChatClosedError, SendText, SentMessage
from candor.messaging.hand_off import HandOff
from candor.messaging.inbox import Inbox
from candor.messaging.incoming import IncomingMessage, IncomingPress
from candor.messaging.lanes import DELIVER
from candor.messaging.outbox import Outbox
from candor.storage.unit_of_work import PgUnitOfWork, Units
from candor.telegram import ports as edge

BUSINESS = "Школа «Маяк»"
ZONE = "Europe/Moscow"
TEACHER = AccountId(1)
VERA = TelegramUserId(701)
BORIS = TelegramUserId(702)
STRANGER_BOT = TelegramUserId(703)
PARTNERS = (
    Partner(AccountId(2), "Почемучка", "mayak_curious_bot", "curious"),
    Partner(AccountId(3), "Шаг за шагом", "mayak_steps_bot", "methodical"),
    Partner(AccountId(4), "Уточняшка", "mayak_careful_bot", "cautious"),
)
STEPS = (
    LessonStep(key="story", say="На маяке дежурил смотритель."),
    LessonStep(
        key="hello",
        say="Чтобы представиться, хватает трёх фраз.",
        task="Напишите три фразы о себе.",
        reactions=(
            Reaction("curious", "question", "А можно сказать, что не нравится?"),
            Reaction("methodical", "worked_example", "My name is Olga. I like long walks."),
            Reaction("cautious", "encouragement", "Если страшно, начните с одной фразы."),
        ),
        done_when=DoneRule(min_words=3, media=("voice",)),
    ),
    LessonStep(
        key="day",
        say="Сегодня расскажем про обычный день.",
        task="Опишите свой день.",
        done_when=DoneRule(min_words=4),
        send_at="+1d 10:00",
    ),
)


class Killed(BaseException):
    """The process ends here: nothing catches it."""


class Lessons:
    """`LessonScripts` with one script that a test may change at any moment."""

    def __init__(self) -> None:
        self.script = LessonScript(
            key="onboarding-lessons",
            version=1,
            script_id=1,
            title="Первые шаги",
            language="ru",
            steps=STEPS,
            facts=(Fact("f1", "Группа бесплатна.", "https://example.org"),),
            knowledge=("Голосовое можно записать прямо в группе.",),
        )

    async def load(
        self, key: str, *, version: int | None, values: Mapping[str, object]
    ) -> LessonScript | None:
        return self.script if key == self.script.key else None

    async def chosen_for(self, conversation: object, language: str) -> str | None:
        return self.script.key


class Model:
    """`LLMService` for groups: intents by plain words, one answer for everything."""

    def __init__(self) -> None:
        self.answer = "Голосовое можно записать прямо в группе."
        self.action = "none"
        self.asked: list[GroupReplyRequest] = []
        self.read: list[str] = []

    async def analyze_message(self, request: ReadingRequest) -> MessageAnalysis:
        self.read.append(request.text)
        said = request.text.lower()
        intents = []
        if "позовите" in said:
            intents.append("wish_for_person")
        if "?" in said:
            intents.append("question")
        return MessageAnalysis(
            main_idea=request.text,
            keywords=(),
            tone="neutral",
            script_fit_score=0.5,
            step=None,
            triggers=(),
            language="ru",
            intents=tuple(intents),  # type: ignore[arg-type]
        )

    async def answer_in_group(self, request: GroupReplyRequest) -> DraftReply:
        self.asked.append(request)
        return DraftReply(text=self.answer, source="knowledge", action=self.action)  # type: ignore[arg-type]


class Maker:
    """`GroupMaker`: a user session that is away until a test signs it in."""

    def __init__(self) -> None:
        self.works = False
        self.asked: list[str] = []
        self.made: dict[str, TelegramChatId] = {}
        self.bots: dict[TelegramChatId, list[str]] = {}
        self.faults: deque[BaseException] = deque()
        self.lost: deque[BaseException] = deque()

    async def is_at_work(self) -> bool:
        return self.works

    async def make_group(
        self, *, title: str, about: str, bots: Sequence[str]
    ) -> TelegramChatId | None:
        if not self.works:
            return None
        if self.faults:
            raise self.faults.popleft()
        self.asked.append(about)
        chat_id = self.made.setdefault(about, TelegramChatId(-300_000 - len(self.made)))
        self.bots[chat_id] = list(bots)
        if self.lost:
            raise self.lost.popleft()
        return chat_id


@dataclass
class Chats:
    """`GroupChats`: what was done in Telegram, with faults on demand."""

    absent: set[AccountId] = field(default_factory=set)
    may: GroupRights = field(
        default_factory=lambda: GroupRights(True, True, True, True, "Учебная группа")
    )
    titles: dict[TelegramChatId, str] = field(default_factory=dict)
    links: list[TelegramChatId] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    permitted: list[TelegramChatId] = field(default_factory=list)
    approved: list[TelegramUserId] = field(default_factory=list)
    declined: list[TelegramUserId] = field(default_factory=list)
    pinned: list[TelegramMessageId] = field(default_factory=list)
    faults: deque[BaseException] = field(default_factory=deque)

    async def rights(self, account_id: AccountId, chat_id: TelegramChatId) -> GroupRights:
        if account_id in self.absent:
            raise ChatClosedError("bot is not a member of the supergroup chat")
        return self.may

    async def set_title(
        self, account_id: AccountId, chat_id: TelegramChatId, title: str, description: str
    ) -> None:
        self._fail()
        self.titles[chat_id] = title

    async def set_permissions(self, _: Any, chat_id: TelegramChatId, **__: Any) -> None:
        self.permitted.append(chat_id)

    async def revoke_link(self, _: Any, __: Any, link: str) -> None:
        self.revoked.append(link)

    async def create_join_link(
        self, account_id: AccountId, chat_id: TelegramChatId, *, name: str
    ) -> str:
        self._fail()
        self.links.append(chat_id)
        return f"https://t.me/+link{len(self.links)}"

    async def approve_join(self, _: Any, __: Any, user_id: TelegramUserId) -> None:
        self._fail()
        self.approved.append(user_id)

    async def decline_join(self, _: Any, __: Any, user_id: TelegramUserId) -> None:
        self.declined.append(user_id)

    async def pin(self, _: Any, __: Any, message_id: TelegramMessageId) -> None:
        self.pinned.append(message_id)

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.popleft()


@dataclass(frozen=True)
class Sent:
    account: AccountId
    chat: int
    text: str
    at: datetime
    reply_to: int | None
    message_id: int


class Telegram:
    """All accounts' gateways; a group's message gets its number here."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.sent: list[Sent] = []
        self.faults: deque[BaseException] = deque()
        self.lost: deque[BaseException] = deque()
        self.watch = lambda sent: None

    async def of(self, account_id: AccountId) -> "Account":
        return Account(self, account_id)

    def in_group(self, chat: int) -> list[str]:
        return [one.text for one in self.sent if one.chat == chat]


@dataclass
class Account:
    telegram: Telegram
    number: AccountId
    is_idempotent: bool = False

    async def send_text(self, message: SendText) -> SentMessage:
        telegram = self.telegram
        if telegram.faults:
            raise telegram.faults.popleft()
        number = 5000 + len(telegram.sent)
        sent = Sent(
            self.number,
            message.chat_id,
            message.text,
            telegram.clock.now(),
            message.reply_to,
            number,
        )
        telegram.sent.append(sent)
        telegram.watch(sent)
        if telegram.lost:
            raise telegram.lost.popleft()
        return SentMessage(TelegramMessageId(number))

    async def find_own(self, *_: Any) -> TelegramMessageId | None:
        return None


class Restrictions:
    async def stop_for(self, *_: Any, **__: Any) -> None: ...


@dataclass
class Notices:
    told: list[tuple[str, str]] = field(default_factory=list)

    async def tell(self, kind: str, text: str) -> None:
        self.told.append((kind, text))


class Mortal:
    """Units that die after so many commits (`die_after`); None: they live."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.die_after: int | None = None

    def __call__(self) -> Any:
        return self._open()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[PgUnitOfWork]:
        if self.die_after == 0:
            raise Killed
        async with self.units() as unit:
            yield unit
        if self.die_after is not None:
            self.die_after -= 1
            if self.die_after == 0:
                raise Killed


@dataclass
class Stage:
    """All of education on one database, its lanes run by hand."""

    engine: AsyncEngine
    units: Units
    clock: FrozenClock
    numbers: int = 0

    def __post_init__(self) -> None:
        self.mortal = Mortal(self.units)
        self.lessons, self.model, self.chats = Lessons(), Model(), Chats()
        self.telegram, self.notices = Telegram(self.clock), Notices()
        units, clock, lessons = self.mortal, self.clock, self.lessons
        self.voice = GroupVoice(outbox=Outbox(clock), clock=clock, business=BUSINESS)
        self.maker = Maker()
        self.pool = GroupPool(
            units=units, chats=self.chats, notices=self.notices, clock=clock, language="ru"
        )
        self.steering = GroupSteering(units=units, scripts=lessons, clock=clock)
        self.reader = GroupReader(units=self.units, scripts=lessons)
        self.groups = EducationGroupService(
            units=units,
            chats=self.chats,
            maker=self.maker,
            scripts=lessons,
            voice=self.voice,
            pool=self.pool,
            notices=self.notices,
            clock=clock,
            business=BUSINESS,
        )
        self.door = GroupDoor(
            units=units,
            pool=self.pool,
            chats=self.chats,
            voice=self.voice,
            notices=self.notices,
            clock=clock,
        )
        self.leader = LessonLeader(
            units=units,
            scripts=lessons,
            voice=self.voice,
            partners=StudentBotService(),
            chats=self.chats,
            notices=self.notices,
            clock=clock,
            zone=ZONE,
        )
        self.answering = GroupAnswering(
            units=units,
            scripts=lessons,
            llm=self.model,  # type: ignore[arg-type]
            voice=self.voice,
            clock=clock,
            business=BUSINESS,
        )
        listener = GroupListener(units=units, voice=self.voice, clock=clock)
        self.inbox: Inbox[PgUnitOfWork] = Inbox(
            self.units,
            clock,
            business=BUSINESS,
            language="ru",
            salt=b"salt of a test",
            opt_out_hooks=(listener.client_opted_out,),
        )
        hand_off = HandOff(self.units, clock, business=BUSINESS)
        self.room = StudyGroupRoom(
            door=self.door,
            listener=listener,
            next_offer=NextOffer(units=units, voice=self.voice, hand_off=hand_off, clock=clock),
            inbox=self.inbox,
        )
        self.dialogues = DialogueRoom(inbox=self.inbox, door=self.door)
        self.delivery = DeliveryService(
            self.units,
            clock,
            self.telegram,  # type: ignore[arg-type]
            Restrictions(),  # type: ignore[arg-type]
            business=BUSINESS,
            rules={"group": GroupDeliveryRule(self.voice, zone=ZONE)},
        )
        self.handlers: dict[str, LaneHandler] = {
            OPEN_LANE: self.groups.open,
            DECLINE_LANE: self.door.decline,
            FRESHEN_LANE: self.pool.freshen,
            LEAD_LANE: self.leader.lead,
            ANSWER_LANE: self.answering.answer,
            PIN_LANE: self.leader.pin_welcome,
            DELIVER: self.delivery.deliver,
        }

    # --- the beginning

    async def set_up(self) -> None:
        """The teacher's bot, the partners', and Vera, who has written to the teacher."""
        for role, name in (
            ("sales", "mayak_school_bot"),
            *(("partner", p.username) for p in PARTNERS),
        ):
            async with self.engine.begin() as connection:
                await connection.execute(
                    text(
                        "INSERT INTO telegram_account_sessions (kind, role, title, username,"
                        " telegram_id, status, status_at, disclosed_at, secret, created_at) VALUES"
                        " ('bot', :role, 'Маяк', :name, hashtext(:name), 'active', :now, :now, 'x',"
                        " :now)"
                    ),
                    {"role": role, "name": name, "now": self.clock.now()},
                )
        async with self.units() as unit:
            for partner in PARTNERS:
                await unit.student_bots.add(partner, now=self.clock.now())
        await self.meet()

    async def meet(self) -> None:
        """Vera writes to the teacher's bot for the first time."""
        await self.inbox.receive(self._message("здравствуйте", by=VERA, chat=int(VERA)))

    async def prepare(self, count: int = 1) -> None:
        for number in range(1, count + 1):
            await self.pool.register(account_id=TEACHER, chat_id=TelegramChatId(-100_000 - number))

    async def agree(self) -> None:
        """The sales dialogue ended with a yes."""
        async with self.units() as unit:
            await unit.lanes.wake(OPEN_LANE, await self.conversation(), at=self.clock.now())
        await self.run()

    async def active(self) -> Group:
        """A group that Vera has joined, with the welcome sent."""
        await self.prepare()
        await self.agree()
        await self.join()
        await self.run()
        return await self.group()

    async def at_task(self) -> Group:
        """The first task is sent and all partners have reacted to it."""
        await self.active()
        await self.pass_time(timedelta(minutes=6))
        group = await self.group()
        assert group.step == "hello"
        return group

    # --- people

    async def ask_to_join(self, who: TelegramUserId = VERA) -> None:
        chat = await self.chat()
        await self.room.receive_join_request(
            edge.JoinRequest(
                account_id=TEACHER,
                chat_id=chat,
                chat_title="",
                person=edge.Person(who, "Вера"),
                user_chat_id=TelegramChatId(int(who)),
                requested_at=self.clock.now(),
            )
        )

    async def join(self, who: TelegramUserId = VERA, name: str = "Вера") -> None:
        if who == VERA:
            await self.ask_to_join(who)
        await self.move(who, name=name, before="left", after="member")

    async def move(
        self, who: TelegramUserId, *, name: str = "Вера", before: str, after: str
    ) -> None:
        """All our bots in the group are told of it."""
        for account in (TEACHER, *(partner.account_id for partner in PARTNERS)):
            await self.room.receive_membership(
                edge.Membership(
                    account_id=account,
                    chat_id=await self.chat(),
                    chat_type="supergroup",
                    chat_title="",
                    chat_username=None,
                    person=edge.Person(who, name),
                    by=edge.Person(who, name),
                    before=before,  # type: ignore[arg-type]
                    after=after,  # type: ignore[arg-type]
                    at=self.clock.now(),
                )
            )

    async def say(self, words: str, *, by: TelegramUserId = VERA, **more: Any) -> None:
        """Somebody writes in the group; every bot of ours may see it."""
        made = self._message(words, by=by, chat=await self.chat(), chat_type="supergroup", **more)
        for account in (TEACHER, PARTNERS[0].account_id):
            await self.room.receive_message(
                edge.GroupMessage(message=replace(made, account_id=account))
            )

    async def press(self, data: str, *, by: TelegramUserId = VERA) -> str:
        """A button in the group; returns what the person reads."""
        answer = await self.room.receive_press(self._press(data, by, await self.chat()))
        return answer.text if answer else ""

    async def press_in_dialogue(self, data: str, *, by: TelegramUserId = VERA) -> str:
        press = self._press(data, by, TelegramChatId(int(by)))
        return (await self.dialogues.receive_press(press)).text

    def _press(self, data: str, by: TelegramUserId, chat: TelegramChatId) -> IncomingPress:
        return IncomingPress(
            account_id=TEACHER,
            chat_id=chat,
            sender_id=by,
            data=data,
            pressed_at=self.clock.now(),
        )

    def _message(
        self, words: str, *, by: TelegramUserId, chat: int, **more: Any
    ) -> IncomingMessage:
        self.numbers += 1
        names = {VERA: "Вера", BORIS: "Борис"}
        values: dict[str, Any] = {
            "account_id": TEACHER,
            "chat_id": TelegramChatId(chat),
            "message_id": TelegramMessageId(self.numbers),
            "sender_id": by,
            "text": words,
            "sent_at": self.clock.now(),
            "first_name": names.get(by, "Кто-то"),
            "language_code": "ru",
            **more,
        }
        return IncomingMessage(**values)

    # --- time and lanes

    async def run(self, *kinds: str, rounds: int = 40) -> None:
        """Run what is due until nothing is."""
        for _ in range(rounds):
            due = await self.due_lanes(*kinds)
            if not due:
                return
            for kind, key in due:
                await self.run_lane(kind, key)

    async def run_lane(self, kind: str, key: str) -> None:
        again = await self.handlers[kind](Lane(kind, key, 0))
        if again is not None:
            async with self.units() as unit:
                await unit.lanes.postpone(kind, key, at=again)

    async def pass_time(self, span: timedelta) -> None:
        """Time goes on from one due moment to the next."""
        end = self.clock.now() + span
        await self.run()
        while (due := await self._next()) is not None and due <= end:
            self.clock.advance(max(due - self.clock.now(), timedelta(milliseconds=1)))
            await self.run()
        self.clock.advance(max(end - self.clock.now(), timedelta()))
        await self.run()

    async def until(self, hour: int, minute: int = 0, *, days: int = 0) -> None:
        """Until this UTC time of day."""
        now = self.clock.now()
        at = now.replace(hour=hour, minute=minute, second=0) + timedelta(days=days)
        await self.pass_time(at - now)

    async def due_lanes(self, *kinds: str) -> list[tuple[str, str]]:
        async with self.engine.begin() as connection:
            rows = await connection.execute(
                text(
                    "DELETE FROM lanes WHERE status = 'waiting' AND due_at <= :now"
                    " AND kind = ANY(:kinds) RETURNING kind, key"
                ),
                {"now": self.clock.now(), "kinds": list(kinds or self.handlers)},
            )
            return sorted((row.kind, row.key) for row in rows)

    async def _next(self) -> datetime | None:
        async with self.engine.connect() as connection:
            found: datetime | None = await connection.scalar(
                text(
                    "SELECT min(due_at) FROM lanes WHERE status = 'waiting' AND kind <> 'sales.answer_client'"
                )
            )
            return found

    # --- what is stored and seen

    async def conversation(self) -> int:
        (row,) = await self.rows("SELECT id FROM client_conversations")
        return int(row["id"])

    async def group(self) -> Group:
        """Vera's."""
        rows = await self.rows("SELECT id FROM education_groups WHERE conversation_id > 0")
        async with self.units() as unit:
            found = await unit.groups.get(GroupId(rows[0]["id"]))
        assert found is not None
        return found

    async def chat(self) -> TelegramChatId:
        chat = (await self.group()).chat_id
        assert chat is not None
        return chat

    async def in_group(self) -> list[str]:
        return self.telegram.in_group(await self.chat())

    def to_vera(self) -> list[str]:
        return self.telegram.in_group(int(VERA))

    async def messages(self) -> list[GroupMessage]:
        group = await self.group()
        async with self.units() as unit:
            return list(await unit.group_messages.recent(group.id, limit=100))

    async def why(self, words: str) -> tuple[str | None, str]:
        """Who answers the message that holds these words, and the stored reason."""
        found = [m for m in await self.messages() if words in m.text and m.sender_id]
        assert found, words
        return found[-1].speaker, found[-1].reason

    async def rows(self, statement: str, **values: object) -> list[Any]:
        async with self.engine.connect() as connection:
            return list((await connection.execute(text(statement), values)).mappings())


@pytest.fixture
async def stage(engine: AsyncEngine, units: Units, clock: FrozenClock) -> Stage:
    made = Stage(engine, units, clock)
    await made.set_up()
    return made
