"""No interleaving of clients, people, time and faults breaks what Candor promises.

Random sequences of events run on real tables. At each moment that a text reaches Telegram, a simple
model says what is allowed: no unlabelled text where the label is due (H1), no word of the AI while a
person handles the dialogue or after /stop, nothing twice, nothing out of order. At the end, when all
faults are over, everything that still waits for the AI has been answered exactly once.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import text

from candor.common.errors import CandorError
from candor.disclosure.labels import LabelKind, is_labelled
from candor.messaging.gateway import (
    NotReachedError,
    RateLimitedError,
    UnconfirmedError,
)
from candor.messaging.lanes import ANSWER_CLIENT, DELIVER

BUSINESS = "Школа «Маяк»"
DIALOGUE_LABELS = (
    LabelKind.FIRST_CONTACT,
    LabelKind.AFTER_SILENCE,
    LabelKind.RETURN_FROM_HUMAN,
)
PEOPLE = (7, 8)
DAY = timedelta(hours=24)


@dataclass
class Person:
    """What the model knows of one client."""

    handling: str = "ai"
    wrote: bool = False
    label_due: bool = True
    last_in: datetime | None = None
    last_out: datetime | None = None
    waiting: set[str] = field(default_factory=set)


@dataclass
class Model:
    """What may happen, kept beside what does."""

    world: Any
    people: dict[int, Person] = field(default_factory=lambda: defaultdict(Person))
    answered: list[str] = field(default_factory=list)
    texts: int = 0

    # --- events

    async def write(self, who: int, words: str) -> None:
        if words == "text":
            self.texts += 1
            words = f"m{self.texts}m"
        person, now = self.people[who], self.world.clock.now()
        received = await self.world.write(words, person=who)
        if person.last_in is not None and now - person.last_in > DAY:
            person.label_due = True
        person.wrote, person.last_in = True, now
        if words == "/start":
            person.label_due = True
            if person.handling == "opted_out":
                person.handling = "ai"
        if words == "/stop":
            person.handling = "opted_out"
            person.waiting.clear()
        if words == "/human":
            person.handling = "human"
        is_text = received.command in (None, "start")
        if person.handling == "closed" and is_text:
            person.handling = "ai"
        if words.startswith("m") and person.handling != "opted_out":
            person.waiting.add(words)

    async def act(self, who: int, what: str) -> None:
        person = self.people[who]
        if not person.wrote:
            return
        conversation = await self.conversation_of(who)
        hand_off = self.world.hand_off
        try:
            match what:
                case "take":
                    changed = await hand_off.take(conversation, 3)
                case "give_back":
                    changed = await hand_off.give_back(conversation, 3)
                case "pause":
                    changed = await hand_off.pause(conversation, 3)
                case "close":
                    changed = await hand_off.close(conversation, 3)
                case _:
                    await hand_off.write(conversation, 3, "Анна: здравствуйте")
                    person.waiting.clear()
                    return
        except CandorError:
            return
        if person.handling == "human" and changed.handling != "human":
            person.label_due = True
        person.handling = changed.handling
        if what == "close":
            person.waiting.clear()

    async def conversation_of(self, who: int) -> int:
        rows = await self.world.rows(
            "SELECT v.id FROM client_conversations v JOIN chats c ON c.id = v.chat"
            " WHERE c.chat_id = :who",
            who=who,
        )
        return int(rows[0]["id"])

    # --- what reaches Telegram

    def on_send(self, chat_id: int, words: str) -> None:
        """Called at the very moment of sending: everything below must hold now."""
        person, now = self.people[chat_id], self.world.clock.now()
        assert person.wrote, "a first word to a stranger"
        if words.startswith(("Анна:", "Дальше отвечает")):
            assert person.handling != "opted_out" or words.startswith("Дальше")
            return
        if "Ответ на:" in words:
            assert person.handling in ("ai", "closed"), f"AI spoke while {person.handling}"
            for one in (w for w in words.replace("\n", " ").split() if w.startswith("m")):
                assert one not in self.answered, f"{one} answered twice"
                self.answered.append(one)
                person.waiting.discard(one)
        if self.is_label_due(person, now):
            assert any(
                is_labelled(words, kind, business=BUSINESS, language="ru")
                for kind in DIALOGUE_LABELS
            ), f"unlabelled: {words!r}"

    def on_confirmed(self, chat_id: int, words: str) -> None:
        person = self.people[chat_id]
        person.last_out = self.world.clock.now()
        if any(
            is_labelled(words, kind, business=BUSINESS, language="ru") for kind in DIALOGUE_LABELS
        ):
            person.label_due = False

    @staticmethod
    def is_label_due(person: Person, now: datetime) -> bool:
        return person.label_due or person.last_out is None or now - person.last_out > DAY


def watch(world: Any, model: Model) -> None:
    """Let the model see every send, and put events between a delivery's look and its claim."""
    telegram = world.telegram
    original = telegram.__class__._send

    def send(chat_id: int, words: str, random_id: int, file: bytes | None) -> Any:
        if telegram.faults:
            raise telegram.faults.popleft()
        if not (telegram.is_idempotent and any(s.random_id == random_id for s in telegram.sent)):
            model.on_send(chat_id, words)
        sent = original(telegram, chat_id, words, random_id, file)
        model.on_confirmed(chat_id, words)
        return sent

    telegram._send = send


