"""OWASP ASVS 5.0, level 2, as far as one list can be held against all views at once.

See docs/reference/security.md for the whole list and where each item is tested.
"""

import re

import pyotp
import pytest
from flask import Flask
from tests.integration.panel.conftest import PASSWORD, Browser, RunningPanel

from candor.panel.access import SAFE_METHODS
from candor.panel.api.contract import Operation
from candor.panel.app import create_app

OPEN_TO_ALL = {
    "signing.sign_in",
    "signing.second_step",
    "signing.set_language",
    "signing.set_theme",
    "health.healthz",
    "health.readyz",
    "health.metrics",
    "api.api_openapi",
    "welcome.show",
    "welcome.transparency",
}
"""What a stranger may ask; a new one has to be added here on purpose."""


@pytest.fixture
def app(panel: RunningPanel) -> Flask:
    return create_app(panel.services, panel.settings)


def test_that_every_view_is_for_signed_in_people_or_known_to_be_open(app: Flask) -> None:
    found = {
        name
        for name, view in app.view_functions.items()
        if getattr(view, "candor_role", "owner") is None
    }
    assert found - OPEN_TO_ALL == set()


def test_that_every_view_that_changes_something_is_audited_or_says_why_not(app: Flask) -> None:
    quiet = set()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        changes = (rule.methods or set()) - SAFE_METHODS
        if changes and not getattr(view, "candor_audited", True):
            quiet.add(rule.endpoint)
    # They write their own entry with details, change nothing, or keep a person's own draft.
    allowed = re.compile(
        r"settings\.\w+|signing\.\w+|api\.sandbox\w*|api\.scripts_\w*(draft|check|format|test|try)\w*"
        r"|api\.\w*(check|preview|test|try)\w*|\w+\.(check|preview|test|try)\w*"
    )
    assert {name for name in quiet if not allowed.fullmatch(name)} == set()


def test_that_a_viewer_changes_nothing_whatever_the_object(panel: RunningPanel, app: Flask) -> None:
    viewer = panel.program("viewer")
    operations: list[Operation] = app.extensions["candor_api"].operations
    for operation in operations:
        if operation.role not in ("operator", "owner"):
            continue
        path = "/api" + re.sub(r"<[^>]+>", "1", operation.path)
        answer = viewer.request(operation.method, path, json={})
        assert answer.status_code == 403, f"{operation.method} {path}"
        assert answer.json()["code"] == "forbidden"


def test_that_nobody_but_an_owner_ends_the_session_of_somebody_else(panel: RunningPanel) -> None:
    owner, operator = panel.person("owner"), panel.person("operator")
    theirs = _session_of(panel, "owner@example.org")
    assert operator.post(f"/profile/sessions/{theirs}/end").status_code == 404
    assert owner.http.get("/profile").status_code == 200
    mine = _session_of(panel, "operator@example.org")
    assert owner.post(f"/profile/sessions/{mine}/end").status_code == 303
    assert operator.http.get("/profile").status_code == 303


def test_that_a_recovery_code_opens_once(panel: RunningPanel) -> None:
    anna = panel.person()
    page = anna.http.get("/profile/second-factor").text
    secret = re.search(r"<code[^>]*>([A-Z2-7 ]{16,})</code>", page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert secret
    assert sealed
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(panel.clock.now())
    shown = anna.post(
        "/profile/second-factor", page="/profile/second-factor", sealed=sealed[1], code=code
    ).text
    recovery = re.findall(r"<code>([\w-]{8,})</code>|<li[^>]*>\s*<?\w*>?([\w]{4,}-[\w-]+)", shown)
    codes = [first or second for first, second in recovery]
    assert len(codes) >= 8
    for expected in (303, 401):
        other = Browser(panel.anonymous())
        other.sign_in("owner@example.org", PASSWORD)
        done = other.post("/sign-in/code", page="/sign-in/code", code=codes[0])
        assert done.status_code == expected


@pytest.mark.parametrize(
    "path", ["/dashboard/", "/conversations/", "/scripts/new", "/settings/", "/logs/", "/profile"]
)
def test_that_pages_run_no_script_of_others_and_are_kept_by_nobody(
    panel: RunningPanel, path: str
) -> None:
    answer = panel.person().http.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=\"|javascript:", answer.text)


def test_that_the_session_cookie_is_out_of_reach_of_scripts(panel: RunningPanel) -> None:
    browser = Browser(panel.anonymous())
    cookies = browser.sign_in(panel.operator()).headers.get_list("Set-Cookie")
    [session] = [cookie for cookie in cookies if cookie.startswith("candor_session=")]
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session
    assert PASSWORD not in session


def _session_of(panel: RunningPanel, email: str) -> int:
    return panel.portal.run(_first_session(panel, email))


async def _first_session(panel: RunningPanel, email: str) -> int:
    async with panel.units() as unit:
        person = await unit.operators.find(email)
        assert person is not None
        return int((await unit.panel_sessions.of_operator(person.id))[0].id)
