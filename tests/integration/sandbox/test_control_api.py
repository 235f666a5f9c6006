"""The control API: over HTTP too, and never a 500 for bad input."""

import asyncio
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.sandbox.conftest import Sandbox

from candor.common.clock import MovableClock
from candor.sandbox.control.routing import ROUTES
from candor.sandbox.server import SandboxServer

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = [
    "id",
    "user_id",
    "first_name",
    "username",
    "from",
    "to",
    "text",
    "chat_id",
    "message_id",
    "button",
    "emoji",
    "title",
    "owner_id",
    "type",
    "members",
    "link",
    "invite_link",
    "method",
    "kind",
    "count",
    "retry_after",
    "media",
    "reply_to",
    "as",
    "rights",
    "permissions",
    "bot",
    "snapshot",
    "document",
    "advance_seconds",
    "name",
    "options",
    "slug",
    "request_id",
    "shared_chat_id",
    "peer",
    "token",
    "is_on",
]
BODIES = st.dictionaries(st.sampled_from(NAMES), JSON | st.sampled_from([1, "anna", "@mayak"]))


async def test_that_it_is_served_over_http_as_well(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as client:
        made = await client.post(f"{sandbox.url}/control/users", json={"first_name": "Анна"})
        assert made.status == 201
        refused = await client.post(f"{sandbox.url}/control/users", data=b"{no json")
        assert (refused.status, (await refused.json())["code"]) == (400, "invalid_json")
        page = await client.get(f"{sandbox.url}/sandbox?lang=ru")
        assert 'lang="ru"' in await page.text()


async def test_that_a_wrong_field_is_named(sandbox: Sandbox) -> None:
    refused = await sandbox.post("/users", 400, first_name=5)
    assert refused["errors"] == [{"path": "first_name", "message": "must be text"}]
    assert refused["code"] == "invalid_input"
    refused = await sandbox.post("/faults", 400, method="sendMessage", kind="explode")
    assert refused["errors"][0]["path"] == "kind"
    await sandbox.post("/messages", 404, **{"from": 5, "to": 6, "text": "x"})
    assert (await sandbox.call("PATCH", "/users", {}, 405))["code"] == "method_not_allowed"
    assert (await sandbox.call("GET", "/nothing", {}, 404))["code"] == "not_found"


async def test_that_a_strangers_dialogue_is_not_shown(sandbox: Sandbox) -> None:
    _, person, chat = await sandbox.dialogue()
    other = await sandbox.person("Мила")
    status, _ = await sandbox.server.control(
        "GET", f"/chats/{chat}/messages", None, {"user_id": str(other)}
    )
    assert status == 403
    assert [c["id"] for c in await sandbox.get("/chats", user_id=person)] == [chat]
    assert await sandbox.get("/chats", user_id=other) == []


async def test_that_events_wake_a_waiting_page(sandbox: Sandbox) -> None:
    bot, person, chat = await sandbox.dialogue()
    last = (await sandbox.get("/events"))["last"]
    waiting = asyncio.ensure_future(sandbox.get("/events", after=last, user_id=person, timeout=10))
    await asyncio.sleep(0)
    await bot.send_message(person, "Привет")
    news = await asyncio.wait_for(waiting, 2)
    assert [(e["kind"], e["chat_id"]) for e in news["events"]] == [("message", chat)]
    other = await sandbox.person("Мила")
    hidden = await sandbox.get("/events", after=last, user_id=other, timeout=0)
    assert all(e["chat_id"] is None for e in hidden["events"])


async def test_that_time_only_goes_forward(sandbox: Sandbox) -> None:
    before = (await sandbox.get("/clock"))["now"]
    after = (await sandbox.post("/clock", advance_seconds=3600))["now"]
    assert after > before
    await sandbox.post("/clock", 400, advance_seconds=-1)


@pytest.mark.slow
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    route=st.sampled_from(ROUTES),
    part=st.sampled_from(["1", "anna", "-100", "school_bot", "mayak", "x y", "1000000000001"]),
    body=BODIES | JSON,
    query=st.dictionaries(
        st.sampled_from(["user_id", "limit", "before", "thread_id", "after"]), st.text(max_size=5)
    ),
)
def test_that_no_input_makes_an_internal_error(
    route: Any, part: str, body: Any, query: dict[str, str]
) -> None:
    async def attempt() -> int:
        server = SandboxServer(MovableClock())
        await server.control("POST", "/users", {"first_name": "A", "username": "anna"}, {})
        await server.control("POST", "/bots", {"name": "S", "username": "school_bot"}, {})
        owner = server.world.by_username("anna")
        assert owner
        await server.control(
            "POST", "/channels", {"title": "M", "username": "mayak", "owner_id": owner.id}, {}
        )
        path = route.pattern.pattern
        while "(?P<" in path:
            start = path.index("(?P<")
            path = path[:start] + part + path[path.index(")", start) + 1 :]
        status, _ = await server.control(route.verb, path, body, {**query, "timeout": "0"})
        return status

    assert asyncio.run(attempt()) < 500
