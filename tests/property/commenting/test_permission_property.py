"""H4 under chance: whatever happens in whatever order, nothing is sent without a valid permission."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.integration.commenting.conftest import (
    APPROVER,
    DRAFTS,
    GROUP_CHAT,
    OWNER,
    FakeTelegram,
    Stage,
)

from candor.commenting.administration import OwnRights
from candor.commenting.channel import DEFAULT_PERMISSION, Channel, Scope
from candor.commenting.lanes import CONSIDER_POSTS, SEND_COMMENT
from candor.common.clock import FrozenClock
from candor.common.errors import CandorError
from candor.common.ids import AccountId
from candor.messaging.gateway import NotReachedError, SendText, SentMessage, UnconfirmedError
from candor.messaging.lanes import DELIVER
from candor.storage.engine import make_engine
from candor.storage.unit_of_work import Units

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORDS = ("глаголы", "предлоги", "артикли", "времена", "наречия", "союзы", "приставки")
SUBJECTS = ("карточки", "заметки", "дорога", "привычка", "чтение", "песни", "сериалы", "словарь")


@dataclass
class Truth:
    """What the channel's owner has said, kept apart from the product."""

    granted_at: datetime | None = None
    expires_at: datetime | None = None
    is_in_group: bool = True

    def allows(self, now: datetime) -> bool:
        return self.expires_at is not None and now < self.expires_at and self.is_in_group


@dataclass
class WatchedTelegram:
    """Every comment that reaches Telegram is held against the truth of that moment."""

    inner: FakeTelegram
    clock: FrozenClock
    truth: Truth
    offences: list[str] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)
    is_idempotent: bool = False

    async def of(self, account_id: AccountId) -> "WatchedTelegram":
        return self

    async def send_text(self, message: SendText) -> SentMessage:
        is_comment = message.reply_to is not None and 1000 < message.reply_to < 2000
        if is_comment and not self.truth.allows(self.clock.now()):
            self.offences.append(f"{self.clock.now()}: {message.text[:40]}")
        if is_comment and message.reply_to is not None:
            self.comments.append(message.reply_to)
        return await self.inner.send_text(message)


