"""Telegram's sending limits: 1/s per chat with a short burst, 20/min per group, 30/s per bot."""

import math
from collections import deque
from dataclasses import dataclass
from typing import TypeVar

from candor.common.clock import Clock


@dataclass(slots=True)
class LimitSettings:
    """The limits; `is_on=False` lifts all of them."""

    is_on: bool = True
    per_chat_second: float = 1.0
    chat_burst: int = 3
    per_group_minute: int = 20
    per_bot_second: float = 30.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


Key = TypeVar("Key")


def _refilled(
    buckets: dict[Key, _Bucket], key: Key, now: float, *, size: float, rate: float
) -> _Bucket:
    bucket = buckets.get(key)
    if bucket is None:
        bucket = buckets[key] = _Bucket(size, now)
    bucket.tokens = min(size, bucket.tokens + max(0.0, now - bucket.at) * rate)
    bucket.at = now
    return bucket


class SendingLimits:
    """Decides whether a bot may send now. A refused attempt costs nothing."""

    def __init__(self, clock: Clock, settings: LimitSettings | None = None) -> None:
        self.settings = settings or LimitSettings()
        self._clock = clock
        self._bots: dict[int, _Bucket] = {}
        self._chats: dict[tuple[int, int], _Bucket] = {}
        self._groups: dict[tuple[int, int], deque[float]] = {}

    def seconds_to_wait(
        self, *, bot_id: int, chat_id: int, is_group: bool, messages: int = 1
    ) -> int:
        """0 and the messages are counted, or the whole seconds (1 or more) for `retry_after`."""
        if not self.settings.is_on:
            return 0
        now = self._clock.now().timestamp()
        key = (bot_id, chat_id)
        burst = float(max(self.settings.chat_burst, messages))
        per_bot = self.settings.per_bot_second
        bot = _refilled(self._bots, bot_id, now, size=per_bot, rate=per_bot)
        chat = _refilled(self._chats, key, now, size=burst, rate=self.settings.per_chat_second)
        wait = max(
            (messages - bot.tokens) / self.settings.per_bot_second,
            (min(messages, burst) - chat.tokens) / self.settings.per_chat_second,
            self._group_wait(key, now, messages) if is_group else 0.0,
        )
        if wait > 0:
            return max(1, math.ceil(wait))
        bot.tokens -= messages
        chat.tokens -= messages
        if is_group:
            self._groups.setdefault(key, deque()).extend([now] * messages)
        self._forget_idle(now)
        return 0

    def reset(self) -> None:
        """Forget what was sent so far."""
        self._bots.clear()
        self._chats.clear()
        self._groups.clear()

    def _group_wait(self, key: tuple[int, int], now: float, messages: int) -> float:
        sent = self._groups.setdefault(key, deque())
        while sent and sent[0] <= now - 60:
            sent.popleft()
        over = len(sent) + messages - self.settings.per_group_minute
        return 0.0 if over <= 0 or not sent else sent[min(over, len(sent)) - 1] + 60 - now

    def _forget_idle(self, now: float) -> None:
        if len(self._chats) > 50_000:
            idle = [key for key, bucket in self._chats.items() if bucket.at < now - 60]
            for key in idle:
                del self._chats[key]
