"""The owner makes Candor slower than Telegram allows; the next message already keeps to it."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from tests.integration.messaging.test_delivery import notice, put

from candor.accounts.own_limits import SENDING_SETTING
from candor.common.hot_reload import Change, HotReloadService
from candor.common.operators import SettingOverride
from candor.messaging.delivery import DeliveryService
from candor.messaging.own_pace import OwnPace


async def choose(world: Any, **limits: int) -> None:
    async with world.units() as unit:
        override = SettingOverride(SENDING_SETTING, limits, world.clock.now(), "owner")
        await unit.setting_overrides.put(override)


async def gaps_between_four(world: Any) -> list[timedelta]:
    before = len(world.telegram.sent)
    for number in range(4):
        await put(world, notice(f"text {number}"))
    await world.settle()
    return [later.at - earlier.at for earlier, later in pairwise(world.telegram.sent[before:])]


async def test_that_an_owner_slows_the_messages_of_a_chat_down_and_up_again(world: Any) -> None:
    hot_reload = HotReloadService()
    world.delivery = DeliveryService(
        world.units,
        world.clock,
        world.telegram,
        world.restrictions,
        business="Школа «Маяк»",
        own_pace=OwnPace(hot_reload),
    )
    await world.write("/privacy")
    await world.settle()
    assert max(await gaps_between_four(world)) < timedelta(seconds=1.2)

    await choose(world, chat_gap_seconds=5)
    hot_reload.receive(Change("settings", SENDING_SETTING))
    world.clock.advance(timedelta(seconds=10))
    slow = await gaps_between_four(world)
    assert min(slow) >= timedelta(seconds=5)
    assert max(slow) < timedelta(seconds=5.2)

    # What is beyond Telegram's limits counts as not set, even when it stands in the database.
    await choose(world, chat_gap_seconds=0)
    hot_reload.forget_everything()
    world.clock.advance(timedelta(seconds=10))
    assert min(await gaps_between_four(world)) >= timedelta(seconds=1)
