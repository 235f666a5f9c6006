"""Model and spend in a real browser: prompts changed and compared, a budget set, both languages."""

import pytest
from tests.browser.conftest import Tab

PAGES = ("/model/", "/model/prompts", "/model/prompts/sales/reply", "/model/budget", "/model/spend")


@pytest.mark.timeout(300)
def test_that_a_prompt_is_changed_compared_and_rolled_back(tab: Tab) -> None:
    tab.sign_in()
    tab.speak("en")
    tab.open("/model/prompts/sales/reply")
    shipped = tab.page.input_value("#text")
    tab.page.fill("#text", f"{shipped}\nBe brief.")
    tab.page.get_by_role("button", name="Save as a new version").click()
    tab.page.locator(".diff ins", has_text="Be brief.").wait_for()
    assert tab.violations() == []
    assert not tab.is_too_wide()
    tab.page.get_by_role("button", name="Back to the shipped text").click()
    tab.page.get_by_text("Restored as a new version").wait_for()
    assert tab.page.input_value("#text") == shipped


@pytest.mark.timeout(300)
def test_that_a_budget_is_set_and_a_wrong_one_is_explained(tab: Tab) -> None:
    tab.sign_in()
    tab.speak("ru")
    tab.open("/model/budget")
    tab.page.fill("#day", "2,5")
    tab.page.get_by_role("button", name="Сохранить").click()
    tab.page.get_by_text("Сколько израсходовано").wait_for()
    assert tab.page.input_value("#day") == "2.5"
    tab.page.fill("#month", "-1")
    tab.page.get_by_role("button", name="Сохранить").click()
    tab.page.get_by_role("alert").get_by_text("Укажите сумму в долларах").wait_for()
    assert tab.page.input_value("#month") == "-1"
    assert tab.violations() == []
    tab.complaints = [line for line in tab.complaints if "422" not in line]


@pytest.mark.timeout(300)
def test_that_a_model_gets_its_price_and_a_wrong_one_is_explained(tab: Tab) -> None:
    tab.sign_in()
    tab.speak("ru")
    tab.open("/model/budget")
    row = tab.page.get_by_role("group", name="Ещё одна модель")
    row.get_by_label("Имя модели").fill("deepseek-chat")
    row.get_by_label("Вход, $").fill("0,28")
    row.get_by_label("Выход, $").fill("дорого")
    tab.page.get_by_role("button", name="Задать цены").click()
    tab.page.get_by_role("alert").get_by_text("Укажите обе цены").wait_for()
    assert tab.violations() == []
    row = tab.page.get_by_role("group", name="deepseek-chat")
    assert row.get_by_label("Вход, $").input_value() == "0,28"
    row.get_by_label("Выход, $").fill("0.42")
    tab.page.get_by_role("button", name="Задать цены").click()
    tab.page.get_by_role("group", name="Ещё одна модель").wait_for()
    row = tab.page.get_by_role("group", name="deepseek-chat")
    assert row.get_by_label("Вход, $").input_value() == "0.28"
    assert tab.violations() == []
    for field in ("Вход, $", "Выход, $"):
        row.get_by_label(field).fill("")
    tab.page.get_by_role("button", name="Задать цены").click()
    tab.page.get_by_role("group", name="deepseek-chat").wait_for(state="detached")
    tab.complaints = [line for line in tab.complaints if "422" not in line]


@pytest.mark.parametrize("tab", [(1360, 850), (390, 844)], indirect=True, ids=["wide", "phone"])
@pytest.mark.timeout(300)
def test_that_its_pages_are_accessible_and_fit_the_screen(tab: Tab) -> None:
    tab.sign_in()
    for language in ("ru", "en"):
        tab.speak(language)
        for path in PAGES:
            tab.open(path)
            assert tab.violations() == [], path
            assert not tab.is_too_wide(), path
