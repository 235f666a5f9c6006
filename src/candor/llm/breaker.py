"""The circuit breaker: after failures the model is left alone for a while, then tried with one call."""

from datetime import datetime, timedelta
from typing import Final

from candor.common.clock import Clock

FAILURES: Final = 3
"""Failures in a row that open it."""
CLIENTS: Final = 3
"""Different clients in a row whose requests failed for what they may hold: then it is the server."""
FIRST_PAUSE: Final = timedelta(seconds=15)
LONGEST_PAUSE: Final = timedelta(minutes=5)
TRIAL_SECONDS: Final = timedelta(seconds=60)
"""A trial call that never came back makes room for another after this time."""


class CircuitBreaker:
    """Per process; says before each call whether the model may be asked."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._spoilt_for: set[str] = set()
        self._open_until: datetime | None = None
        self._pause = FIRST_PAUSE
        self._trial_since: datetime | None = None
        self._reason = ""

    def refusal(self) -> str:
        """Why the model is left alone now; empty when it may be asked (also for the one trial)."""
        if self._open_until is None:
            return ""
        now = self._clock.now()
        is_trying = self._trial_since is not None and now - self._trial_since < TRIAL_SECONDS
        is_far_off = self._open_until - now > LONGEST_PAUSE * 12
        if (now >= self._open_until or is_far_off) and not is_trying:
            self._trial_since = now
            return ""
        return self._reason

    def succeeded(self) -> None:
        """A call came back: everything is as if nothing had been."""
        self._failures, self._open_until, self._trial_since = 0, None, None
        self._pause, self._reason = FIRST_PAUSE, ""
        self._spoilt_for.clear()

    def failed(
        self, reason: str, *, is_lasting: bool = False, retry_after: timedelta | None = None
    ) -> None:
        """Count a failure; the third in a row, a lasting one or a failed trial opens the breaker."""
        was_trial = self._trial_since is not None
        if self._open_until is not None and not was_trial and not is_lasting:
            return  # Asked before it opened: the same outage, which is counted already.
        self._failures += 1
        self._trial_since = None
        if is_lasting or was_trial or retry_after or self._failures >= FAILURES:
            pause = max(self._pause, retry_after or timedelta(0))
            self._open(reason, LONGEST_PAUSE if is_lasting else pause)

    def failed_for(self, client: str, reason: str) -> None:
        """Count a failure that one client's words may have caused: others keep the model.

        A trial is given back, and the next call is one. Only different clients in a row open it.
        """
        if self._open_until is not None and self._trial_since is None:
            return
        self._trial_since = None
        if len(self._spoilt_for) < CLIENTS:
            self._spoilt_for.add(client)
        if len(self._spoilt_for) >= CLIENTS:
            self._open(reason, self._pause)

    def _open(self, reason: str, pause: timedelta) -> None:
        self._reason = reason
        self._open_until = self._clock.now() + pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    @property
    def is_open(self) -> bool:
        return self._open_until is not None

    @property
    def reason(self) -> str:
        return self._reason
