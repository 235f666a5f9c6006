"""The panel's services out of the container, and the door for Telegram's webhooks."""

from collections.abc import Callable, Coroutine, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from prometheus_client import generate_latest

from candor.bootstrap.container import Container
from candor.bootstrap.demo import Demo
from candor.common.ids import AccountId
from candor.messaging.desk import ConversationDesk
from candor.panel.access import unguarded
from candor.panel.portal import Portal
from candor.panel.ports import PanelServices, ReadinessCheck
from candor.sales.workbench import ScriptWorkbench
from candor.storage import backup as copies
from candor.telegram.bot.runtime import WEBHOOK_PATH, BotWebhooks

WEBHOOK_HEADER = "X-Telegram-Bot-Api-Secret-Token"


def build_panel_services(
    container: Container,
    demo: Demo | None,
    *,
    portal: Portal,
    checks: Mapping[str, ReadinessCheck],
) -> PanelServices:
    """Everything that pages and API call, on this process's loop."""
    return PanelServices(
        portal=portal,
        units=container.units,
        clock=container.clock,
        sealer=container.security,
        hand_off=container.messaging.hand_off,
        desk=ConversationDesk(container.units, container.clock),
        accounts=container.accounts,
        account_sign_in=container.sign_in,
        personalities=container.accounts_room.personality,
        account_chats=container.accounts_room.chats,
        scripts=container.scripts,
        rehearsal=container.rehearsal,
        workbench=ScriptWorkbench(container.units, container.clock),
        questionnaires=container.questionnaires,
        follow_ups=container.sales.follow_ups,
        readiness=checks,
        metrics=generate_latest,
        backup=_backup(container),
        sandbox=demo.sandbox if demo else None,
        sandbox_page=Path(str(files("candor.sandbox") / "page")) if demo else None,
        group_steering=container.education.steering,
        group_pool=container.education.pool,
        group_reader=container.education.reader,
        language=container.language.administration,
        model=container.language.administration if container.language.has_model else None,
        commenting=container.commenting.desk,
        clients=container.records.desk,
        client_rights=container.client_rights,
        retention=container.records.retention,
        webhooks=container.records.webhooks,
    )


def _backup(container: Container) -> Callable[[Path], Coroutine[Any, Any, object]]:
    database = container.foundation.database

    async def make(file: Path) -> object:
        address = database.address.get_secret_value()
        return await copies.backup(address, file, binaries=database.binaries)

    return make


def add_webhooks(app: Flask, webhooks: BotWebhooks, portal: Portal) -> None:
    """`POST /telegram/webhook/<account>`: answered once the update is stored."""

    @unguarded
    def receive(account_id: int) -> Response:
        status = portal.run(
            webhooks.receive(
                AccountId(account_id),
                secret=request.headers.get(WEBHOOK_HEADER),
                body=request.get_data(),
            )
        )
        return Response(status=status)

    app.add_url_rule(
        f"{WEBHOOK_PATH}/<int:account_id>", "telegram_webhook", receive, methods=["POST"]
    )
