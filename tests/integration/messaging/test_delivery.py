"""Texts go out labelled, once, in order, within the limits, and only while they are still wanted."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from candor.common.errors import InvalidInputError
from candor.common.llm import Language
from candor.messaging.conversation import Provenance
from candor.messaging.gateway import (
    AccountRestrictedError,
    Button,
    ChatClosedError,
    NotReachedError,
    RateLimitedError,
    RejectedError,
    UnconfirmedError,
)
from candor.messaging.outgoing import Cancel, Outgoing, Postpone, Send
from candor.messaging.pacing import Pace

FIRST_LABEL = "Я ИИ-помощник Школа «Маяк», не человек."
REMINDER = "Напомню: я ИИ-помощник"
RETURN = "Снова отвечает ИИ-помощник"


def notice(words: str, *, chat: int = 1, language: Language = "ru", **changes: Any) -> Outgoing:
    made = Outgoing(
        account_id=1,  # type: ignore[arg-type]
        chat=chat,  # type: ignore[arg-type]
        purpose="notice",
        text=words,
        author="ai",
        language=language,
        label="dialogue",
        provenance=Provenance(written_by="code"),
    )
    return replace(made, **changes)


async def put(world: Any, outgoing: Outgoing) -> None:
    async with world.units() as unit:
        await world.outbox.put(unit, outgoing)


async def test_that_the_first_text_carries_the_label_and_the_next_does_not(world: Any) -> None:
    await world.write("здравствуйте")
    await world.settle()
    await world.write("сколько стоит")
    await world.settle()

    assert world.telegram.texts[0].startswith(FIRST_LABEL)
    assert "/stop" in world.telegram.texts[0]
    assert world.telegram.texts[1] == "Ответ на: сколько стоит"


async def test_that_the_label_is_said_again_after_a_day_of_silence(world: Any) -> None:
    await world.write("здравствуйте")
    await world.settle()
    world.clock.advance(timedelta(hours=24, seconds=1))
    await world.write("я вернулась")
    await world.settle()

    assert world.telegram.texts[1].startswith(REMINDER)


async def test_that_a_label_that_was_never_confirmed_is_said_again(world: Any) -> None:
    await world.write("здравствуйте")
    world.telegram.lost.append(UnconfirmedError())
    await world.settle()
    await world.write("ау")
    await world.settle()

    assert [t.startswith(FIRST_LABEL) for t in world.telegram.texts] == [True, True]


async def test_that_a_repeated_start_is_a_first_contact(world: Any) -> None:
    for _ in range(2):
        await world.write("/start")
        await world.settle()

    assert [t.startswith(FIRST_LABEL) for t in world.telegram.texts] == [True, True]


async def test_that_a_business_chat_says_it_on_every_message(world: Any) -> None:
    for words in ("здравствуйте", "сколько стоит"):
        await world.write(words, business_connection_id="bc")
        await world.settle()

    assert world.telegram.texts[0].startswith("Отвечает ИИ Школа «Маяк», не человек")
    assert world.telegram.texts[1].startswith("Отвечает ИИ Школа «Маяк»\n")


async def test_that_what_was_really_sent_is_stored_with_its_provenance(world: Any) -> None:
    await world.write("здравствуйте")
    await world.settle()

    answer = (await world.messages())[-1]
    assert answer.delivery == "sent"
    assert answer.sent_text == world.telegram.texts[0]
    assert answer.text == "Ответ на: здравствуйте"
    assert answer.message_id == 1001
    assert answer.provenance["written_by"] == "script"
    assert answer.provenance["label_shown"] is True
    assert answer.provenance["account_id"] == 1


async def test_that_a_lost_answer_is_unconfirmed_and_never_repeated(world: Any) -> None:
    await world.write("здравствуйте")
    world.telegram.lost.append(UnconfirmedError())
    await world.settle()

    assert len(world.telegram.sent) == 1
    assert (await world.messages())[-1].delivery == "unconfirmed"
    alerts = await world.rows("SELECT kind FROM user_activity_log WHERE level = 'error'")
    assert [row["kind"] for row in alerts] == ["message.unconfirmed"]


async def test_that_a_crash_between_intent_and_outcome_leaves_unconfirmed(world: Any) -> None:
    await world.write("здравствуйте")
    world.telegram.lost.append(RuntimeError("killed"))
    with pytest.raises(RuntimeError):
        await world.settle()
    await world.deliver()
    await world.settle()

    assert len(world.telegram.sent) == 1
    assert (await world.messages())[-1].delivery == "unconfirmed"


@pytest.mark.parametrize("moment", ["before the request left", "after it arrived"])
async def test_that_a_text_whose_sender_died_is_found_or_sent_again_but_never_twice(
    world: Any, moment: str
) -> None:
    world.telegram.can_tell = True
    world.telegram.first_id = 10
    await world.write("здравствуйте")
    death = RuntimeError("killed")
    (world.telegram.faults if moment.startswith("before") else world.telegram.lost).append(death)
    with pytest.raises(RuntimeError):
        await world.settle()
    again = await world.deliver()
    if again is not None:
        world.clock.advance(timedelta(seconds=2))
        await world.deliver()

    assert len(world.telegram.sent) == 1
    answer = (await world.messages())[-1]
    assert answer.delivery == "sent"
    assert answer.message_id == 11


async def test_that_an_idempotent_gateway_repeats_with_the_same_random_id(world: Any) -> None:
    world.telegram.is_idempotent = True
    await world.write("здравствуйте")
    world.telegram.lost.append(RuntimeError("killed"))
    with pytest.raises(RuntimeError):
        await world.settle()
    again = await world.deliver()
    if again is not None:
        world.clock.advance(timedelta(seconds=2))
        await world.deliver()

    assert len(world.telegram.sent) == 1
    assert (await world.messages())[-1].delivery == "sent"


async def test_that_an_interrupted_text_without_the_label_due_now_is_not_repeated(
    world: Any,
) -> None:
    world.telegram.is_idempotent = True
    await world.write("здравствуйте")
    await world.settle()
    await world.write("ещё")
    world.telegram.faults.append(RuntimeError("killed before sending"))
    with pytest.raises(RuntimeError):
        await world.settle()
    await world.hand_off.take(1, 3)
    await world.hand_off.give_back(1, 3)
    await world.deliver()

    assert (await world.messages())[3].delivery == "unconfirmed"
    assert all("ещё" not in words for words in world.telegram.texts)


async def test_that_retry_after_moves_the_lane_and_keeps_the_order(world: Any) -> None:
    await world.write("здравствуйте")
    world.clock.advance(timedelta(seconds=1))
    await world.answer(1)
    await put(world, notice("второе"))
    world.telegram.faults.append(RateLimitedError(retry_after=timedelta(seconds=40)))
    asked = world.clock.now()
    await world.settle()

    assert [s.at - asked >= timedelta(seconds=40) for s in world.telegram.sent] == [True, True]
    assert world.telegram.texts[0].endswith("здравствуйте")
    assert world.telegram.texts[1] == "второе"


async def test_that_limits_in_two_chats_pause_the_whole_account(world: Any) -> None:
    for person in (7, 8, 9):
        await world.write("здравствуйте", person=person)
    world.telegram.faults.extend(RateLimitedError(retry_after=timedelta(seconds=30)) for _ in "12")
    asked = world.clock.now()
    await world.settle()

    assert len(world.telegram.sent) == 3
    assert sum(s.at - asked >= timedelta(seconds=30) for s in world.telegram.sent) >= 2


async def test_that_a_text_that_did_not_leave_is_tried_again(world: Any) -> None:
    await world.write("здравствуйте")
    world.telegram.faults.extend([NotReachedError(), NotReachedError()])
    await world.settle()

    assert len(world.telegram.sent) == 1
    assert (await world.messages())[-1].delivery == "sent"


async def test_that_a_paused_account_keeps_its_texts(world: Any) -> None:
    world.telegram.paused = True
    await world.write("здравствуйте")
    await world.settle(within=timedelta(minutes=2))
    assert (await world.messages())[-1].delivery == "queued"

    world.telegram.paused = False
    await world.settle()
    assert (await world.messages())[-1].delivery == "sent"


async def test_that_a_flagged_account_is_stopped(world: Any) -> None:
    await world.write("здравствуйте")
    world.telegram.faults.append(AccountRestrictedError(details={"signal": "peer_flood"}))
    await world.settle(within=timedelta(seconds=30))

    assert world.restrictions.stopped == [(1, "peer_flood")]
    assert (await world.messages())[-1].delivery == "queued"


async def test_that_a_closed_chat_ends_its_queue(world: Any) -> None:
    await world.write("здравствуйте")
    world.clock.advance(timedelta(seconds=1))
    await world.answer(1)
    await put(world, notice("второе"))
    world.telegram.faults.append(ChatClosedError())
    await world.settle()

    assert world.telegram.sent == []
    assert (await world.messages())[-1].delivery == "failed"
    assert not (await world.detail()).is_reachable
    assert await world.rows("SELECT 1 FROM outbox WHERE settled_at IS NULL") == []


async def test_that_a_rejected_text_does_not_block_the_next(world: Any) -> None:
    await world.write("здравствуйте")
    world.telegram.faults.append(RejectedError())
    await world.settle()
    await world.write("ещё")
    await world.settle()

    assert len(world.telegram.sent) == 1
    assert world.telegram.texts[0].startswith(FIRST_LABEL)


async def test_that_an_answer_overtaken_by_the_client_is_not_sent(world: Any) -> None:
    await world.write("сколько стоит")
    world.clock.advance(timedelta(seconds=1))
    await world.answer(1)
    await world.write("и когда начало")
    await world.settle()

    assert len(world.telegram.sent) == 1
    assert "сколько стоит\nи когда начало" in world.telegram.texts[0]
    assert [m.delivery for m in await world.messages()] == [None, "cancelled", None, "sent"]


async def test_that_a_recalled_answer_puts_the_stage_back(world: Any) -> None:
    await world.write("раз")
    await world.settle()
    await world.write("два")
    world.clock.advance(timedelta(seconds=1))
    await world.answer(1)
    assert (await world.detail()).conversation.stage == "stage-2"
    await world.write("три")
    async with world.units() as unit:
        turn = await unit.conversations.take_unanswered(1, now=world.clock.now())

    assert turn.conversation.stage == "stage-1"
    assert turn.text == "два\nтри"
    assert [m.text for m in turn.history] == ["раз", "Ответ на: раз"]


async def test_that_two_turns_can_not_answer_the_same(world: Any) -> None:
    await world.write("вопрос")
    async with world.units() as unit:
        first = await unit.conversations.take_unanswered(1, now=world.clock.now())
    assert await world.answer(1)
    assert not await world.answer(1)
    assert first is not None


async def test_that_one_chat_gets_a_message_a_second_in_order(world: Any) -> None:
    await world.write("/privacy")
    for number in range(4):
        await put(world, notice(f"текст {number}"))
    await world.settle()

    assert [t[-1] for t in world.telegram.texts[1:]] == ["0", "1", "2", "3"]
    gaps = [b.at - a.at for a, b in pairwise(world.telegram.sent)]
    assert min(gaps) >= timedelta(seconds=1)
    assert max(gaps) < timedelta(seconds=1.2)


async def test_that_an_account_keeps_its_limit_over_many_chats(world: Any) -> None:
    for person in range(100, 175):
        await world.write("здравствуйте", person=person)
    await world.settle()

    moments = sorted(s.at for s in world.telegram.sent)
    assert len(moments) == 75
    for at in moments:
        within = [m for m in moments if at <= m < at + timedelta(seconds=1)]
        assert len(within) <= 30
    assert moments[-1] - moments[0] < timedelta(seconds=3)


async def test_that_a_scheduled_text_does_not_hold_back_an_answer(world: Any) -> None:
    await world.write("здравствуйте")
    await world.settle()
    later = world.clock.now() + timedelta(minutes=5)
    await put(world, notice("напоминание", not_before=later))
    await world.write("вопрос")
    await world.settle(within=timedelta(minutes=1))
    assert world.telegram.texts[-1] == "Ответ на: вопрос"

    await world.settle()
    assert world.telegram.texts[-1] == "напоминание"
    assert world.telegram.sent[-1].at >= later


async def test_that_empty_text_is_refused(world: Any) -> None:
    await world.write("здравствуйте")
    with pytest.raises(InvalidInputError):
        await put(world, notice("\u200b \n"))


async def test_that_the_keyboard_survives_the_outbox(world: Any) -> None:
    await world.write("здравствуйте")
    await put(world, notice("да?", keyboard=((Button("Да", data="yes"),),)))
    async with world.units() as unit:
        due = await unit.outbox.next_due(1, now=world.clock.now())

    assert due.item.keyboard == ((Button("Да", data="yes"),),)


class Rule:
    """An area's rule that answers as it is told."""

    has_rows = True

    def __init__(self, *verdicts: Any) -> None:
        self.verdicts = list(verdicts)
        self.outcomes: list[str] = []

    async def decide(self, unit: Any, due: Any, *, now: Any) -> Any:
        return self.verdicts.pop(0)

    async def settled(self, unit: Any, due: Any, outcome: Any) -> None:
        self.outcomes.append(outcome.status)


