"""A stage for commenting: real tables, real delivery, and Telegram and the model as small doubles."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from candor.commenting.administration import Administrator, ChatFacts, OwnRights
from candor.commenting.approval import Approver, CommentApprovalService
from candor.commenting.card_closing import CardClosing
from candor.commenting.catching_up import ChannelCatchUp
from candor.commenting.channel import Channel, ChannelDraft, Hours, Scope
from candor.commenting.checking import CommentChecks
from candor.commenting.comment import Comment, CommentStatus, Engagement
from candor.commenting.considering import PostConsideration
from candor.commenting.discussion import AccountMoved, DiscussionService, HeardMessage
from candor.commenting.engagement import EngagementService
from candor.commenting.generation import CommentGenerationService
from candor.commenting.lanes import (
    ANSWER_REPLY,
    CATCH_UP,
    CLOSE_CARDS,
    CONSIDER_POSTS,
    END_PERMISSION,
    EXPIRE_COMMENT,
    OFFER_COMMENT,
    REFRESH_ENGAGEMENT,
    SEND_COMMENT,
    VERIFY_CHANNEL,
)
from candor.commenting.monitor import ChannelMonitorService
from candor.commenting.owner_approval import OwnerApproval
from candor.commenting.permission import ChannelPermissionService, GrantRequest
from candor.commenting.post import ArrivedPost
from candor.commenting.private import PrivateMessageService
from candor.commenting.register import ChannelRegister
from candor.commenting.relevance import Relevance
from candor.commenting.replies import CommentReplyService
from candor.commenting.reports import CommentingReports
from candor.commenting.scheduler import CommentSchedulerService
from candor.commenting.sending import CommentRule
from candor.commenting.verifying import ChannelVerification
from candor.common.clock import FrozenClock
from candor.common.errors import TemporaryError
from candor.common.hot_reload import HotReloadService
from candor.common.ids import (
    AccountId,
    CommentId,
    OperatorId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.common.lanes import Lane, LaneHandler
from candor.common.llm import (
    CommentDraft,
    CommentRequest,
    DraftReply,
    Fact,
    GroupReplyRequest,
    PostSummary,
)
from candor.common.paging import Cut
from candor.messaging.delivery import DeliveryService
from candor.messaging.gateway import Keyboard, SendText, SentMessage, UnconfirmedError
from candor.messaging.lanes import DELIVER
from candor.messaging.outbox import Outbox
from candor.messaging.owner_chats import OwnerChats
from candor.storage.unit_of_work import Units

BUSINESS = "Школа «Маяк»"
CHANNEL_CHAT = TelegramChatId(-1001000000001)
GROUP_CHAT = TelegramChatId(-1001000000002)
OWNER = TelegramUserId(501)
READER = TelegramUserId(502)
POST_TEXT = (
    "Как запоминать английские слова, если на уроки нет времени? Мы собрали способы: карточки "
    "по дороге на работу, короткие заметки и повторение через день. А как повторяете слова вы?"
)
DRAFTS = (
    "Карточки хорошо работают вместе с повторением: слово встречается снова тогда, когда начинает "
    "забываться. В дороге можно начать с самых частых слов.",
    "К заметкам можно добавить одно предложение со словом из своей жизни: так повторение "
    "опирается на смысл, а не на список.",
    "Дорога на работу подходит и для слов на слух: прослушать карточки, затем назвать перевод "
    "вслух и вернуться к трудным вечером.",
)


class FakeModel:
    """`LLMService` for commenting. Counts its calls; can be away, or write what it is told."""

    def __init__(self) -> None:
        self.is_away = False
        self.drafts: Sequence[str] = DRAFTS
        self.name = "stub"
        self.summaries: list[str] = []
        self.requests: list[CommentRequest] = []
        self.replies: list[GroupReplyRequest] = []
        self.summary = PostSummary(
            main_idea="Как запоминать слова без уроков",
            keywords=("слова", "карточки", "повторение"),
            tone="neutral",
            topics=("английский",),
            language="ru",
        )
        self.answer = "Для начала хватит нескольких карточек по дороге и повторения вечером."

    @property
    def calls(self) -> int:
        return len(self.summaries) + len(self.requests)

    async def summarize_post(self, text: str) -> PostSummary:
        self.summaries.append(text)
        return self.summary

    async def write_comments(self, request: CommentRequest) -> tuple[CommentDraft, ...]:
        self._demand()
        self.requests.append(request)
        return tuple(CommentDraft(text, self.name, "comment-1") for text in self.drafts)

    async def answer_in_group(self, request: GroupReplyRequest) -> DraftReply:
        self._demand()
        self.replies.append(request)
        return DraftReply(text=self.answer, source="model")

    def _demand(self) -> None:
        if self.is_away:
            raise TemporaryError("The model is away.")


class FakeTelegram:
    """Chats, administrators and rights as Telegram would tell them; sends, and remembers."""

    is_idempotent = False

    def __init__(self) -> None:
        self.chats = {
            GROUP_CHAT: ChatFacts(
                GROUP_CHAT, "supergroup", "Обсуждение", None, CHANNEL_CHAT, slow_mode_seconds=0
            ),
            CHANNEL_CHAT: ChatFacts(CHANNEL_CHAT, "channel", "Слова", "slova", GROUP_CHAT),
        }
        self.admins = [Administrator(OWNER, "Ольга", is_owner=True, can_manage=True)]
        self.rights = OwnRights(is_member=True, can_see_posts=True, can_write=True)
        self.sent: list[SendText] = []
        self.fails: list[Exception] = []
        self.edited: dict[tuple[TelegramChatId, TelegramMessageId], str] = {}
        self.next_id = 9000

    async def describe(self, account_id: AccountId, chat: TelegramChatId | str) -> ChatFacts:
        return self.chats[TelegramChatId(int(chat))]

    async def administrators(
        self, account_id: AccountId, chat_id: TelegramChatId
    ) -> tuple[Administrator, ...]:
        return tuple(self.admins)

    async def own_rights(self, account_id: AccountId, chat_id: TelegramChatId) -> OwnRights:
        return self.rights

    async def of(self, account_id: AccountId) -> "FakeTelegram":
        return self

    async def send_text(self, message: SendText) -> SentMessage:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append(message)
        self.next_id += 1
        return SentMessage(TelegramMessageId(self.next_id))

    async def find_own(self, *_: object, **__: object) -> None:
        raise UnconfirmedError("This fake can not tell.")

    async def edit_text(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId, text: str
    ) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.edited[chat_id, message_id] = text

    async def delete_message(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> None: ...

    async def show_typing(
        self, chat_id: TelegramChatId, *, business_connection_id: str | None = None
    ) -> None: ...

    async def send_file(
        self,
        chat_id: TelegramChatId,
        *,
        name: str,
        content: bytes,
        caption: str,
        random_id: int,
    ) -> SentMessage:
        raise AssertionError("Commenting sends no files.")

    async def edit_keyboard(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId, keyboard: Keyboard
    ) -> None: ...


class FakeRestrictions:
    def __init__(self) -> None:
        self.stopped: list[tuple[AccountId, str]] = []

    async def stop_for(self, account_id: AccountId, signal: str, *, actor: str) -> None:
        self.stopped.append((account_id, signal))


class FakeHistory:
    """A user session's view of the channel: its posts as they stand now."""

    def __init__(self) -> None:
        self.posts: list[ArrivedPost] | None = []
        self.asked: list[TelegramMessageId | None] = []

    async def read(
        self, channel_id: TelegramChatId, *, after: TelegramMessageId | None
    ) -> Sequence[ArrivedPost] | None:
        self.asked.append(after)
        if self.posts is None:
            return None
        return [post for post in self.posts if post.message_id > (after or 0)]


