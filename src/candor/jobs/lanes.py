"""`LaneWorker`: takes due lanes, works on many at once, one at a time per key.

It is woken by the database's notifications, by its own timer for the next due lane, and by a slow
sweep that finds what nobody announced. Each turn of its loop is one visit to the store: outcomes out,
claims in. A lease that can't be kept means somebody else may hold the lane: its run is cancelled.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from candor.common.clock import Clock
from candor.common.errors import TemporaryError
from candor.common.lanes import LEASE, Claim, Lane, LaneHandler, LaneOutcome, LaneTurn
from candor.common.tasks import keep_running, spawn
from candor.jobs.lane_run import given_back, is_given_up, run_lane
from candor.jobs.metrics import LANES_GIVEN_UP, LANES_RECLAIMED, LANES_RUNNING
from candor.jobs.ports import LaneStore, Notifications

log = structlog.get_logger(__name__)

LANES_CHANNEL = "candor_lanes"
SWEEP_SECONDS = 3.0
"""How often abandoned lanes and unannounced ones are looked for; also the longest idle pause."""
RETRY_SECONDS = 1.0
"""Between two tries while the database is away."""
HAND_IN_SECONDS = 0.03
"""Outcomes are gathered for so long and handed in together; those whose row was held by a unit that
wakes the lane are handed in again after it. Nobody waits for them but the next wake of the same key."""

OnFailed = Callable[[Lane, str], Awaitable[None]]
"""Told of a lane that was given up; outside any unit of work."""


@dataclass(frozen=True, slots=True)
class LaneKind:
    """How one kind is worked on in this process."""

    handler: LaneHandler
    concurrency: int


class LaneWorker:
    """Runs lanes of the registered kinds until it is stopped."""

    def __init__(
        self,
        store: LaneStore,
        notifications: Notifications,
        clock: Clock,
        *,
        on_failed: OnFailed | None = None,
        lease: timedelta = LEASE,
        sweep_seconds: float = SWEEP_SECONDS,
        is_alone: bool = False,
    ) -> None:
        """`is_alone`: the caller knows that no other worker lives (an embedded database, whose
        worker role is locked), so what a killed one held is taken up at once."""
        self._store = store
        self._notifications = notifications
        self._clock = clock
        self._on_failed = on_failed
        self._lease = lease
        self._sweep_seconds = sweep_seconds
        self._is_alone = is_alone
        self._kinds: dict[str, LaneKind] = {}
        self._running: dict[Claim, asyncio.Task[object]] = {}
        self._outcomes: list[LaneOutcome] = []
        self._hand_in_at = 0.0
        self._wake = asyncio.Event()
        self._next_due: datetime | None = None
        self._swept = 0.0
        self._renewed = 0.0
        self._hungry: set[str] = set()
        self._is_stopping = False
        self._is_done = False
        self._loop: asyncio.Task[object] | None = None

    def register(self, kind: str, handler: LaneHandler, *, concurrency: int) -> None:
        """Work on lanes of `kind`, up to `concurrency` at once in this process."""
        if kind in self._kinds:
            raise ValueError(f"Two handlers for lanes of kind {kind}.")
        self._kinds[kind] = LaneKind(handler, concurrency)

    def start(self) -> None:
        """Begin; returns at once."""
        self._notifications.subscribe(LANES_CHANNEL, self._hear, on_gap=self.nudge)
        self._loop = spawn(keep_running(self._run, name="lanes"), name="lanes")
        self.nudge()

    def nudge(self) -> None:
        """Look now: something may be due that no notification told of (the clock was moved)."""
        self._next_due = datetime.min.replace(tzinfo=UTC)
        self._wake.set()

    async def stop(self, *, within: float = 10.0) -> None:
        """Take nothing new, let what runs finish for `within` seconds, give the rest back."""
        self._is_stopping = True
        self._wake.set()
        deadline = time.monotonic() + within
        while self._running and (left := deadline - time.monotonic()) > 0:
            await asyncio.wait(list(self._running.values()), timeout=left)
        await self._interrupt(list(self._running))
        self._is_done = True
        self._wake.set()
        if self._loop is not None:
            await asyncio.wait([self._loop], timeout=5.0)
            self._loop.cancel()
            await asyncio.wait([self._loop])
        await self._store.close()

    @property
    def running_count(self) -> int:
        return len(self._running)

    def _hear(self, payload: str) -> None:
        """A notification: `kind milliseconds`. Sets the timer without asking the database."""
        kind, _, due = payload.partition(" ")
        if kind not in self._kinds:
            return
        if not due.isdigit():
            self.nudge()
            return
        at = datetime.fromtimestamp(int(due) / 1000, UTC)
        if self._next_due is None or at < self._next_due:
            self._next_due = at
            self._wake.set()

    async def _run(self) -> None:
        while not self._is_done or self._outcomes:
            await self._wait()
            self._wake.clear()
            try:
                await self._sweep_when_due()
                await self._renew_when_due()
                await self._turn()
            except TemporaryError:
                await self._bear_absence()
                if self._is_done:
                    log.warning("lanes_not_given_back", count=len(self._outcomes))
                    return

    async def _wait(self) -> None:
        if self._wake.is_set():
            return
        try:
            async with asyncio.timeout(self._pause()):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _pause(self) -> float:
        """Seconds until something has to be done without being told."""
        now = time.monotonic()
        pause = self._swept + self._sweep_seconds - now
        if self._outcomes:
            pause = min(pause, self._hand_in_at - now)
        if self._running:
            pause = min(pause, self._renewed + self._renew_seconds - now)
        if self._next_due is not None and not self._is_stopping:
            pause = min(pause, (self._next_due - self._clock.now()).total_seconds())
        return max(0.0, pause)

    @property
    def _renew_seconds(self) -> float:
        return self._lease.total_seconds() / 4

    def _rooms(self) -> dict[str, int]:
        if self._is_stopping:
            return {}
        rooms = {kind: settings.concurrency for kind, settings in self._kinds.items()}
        for claim in self._running:
            rooms[claim.lane.kind] -= 1
        return rooms

    def _is_claiming_due(self, rooms: Mapping[str, int]) -> bool:
        if self._is_stopping:
            return False
        if any(rooms[kind] for kind in self._hungry):
            return True
        return self._next_due is not None and self._next_due <= self._clock.now()

    async def _turn(self) -> None:
        """One visit to the store: what was done goes out, what is due comes in."""
        rooms = self._rooms()
        if not self._is_claiming_due(rooms):
            rooms = {}
        elif self._next_due is not None and self._next_due <= self._clock.now():
            self._next_due = None
        outcomes = self._handed_in()
        if not outcomes and not any(rooms.values()):
            self._hungry |= rooms.keys()
            return
        try:
            turn = await self._store.turn(outcomes, rooms, now=self._clock.now(), lease=self._lease)
        except BaseException:
            self._gather(outcomes)
            self._hungry |= rooms.keys()
            raise
        for claim in turn.claims:
            self._begin(claim)
        self._plan_next(turn, rooms)
        self._gather(turn.unwritten)
        await self._report_failures([o for o in outcomes if o not in turn.unwritten])

    def _gather(self, outcomes: Sequence[LaneOutcome]) -> None:
        if outcomes and not self._outcomes:
            self._hand_in_at = time.monotonic() + HAND_IN_SECONDS
        self._outcomes += outcomes

    def _handed_in(self) -> list[LaneOutcome]:
        """What is written at this visit: nothing yet while more may come."""
        if not self._is_stopping and time.monotonic() < self._hand_in_at:
            return []
        outcomes, self._outcomes = self._outcomes, []
        return outcomes

    def _plan_next(self, turn: LaneTurn, rooms: Mapping[str, int]) -> None:
        """When to claim next. A kind that took all it had room for may have more that is due."""
        taken = Counter(claim.lane.kind for claim in turn.claims)
        for kind, room in rooms.items():
            if taken[kind] >= room:
                self._hungry.add(kind)
            else:
                self._hungry.discard(kind)
        due = turn.next_due
        if due is not None and (self._next_due is None or due < self._next_due):
            self._next_due = due

    def _begin(self, claim: Claim) -> None:
        if not self._running:
            self._renewed = time.monotonic()
        handler = self._kinds[claim.lane.kind].handler
        task = spawn(run_lane(claim, handler, self._clock), name=f"lane {claim.lane.kind}")
        self._running[claim] = task
        LANES_RUNNING.labels(claim.lane.kind).inc()
        task.add_done_callback(partial(self._end, claim))

    def _end(self, claim: Claim, task: "asyncio.Task[object]") -> None:
        LANES_RUNNING.labels(claim.lane.kind).dec()
        self._running.pop(claim, None)
        if not task.cancelled() and isinstance(outcome := task.result(), LaneOutcome):
            self._gather([outcome])
        self._wake.set()

    async def _sweep_when_due(self) -> None:
        if self._is_stopping or time.monotonic() < self._swept + self._sweep_seconds:
            return
        self._swept = time.monotonic()
        count, given_up = await self._store.reclaim_lost(
            now=self._clock.now(), is_alone=self._is_alone
        )
        if count:
            LANES_RECLAIMED.inc(count)
            log.warning("lanes_reclaimed", count=count)
        self._next_due = self._clock.now()
        for failed in given_up:
            await self._tell_failed(Lane(failed.kind, failed.key, failed.attempts), failed.error)

    async def _renew_when_due(self) -> None:
        if not self._running or time.monotonic() < self._renewed + self._renew_seconds:
            return
        held = list(self._running)
        began = time.monotonic()
        kept = await self._store.renew(held, lease=self._lease)
        self._renewed = began
        lost = [claim for claim in held if claim not in kept and claim in self._running]
        if lost:
            log.warning("leases_lost", count=len(lost))
            await self._interrupt(lost, give_back=False)

    async def _bear_absence(self) -> None:
        """The database is away: wait, and let go of what another worker may hold by now."""
        if self._running and time.monotonic() > self._renewed + self._lease.total_seconds():
            await self._interrupt(list(self._running), give_back=False)
        await asyncio.sleep(RETRY_SECONDS)

    async def _interrupt(self, claims: Sequence[Claim], *, give_back: bool = True) -> None:
        tasks = {claim: self._running[claim] for claim in claims if claim in self._running}
        for task in tasks.values():
            task.cancel()
        if tasks:
            await asyncio.wait(list(tasks.values()), timeout=5.0)
        if give_back:
            self._outcomes += [
                given_back(claim, self._clock) for claim, task in tasks.items() if task.cancelled()
            ]

    async def _report_failures(self, outcomes: Sequence[LaneOutcome]) -> None:
        for outcome in outcomes:
            if is_given_up(outcome):
                await self._tell_failed(outcome.claim.lane, outcome.error or "")

    async def _tell_failed(self, lane: Lane, error: str) -> None:
        LANES_GIVEN_UP.labels(lane.kind).inc()
        log.error("lane_given_up", lane=lane.kind, lane_key=lane.key, error=error)
        if self._on_failed is not None:
            spawn(_call(self._on_failed, lane, error), name="lane_given_up_alert")


async def _call(on_failed: OnFailed, lane: Lane, error: str) -> None:
    await on_failed(lane, error)