async def race(world: Any, model: Model, who: int, event: str) -> None:
    """An answer is written; its delivery reads what is due, and before it claims, the event comes."""
    from candor.storage.repositories.messaging_outbox import PgOutboxRepository  # noqa: PLC0415

    original = PgOutboxRepository.next_due

    async def next_due(self: Any, chat: Any, *, now: Any) -> Any:
        PgOutboxRepository.next_due = original  # type: ignore[method-assign]
        due = await original(self, chat, now=now)
        if event.startswith("/") or event == "text":
            await model.write(who, event)
        else:
            await model.act(who, event)
        return due

    await model.write(who, "text")
    world.clock.advance(timedelta(seconds=2))
    await run(world, kinds=(ANSWER_CLIENT,))
    PgOutboxRepository.next_due = next_due  # type: ignore[method-assign]
    try:
        await run(world, kinds=(DELIVER,))
    finally:
        PgOutboxRepository.next_due = original  # type: ignore[method-assign]


async def run(world: Any, *, kinds: tuple[str, ...] = (ANSWER_CLIENT, DELIVER)) -> None:
    """Run due lanes; a crash leaves the lane to be run again, as its lease would."""
    for kind, key in await world.due_lanes():
        try:
            if kind in kinds:
                await world.run_lane(kind, key)
                continue
        except RuntimeError:  # the process died
            pass
        async with world.units() as unit:
            await unit.lanes.wake(kind, key, at=world.clock.now())


async def reset(world: Any) -> None:
    async with world.engine.begin() as connection:
        for table in ("users", "lanes", "sending_pace", "opt_outs", "chats"):
            await connection.execute(text(f"DELETE FROM {table}"))
    world.telegram.sent.clear()
    world.telegram.faults.clear()
    world.telegram.lost.clear()


FAULTS = {
    "limited": lambda: RateLimitedError(retry_after=timedelta(seconds=20)),
    "not_reached": NotReachedError,
    "crash_before": lambda: RuntimeError("killed before sending"),
}
LOST = {
    "unconfirmed": UnconfirmedError,
    "crash_after": lambda: RuntimeError("killed after sending"),
}

who = st.sampled_from(PEOPLE)
steps = st.one_of(
    st.tuples(
        st.just("write"),
        who,
        st.sampled_from(
            ["text", "text", "text", "/start", "/stop", "/human", "/privacy", "вы бот?"]
        ),
    ),
    st.tuples(
        st.just("act"), who, st.sampled_from(["take", "give_back", "pause", "close", "write"])
    ),
    st.tuples(
        st.just("race"),
        who,
        st.sampled_from(["/stop", "/start", "text", "take", "give_back", "pause", "close"]),
    ),
    st.tuples(st.just("wait"), st.sampled_from([0.4, 2, 2, 3600, 25 * 3600]), st.none()),
    st.tuples(st.just("run"), st.none(), st.none()),
    st.tuples(st.just("exchange"), who, st.none()),
    st.tuples(st.just("fault"), st.sampled_from([*FAULTS, *LOST]), st.none()),
)


@pytest.mark.parametrize("is_idempotent", [False, True])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(events=st.lists(steps, max_size=30))
@example(events=[("exchange", 7, None), ("race", 7, "/start")])
@example(events=[("exchange", 7, None), ("race", 7, "/stop")])
@example(events=[("exchange", 7, None), ("race", 7, "take"), ("act", 7, "give_back")])
@example(events=[("exchange", 7, None), ("act", 7, "take"), ("write", 7, "/privacy"),
                 ("race", 7, "give_back")])  # fmt: skip
async def test_that_no_interleaving_breaks_a_promise(
    world: Any, is_idempotent: bool, events: list[tuple[str, Any, Any]]
) -> None:
    note(f"{events=}")
    await reset(world)
    world.telegram.is_idempotent = is_idempotent
    model = Model(world)
    watch(world, model)
    for kind, first, second in events:
        match kind:
            case "write":
                await model.write(first, second)
            case "act":
                await model.act(first, second)
            case "race":
                await race(world, model, first, second)
            case "wait":
                world.clock.advance(timedelta(seconds=first))
            case "run":
                await run(world)
            case "exchange":
                await model.write(first, "text")
                for _ in range(2):
                    world.clock.advance(timedelta(seconds=2))
                    await run(world)
            case "fault" if first in FAULTS:
                world.telegram.faults.append(FAULTS[first]())
            case "fault":
                world.telegram.lost.append(LOST[first]())
    await drain(world, model)
    await check_what_is_left(world, model)


async def drain(world: Any, model: Model) -> None:
    """All faults are over; the AI gets back what it may have."""
    world.telegram.faults.clear()
    world.telegram.lost.clear()
    for person in PEOPLE:
        await model.act(person, "give_back")
    for _ in range(60):
        due = await world.next_due()
        if due is None:
            break
        if due > world.clock.now():
            world.clock.advance(due - world.clock.now())
        await run(world)
    assert await world.next_due() is None, "lanes never come to rest"


async def check_what_is_left(world: Any, model: Model) -> None:
    rows = await world.rows("SELECT chat, id, random_id, status, text FROM outbox ORDER BY id")
    # A bot that died before the request left looks like one whose answer was lost: shown, not
    # repeated.
    unknown = {w for row in rows if row["status"] == "unconfirmed" for w in row["text"].split()}
    for number, person in model.people.items():
        if person.handling == "ai":
            assert person.waiting <= unknown, f"{number} waits for {person.waiting}"
    assert {row["status"] for row in rows} <= {"sent", "unconfirmed", "cancelled", "failed"}
    by_random = {row["random_id"]: row for row in rows}
    sent = [by_random[one.random_id] for one in world.telegram.sent]
    assert len({row["id"] for row in sent}) == len(sent), "a text went out twice"
    for chat in {row["chat"] for row in sent}:
        order = [row["id"] for row in sent if row["chat"] == chat]
        assert order == sorted(order), "texts of one chat went out of order"
