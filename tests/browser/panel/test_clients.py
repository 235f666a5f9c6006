"""Clients in the panel: found by filters, a page with everything that is known, tags, notes, consents,
a merged record, and an erasure after which nothing is left."""

import re
import time

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Demo, Tab


def newcomer(demo: Demo, first_name: str, payload: str) -> tuple[int, str]:
    """Somebody who has come by that link and was answered; their number and name."""
    name = f"{first_name}{time.time_ns() % 1_000_000_000}"
    person = demo.person(name)
    demo.say(person, f"/start {payload}")
    conversation = demo.conversation_of(name, within=120)
    client = demo.get(f"/api/conversations/{conversation}").json()["client"]["id"]
    return int(client), name


@pytest.mark.timeout(300)
def test_that_a_client_is_found_kept_and_erased(tab: Tab, demo: Demo) -> None:
    client, name = newcomer(demo, "Marta", "utm_instagram_ads")
    page = tab.page
    tab.sign_in()
    tab.speak("en")
    tab.open("/clients/")
    page.get_by_label("Where they came from").select_option("utm")
    page.fill("#q", name)
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert tab.violations() == []

    page.get_by_role("link", name=name).click()
    expect(page.locator("dl.facts").first).to_contain_text("instagram")
    line = page.locator("ol.timeline")
    expect(line).to_contain_text("First touch")
    expect(line).to_contain_text("Consent")
    assert tab.violations() == []
    page.fill("#tags", "vip, spring")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#tags")).to_have_value("vip, spring")
    page.fill("#note", "Prefers mornings.")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(line).to_contain_text("Prefers mornings.")

    page.get_by_text("Record a consent given elsewhere").click()
    page.fill("#consent-text", "News once a month")
    page.fill("#consent-source", "Contract 7")
    page.get_by_role("button", name="Record", exact=True).click()
    given = page.locator("details", has_text="Contract 7").first
    given.locator("summary").click()
    given.get_by_role("button", name="Take back for the client").click()
    expect(line).to_contain_text("Consent taken back")
    assert tab.violations() == []

    page.get_by_role("button", name="Erase this client").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Erase this client").click()
    expect(page).to_have_url(re.compile(r"/clients/(\?|$)"))
    assert demo.get(f"/api/clients/{client}").status_code == 404
    tab.open(f"/clients/?q={name}")
    expect(page.locator("main")).to_contain_text("Nobody found")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("language", "told", "dialogue_told"),
    [
        ("en", "This client’s record was deleted", "This dialogue was deleted"),
        ("ru", "Запись этого клиента удалена", "Этот диалог удалён"),
    ],
)
def test_that_open_pages_of_an_erased_client_say_so_and_ask_no_more(
    tab: Tab, demo: Demo, language: str, told: str, dialogue_told: str
) -> None:
    client, name = newcomer(demo, "Iris", "c_7")
    number = demo.conversation_of(name)
    tab.sign_in()
    tab.speak(language)
    tab.open(f"/clients/{client}")
    tab.settle()
    page = tab.page
    page.fill("#note", "Half a note")
    beside = Tab(page.context.new_page(), demo)
    beside.open(f"/conversations/{number}")
    beside.settle()

    erased = demo.http.delete(f"/api/clients/{client}", headers={"X-CSRF-Token": demo.csrf})
    assert erased.status_code == 204
    for shown, words in ((tab, told), (beside, dialogue_told)):
        expect(shown.page.locator("main")).to_contain_text(words)
        expect(shown.page.locator("main")).not_to_contain_text(name)
        expect(shown.page.locator("#pulse")).to_have_count(0)
        assert shown.violations() == []
    page.locator("main a").click()
    expect(page).to_have_url(re.compile(r"/clients/$"))


@pytest.mark.timeout(300)
def test_that_two_records_of_one_person_become_one(tab: Tab, demo: Demo) -> None:
    kept, name = newcomer(demo, "Nora", "c_5")
    other, second_name = newcomer(demo, "Nora", "ch_news")
    page = tab.page
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/clients/{kept}")
    page.get_by_role("button", name="Merge another record into this one").first.click()
    dialog = page.get_by_role("dialog")
    dialog.locator("#other_id").fill(str(other))
    dialog.locator("button[type=submit]").click()
    expect(page.locator("dl.facts").first).to_contain_text("merged")
    expect(page.locator("ol.timeline")).to_contain_text("ch")
    assert tab.violations() == []
    tab.open(f"/clients/{other}")
    expect(page).to_have_url(re.compile(f"/clients/{kept}$"))
    expect(page.locator("h1")).to_contain_text(name)
    assert second_name != name


@pytest.mark.timeout(120)
def test_that_a_list_of_contacts_names_its_broken_rows(tab: Tab) -> None:
    page = tab.page
    tab.sign_in()
    tab.speak("en")
    tab.open("/clients/import")
    rows = "username,name,tags\n@good_one,Good One,spring\n,Nobody,\n@bad name!,Bad,\n"
    page.set_input_files(
        "input[type=file]",
        {"name": "list.csv", "mimeType": "text/csv", "buffer": rows.encode()},
    )
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_text("2 rows were left out")).to_be_visible()
    assert page.locator("tbody tr td:first-child").all_inner_texts() == ["3", "4"]
    expect(page.locator("dl.facts")).to_contain_text("New contacts")
    assert tab.violations() == []
    assert not tab.is_too_wide()
