"""Section 6: the sandbox Telegram's control API, with exactly the bodies that are written there.

Two stories through it: Olga permits comments in her channel, whose posts are then read; Anna writes
to the sales bot and an operator takes over. (Comments need a language model: see commenting's own.)
"""

from collections.abc import Callable
from itertools import count
from typing import Any

import httpx
import pytest
from tests.integration.contract.conftest import Product, page, problem, until

OWNER, READER = 810_001, 810_002
MESSAGE = {"message_id", "from", "text", "date", "reply_to", "buttons"}
FAULTS = ("error_429", "error_500", "timeout_before", "timeout_after", "disconnect")
_numbers = count(1)


def made(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


def bot_of(product: Product, role: str) -> str:
    accounts = page(product.owner.get("/api/accounts", params={"role": role}))
    return str(accounts[0]["username"])


@pytest.fixture
def write(product: Product) -> Callable[..., dict[str, Any]]:
    def send(person: int, to: str | int, text: str, **more: object) -> dict[str, Any]:
        body = {"from": person, "to": to, "text": text, **more}
        answer = made(product.owner.post("/api/sandbox/messages", json=body))
        assert {"chat_id", "message_id"} <= answer.keys()
        return answer

    return send


@pytest.fixture(scope="session")
def people(product: Product) -> None:
    for number, name in ((OWNER, "Ольга"), (READER, "Анна")):
        made(
            product.owner.post(
                "/api/sandbox/users",
                json={
                    "id": number,
                    "first_name": name,
                    "username": f"person_{number}",
                    "language_code": "ru",
                },
            )
        )


def messages(product: Product, chat: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = product.owner.get(f"/api/sandbox/chats/{chat}/messages").json()
    assert all(message.keys() >= MESSAGE for message in found)
    assert all({"id", "name", "username", "is_bot"} <= message["from"].keys() for message in found)
    return found


@pytest.mark.usefixtures("people")
def test_that_a_channel_is_permitted_by_its_owner_and_read(
    product: Product, write: Callable[..., dict[str, Any]]
) -> None:
    api, name = product.owner, f"held_channel_{next(_numbers)}"
    body = {"username": name, "title": "Английский", "owner_id": OWNER}
    made(api.post("/api/sandbox/channels", json=body))
    first = made(api.post(f"/api/sandbox/channels/{name}/posts", json={"text": "Добрый день!"}))
    assert {"message_id", "discussion_chat_id", "discussion_message_id"} <= first.keys()
    discussion = first["discussion_chat_id"]
    members = f"/api/sandbox/chats/{discussion}/members"
    made(api.post(members, json={"username": bot_of(product, "commentator"), "as": "admin"}))
    made(api.post(members, json={"user_id": READER, "as": "member"}))

    channel = made(
        api.post(
            "/api/channels",
            json={
                "username": name,
                "title": "Английский",
                "is_monitored": True,
                "comment_mode": "approve",
                "daily_cap": 5,
                "topics": ["английский язык"],
            },
        )
    )
    assert channel["permission"] is None
    address = f"/api/channels/{channel['id']}"
    write(OWNER, discussion, channel["grant"]["command"])
    permission = until(lambda: api.get(address).json()["permission"])
    assert permission.keys() >= {"granted_by", "granted_at", "scope", "proof", "expires_at"}
    again = made(api.put(address, json={**channel, "daily_cap": 4}))
    assert (again["daily_cap"], again["comment_mode"]) == (4, "approve")
    problem(api.put(address, json={"comment_mode": "loud"}), 422)

    text = "Как запоминать английские слова? Три способа для тех, кто учит английский язык сам."
    made(api.post(f"/api/sandbox/channels/{name}/posts", json={"text": text}))
    posts = until(lambda: page(product.viewer.get(f"{address}/posts")))
    assert posts[0].keys() >= {"id", "message_id", "text", "summary", "created_at"}
    assert posts[0]["text"] == text
    for action, words in (("approve", {"text": "x"}), ("reject", {"reason": "x"})):
        problem(product.operator.post(f"/api/comments/999999/{action}", json=words), 404)
        problem(product.operator.post(f"/api/comments/999999/{action}", json={}), 422)
    assert api.delete(address).status_code in (200, 204)


@pytest.mark.usefixtures("people")
def test_that_a_dialogue_is_answered_taken_and_given_back(
    product: Product, write: Callable[..., dict[str, Any]]
) -> None:
    sales = bot_of(product, "sales")
    write(READER, sales, "/start")
    sent = write(READER, sales, "Здравствуйте, хочу учить английский для работы")
    until(lambda: any(m["from"]["is_bot"] for m in messages(product, sent["chat_id"])))
    write(READER, sent["chat_id"], "И ещё вопрос", reply_to=sent["message_id"])
    query = {"q": f"person_{READER}", "handling": "ai", "strategy": "script_80"}
    line = until(lambda: page(product.viewer.get("/api/conversations", params=query)))[0]
    address = f"/api/conversations/{line['id']}"
    detail = product.viewer.get(address).json()
    assert detail.keys() >= {
        "id", "client", "script_id", "script_version", "stage", "strategy", "script_fit_score",
        "handling", "messages",
    }  # fmt: skip
    assert detail["client"].keys() >= {"id", "name", "username"}
    assert page(product.viewer.get("/api/conversations", params={"stage": "no_such"})) == []
    for message in detail["messages"]:
        assert message.keys() >= {
            "id", "direction", "author", "text", "created_at", "analysis", "strategy", "delivery",
        }  # fmt: skip
    assert {m["author"] for m in detail["messages"]} == {"client", "ai"}

    api = product.operator
    problem(api.post(f"{address}/messages", json={"text": "Рано"}), 409)
    assert api.post(f"{address}/take").json()["handling"] == "human"
    problem(api.post(f"{address}/messages", json={"text": ""}), 422)
    assert api.post(f"{address}/messages", json={"text": "Это Павел."}).status_code < 300
    until(lambda: any("Это Павел." in m["text"] for m in messages(product, sent["chat_id"])))
    written = product.viewer.get(address).json()["messages"]
    assert any(m["author"] == "human" and m["direction"] == "out" for m in written)
    assert api.post(f"{address}/give-back").json()["handling"] == "ai"


@pytest.mark.usefixtures("people")
def test_that_groups_are_read_changed_and_closed(product: Product) -> None:
    api = product.operator
    groups = page(api.get("/api/groups"))
    group = groups[0]
    assert group.keys() >= {
        "id", "chat_id", "client_id", "status", "script_id", "step", "partners", "consent_at",
    }  # fmt: skip
    address = f"/api/groups/{group['id']}"
    assert page(api.get(f"{address}/messages")) == []
    assert api.put(address, json={**group, "is_paused": True}).json()["is_paused"] is True
    assert api.delete(address).status_code in (200, 204)
    assert api.get(address).json()["status"] == "closed"
    said = problem(api.post("/api/groups", json={}), 422)
    assert [error["path"] for error in said["errors"]] == ["chat_id"]
    problem(api.post("/api/groups", json={"chat_id": -100_999}), 422)


@pytest.mark.usefixtures("people")
def test_that_a_group_says_what_of_it_can_not_be_changed(product: Product) -> None:
    api = product.operator
    group = page(api.get("/api/groups"))[-1]
    address = f"/api/groups/{group['id']}"
    assert api.put(address, json=group).json() == group
    for name, value in (
        ("status", "active"),
        ("chat_id", -100_5),
        ("client_id", 5),
        ("consent_at", "2026-01-01T00:00:00Z"),
        ("partners", [{"username": "somebody_bot"}]),
    ):
        said = problem(api.put(address, json={name: value}), 422)
        assert [error["path"] for error in said["errors"]] == [name]
    problem(api.put(address, json={"script_id": 999_999}), 422)
    problem(api.put(address, json={"step": "nowhere"}), 422)
    assert api.get(address).json() == group

    level = api.get("/api/groups/pool").json()["ready"]
    assert api.post(f"{address}/check").json()["trouble"] == ""
    assert api.get(f"{address}/steps").json() == []
    assert api.put(address, json={"status": "closed"}).json()["status"] == "closed"
    assert api.get("/api/groups/pool").json()["ready"] == level - 1


@pytest.mark.usefixtures("people")
def test_that_chats_links_buttons_and_faults_are_answered(
    product: Product, write: Callable[..., dict[str, Any]]
) -> None:
    api = product.owner
    chat = write(OWNER, bot_of(product, "sales"), "/privacy")
    assert isinstance(api.get("/api/sandbox/chats").json(), list)
    assert messages(product, chat["chat_id"])[0]["text"] == "/privacy"
    wrong = {"user_id": READER, "invite_link": "https://t.me/+nothing"}
    problem(api.post(f"/api/sandbox/chats/{chat['chat_id']}/join", json=wrong), 404)
    press = {"user_id": OWNER, **chat, "button": "no such"}
    problem(api.post("/api/sandbox/press", json=press), 404)
    for kind in FAULTS:
        fault = {"method": "getMyCommands", "kind": kind, "count": 1, "retry_after": 1}
        made(api.post("/api/sandbox/faults", json=fault))
    problem(api.post("/api/sandbox/faults", json={"method": "getMe", "kind": "rain"}), 400)
    problem(api.post("/api/sandbox/messages", json={"from": OWNER, "text": "x"}), 400)
