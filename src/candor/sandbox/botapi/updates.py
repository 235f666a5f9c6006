"""Each bot's queue of updates, and who waits for it: one long poll or the webhook."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from candor.sandbox.botapi.errors import ApiError
from candor.sandbox.world.model import Bot, Json
from candor.sandbox.world.world import World

KEPT_SECONDS = 24 * 3600
MAX_BATCH = 100
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

UPDATE_KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "guest_message",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "subscription",
        "stopped_message_generation",
    ]
)

TERMINATED = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)


@dataclass(slots=True)
class QueuedUpdate:
    """An update as it will be sent, with the time it was made."""

    id: int
    bot_id: int
    date: int
    body: Json


@dataclass(slots=True)
class _Line:
    pending: deque[QueuedUpdate] = field(default_factory=deque)
    waiter: "asyncio.Future[None] | None" = None
    wake_webhook: asyncio.Event | None = None


class UpdateQueues:
    """Queues of all bots. `put` never blocks; updates older than 24 h are dropped."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lines: dict[int, _Line] = {}

    def put(self, bot: Bot, kind: str, payload: Json) -> None:
        """Queue an update if the bot asked for this kind, and wake whoever waits."""
        allowed = bot.allowed_updates
        if kind in NOT_BY_DEFAULT if not allowed else kind not in allowed:
            return
        bot.last_update_id += 1
        update = QueuedUpdate(
            bot.last_update_id,
            bot.id,
            self._world.now(),
            {"update_id": bot.last_update_id, kind: payload},
        )
        self._world.save("updates", update)
        self._world.save("bots", bot)
        line = self._line(bot.id)
        line.pending.append(update)
        _wake(line)

    def pending_count(self, bot_id: int) -> int:
        return len(self._fresh(bot_id))

    def clear(self, bot_id: int) -> None:
        """Drop everything that waits."""
        self.confirm(bot_id, before=2**62)

    def replace(self, updates: list[QueuedUpdate]) -> None:
        """Take these in place of all queues, after a restore; waiting polls answer."""
        for line in self._lines.values():
            line.pending.clear()
        self.load(updates)
        for line in self._lines.values():
            _wake(line)

    def load(self, updates: list[QueuedUpdate]) -> None:
        """Queue stored updates again, in the order of their ids."""
        for update in sorted(updates, key=lambda item: item.id):
            self._line(update.bot_id).pending.append(update)

    def everything(self) -> list[QueuedUpdate]:
        return [update for line in self._lines.values() for update in line.pending]

    def confirm(self, bot_id: int, *, before: int) -> None:
        """Drop updates with an id below `before`."""
        pending = self._line(bot_id).pending
        while pending and pending[0].id < before:
            self._world.save("deleted_updates", pending.popleft())

    def batch(self, bot_id: int, limit: int) -> list[Json]:
        """Up to `limit` oldest updates, which stay queued until confirmed."""
        pending = self._fresh(bot_id)
        return [update.body for update, _ in zip(pending, range(limit), strict=False)]

    def keep_last(self, bot_id: int, count: int) -> None:
        """Drop all but the newest `count` updates: a negative offset."""
        pending = self._line(bot_id).pending
        while len(pending) > count:
            self._world.save("deleted_updates", pending.popleft())

    async def wait(self, bot_id: int, seconds: float) -> None:
        """Return when an update may be there or the time is over; a newer poll ends this one: 409."""
        line = self._line(bot_id)
        if line.waiter and not line.waiter.done():
            line.waiter.set_exception(ApiError(409, TERMINATED))
        if line.pending or seconds <= 0:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.waiter = waiter
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            return
        finally:
            if line.waiter is waiter:
                line.waiter = None

    def end_poll(self, bot_id: int, description: str) -> None:
        """End a waiting poll with 409."""
        waiter = self._line(bot_id).waiter
        if waiter and not waiter.done():
            waiter.set_exception(ApiError(409, description))

    def end_all_polls(self) -> None:
        """Let every waiting poll answer empty, when the server stops."""
        for line in self._lines.values():
            if line.waiter and not line.waiter.done():
                line.waiter.set_result(None)

    def webhook_signal(self, bot_id: int) -> asyncio.Event:
        """Set whenever an update is queued for the bot."""
        line = self._line(bot_id)
        if line.wake_webhook is None:
            line.wake_webhook = asyncio.Event()
        return line.wake_webhook

    def _line(self, bot_id: int) -> _Line:
        if bot_id not in self._lines:
            self._lines[bot_id] = _Line()
        return self._lines[bot_id]

    def _fresh(self, bot_id: int) -> deque[QueuedUpdate]:
        pending = self._line(bot_id).pending
        oldest = self._world.now() - KEPT_SECONDS
        while pending and pending[0].date < oldest:
            self._world.save("deleted_updates", pending.popleft())
        return pending


def _wake(line: _Line) -> None:
    if line.waiter and not line.waiter.done():
        line.waiter.set_result(None)
    if line.wake_webhook:
        line.wake_webhook.set()
