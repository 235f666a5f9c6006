"""A newcomer writes to the bot, agrees, joins the study group and does the first task; the panel shows it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import Demo, Tab

NAME = "Нина"
PATIENCE = 30_000
"""Milliseconds: the machine may be busy; nothing waits longer than it has to."""


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_that_a_newcomer_is_led_to_the_finished_task(tab: Tab, demo: Demo) -> None:
    page = tab.page
    page.set_default_timeout(PATIENCE)
    be_awake(demo)
    tab.sign_in()
    tab.speak("ru")
    expect(page.locator("html")).to_have_attribute("lang", "ru", timeout=PATIENCE)

    # The sandbox: a new person writes to the bot and is led by the sample script.
    tab.open("/sandbox")
    page.get_by_role("button", name="Вы пишете как").click()
    page.get_by_role("menuitem", name="Новый человек").click()
    page.get_by_label("Имя", exact=True).fill(NAME)
    page.get_by_role("dialog").get_by_role("button", name="Создать").click()
    expect(page.get_by_text("Пока нет чатов")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Маяк · ИИ «Маяк»").click()
    page.get_by_role("button", name="Старт").click()
    answered(page, "Для чего вам английский|для чего вам язык")
    write(page, "хочу для работы")
    answered(page, "что у вас с английским|Откуда начинаем|Каким вы назвали")
    write(page, "да, добавляйте")
    answered(page, r"https://t\.me/\+")

    # The invitation: consent screen, request, and the welcome in the group.
    page.locator(".sbx-text a", has_text="t.me/+").last.click()
    page.get_by_role("button", name="Отправить заявку").click()
    page.get_by_role("button", name=re.compile(r"^(ПШ\s*)?Первые шаги")).click()
    answered(page, f"Добро пожаловать, {NAME}")
    answered(page, "На маяке дежурил смотритель")

    # A minute later the task, then the partners: labelled, one after another.
    later(demo, minutes=2)
    answered(page, "Напишите сюда три фразы")
    for words in ("I don't like", "Учебный пример", "Если страшно"):
        later(demo, minutes=1)
        expect(answered(page, words)).to_contain_text("ИИ-напарник")

    # Nina asks a partner, then hands the task in.
    write(page, "Почемучка, ты человек?")
    expect(answered(page, "Я ИИ-напарник, не человек")).to_contain_text("ИИ-напарник")
    write(page, "My name is Nina. I am from Tver. I like tea.")
    answered(page, "Получено, спасибо")

    the_panel_explains_the_group(tab)
    the_panel_explains_the_dialogue(tab, demo)


def the_panel_explains_the_group(tab: Tab) -> None:
    page = tab.page
    tab.open("/groups/")
    row = page.locator("tbody tr", has_text=NAME)
    expect(row.locator("code")).to_have_text("hello")
    row.locator("a").first.click()
    expect(page.locator("#live dl")).to_contain_text("Почемучка")
    expect(page.locator("article", has_text="My name is Nina")).to_contain_text("ответ на задание")
    asked = page.locator("article", has_text="Почемучка, ты человек?")
    expect(asked).to_contain_text("код ответил правду")
    assert tab.violations() == []


def the_panel_explains_the_dialogue(tab: Tab, demo: Demo) -> None:
    page = tab.page
    tab.open(f"/conversations/{demo.conversation_of(NAME)}")
    read = page.locator("article.message", has_text="хочу для работы").first
    read.locator("summary").first.click()
    expect(read.locator("details").first).to_contain_text("0,7")
    answer = page.locator("article.message.by-ai", has_text=re.compile("first-contact")).first
    expect(answer.locator(".tag").nth(1)).to_be_visible()
    origin = answer.locator("details", has_text="first-contact").first
    origin.locator("summary").first.click()
    expect(origin).to_contain_text("first-contact")

    # A person takes over, writes, and gives it back.
    page.locator("#composer button[type=submit]").first.click()
    expect(page.locator("#text")).to_be_visible()
    page.fill("#text", "Здравствуйте, это Анна из школы.")
    page.locator("#composer button", has_text="Отправить").click()
    expect(page.locator(".message.by-human").last).to_contain_text("Анна из школы")
    page.locator("#dialogue-head button", has_text="Вернуть").click()
    expect(page.locator("#composer")).not_to_contain_text("Отправить")


def write(page: Page, text: str) -> None:
    page.locator("textarea").fill(text)
    page.locator("textarea").press("Enter")
    expect(page.locator(".sbx-bubble", has_text=text).last).to_be_visible()


def answered(page: Page, words: str) -> Locator:
    """The bubble with these words, once it is there."""
    bubble = page.locator(".sbx-bubble", has_text=re.compile(words, re.IGNORECASE)).last
    expect(bubble).to_be_visible(timeout=PATIENCE)
    return bubble


def later(demo: Demo, *, minutes: float) -> None:
    demo.post("/api/sandbox/clock", {"advance_seconds": round(minutes * 60)})


def be_awake(demo: Demo) -> None:
    """Lessons keep quiet hours: let it be mid-morning when the tests run in the evening."""
    answer: Any = demo.http.get("/api/sandbox/clock").json()
    now = datetime.fromisoformat(answer["now"]).astimezone(UTC)
    if 9 <= now.hour < 18:
        return
    morning = now.replace(hour=10, minute=0) + timedelta(days=now.hour >= 10)
    later(demo, minutes=(morning - now).total_seconds() / 60)
    demo.http.cookies.clear()
    demo.sign_in()
