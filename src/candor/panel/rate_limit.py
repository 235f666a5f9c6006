"""How fast a token may call: a bucket per token that refills evenly."""

import math
import threading
from datetime import datetime

BURST_SECONDS = 10


class RateLimit:
    """`per_minute` calls on average; up to ten seconds' worth at once."""

    def __init__(self, per_minute: int) -> None:
        self._per_second = per_minute / 60
        self._capacity = max(1.0, self._per_second * BURST_SECONDS)
        self._buckets: dict[int, tuple[float, datetime]] = {}
        self._lock = threading.Lock()

    def take(self, token_id: int, *, now: datetime) -> int:
        """0 when the call may go on, else the whole seconds to wait."""
        with self._lock:
            level, at = self._buckets.get(token_id, (self._capacity, now))
            gone = max(0.0, (now - at).total_seconds())
            level = min(self._capacity, level + gone * self._per_second)
            is_free = level >= 1
            self._buckets[token_id] = (level - 1 if is_free else level, now)
        return 0 if is_free else max(1, math.ceil((1 - level) / self._per_second))
