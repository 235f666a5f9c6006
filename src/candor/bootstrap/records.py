"""What the business keeps of its clients, how long, and where it is told on: built once per process."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from candor.accounts.security import AccountSecurityService
from candor.bootstrap.foundation import Foundation
from candor.bootstrap.notices import OwnerNoticeBoard
from candor.clients.desk import ClientDesk
from candor.clients.retention import RetentionService
from candor.common.queue import JobArguments
from candor.jobs.worker import Worker
from candor.outbound.web_poster import WebPoster
from candor.webhooks.administration import WebhookAdministration
from candor.webhooks.delivery import WebhookDelivery
from candor.webhooks.lanes import DELIVER_WEBHOOKS
from candor.webhooks.targets import Targets, networks_of

PURGE: str = "clients.purge"
PURGE_AT = "41 2 * * *"
ENDPOINTS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Records:
    """The rooms of this: the desk, the purge, the webhooks."""

    desk: ClientDesk
    retention: RetentionService
    webhooks: WebhookAdministration
    delivery: WebhookDelivery
    poster: WebPoster

    def register(self, worker: Worker) -> None:
        """The lane of outgoing webhooks and the nightly purge."""

        async def purge(arguments: JobArguments) -> None:
            del arguments
            await self.retention.purge()

        worker.on_job(PURGE, purge, cron=PURGE_AT)
        worker.on_lane(DELIVER_WEBHOOKS, self.delivery.deliver, concurrency=ENDPOINTS_AT_ONCE)

    async def close(self) -> None:
        await self.poster.close()


def build_records(
    foundation: Foundation,
    *,
    security: AccountSecurityService,
    notices: OwnerNoticeBoard,
    salts: Sequence[bytes],
) -> Records:
    units, clock = foundation.units, foundation.clock
    targets = Targets(networks_of(foundation.settings.webhook_private_networks))
    poster = WebPoster(targets, version=version("candor"))
    return Records(
        desk=ClientDesk(units, clock, salts=salts),
        retention=RetentionService(units, clock, salt=salts[0]),
        webhooks=WebhookAdministration(units=units, clock=clock, sealer=security, targets=targets),
        delivery=WebhookDelivery(
            units=units, clock=clock, poster=poster, secrets=security, tell=notices.tell
        ),
        poster=poster,
    )