class World:
    """One run: a database that is emptied before, and a product that can be restarted in the middle."""

    def __init__(self, stage: Stage, truth: Truth) -> None:
        self.stage = stage
        self.truth = truth
        self.posts = 0
        self.account = AccountId(0)
        self.channel: Channel | None = None
        self.watch = WatchedTelegram(stage.telegram, stage.clock, truth)
        self._rewire()

    async def begin(self, mode: str) -> None:
        tables = "telegram_account_sessions, telegram_channels, lanes, users"
        async with self.stage.engine.begin() as connection:
            await connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        self.account = await self.stage.add_account()
        self.channel = await self.stage.add_channel(
            comment_mode=mode,
            daily_cap=3,
            offered=Scope(mode="auto" if mode == "auto" else "approve", max_per_day=3),
        )

    async def step(self, kind: str, amount: int) -> None:
        await getattr(self, f"do_{kind}")(amount)
        assert self.watch.offences == []

    async def do_grant(self, amount: int) -> None:
        assert self.channel is not None
        if not self.truth.is_in_group:
            return
        await self.stage.grant(self.channel, self.account)
        self.truth.granted_at = self.stage.clock.now()
        self.truth.expires_at = self.stage.clock.now() + DEFAULT_PERMISSION

    async def do_revoke(self, amount: int) -> None:
        # The owner's word counts from the moment it is said.
        self.truth.expires_at = None
        await self.stage.permissions.revoke_in_group(self.account, GROUP_CHAT, OWNER, "Ольга")

    async def do_remove_bot(self, amount: int) -> None:
        self.truth.expires_at, self.truth.is_in_group = None, False
        self.stage.telegram.rights = OwnRights(False, False, False)
        await self.stage.discussion.account_moved(self.stage.moved(self.account, is_in=False))

    async def do_add_bot(self, amount: int) -> None:
        self.truth.is_in_group = True
        self.stage.telegram.rights = OwnRights(True, True, True)
        await self.stage.discussion.account_moved(self.stage.moved(self.account, is_in=True))

    async def do_post(self, amount: int) -> None:
        self.posts += 1
        subject = SUBJECTS[self.posts % len(SUBJECTS)]
        about = (
            f"Как запоминать английские слова? Сегодня про {subject}: три способа и один вопрос."
        )
        self.stage.model.drafts = [
            f"{DRAFTS[self.posts % 3]} Тема сегодня: {WORDS[self.posts % len(WORDS)]}."
        ]
        await self.stage.monitor.record_post(self.stage.arrived(self.posts, about))

    async def do_edit(self, amount: int) -> None:
        if self.posts:
            number = 1 + amount % self.posts
            edited = self.stage.arrived(
                number, f"Правка {amount}: английские слова и способы их запоминать на каждый день."
            )
            await self.stage.monitor.record_edit(edited)

    async def do_approve(self, amount: int) -> None:
        for comment in await self.stage.comments("pending"):
            try:
                await self.stage.approval.approve(comment.id, comment.text, APPROVER)
            except CandorError:
                continue

    async def do_wait(self, amount: int) -> None:
        self.stage.clock.advance(timedelta(minutes=amount))

    async def do_wait_long(self, amount: int) -> None:
        self.stage.clock.advance(timedelta(days=amount % 200))

    async def do_consider(self, amount: int) -> None:
        await self.stage.run_lanes(CONSIDER_POSTS)

    async def do_send(self, amount: int) -> None:
        await self.stage.run_lanes(SEND_COMMENT)

    async def do_deliver(self, amount: int) -> None:
        await self.stage.run_lanes(DELIVER)

    async def do_run_all(self, amount: int) -> None:
        await self.stage.run_lanes()

    async def do_fail(self, amount: int) -> None:
        error = NotReachedError() if amount % 2 else UnconfirmedError()
        self.stage.telegram.fails.append(error)

    async def do_restart(self, amount: int) -> None:
        old = self.stage
        self.stage = Stage(old.units, old.engine, old.clock, old.model, old.telegram)
        self._rewire()

    def _rewire(self) -> None:
        self.stage.delivery._gateways = self.watch  # type: ignore[assignment]


KINDS = [
    "grant",
    "grant",
    "revoke",
    "remove_bot",
    "add_bot",
    "post",
    "post",
    "edit",
    "approve",
    "approve",
    "wait",
    "wait_long",
    "consider",
    "send",
    "deliver",
    "run_all",
    "run_all",
    "fail",
    "restart",
]
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(min_value=1, max_value=1500)),
    min_size=5,
    max_size=40,
)
PRELUDE = (("grant", 1), ("post", 1), ("consider", 1), ("approve", 1))


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, mode=st.sampled_from(["approve", "auto"]), with_prelude=st.booleans())
async def test_that_no_order_of_events_sends_without_permission(
    database_url: str, steps: list[tuple[str, int]], mode: str, with_prelude: bool
) -> None:
    engine = make_engine(database_url)
    try:
        world = World(Stage(Units(engine), engine, FrozenClock(START)), Truth())
        await world.begin(mode)
        for kind, amount in [*(PRELUDE if with_prelude else ()), *steps, ("run_all", 1)]:
            await world.step(kind, amount)
        assert world.watch.offences == []
        per_post = {number: world.watch.comments.count(number) for number in world.watch.comments}
        assert all(count == 1 for count in per_post.values()), per_post
    finally:
        await engine.dispose()


async def test_that_the_watch_itself_sees_a_comment(database_url: str) -> None:
    engine = make_engine(database_url)
    try:
        world = World(Stage(Units(engine), engine, FrozenClock(START)), Truth())
        await world.begin("approve")
        for kind in ("grant", "post", "consider", "approve", "run_all"):
            await world.step(kind, 1)
        assert world.watch.comments == [1001], await world.stage.reasons()
    finally:
        await engine.dispose()
