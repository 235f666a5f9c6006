"""The studio: mistakes at their line, tried beside the text, published, compared, never overwritten."""

import re

from playwright.sync_api import expect
from tests.browser.conftest import Demo, Tab

SOURCE = """key: {key}
kind: sales
title: Tea shop
language: en
steps:
  - key: greeting
    say: "Hello! Which tea do you like?"
    fits: ["green tea", "black tea"]
    next: [{{when: default, to: offer}}]
  - key: offer
    say: "We have that one."
"""


def made(demo: Demo, key: str) -> int:
    answer = demo.http.post(
        "/api/scripts",
        content=SOURCE.format(key=key),
        headers={"X-CSRF-Token": demo.csrf, "Content-Type": "application/yaml"},
    )
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def replace_text(tab: Tab, text: str) -> None:
    tab.page.locator(".cm-content").click()
    tab.page.keyboard.press("Control+a")
    # Pasted: what the browser itself types over a whole document carries styles of its own.
    tab.page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const paste = { clipboardData: data, bubbles: true, cancelable: true };
            document.querySelector(".cm-content").dispatchEvent(new ClipboardEvent("paste", paste));
        }""",
        text,
    )


def test_that_a_mistake_is_shown_at_its_line_and_the_trial_runs_unsaved(
    tab: Tab, demo: Demo
) -> None:
    number = made(demo, "tea-mistake")
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/scripts/{number}")
    source = SOURCE.format(key="tea-mistake")
    replace_text(tab, source.replace("to: offer", "to: nowhere"))
    expect(tab.page.locator("#problems")).to_contain_text("Line 9")
    replace_text(tab, source.replace("Which tea", "What tea"))
    expect(tab.page.locator("#studio-state")).to_contain_text("No mistakes")
    tab.page.fill("#try-text", "hello")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("#try-thread")).to_contain_text("What tea do you like?", timeout=20000)


def test_that_graph_and_form_show_the_same_document(tab: Tab, demo: Demo) -> None:
    number = made(demo, "tea-form")
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/scripts/{number}")
    tab.page.click("#tab-graph")
    expect(tab.page.locator("#graph .node")).to_have_count(2)
    tab.page.click("#tab-form")
    tab.page.locator("#form-view .step-form textarea").first.fill("Good day! Which tea?")
    tab.page.click("#tab-text")
    expect(tab.page.locator(".cm-content")).to_contain_text("Good day! Which tea?")


def test_that_publishing_makes_a_version_and_a_stale_one_asks_to_merge(
    tab: Tab, demo: Demo
) -> None:
    number = made(demo, "tea-publish")
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/scripts/{number}")
    source = SOURCE.format(key="tea-publish")
    expect(tab.page.locator("#studio-state")).to_contain_text("No mistakes")
    # Somebody else saves meanwhile.
    demo.http.put(
        f"/api/scripts/{number}",
        content=source.replace("Tea shop", "Their shop"),
        headers={"X-CSRF-Token": demo.csrf, "Content-Type": "application/yaml"},
    )
    replace_text(tab, source.replace("Tea shop", "My shop"))
    tab.page.click("#publish")
    expect(tab.page.locator("#compare-title")).to_contain_text("version 2")
    expect(tab.page.locator("#compare-view")).to_contain_text("Their shop")
    tab.complaints.clear()  # the browser writes the 409 into its console
    tab.page.click("#conflict-mine")
    tab.page.wait_for_url(re.compile(rf"/scripts/{number}"))
    expect(tab.page.locator("h1")).to_have_text("My shop")
    expect(tab.page.locator(".studio-bar")).to_contain_text("v3")
