"""The whole product in demo mode, as `candor up --demo` starts it, and a real Chromium before it."""

import json
import math
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from psycopg import sql
from tests.browser.install import find_chromium

from candor.storage.embedded.server import EmbeddedServer
from candor.storage.engine import database_url as parse_url
from candor.storage.engine import libpq_url

READY_WITHIN = 120.0
PATIENCE = 60_000
"""Milliseconds that a page may take to come to a state: the machine may be busy."""
expect.set_options(timeout=PATIENCE)
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Demo:
    """A running demo and its owner."""

    address: str
    email: str
    password: str
    http: httpx.Client = field(repr=False)
    csrf: str = ""

    def sign_in(self) -> None:
        """For set-up by HTTP, beside the browser."""
        self.csrf = self._csrf("/sign-in")
        form = {"email": self.email, "password": self.password, "csrf_token": self.csrf}
        assert self.http.post("/sign-in", data=form).status_code == 303
        self.csrf = self._csrf("/profile")

    def _csrf(self, path: str) -> str:
        found = re.search(r'name="csrf-token" content="(\w+)"', self.http.get(path).text)
        assert found
        return found[1]

    def post(self, path: str, body: object) -> httpx.Response:
        return self.http.post(path, json=body, headers={"X-CSRF-Token": self.csrf})

    def get(self, path: str) -> httpx.Response:
        """Signed in anew when the clock has been moved beyond the session's end."""
        answer = self.http.get(path)
        if answer.status_code == 401:
            self.http.cookies.clear()
            self.sign_in()
            answer = self.http.get(path)
        return answer

    def now(self) -> datetime:
        """The time of the sandbox, UTC."""
        return datetime.fromisoformat(self.get("/api/sandbox/clock").json()["now"])

    def later(self, by: timedelta) -> None:
        """Move the clock forward."""
        self.now()  # the session may have ended in an earlier jump
        body = {"advance_seconds": math.ceil(by.total_seconds())}
        assert self.post("/api/sandbox/clock", body).status_code == 200

    def messages(self, chat: int) -> list[dict[str, Any]]:
        """As a member of the sandbox's chat sees them, oldest first."""
        return list(self.get(f"/api/sandbox/chats/{chat}/messages").json())

    def person(self, first_name: str, *, language: str = "en") -> int:
        """Invent somebody in the sandbox; returns their Telegram id."""
        made = self.post(
            "/api/sandbox/users", {"first_name": first_name, "language_code": language}
        )
        return int(made.json()["id"])

    def sales_bot(self) -> str:
        found = self.http.get("/api/accounts", params={"role": "sales"}).json()["items"]
        return str(found[0]["username"])

    def say(self, person: int, text: str) -> int:
        """They write to the sales bot; returns their chat with it."""
        self.now()  # a session that has ended could not post
        told = self.post(
            "/api/sandbox/messages", {"from": person, "to": self.sales_bot(), "text": text}
        )
        assert told.status_code < 300, told.text
        return int(told.json()["chat_id"])

    def conversation_of(self, name: str, *, messages: int = 2, within: float = 30) -> int:
        """Wait until that client's dialogue holds so many messages; returns its id."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            found = self.http.get("/api/conversations", params={"q": name}).json()["items"]
            if found:
                number = int(found[0]["id"])
                held = self.http.get(f"/api/conversations/{number}").json()["messages"]
                if len(held) >= messages:
                    return number
            time.sleep(0.2)
        raise AssertionError(f"{name}'s dialogue has no {messages} messages after {within} s")


@pytest.fixture(scope="session")
def demo(
    postgres: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Demo]:
    """`candor up --demo` in a process of its own, on a database of its own."""
    name = f"candor_demo_{worker_id}"
    server = parse_url(postgres.url)
    with psycopg.connect(libpq_url(server.set(database="postgres")), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    folder = tmp_path_factory.mktemp("demo")
    log = folder / "log"
    environment = {
        **os.environ,
        "DATABASE_URL": libpq_url(server.set(database=name)),
        "CANDOR_LANGUAGE": "ru",
        "CANDOR_BURST_SECONDS": "0.3",
        "CANDOR_WEBHOOK_PRIVATE_NETWORKS": "127.0.0.1",
    }
    command = [sys.executable, "-m", "candor", "up", "--demo", "--port", "0"]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, "--data-dir", str(folder / "data")],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
        )
    try:
        address, email, password = _greeting(log, process)
        with httpx.Client(base_url=address, timeout=60) as http:
            running = Demo(address, email, password, http)
            running.sign_in()
            yield running
    finally:
        process.terminate()
        process.wait(30)


def _greeting(log: Path, process: "subprocess.Popen[bytes]") -> tuple[str, str, str]:
    """Address, e-mail and password, as the terminal shows them."""
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and process.poll() is None:
        text = log.read_text()
        address = re.search(r"ready:\s+(http\S+)", text)
        email = re.search(r"E-mail:\s+(\S+)", text)
        password = re.search(r"password:\s+(\S+)", text)
        if address and email and password:
            return address[1], email[1], password[1]
        time.sleep(0.1)
    raise AssertionError(f"The demo did not start:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser per file: while Playwright's loop lives, no asyncio test can run in this process."""
    path = find_chromium()
    if path is None:
        pytest.fail("No Chromium: say `make browser`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Tab:
    """A page that remembers what went wrong in it."""

    page: Page
    demo: Demo
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.demo.address + path)
        self.page.wait_for_load_state("load")

    def settle(self) -> None:
        """Wait for a look of the open page: its scripts have run. It is never silent for long."""
        self.page.wait_for_event("response", lambda got: "x-live-mark" in got.request.headers)

    def sign_in(self) -> None:
        self.open("/sign-in")
        self.page.fill("#email", self.demo.email)
        self.page.fill("#password", self.demo.password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(re.compile("/dashboard"))

    def speak(self, language: str) -> None:
        if self.page.evaluate("document.documentElement.lang") != language:
            self.page.click(f'form[action="/language/{language}"] button')
            self.page.wait_for_load_state("load")

    def shade(self, theme: str) -> None:
        cookie = {"name": "candor_theme", "value": theme, "url": self.demo.address}
        self.page.context.add_cookies([cookie])

    def violations(self) -> list[str]:
        """What axe-core finds on the page, one line each."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)[
            "violations"
        ]
        return [
            f"{item['id']}: {node['html'][:120]} {node['failureSummary'][:160]}"
            for item in found
            for node in item["nodes"][:2]
        ]

    def is_too_wide(self) -> bool:
        return bool(
            self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
        )


@pytest.fixture
def tab(chromium: Browser, demo: Demo, request: pytest.FixtureRequest) -> Iterator[Tab]:
    """A fresh browser context, signed out. A console error or a policy breach fails the test."""
    width, height = getattr(request, "param", (1360, 850))
    context: BrowserContext = chromium.new_context(
        viewport={"width": width, "height": height}, locale="en-US", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    opened = Tab(page, demo)
    page.on(
        "console",
        lambda message: opened.complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    yield opened
    context.close()
    assert opened.complaints == [], json.dumps(opened.complaints, ensure_ascii=False)
