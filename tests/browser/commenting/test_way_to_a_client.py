"""A channel's owner allows, a post appears, a person approves in the browser, a reader follows the link."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, expect
from psycopg import sql
from tests.browser.conftest import Demo, Tab, _greeting

from candor.storage.embedded.server import EmbeddedServer
from candor.storage.engine import database_url as parse_url
from candor.storage.engine import libpq_url

OWNER = 500_001
DRAFTS = [
    "К карточкам хорошо добавить короткую фразу со словом: тогда повторение держится на смысле.",
    "Заметки удобно делить на знакомые и новые слова, новые повторять вечером по дороге домой.",
    "По дороге слова можно проговаривать вслух: слух и зрение вместе помогают не путать похожие.",
]
POST = (
    "Как запоминать английские слова, если на уроки нет времени? Мы собрали способы: карточки по "
    "дороге на работу, короткие заметки и повторение вечером."
)
SUMMARY = {
    "main_idea": "Как запоминать слова",
    "keywords": ["слова", "карточки"],
    "tone": "neutral",
    "topics": ["английский"],
    "sensitive": [],
}


class ModelHandler(BaseHTTPRequestHandler):
    """A model server that knows three comments."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        system = asked["messages"][0]["content"]
        if '"comments"' in system:
            answer: object = {"comments": DRAFTS}
        elif '"main_idea"' in system:
            answer = SUMMARY
        else:
            answer = {"reply": "Хватит нескольких карточек по дороге и повторения вечером."}
        message = {"role": "assistant", "content": json.dumps(answer, ensure_ascii=False)}
        body = json.dumps(
            {
                "id": "stub",
                "object": "chat.completion",
                "created": 1,
                "model": asked["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20},
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture
def model() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), ModelHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


@pytest.fixture
def demo(postgres: EmbeddedServer, tmp_path: Path, worker_id: str, model: str) -> Iterator[Demo]:
    """A demo of its own, with a model: without one there are no comments."""
    name = f"candor_comments_{worker_id}"
    server = parse_url(postgres.url)
    with psycopg.connect(libpq_url(server.set(database="postgres")), autocommit=True) as admin:
        admin.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    log = tmp_path / "log"
    environment = {
        **os.environ,
        "DATABASE_URL": libpq_url(server.set(database=name)),
        "CANDOR_LANGUAGE": "ru",
        "OPENAI_API_KEY": "test",
        "OPENAI_BASE_URL": model,
        "CANDOR_LLM_MODEL": "stub",
    }
    command = [sys.executable, "-m", "candor", "up", "--demo", "--port", "0"]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, "--data-dir", str(tmp_path / "data")],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=tmp_path,
        )
    try:
        address, email, password = _greeting(log, process)
        with httpx.Client(base_url=address, timeout=60) as http:
            running = Demo(address, email, password, http)
            running.sign_in()
            yield running
    finally:
        process.terminate()
        process.wait(30)


def until(look: Callable[[], bool], *, within: float = 60) -> None:
    end = time.monotonic() + within
    while not look():
        assert time.monotonic() < end, "It did not come in time."
        time.sleep(0.2)


def messages_of(demo: Demo, chat: int) -> list[dict[str, Any]]:
    found = demo.http.get(f"/api/sandbox/chats/{chat}/messages").json()
    return list(found if isinstance(found, list) else found["items"])


def permitted_channel(demo: Demo) -> int:
    """The demo's channel with its owner's permission; answers its discussion group."""
    body = {"username": "mayak_english", "daily_cap": 3, "topics": ["английский", "слова"]}
    quiet = {"quiet_from": "00:00", "quiet_until": "00:00"}
    made = demo.post("/api/channels", body | quiet).json()
    chats = demo.http.get("/api/sandbox/chats").json()
    chats = chats if isinstance(chats, list) else chats["items"]
    group = next(chat["id"] for chat in chats if chat["title"].endswith("Chat"))
    member = {"username": "mayak_comments_bot", "as": "admin"}
    assert demo.post(f"/api/sandbox/chats/{group}/members", member).status_code < 300
    said = {"from": OWNER, "to": group, "text": made["grant"]["command"]}
    assert demo.post("/api/sandbox/messages", said).status_code < 300
    until(lambda: demo.http.get("/api/channels/1").json()["permission"] is not None)
    return int(group)


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
