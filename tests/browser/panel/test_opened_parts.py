"""Whatever can be opened on a page full of data is accessible too, and closes by the keyboard.

Every button that opens a dialog, a menu, a drawer or a tab, and every `<details>`, is found on the
page itself and tried: a new one is held by these tests without being named here.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.conftest import PATIENCE, Demo, Tab
from tests.browser.panel.test_scripts import replace_text
from tests.integration.panel import objects as made
from tests.integration.panel.conftest import PASSWORD
from tests.integration.panel.whole import Whole, running_whole

from candor.storage.tables.commenting import direct_messages, telegram_posts
from candor.storage.tables.education import group_messages
from candor.storage.tables.messaging import conversation_messages

WIDE, PHONE = (1360, 850), (360, 740)
LOOKS = pytest.mark.parametrize(
    ("tab", "language", "theme"),
    [(WIDE, "ru", "light"), (PHONE, "en", "dark")],
    indirect=["tab"],
    ids=["wide-ru-light", "phone-en-dark"],
)


@pytest.fixture(scope="module")
def whole(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with running_whole(module_database_url, Path(tmp_path_factory.mktemp("whole"))) as running:
        yield running


@pytest.fixture(scope="module")
def demo(whole: Whole) -> Demo:
    """The same product as elsewhere, with what only years or a model would bring put into it."""
    return Demo(whole.address, "owner@example.org", PASSWORD, whole.people["owner"].http)


def dialogue_pages(whole: Whole) -> tuple[str, ...]:
    dialogue, client = told_dialogue(whole)
    return (
        "/dashboard/",
        "/conversations/",
        f"/conversations/{dialogue}",
        f"/conversations/{made.quiet_dialogue(whole)}",
        f"/conversations/{made.taken_dialogue(whole, 'operator')}",
        "/clients/",
        f"/clients/{client}",
        f"/groups/{lesson(whole)}",
        f"/groups/{lesson(whole, trouble='question_waits', handed_off_at=whole.now())}",
        "/groups/pool",
    )


def commenting_pages(whole: Whole) -> tuple[str, ...]:
    channel, comment = followed_channel(whole)
    made.owner_chat(whole, "owner")
    return (
        "/channels/",
        f"/channels/{channel}",
        "/comments/",
        "/comments/?view=all",
        f"/comments/{comment}",
        "/comments/calendar",
        "/comments/replies",
        "/comments/rules",
        "/comments/telegram",
        "/transparency",
    )


def account_pages(whole: Whole) -> tuple[str, ...]:
    """Also an account in the middle of each step of its sign-in."""
    by_picture = whole.ask("POST", "/accounts/login", json={"by": "qr"})["id"]
    return (
        "/accounts/",
        f"/accounts/{made.SALES_BOT}",
        f"/accounts/{made.allowed_chat(whole)[0]}",
        f"/accounts/{made.login(whole)}/sign-in",
        f"/accounts/{made.login_at_password(whole)}/sign-in",
        f"/accounts/{by_picture}/sign-in",
        f"/accounts/{by_picture}",
        "/logs/",
        "/settings/?tab=operators",
        "/settings/?tab=tokens",
        "/settings/?tab=answers",
        "/profile",
        "/sandbox/",
    )


def written_pages(whole: Whole) -> tuple[str, ...]:
    """Scripts, questionnaires and prompts with two versions, and a webhook with something waiting."""
    script, questions = made.script(whole), made.questionnaire(whole)
    for address in (f"/scripts/{script}", f"/questionnaires/{questions}"):
        whole.ask("PUT", address, json={**whole.ask("GET", address), "title": "Better"})
    prompt = whole.ask("GET", "/prompts/sales/reply")["shipped"]
    whole.ask("PUT", "/prompts/sales/reply", json={"text": f"{prompt}\nBe brief."})
    webhook = made.webhook(whole)
    whole.ask("POST", f"/webhooks/{webhook}/test")
    return (
        f"/scripts/{made.sample(whole, 'first-contact-en')}",
        f"/scripts/{script}?version=1",
        f"/questionnaires/{questions}",
        "/webhooks/",
        f"/webhooks/{webhook}",
        "/model/prompts/sales/reply",
        "/model/budget",
        "/model/spend",
    )


AREAS: dict[str, Callable[[Whole], tuple[str, ...]]] = {
    "dialogues": dialogue_pages,
    "commenting": commenting_pages,
    "accounts": account_pages,
    "written": written_pages,
}
"""Pages with data on them, one of each kind."""


def followed_channel(whole: Whole) -> tuple[int, int]:
    """Channel and a comment: one waits, one has its slot; a post that got none; a reply."""
    made.scheduled_comment(whole)
    comment = made.comment(whole)
    channel = int(whole.ask("GET", f"/comments/{comment}")["channel_id"])
    now = whole.now()
    whole.put(
        telegram_posts,
        channel_id=channel,
        message_id=next(whole.numbers),
        text="A post about politics.",
        text_hash="h",
        posted_at=now,
        created_at=now,
        ready_at=now,
        summary={
            "main_idea": "Politics",
            "keywords": ["vote", "party"],
            "tone": "negative",
            "topics": ["news"],
            "language": "en",
            "sensitive": ["politics"],
        },
        gate_code="safety",
        gate_reason="a topic that is never commented",
        relevance=0.2,
    )
    whole.put(
        direct_messages,
        account_id=made.COMMENTING_BOT,
        chat_id=1,
        message_id=next(whole.numbers),
        kind="thread_reply",
        comment_id=comment,
        channel_id=channel,
        sender_id=5,
        sender_name="Boris",
        text="And how do I begin?",
        language="en",
        status="waiting",
        created_at=now,
    )
    return channel, comment


def told_dialogue(whole: Whole) -> tuple[int, int]:
    """A dialogue in the owner's hands with all kinds of messages, and its client."""
    number, now = made.taken_dialogue(whole, "owner"), whole.now()
    said = {"conversation_id": number, "account_id": made.SALES_BOT, "chat_id": 7}
    rows: tuple[dict[str, Any], ...] = (
        {
            "direction": "in",
            "author": "client",
            "text": "For work. How much is it?",
            "analysis": {
                "main_idea": "price",
                "keywords": ["price"],
                "tone": "neutral",
                "script_fit_score": 0.9,
                "step": "greeting",
                "triggers": ["wants_price"],
                "language": "en",
            },
            "answered_at": now,
        },
        {
            "direction": "out",
            "author": "ai",
            "text": "It is 49 euros.",
            "strategy": "script_80",
            "stage": "greeting",
            "trigger": "wants_price",
            "delivery": "sent",
            "sent_at": now,
            "provenance": {"written_by": "engine", "model": "stub", "prompt": "reply@1"},
        },
        {
            "direction": "out",
            "author": "human",
            "text": "Anna here.",
            "delivery": "failed",
            "provenance": {"written_by": "person"},
        },
    )
    for at, row in enumerate(rows):
        moment = now + timedelta(seconds=at)
        whole.put(
            conversation_messages,
            **said,
            message_id=next(whole.numbers),
            created_at=moment,
            **{"provenance": {}, **row},
        )
    whole.ask("POST", f"/conversations/{number}/notes", json={"text": "Prefers mornings."})
    client = int(whole.ask("GET", f"/conversations/{number}")["client"]["id"])
    whole.ask("PUT", f"/clients/{client}", json={"tags": ["regular", "b2b"]})
    whole.ask("POST", f"/clients/{client}/notes", json={"text": "Met at the fair."})
    consent = {"purpose": "marketing", "text": "I agree", "source": "a form of 1 March"}
    whole.ask("POST", f"/clients/{client}/consents", json=consent)
    return number, client


