"""Signing in, staying in, and being kept out."""

import base64
import html
import re
from datetime import timedelta

import pyotp
from tests.integration.panel.conftest import PASSWORD, Browser, RunningPanel

from candor.panel.auth.operators import OperatorAdministration


def test_that_a_person_signs_in_and_sees_their_profile(panel: RunningPanel) -> None:
    browser = panel.person()
    page = browser.http.get("/profile")
    assert page.status_code == 200
    assert "owner@example.org" in page.text


def test_that_a_stranger_is_sent_to_the_sign_in_page_and_back(panel: RunningPanel) -> None:
    page = panel.anonymous().get("/profile")
    assert page.status_code == 303
    assert page.headers["location"] == "/sign-in?next=/profile"


def test_that_the_address_to_go_back_to_stays_on_this_site(panel: RunningPanel) -> None:
    browser = Browser(panel.anonymous())
    email = panel.operator()
    page = browser.post(
        "/sign-in", page="/sign-in", email=email, password=PASSWORD, next="//evil.example/x"
    )
    assert page.headers["location"] == "/"


def test_that_guessing_is_slowed_down_and_a_wrong_email_sounds_like_a_wrong_password(
    panel: RunningPanel,
) -> None:
    browser = Browser(panel.anonymous())
    email = panel.operator()
    unknown = browser.sign_in("nobody@example.org", "x" * 12)
    wrong = [browser.sign_in(email, "x" * 12) for _ in range(5)]
    blocked = browser.sign_in(email)
    assert unknown.status_code == wrong[0].status_code == 401
    assert "The e-mail or the password is wrong." in unknown.text
    assert blocked.status_code == 429
    panel.clock.advance(timedelta(seconds=20))
    assert browser.sign_in(email).status_code == 303


def test_that_a_form_without_the_csrf_token_changes_nothing(panel: RunningPanel) -> None:
    browser = panel.person()
    assert browser.http.post("/sign-out", data={}).status_code == 403
    assert browser.http.get("/profile").status_code == 200


def test_that_a_session_ends_by_idleness_by_age_and_by_its_owner(panel: RunningPanel) -> None:
    browser = panel.person()
    panel.clock.advance(timedelta(hours=11))
    assert browser.http.get("/profile").status_code == 200
    panel.clock.advance(timedelta(hours=13))
    assert browser.http.get("/profile").status_code == 303
    second = Browser(panel.anonymous())
    second.sign_in("owner@example.org")
    page = second.http.get("/profile").text
    number = re.search(r"/profile/sessions/(\d+)/end", page)
    assert number
    second.post(f"/profile/sessions/{number[1]}/end")
    assert second.http.get("/profile").status_code == 303


def test_that_an_open_page_that_asks_by_itself_is_no_person(panel: RunningPanel) -> None:
    browser = panel.person()
    panel.clock.advance(timedelta(hours=7))
    assert browser.http.get("/live", headers={"X-Live-Mark": ""}).status_code == 200
    panel.clock.advance(timedelta(hours=7))
    assert browser.http.get("/profile").status_code == 303


def test_that_the_second_factor_is_asked_once_it_is_on_and_a_code_is_good_once(
    panel: RunningPanel,
) -> None:
    browser = panel.person()
    page = browser.http.get("/profile/second-factor").text
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert sealed
    secret = base64.b64decode(html.unescape(sealed[1])).decode().rpartition("|")[2]
    code = pyotp.TOTP(secret).at(panel.clock.now())
    shown = browser.post("/profile/second-factor", sealed=html.unescape(sealed[1]), code=code)
    recovery = re.findall(r"<code>(\w{5}-\w{5})</code>", shown.text)
    assert len(recovery) == 10

    fresh = Browser(panel.anonymous())
    assert fresh.sign_in("owner@example.org").headers["location"] == "/sign-in/code"
    assert fresh.http.get("/profile").status_code == 303
    again = fresh.post("/sign-in/code", page="/sign-in/code", code=code)
    assert again.status_code == 401
    panel.clock.advance(timedelta(seconds=60))
    later = pyotp.TOTP(secret).at(panel.clock.now())
    assert fresh.post("/sign-in/code", page="/sign-in/code", code=later).status_code == 303
    assert fresh.http.get("/profile").status_code == 200

    third = Browser(panel.anonymous())
    third.sign_in("owner@example.org")
    assert third.post("/sign-in/code", page="/sign-in/code", code=recovery[0]).status_code == 303


def test_that_a_one_time_password_has_to_be_changed_first(panel: RunningPanel) -> None:
    made = panel.portal.run(OperatorAdministration(panel.units, panel.clock).ensure_owner())
    assert made
    browser = Browser(panel.anonymous())
    browser.sign_in(*made)
    assert browser.http.get("/profile").headers["location"] == "/profile/password"
    changed = browser.post(
        "/profile/password",
        page="/profile/password",
        current=made[1],
        new=PASSWORD,
        again=PASSWORD,
    )
    assert changed.status_code == 303
    assert browser.http.get("/profile").status_code == 200


def test_that_the_language_is_switched_at_once_and_kept(panel: RunningPanel) -> None:
    browser = panel.person()
    browser.post("/language/ru", back="/profile")
    assert '<html lang="ru"' in browser.http.get("/profile").text


def test_that_a_wrong_address_answers_in_the_language_of_who_signed_in(panel: RunningPanel) -> None:
    panel.person(language="ru")
    again = Browser(panel.anonymous())
    again.sign_in("owner@example.org")
    missed = again.http.get("/no-such-page", headers={"Accept-Language": "en"})
    assert missed.status_code == 404
    assert "По этому адресу ничего нет" in missed.text


def test_that_a_part_of_a_page_leads_back_to_that_page_after_signing_in(
    panel: RunningPanel,
) -> None:
    asked = {"HX-Request": "true", "HX-Current-URL": f"{panel.address}/conversations/7?q=anna"}
    refused = panel.anonymous().get("/conversations/", headers=asked)
    assert refused.status_code == 401
    assert refused.headers["HX-Redirect"] == "/sign-in?next=/conversations/7?q%3Danna"
    asked["HX-Current-URL"] = "https://evil.example//evil.example/x"
    elsewhere = panel.anonymous().get("/conversations/", headers=asked)
    assert "evil" not in elsewhere.headers["HX-Redirect"]
