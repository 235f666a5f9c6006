"""The database goes away under open pages and comes back: said clearly, mended by itself."""

import asyncio
import html
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.integration.panel.conftest import Browser, RunningPanel, make_services

from candor.accounts.keys import load_keys
from candor.common.clock import MovableClock
from candor.panel.app import create_app
from candor.panel.portal import Portal
from candor.panel.ports import PanelSettings
from candor.panel.server import PanelServer
from candor.storage import migrations
from candor.storage.embedded import server
from candor.storage.engine import make_engine
from candor.storage.unit_of_work import Units

WITHIN = 60.0
AWAY = ("The database can't be reached.", "The database is not reachable right now.")


class Database:
    """A server of its own, which can be stopped and started."""

    def __init__(self, portal: Portal, folder: Path) -> None:
        self._portal = portal
        self._folder = folder
        self.running = portal.run(server.start(folder, print), timeout=WITHIN)

    def stop(self) -> None:
        self._portal.run(self.running.stop(), timeout=WITHIN)

    def start(self) -> None:
        self.running = self._portal.run(server.start(self._folder, print), timeout=WITHIN)


@pytest.fixture
def database(loop: asyncio.AbstractEventLoop, tmp_path: Path) -> Iterator[Database]:
    made = Database(Portal(loop), tmp_path / "postgres")
    yield made
    made.stop()


@pytest.fixture
def lone_panel(
    loop: asyncio.AbstractEventLoop, database: Database, tmp_path: Path
) -> Iterator[RunningPanel]:
    """A panel on that server."""
    portal, clock = Portal(loop), MovableClock()
    portal.run(migrations.upgrade(database.running.url, progress=print), timeout=WITHIN)
    engine = make_engine(database.running.url)
    units = Units(engine)
    services = make_services(portal, units, clock, load_keys(tmp_path))
    settings = PanelSettings(business_name="Lighthouse School", language="en")
    panel_server = PanelServer(create_app(services, settings), "127.0.0.1", 0)
    panel_server.start()
    address = f"http://127.0.0.1:{panel_server.port}"
    running = RunningPanel(address, portal, units, clock, settings, services)
    yield running
    for client in running.clients:
        client.close()
    panel_server.stop()
    portal.run(engine.dispose())


@pytest.mark.timeout(240)
def test_that_open_pages_say_it_and_recover(database: Database, lone_panel: RunningPanel) -> None:
    owner = lone_panel.person()
    english = {"Accept-Language": "en"}
    program = lone_panel.program()
    assert owner.http.get("/conversations/").status_code == 200

    database.stop()
    away = owner.http.get("/conversations/", headers=english)
    assert away.status_code == 503
    assert any(words in html.unescape(away.text) for words in AWAY)
    assert "data-retry" in away.text
    assert "Retry-After" in away.headers
    live = owner.http.get("/conversations/", headers={"HX-Request": "true"})
    assert live.status_code == 503
    refused = program.get("/api/conversations")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["status"] == 503
    assert any(words in refused.json()["detail"] for words in AWAY)
    # A monitor that sends its token is told that the process lives, as one without is.
    assert program.get("/healthz").status_code == 200
    assert owner.http.get("/healthz").status_code == 200

    database.start()
    assert _until_it_answers(owner).status_code == 200
    # The same session: nobody has to sign in again.
    assert program.get("/api/conversations").status_code == 200


def _until_it_answers(owner: Browser) -> httpx.Response:
    deadline = time.monotonic() + WITHIN
    while True:
        found = owner.http.get("/conversations/")
        if found.status_code != 503 or time.monotonic() > deadline:
            return found
        time.sleep(0.1)
