"""Every served method, checked against aiogram's typed model of the Bot API.

Requests may only use documented parameters; results and updates must parse into the documented type
and may carry no field that the model does not know. The coverage table in the docs is compared too.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, get_args

import aiogram.methods
import aiohttp
from aiogram import Bot
from aiogram.methods import TelegramMethod
from aiogram.types import Update
from pydantic import BaseModel, TypeAdapter
from tests.integration.sandbox.conftest import Sandbox
from tests.integration.sandbox.test_media import png

from candor.sandbox.botapi.calls import NAMES
from candor.sandbox.botapi.coverage import EVERYWHERE, PARTIAL, SOURCE_VERSION
from candor.sandbox.control.routing import ROUTES

TABLE = Path(__file__).parents[3] / "docs/reference/sandbox-bot-api.md"


def documented() -> dict[str, type[TelegramMethod[Any]]]:
    """All methods of the Bot API by their name."""
    found: dict[str, type[TelegramMethod[Any]]] = {}
    for module in iter_modules(aiogram.methods.__path__):
        for thing in vars(import_module(f"aiogram.methods.{module.name}")).values():
            if isinstance(thing, type) and issubclass(thing, TelegramMethod):
                name = getattr(thing, "__api_method__", None)
                if isinstance(name, str):
                    found[name] = thing
    return found


MODEL = documented()


def unknown_fields(value: object, path: str = "") -> Iterator[str]:
    """Fields of an answer that the documented type does not have."""
    if isinstance(value, BaseModel):
        for name in value.model_extra or {}:
            yield f"{path}.{name}"
        for name in value.model_fields_set:
            yield from unknown_fields(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from unknown_fields(item, f"{path}[{number}]")


@dataclass
class Examiner:
    """Calls methods over plain HTTP and checks request and answer."""

    sandbox: Sandbox
    token: str
    client: aiohttp.ClientSession
    called: set[str] = field(default_factory=set)
    offset: int = 0

    async def call(self, name: str, files: dict[str, bytes] | None = None, /, **given: Any) -> Any:
        model = MODEL[name]
        assert set(given) <= set(model.model_fields), (name, set(given) - set(model.model_fields))
        url = f"{self.sandbox.url}/bot{self.token}/{name}"
        if files:
            form = aiohttp.FormData({key: str(value) for key, value in given.items()})
            for key, content in files.items():
                form.add_field(key, content, filename=f"{key}.png")
            response = await self.client.post(url, data=form)
        else:
            response = await self.client.post(url, json=given)
        body = await response.json()
        assert body["ok"] is True, (name, body)
        self.check(name, model.__returning__, body["result"])
        self.called.add(name)
        return body["result"]

    def check(self, name: str, kind: Any, value: Any) -> None:
        bot = Bot(self.token)
        build_types(kind)
        parsed = TypeAdapter(kind).validate_python(value, context={"bot": bot})
        assert not list(unknown_fields(parsed)), (name, list(unknown_fields(parsed)))

    async def updates(self) -> list[Any]:
        found = await self.call("getUpdates", offset=self.offset)
        if found:
            self.offset = found[-1]["update_id"] + 1
        for item in found:
            assert len(item) == 2, item
            self.check("update", Update, item)
        return list(found)


def build_types(kind: Any) -> None:
    """Another test of this process may have imported aiogram with its types unbuilt."""
    for part in get_args(kind):
        build_types(part)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        kind.model_rebuild()


async def test_that_every_method_answers_in_the_documented_shape(sandbox: Sandbox) -> None:
    await sandbox.put("/limits", is_on=False)
    made = await sandbox.post("/bots", username="exam_bot", name="Exam", privacy_mode=False)
    async with aiohttp.ClientSession() as client:
        examiner = Examiner(sandbox, made["token"], client)
        kinds = [name for name in Update.model_fields if name != "update_id"]
        await examiner.call("getUpdates", allowed_updates=kinds)
        person = await sandbox.person(username="anna", language_code="ru", last_name="В")
        owner = await sandbox.person("Олег", is_premium=True)
        for part in (profile, messages, media, groups, topics, channels, payments, business):
            await part(examiner, person, owner)
    missing = set(NAMES.values()) - examiner.called
    assert not missing, f"never called here: {sorted(missing)}"


async def profile(e: Examiner, person: int, owner: int) -> None:
    await e.call("getMe")
    for kind in ("Name", "Description", "ShortDescription"):
        key = {"Name": "name", "Description": "description"}.get(kind, "short_description")
        await e.call(f"setMy{kind}", **{key: "Текст"})
        await e.call(f"getMy{kind}")
    scope = {"type": "all_private_chats"}
    commands = [{"command": "stop", "description": "Стоп"}]
    await e.call("setMyCommands", commands=commands, scope=scope, language_code="ru")
    await e.call("getMyCommands", scope=scope, language_code="ru")
    await e.call("deleteMyCommands", scope=scope, language_code="ru")
    await e.call("setChatMenuButton", menu_button={"type": "commands"})
    await e.call("getChatMenuButton")
    await e.call("setMyDefaultAdministratorRights", for_channels=True)
    await e.call("getMyDefaultAdministratorRights", for_channels=True)
    await e.call("setWebhook", url="http://127.0.0.1:9/x", secret_token="s")
    await e.call("getWebhookInfo")
    await e.call("deleteWebhook", drop_pending_updates=True)
    await e.call("logOut")
    await e.call("close")


async def messages(e: Examiner, person: int, owner: int) -> None:
    first = await e.sandbox.write(person, "exam_bot", "/start x @anna https://example.org")
    chat = first["chat_id"]
    markup = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}
    sent = await e.call(
        "sendMessage",
        chat_id=person,
        text="<b>a</b> <i>b</i> <u>c</u> <s>d</s> <code>e</code> <pre>f</pre> "
        "<a href='https://example.org'>g</a> <tg-spoiler>h</tg-spoiler> "
        f"<blockquote expandable>i</blockquote> <a href='tg://user?id={person}'>j</a>",
        parse_mode="HTML",
        reply_markup=markup,
        reply_parameters={"message_id": first["message_id"], "quote": "/start"},
        link_preview_options={"is_disabled": True},
    )
    ids = {"chat_id": person, "message_id": sent["message_id"]}
    await e.sandbox.post(
        "/press", user_id=person, chat_id=chat, message_id=sent["message_id"], button=0
    )
    await e.sandbox.post(
        "/reactions", user_id=person, chat_id=chat, message_id=sent["message_id"], emoji="❤"
    )
    found = await e.updates()
    tap = next(item["callback_query"] for item in found if "callback_query" in item)
    assert any("message_reaction" in item for item in found)
    await e.call("answerCallbackQuery", callback_query_id=tap["id"], text="ok")
    await e.call("editMessageText", **ids, text="новое", entities=[])
    await e.call("editMessageReplyMarkup", **ids, reply_markup=markup)
    await e.call("setMessageReaction", **ids, reaction=[{"type": "emoji", "emoji": "👍"}])
    await e.call("pinChatMessage", **ids)
    await e.call("getChat", chat_id=person)
    await e.call("unpinChatMessage", **ids)
    await e.call("unpinAllChatMessages", chat_id=person)
    await e.call("sendChatAction", chat_id=person, action="typing")
    await e.call("sendMessageDraft", chat_id=person, draft_id=1, text="Пишу")
    source = {"chat_id": person, "from_chat_id": person}
    forwarded = await e.call("forwardMessage", **source, message_id=sent["message_id"])
    copied = await e.call("copyMessage", **source, message_id=sent["message_id"])
    several = sorted([forwarded["message_id"], copied["message_id"]])
    await e.call("forwardMessages", **source, message_ids=several)
    await e.call("copyMessages", **source, message_ids=several)
    await e.call("deleteMessage", **ids)
    await e.call("deleteMessages", chat_id=person, message_ids=several)
    await e.sandbox.put(f"/chats/{chat}/messages/{first['message_id']}", user_id=person, text="x")
    await e.sandbox.post("/block", user_id=person, peer="exam_bot")
    await e.sandbox.post("/block", user_id=person, peer="exam_bot", is_blocked=False)
    assert {"edited_message", "my_chat_member"} <= {
        next(iter(set(i) - {"update_id"})) for i in await e.updates()
    }


async def media(e: Examiner, person: int, owner: int) -> None:
    photo = await e.call("sendPhoto", {"photo": png()}, chat_id=person, caption="Схема")
    ids = {"chat_id": person, "message_id": photo["message_id"]}
    await e.call("editMessageCaption", **ids, caption="Другая")
    attached = '{"type": "photo", "media": "attach://new", "caption": "Новая"}'
    await e.call("editMessageMedia", {"new": png(5, 5)}, **ids, media=attached)
    await e.call("getFile", file_id=photo["photo"][0]["file_id"])
    for name in ("Document", "Video", "Audio", "Animation", "Voice", "VideoNote", "Sticker"):
        key = "video_note" if name == "VideoNote" else name.lower()
        await e.call(f"send{name}", {key: b"data"}, chat_id=person)
    group = '[{"type": "photo", "media": "attach://a"}, {"type": "photo", "media": "attach://b"}]'
    await e.call("sendMediaGroup", {"a": png(), "b": png()}, chat_id=person, media=group)
    await e.call("sendLocation", chat_id=person, latitude=59.9, longitude=30.3)
    await e.call(
        "sendVenue", chat_id=person, latitude=59.9, longitude=30.3, title="Школа", address="Невский"
    )
    await e.call("sendContact", chat_id=person, phone_number="+70000000000", first_name="Олег")
    await e.call("sendDice", chat_id=person)
    poll = await e.call(
        "sendPoll",
        chat_id=person,
        question="Уровень?",
        options=[{"text": "A1"}, {"text": "B1"}],
        is_anonymous=False,
    )
    chat = (await e.sandbox.get("/chats", user_id=person))[0]["id"]
    await e.sandbox.post(
        "/votes", user_id=person, chat_id=chat, message_id=poll["message_id"], options=[0]
    )
    await e.call("stopPoll", chat_id=person, message_id=poll["message_id"])
    await e.call("getUserProfilePhotos", user_id=person)
    await e.updates()


async def groups(e: Examiner, person: int, owner: int) -> None:
    small = (await e.sandbox.post("/chats", type="group", title="Малая", owner_id=owner))["id"]
    await e.sandbox.post(f"/chats/{small}/members", username="exam_bot")
    chat = (await e.sandbox.post(f"/chats/{small}/migrate"))["id"]
    names = [
        "change_info",
        "delete_messages",
        "restrict_members",
        "invite_users",
        "pin_messages",
        "promote_members",
    ]
    rights = [f"can_{name}" for name in names]
    await e.sandbox.put(f"/chats/{chat}/members/exam_bot", **{"as": "admin", "rights": rights})
    await e.sandbox.post(f"/chats/{chat}/members", user_id=person)
    place: dict[str, Any] = {"chat_id": chat}
    someone = {**place, "user_id": person}
    await e.call("setChatTitle", **place, title="Новая")
    await e.call("setChatDescription", **place, description="О нас")
    await e.call("setChatPhoto", {"photo": png()}, **place)
    await e.call("getChat", **place)
    await e.call("deleteChatPhoto", **place)
    await e.call("setChatPermissions", **place, permissions={"can_send_messages": True})
    await e.call("getChatMemberCount", **place)
    await e.call("getChatAdministrators", **place, return_bots=True)
    await e.call("promoteChatMember", **someone, can_delete_messages=True)
    await e.call("setChatAdministratorCustomTitle", **someone, custom_title="Куратор")
    await e.call("getChatMember", **someone)
    await e.call("promoteChatMember", **someone)
    await e.call("restrictChatMember", **someone, permissions={})
    await e.call("getChatMember", **someone)
    await e.call("getChatMember", chat_id=chat, user_id=owner)
    await e.call("banChatMember", **someone, revoke_messages=True)
    await e.call("getChatMember", **someone)
    await e.call("unbanChatMember", **someone)
    await e.call("exportChatInviteLink", **place)
    link = await e.call(
        "createChatInviteLink", **place, name="По заявке", creates_join_request=True
    )
    await e.sandbox.post(f"/chats/{chat}/join", user_id=person, invite_link=link["invite_link"])
    await e.call("approveChatJoinRequest", **someone)
    other = await e.sandbox.person("Мила")
    await e.sandbox.post(f"/chats/{chat}/join", user_id=other, invite_link=link["invite_link"])
    await e.call("declineChatJoinRequest", chat_id=chat, user_id=other)
    await e.call("editChatInviteLink", **place, invite_link=link["invite_link"], name="Другая")
    await e.call("revokeChatInviteLink", **place, invite_link=link["invite_link"])
    said = await e.sandbox.write(person, chat, "Всем привет")
    await e.sandbox.write(owner, chat, "и тебе", reply_to=said["message_id"])
    found = {next(iter(set(item) - {"update_id"})) for item in await e.updates()}
    assert {"message", "my_chat_member", "chat_member", "chat_join_request"} <= found
    await e.call("leaveChat", **place)


async def topics(e: Examiner, person: int, owner: int) -> None:
    made = await e.sandbox.post(
        "/chats", type="supergroup", title="Форум", owner_id=owner, is_forum=True
    )
    chat: dict[str, Any] = {"chat_id": made["id"]}
    rights = ["can_manage_topics", "can_delete_messages", "can_pin_messages"]
    await e.sandbox.post(
        f"/chats/{made['id']}/members", **{"username": "exam_bot", "as": "admin", "rights": rights}
    )
    topic = await e.call("createForumTopic", **chat, name="Тема", icon_custom_emoji_id="1")
    thread = {**chat, "message_thread_id": topic["message_thread_id"]}
    await e.call("sendMessage", **thread, text="в теме")
    await e.call("editForumTopic", **thread, name="Другая")
    await e.call("closeForumTopic", **thread)
    await e.call("reopenForumTopic", **thread)
    await e.call("unpinAllForumTopicMessages", **thread)
    await e.call("deleteForumTopic", **thread)
    await e.call("editGeneralForumTopic", **chat, name="Общая")
    await e.call("closeGeneralForumTopic", **chat)
    await e.call("reopenGeneralForumTopic", **chat)
    await e.call("hideGeneralForumTopic", **chat)
    await e.call("unhideGeneralForumTopic", **chat)
    await e.call("unpinAllGeneralForumTopicMessages", **chat)
    await e.call("getForumTopicIconStickers")
    await e.updates()


async def channels(e: Examiner, person: int, owner: int) -> None:
    made = await e.sandbox.post(
        "/channels", username="mayak", title="Маяк", owner_id=owner, direct_messages=True
    )
    names = ["post_messages", "edit_messages", "invite_users", "manage_direct_messages"]
    rights = [f"can_{name}" for name in names]
    for chat in (made["id"], made["discussion_chat_id"]):
        await e.sandbox.post(
            f"/chats/{chat}/members", **{"username": "exam_bot", "as": "admin", "rights": rights}
        )
    await e.call(
        "createChatSubscriptionInviteLink",
        chat_id=made["id"],
        subscription_period=2_592_000,
        subscription_price=10,
    )
    post = await e.sandbox.post("/channels/mayak/posts", text="Запись")
    await e.sandbox.write(
        person, post["discussion_chat_id"], "Вопрос", reply_to=post["discussion_message_id"]
    )
    await e.sandbox.post(
        "/reactions", user_id=person, chat_id="mayak", message_id=post["message_id"], emoji="🔥"
    )
    direct = (await e.sandbox.get("/chats/mayak"))["direct_chat_id"]
    await e.sandbox.write(person, direct, "Лично")
    await e.call("sendMessage", chat_id=direct, text="Да", direct_messages_topic_id=person)
    await e.call("getChat", chat_id=direct)
    await e.call("getChat", chat_id="@mayak")
    await e.call("sendMessage", chat_id="@mayak", text="От бота")
    await e.call(
        "sendMessage",
        chat_id=person,
        text="см. запись",
        reply_parameters={"chat_id": made["id"], "message_id": post["message_id"]},
    )
    found = {next(iter(set(item) - {"update_id"})) for item in await e.updates()}
    assert {"channel_post", "message", "message_reaction_count"} <= found


async def payments(e: Examiner, person: int, owner: int) -> None:
    offer: dict[str, Any] = {
        "title": "Курс",
        "description": "Шесть недель",
        "payload": "order",
        "currency": "XTR",
        "prices": [{"label": "Курс", "amount": 5}],
    }
    invoice = await e.call("sendInvoice", chat_id=person, **offer)
    link = await e.call("createInvoiceLink", **offer, subscription_period=2_592_000)
    dialogue = await e.sandbox.post("/chats", type="private", owner_id=person, peer="exam_bot")
    chat = dialogue["id"]
    await e.sandbox.post(
        "/payments", user_id=person, chat_id=chat, message_id=invoice["message_id"]
    )
    await e.sandbox.post("/payments", user_id=person, slug=link.partition("$")[2])
    for item in await e.updates():
        if query := item.get("pre_checkout_query"):
            await e.call("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
    receipts = [i["message"]["successful_payment"] for i in await e.updates() if "message" in i]
    charges = [receipt["telegram_payment_charge_id"] for receipt in receipts]
    paid = {"user_id": person, "telegram_payment_charge_id": charges[0]}
    await e.call("refundStarPayment", **paid)
    subscribed = {"user_id": person, "telegram_payment_charge_id": charges[1]}
    await e.call("editUserStarSubscription", **subscribed, is_canceled=True)
    await e.call("getMyStarBalance")
    await e.call("getStarTransactions")
    await e.updates()


async def business(e: Examiner, person: int, owner: int) -> None:
    rights = ["can_reply", "can_read_messages", "can_delete_all_messages"]
    made = await e.sandbox.post(
        "/business-connections", user_id=owner, bot="exam_bot", rights=rights
    )
    connection = {"business_connection_id": made["id"]}
    asked = await e.sandbox.write(person, owner, "Есть места?")
    await e.call("getBusinessConnection", **connection)
    sent = await e.call("sendMessage", **connection, chat_id=person, text="ИИ: да")
    ids = {**connection, "chat_id": person, "message_id": sent["message_id"]}
    await e.call("editMessageText", **ids, text="ИИ: да, два")
    await e.call("readBusinessMessage", **ids | {"message_id": asked["message_id"]})
    await e.call("deleteBusinessMessages", **connection, message_ids=[sent["message_id"]])
    path = f"/chats/{asked['chat_id']}/messages/{asked['message_id']}"
    await e.sandbox.call("DELETE", path, {"user_id": person})
    found = {next(iter(set(item) - {"update_id"})) for item in await e.updates()}
    assert {"business_connection", "business_message", "deleted_business_messages"} <= found


def coverage_table() -> str:
    """The table as it should be."""
    lines = [
        "# The sandbox's Bot API",
        "",
        f"Every method of the Bot API {SOURCE_VERSION} and how the sandbox serves it. This page is written"
        " from the code and checked by a test that calls each served method.",
        "",
        "Different everywhere:",
        "",
        *(f"- {item}" for item in EVERYWHERE),
        "",
    ]
    served = set(NAMES.values())
    counts = (len(served - set(PARTIAL)), len(PARTIAL), len(set(MODEL) - served))
    lines += [f"Faithful: {counts[0]}. Partial: {counts[1]}. Absent: {counts[2]}.", ""]
    lines += ["| method | served | how it differs |", "|---|---|---|"]
    for name in sorted(MODEL):
        state = "absent" if name not in served else "partial" if name in PARTIAL else "faithful"
        lines.append(f"| `{name}` | {state} | {PARTIAL.get(name, '')} |")
    lines += [
        "",
        "## The control API",
        "",
        "What people do, and how the world is arranged and disturbed. `/api/sandbox/*` in the panel (owners"
        " only), `/control/*` of a sandbox that stands alone (`python -m candor.sandbox`).",
        "",
        "| method and path | |",
        "|---|---|",
    ]
    for entry in sorted(ROUTES, key=lambda item: (item.template, item.verb)):
        told = (entry.handler.__doc__ or "").partition("\n")[0]
        lines.append(f"| `{entry.verb} {entry.template}` | {told} |")
    return "\n".join(lines) + "\n"


def test_that_the_coverage_table_is_true() -> None:
    assert set(NAMES.values()) <= set(MODEL), "serves a method that the Bot API has not"
    assert set(PARTIAL) <= set(NAMES.values()), "tells of a method that is not served"
    if os.environ.get("WRITE_COVERAGE_TABLE"):
        TABLE.parent.mkdir(parents=True, exist_ok=True)
        TABLE.write_text(coverage_table(), encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == coverage_table(), (
        "write it anew: WRITE_COVERAGE_TABLE=1 pytest tests/integration/sandbox/test_conformance.py"
    )
