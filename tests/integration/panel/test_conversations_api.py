"""Dialogues over HTTP: listed, explained, taken, written in and given back, on the real rooms."""

import html
import re
from datetime import timedelta

import pytest
from tests.integration.panel.conftest import BOT_TOKEN, BUSINESS, RunningPanel

from candor.common.ids import AccountId, TelegramChatId, TelegramMessageId, TelegramUserId
from candor.messaging.inbox import Inbox
from candor.messaging.incoming import IncomingMessage

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "</textarea><svg onload=alert(1)>",
    "\u202egnp.exe",
    "&lt;b&gt;",
)


class Shop:
    """A business with one bot, to which clients write."""

    def __init__(self, panel: RunningPanel) -> None:
        self.panel = panel
        self.api = panel.program()
        made = self.api.post("/api/accounts", json={"role": "sales", "token": BOT_TOKEN})
        self.account = AccountId(made.json()["id"])
        self.inbox = Inbox(
            panel.units,
            panel.clock,
            business=BUSINESS,
            language="en",
            salt=b"salt",
            burst=timedelta(),
        )
        self.numbers = 0

    def hear(self, text: str, *, person: int = 1, name: str = "Maria") -> int:
        """A client writes; returns the dialogue's id."""
        self.numbers += 1
        received = self.panel.portal.run(
            self.inbox.receive(
                IncomingMessage(
                    account_id=self.account,
                    chat_id=TelegramChatId(1000 + person),
                    message_id=TelegramMessageId(self.numbers),
                    sender_id=TelegramUserId(1000 + person),
                    first_name=name,
                    text=text,
                    sent_at=self.panel.clock.now(),
                )
            )
        )
        assert received.conversation_id is not None
        return int(received.conversation_id)


@pytest.fixture
def shop(panel: RunningPanel) -> Shop:
    return Shop(panel)


def test_that_a_dialogue_is_listed_found_and_read(shop: Shop) -> None:
    number = shop.hear("I want to learn English")
    shop.hear("Hello", person=2, name="Oleg")
    listed = shop.api.get("/api/conversations").json()
    assert listed["total"] == 2
    found = shop.api.get("/api/conversations", params={"q": "Maria"}).json()["items"]
    assert [item["id"] for item in found] == [number]
    assert shop.api.get("/api/conversations", params={"handling": "human"}).json()["total"] == 0
    detail = shop.api.get(f"/api/conversations/{number}").json()
    assert detail["client"]["name"] == "Maria"
    assert detail["messages"][0]["text"] == "I want to learn English"
    assert detail["messages"][0]["direction"] == "in"
    assert detail["messages"][0]["created_at"].endswith("Z")


def test_that_a_person_takes_writes_and_gives_back(shop: Shop) -> None:
    number = shop.hear("May I talk to a person?")
    anna = shop.panel.person("operator")
    headers = {"X-CSRF-Token": anna.csrf()}
    address = f"/api/conversations/{number}"
    early = anna.http.post(f"{address}/messages", json={"text": "hi"}, headers=headers)
    assert early.status_code == 409
    taken = anna.http.post(f"{address}/take", headers=headers).json()
    assert (taken["handling"], taken["operator_id"] is not None) == ("human", True)
    sent = anna.http.post(f"{address}/messages", json={"text": "Good day!"}, headers=headers)
    assert sent.status_code == 202
    last = anna.http.get(address).json()["messages"][-1]
    assert (last["text"], last["author"], last["delivery"]) == ("Good day!", "human", "queued")
    back = anna.http.post(f"{address}/give-back", headers=headers).json()
    assert (back["handling"], back["operator_id"]) == ("ai", None)


def test_that_a_viewer_only_reads(shop: Shop) -> None:
    number = shop.hear("hello")
    viewer = shop.panel.program("viewer")
    assert viewer.get(f"/api/conversations/{number}").status_code == 200
    assert viewer.post(f"/api/conversations/{number}/take").status_code == 403


def test_that_the_page_shows_live_changes_and_nothing_when_there_are_none(shop: Shop) -> None:
    number = shop.hear("hello")
    browser = shop.panel.person()
    page = f"/conversations/{number}"
    shown = browser.http.get(page, headers={"X-Live-Mark": ""}).headers
    look = {"X-Live-Mark": shown["X-Live-Mark"]}
    assert browser.http.get(page, headers=look).status_code == 204
    shop.hear("are you there?")
    fresh = browser.http.get(page, headers=look)
    assert fresh.status_code == 200
    assert fresh.headers["X-Live-Mark"] != shown["X-Live-Mark"]
    assert "are you there?" in fresh.text


@pytest.mark.parametrize("text", HOSTILE)
def test_that_hostile_texts_and_names_are_shown_as_text(shop: Shop, text: str) -> None:
    number = shop.hear(text, name=text)
    browser = shop.panel.person()
    for path in (f"/conversations/{number}", "/conversations/", "/clients/", "/logs/"):
        page = browser.http.get(path)
        assert page.status_code == 200, path
        for mark in ("<script>alert", "<img src=x", "<svg onload"):
            assert mark not in page.text
    assert shop.api.get(f"/api/conversations/{number}").json()["messages"][0]["text"] == text


def test_that_a_killed_session_stops_a_live_page_in_mid_click(shop: Shop) -> None:
    number = shop.hear("hello")
    browser = shop.panel.person()
    token = browser.csrf()
    operator = shop.panel.portal.run(_first_operator(shop.panel))
    shop.panel.portal.run(_end_sessions(shop.panel, operator))
    live = browser.http.get(f"/conversations/{number}", headers={"HX-Request": "true"})
    assert live.status_code == 401
    assert live.headers["HX-Redirect"].startswith("/sign-in")
    late = browser.http.post(f"/conversations/{number}/take", data={"csrf_token": token})
    assert late.status_code == 303
    assert late.headers["location"].startswith("/sign-in")


async def _first_operator(panel: RunningPanel) -> int:
    async with panel.units() as unit:
        return int((await unit.operators.all())[0].id)


async def _end_sessions(panel: RunningPanel, operator: int) -> None:
    async with panel.units() as unit:
        await unit.panel_sessions.remove_of_operator(operator)  # type: ignore[arg-type]


def test_that_a_long_list_is_read_on_behind_its_last_line(shop: Shop) -> None:
    for person in range(1, 6):
        shop.hear("hello", person=person, name=f"Client {person}")
    whole = [item["id"] for item in shop.api.get("/api/conversations").json()["items"]]
    read, after = [], ""
    while True:
        part = shop.api.get("/api/conversations", params={"per_page": 2, "after": after}).json()
        read += [item["id"] for item in part["items"]]
        assert part["total"] == 5
        if part["next"] is None:
            break
        after = part["next"]
    assert read == whole
    # What nobody has handed out is no place; the list begins anew.
    odd = shop.api.get("/api/conversations", params={"after": "9-9-9"}).json()
    assert [item["id"] for item in odd["items"]] == whole


def test_that_the_list_leads_on_to_pages_of_the_inbox(shop: Shop) -> None:
    for person in range(1, 43):
        shop.hear("hello", person=person, name=f"Client {person}")
    fragment = shop.panel.person(language="en").http.get("/conversations/?handling=ai").text
    found = re.search(r'rel="next" href="([^"]+)"', fragment)
    assert found, fragment[-600:]
    address = html.unescape(found[1])
    assert address.startswith("/conversations/?")
    assert "handling=ai" in address
    page = shop.panel.person("viewer", language="en").http.get(address).text
    assert page.count('class="line"') == 2
