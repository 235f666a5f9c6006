"""A dialogue that went quiet is reminded once, in the client's daytime, and never after a no."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from candor.common.errors import ConflictError
from candor.common.ids import OperatorId
from candor.common.lanes import Lane
from candor.messaging.lanes import FOLLOW_UP

REMINDING = """
key: reminding
kind: sales
title: С напоминанием
language: ru
steps:
  - {key: greeting, say: "Зачем вам английский?", fits: [для работы], next: [{when: default, to: need}]}
  - {key: need, say: "Какой у вас уровень?", fits: [начальный]}
triggers:
  - {key: later, fits: [подумаю], action: go_to, step: need}
  - {key: bye, fits: [до свидания], action: close, say: Всего доброго!}
follow_up:
  after: 20h
  hours: "10:00-20:00"
  at: [greeting, need]
  at_most: 2
  say: "{{ client.first_name }}, остановились на полпути. Продолжим?"
"""
WORDS = "остановились на полпути"


@pytest.fixture
async def quiet(shop: Any) -> Any:
    """The client has been answered and says nothing more. It is noon in Moscow."""
    await shop.scripts.import_script(REMINDING, author="test")
    await shop.execute("UPDATE sales_scripts SET archived_at = now() WHERE key = 'first-contact'")
    await shop.says("здравствуйте")
    return shop


async def pass_time(shop: Any, **by: float) -> None:
    """Time goes by; what is due is done."""
    shop.clock.advance(timedelta(**by))
    await run(shop)


async def run(shop: Any) -> datetime | None:
    again = await shop.follow_ups.remind(Lane(FOLLOW_UP, "1", 0))
    await shop.deliver()
    return again


def reminders(shop: Any) -> list[str]:
    return [one.text for one in shop.telegram.sent if WORDS in one.text]


async def state(shop: Any) -> Any:
    return (await shop.rows("SELECT * FROM follow_ups ORDER BY id"))[-1]


async def test_that_silence_is_followed_by_one_reminder(quiet: Any) -> None:
    await pass_time(quiet, hours=19)
    assert reminders(quiet) == []
    await pass_time(quiet, hours=2)
    assert reminders(quiet) == [], "it is seven in the morning in Moscow"
    await pass_time(quiet, hours=4)
    (said,) = reminders(quiet)
    assert said.endswith("Ольга, остановились на полпути. Продолжим?")
    assert "ИИ" in said, "labelled after a day of silence"
    assert (await state(quiet))["status"] == "sent"
    for _ in range(20):
        await pass_time(quiet, days=1)
    assert len(reminders(quiet)) == 1
    message = (await quiet.detail()).messages[-1]
    assert message.provenance["note"] == "follow-up"
    assert message.provenance["script_key"] == "reminding"


async def test_that_the_hours_are_the_clients_own(quiet: Any) -> None:
    await quiet.execute("UPDATE users SET time_zone = 'America/New_York'")
    await pass_time(quiet, hours=23)
    due = await run(quiet)
    assert due == datetime(2026, 3, 3, 15, 0, tzinfo=UTC), "ten in the morning in New York"
    assert reminders(quiet) == []
    await pass_time(quiet, hours=8)
    assert len(reminders(quiet)) == 1


async def test_that_whoever_writes_is_not_reminded_of_what_they_said_before(quiet: Any) -> None:
    await pass_time(quiet, hours=18)
    await quiet.says("для работы")
    await pass_time(quiet, hours=8)
    assert reminders(quiet) == []
    await pass_time(quiet, hours=20)
    assert len(reminders(quiet)) == 1


async def test_that_the_ceiling_and_the_pause_between_reminders_hold(quiet: Any) -> None:
    await pass_time(quiet, hours=24)
    await quiet.says("для работы")
    await pass_time(quiet, hours=24)
    assert len(reminders(quiet)) == 1, "nobody is reminded twice within a week"
    assert (await state(quiet))["reason"] == "the client was reminded not long ago"
    await pass_time(quiet, days=8)
    await quiet.says("ну и ну")
    await pass_time(quiet, hours=24)
    assert len(reminders(quiet)) == 2
    await pass_time(quiet, days=8)
    await quiet.says("и снова")
    await pass_time(quiet, hours=24)
    assert len(reminders(quiet)) == 2, "the script allows two in a dialogue"


@pytest.mark.parametrize("words", ["/stop", "/human", "до свидания"])
async def test_that_nothing_follows_a_no(quiet: Any, words: str) -> None:
    await quiet.write(words)
    await quiet.answer()
    await quiet.deliver()
    await pass_time(quiet, hours=30)
    assert reminders(quiet) == []
    assert (await state(quiet))["status"] == "cancelled"


async def test_that_a_reminder_on_its_way_is_stopped_by_a_word(quiet: Any) -> None:
    """It stands in the outbox already; the client's word comes before it is sent."""
    quiet.clock.advance(timedelta(hours=24))
    await quiet.follow_ups.remind(Lane(FOLLOW_UP, "1", 0))
    assert (await state(quiet))["status"] == "queued"
    await quiet.write("я тут")
    await quiet.deliver()
    assert reminders(quiet) == []
    assert (await state(quiet))["status"] == "cancelled"
    assert await quiet.answer() == "answered", "what the client wrote is answered as ever"


async def test_that_a_person_can_cancel_it(quiet: Any) -> None:
    await quiet.follow_ups.cancel(1, by="anna")
    await pass_time(quiet, hours=30)
    assert reminders(quiet) == []
    assert (await state(quiet))["reason"] == "by anna"
    with pytest.raises(ConflictError):
        await quiet.follow_ups.cancel(1, by="anna")


async def test_that_a_dialogue_in_a_persons_hands_is_not_reminded(quiet: Any) -> None:
    await quiet.hand_off.take(1, OperatorId(3), name="Анна")
    assert (await state(quiet))["status"] == "cancelled"
    await quiet.hand_off.give_back(1, OperatorId(3))
    await pass_time(quiet, hours=30)
    assert reminders(quiet) == []


async def test_that_waking_twice_or_at_once_sends_one(quiet: Any) -> None:
    quiet.clock.advance(timedelta(hours=24))
    for _ in range(3):
        await quiet.follow_ups.remind(Lane(FOLLOW_UP, "1", 0))
    await quiet.deliver()
    assert len(reminders(quiet)) == 1


async def test_that_a_lost_wake_up_is_found_by_the_sweep(quiet: Any) -> None:
    await quiet.execute("DELETE FROM lanes")
    quiet.clock.advance(timedelta(hours=24))
    assert await quiet.follow_ups.sweep() == 1
    (lane,) = await quiet.rows("SELECT kind, key FROM lanes")
    assert (lane["kind"], lane["key"]) == (FOLLOW_UP, "1")


async def test_that_a_script_without_a_reminder_sends_none(quiet: Any) -> None:
    """The author takes it out while it is planned."""
    without = REMINDING[: REMINDING.index("follow_up:")]
    await quiet.scripts.import_script(without, author="test")
    await pass_time(quiet, hours=24)
    assert reminders(quiet) == []
    assert (await state(quiet))["status"] == "cancelled"


async def test_that_a_reminder_that_is_too_late_is_dropped(quiet: Any) -> None:
    """The bot was away for a week."""
    await pass_time(quiet, days=7)
    assert reminders(quiet) == []
    assert (await state(quiet))["reason"] == "it could not go out in time"
