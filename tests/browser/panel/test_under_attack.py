"""Hostile words in every place that keeps words, and a session that ends between two clicks."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Demo, Tab

CORPUS = (
    "<script>window.taken=1</script>",
    "<img src=x onerror=window.taken=1>",
    "<svg onload=window.taken=1>",
    '"><script>window.taken=1</script>',
    "' onmouseover='window.taken=1",
    "<iframe srcdoc='<script>parent.taken=1</script>'>",
    "<details open ontoggle=window.taken=1>",
    "<a href='javascript:window.taken=1'>x</a>",
    "{{ 7*7 }}${7*7}<%= 7*7 %>",
    "</textarea><script>window.taken=1</script>",
    "</title><script>window.taken=1</script>",
    "<style>@import'//evil.example'</style>",
    "\u202e<b hx-get=/settings/ hx-trigger=load>",
)
SCRIPT = {
    "kind": "sales",
    "language": "en",
    "steps": [{"key": "greeting", "say": "Hello!"}],
}
PATIENCE = 45_000


@pytest.mark.timeout(420)
def test_that_a_corpus_of_hostile_words_is_shown_as_text_everywhere(tab: Tab, demo: Demo) -> None:
    tab.page.set_default_timeout(PATIENCE)
    attacker = demo.person(f"Mallory {CORPUS[1]}"[:64])
    for words in CORPUS:
        demo.say(attacker, words)
    number = demo.conversation_of("Mallory", messages=len(CORPUS) + 1, within=90)
    everywhere = "\n".join(CORPUS)
    kept = (
        demo.post(f"/api/conversations/{number}/notes", {"text": everywhere}),
        demo.post("/api/scripts", {**SCRIPT, "key": "hostile", "title": everywhere[:200]}),
        demo.http.put(
            f"/api/clients/{client_of(demo, number)}",
            json={"tags": ["<b>tag</b>"]},
            headers={"X-CSRF-Token": demo.csrf},
        ),
    )
    assert all(answer.status_code < 300 for answer in kept), [answer.text for answer in kept]
    script = kept[1].json()["id"]
    tab.sign_in()
    token = {"name": CORPUS[0], "role": "viewer", "csrf_token": demo.csrf}
    assert demo.http.post("/settings/tokens", data=token).status_code == 200
    for path in (
        f"/conversations/{number}",
        "/conversations/?q=Mallory",
        "/clients/?q=Mallory",
        f"/clients/{client_of(demo, number)}",
        f"/scripts/{script}",
        "/scripts/",
        "/dashboard/",
        "/logs/?q=Mallory",
        "/logs/",
        "/settings/?tab=tokens",
        "/accounts/1",
    ):
        tab.open(path)
        tab.settle()
        assert tab.page.evaluate("window.taken === undefined"), path
        made = "img[src=x], iframe[srcdoc], a[href^='javascript:'], b[hx-get], [ontoggle]"
        assert tab.page.locator(made).count() == 0, path
    tab.open(f"/conversations/{number}")
    shown = tab.page.locator(".thread").inner_text()
    assert all(words.strip("\u202e") in shown for words in CORPUS[:-1])
    demo.http.delete(f"/api/scripts/{script}", headers={"X-CSRF-Token": demo.csrf})


def client_of(demo: Demo, conversation: int) -> int:
    return int(demo.http.get(f"/api/conversations/{conversation}").json()["client"]["id"])


def end_other_sessions(demo: Demo) -> None:
    """As a person does on their profile: all but the one that asks."""
    rows = demo.http.get("/profile").text.split("<tr>")
    others = [row for row in rows if "text-bg-success" not in row]
    found = re.findall(r'action="(/profile/sessions/\d+/end)"', "".join(others))
    assert found
    for address in found:
        demo.http.post(address, data={"csrf_token": demo.csrf})


@pytest.mark.timeout(240)
def test_that_a_session_ended_between_two_clicks_leads_to_the_sign_in_and_back(
    tab: Tab, demo: Demo
) -> None:
    page = tab.page
    page.set_default_timeout(PATIENCE)
    demo.say(demo.person("Ulyana"), "hello")
    number = demo.conversation_of("Ulyana", within=60)
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/conversations/{number}")
    expect(page.locator("#composer button", has_text="Take over")).to_be_visible()
    # The owner ends it from elsewhere; the page stands open and notices at its next look.
    end_other_sessions(demo)
    page.wait_for_url("**/sign-in**", timeout=PATIENCE)
    page.wait_for_load_state("networkidle")
    tab.complaints = [line for line in tab.complaints if "401" not in line]
    assert demo.http.get(f"/api/conversations/{number}").json()["handling"] == "ai"
    page.fill("#email", demo.email)
    page.fill("#password", demo.password)
    expect(page.locator("#email")).to_have_value(demo.email)
    page.click("main button[type=submit]")
    page.wait_for_url(f"**/conversations/{number}*", timeout=PATIENCE)
