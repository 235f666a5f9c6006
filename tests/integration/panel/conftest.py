"""A panel on a real database and a real event loop, asked over real HTTP."""

import asyncio
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr
from tests.integration.accounts.conftest import FakeBotProfiles
from tests.integration.sales.conftest import WordLLM

from candor.accounts.chats import AccountChats
from candor.accounts.keys import KeyRing, load_keys
from candor.accounts.labelling import AccountLabels
from candor.accounts.management import AccountManagementService, AccountTools
from candor.accounts.personality import PersonalityService
from candor.accounts.ports import Place
from candor.accounts.security import AccountSecurityService
from candor.accounts.sign_in import AccountSignIn
from candor.clients.desk import ClientDesk
from candor.clients.retention import RetentionService
from candor.clients.rights import ClientRights
from candor.common.clock import MovableClock
from candor.common.hot_reload import HotReloadService
from candor.common.operators import OperatorRole
from candor.llm.administration import LanguageAdministration
from candor.llm.chat_model import ChatModel
from candor.messaging.desk import ConversationDesk
from candor.messaging.hand_off import HandOff
from candor.panel.app import create_app
from candor.panel.auth.operators import OperatorAdministration
from candor.panel.auth.tokens import TokenAdministration
from candor.panel.portal import Portal
from candor.panel.ports import PanelServices, PanelSettings
from candor.panel.server import PanelServer
from candor.sales.answering import AnswerWriter
from candor.sales.follow_up import FollowUps
from candor.sales.questionnaires.keeping import QuestionnaireService
from candor.sales.rehearsal import Rehearsal
from candor.sales.script import ScriptService
from candor.sales.views import BusinessCard
from candor.sales.workbench import ScriptWorkbench
from candor.storage.cache import MemoryCache
from candor.storage.engine import make_engine
from candor.storage.unit_of_work import Units
from candor.webhooks.administration import WebhookAdministration
from candor.webhooks.targets import Targets

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
    services: PanelServices
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

    def person(self, role: OperatorRole = "owner", *, language: str = "") -> "Browser":
        browser = Browser(self.anonymous())
        browser.sign_in(self.operator(role))
        if language:
            browser.post(f"/language/{language}")
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


BUSINESS = "Lighthouse School"
SALT = b"salt of the tests"
BOT_TOKEN = "700001:AAFakeTokenForTests_0123456789abcdef"


def make_services(
    portal: Portal,
    units: Units,
    clock: MovableClock,
    keys: KeyRing,
    model: ChatModel | None = None,
) -> PanelServices:
    """The real rooms; only the model and Telegram's side of profiles are stand-ins."""
    card = BusinessCard(BUSINESS)
    writer = AnswerWriter(llm=cast(Any, WordLLM()), business=card)
    tools = AccountTools(
        units=units,
        clock=clock,
        security=AccountSecurityService(keys=keys, units=units, clock=clock),
        labels=AccountLabels(business=BUSINESS, language="en", bots=FakeBotProfiles(), users=None),
        language="en",
    )
    management = AccountManagementService(tools)
    language = LanguageAdministration(units=units, clock=clock, model=model)
    return PanelServices(
        portal=portal,
        units=units,
        clock=clock,
        sealer=PlainSealer(),
        hand_off=HandOff(units, clock, business=BUSINESS),
        desk=ConversationDesk(units, clock),
        accounts=management,
        account_sign_in=AccountSignIn(tools, management),
        personalities=PersonalityService(tools),
        account_chats=AccountChats(tools, units, NoPermissions()),
        scripts=ScriptService(
            units=units, cache=MemoryCache(clock), hot_reload=HotReloadService(), clock=clock
        ),
        rehearsal=Rehearsal(writer=writer, clock=clock, business=BUSINESS),
        workbench=ScriptWorkbench(units, clock),
        questionnaires=QuestionnaireService(
            units=units, hot_reload=HotReloadService(), clock=clock
        ),
        follow_ups=FollowUps(
            units=units,
            scripts=ScriptService(
                units=units, cache=MemoryCache(clock), hot_reload=HotReloadService(), clock=clock
            ),
            business=BusinessCard(BUSINESS),
            clock=clock,
        ),
        sandbox=FakeSandbox(),
        clients=ClientDesk(units, clock, salts=(SALT,)),
        client_rights=ClientRights(units, clock, salt=SALT),
        retention=RetentionService(units, clock, salt=SALT),
        webhooks=WebhookAdministration(
            units=units, clock=clock, sealer=tools.security, targets=Targets()
        ),
        language=language,
        model=language if model else None,
    )


class NoPermissions:
    """No channel's owner has permitted anything."""

    async def may_read(self, chat_id: int) -> bool:
        return False


class FakeSandbox:
    """Answers with what it was asked."""

    async def control(
        self, method: str, path: str, body: object, query: Mapping[str, str]
    ) -> tuple[int, object]:
        if path == "/chats/404/messages":
            return 404, {"code": "no_chat", "message": "There is no such chat.", "errors": []}
        return 200, {"method": method, "path": path, "body": body, "query": dict(query)}


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
def language_model() -> ChatModel | None:
    """The model behind the panel; None: the offline engine by choice."""
    return None


@pytest.fixture
def panel(
    loop: asyncio.AbstractEventLoop,
    database_url: str,
    panel_settings: PanelSettings,
    language_model: ChatModel | None,
    tmp_path: Path,
) -> Iterator[RunningPanel]:
    portal, clock = Portal(loop), MovableClock()
    engine = make_engine(database_url)
    units = Units(engine)
    services = make_services(portal, units, clock, load_keys(tmp_path), language_model)
    server = PanelServer(create_app(services, panel_settings), "127.0.0.1", 0)
    server.start()
    running = RunningPanel(
        f"http://127.0.0.1:{server.port}", portal, units, clock, panel_settings, services
    )
    yield running
    for client in running.clients:
        client.close()
    server.stop()
    portal.run(engine.dispose())
