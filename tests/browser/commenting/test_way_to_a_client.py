"""A channel's owner allows, a post appears, a person approves in the browser, a reader follows the link."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.commenting.conftest import (
    DRAFTS,
    OWNER,
    POST,
    messages_of,
    permitted_channel,
    until,
)
from tests.browser.conftest import Demo, Tab


@pytest.mark.slow
@pytest.mark.timeout(360)
def test_that_a_comment_is_approved_on_the_owners_phone(demo: Demo, tab: Tab) -> None:
    tab.sign_in()
    tab.speak("ru")
    page = tab.page
    group = permitted_channel(demo)

    # The code of the panel links the owner's Telegram.
    tab.open("/comments/telegram")
    page.click("main form button.btn-primary")
    command = page.locator("[data-code] [data-command]").inner_text()
    assert tab.violations() == []
    boss = demo.person("Anna", language="ru")
    said = {"from": boss, "to": "mayak_comments_bot", "text": command}
    chat = demo.post("/api/sandbox/messages", said).json()["chat_id"]
    until(lambda: "связан" in messages_of(demo, chat)[-1]["text"])
    tab.open("/comments/telegram")
    expect(page.locator("[data-owner-chat]")).to_have_count(1)

    # The card comes to the phone; the second text is approved there.
    demo.post("/api/sandbox/channels/mayak_english/posts", {"text": POST})
    until(lambda: bool(messages_of(demo, chat)[-1].get("buttons")))
    card = messages_of(demo, chat)[-1]
    assert all(draft in card["text"] for draft in DRAFTS)
    press = {"user_id": boss, "chat_id": chat, "message_id": card["message_id"]}
    pressed = demo.post("/api/sandbox/press", press | {"button": card["buttons"][0][1]["text"]})
    assert pressed.status_code < 300
    until(lambda: demo.http.get("/api/comments/1").json()["status"] == "sent")
    assert DRAFTS[1] in demo.http.get("/api/comments/1").json()["text"]

    # The card says who decided, has no buttons any more, and leads to the comment in the end.
    def card_now() -> dict[str, Any]:
        number = card["message_id"]
        return next(one for one in messages_of(demo, chat) if one["message_id"] == number)

    until(lambda: "Опубликовано" in card_now()["text"])
    assert demo.email in card_now()["text"]
    assert not card_now().get("buttons")

    # A click in the panel afterwards sends nothing more, nor does another button of the card.
    assert demo.post("/api/comments/1/approve", {"text": DRAFTS[0]}).status_code == 409
    demo.post("/api/sandbox/press", press | {"button": card["buttons"][0][0]["text"]})
    posted = [one for one in messages_of(demo, group) if one["from"].get("is_bot")]
    assert sum(DRAFTS[1] in one["text"] for one in posted) == 1
    assert sum(DRAFTS[0] in one["text"] for one in posted) == 0


@pytest.mark.slow
@pytest.mark.timeout(360)
def test_that_a_comment_brings_a_client(chromium: Browser, demo: Demo, tab: Tab) -> None:
    tab.sign_in()
    tab.speak("ru")
    page = tab.page

    # The owner of the business adds the channel by form.
    tab.open("/channels/new")
    assert tab.violations() == []
    page.fill("#username", "@mayak_english")
    page.fill("#daily_cap", "3")
    page.fill("#topics", "английский\nслова")
    page.fill("#quiet_from", "00:00")
    page.fill("#quiet_until", "00:00")
    page.click("main form button.btn-primary")
    page.wait_for_url("**/channels/1*")
    assert tab.violations() == []
    guide = page.locator("[data-guide]").inner_text()

    # The channel's owner opens the guided page, adds the bot, sends the line.
    visitor = chromium.new_context().new_page()
    visitor.goto(guide)
    command = visitor.locator("[data-command]").inner_text()
    visitor.context.close()
    made = demo.http.get("/api/sandbox/chats").json()
    chats = made if isinstance(made, list) else made["items"]
    group = next(chat["id"] for chat in chats if chat["title"].endswith("Chat"))
    member = {"username": "mayak_comments_bot", "as": "admin"}
    assert demo.post(f"/api/sandbox/chats/{group}/members", member).status_code < 300
    said = {"from": OWNER, "to": group, "text": command}
    assert demo.post("/api/sandbox/messages", said).status_code < 300
    until(lambda: demo.http.get("/api/channels/1").json()["permission"] is not None)

    # A post; its drafts wait in the queue; a person approves one.
    demo.post("/api/sandbox/channels/mayak_english/posts", {"text": POST})
    until(lambda: demo.http.get("/api/comments?status=pending").json()["total"] == 1)
    tab.open("/comments/")
    expect(page.locator("[data-comment] form.message")).to_have_count(3)
    assert tab.violations() == []
    page.locator("[data-comment] form.message button").first.click()
    until(lambda: demo.http.get("/api/comments/1").json()["status"] == "sent")
    tab.open("/comments/?view=sent")
    expect(page.locator("[data-status=sent]")).to_have_count(1)

    # In the thread: the label, the personality's account, the link.
    found = demo.http.get(f"/api/sandbox/chats/{group}/messages").json()
    messages = found if isinstance(found, list) else found["items"]
    comment = messages[-1]
    assert comment["text"].startswith("ИИ · ")
    assert comment["from"]["username"] == "mayak_comments_bot"
    assert "start=c_1" in comment["text"]

    # A reader replies and follows the link.
    reader = demo.person("Vera", language="ru")
    joined = {"user_id": reader, "as": "member"}
    assert demo.post(f"/api/sandbox/chats/{group}/members", joined).status_code < 300
    reply = {
        "from": reader,
        "to": group,
        "text": "А сколько карточек брать?",
        "reply_to": comment["message_id"],
    }
    assert demo.post("/api/sandbox/messages", reply).status_code < 300
    demo.say(reader, "/start c_1")
    number = demo.conversation_of("Vera")
    assert demo.http.get(f"/api/conversations/{number}").json()["origin"] == "c_1"
    tab.open(f"/conversations/{number}")
    page.click("[data-origin]")
    expect(page.locator("[data-comment='1'] [data-status=sent]")).to_have_count(1)
    tab.open("/comments/results")
    expect(page.locator("tbody tr")).to_have_count(1)
    tab.open("/transparency")
    expect(page.locator("article")).to_have_count(1)
    assert tab.violations() == []