class FakeCounters:
    """`EngagementSource`: what a user session sees of a message; None: it is no member there."""

    def __init__(self) -> None:
        self.seen: Engagement | None = None
        self.looks: list[datetime] = []
        self.clock: FrozenClock | None = None

    async def look(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId
    ) -> Engagement | None:
        if self.clock is not None:
            self.looks.append(self.clock.now())
        return self.seen


@dataclass
class Stage:
    """All of commenting on one database, with its lanes run by hand."""

    units: Units
    engine: AsyncEngine
    clock: FrozenClock
    model: FakeModel = field(default_factory=FakeModel)
    telegram: FakeTelegram = field(default_factory=FakeTelegram)
    restrictions: FakeRestrictions = field(default_factory=FakeRestrictions)
    facts: list[Fact] = field(default_factory=list)
    history: "FakeHistory | None" = None
    counters: "FakeCounters | None" = None

    def __post_init__(self) -> None:
        units, clock = self.units, self.clock
        checks = CommentChecks(facts=self.proven, business=BUSINESS)
        self.outbox = Outbox(clock)
        self.register = ChannelRegister(units, clock)
        self.permissions = ChannelPermissionService(units, clock, self.telegram)
        self.monitor = ChannelMonitorService(units, clock)
        self.scheduler = CommentSchedulerService(units, clock, self.outbox)
        self.approval = CommentApprovalService(units, clock, self.scheduler, checks)
        self.generation = CommentGenerationService(
            units, clock, self.model, checks, self.approval, business=BUSINESS
        )
        self.consideration = PostConsideration(units, clock, Relevance(), checks, self.generation)
        self.owner_chats = OwnerChats(units, clock, self.outbox, language="ru")
        self.replies = CommentReplyService(
            units,
            clock,
            self.outbox,
            self.model,
            checks,
            self.restrictions,
            owners=self.owner_chats,
            business=BUSINESS,
        )
        self.verification = ChannelVerification(units, clock, self.telegram, self.permissions)
        self.private = PrivateMessageService(
            units,
            clock,
            self.outbox,
            self.telegram,
            HotReloadService(),
            business=BUSINESS,
            language="ru",
        )
        self.catching_up = ChannelCatchUp(units, clock, self.monitor, self.history)
        self.engagement = EngagementService(units, clock, self.counters)
        self.discussion = DiscussionService(
            units,
            clock,
            self.telegram,
            self.register,
            self.permissions,
            self.replies,
            self.outbox,
            verification=self.verification,
            business=BUSINESS,
            language="ru",
        )
        self.reports = CommentingReports(units)
        self.owner_approval = OwnerApproval(
            units, clock, self.owner_chats, self.approval, timezone="Europe/Moscow"
        )
        self.card_closing = CardClosing(units, clock, self.telegram, timezone="Europe/Moscow")
        self.delivery = DeliveryService(
            units,
            clock,
            self.telegram,
            self.restrictions,
            business=BUSINESS,
            rules={"comment": CommentRule()},
        )
        self.handlers: dict[str, LaneHandler] = {
            CONSIDER_POSTS: self.consideration.consider,
            SEND_COMMENT: self.scheduler.send_due,
            EXPIRE_COMMENT: self.scheduler.expire_due,
            END_PERMISSION: self.permissions.end_due,
            CATCH_UP: self.catching_up.catch_up,
            VERIFY_CHANNEL: self.verification.verify_due,
            REFRESH_ENGAGEMENT: self.engagement.refresh,
            CLOSE_CARDS: self.card_closing.close_due,
            OFFER_COMMENT: self.owner_approval.offer_due,
            ANSWER_REPLY: self.replies.answer_due,
            DELIVER: self.delivery.deliver,
        }

    async def proven(self) -> Sequence[Fact]:
        return self.facts

    async def add_account(self, username: str = "mayak_comments_bot") -> AccountId:
        async with self.engine.begin() as connection:
            row = await connection.execute(
                text(
                    "INSERT INTO telegram_account_sessions (kind, role, title, username, telegram_id,"
                    " status, status_at, disclosed_at, secret, created_at) VALUES ('bot',"
                    " 'commentator', 'Майя · ИИ Маяк', :username, hashtext(:username), 'active',"
                    " :now, :now, 'x', :now) RETURNING id"
                ),
                {"username": username, "now": self.clock.now()},
            )
            return AccountId(row.scalar_one())

    async def add_channel(self, **settings: object) -> Channel:
        draft = ChannelDraft(
            username="slova",
            title="Слова",
            topics=("английский", "слова"),
            hours=Hours(timezone="Europe/Moscow"),
        )
        return await self.register.add(replace(draft, **settings))  # type: ignore[arg-type]

    async def grant(self, channel: Channel, account: AccountId) -> Channel:
        return await self.permissions.grant(
            GrantRequest(
                account_id=account,
                chat_id=GROUP_CHAT,
                sender_id=OWNER,
                sender_name="Ольга",
                code=channel.grant_code,
                text=f"/allow {channel.grant_code}",
                message_id=TelegramMessageId(7),
            )
        )

    def arrived(self, number: int = 1, post: str = POST_TEXT, **more: object) -> ArrivedPost:
        made = ArrivedPost(
            channel_chat_id=CHANNEL_CHAT,
            message_id=TelegramMessageId(number),
            text=post,
            posted_at=self.clock.now(),
            discussion_chat_id=GROUP_CHAT,
            discussion_message_id=TelegramMessageId(1000 + number),
        )
        return replace(made, **more)  # type: ignore[arg-type]

    def heard(self, said: str, *, by: TelegramUserId, **more: object) -> HeardMessage:
        self.telegram.next_id += 1
        made = HeardMessage(
            account_id=AccountId(1),
            chat_id=GROUP_CHAT,
            message_id=TelegramMessageId(self.telegram.next_id),
            sender_id=by,
            sender_name="Имя",
            text=said,
        )
        return replace(made, **more)  # type: ignore[arg-type]

    def moved(self, account: AccountId, *, is_in: bool, **more: object) -> AccountMoved:
        made = AccountMoved(
            account_id=account,
            chat_id=GROUP_CHAT,
            chat_type="supergroup",
            was_in=not is_in,
            is_in=is_in,
            can_write=is_in,
            by="Ольга (501)",
        )
        return replace(made, **more)  # type: ignore[arg-type]

    def lane(self, kind: str, key: int) -> Lane:
        return Lane(kind, str(key), 0)

    async def run_lanes(self, *kinds: str, rounds: int = 30) -> int:
        """Run what is due by the clock until nothing is; answers how many lanes ran."""
        ran = 0
        for _ in range(rounds):
            due = await self._due(kinds)
            if not due:
                break
            for kind, key in due:
                ran += 1
                again = await self.handlers[kind](Lane(kind, key, 0))
                if again is not None:
                    async with self.units() as unit:
                        await unit.lanes.postpone(kind, key, at=again)
        return ran

    async def _due(self, kinds: Sequence[str]) -> list[tuple[str, str]]:
        async with self.engine.begin() as connection:
            rows = await connection.execute(
                text(
                    "DELETE FROM lanes WHERE status = 'waiting' AND due_at <= :now"
                    " AND kind = ANY(:kinds) RETURNING kind, key"
                ),
                {"now": self.clock.now(), "kinds": list(kinds or self.handlers)},
            )
            return sorted((row.kind, row.key) for row in rows)

    async def until(self, moment: datetime) -> None:
        if moment > self.clock.now():
            self.clock.advance(moment - self.clock.now())
        await self.run_lanes()

    async def pass_time(self, span: timedelta) -> None:
        await self.until(self.clock.now() + span)

    async def comments(self, status: CommentStatus | None = None) -> tuple[Comment, ...]:
        async with self.units() as unit:
            found = (await unit.comments.page(status, Cut(limit=200), now=self.clock.now())).items
        return tuple(found)

    async def comment(self, comment_id: CommentId) -> Comment:
        async with self.units() as unit:
            found = await unit.comments.get(comment_id)
        assert found is not None
        return found

    async def pending(self, number: int = 1) -> Comment:
        """A post comes, and its comment waits for approval."""
        await self.monitor.record_post(self.arrived(number))
        await self.run_lanes(CONSIDER_POSTS)
        found = await self.comments("pending")
        assert len(found) == 1, await self.reasons()
        return found[0]

    async def reasons(self) -> list[str]:
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                text("SELECT gate_code, gate_reason FROM telegram_posts")
            )
            return [f"{row.gate_code}: {row.gate_reason}" for row in rows]

    async def scripted(self, **settings: object) -> tuple[Channel, AccountId]:
        """A permitted channel and an account in it."""
        account = await self.add_account()
        channel = await self.add_channel(**settings)
        return await self.grant(channel, account), account


APPROVER = Approver(OperatorId(1), "Анна")
AUTO = Scope(mode="auto", max_per_day=3)


@pytest.fixture
def stage(units: Units, engine: AsyncEngine, clock: FrozenClock) -> Stage:
    return Stage(units, engine, clock)
