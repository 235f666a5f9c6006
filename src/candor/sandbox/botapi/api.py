"""`BotApi`: runs one call under limits and faults, and owns queues, webhooks and settings."""

import inspect

from candor.sandbox.botapi import methods
from candor.sandbox.botapi.calls import METHODS, Answer, Call
from candor.sandbox.botapi.delivery import UpdateDelivery
from candor.sandbox.botapi.errors import ApiError, translate
from candor.sandbox.botapi.faults import FaultPlan
from candor.sandbox.botapi.limits import SendingLimits
from candor.sandbox.botapi.parameters import Parameters
from candor.sandbox.botapi.updates import UpdateQueues
from candor.sandbox.botapi.webhooks import Webhooks
from candor.sandbox.world import events
from candor.sandbox.world.model import Bot, Chat
from candor.sandbox.world.refusals import Refusal
from candor.sandbox.world.world import World

methods.load()


class BotApi:
    """The Bot API over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.queues = UpdateQueues(world)
        self.limits = SendingLimits(world.clock)
        self.faults = FaultPlan()
        self.webhooks = Webhooks(self)
        self.delivery = UpdateDelivery(world, self.queues)
        self.calls = 0
        world.subscribe(self.delivery)
        world.subscribe(self._on_event)

    async def run(self, bot: Bot, method: str, parameters: Parameters) -> Answer:
        """The result of a call; raises `ApiError` with Telegram's status and text."""
        handler = METHODS.get(method.lower())
        if handler is None:
            raise ApiError(404, "Not Found: method not found")
        self.calls += 1
        try:
            result = handler(Call(self, bot, parameters))
            return await result if inspect.isawaitable(result) else result
        except Refusal as refusal:
            raise translate(refusal) from refusal

    def count_sending(self, bot: Bot, chat: Chat, messages: int = 1) -> None:
        """Take from the limits, or raise 429 with `retry_after`."""
        is_group = chat.type in ("group", "supergroup")
        wait = self.limits.seconds_to_wait(
            bot_id=bot.id, chat_id=chat.id, is_group=is_group, messages=messages
        )
        if wait:
            text = f"Too Many Requests: retry after {wait}"
            raise ApiError(429, text, {"retry_after": wait})

    def _on_event(self, event: events.Event) -> None:
        if isinstance(event, events.WorldReplaced):
            self.limits.reset()
            self.webhooks.refresh()