def lesson(whole: Whole, **values: Any) -> int:
    """A group in the middle of its lessons."""
    step, now = made.task_step(whole), whole.now()
    group = made.group(whole, step=step, task_sent_at=now, joined_at=now, **values)
    for sender, name in (("teacher", "Lighthouse"), ("partner", "Curious"), ("client", "Anna")):
        is_ours = sender != "client"
        whole.put(
            group_messages,
            group_id=group,
            message_id=next(whole.numbers),
            sender_type=sender,
            sender_name=name,
            text="What did you write today?",
            step=step,
            is_submission=not is_ours,
            speaker="teacher",
            reason="the client handed in the task",
            provenance={"written_by": "engine", "model": "stub"} if is_ours else None,
            delivery="sent" if is_ours else None,
            created_at=now,
        )
    return group


# --- what can be opened


def shown(locator: Locator) -> list[Locator]:
    return [one for one in locator.all() if one.is_visible()]


def found(tab: Tab, where: str) -> list[str]:
    """What axe-core finds now, and whether the page has become wider than the screen."""
    wrong = [f"{where}: {line}" for line in tab.violations()]
    return [*wrong, f"{where} is wider than the screen"] if tab.is_too_wide() else wrong


def is_still(tab: Tab, selector: str) -> None:
    """Wait until it is open and nothing of it moves any more."""
    tab.page.wait_for_function(
        """selector => {
            const part = document.querySelector(selector);
            return part && part.classList.contains("show") && !part.classList.contains("showing")
                && part.getAnimations({ subtree: true }).every(one => one.playState !== "running");
        }""",
        arg=selector,
        timeout=PATIENCE,
    )


