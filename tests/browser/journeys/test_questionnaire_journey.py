"""Somebody comes by a comment's link, answers the questions, is greeted by them, goes quiet, is reminded
once, comes back, agrees, takes their data and has them deleted; the panel shows each of it."""

import json
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import Demo, Tab
from tests.browser.journeys.test_lessons_journey import answered, write

REMINDER = "мы остановились на полпути"
WITHIN = 180.0
"""Seconds, for what workers do meanwhile."""
STEPS = (
    "Первое касание",
    "Опрос начат",
    "Опрос пройден",
    "greeting",
    "gentle",
    "Отправлено напоминание",
    "agrees_to_group",
    "Данные выгружены",
)
"""What stands on the time line, in this order."""

Held = dict[str, Any]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_that_somebody_comes_by_a_link_and_is_led_by_their_answers(tab: Tab, demo: Demo) -> None:
    page = tab.page
    tab.sign_in()
    tab.speak("ru")
    expect(page.locator("html")).to_have_attribute("lang", "ru")

    name = f"Нонна {time.time_ns() % 1_000_000_000}"  # a repeat is another person
    person = demo.person(name, language="ru")
    demo.say(person, "/start q_level-check_c_12")
    tab.open("/sandbox")
    viewer = page.get_by_role("button", name="Вы пишете как")
    viewer.click()
    page.get_by_role("menuitem", name=re.compile(name)).click()
    expect(viewer).to_contain_text(name)
    # The chat with the bot, not a group that quotes the bot.
    page.get_by_role("button", name=re.compile(r"^(\w{1,2}\s+)?Маяк · ИИ «Маяк»")).click()
    the_questions_are_answered(page)
    answered(page, "Записал: английский с нуля, нужен для поездок")
    write(page, "вечером после работы")
    answered(page, "С нуля начинать спокойнее всего")

    number = demo.conversation_of(name, within=WITHIN)
    the_panel_shows_the_plan(tab, number)
    # No page may be open while the session grows old: it would complain of being signed out.
    page.goto("about:blank")
    it_stays_quiet(demo, number)
    assert reminders(conversation(demo, number)) == 1

    demo.say(person, "да, присылайте приглашение")
    agreed = until(demo, number, lambda held: said_by_ai(held, "готовлю группу"))
    assert {m["trigger"] for m in agreed["messages"] if m["trigger"]} == {"agrees_to_group"}
    assert agreed["origin"] == "c_12"
    until(demo, number, lambda held: "https://t.me/+" in all_words(held))
    the_data_are_handed_over(demo, person, number)
    assert reminders(conversation(demo, number)) == 1
    the_time_line_shows_each_step(tab, agreed["client"]["id"])
    # Nor may the person's page be open when they go: its next look would find nobody.
    page.goto("about:blank")
    everything_is_erased(tab, demo, person, agreed)


# --- the chat


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
    expect(button).to_be_visible()
    button.click()


def it_stays_quiet(demo: Demo, number: int) -> None:
    """Time passes until the reminder is out: to its moment, and over a night where one is in between."""
    ends = time.monotonic() + WITHIN
    while (reminder := conversation(demo, number)["follow_up"])["status"] != "sent":
        assert reminder["status"] in ("planned", "queued"), reminder
        assert time.monotonic() < ends, f"the reminder did not go out: {reminder}"
        now, due = demo.now(), datetime.fromisoformat(reminder["due_at"])
        if now < due:
            demo.later(due - now + timedelta(minutes=1))
        elif not 10 <= now.hour < 20:  # the hours of the sample, in the business's time zone (UTC)
            demo.later(timedelta(hours=1))
        time.sleep(0.3)


def the_data_are_handed_over(demo: Demo, person: int, number: int) -> None:
    """The person asks for everything and gets it as one file."""
    chat = demo.say(person, "/export")
    until(demo, number, lambda held: any(m["kind"] == "file" for m in held["messages"]))
    wait_until(lambda: any("media" in m for m in demo.messages(chat)), "no file in the chat")


def everything_is_erased(tab: Tab, demo: Demo, person: int, held: Held) -> None:
    """One tap on "delete", and neither the dialogue nor the person's page is there any more."""
    chat = demo.say(person, "/delete")
    wait_until(lambda: button_of(demo, chat, "Удалить"), "no button to delete")
    pressed = button_of(demo, chat, "Удалить")
    demo.post("/api/sandbox/press", {"user_id": person, "chat_id": chat, **(pressed or {})})
    client = f"/clients/{held['client']['id']}"
    for path in (f"/api/conversations/{held['id']}", f"/api{client}"):
        wait_until(lambda p=path: demo.get(p).status_code == 404, f"{path} is still there")
    left = tab.page.request.get(demo.address + client)
    assert left.status == 404
    assert held["client"]["name"] not in left.text()


def button_of(demo: Demo, chat: int, label: str) -> dict[str, object] | None:
    """Where the newest button that begins so stands."""
    for message in reversed(demo.messages(chat)):
        for row in message.get("buttons") or []:
            for button in row:
                if button["text"].startswith(label):
                    return {"message_id": message["message_id"], "button": button["text"]}
    return None


# --- the panel


def the_panel_shows_the_plan(tab: Tab, number: int) -> None:
    page = tab.page
    tab.open(f"/conversations/{number}")
    expect(page.locator("[data-reminder=planned]")).to_contain_text("Напоминание запланировано")
    expect(page.locator("article.message", has_text="Для поездок").first).to_contain_text(
        "ответ на вопрос опроса"
    )
    assert tab.violations() == []


def the_time_line_shows_each_step(tab: Tab, client: int) -> None:
    """From the first touch to the export, oldest at the bottom, with the reminder once."""
    page = tab.page
    tab.sign_in()
    tab.open(f"/clients/{client}")
    expect(page.locator("dl.facts")).to_contain_text("Комментарий · 12")
    line = page.locator("ol.timeline > li")
    expect(line.first).to_be_visible()
    entries = list(reversed(line.all_inner_texts()))
    places = [_place(entries, step) for step in STEPS]
    assert places == sorted(places), json.dumps(entries, ensure_ascii=False)
    assert sum("Отправлено напоминание" in entry for entry in entries) == 1
    assert tab.violations() == []


def _place(entries: list[str], step: str) -> int:
    found = [place for place, entry in enumerate(entries) if step in entry]
    assert found, f"{step} is not on the time line: {entries}"
    return found[0]


# --- waiting


def conversation(demo: Demo, number: int) -> Held:
    held: Held = demo.get(f"/api/conversations/{number}").json()
    return held


def until(demo: Demo, number: int, is_there: Callable[[Held], bool]) -> Held:
    """The conversation, once it is so."""
    wait_until(lambda: is_there(conversation(demo, number)), f"not in conversation {number}")
    return conversation(demo, number)


def wait_until(is_so: Callable[[], object], otherwise: str) -> None:
    ends = time.monotonic() + WITHIN
    while not is_so():
        assert time.monotonic() < ends, otherwise
        time.sleep(0.3)


def all_words(held: Held) -> str:
    return "\n".join(m["text"] for m in held["messages"])


def said_by_ai(held: Held, words: str) -> bool:
    return any(words in m["text"] for m in held["messages"] if m["author"] == "ai")


def reminders(held: Held) -> int:
    return sum(REMINDER in m["text"] for m in held["messages"] if m["author"] == "ai")
