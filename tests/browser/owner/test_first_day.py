"""A new owner's first day, without reading anything: from the one-time password to the funnel."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.commenting.conftest import DRAFTS, OWNER, POST, until
from tests.browser.conftest import Demo, Tab
from tests.browser.owner.conftest import PATIENCE
from tests.browser.panel.test_scripts import replace_text

SCRIPT = """key: sea-cafe
kind: sales
title: Кафе у моря
language: ru
steps:
  - key: greeting
    say: "{{ client.first_name }}, здравствуйте! Вам нужен столик на сегодня или на другой день?"
    must_say: [столик на сегодня или другой день]
    fits: [на сегодня, на завтра, столик на двоих, хочу забронировать, нужен столик, на вечер]
    next: [{when: default, to: hour}]
  - key: hour
    say: "Хорошо. К какому часу вас ждать?"
triggers:
  - key: wants_person
    fits: ["позовите человека"]
    action: hand_off
"""
CHANGED = SCRIPT.replace("Вам нужен столик", "Сколько вас будет? И вам нужен столик")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_that_a_new_owner_finds_the_way_from_the_password_to_the_funnel(
    demo: Demo, tab: Tab, tmp_path: Path
) -> None:
    page = tab.page
    page.set_default_timeout(PATIENCE)
    tab.sign_in()
    tab.speak("ru")
    expect(page.locator("html")).to_have_attribute("lang", "ru")

    connect_a_bot(page)
    import_change_and_try_a_script(tab, tmp_path)
    serve_a_guest(tab, demo)
    approve_a_comment(tab, demo)
    take_the_dialogue_over(tab, demo)
    read_the_funnel(page)


def connect_a_bot(page: Page) -> None:
    """The first step of the dashboard leads to the form, the form to where a token comes from."""
    steps = page.locator("#first-steps")
    expect(steps).to_contain_text("Пока никто не написал")
    steps.get_by_role("link", name="Подключить бота").click()
    page.get_by_role("link", name="В песочницу").click()
    page.locator("#sandbox-chat").get_by_role("button", name="Создать").click()
    page.get_by_role("menuitem", name="Новый бот").click()
    page.get_by_label("Название").fill("Кафе")
    page.get_by_label("Имя пользователя").fill("sea_cafe_bot")
    page.get_by_role("dialog").get_by_role("button", name="Создать").click()
    expect(page.get_by_role("dialog")).to_contain_text("«Подключить бота»")
    token = page.locator(".sbx-token").inner_text()
    page.get_by_role("button", name="Готово").click()

    page.get_by_role("link", name="Аккаунты").click()
    page.get_by_role("link", name="Подключить бота").click()
    page.get_by_label("Токен бота").fill(token)
    page.get_by_label("Название").fill("Кафе")
    page.get_by_role("button", name="Подключить").click()
    expect(page.locator(".alert")).to_contain_text("Аккаунт подключён и подписан")
    expect(page.locator("dl.facts").first).to_contain_text("Кафе · ИИ «Маяк»")


def import_change_and_try_a_script(tab: Tab, folder: Path) -> None:
    page = tab.page
    file = folder / "cafe.yaml"
    file.write_text(SCRIPT, encoding="utf-8")
    page.get_by_role("link", name="Скрипты").click()
    page.get_by_role("link", name="Новый скрипт").click()
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Импортировать").click()
    expect(page.locator("h1")).to_have_text("Кафе у моря")
    page.get_by_role("button", name="Вести по нему новые диалоги аккаунта Кафе").click()
    expect(page.locator("#script-users")).to_contain_text("новые диалоги идут по нему")

    expect(page.locator("#studio-state")).to_contain_text("Ошибок нет")
    replace_text(tab, CHANGED)
    expect(page.locator(".cm-content")).to_contain_text("Сколько вас будет?")
    page.fill("#try-text", "здравствуйте")
    page.keyboard.press("Enter")
    expect(page.locator("#try-thread")).to_contain_text("Сколько вас будет?")
    page.get_by_role("button", name="Сохранить и применить").click()
    expect(page.locator(".studio-bar")).to_contain_text("v2")
    assert tab.violations() == []


def serve_a_guest(tab: Tab, demo: Demo) -> None:
    """Somebody writes to the new bot, and the changed script answers, labelled as AI."""
    guest = demo.person("Глеб", language="ru")
    said = {"from": guest, "to": "sea_cafe_bot", "text": "добрый день"}
    assert demo.post("/api/sandbox/messages", said).status_code < 300
    number = demo.conversation_of("Глеб", within=PATIENCE / 1000)
    tab.page.get_by_role("link", name="Диалоги", exact=True).click()
    tab.page.locator(".inbox-lines .line", has_text="Глеб").click()
    tab.page.wait_for_url(re.compile(rf"/conversations/{number}"))
    answer = tab.page.locator(".message.is-out").first
    expect(answer).to_contain_text("Сколько вас будет?")
    expect(answer).to_contain_text("ИИ")


def approve_a_comment(tab: Tab, demo: Demo) -> None:
    """The channel's owner allows it by what the guided page says; a reader follows the link."""
    page = tab.page
    page.get_by_role("link", name="Комментарии", exact=True).click()
    page.get_by_role("link", name="К каналам").click()
    page.get_by_role("link", name="Добавить канал").first.click()
    page.fill("#username", "@mayak_english")
    page.fill("#daily_cap", "3")
    page.fill("#topics", "английский\nслова")
    page.fill("#quiet_from", "00:00")
    page.fill("#quiet_until", "00:00")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/channels/1*")
    guide = page.locator("[data-guide]").inner_text()
    let_the_channels_owner_allow(tab, demo, guide)

    demo.post("/api/sandbox/channels/mayak_english/posts", {"text": POST})
    until(
        lambda: demo.http.get("/api/comments?status=pending").json()["total"] == 1,
        within=PATIENCE / 1000,
    )
    page.get_by_role("link", name="Комментарии", exact=True).click()
    expect(page.locator("[data-comment] form.message")).to_have_count(len(DRAFTS))
    page.locator("[data-comment] form.message button").first.click()
    until(
        lambda: demo.http.get("/api/comments/1").json()["status"] == "sent", within=PATIENCE / 1000
    )
    demo.say(demo.person("Вера", language="ru"), "/start c_1")
    demo.conversation_of("Вера", within=PATIENCE / 1000)


