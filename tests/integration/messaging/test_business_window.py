"""A business account's chat: nothing is sent out of Telegram's window or against the owner's wish."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from candor.messaging.business_window import NOT_ALLOWED, WINDOW_CLOSED


@pytest.fixture
async def business(world: Any) -> Any:
    """Account 1 is the owner's own, connected to a bot that may reply."""
    async with world.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE telegram_account_sessions SET kind = 'business', secret = NULL,"
                " business_connection_id = 'bc', can_reply = true"
            )
        )
    return world


async def write(world: Any, words: str, **changes: Any) -> None:
    await world.write(words, business_connection_id="bc", **changes)


async def change(world: Any, **values: Any) -> None:
    parts = ", ".join(f"{name} = :{name}" for name in values)
    async with world.engine.begin() as connection:
        await connection.execute(text(f"UPDATE telegram_account_sessions SET {parts}"), values)


async def answered_late(world: Any, by: timedelta) -> None:
    """The answer is ready at once, but its delivery is held up."""
    await write(world, "здравствуйте")
    while (await world.rows("SELECT count(*) AS n FROM outbox"))[0]["n"] == 0:
        world.clock.advance(await world.next_due() - world.clock.now())
        for kind, key in await world.due_lanes():
            await world.run_lane(kind, key)
            if kind == "sales.answer_client":
                break
    world.clock.advance(by)
    await world.deliver()


async def test_that_an_answer_within_the_day_goes_out(business: Any) -> None:
    await answered_late(business, timedelta(hours=23))
    assert len(business.telegram.texts) == 1


async def test_that_an_answer_after_a_day_is_handed_to_a_person_unsent(business: Any) -> None:
    await answered_late(business, timedelta(hours=24))

    assert business.telegram.sent == []
    assert (await business.messages())[-1].delivery == "cancelled"
    detail = await business.detail()
    assert detail.conversation.handling == "human"
    (row,) = await business.rows("SELECT handling_reason, waiting_since FROM client_conversations")
    assert row["handling_reason"] == WINDOW_CLOSED
    assert row["waiting_since"] is not None
    kinds = [row["kind"] for row in await business.rows("SELECT kind FROM user_activity_log")]
    assert "conversation.person_wanted" in kinds


@pytest.mark.parametrize("change_to", [{"can_reply": False}, {"status": "paused"}])
async def test_that_a_right_taken_away_meanwhile_stops_the_answer(
    business: Any, change_to: dict[str, Any]
) -> None:
    await write(business, "здравствуйте")
    await change(business, **change_to)
    await business.settle()

    assert business.telegram.sent == []
    (row,) = await business.rows("SELECT handling, handling_reason FROM client_conversations")
    assert tuple(row.values()) == ("human", NOT_ALLOWED)


async def test_that_the_owners_typed_reply_silences_the_ai(business: Any) -> None:
    await write(business, "здравствуйте")
    await write(business, "отвечу сама", is_from_owner=True)
    await business.settle()
    await write(business, "спасибо, а цена?")
    await business.settle()

    assert business.telegram.sent == []
    assert (await business.detail()).conversation.handling == "human"


async def test_that_an_operator_out_of_the_window_is_told_instead_of_telegram(
    business: Any,
) -> None:
    await write(business, "здравствуйте")
    await business.settle()
    await business.hand_off.take(1, 3)
    await business.settle()
    sent = len(business.telegram.sent)
    business.clock.advance(timedelta(days=2))
    await business.hand_off.write(1, 3, "Добрый день!")
    await business.settle()

    assert len(business.telegram.sent) == sent
    assert (await business.messages())[-1].delivery == "cancelled"
