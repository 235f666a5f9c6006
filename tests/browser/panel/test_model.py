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
