"""A demo of its own with a model server that knows three comments, and the way to a permitted channel."""

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
from psycopg import sql
from tests.browser.conftest import Demo, _greeting

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
