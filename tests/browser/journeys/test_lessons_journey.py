"""A newcomer writes to the bot, agrees, joins the study group and finishes it; the panel shows each step."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import Demo, Tab

NAME = "Нина"
PATIENCE = 60_000
"""Milliseconds: the machine may be busy; nothing waits longer than it has to."""
RECEIVED = "Получено, спасибо"
STEPS = ("story", "hello", "day", "cafe", "farewell")
OTHER_DAYS = (
    ("day", "Опишите свой обычный день", "I get up early. Then I drink tea. I work until evening."),
    ("cafe", "Запишите голосовое", "Hello! Can I have a soup, please? How much is it?"),
    ("farewell", "что в этих заданиях было полезным", "Примеры помогли, лишнего не было"),
)
"""Step, words of its task, and what Nina hands in."""


@pytest.fixture(autouse=True)
def _another_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """A repeat finds the group of the time before: it is led through by somebody else."""
    monkeypatch.setitem(globals(), "NAME", f"Нина {time.time_ns() % 1_000_000_000}")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_that_a_newcomer_is_led_to_the_end_of_the_lessons(tab: Tab, demo: Demo) -> None:
    page = tab.page
    page.set_default_timeout(PATIENCE)
    be_awake(demo)
    sign_in(tab)
    she_agrees(tab)
    she_joins(page)
    she_does_the_first_task(page, demo)
    the_panel_explains_the_group(tab)
    the_panel_explains_the_dialogue(tab, demo)
    for step, task, answer in OTHER_DAYS:
        next_day(tab, demo)
        in_the_group(tab)
        answered(page, task)
        write(page, answer)
        received(page, STEPS.index(step))
        if step != STEPS[-1]:
            the_panel_shows(tab, state="Идёт", done=STEPS.index(step) + 1)
    she_reads_the_note(page)
    the_panel_shows(tab, state="Завершена", done=len(STEPS))
    assert tab.violations() == []


def she_agrees(tab: Tab) -> None:
    """The sandbox: a new person writes to the bot and is led by the sample script to her yes."""
    page = tab.page
    tab.open("/sandbox")
    page.get_by_role("button", name="Вы пишете как").click()
    page.get_by_role("menuitem", name="Новый человек").click()
    page.get_by_label("Имя", exact=True).fill(NAME)
    page.get_by_role("dialog").get_by_role("button", name="Создать").click()
    see(page.get_by_text("Пока нет чатов"))
    page.get_by_role("button", name="Маяк · ИИ «Маяк»").click()
    page.get_by_role("button", name="Старт").click()
    answered(page, "Для чего вам английский|для чего вам язык")
    write(page, "хочу для работы")
    answered(page, "что у вас с английским|Откуда начинаем|Каким вы назвали")
    write(page, "да, добавляйте")
    answered(page, r"https://t\.me/\+")


def she_joins(page: Page) -> None:
    """The invitation: consent screen, request, and the welcome in the group."""
    page.locator(".sbx-text a", has_text="t.me/+").last.click()
    page.get_by_role("button", name="Отправить заявку").click()
    page.get_by_role("button", name=re.compile(r"^(ПШ\s*)?Первые шаги")).click()
    answered(page, f"Добро пожаловать, {NAME}")
    answered(page, "На маяке дежурил смотритель")


def she_does_the_first_task(page: Page, demo: Demo) -> None:
    """A minute later the task, then the partners, labelled and one after another; Nina asks back."""
    later(demo, minutes=2)
    answered(page, "Напишите сюда три фразы")
    for words in ("I don't like", "Учебный пример", "Если страшно"):
        later(demo, minutes=1)
        expect(answered(page, words)).to_contain_text("ИИ-напарник")

    # The lesson's question is the teacher's; what is asked of a partner, the partner answers itself.
    write(page, "Сколько длится курс?")
    course = answered(page, "6 недель")
    expect(course).not_to_contain_text("ИИ-напарник")
    write(page, "Почемучка, ты человек?")
    expect(answered(page, "Я ИИ-напарник, не человек")).to_contain_text("ИИ-напарник")
    write(page, "My name is Nina. I am from Tver. I like tea.")
    received(page, 1)


def the_panel_explains_the_group(tab: Tab) -> None:
    page = tab.page
    the_panel_shows(tab, state="Идёт", done=2)
    expect(page.locator("#live dl")).to_contain_text("Почемучка")
    expect(page.locator("article", has_text="My name is Nina")).to_contain_text("ответ на задание")
    asked = page.locator("article", has_text="Почемучка, ты человек?")
    expect(asked).to_contain_text("код ответил правду")
    assert tab.violations() == []


def the_panel_shows(tab: Tab, *, state: str, done: int) -> None:
    """The list of groups names the state; the group's own page has ticked so many steps."""
    page = tab.page
    tab.open("/groups/")
    row = page.locator("tbody tr", has_text=NAME)
    expect(row).to_contain_text(state, timeout=PATIENCE)
    expect(row.locator("code")).to_have_text(STEPS[done - 1])
    row.locator("a").first.click()
    steps = page.locator("[data-steps] li")
    expect(steps).to_have_count(len(STEPS), timeout=PATIENCE)
    ticked = page.locator("[data-steps] li[data-state='done']")
    expect(ticked).to_have_count(done, timeout=PATIENCE)
    expect(ticked.last).to_contain_text(STEPS[done - 1])


