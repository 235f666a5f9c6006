"""What no lane points at any more is found."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from candor.messaging.sweep import MessagingSweep, Swept


async def forget_lanes(world: Any) -> None:
    async with world.engine.begin() as connection:
        await connection.execute(text("DELETE FROM lanes"))


async def test_that_a_forgotten_message_is_answered_after_all(world: Any) -> None:
    await world.write("здравствуйте")
    await forget_lanes(world)
    sweep = MessagingSweep(world.units, world.clock)
    assert await sweep.sweep() == Swept(0, 0)

    world.clock.advance(timedelta(seconds=31))
    assert await sweep.sweep() == Swept(1, 0)
    await world.run_due()
    await forget_lanes(world)
    world.clock.advance(timedelta(seconds=31))
    assert await sweep.sweep() == Swept(0, 1)
    await world.settle()
    assert len(world.telegram.sent) == 1

    world.clock.advance(timedelta(hours=1))
    assert await sweep.sweep() == Swept(0, 0)


async def test_that_the_sweep_leaves_people_and_scheduled_texts_alone(world: Any) -> None:
    await world.write("здравствуйте")
    await world.hand_off.take(1, 3)
    await world.settle()
    world.clock.advance(timedelta(minutes=5))

    assert await MessagingSweep(world.units, world.clock).sweep() == Swept(0, 0)
