"""A panel on a real database and a real event loop, asked over real HTTP."""

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from pydantic import SecretStr

from candor.accounts.ports import Place
from candor.common.clock import MovableClock
from candor.common.operators import OperatorRole
from candor.messaging.hand_off import HandOff
from candor.panel.app import create_app
from candor.panel.auth.operators import OperatorAdministration
from candor.panel.auth.tokens import TokenAdministration
from candor.panel.portal import Portal
from candor.panel.ports import PanelServices, PanelSettings
from candor.panel.server import PanelServer
from candor.storage.engine import make_engine
from candor.storage.unit_of_work import Units

PASSWORD = "three quiet lighthouses"


class PlainSealer:
    """Stands in for the account room's encryption: reversible and bound to its place."""

    def seal(self, secret: SecretStr, *, place: Place) -> bytes:
        return f"{place}|{secret.get_secret_value()}".encode()

    def open(self, sealed: bytes, *, place: Place) -> SecretStr:
        where, _, plain = sealed.decode().rpartition("|")
        assert where == str(place)
        return SecretStr(plain)


@dataclass
class RunningPanel:
    """The panel and what a test does with it."""

    address: str
    portal: Portal
    units: Units
    clock: MovableClock
    settings: PanelSettings
    clients: list[httpx.Client] = field(default_factory=list)

    def operator(self, role: OperatorRole = "owner", email: str = "") -> str:
        """Add a person; returns the e-mail. The password is PASSWORD."""
        address = email or f"{role}@example.org"
        administration = OperatorAdministration(self.units, self.clock)
        self.portal.run(
            administration.add(
                address, role, password=PASSWORD, must_change_password=False, actor="test"
            )
        )
        return address

    def token(self, role: OperatorRole = "owner") -> str:
        made = TokenAdministration(self.units, self.clock).create(
            f"test {role}", role, actor="test"
        )
        return self.portal.run(made)[1]

    def anonymous(self, **headers: str) -> httpx.Client:
        client = httpx.Client(base_url=self.address, headers=headers, timeout=30)
        self.clients.append(client)
        return client

    def program(self, role: OperatorRole = "owner") -> httpx.Client:
        return self.anonymous(Authorization=f"Bearer {self.token(role)}")

    def person(self, role: OperatorRole = "owner") -> "Browser":
        browser = Browser(self.anonymous())
        browser.sign_in(self.operator(role))
        return browser


@dataclass
class Browser:
    """A person's client: keeps cookies and sends the CSRF token of the page."""

    http: httpx.Client

    def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        return self.post("/sign-in", email=email, password=password, page="/sign-in")

    def post(self, path: str, *, page: str = "/profile", **form: str) -> httpx.Response:
        return self.http.post(path, data={**form, "csrf_token": self.csrf(page)})

    def csrf(self, page: str = "/profile") -> str:
        found = re.search(r'name="csrf-token" content="(\w+)"', self.http.get(page).text)
        assert found, "The page has no CSRF token."
        return found[1]


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop in a thread of its own, as in production."""
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=made.run_forever, daemon=True)
    thread.start()
    yield made
    made.call_soon_threadsafe(made.stop)
    thread.join(5)
    made.close()


@pytest.fixture
def panel_settings() -> PanelSettings:
    return PanelSettings(business_name="Lighthouse School", language="en", version="test")


@pytest.fixture
def panel(
    loop: asyncio.AbstractEventLoop, database_url: str, panel_settings: PanelSettings
) -> Iterator[RunningPanel]:
    portal, clock = Portal(loop), MovableClock()
    engine = make_engine(database_url)
    units = Units(engine)
    services = PanelServices(
        portal=portal,
        units=units,
        clock=clock,
        sealer=PlainSealer(),
        hand_off=HandOff(units, clock, business="Lighthouse School"),
        accounts=None,  # type: ignore[arg-type]
    )
    server = PanelServer(create_app(services, panel_settings), "127.0.0.1", 0)
    server.start()
    running = RunningPanel(f"http://127.0.0.1:{server.port}", portal, units, clock, panel_settings)
    yield running
    for client in running.clients:
        client.close()
    server.stop()
    portal.run(engine.dispose())
