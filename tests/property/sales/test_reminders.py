"""No interleaving sends two reminders for one silence, or one after a no.

Random sequences of messages, commands, operators, time and crashes run on real tables. At the moment a
reminder reaches Telegram, a simple model says whether it may: the AI has the dialogue, the client has
written since the last reminder and nothing since it was planned, a week has passed, and it is day.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st

from candor.common.errors import CandorError
from candor.common.lanes import Lane
from candor.messaging.lanes import ANSWER_CLIENT, FOLLOW_UP
from candor.storage.repositories.messaging_outbox import PgOutboxRepository

SCRIPT = """
key: reminding
kind: sales
title: С напоминанием
language: ru
steps: [{key: greeting, say: "Зачем вам английский?", alternatives: ["Для чего он вам?"]}]
follow_up: {after: 20h, at_most: 3, say: "НАПОМИНАНИЕ"}
"""
MOSCOW = ZoneInfo("Europe/Moscow")


@dataclass
class Model:
    """What may happen, kept beside what does."""

    shop: Any
    handling: str = "ai"
    wrote: bool = False
    last_in: datetime | None = None
    reminded: list[datetime] = field(default_factory=list)
    crashes: int = 0

    async def write(self, words: str) -> None:
        await self.shop.write(words)
        self.wrote, self.last_in = True, self.shop.clock.now()
        if words == "/start" and self.handling == "opted_out":
            self.handling = "ai"
        if words in ("text", "/start") and self.handling == "closed":
            self.handling = "ai"
        if words == "/stop":
            self.handling = "opted_out"
        if words == "/human":
            self.handling = "human"

    async def act(self, what: str) -> None:
        if not self.wrote:
            return
        hand_off = self.shop.hand_off
        (row,) = await self.shop.rows("SELECT id FROM client_conversations")
        here = row["id"]
        try:
            match what:
                case "take":
                    self.handling = (await hand_off.take(here, 3)).handling
                case "give_back":
                    self.handling = (await hand_off.give_back(here, 3)).handling
                case "close":
                    self.handling = (await hand_off.close(here, 3)).handling
                case _:
                    await self.shop.follow_ups.cancel(here, by="anna")
        except CandorError:
            return

    async def do(self, event: str) -> None:
        if event in ("text", "/start", "/stop", "/human"):
            await self.write(event)
        else:
            await self.act(event)

    def on_send(self, words: str) -> None:
        """Called at the very moment of sending."""
        if "НАПОМИНАНИЕ" not in words:
            return
        now = self.shop.clock.now()
        assert self.handling == "ai", f"reminded while {self.handling}"
        assert self.last_in is not None
        assert now - self.last_in >= timedelta(hours=20), "reminded a client who had just written"
        for before in self.reminded:
            assert before < self.last_in, "reminded twice in one silence"
            assert now - before >= timedelta(days=7), "reminded twice in a week"
        assert 10 <= now.astimezone(MOSCOW).hour < 20, "reminded at night"
        self.reminded.append(now)
        assert len(self.reminded) <= 3

    async def run(self, *, race: str | None = None) -> int:
        """Everything that is due; `race` comes between a delivery's look and its claim."""
        lanes = await self.shop.due_lanes()
        for kind, key in lanes:
            try:
                await self.run_lane(kind, key, race)
            except RuntimeError:  # the process died; its lease ends and the lane runs again
                async with self.shop.units() as unit:
                    await unit.lanes.wake(kind, key, at=self.shop.clock.now())
        return len(lanes)

    async def run_lane(self, kind: str, key: str, race: str | None) -> None:
        lane = Lane(kind, key, 0)
        if kind == ANSWER_CLIENT:
            await self.shop.sales.answer_client(lane)
            return
        if kind == FOLLOW_UP:
            again = await self.shop.follow_ups.remind(lane)
        elif race is None:
            again = await self.shop.delivery.deliver(lane)
        else:
            again = await self.deliver_in_a_race(lane, race)
        if again is not None:
            async with self.shop.units() as unit:
                await unit.lanes.wake(kind, key, at=again)

    async def deliver_in_a_race(self, lane: Lane, event: str) -> Any:
        original, model = PgOutboxRepository.next_due, self

        async def next_due(self: Any, chat: Any, *, now: Any) -> Any:
            PgOutboxRepository.next_due = original  # type: ignore[method-assign]
            due = await original(self, chat, now=now)
            await model.do(event)
            return due

        PgOutboxRepository.next_due = next_due  # type: ignore[method-assign]
        try:
            return await self.shop.delivery.deliver(lane)
        finally:
            PgOutboxRepository.next_due = original  # type: ignore[method-assign]


