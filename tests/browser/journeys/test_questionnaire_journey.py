"""Somebody comes by a link, answers the questions, is greeted by them, goes quiet, is reminded once,
comes back and agrees; the panel shows each of it."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import Demo, Tab
from tests.browser.journeys.test_lessons_journey import PATIENCE, answered, be_awake, later, write

REMINDER = "мы остановились на полпути"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_that_somebody_comes_by_a_link_and_is_led_by_their_answers(tab: Tab, demo: Demo) -> None:
    page = tab.page
    page.set_default_timeout(PATIENCE)
    be_awake(demo)
    tab.sign_in()
    tab.speak("ru")
    expect(page.locator("html")).to_have_attribute("lang", "ru", timeout=PATIENCE)

    name = f"Нонна {time.time_ns() % 100_000}"  # a repeat is another person
    person = demo.person(name, language="ru")
    demo.say(person, "/start q_level-check_c_12")
    tab.open("/sandbox")
    page.get_by_role("button", name="Вы пишете как").click()
    page.get_by_role("menuitem", name=re.compile(name)).click()
    page.get_by_role("button", name="Маяк · ИИ «Маяк»").click()
    the_questions_are_answered(page)
    answered(page, "Записал: английский с нуля, нужен для поездок")
    write(page, "вечером после работы")
    answered(page, "С нуля начинать спокойнее всего")

    number = demo.conversation_of(name, within=120)
    the_panel_shows_the_plan(tab, number)
    page.goto("about:blank")
    silence(demo, number)
    tab.sign_in()
    tab.open(f"/conversations/{number}")
    expect(page.locator("[data-reminder=sent]")).to_contain_text("Напоминание отправлено")
    expect(page.locator("article.by-ai", has_text=REMINDER)).to_have_count(1)

    demo.say(person, "да, присылайте приглашение")
    agreed = wait_for(demo, number, lambda held: "готовлю группу" in held["messages"][-1]["text"])
    assert [m["trigger"] for m in agreed["messages"] if m["trigger"]][-1] == "agrees_to_group"
    assert agreed["origin"] == "c_12"
    said = [m["text"] for m in agreed["messages"] if m["author"] == "ai"]
    assert sum(REMINDER in text for text in said) == 1
    the_data_is_handed_over_and_erased(demo, person, number)


def the_data_is_handed_over_and_erased(demo: Demo, person: int, number: int) -> None:
    """The person asks for everything, reads it, and has it deleted."""
    demo.say(person, "/export")
    handed = wait_for(
        demo, number, lambda held: any(m["kind"] == "file" for m in held["messages"][-3:])
    )
    chat = int(demo.post("/api/sandbox/messages", {
        "from": person, "to": demo.sales_bot(), "text": "/delete",
    }).json()["chat_id"])  # fmt: skip
    button = the_button(demo, chat, "Удалить")
    demo.post("/api/sandbox/press", {"user_id": person, "chat_id": chat, **button})
    until = time.monotonic() + 150
    while demo.http.get(f"/api/conversations/{handed['id']}").status_code != 404:
        assert time.monotonic() < until, "the dialogue is still there"
        time.sleep(0.3)
    assert demo.http.get(f"/api/clients/{handed['client']['id']}").status_code == 404


def the_button(demo: Demo, chat: int, label: str) -> dict[str, object]:
    """Where the newest button that begins so stands."""
    until = time.monotonic() + 150
    while time.monotonic() < until:
        for message in reversed(demo.http.get(f"/api/sandbox/chats/{chat}/messages").json()):
            for row in message.get("buttons") or []:
                for button in row:
                    if button["text"].startswith(label):
                        return {"message_id": message["message_id"], "button": button["text"]}
        time.sleep(0.3)
    raise AssertionError(f"no button {label}")


def the_questions_are_answered(page: Page) -> None:
    """With buttons, back and forth, and in words."""
    answered(page, "Каким вы назвали бы ваш английский сегодня")
    tap(page, "Говорю, но с ошибками")
    answered(page, "Что мешает сильнее всего")
    tap(page, "← Назад")
    expect(page.locator(".sbx-bubble", has_text="Каким вы назвали бы")).to_have_count(2)
    tap(page, "С нуля")
    answered(page, "Для чего вам язык")
    tap(page, "Для поездок")
    answered(page, "Сколько вы готовы тратить")
    write(page, "миллион")
    answered(page, "Здесь нужно одно число")
    write(page, "5 тыс")
    answered(page, "Что ещё нам стоит знать")
    tap(page, "Пропустить вопрос")
    answered(page, "теперь понятно, с чего начинать")


def tap(page: Page, label: str) -> None:
    """The newest button of that name."""
    button: Locator = page.locator(".sbx-buttons button", has_text=label).last
    expect(button).to_be_visible(timeout=PATIENCE)
    button.click()


def the_panel_shows_the_plan(tab: Tab, number: int) -> None:
    page = tab.page
    tab.open(f"/conversations/{number}")
    expect(page.locator("[data-reminder=planned]")).to_contain_text("Напоминание запланировано")
    expect(page.locator("article.message", has_text="Для поездок").first).to_contain_text(
        "ответ на вопрос опроса"
    )
    assert tab.violations() == []


def silence(demo: Demo, number: int) -> None:
    """Two days pass, a few hours at a time; whatever is due on the way is done."""
    for _ in range(12):
        later(demo, minutes=4 * 60)
        time.sleep(0.2)
    wait_for(demo, number, lambda held: (held["follow_up"] or {}).get("status") == "sent")


def wait_for(demo: Demo, number: int, is_there: Any, *, within: float = 150) -> dict[str, Any]:
    until = time.monotonic() + within
    while time.monotonic() < until:
        answer = demo.http.get(f"/api/conversations/{number}")
        if answer.status_code == 401:
            demo.http.cookies.clear()
            demo.sign_in()
            continue
        held: dict[str, Any] = answer.json()
        if is_there(held):
            return held
        time.sleep(0.3)
    raise AssertionError(f"It did not come: {demo.http.get(f'/api/conversations/{number}').text}")


@pytest.mark.slow
def test_that_an_author_sees_the_mistake_and_the_preview(tab: Tab) -> None:
    page = tab.page
    tab.sign_in()
    tab.open("/questionnaires/")
    page.locator("tbody a").last.click()
    expect(page.locator("#preview article").first).to_be_visible()
    assert tab.violations() == []
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nresults: oops\n")
    expect(page.locator("#problems button").first).to_be_visible()
    expect(page.locator("#preview")).not_to_contain_text("?start")
