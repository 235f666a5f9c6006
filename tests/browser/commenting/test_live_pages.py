"""The pages of commenting follow what happens in the channel, within two seconds."""

import pytest
from tests.browser.commenting.conftest import (
    DRAFTS,
    POST,
    messages_of,
    permitted_channel,
    until,
)
from tests.browser.conftest import Demo, Tab
from tests.browser.watching import PATIENCE, Watch


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_that_the_pages_of_commenting_show_what_has_just_happened(tab: Tab, demo: Demo) -> None:
    tab.page.set_default_timeout(PATIENCE)
    tab.sign_in()
    tab.speak("en")
    watch = Watch(tab, demo)
    group = 0

    def is_granted() -> None:
        nonlocal group
        group = permitted_channel(demo)

    def appears(path: str) -> None:
        demo.post("/api/sandbox/channels/mayak_english/posts", {"text": POST})
        until(lambda: bool(demo.get(path).json()["total"]))

    watch.sees("/channels/", is_granted, "#found", "mayak_english")
    watch.sees("/channels/1", lambda: appears("/api/channels/1/posts"), "#posts", POST[:40])
    until(lambda: demo.get("/api/comments?status=pending").json()["total"] == 1)
    first, text = demo.get("/api/comments?status=pending").json()["items"][0]["id"], DRAFTS[0]
    watch.sees(
        "/comments/calendar",
        lambda: demo.post(f"/api/comments/{first}/approve", {"text": text}),
        "#found",
        text[:40],
    )
    until(lambda: demo.get(f"/api/comments/{first}").json()["status"] == "sent")
    written = messages_of(demo, group)[-1]["message_id"]
    reader = demo.person("Vera", language="ru")
    joined = {"user_id": reader, "as": "member"}
    assert demo.post(f"/api/sandbox/chats/{group}/members", joined).status_code < 300

    def replies() -> None:
        said = {"from": reader, "to": group, "text": "Seven cards?", "reply_to": written}
        assert demo.post("/api/sandbox/messages", said).status_code < 300

    watch.sees("/comments/replies", replies, "#found", "Seven cards?")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_that_a_new_comment_comes_into_the_open_queue_and_leaves_it(tab: Tab, demo: Demo) -> None:
    tab.page.set_default_timeout(PATIENCE)
    tab.sign_in()
    tab.speak("en")
    watch = Watch(tab, demo)
    permitted_channel(demo)

    def is_written() -> None:
        demo.post("/api/sandbox/channels/mayak_english/posts", {"text": POST})
        until(lambda: demo.get("/api/comments?status=pending").json()["total"] == 1)

    watch.sees("/comments/", is_written, "#queue", DRAFTS[0][:40])
    number = demo.get("/api/comments?status=pending").json()["items"][0]["id"]
    address = f"/api/comments/{number}/reject"
    watch.sees(
        "/comments/?view=rejected",
        lambda: demo.post(address, {"reason": "not today"}),
        "#queue",
        "not today",
    )