def watch(shop: Any, model: Model) -> None:
    """Let the model see every send; a crash that is due comes before the request leaves."""
    original = shop.telegram.send_text

    async def send_text(message: Any) -> Any:
        if model.crashes:
            model.crashes -= 1
            raise RuntimeError("killed before sending")
        model.on_send(message.text)
        return await original(message)

    shop.telegram.send_text = send_text


async def reset(shop: Any) -> None:
    for table in ("users", "lanes", "sending_pace", "opt_outs", "chats"):
        await shop.execute(f"DELETE FROM {table}")
    shop.telegram.sent.clear()
    del shop.telegram.__dict__["send_text"]


EVENTS = ["text", "/start", "/stop", "/human", "take", "give_back", "close", "cancel"]
steps = st.one_of(
    st.tuples(st.just("do"), st.sampled_from(["text", "text", *EVENTS])),
    st.tuples(st.just("wait"), st.sampled_from([0.1, 7, 21, 24, 24, 200])),
    st.tuples(st.just("run"), st.none()),
    st.tuples(st.just("race"), st.sampled_from(EVENTS)),
    st.tuples(st.just("silence"), st.none()),
    st.tuples(st.just("crash"), st.none()),
)


@pytest.mark.timeout(240)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(events=st.lists(steps, max_size=14))
@example(events=[("do", "text"), ("run", None), ("silence", None), ("silence", None)])
@example(events=[("do", "text"), ("run", None), ("wait", 24), ("race", "/stop")])
@example(events=[("do", "text"), ("run", None), ("wait", 24), ("crash", None), ("race", "text")])
@example(events=[("silence", None), ("do", "text"), ("silence", None), ("wait", 200),
                 ("do", "text"), ("silence", None)])  # fmt: skip
async def test_that_no_interleaving_reminds_twice_or_after_a_no(
    shop: Any, events: list[tuple[str, Any]]
) -> None:
    note(f"{events=}")
    shop.telegram.__dict__.setdefault("send_text", None)
    await reset(shop)
    await shop.scripts.import_script(SCRIPT, author="test")
    model = Model(shop)
    watch(shop, model)
    for kind, value in events:
        match kind:
            case "do":
                await model.do(value)
            case "wait":
                shop.clock.advance(timedelta(hours=value))
            case "run":
                await settle(model)
            case "race":
                shop.clock.advance(timedelta(seconds=2))
                await model.run(race=value)
            case "silence":
                await model.write("text")
                await settle(model)
                shop.clock.advance(timedelta(hours=24))
                await settle(model)
            case _:
                model.crashes += 1
    model.crashes = 0
    for _ in range(12):
        (row,) = await shop.rows("SELECT min(due_at) AS due_at FROM lanes WHERE status = 'waiting'")
        if row["due_at"] is None:
            break
        shop.clock.advance(max(row["due_at"] - shop.clock.now(), timedelta()))
        await settle(model)
    live = await shop.rows("SELECT * FROM follow_ups WHERE status IN ('planned', 'queued')")
    assert not live, f"a reminder that neither went out nor was given up: {live}"


async def settle(model: Model) -> None:
    """What is due now and in the next few minutes."""
    for _ in range(6):
        model.shop.clock.advance(timedelta(seconds=3))
        if not await model.run():
            break
