"""Whatever is sent to the Bot API gets Telegram's kind of answer: JSON, ok false, never a 500."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.sandbox.conftest import Sandbox

from candor.common.clock import MovableClock
from candor.sandbox.botapi.calls import METHODS
from candor.sandbox.botapi.errors import ApiError
from candor.sandbox.botapi.parameters import Parameters, Upload
from candor.sandbox.server import SandboxServer

NAMES = [
    "chat_id",
    "from_chat_id",
    "user_id",
    "message_id",
    "message_ids",
    "text",
    "caption",
    "entities",
    "parse_mode",
    "reply_markup",
    "reply_parameters",
    "message_thread_id",
    "direct_messages_topic_id",
    "business_connection_id",
    "photo",
    "document",
    "media",
    "name",
    "title",
    "description",
    "permissions",
    "rights",
    "commands",
    "scope",
    "language_code",
    "prices",
    "payload",
    "currency",
    "question",
    "options",
    "url",
    "secret_token",
    "offset",
    "limit",
    "allowed_updates",
    "reaction",
    "emoji",
    "latitude",
    "longitude",
    "invite_link",
    "member_limit",
    "expire_date",
    "file_id",
    "callback_query_id",
    "until_date",
    "custom_title",
    "pre_checkout_query_id",
    "ok",
    "link_preview_options",
    "menu_button",
    "correct_option_id",
    "type",
    "action",
]
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(
        ["HTML", "MarkdownV2", "Markdown", "XTR", "@mayak", "@anna", "attach://file", "1"]
    ),
)
NESTED = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "callback_data", "message_id", "chat_id", "inline_keyboard"]
            )
            | st.sampled_from(
                ["offset", "length", "media", "amount", "label", "emoji", "quote", "keyboard"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


async def world() -> tuple[SandboxServer, dict[str, Any]]:
    """A small world with everything in it."""
    server = SandboxServer(MovableClock())

    async def post(path: str, **body: Any) -> Any:
        return (await server.control("POST", path, body, {}))[1]

    anna = await post("/users", first_name="A", username="anna")
    bot = await post("/bots", name="S", username="school_bot", privacy_mode=False)
    await post("/limits/off")
    channel = await post("/channels", title="M", username="mayak", owner_id=anna["id"])
    for chat in (channel["id"], channel["discussion_chat_id"]):
        await post(f"/chats/{chat}/members", **{"username": "school_bot", "as": "admin"})
    sent = await post("/messages", **{"from": "anna", "to": "school_bot", "text": "/start"})
    forum = await post("/chats", title="F", type="supergroup", owner_id=anna["id"], is_forum=True)
    await post(f"/chats/{forum['id']}/members", **{"username": "school_bot", "as": "admin"})
    connection = await post("/business-connections", user_id=anna["id"], bot="school_bot")
    known = {
        "chats": [anna["id"], channel["id"], channel["discussion_chat_id"], forum["id"], bot["id"]],
        "messages": [sent["message_id"], 1, 2, 3],
        "connection": connection["id"],
        "bot": bot["id"],
    }
    return server, known


@pytest.mark.slow
@settings(
    max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(sorted(METHODS)),
    given_values=st.dictionaries(st.sampled_from(NAMES), NESTED, max_size=8),
    as_text=st.booleans(),
    chat=st.integers(0, 4) | st.none(),
    message=st.integers(0, 3) | st.none(),
    with_connection=st.booleans(),
)
def test_that_no_parameters_make_an_internal_error(
    name: str,
    given_values: dict[str, Any],
    as_text: bool,
    chat: int | None,
    message: int | None,
    with_connection: bool,
) -> None:
    async def attempt() -> None:
        server, known = await world()
        values = dict(given_values)
        if chat is not None:
            values |= {"chat_id": known["chats"][chat], "user_id": known["chats"][0]}
            values |= {"from_chat_id": known["chats"][chat]}
        if message is not None:
            values["message_id"] = known["messages"][message]
        if with_connection:
            values["business_connection_id"] = known["connection"]
        values["timeout"] = 0
        if as_text:
            values = {
                key: item if isinstance(item, str) else json.dumps(item)
                for key, item in values.items()
            }
        bot = server.world.tables.bots[known["bot"]]
        uploads = {"file": Upload("x.png", b"data", "image/png")}
        refused: ApiError | None = None
        try:
            json.dumps(await server.api.run(bot, name, Parameters(values, uploads)))
        except ApiError as error:
            refused = error
        if refused:
            assert 400 <= refused.status < 500, refused
            assert refused.message
        status, _ = await server.control("GET", "/chats", None, {"user_id": "anna"})
        assert status == 200
        assert server.desk.snapshots.take()

    asyncio.run(attempt())


BODIES = [
    (b"{", "application/json"),
    (b"[]", "application/json"),
    (b"[" * 100_000, "application/json"),
    (b"\xff\xfe", "application/json"),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"no boundary", "multipart/form-data"),
    (
        b"--x\r\nContent-Disposition: form-data\r\n\r\nnameless\r\n--x--",
        "multipart/form-data; boundary=x",
    ),
    (b"%ff%fe=%00&=&&", "application/x-www-form-urlencoded"),
    (b"anything", "text/plain; charset=nonsense"),
    (b"chat_id=1&text=x", "application/x-www-form-urlencoded; charset=nonsense"),
]


@pytest.mark.parametrize(("body", "kind"), BODIES)
async def test_that_a_broken_body_gets_a_4xx(sandbox: Sandbox, body: bytes, kind: str) -> None:
    bot = await sandbox.bot()
    url = f"{sandbox.url}/bot{bot.token}/sendMessage"
    async with aiohttp.ClientSession() as client:
        response = await client.post(url, data=body, headers={"Content-Type": kind})
        answer = await response.json()
    assert (response.status, answer["ok"]) == (400, False)
    assert answer["description"].startswith("Bad Request: ")


async def test_that_tokens_and_paths_are_checked(sandbox: Sandbox) -> None:
    bot = await sandbox.bot()
    async with aiohttp.ClientSession() as client:
        for path, status in (
            ("/botnonsense/getMe", 404),
            ("/bot1:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/getMe", 401),
            (f"/bot{bot.token}/getme", 200),
            (f"/bot{bot.token}/getNothing", 404),
            (f"/file/bot{bot.token}/../../secret", 404),
            (f"/file/bot{bot.token}/photos/none.jpg", 404),
        ):
            response = await client.get(sandbox.url + path)
            assert response.status == status, path


async def test_that_a_thousand_idle_polls_are_held_and_let_go(sandbox: Sandbox) -> None:
    people_and_bots = [
        await sandbox.post("/bots", username=f"idle{number}_bot", name="I")
        for number in range(1000)
    ]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as client:
        polls = [
            asyncio.ensure_future(
                client.post(f"{sandbox.url}/bot{made['token']}/getUpdates?timeout=50")
            )
            for made in people_and_bots
        ]
        person = await sandbox.person()
        async with asyncio.timeout(20):
            while sandbox.server.api.calls < 1000:
                await client.get(f"{sandbox.url}/control/clock")
            await sandbox.write(person, "idle500_bot", "Проснись")
            answer = await (await polls[500]).json()
        assert answer["result"][0]["message"]["text"] == "Проснись"
        for poll in polls:
            poll.cancel()
        await asyncio.gather(*polls, return_exceptions=True)
    assert (await sandbox.get("/clock"))["now"]
