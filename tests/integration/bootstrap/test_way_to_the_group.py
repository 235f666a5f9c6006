"""One client, led by the sample script through the whole product to a study group."""

from typing import Any

import pytest
from tests.integration.bootstrap.conftest import Product, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


async def test_that_a_client_is_led_from_hello_into_the_group(product: Product) -> None:
    await product.be_awake()
    vera = await product.person("Вера")
    hello = await product.answer_to(vera, "здравствуйте")
    assert "Школа «Маяк»" in hello
    assert "ИИ" in hello
    need = await product.answer_to(vera, "хочу для работы")
    assert need.endswith("?")
    chat = await product.say(vera, "да, добавляйте")
    invitation = await until(lambda: the_invitation(product, chat))

    found = (await product.get("/conversations", q="Вера"))["items"][0]
    held = await product.get(f"/conversations/{found['id']}")
    assert held["handling"] == "ai"
    answers = [m for m in held["messages"] if m["author"] == "ai"]
    assert {m["strategy"] for m in answers} >= {"script_80"}
    asked = [m for m in held["messages"] if m["direction"] == "in"]
    assert all(m["analysis"] for m in asked)

    link = next(word for word in invitation.split() if word.startswith("https://t.me/+"))
    joined = await product.post("/sandbox/chats/-/join", {"user_id": vera, "invite_link": link})
    group_chat = joined["chat_id"]

    async def lesson() -> bool:
        said = await product.from_bots(group_chat)
        return any("Добро пожаловать" in m["text"] for m in said) and len(said) >= 2

    async def at_the_story() -> dict[str, Any] | None:
        active = (await product.get("/groups", status="active"))["items"]
        return next((group for group in active if group["step"] == "story"), None)

    await until(lesson)
    group = await until(at_the_story)
    assert group["client_name"] == "Вера"
    assert group["consent_at"]
    assert group["consent_version"]
    assert len((await product.get("/groups", status="active"))["items"]) == 1


async def the_invitation(product: Product, chat: int) -> str | None:
    said = [m["text"] for m in await product.from_bots(chat)]
    return next((text for text in said if "https://t.me/+" in text), None)


async def test_that_the_next_answer_uses_a_changed_script(product: Product) -> None:
    boris = await product.person("Семён")
    await product.answer_to(boris, "здравствуйте")
    script = await sales_script(product)
    version = script["version"]
    for step in script["steps"]:
        if step["key"] == "need":
            step["say"] = "Отличная цель. А говорите ли вы уже по-английски на планёрках?"
            step["alternatives"] = []
            step["must_say"] = ["вопрос об уровне"]
    document = {k: v for k, v in script.items() if k not in ("id", "version", "updated_at")}
    saved = await product.post(
        f"/scripts/{script['id']}", document, method="PUT", **{"If-Match": f'"{version}"'}
    )
    assert saved["version"] == version + 1

    answer = await product.answer_to(boris, "хочу для работы")

    assert "на планёрках" in answer
    found = (await product.get("/conversations", q="Семён"))["items"][0]
    assert found["script_version"] == version + 1


async def sales_script(product: Product) -> dict[str, Any]:
    items = (await product.get("/scripts"))["items"]
    number = next(item["id"] for item in items if item["key"] == "first-contact")
    found: dict[str, Any] = await product.get(f"/scripts/{number}")
    return found
