"""Open pages follow what happens, within two seconds, and leave alone what a person has begun."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Demo, Tab
from tests.browser.watching import PATIENCE, Watch


@pytest.mark.timeout(600)
def test_that_every_page_shows_what_has_just_happened(tab: Tab, demo: Demo) -> None:
    tab.page.set_default_timeout(PATIENCE)
    tab.sign_in()
    tab.speak("en")
    watch = Watch(tab, demo)
    person = demo.person("Ophelia")
    demo.say(person, "hello")
    number = demo.conversation_of("Ophelia", within=60)
    account = demo.get("/api/accounts?role=commentator").json()["items"][0]["id"]

    def says(words: str) -> Callable[[], object]:
        return lambda: demo.say(person, words)

    def comes(name: str) -> Callable[[], object]:
        return lambda: demo.say(demo.person(name), "hello")

    def moves(move: str) -> Callable[[], object]:
        return lambda: watch.press(f"/accounts/{account}/{move}")

    watch.sees(f"/conversations/{number}", says("seven herons"), "#thread", "seven herons")
    watch.sees("/conversations/", comes("Gertrude"), "#lines", "Gertrude")
    watch.sees("/clients/", comes("Polonius"), "#found", "Polonius")
    watch.sees(f"/accounts/{account}", moves("pause"), "#standing", "Check the label and start")
    watch.sees("/accounts/", moves("resume"), f"#account-{account}", "At work")
    watch.sees("/dashboard/", moves("pause"), "#tiles", "stopped: 1")
    watch.sees("/dashboard/", moves("resume"), "#tiles", "stopped: 0")
    watch.sees("/dashboard/", moves("pause"), "#health", "Paused")
    watch.press(f"/accounts/{account}/resume")
    mine, back = f"/conversations/{number}", f"/conversations/{number}/give-back"
    watch.sees(mine, lambda: watch.press(f"{mine}/take"), "#dialogue-head", "Give back")
    watch.sees(f"/logs/?q={back}", lambda: watch.press(back), "#found", back)


@pytest.mark.timeout(600)
def test_that_the_pages_of_study_groups_show_what_has_just_happened(tab: Tab, demo: Demo) -> None:
    tab.page.set_default_timeout(PATIENCE)
    tab.sign_in()
    tab.speak("en")
    watch = Watch(tab, demo)
    person = demo.person("Reynaldo", language="ru")
    chat = demo.say(person, "здравствуйте")
    number = demo.conversation_of("Reynaldo", within=60)

    def agrees() -> None:
        demo.say(person, "хочу для работы")
        demo.conversation_of("Reynaldo", messages=4, within=60)
        demo.say(person, "да, добавляйте меня в группу")
        wait_for(lambda: bool(invitations()))

    def invitations() -> list[str]:
        return [
            word
            for message in demo.messages(chat)
            for word in message["text"].split()
            if word.startswith("https://t.me/+")
        ]

    def group() -> dict[str, Any]:
        found = demo.get("/api/groups").json()["items"]
        return next(item for item in found if item["client_id"] == client)

    client = demo.get(f"/api/conversations/{number}").json()["client"]["id"]
    watch.sees("/groups/", agrees, "#found", "Reynaldo")
    known = group()

    def joins() -> None:
        body = {"user_id": person, "invite_link": invitations()[-1]}
        joined = demo.post(f"/api/sandbox/chats/{known['chat_id']}/join", body)
        assert joined.status_code < 300, joined.text
        wait_for(lambda: group()["status"] == "active")

    def writes() -> None:
        said = {"from": person, "to": known["chat_id"], "text": "nine lanterns"}
        assert demo.post("/api/sandbox/messages", said).status_code < 300

    watch.sees("/groups/?status=active", joins, "#found", "Reynaldo")
    watch.sees(f"/groups/{known['id']}", writes, "#live", "nine lanterns")


def wait_for(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while not is_so():
        assert time.monotonic() < until, "It did not come in time."
        time.sleep(0.1)


def test_that_what_a_person_is_writing_stays_while_the_page_moves(tab: Tab, demo: Demo) -> None:
    person = demo.person("Laertes")
    demo.say(person, "hello")
    number = demo.conversation_of("Laertes", within=60)
    tab.page.set_default_timeout(PATIENCE)
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/conversations/{number}")
    page = tab.page
    page.locator("#composer button", has_text="Take over").click()
    page.fill("#text", "I am still wri")
    page.locator("#desk summary").click()
    page.fill("#note", "half a note")
    demo.say(person, "are you there?")
    expect(page.locator("#thread")).to_contain_text("are you there?", timeout=PATIENCE)
    expect(page.locator("#text")).to_have_value("I am still wri")
    expect(page.locator("#note")).to_have_value("half a note")
    expect(page.locator("#desk")).to_have_attribute("open", "")


def test_that_somebody_who_looks_elsewhere_is_told_that_a_client_waits(
    tab: Tab, demo: Demo
) -> None:
    page = tab.page
    page.set_default_timeout(PATIENCE)
    page.context.grant_permissions(["notifications"], origin=demo.address)
    # A headless browser shows no notification: note what would be shown, and look away.
    page.add_init_script(
        "window.told = [];"
        "window.Notification = class { static permission = 'granted';"
        " constructor(title, options) { window.told.push(`${title}: ${options.body}`); } };"
        "Object.defineProperty(document, 'hidden', { get: () => window.looksAway === true });"
    )
    tab.sign_in()
    tab.speak("en")
    tab.open("/settings/")
    waiting = page.locator("#waiting")
    before = int(str(waiting.get_attribute("data-count")))
    page.evaluate("window.looksAway = true")
    demo.say(demo.person("Yorick", language="ru"), "Позовите человека, пожалуйста")
    expect(waiting).to_have_attribute("data-count", str(before + 1), timeout=PATIENCE)
    told: list[str] = []
    until = time.monotonic() + PATIENCE / 1000
    while not told and time.monotonic() < until:
        told = page.evaluate("window.told")
    assert len(told) == 1
    assert told[0].startswith("A client waits for a person: ")
