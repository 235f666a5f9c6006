"""Who handles which lane and which job: the one table of the worker."""

from candor.bootstrap.container import Container
from candor.common.queue import JobArguments
from candor.education.closing import (
    ANSWER_LANE,
    DECLINE_LANE,
    FRESHEN_LANE,
    LEAD_LANE,
    OPEN_LANE,
)
from candor.education.speaking import PIN_LANE
from candor.jobs.lanes import LaneWorker
from candor.jobs.queue_worker import QueueWorker
from candor.jobs.schedule import schedule_tidying
from candor.jobs.tasks.commenting import register_commenting
from candor.jobs.worker import Worker
from candor.messaging.lanes import ANSWER_CLIENT, DELIVER, FOLLOW_UP
from candor.messaging.sweep import MessagingSweep
from candor.storage.job_admin import PgJobAdmin
from candor.storage.lane_store import PgLaneStore
from candor.storage.notifications import PgNotifications

ANSWERS_AT_ONCE = 128
DELIVERIES_AT_ONCE = 64
LESSONS_AT_ONCE = 32
REMINDERS_AT_ONCE = 16
SWEEP = "messaging.sweep"
SWEEP_CRON = "* * * * *"
SWEEP_FOLLOW_UPS = "sales.sweep_follow_ups"
CHECK_LABELS = "accounts.check_labels"


def build_worker(container: Container, notifications: PgNotifications) -> Worker:
    """The role `worker`, with everything registered and nothing started."""
    foundation = container.foundation
    address = foundation.database.address.get_secret_value()
    # One worker per data folder that has its own database: no other lives beside it.
    is_alone = foundation.database.is_embedded
    admin = PgJobAdmin(foundation.engine)
    lane_store = PgLaneStore(address)
    worker = Worker(
        LaneWorker(
            lane_store,
            notifications,
            foundation.clock,
            on_failed=container.notices.lane_failed,
            is_alone=is_alone,
        ),
        QueueWorker(
            address,
            admin,
            foundation.clock,
            on_failed=container.notices.job_failed,
            is_alone=is_alone,
        ),
    )
    _register_lanes(worker, container)
    _register_jobs(worker, container)
    container.records.register(worker)
    schedule_tidying(worker, admin, lane_store, foundation.clock)
    return worker


def _register_lanes(worker: Worker, container: Container) -> None:
    education = container.education
    worker.on_lane(
        ANSWER_CLIENT, container.sales.conversations.answer_client, concurrency=ANSWERS_AT_ONCE
    )
    worker.on_lane(FOLLOW_UP, container.sales.follow_ups.remind, concurrency=REMINDERS_AT_ONCE)
    worker.on_lane(DELIVER, container.messaging.delivery.deliver, concurrency=DELIVERIES_AT_ONCE)
    worker.on_lane(OPEN_LANE, education.groups.open, concurrency=LESSONS_AT_ONCE)
    worker.on_lane(DECLINE_LANE, education.door.decline, concurrency=LESSONS_AT_ONCE)
    worker.on_lane(FRESHEN_LANE, education.pool.freshen, concurrency=LESSONS_AT_ONCE)
    worker.on_lane(LEAD_LANE, education.leader.lead, concurrency=LESSONS_AT_ONCE)
    worker.on_lane(ANSWER_LANE, education.answering.answer, concurrency=LESSONS_AT_ONCE)
    worker.on_lane(PIN_LANE, education.leader.pin_welcome, concurrency=LESSONS_AT_ONCE)
    commenting = container.commenting
    register_commenting(
        worker,
        consideration=commenting.consideration,
        scheduler=commenting.scheduler,
        permissions=commenting.permissions,
        engagement=commenting.engagement,
        replies=commenting.replies,
        owner_approval=commenting.owner_approval,
        card_closing=commenting.card_closing,
        verification=commenting.verification,
        catching_up=commenting.catching_up,
    )


def _register_jobs(worker: Worker, container: Container) -> None:
    forgotten = MessagingSweep(container.units, container.clock)

    async def sweep(arguments: JobArguments) -> None:
        """Unanswered messages and unsent texts that no lane points at are woken again."""
        del arguments
        await forgotten.sweep()

    async def check_labels(arguments: JobArguments) -> None:
        """H1 every day: an account whose label has vanished at Telegram is stopped."""
        del arguments
        await container.accounts.check_labels()

    async def sweep_follow_ups(arguments: JobArguments) -> None:
        """Reminders whose moment has passed and that no lane points at are woken again."""
        del arguments
        await container.sales.follow_ups.sweep()

    worker.on_job(SWEEP, sweep, cron=SWEEP_CRON)
    worker.on_job(SWEEP_FOLLOW_UPS, sweep_follow_ups, cron="7,37 * * * *")
    worker.on_job(CHECK_LABELS, check_labels, cron="23 4 * * *")