def try_dialogs(tab: Tab, where: str, *, is_first: bool) -> list[str]:
    """Each opens with the focus inside, says its name, and Escape brings back to its button."""
    wrong = []
    # The drawer with the sections is the same everywhere: the first page shows it.
    kinds = "[data-bs-toggle=modal]" + (", [data-bs-toggle=offcanvas]" if is_first else "")
    names = [one.get_attribute("data-bs-target") or "" for one in shown(tab.page.locator(kinds))]
    for target in dict.fromkeys(names):
        # A row of a list that renews itself may stand elsewhere by now: found by its target.
        opener = tab.page.locator(f"[data-bs-toggle][data-bs-target='{target}']").first
        part = tab.page.locator(target)
        opener.click()
        is_still(tab, target)
        expect(part).to_have_attribute("aria-modal", "true")
        assert part.evaluate("part => part.contains(document.activeElement)"), f"{where} {target}"
        wrong += found(tab, f"{where} {target}")
        tab.page.keyboard.press("Escape")
        expect(part).to_be_hidden()
        expect(opener).to_be_focused()
    return wrong


def try_menus(tab: Tab, where: str) -> list[str]:
    wrong = []
    for opener in shown(tab.page.locator("[data-bs-toggle=dropdown]")):
        opener.focus()
        tab.page.keyboard.press("Enter")
        expect(opener).to_have_attribute("aria-expanded", "true")
        wrong += found(tab, f"{where} menu")
        tab.page.keyboard.press("Escape")
        expect(opener).to_have_attribute("aria-expanded", "false")
    return wrong


def try_tabs(tab: Tab, where: str) -> list[str]:
    wrong = []
    for name in [one.get_attribute("id") for one in shown(tab.page.locator("[role=tab]"))]:
        tab.page.click(f"#{name}")
        expect(tab.page.locator(f"#{name}")).to_have_attribute("aria-selected", "true")
        wrong += found(tab, f"{where} #{name}")
    return wrong


def try_details(tab: Tab, where: str) -> list[str]:
    """All at once: they stand beside each other anyway."""
    closed = tab.page.locator("main details:not([open]) > summary")
    if not shown(closed):
        return []
    tab.page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    return found(tab, f"{where} details")


@LOOKS
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.timeout(600)
def test_that_pages_full_of_data_and_all_that_opens_on_them_are_accessible(
    whole: Whole, tab: Tab, area: str, language: str, theme: str
) -> None:
    pages = AREAS[area](whole)
    tab.sign_in()
    tab.speak(language)
    tab.shade(theme)
    wrong = []
    for path in pages:
        tab.open(path)
        expect(tab.page.locator("html")).to_have_attribute("data-bs-theme", theme)
        expect(tab.page.locator("h1").first).to_be_attached()
        where = re.sub(r"\d+", "N", path)
        wrong += found(tab, where)
        wrong += try_dialogs(tab, where, is_first=path == pages[0])
        if path == "/dashboard/":  # the menu of the person is the same everywhere too
            wrong += try_menus(tab, where)
        wrong += try_tabs(tab, where)
        wrong += try_details(tab, where)
    assert not wrong, "\n".join(sorted(set(wrong)))