async def test_that_an_areas_rule_decides_and_hears_the_outcome(world: Any) -> None:
    later = world.clock.now() + timedelta(seconds=90)
    rule = Rule(Postpone(later, "quiet hours"), Send(), Cancel("permission withdrawn"))
    world.rules["comment"] = rule
    world.__post_init__()
    async with world.units() as unit:
        chat = await unit.chats.ensure(1, -5, type="supergroup", now=world.clock.now())
    for words in ("раз", "два"):
        await put(world, notice(words, chat=chat.id, purpose="comment", label="comment", subject=5))
    await world.settle()

    assert world.telegram.texts == ["ИИ · Школа «Маяк»\nраз"]
    assert world.telegram.sent[0].at >= later
    assert rule.outcomes == ["sent", "cancelled"]


async def test_that_groups_are_written_to_more_slowly(world: Any) -> None:
    world.rules["group"] = Rule(*[Send()] * 9)
    world.__post_init__()
    async with world.units() as unit:
        chat = await unit.chats.ensure(1, -5, type="supergroup", now=world.clock.now())
    for number in range(3):
        await put(
            world,
            notice(f"{number}", chat=chat.id, purpose="group", label="partner", partner_name="Ира"),
        )
    await world.settle()

    gaps = [b.at - a.at for a, b in pairwise(world.telegram.sent)]
    assert min(gaps) >= timedelta(seconds=3)
    assert all(t.startswith("ИИ-напарник · Ира · Школа «Маяк»\n") for t in world.telegram.texts)


async def test_that_nothing_goes_to_a_person_who_never_wrote(world: Any) -> None:
    async with world.units() as unit:
        chat = await unit.chats.ensure(1, 55, type="private", now=world.clock.now())
    await put(world, notice("Добрый день!", chat=chat.id, purpose="conversation"))
    await world.settle()

    assert world.telegram.sent == []


async def test_that_a_short_pace_can_be_configured(world: Any) -> None:
    world.pace = Pace(
        account_burst=1,
        account_window=timedelta(seconds=5),
        chat_gap=timedelta(seconds=1),
        group_gap=timedelta(seconds=3),
    )
    world.__post_init__()
    for person in (7, 8):
        await world.write("здравствуйте", person=person)
    await world.settle()

    first, second = world.telegram.sent
    assert second.at - first.at >= timedelta(seconds=5)


async def test_that_an_export_is_sent_as_a_file_and_not_stored(world: Any) -> None:
    await world.write("здравствуйте")
    await world.settle()
    await world.write("/export")
    await world.settle()

    sent = world.telegram.sent[-1]
    stored = json.loads(sent.file)
    assert stored["users"][0]["first_name"] == "Ольга"
    assert stored["conversation_messages"][0]["text"] == "здравствуйте"
