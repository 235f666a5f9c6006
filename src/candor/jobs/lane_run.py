"""One run of one lane: the handler is called, whatever it does becomes an outcome."""

import asyncio
import time
from uuid import uuid4

import structlog

from candor.common.clock import Clock
from candor.common.errors import TemporaryError
from candor.common.lanes import MAX_ATTEMPTS, Claim, LaneHandler, LaneOutcome
from candor.jobs.metrics import LANE_RUNS, LANE_SECONDS
from candor.jobs.retries import pause_after, tell, temporary_pause

log = structlog.get_logger(__name__)


async def run_lane(claim: Claim, handler: LaneHandler, clock: Clock) -> LaneOutcome:
    """Call the handler; never raises but for a cancellation, which the worker has ordered."""
    lane = claim.lane
    began = time.monotonic()
    with structlog.contextvars.bound_contextvars(
        lane=lane.kind, lane_key=lane.key, run=uuid4().hex[:12]
    ):
        try:
            again_at = await handler(lane)
        except TemporaryError as error:
            pause = temporary_pause(error)
            log.info("lane_postponed", reason=error.message, seconds=pause.total_seconds())
            outcome = LaneOutcome(claim, again_at=clock.now() + pause, is_retry=True)
        except asyncio.CancelledError:
            LANE_RUNS.labels(lane.kind, "cancelled").inc()
            raise
        except Exception as error:
            outcome = _failure(claim, error, clock)
        else:
            outcome = LaneOutcome(claim, again_at=again_at)
    LANE_SECONDS.labels(lane.kind).observe(time.monotonic() - began)
    LANE_RUNS.labels(lane.kind, _word(outcome)).inc()
    return outcome


def given_back(claim: Claim, clock: Clock) -> LaneOutcome:
    """For a lane that was interrupted by a stop: due at once for another worker."""
    return LaneOutcome(claim, again_at=clock.now(), is_retry=True)


def is_given_up(outcome: LaneOutcome) -> bool:
    """Whether the lane has now failed as often as it may."""
    return outcome.error is not None and outcome.claim.lane.attempt + 1 >= MAX_ATTEMPTS


def _failure(claim: Claim, error: Exception, clock: Clock) -> LaneOutcome:
    attempt = claim.lane.attempt
    log.error("lane_failed", attempt=attempt + 1, error=repr(error), exc_info=error)
    again_at = clock.now() + pause_after(attempt)
    return LaneOutcome(claim, again_at=again_at, error=tell(error), is_retry=True)


def _word(outcome: LaneOutcome) -> str:
    if outcome.error is not None:
        return "failed"
    return "postponed" if outcome.is_retry else "done"
