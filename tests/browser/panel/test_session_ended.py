"""A session is ended from elsewhere while somebody works: the way back, and nothing typed is lost."""

import re

from playwright.sync_api import expect
from tests.browser.conftest import Demo, Tab

SOURCE = (
    "key: {key}\nkind: sales\ntitle: Tea\nlanguage: en\nsteps:\n  - {{key: greeting, say: Hello}}\n"
)


def end_all_but_mine(demo: Demo) -> None:
    """The owner ends the sessions of other browsers, in a browser of their own."""
    for row in demo.get("/profile").text.split("<tr>")[1:]:
        ending = re.search(r'action="(/profile/sessions/\d+/end)"', row)
        if ending and "badge" not in row:
            answer = demo.http.post(ending[1], data={"csrf_token": demo.csrf})
            assert answer.status_code == 303, answer.text


def sign_in_again(tab: Tab, demo: Demo) -> None:
    page = tab.page
    page.wait_for_url(re.compile("/sign-in"))
    expect(page.locator(".alert[role=status]")).to_contain_text("Your session has ended")
    page.fill("#email", demo.email)
    page.fill("#password", demo.password)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda address: "/sign-in" not in address)
    # The browser writes what was refused into its console.
    refused = "Failed to load resource"
    tab.complaints[:] = [text for text in tab.complaints if not text.startswith(refused)]


def test_that_what_was_typed_to_a_client_is_there_after_signing_in_again(
    tab: Tab, demo: Demo
) -> None:
    demo.say(demo.person("Fortinbras"), "hello")
    number = demo.conversation_of("Fortinbras", within=60)
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/conversations/{number}")
    page = tab.page
    page.locator("#composer button", has_text="Take over").click()
    page.fill("#text", "A long answer, half")
    demo.get("/profile")
    end_all_but_mine(demo)
    sign_in_again(tab, demo)
    page.wait_for_url(re.compile(f"/conversations/{number}"))
    expect(page.locator("#text")).to_have_value("A long answer, half")
    # Sent at the very moment when the session has ended: no look of the page comes before it.
    page.fill("#text", "A long answer, whole")
    page.evaluate("window.htmx.trigger = () => {}")
    end_all_but_mine(demo)
    page.evaluate("document.querySelector('#text').form.requestSubmit()")
    sign_in_again(tab, demo)
    page.wait_for_url(re.compile(f"/conversations/{number}"))
    expect(page.locator("#text")).to_have_value("A long answer, whole")
    # Once sent, it does not come back.
    page.locator("#composer button[type=submit]", has_text="Send").click()
    expect(page.locator("#thread")).to_contain_text("A long answer, whole")
    expect(page.locator("#text")).to_have_value("")


def test_that_the_script_that_was_being_written_is_there_after_signing_in_again(
    tab: Tab, demo: Demo
) -> None:
    made = demo.http.post(
        "/api/scripts",
        content=SOURCE.format(key="tea-ended"),
        headers={"X-CSRF-Token": demo.csrf, "Content-Type": "application/yaml"},
    )
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/scripts/{made.json()['id']}")
    expect(tab.page.locator("#studio-state")).to_contain_text("No mistakes")
    # No draft comes to the server any more, as when the session ends before it is kept.
    tab.page.route("**/draft", lambda route: route.abort())
    tab.page.locator(".cm-content").click()
    tab.page.keyboard.press("Control+Home")
    tab.page.keyboard.type("# a line of mine")
    end_all_but_mine(demo)
    sign_in_again(tab, demo)
    expect(tab.page.locator(".cm-content")).to_contain_text("# a line of mine")
