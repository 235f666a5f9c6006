"""Runs the named roles in this process, and stops them in order."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from candor.bootstrap.business import label_anew
from candor.bootstrap.container import Container, Progress, open_container
from candor.bootstrap.demo import Demo, open_demo, prepare_demo
from candor.bootstrap.health import readiness_checks
from candor.bootstrap.owner_door import OwnerDoor
from candor.bootstrap.panel import add_webhooks, build_panel_services
from candor.bootstrap.study_groups import DialogueRoom, StudyGroupRoom
from candor.bootstrap.telegram import AccountsAtWork, put_accounts_to_work
from candor.bootstrap.warming import warm
from candor.bootstrap.work import build_worker
from candor.common.clock import MovableClock
from candor.common.settings import Role, Settings
from candor.common.tasks import spawn, stop
from candor.panel.app import create_app
from candor.panel.portal import Portal
from candor.panel.ports import PanelSettings, ReadinessCheck
from candor.panel.server import PanelServer
from candor.storage.data_dir import lock_data_dir, prepare_data_dir
from candor.storage.notifications import PgNotifications, carry_changes
from candor.telegram.parking import DatabaseParking
from candor.telegram.ports import Listeners

STOP_WITHIN = 10.0
"""Seconds that running turns and deliveries get at a graceful stop."""


@dataclass(frozen=True, slots=True)
class Running:
    """What runs now, for the greeting."""

    roles: tuple[Role, ...]
    address: str | None
    owner: tuple[str, str] | None
    sandbox: str | None


@asynccontextmanager
async def run_roles(
    settings: Settings,
    *,
    data_dir: Path,
    host: str,
    port: int,
    roles: tuple[Role, ...],
    is_demo: bool,
    progress: Progress,
) -> AsyncIterator[Running]:
    """Start the roles; ready when this yields. Leaving stops them, the youngest first."""
    if not is_demo:
        settings.business()
    async with AsyncExitStack() as stack:
        for part in _alone_in_folder(settings, roles=roles, is_demo=is_demo):
            stack.callback(lock_data_dir(prepare_data_dir(data_dir), part=part).release)
        clock = MovableClock()
        demo = None
        if is_demo:
            demo = await stack.enter_async_context(open_demo(settings, data_dir, clock))
        container = await stack.enter_async_context(
            open_container(
                settings,
                data_dir=data_dir,
                progress=progress,
                clock=clock,
                is_demo=is_demo,
                telegram_api_url=demo.telegram_api_url if demo else None,
                demo_sessions=demo.user_sessions if demo else None,
            )
        )
        yield await _start(
            stack, container, demo, host=host, port=port, roles=roles, progress=progress
        )


async def _start(
    stack: AsyncExitStack,
    container: Container,
    demo: Demo | None,
    *,
    host: str,
    port: int,
    roles: tuple[Role, ...],
    progress: Progress,
) -> Running:
    address = container.foundation.database.address.get_secret_value()
    notifications = PgNotifications(address)
    carry_changes(notifications, container.foundation.hot_reload)
    if demo is not None:
        await prepare_demo(container, demo, progress=progress)
    worker = build_worker(container, notifications) if "worker" in roles else None
    await notifications.start()
    stack.push_async_callback(notifications.stop)
    if worker is not None:
        await worker.start()
        stack.push_async_callback(worker.stop, within=STOP_WITHIN)
    bots = _bots(container)
    if "telegram" in roles:
        await label_anew(container.foundation, container.accounts, business=container.business)
        await bots.start()
        stack.push_async_callback(bots.stop)
    shown = None
    owner = None
    if "panel" in roles:
        owner = await _owner(container, is_demo=demo is not None)
        checks = readiness_checks(container, notifications)
        shown = _start_panel(stack, container, demo, bots, host=host, port=port, checks=checks)
    if worker is not None:
        # Last, so that no second of it is taken from the start.
        stack.push_async_callback(stop, spawn(warm(container), name="warm"))
    return Running(
        roles=roles,
        address=shown,
        owner=owner,
        sandbox=demo.telegram_api_url if demo else None,
    )


def _bots(container: Container) -> AccountsAtWork:
    listeners = Listeners(
        sales=OwnerDoor(
            DialogueRoom(inbox=container.messaging.inbox, door=container.education.door),
            container.commenting.owner_chats,
            container.commenting.owner_approval,
            container.commenting.private,
        ),
        parked=DatabaseParking(container.units),
        groups=StudyGroupRoom(
            door=container.education.door,
            listener=container.education.listener,
            next_offer=container.education.next_offer,
            inbox=container.messaging.inbox,
        ),
        discussions=container.commenting.inbox,
        business=container.accounts_room.business,
    )
    return put_accounts_to_work(
        container.foundation,
        connections=container.ways_out.connections,
        security=container.security,
        restrictions=container.restrictions,
        listeners=listeners,
        chats=container.accounts_room.chats,
        user_sessions=container.user_sessions,
    )


def _alone_in_folder(
    settings: Settings, *, roles: tuple[Role, ...], is_demo: bool
) -> tuple[str, ...]:
    """What only one process of a data folder may be: a demo, and the worker of its own database.

    A sandbox lives in one process. A worker of the embedded database takes back at its start what a
    killed one had in hand. Anything else may run any number of times: the database says who holds
    which account, lane and job.
    """
    demo = ("demo",) if is_demo else ()
    return (*demo, "worker") if "worker" in roles and settings.database_url is None else demo


async def _owner(container: Container, *, is_demo: bool) -> tuple[str, str] | None:
    """E-mail and one-time password of the first owner, until somebody has signed in with it."""
    made = await container.operators.ensure_owner(
        language=container.settings.language, is_demo=is_demo
    )
    return made or await container.operators.renew_owner_password(is_demo=is_demo)


def _start_panel(
    stack: AsyncExitStack,
    container: Container,
    demo: Demo | None,
    bots: AccountsAtWork,
    *,
    host: str,
    port: int,
    checks: Mapping[str, ReadinessCheck],
) -> str:
    settings = container.settings
    services = build_panel_services(
        container, demo, portal=Portal(asyncio.get_running_loop()), checks=checks
    )
    app = create_app(
        services,
        PanelSettings(
            business_name=container.business,
            language=settings.language,
            timezone=settings.timezone,
            version=version("candor"),
            is_demo=demo is not None,
            public_url=settings.public_url,
        ),
    )
    add_webhooks(app, bots.webhooks, services.portal)
    server = PanelServer(app, host, port)
    server.start()
    stack.push_async_callback(asyncio.to_thread, server.stop)
    return f"http://{host}:{server.port}"
