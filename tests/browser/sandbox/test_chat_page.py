"""The chat page in a real browser: a client, a channel's owner and reader, a student, a payer."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.conftest import AXE
from tests.integration.sandbox.test_media import png


@dataclass
class Machine:
    """A sandbox in a process of its own, and the bot that lives in it."""

    url: str
    token: str
    bot_id: int
    http: httpx.Client = field(repr=False)

    def control(self, path: str, **body: Any) -> Any:
        response = self.http.post(f"/control{path}", json=body)
        assert response.status_code < 300, response.text
        return response.json()

    def bot(self, method: str, **body: Any) -> Any:
        answer = self.http.post(f"/bot{self.token}/{method}", json=body).json()
        assert answer["ok"], answer
        return answer["result"]

    def update(self, kind: str) -> Any:
        """The next update of this kind; earlier ones of other kinds are confirmed."""
        for _ in range(20):
            for item in self.bot("getUpdates", timeout=5, limit=1):
                self.bot("getUpdates", offset=item["update_id"] + 1, limit=1)
                if kind in item:
                    return item[kind]
        raise AssertionError(f"no {kind}")


@pytest.fixture
def machine() -> Iterator[Machine]:
    command = [sys.executable, "-m", "candor.sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().split()[-1]
        with httpx.Client(base_url=url, timeout=30) as http:
            made = http.post(
                "/control/bots", json={"username": "mayak_bot", "name": "Маяк · ИИ"}
            ).json()
            http.post("/control/limits/off", json={})
            yield Machine(url, made["token"], made["id"], http)
        process.terminate()


Opener = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, machine: Machine) -> Iterator[Opener]:
    """Opens a tab as a person; any error in a page's console fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_as(person: int | None = None, chat: int | None = None, **options: Any) -> Page:
        size = options.pop("viewport", {"width": 1280, "height": 800})
        context = chromium.new_context(viewport=size, locale="ru-RU", **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
        place = f"#as={person}" + (f"&chat={chat}" if chat else "") if person else ""
        page.goto(f"{machine.url}/sandbox?lang=ru{place}")
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert [text for text in errors if "favicon" not in text and "404" not in text] == []


def dialog(page: Page, title: str) -> Any:
    return page.locator(".sbx-dialog", has_text=title).first


def bubble(page: Page, text: str) -> Any:
    return page.locator(".sbx-bubble", has_text=text).last


def write(page: Page, text: str) -> None:
    page.locator("textarea").fill(text)
    page.locator("textarea").press("Enter")


def test_that_a_newcomer_becomes_a_client(machine: Machine, open_page: Opener) -> None:
    machine.bot("setMyDescription", description="Я ИИ-помощник школы «Маяк».")
    page = open_page()
    expect(page.get_by_role("heading", name="Кем вы будете?")).to_be_visible()
    page.get_by_label("Имя", exact=True).fill("Анна")
    page.get_by_role("dialog").get_by_role("button", name="Создать").click()
    dialog(page, "Маяк").click()
    expect(page.get_by_text("Я ИИ-помощник школы «Маяк».")).to_be_visible()
    page.get_by_role("button", name="Старт").click()
    person = machine.update("message")["chat"]["id"]
    rows = [[{"text": "Для работы", "callback_data": "work"}]]
    machine.bot(
        "sendMessage",
        chat_id=person,
        text="<b>Здравствуйте!</b> Для чего вам английский?",
        parse_mode="HTML",
        reply_markup={"inline_keyboard": rows},
    )
    expect(bubble(page, "Для чего вам английский?")).to_be_visible()
    machine.bot("sendChatAction", chat_id=person, action="typing")
    expect(page.get_by_text("печатает…")).to_be_visible()
    page.get_by_role("button", name="Для работы").click()
    query = machine.update("callback_query")
    assert query["data"] == "work"
    machine.bot("answerCallbackQuery", callback_query_id=query["id"], text="Записали")
    expect(page.get_by_text("Записали")).to_be_visible()
    write(page, "Сколько стоит?")
    expect(bubble(page, "Сколько стоит?")).to_be_visible()
    assert machine.update("message")["text"] == "Сколько стоит?"


def test_that_an_owner_posts_and_a_reader_comments(machine: Machine, open_page: Opener) -> None:
    owner = machine.control("/users", first_name="Олег")["id"]
    reader = machine.control("/users", first_name="Анна")["id"]
    mine = open_page(owner)
    mine.get_by_role("button", name="Создать").click()
    mine.get_by_role("menuitem", name="Новый канал").click()
    mine.get_by_label("Название").fill("Школа «Маяк»")
    mine.get_by_label("Публичное имя").fill("mayak")
    mine.get_by_role("button", name="Создать").last.click()
    write(mine, "Пять способов запомнить глаголы")
    theirs = open_page(reader)
    theirs.get_by_role("searchbox").fill("@mayak")
    theirs.get_by_role("searchbox").press("Enter")
    theirs.get_by_role("button", name="Подписаться").click()
    theirs.get_by_role("button", name="Комментировать").click()
    write(theirs, "А пример можно?")
    expect(bubble(theirs, "А пример можно?")).to_be_visible()
    expect(mine.get_by_text("1 комментарий")).to_be_visible()
    mine.get_by_text("1 комментарий").click()
    expect(bubble(mine, "А пример можно?")).to_be_visible()


def test_that_a_student_agrees_before_joining(machine: Machine, open_page: Opener) -> None:
    owner = machine.control("/users", first_name="Олег")["id"]
    student = machine.control("/users", first_name="Анна")["id"]
    group = machine.control("/chats", type="supergroup", title="Группа Анны", owner_id=owner)["id"]
    machine.control(f"/chats/{group}/members", **{"username": "mayak_bot", "as": "admin"})
    link = machine.bot("createChatInviteLink", chat_id=group, creates_join_request=True)
    started = machine.control("/messages", **{"from": student, "to": "mayak_bot", "text": "/start"})
    machine.bot("sendMessage", chat_id=student, text=f"Ваша группа: {link['invite_link']}")
    page = open_page(student, started["chat_id"])
    page.locator(".sbx-text a").last.click()
    expect(page.get_by_text("Присоединиться можно только по собственному желанию")).to_be_visible()
    page.get_by_role("button", name="Отправить заявку").click()
    expect(page.get_by_text("Заявка отправлена")).to_be_visible()
    asked = machine.update("chat_join_request")
    machine.bot("approveChatJoinRequest", chat_id=group, user_id=asked["from"]["id"])
    dialog(page, "Группа Анны").click()
    page.locator(".sbx-head-title").click()
    bot_line = page.locator(".sbx-member", has_text="Маяк · ИИ")
    expect(bot_line.locator(".sbx-badge")).to_have_text("бот")
    expect(bot_line).to_contain_text("администратор")


def test_that_an_invoice_is_paid_in_stars(machine: Machine, open_page: Opener) -> None:
    person = machine.control("/users", first_name="Анна")["id"]
    started = machine.control("/messages", **{"from": person, "to": "mayak_bot", "text": "/start"})
    prices = [{"label": "Курс", "amount": 490}]
    invoice = {"title": "Курс «Маяк»", "description": "Шесть недель", "payload": "p1"}
    machine.bot("sendInvoice", chat_id=person, currency="XTR", prices=prices, **invoice)
    page = open_page(person, started["chat_id"])
    page.get_by_role("button", name="Оплатить ⭐ 490").click()
    expect(page.get_by_text("Оплатить «Курс «Маяк»» за 490 ⭐?")).to_be_visible()
    page.get_by_role("button", name="Оплатить", exact=True).click()
    query = machine.update("pre_checkout_query")
    machine.bot("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
    expect(page.locator(".sbx-service", has_text="Оплачено 490 ⭐")).to_be_visible()


def test_that_pictures_and_keyboards_work(
    machine: Machine, open_page: Opener, tmp_path: Path
) -> None:
    person = machine.control("/users", first_name="Анна")["id"]
    started = machine.control("/messages", **{"from": person, "to": "mayak_bot", "text": "/start"})
    group = machine.control("/chats", type="supergroup", title="Моя группа", owner_id=person)["id"]
    wanted = {"request_id": 3, "chat_is_channel": False, "bot_is_member": True}
    keys = [[{"text": "Выбрать группу", "request_chat": wanted}, {"text": "Не сейчас"}]]
    machine.bot("sendMessage", chat_id=person, text="Куда?", reply_markup={"keyboard": keys})
    page = open_page(person, started["chat_id"])
    page.get_by_role("button", name="Выбрать группу").click()
    page.get_by_role("button", name="Готово").click()
    expect(page.locator(".sbx-service", has_text="Чат передан боту")).to_be_visible()
    assert machine.bot("getChatMember", chat_id=group, user_id=machine.bot_id)["status"] == "member"
    picture = tmp_path / "work.png"
    picture.write_bytes(png(64, 48))
    page.locator("input[type=file]").set_input_files(picture)
    image = page.locator("img.sbx-photo")
    expect(image).to_be_visible()
    page.wait_for_function("document.querySelector('img.sbx-photo').naturalWidth === 64")


def test_that_messages_are_answered_edited_reacted_to_and_deleted(
    machine: Machine, open_page: Opener
) -> None:
    person = machine.control("/users", first_name="Анна")["id"]
    started = machine.control("/messages", **{"from": person, "to": "mayak_bot", "text": "Прывет"})
    page = open_page(person, started["chat_id"])
    bubble(page, "Прывет").hover()
    row = page.locator(".sbx-row", has_text="Прывет")
    row.get_by_role("button", name="Ещё").click()
    page.get_by_role("menuitem", name="Изменить").click()
    write(page, "Привет")
    expect(page.get_by_text("изменено")).to_be_visible()
    row = page.locator(".sbx-row", has_text="Привет")
    row.hover()
    row.get_by_role("button", name="Реакция").click()
    page.get_by_role("button", name="👍").click()
    expect(page.locator(".sbx-reactions button")).to_have_text("👍 1")
    row.hover()
    row.get_by_role("button", name="Ответить").click()
    write(page, "И ещё вопрос")
    expect(page.locator(".sbx-reply", has_text="Привет")).to_be_visible()
    last = page.locator(".sbx-row", has_text="И ещё вопрос")
    last.hover()
    last.get_by_role("button", name="Ещё").click()
    page.get_by_role("menuitem", name="Удалить").click()
    page.get_by_role("dialog").get_by_role("button", name="Удалить").click()
    expect(page.locator(".sbx-bubble", has_text="И ещё вопрос")).to_have_count(0)


def test_that_it_fits_a_phone_and_follows_the_dark(machine: Machine, open_page: Opener) -> None:
    person = machine.control("/users", first_name="Анна")["id"]
    machine.control("/messages", **{"from": person, "to": "mayak_bot", "text": "/start"})
    phone = {"width": 390, "height": 780}
    page = open_page(person, viewport=phone, color_scheme="dark", has_touch=True)
    dialog(page, "Маяк").click()
    expect(page.locator("textarea")).to_be_visible()
    expect(page.locator(".sbx-side")).to_be_hidden()
    too_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not too_wide
    background = page.evaluate("getComputedStyle(document.querySelector('.sbx')).backgroundColor")
    assert background == "rgb(23, 33, 43)"
    page.get_by_role("button", name="Назад").click()
    expect(dialog(page, "Маяк")).to_be_visible()


def test_that_an_owner_lets_the_bot_answer(machine: Machine, open_page: Opener) -> None:
    owner = machine.control("/users", first_name="Олег")["id"]
    client = machine.control("/users", first_name="Анна")["id"]
    started = machine.control("/messages", **{"from": owner, "to": "mayak_bot", "text": "/start"})
    page = open_page(owner, started["chat_id"])
    page.locator(".sbx-head-title").click()
    page.get_by_role("button", name="Подключить к моему аккаунту").click()
    expect(page.get_by_text("отвечать на них от вашего имени")).to_be_visible()
    page.get_by_role("button", name="Готово").click()
    expect(page.get_by_text("Бот отвечает за вас в личных чатах.")).to_be_visible()
    connection = machine.update("business_connection")["id"]
    machine.control("/messages", **{"from": client, "to": owner, "text": "Есть места?"})
    answer = {"chat_id": client, "text": "Отвечает ИИ: да", "business_connection_id": connection}
    machine.bot("sendMessage", **answer)
    dialog(page, "Анна").click()
    expect(bubble(page, "Отвечает ИИ: да")).to_contain_text("ответил бот Маяк · ИИ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_everybody_can_read_it(machine: Machine, open_page: Opener, scheme: str) -> None:
    person = machine.control("/users", first_name="Анна")["id"]
    group = machine.control("/chats", type="supergroup", title="Группа", owner_id=person)["id"]
    machine.control(f"/chats/{group}/members", **{"username": "mayak_bot", "as": "admin"})
    rows = [[{"text": "Да", "callback_data": "yes"}]]
    machine.bot(
        "sendMessage",
        chat_id=group,
        text="Правила: https://example.org",
        reply_markup={"inline_keyboard": rows},
    )
    machine.control("/messages", **{"from": person, "to": group, "text": "Всем привет"})
    page = open_page(person, group, color_scheme=scheme)
    page.locator(".sbx-head-title").click()
    expect(page.locator(".sbx-member").first).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document.querySelector('.sbx'))")["violations"]
    assert [(item["id"], node["html"][:90]) for item in found for node in item["nodes"][:3]] == []


def test_that_time_moves_forward_for_every_tab(machine: Machine, open_page: Opener) -> None:
    person = machine.control("/users", first_name="Анна")["id"]
    first, second = open_page(person), open_page(person)
    before = second.locator(".sbx-clock").inner_text()
    first.locator(".sbx-clock").click()
    first.get_by_role("menuitem", name="+1 час").click()
    expect(second.locator(".sbx-clock.is-moved")).to_be_visible()
    assert second.locator(".sbx-clock").inner_text() != before
