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


def test_that_a_mistake_made_in_the_form_is_shown_at_its_field(tab: Tab, demo: Demo) -> None:
    number = made(demo, "tea-form-mistake")
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/scripts/{number}")
    tab.page.click("#tab-form")
    says = tab.page.locator("#form-view [data-path='steps.1.say']")
    says.fill("{{ nobody.knows }}")
    expect(says).to_have_attribute("aria-invalid", "true")
    why = tab.page.locator(f"#{says.get_attribute('aria-describedby')}")
    expect(why).to_contain_text("nobody")
    says.fill("We have that one.")
    expect(says).not_to_have_attribute("aria-invalid", "true")
    assert tab.violations() == []


def test_that_lessons_follow_each_other_in_the_graph_and_have_their_fields(
    tab: Tab, demo: Demo
) -> None:
    scripts = demo.http.get("/api/scripts", params={"kind": "education"}).json()["items"]
    lessons = demo.http.get(f"/api/scripts/{scripts[0]['id']}").json()["steps"]
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/scripts/{scripts[0]['id']}")
    tab.page.click("#tab-graph")
    expect(tab.page.locator("#graph .node")).to_have_count(len(lessons))
    expect(tab.page.locator("#graph .edge")).to_have_count(len(lessons) - 1)
    expect(tab.page.locator("#graph .is-lost")).to_have_count(0)
    tab.page.click("#tab-form")
    place, lesson = next((n, step) for n, step in enumerate(lessons) if step.get("reactions"))
    fields = tab.page.locator("#form-view")
    expect(fields.locator(f"[data-path='steps.{place}.task']")).to_have_value(lesson["task"])
    partner = fields.locator(f"[data-path='steps.{place}.reactions.0.partner']")
    expect(partner).to_have_value(lesson["reactions"][0]["partner"])


def test_that_publishing_tells_first_who_is_in_the_middle_of_a_dialogue(
    tab: Tab, demo: Demo
) -> None:
    demo.say(demo.person("Osric"), "hello")
    dialogue = demo.get(f"/api/conversations/{demo.conversation_of('Osric')}").json()
    number, version = dialogue["script_id"], dialogue["script_version"]
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/scripts/{number}")
    expect(tab.page.locator("#studio-state")).to_contain_text("No mistakes")
    tab.page.click("#publish")
    told = tab.page.locator("#ask-twice-body")
    expect(told).to_contain_text("Running dialogues:")
    expect(told.locator("li", has_text=dialogue["stage"])).to_be_visible()
    expect(told).to_contain_text("with the next answer, at the same step")
    expect(tab.page.locator("#publish-anyway")).to_be_visible()
    assert tab.violations() == []
    tab.page.locator("#ask-twice [data-bs-dismiss]").last.click()
    assert demo.get(f"/api/scripts/{number}").json()["version"] == version


def test_that_a_text_with_mistakes_is_not_published_but_shown_where_they_are(
    tab: Tab, demo: Demo
) -> None:
    number = made(demo, "tea-broken")
    tab.sign_in()
    tab.speak("ru")
    tab.open(f"/scripts/{number}")
    expect(tab.page.locator("#studio-state")).to_contain_text("Ошибок нет")
    replace_text(tab, SOURCE.format(key="tea-broken").replace("steps:", "steps: ["))
    tab.page.click("#publish")
    mistake = tab.page.locator("#problems button").first
    expect(mistake).to_contain_text("Строка")
    expect(mistake).to_be_focused()
    assert demo.get(f"/api/scripts/{number}").json()["version"] == 1


