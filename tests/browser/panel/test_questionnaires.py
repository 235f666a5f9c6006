"""An author writes a questionnaire: the preview follows the text, a mistake stands at its line, a save
makes a version that can be taken back."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Tab

TEXT = """key: short-check
title: Short check
language: en
questions:
  - key: level
    ask: Where do you stand today?
    options: [{label: From zero}, {label: I speak a little}]
  - key: notes
    ask: What else should we know?
    text: {}
"""


@pytest.mark.timeout(300)
def test_that_an_author_writes_a_questionnaire_and_takes_a_version_back(tab: Tab) -> None:
    page = tab.page
    tab.sign_in()
    tab.speak("en")
    tab.open("/questionnaires/new")
    write_all(page, TEXT + "follow_up: {after: 1d, say: Still there?}\n")
    preview = page.locator("#preview")
    expect(preview.locator("article")).to_have_count(3)
    expect(preview).to_contain_text("From zero")
    expect(preview.locator("article").last).to_contain_text("Still there?")
    assert tab.violations() == []

    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("results: oops\n")
    wrong = page.locator("#problems button")
    expect(wrong.first).to_contain_text("Line 12")
    expect(preview).not_to_contain_text("From zero")
    assert tab.violations() == []

    write_all(page, TEXT)
    expect(wrong).to_have_count(0)
    page.locator("#publish").click()
    expect(page).to_have_url(re.compile(r"/questionnaires/\d+"))
    expect(page.locator(".studio-bar")).to_contain_text("v1")
    write_all(page, TEXT.replace("Short check", "Shorter check"))
    expect(page.locator("#questionnaire-state")).to_contain_text("No mistakes")
    page.locator("#publish").click()
    expect(page.locator(".studio-bar")).to_contain_text("v2")
    page.get_by_role("button", name="Restore version 1").click()
    expect(page.locator(".studio-bar")).to_contain_text("v3")
    expect(page.locator("h1")).to_contain_text("Short check")
    assert tab.violations() == []


def write_all(page: Page, text: str) -> None:
    """Put the text in the editor's place, as pasting does."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.evaluate(
        """text => {
            const paste = { clipboardData: new DataTransfer(), bubbles: true, cancelable: true };
            paste.clipboardData.setData("text/plain", text);
            document.querySelector(".cm-content").dispatchEvent(new ClipboardEvent("paste", paste));
        }""",
        text,
    )