def let_the_channels_owner_allow(tab: Tab, demo: Demo, guide: str) -> None:
    """What another person does: adds the bot to the discussion and sends the line shown."""
    visitor = tab.page.context.browser
    assert visitor is not None
    context = visitor.new_context()
    reading = context.new_page()
    reading.goto(guide)
    command = reading.locator("[data-command]").inner_text()
    context.close()
    found = demo.http.get("/api/sandbox/chats").json()
    chats = found if isinstance(found, list) else found["items"]
    group = next(chat["id"] for chat in chats if chat["title"].endswith("Chat"))
    member = {"username": "mayak_comments_bot", "as": "admin"}
    assert demo.post(f"/api/sandbox/chats/{group}/members", member).status_code < 300
    said = {"from": OWNER, "to": group, "text": command}
    assert demo.post("/api/sandbox/messages", said).status_code < 300
    until(
        lambda: demo.http.get("/api/channels/1").json()["permission"] is not None,
        within=PATIENCE / 1000,
    )


def take_the_dialogue_over(tab: Tab, demo: Demo) -> None:
    page = tab.page
    page.get_by_role("link", name="Диалоги", exact=True).click()
    page.locator(".inbox-lines .line", has_text="Глеб").click()
    page.locator("#composer").get_by_role("button", name="Взять").click()
    expect(page.locator("#text")).to_be_visible()
    page.fill("#text", "Глеб, это Анна. Столик у окна ваш.")
    page.locator("#composer").get_by_role("button", name="Отправить").click()
    expect(page.locator(".message.by-human").last).to_contain_text("Столик у окна")


def read_the_funnel(page: Page) -> None:
    """One comment, one click, two dialogues; one held by a person; the version that answered."""
    page.get_by_role("link", name="Обзор").click()
    expect(page.locator("#first-steps")).to_have_count(0)
    tile = page.locator("#tiles .tile", has_text="Ждут человека")
    expect(tile).to_contain_text("ведут люди: 1")

    def figures() -> list[str]:
        page.reload()
        return page.locator(".funnel strong").all_inner_texts()

    until(lambda: figures()[:4] == ["1", "1", "2", "0"], within=PATIENCE / 1000)
    versions = page.locator("section", has_text="Скрипты и их версии").locator("tbody tr")
    expect(versions.filter(has_text="Кафе у моря")).to_contain_text("v2")