def test_that_a_version_is_restored_after_it_is_said_whom_that_concerns(
    tab: Tab, demo: Demo
) -> None:
    demo.say(demo.person("Marcellus"), "hello")
    dialogue = demo.get(f"/api/conversations/{demo.conversation_of('Marcellus')}").json()
    number = dialogue["script_id"]
    source = demo.http.get(f"/api/scripts/{number}/export").text
    newer = demo.http.put(
        f"/api/scripts/{number}",
        content=source.replace("title:", "title: New,", 1),
        headers={"X-CSRF-Token": demo.csrf, "Content-Type": "application/yaml"},
    ).json()["version"]
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/scripts/{number}")
    tab.page.click("#tab-versions")
    tab.page.locator(f'[data-bs-target="#restore-{newer - 1}"]').click()
    asked = tab.page.locator(f"#restore-{newer - 1}")
    expect(asked).to_contain_text("running dialogue")
    assert demo.get(f"/api/scripts/{number}").json()["version"] == newer
    asked.locator("button[type=submit]").click()
    expect(tab.page.locator(".studio-bar")).to_contain_text(f"v{newer + 1}")
    tab.page.click("#tab-versions")
    expect(tab.page.locator("#pane-versions")).to_contain_text(f"rollback to {newer - 1}")
    assert demo.http.get(f"/api/scripts/{number}/export").text == source


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


def test_that_an_unfinished_text_is_kept_beside_the_published_one(tab: Tab, demo: Demo) -> None:
    number = made(demo, "tea-draft")
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/scripts/{number}")
    expect(tab.page.locator("#studio-state")).to_contain_text("No mistakes")
    broken = SOURCE.format(key="tea-draft").replace("to: offer", "to: nowhere")
    replace_text(tab, broken)
    expect(tab.page.locator("#studio-note")).to_contain_text("Draft kept")
    # Another day, another browser: the draft waits on the server, the old text is still in use.
    tab.page.evaluate("localStorage.clear()")
    tab.open("/dashboard/")
    tab.open(f"/scripts/{number}")
    expect(tab.page.locator(".cm-content")).to_contain_text("nowhere")
    expect(tab.page.locator("#problems")).to_contain_text("Line 9")
    assert demo.http.get(f"/api/scripts/{number}").json()["version"] == 1
    tab.page.click("#drop-draft")
    expect(tab.page.locator(".cm-content")).not_to_contain_text("nowhere")
    expect(tab.page.locator("#drop-draft")).to_be_hidden()


def test_that_a_failing_test_is_asked_about_before_it_is_published(tab: Tab, demo: Demo) -> None:
    number = made(demo, "tea-failing")
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/scripts/{number}")
    expect(tab.page.locator("#studio-state")).to_contain_text("No mistakes")
    case = "tests:\n  - name: wrong\n    says: [hello]\n    expects: [{contains: coffee}]\n"
    replace_text(tab, SOURCE.format(key="tea-failing") + case)
    expect(tab.page.locator("#studio-state")).to_contain_text("No mistakes")
    tab.page.click("#publish")
    expect(tab.page.locator("#ask-twice-body")).to_contain_text("coffee", timeout=20000)
    assert demo.http.get(f"/api/scripts/{number}").json()["version"] == 1
    tab.page.click("#publish-anyway")
    expect(tab.page.locator(".studio-bar")).to_contain_text("v2")


def test_that_a_correction_from_a_dialogue_becomes_a_test_case(tab: Tab, demo: Demo) -> None:
    person = demo.person("Galina")
    demo.say(person, "hello")
    dialogue = demo.conversation_of("Galina")
    tab.sign_in()
    tab.speak("en")
    tab.open(f"/conversations/{dialogue}")
    answer = tab.page.locator(".message.is-out").first
    answer.locator("summary", has_text="Correct it").click()
    answer.locator("input[name=contains]").fill("lighthouse keeper")
    answer.locator("button", has_text="Keep the correction").click()
    expect(tab.page.locator(".notice, .alert").first).to_contain_text("Noted for the script")
    assert tab.violations() == []
    script = demo.http.get(f"/api/conversations/{dialogue}").json()["script_id"]
    tab.open(f"/scripts/{script}")
    waiting = tab.page.locator(".corrections li", has_text="lighthouse keeper")
    waiting.locator("button", has_text="Add to the tests").click()
    expect(waiting).to_have_count(0)
    tab.page.locator("#drop-draft").wait_for(state="visible")
    kept = demo.http.get(f"/api/scripts/{script}/draft").json()["source"]
    assert "lighthouse keeper" in kept
    demo.http.delete(f"/api/scripts/{script}/draft", headers={"X-CSRF-Token": demo.csrf})
