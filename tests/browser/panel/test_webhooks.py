"""An owner adds a webhook: the secret is shown once, a test arrives signed, the log says so."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Tab


class Receiver(ThreadingHTTPServer):
    """Takes what comes and remembers it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.taken: list[tuple[Mapping[str, str], bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.headers, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """As the how-to tells a receiver to check."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(expected, headers["webhook-signature"])


@pytest.mark.timeout(300)
def test_that_an_owner_adds_a_webhook_and_sees_its_test_arrive(
    tab: Tab, receiver: Receiver
) -> None:
    page = tab.page
    tab.sign_in()
    tab.speak("en")
    tab.open("/webhooks/")
    page.fill("#title", "CRM")
    page.fill("#url", receiver.address)
    page.get_by_label("task.done").check()
    page.get_by_role("button", name="Add", exact=True).click()
    secret = page.locator("#secret").inner_text()
    assert secret.startswith("whsec_")
    assert tab.violations() == []

    page.get_by_role("link", name="CRM").click()
    expect(page.locator("#secret")).to_have_count(0)
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("status").first).to_be_visible()
    row = page.locator("tbody tr", has_text="204")
    for _ in range(30):
        if row.count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    expect(row.first).to_contain_text("delivered")
    assert tab.violations() == []
    ((headers, body),) = receiver.taken
    assert is_genuine(secret, headers, body)
    assert json.loads(body)["type"] == "webhook.test"

    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".alert-warning")).to_contain_text("Events are kept meanwhile")
    assert tab.violations() == []
    page.get_by_role("button", name="Remove").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("link", name="CRM")).to_have_count(0)


@pytest.mark.timeout(120)
def test_that_a_wrong_address_is_refused_beside_the_form(tab: Tab) -> None:
    page = tab.page
    tab.sign_in()
    tab.speak("en")
    tab.open("/webhooks/")
    page.fill("#title", "CRM")
    page.fill("#url", "https://10.0.0.7/hook")
    page.get_by_label("task.done").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("main")).to_contain_text("This address lies in a private network")
    expect(page.locator("#url")).to_have_value("https://10.0.0.7/hook")
    assert tab.violations() == []
    assert [said for said in tab.complaints if "422" not in said] == []
    tab.complaints.clear()  # Chromium names every answer above 399 in the console