def the_panel_explains_the_dialogue(tab: Tab, demo: Demo) -> None:
    page = tab.page
    tab.open(f"/conversations/{demo.conversation_of(NAME)}")
    read = page.locator("article.message", has_text="хочу для работы").first
    read.locator("summary").first.click()
    expect(read.locator("details").first).to_contain_text("0,7")
    answer = page.locator("article.message.by-ai", has_text=re.compile("first-contact")).first
    see(answer.locator(".tag").nth(1))
    origin = answer.locator("details", has_text="first-contact").first
    origin.locator("summary").first.click()
    expect(origin).to_contain_text("first-contact")

    # A person takes over, writes, and gives it back.
    page.locator("#composer button[type=submit]").first.click()
    see(page.locator("#text"))
    page.fill("#text", "Здравствуйте, это Анна из школы.")
    page.locator("#composer button", has_text="Отправить").click()
    written = page.locator(".message.by-human").last
    expect(written).to_contain_text("Анна из школы", timeout=PATIENCE)
    page.locator("#dialogue-head button", has_text="Вернуть").click()
    expect(page.locator("#composer")).not_to_contain_text("Отправить", timeout=PATIENCE)


def she_reads_the_note(page: Page) -> None:
    """The end is a note without a grade; nothing is offered until she says that she wants to hear it."""
    in_words = answered(page, "Справка о прохождении, без оценки")
    expect(in_words).to_contain_text(NAME)
    expect(in_words).to_contain_text("сдано заданий: 4")
    page.get_by_role("button", name="Да, расскажите").click()
    see(page.get_by_text("Человек напишет вам в личный диалог"))


def in_the_group(tab: Tab) -> None:
    """Nina's view of the study group."""
    page = tab.page
    tab.open("/sandbox")
    page.get_by_role("button", name="Вы пишете как").click()
    page.get_by_role("menuitem", name=NAME).click()
    page.get_by_role("button", name=re.compile(r"^(ПШ\s*)?Первые шаги")).click()


def write(page: Page, text: str) -> None:
    page.locator("textarea").fill(text)
    page.locator("textarea").press("Enter")
    see(page.locator(".sbx-bubble", has_text=text).last)


def answered(page: Page, words: str) -> Locator:
    """The bubble with these words, once it is there."""
    bubble = page.locator(".sbx-bubble", has_text=re.compile(words, re.IGNORECASE)).last
    see(bubble)
    return bubble


def received(page: Page, times: int) -> None:
    """So many tasks have been called received, never graded."""
    expect(page.locator(".sbx-bubble", has_text=RECEIVED)).to_have_count(times, timeout=PATIENCE)


def see(place: Locator) -> None:
    expect(place).to_be_visible(timeout=PATIENCE)


def sign_in(tab: Tab) -> None:
    tab.sign_in()
    tab.speak("ru")
    expect(tab.page.locator("html")).to_have_attribute("lang", "ru", timeout=PATIENCE)


def now_of(demo: Demo) -> datetime:
    answer: Any = demo.http.get("/api/sandbox/clock").json()
    return datetime.fromisoformat(answer["now"]).astimezone(UTC)


def later(demo: Demo, *, minutes: float) -> None:
    demo.post("/api/sandbox/clock", {"advance_seconds": round(minutes * 60)})


def next_day(tab: Tab, demo: Demo) -> None:
    """Tomorrow at half past twelve: every lesson of the sample is due, and all sign in anew.

    The page is left first: it would ask on with a session that has ended.
    """
    tab.page.goto("about:blank")
    tab.page.context.clear_cookies()
    wake_at(demo, (now_of(demo) + timedelta(days=1)).replace(hour=12, minute=30))
    sign_in(tab)


def be_awake(demo: Demo) -> None:
    """Lessons keep quiet hours: let it be mid-morning when the tests run in the evening."""
    now = now_of(demo)
    if not 9 <= now.hour < 18:
        wake_at(demo, now.replace(hour=10, minute=0) + timedelta(days=now.hour >= 10))


def wake_at(demo: Demo, moment: datetime) -> None:
    later(demo, minutes=(moment - now_of(demo)).total_seconds() / 60)
    demo.http.cookies.clear()
    demo.sign_in()