MISTAKES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("/channels/new", "form[method=post]", {"username": "b!"}),
    ("/accounts/new", "form[method=post]", {"token": "1234567890:nonsense"}),
    ("/accounts/sign-in", "form[method=post]", {"phone": "123456"}),
    ("/webhooks/", "form[action$='/webhooks/']", {"title": "CRM", "url": "nonsense"}),
    ("/model/budget", "form[action$='/budget']", {"day": "-5"}),
    ("/model/budget", "form[action$='/prices']", {"model": "m", "prompt": "cheap"}),
    ("/comments/rules", "form[action$='/sign-off']", {"signed_by": "Anna"}),
    ("/settings/?tab=business", "form[action$='/business']", {"timezone": "Moon/Base"}),
    ("/settings/?tab=limits", "form[action$='/limits']", {"chat_gap_seconds": "999999"}),
    ("/settings/?tab=operators", "form[action$='/operators']", {"email": "nobody"}),
    ("/profile/password", "form[action*='password'], form[method=post]", {"new": "short"}),
)
"""Page, form and what a person might get wrong in it."""


@LOOKS
@pytest.mark.timeout(600)
def test_that_what_a_form_says_of_mistakes_is_accessible(
    tab: Tab, language: str, theme: str
) -> None:
    tab.sign_in()
    tab.speak(language)
    tab.shade(theme)
    wrong = []
    for path, form, given in MISTAKES:
        tab.open(path)
        place = tab.page.locator(f"main :is({form})").first
        with tab.page.expect_navigation():
            place.evaluate(
                """(form, given) => {
                    form.noValidate = true;
                    for (const [name, value] of Object.entries(given)) form.elements[name].value = value;
                    form.requestSubmit();
                }""",
                given,
            )
        expect(tab.page.locator("[role=alert]").first).to_be_visible()
        wrong += found(tab, f"{path} with a mistake")
    # The browser writes the refusals into its console.
    tab.complaints[:] = [line for line in tab.complaints if "status of 4" not in line]
    assert not wrong, "\n".join(sorted(set(wrong)))


@LOOKS
@pytest.mark.timeout(600)
def test_that_the_studio_shows_mistakes_versions_and_a_merge_accessibly(
    whole: Whole, tab: Tab, language: str, theme: str
) -> None:
    script = made.script(whole)
    address = f"/scripts/{script}"
    whole.ask("PUT", address, json={**whole.ask("GET", address), "title": "Second"})
    text = whole.programs["owner"].get(f"/api{address}/export").text
    tab.sign_in()
    tab.speak(language)
    tab.shade(theme)
    tab.open(address)
    page = tab.page
    state = page.locator("#studio-state")
    expect(state).not_to_be_empty()

    replace_text(tab, text.replace("say: Hello", "say: '{{ nobody.knows }}'"))
    expect(page.locator("#problems")).to_contain_text("nobody")
    wrong = found(tab, "studio with mistakes")
    page.click("#tab-form")
    expect(page.locator("#tab-form")).to_have_attribute("aria-selected", "true")
    wrong += found(tab, "studio's form that waits for the text")

    page.click("#tab-versions")
    page.locator("[data-compare='1']").click()
    expect(page.locator("#compare-view")).not_to_be_empty()
    wrong += found(tab, "studio with two versions side by side")

    # Somebody else saves meanwhile: the two texts are put beside each other.
    tab.open(address)
    expect(state).not_to_be_empty()
    replace_text(tab, text.replace("say: Hello", "say: Good day"))
    expect(page.locator("#problems")).not_to_contain_text("nobody")
    whole.ask("PUT", address, json={**whole.ask("GET", address), "title": "Theirs"})
    page.click("#publish")
    expect(page.locator("#conflict-mine")).to_be_visible()
    wrong += found(tab, "studio's merge")
    tab.complaints.clear()  # the browser writes the 409 into its console
    assert not wrong, "\n".join(sorted(set(wrong)))
