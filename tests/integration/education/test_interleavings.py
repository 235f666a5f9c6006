"""No interleaving of people, time, operators and faults lets an unlabelled message of ours out.

The label comes from delivery, so the real `DeliveryService` sends, and each text is judged at the
moment it reaches Telegram. The model of what is allowed is small: a partner's label in front of a
partner's words, no partner while it was asked to be quiet, nothing of the AI while a person leads.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.integration.education.conftest import (
    BORIS,
    BUSINESS,
    PARTNERS,
    STEPS,
    STRANGER_BOT,
    TEACHER,
    VERA,
    Killed,
    Sent,
    Stage,
)

from candor.common.errors import ConflictError
from candor.disclosure.labels import LabelKind, is_labelled
from candor.education.lesson import LessonStep, Reaction
from candor.messaging.gateway import NotReachedError, RateLimitedError, UnconfirmedError

NAMES = {partner.account_id: partner.name for partner in PARTNERS}
WORDS = (
    "Меня зовут Вера, я из Твери",
    "Можно прислать голосовое?",
    "Почемучка, а как иначе?",
    "Шаг за шагом, тебе это помогло?",
    "Уточняшка, ты человек?",
    "вы бот?",
    "/quiet",
    "/human",
    "/privacy",
    "/stop",
    "позовите человека",
    "ясно",
)
FAULTS: dict[str, Any] = {
    "limited": lambda: RateLimitedError(retry_after=timedelta(seconds=20)),
    "not_reached": NotReachedError,
    "killed": Killed,
}
LOST: dict[str, Any] = {"unconfirmed": UnconfirmedError, "killed_after": Killed}

events = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(WORDS), st.sampled_from([VERA, VERA, BORIS])),
    st.tuples(st.just("bot"), st.sampled_from(WORDS), st.none()),
    st.tuples(st.just("model"), st.sampled_from(["Я сам учился здесь.", "ИИ · ок", ""]), st.none()),
    st.tuples(st.just("operator"), st.sampled_from(["pause", "resume", "hello", "day"]), st.none()),
    st.tuples(st.just("join"), st.sampled_from([VERA, BORIS]), st.none()),
    st.tuples(st.just("leave"), st.sampled_from([VERA, BORIS]), st.none()),
    st.tuples(st.just("next"), st.sampled_from(["yes", "no"]), st.sampled_from([VERA, BORIS])),
    st.tuples(st.just("script"), st.sampled_from(["Я сам учился здесь.", "Я ученик."]), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([1, 41, 41, 61, 130, 3600, 90_000]), st.none()),
    st.tuples(st.just("run"), st.none(), st.none()),
    st.tuples(st.just("fault"), st.sampled_from([*FAULTS, *LOST]), st.none()),
)


class Judge:
    """Looks at each text as it reaches Telegram."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.quiet_until: datetime | None = None
        self.is_led_by_person = False
        self.seen = 0

    async def look(self) -> None:
        """What holds before the next deliveries run."""
        group = await self.stage.group()
        self.quiet_until = group.quiet_until
        self.is_led_by_person = group.handed_off_at is not None

    def __call__(self, sent: Sent) -> None:
        self.seen += 1
        if sent.chat > 0:
            return
        if sent.account != TEACHER:
            assert is_labelled(
                sent.text,
                LabelKind.PARTNER,
                business=BUSINESS,
                language="ru",
                partner_name=NAMES[sent.account],
            ), f"unlabelled: {sent.text!r}"
            assert not (self.quiet_until and sent.at < self.quiet_until), "a partner broke /quiet"
            assert not self.is_led_by_person, "a partner spoke while a person leads"
        elif "Маяк" in sent.text.split("\n")[0]:
            assert "ИИ" in sent.text.split("\n")[0], f"unlabelled: {sent.text!r}"
        else:
            raise AssertionError(f"nothing tells who speaks: {sent.text!r}")
        assert "учился здесь" not in sent.text, "an invented experience"
        assert "Я ученик" not in sent.text, "an invented person"


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(events, max_size=25))
@example(steps=[("wait", 61, None), ("run", None, None), ("say", "/quiet", VERA),
                ("wait", 130, None), ("run", None, None)])  # fmt: skip
@example(steps=[("wait", 130, None), ("say", "/human", VERA), ("wait", 41, None),
                ("run", None, None)])  # fmt: skip
@example(steps=[("say", "/stop", VERA), ("wait", 130, None), ("run", None, None)])
async def test_that_no_interleaving_lets_an_unlabelled_message_out(
    stage: Stage, steps: list[tuple[str, Any, Any]]
) -> None:
    note(f"{steps=}")
    judge = Judge(stage)
    await begin_again(stage, judge)
    for kind, first, second in steps:
        await act(stage, kind, first, second)
        await judge.look()
    stage.telegram.faults.clear()
    stage.telegram.lost.clear()
    await run(stage, judge)
    assert judge.seen


async def begin_again(stage: Stage, judge: Judge) -> None:
    async with stage.engine.begin() as connection:
        for table in (
            "education_groups", "used_group_chats", "users", "lanes", "sending_pace", "opt_outs",
            "chats",
        ):  # fmt: skip
            await connection.execute(text(f"DELETE FROM {table}"))
    stage.telegram.sent.clear()
    stage.telegram.faults.clear()
    stage.telegram.lost.clear()
    stage.telegram.watch = judge
    stage.lessons.script = replace(stage.lessons.script, steps=STEPS)
    stage.model.answer = "Голосовое можно записать прямо в группе."
    await stage.meet()
    await stage.active()


async def act(stage: Stage, kind: str, first: Any, second: Any) -> None:
    group = await stage.group()
    match kind:
        case "say":
            await stage.say(first, by=second)
        case "bot":
            await stage.say(first, by=STRANGER_BOT, is_bot=True)
        case "model":
            stage.model.answer = first
        case "operator" if first in ("pause", "resume"):
            with suppress(ConflictError):
                await stage.steering.pause(group.id, is_paused=first == "pause")
        case "operator":
            with suppress(ConflictError):
                await stage.steering.jump(group.id, first)
        case "leave":
            await stage.move(first, before="member", after="left")
        case "next":
            await stage.press(f"candor:next:{first}", by=second)
        case "script":
            stage.lessons.script = replace(
                stage.lessons.script, steps=tuple(_with_reaction(step, first) for step in STEPS)
            )
        case "join":
            await stage.join(first)
        case "wait":
            stage.clock.advance(timedelta(seconds=first))
        case "run":
            await run(stage, stage.telegram.watch)
        case "fault" if first in FAULTS:
            stage.telegram.faults.append(FAULTS[first]())
        case "fault":
            stage.telegram.lost.append(LOST[first]())


def _with_reaction(step: LessonStep, words: str) -> LessonStep:
    """A careless author: the partner's own experience stands in the script."""
    return replace(step, reactions=(*step.reactions, Reaction("curious", "question", words)))


async def run(stage: Stage, judge: Any) -> None:
    """Due lanes, one by one; a killed worker's lane is taken up again."""
    for _ in range(12):
        due = await stage.due_lanes()
        if not due:
            return
        for kind, key in due:
            await judge.look()
            try:
                await stage.run_lane(kind, key)
            except Killed:
                async with stage.units() as unit:
                    await unit.lanes.wake(kind, key, at=stage.clock.now())
