"""The inbox: live, explained, taken over, written in and given back."""

import re

from playwright.sync_api import expect
from tests.browser.conftest import Demo, Tab

HOSTILE = '<img src=x onerror="document.title=\'taken\'"><script>document.title="taken"</script>'


def test_that_a_person_takes_a_dialogue_over_writes_and_gives_it_back(tab: Tab, demo: Demo) -> None:
    person = demo.person("Vera")
    demo.say(person, "hello")
    number = demo.conversation_of("Vera")
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/conversations/{number}")
    page = tab.page
    expect(page.locator(".message.is-out").first).to_contain_text("AI")
    page.locator(".message.is-out summary").first.click()
    expect(page.locator(".message.is-out details").first).to_contain_text("Written by")

    page.locator("#composer button", has_text="Take over").click()
    expect(page.locator("#dialogue-head")).to_contain_text("yours")
    page.fill("#text", "Hello, this is Anna in person.")
    page.locator("#composer button", has_text="Send").click()
    expect(page.locator(".message.by-human").last).to_contain_text("Anna in person")

    # Live: what the client says now appears by itself.
    demo.say(person, "thank you Anna")
    expect(page.locator(".thread")).to_contain_text("thank you Anna", timeout=6000)
    page.locator("#dialogue-head button", has_text="Give back").click()
    expect(page.locator("#dialogue-head")).to_contain_text("AI answers")
    assert tab.violations() == []


def test_that_hostile_names_and_texts_are_only_text(tab: Tab, demo: Demo) -> None:
    person = demo.person(f"Eve {HOSTILE}"[:60])
    demo.say(person, HOSTILE)
    number = demo.conversation_of("Eve", messages=1)
    tab.sign_in()
    for path in (f"/conversations/{number}", "/conversations/", "/clients/", "/logs/"):
        tab.open(path)
        tab.page.wait_for_timeout(300)
        assert tab.page.title() != "taken"
        assert tab.page.locator("img[src=x]").count() == 0


def test_that_filters_stay_in_the_address(tab: Tab, demo: Demo) -> None:
    demo.say(demo.person("Zinaida"), "hello")
    demo.conversation_of("Zinaida", messages=1)
    tab.sign_in()
    tab.open("/conversations/?q=Zinaida")
    lines = tab.page.locator(".inbox-lines .line")
    expect(lines).to_have_count(1)
    lines.first.click()
    tab.page.wait_for_url(re.compile(r"/conversations/\d+\?q=Zinaida"))
    tab.page.select_option("#handling", "closed")
    tab.page.wait_for_url(re.compile("handling=closed"))
    expect(lines).to_have_count(0)


def test_that_a_dialogue_is_noted_assigned_and_found_by_its_words(tab: Tab, demo: Demo) -> None:
    demo.say(demo.person("Yana"), "My aunt keeps seventeen parrots")
    number = demo.conversation_of("Yana", messages=1)
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/conversations/{number}")
    page = tab.page
    page.locator("#desk summary").click()
    page.fill("#note", "Ask about the parrots.")
    page.locator("button", has_text="Add a note").click()
    expect(page.locator("#desk .notes")).to_contain_text("Ask about the parrots.")
    page.select_option("#operator_id", label=demo.email)
    page.locator("button", has_text="Assign").click()
    expect(page.locator("#dialogue-head")).to_contain_text(demo.email.split("@")[0])
    assert tab.violations() == []
    tab.open("/conversations/?assigned=me&q=parrot")
    expect(page.locator(".inbox-lines .line")).to_have_count(1)
    tab.open("/conversations/?assigned=nobody&q=parrot")
    expect(page.locator(".inbox-lines .line")).to_have_count(0)
