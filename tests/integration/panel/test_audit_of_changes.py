"""Every change has its line in the audit log: each writing request of the panel is really sent.

The requests stand in `api_calls.py` and `form_calls.py`. A new operation or form without an entry
there fails here, and so does one that answers well and leaves no line.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from tests.integration.panel.api_calls import API_CALLS, Ask, Maker
from tests.integration.panel.conftest import Browser
from tests.integration.panel.form_calls import FORM_CALLS, OWN_BROWSER
from tests.integration.panel.whole import Whole, running_whole

from candor.panel.access import SAFE_METHODS
from candor.panel.app import create_app
from candor.panel.ports import PanelServices, PanelSettings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SANDBOX = "the invented world of the demo, which knows no business and no client"
DRAFT = "a person's own unfinished text, which nobody else sees and which is kept at every pause"
NO_LINE = {
    "api.scripts_check_script": "a check: nothing is stored",
    "api.scripts_format_script": "a conversion: nothing is stored",
    "api.scripts_test_source": "a dry run: nothing is stored",
    "api.scripts_test_script": "a dry run: nothing is stored",
    "api.scripts_try_source": "a dry run: nothing is stored",
    "api.scripts_try_script": "a dry run: nothing is stored",
    "api.questionnaires_check_questionnaire": "a check: nothing is stored",
    "api.scripts_keep_draft": DRAFT,
    "api.scripts_drop_draft": DRAFT,
    "api.scripts_keep_draft_of_new": DRAFT,
    "api.scripts_drop_draft_of_new": DRAFT,
    "api.sandbox_rest": SANDBOX,
    "api.sandbox_add_channel": SANDBOX,
    "api.sandbox_add_member": SANDBOX,
    "api.sandbox_add_person": SANDBOX,
    "api.sandbox_join": SANDBOX,
    "api.sandbox_misbehave": SANDBOX,
    "api.sandbox_post": SANDBOX,
    "api.sandbox_press": SANDBOX,
    "api.sandbox_write_as_person": SANDBOX,
}
"""Writing methods without a line, each with the reason; a new one has to be added on purpose."""


@pytest.fixture(scope="module")
def whole(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with running_whole(module_database_url, Path(tmp_path_factory.mktemp("whole"))) as running:
        yield running


def writing_endpoints() -> set[str]:
    app = create_app(cast(PanelServices, SimpleNamespace()), PanelSettings(business_name="x"))
    return {
        rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) - SAFE_METHODS
    }


def test_that_every_writing_operation_of_the_api_has_its_request_here() -> None:
    known = {f"api.{name}" for name in API_CALLS} | NO_LINE.keys()
    found = {name for name in writing_endpoints() if name.startswith("api.")}
    assert not found - known, (
        "Give each new operation a valid request in api_calls.py, or say in NO_LINE why it leaves "
        f"no line in the audit log: {sorted(found - known)}"
    )
    assert not known - found, f"These are no operations any more: {sorted(known - found)}"


def test_that_every_form_of_the_panel_has_its_request_here() -> None:
    known = {name.partition(":")[0] for name in FORM_CALLS} | OWN_BROWSER.keys()
    found = {name for name in writing_endpoints() if not name.startswith("api.")}
    assert not found - known, (
        f"Give each new form a valid request in form_calls.py: {sorted(found - known)}"
    )
    assert not known - found, f"These are no forms any more: {sorted(known - found)}"


@pytest.mark.parametrize("name", sorted(API_CALLS))
def test_that_an_operation_leaves_its_line(whole: Whole, name: str) -> None:
    ask, answer, lines = sent(whole, API_CALLS[name])
    line = the_line(ask, answer, lines)
    assert line["action"] == name
    assert line["subject"] == ask.path
    assert line["actor"] == "owner@example.org"


@pytest.mark.parametrize("name", sorted(FORM_CALLS))
def test_that_a_form_leaves_its_line(whole: Whole, name: str) -> None:
    ask, answer, lines = sent(whole, FORM_CALLS[name])
    line = the_line(ask, answer, lines)
    endpoint = name.partition(":")[0]
    assert line["action"] == OWN_WORDS.get(endpoint, OWN_WORDS.get(name, endpoint))
    if line["action"] == endpoint:
        assert line["subject"] == ask.path
    assert line["subject"]
    assert line["actor"] == "owner@example.org"


@pytest.mark.parametrize("name", sorted(OWN_BROWSER))
def test_that_what_a_person_does_to_their_own_entry_leaves_its_line(
    whole: Whole, name: str
) -> None:
    ask, browser = OWN_BROWSER[name](whole)
    answer, lines = post(whole, browser, ask)
    line = the_line(ask, answer, lines)
    assert line["action"] == OWN_WORDS.get(name, name)
    assert line["actor"].startswith("colleague")


def test_that_the_line_of_something_new_names_it(whole: Whole) -> None:
    _, answer, [line] = sent(whole, API_CALLS["channels_add_channel"])
    assert line["details"] == {"made": answer.json()["id"]}
    _, answer, [line] = sent(whole, FORM_CALLS["channels.new"])
    assert line["details"] == {"made": answer.headers["location"].split("?")[0]}


def test_that_a_programs_line_names_the_program(whole: Whole) -> None:
    ask = API_CALLS["clients_add_note"](whole)
    mark = whole.audit_mark()
    assert whole.programs["owner"].request("POST", ask.path, json=ask.body).status_code == 201
    [line] = whole.audited_since(mark)
    assert line["actor"] == "token whole owner"


def test_that_a_repeated_request_that_acts_once_leaves_one_line(whole: Whole) -> None:
    ask = API_CALLS["clients_add_note"](whole)
    mark, key = whole.audit_mark(), {"Idempotency-Key": "once"}
    for _ in range(2):
        answer = whole.programs["owner"].post(ask.path, json=ask.body, headers=key)
        assert answer.status_code == 201
    assert len(whole.audited_since(mark)) == 1


@pytest.mark.parametrize("name", sorted(API_CALLS))
def test_that_a_refused_operation_leaves_no_line(whole: Whole, name: str) -> None:
    """By its role, by its body, and for an object that is not there."""
    whole.acting = "owner"
    ask = API_CALLS[name](whole)
    mark = whole.audit_mark()
    viewer = whole.programs["viewer"].request(ask.method, ask.path, **ask.arguments())
    assert viewer.status_code == 403
    owner = whole.programs["owner"]
    if re.search(r"/\d+", ask.path):
        nobody = re.sub(r"/-?\d+", "/999999999", ask.path)
        gone = owner.request(ask.method, nobody, **ask.arguments())
        assert gone.status_code in (404, 409, 422), f"{nobody}: {gone.text}"
    if ask.body is not None or ask.text is not None:
        broken = owner.request(ask.method, ask.path, content=b"[")
        assert broken.status_code in (400, 422), f"{ask.path}: {broken.text}"
    assert whole.audited_since(mark) == []


OWN_WORDS = {
    "settings.add_operator": "operator.add",
    "settings.change_operator:role": "operator.change",
    "settings.change_operator:enable": "operator.change",
    "settings.change_operator:disable": "operator.change",
    "settings.change_operator:reset-password": "operator.reset_password",
    "settings.change_operator:reset-2fa": "operator.reset_2fa",
    "settings.add_token": "token.create",
    "settings.revoke_token": "token.revoke",
    "signing.change_name": "operator.change_name",
    "signing.change_password": "operator.change_password",
    "signing.second_factor": "operator.enable_2fa",
    "signing.remove_second_factor": "operator.reset_2fa",
    "signing.sign_in": "session.open",
    "signing.second_step": "session.open",
}
"""Where the action is not the endpoint's name: what also the command line can do."""


def sent(whole: Whole, maker: Maker) -> tuple[Ask, httpx.Response, list[dict[str, Any]]]:
    """The request as the signed-in owner; the request, its answer and the lines it left."""
    whole.acting = "owner"
    ask = maker(whole)
    return ask, *post(whole, whole.people["owner"], ask)


def post(whole: Whole, browser: Browser, ask: Ask) -> tuple[httpx.Response, list[dict[str, Any]]]:
    more = ask.arguments()
    token = browser.csrf(ask.path if ask.path.startswith("/sign-in") else "/profile")
    if ask.form is None:
        more["headers"] = {**more.get("headers", {}), "X-CSRF-Token": token}
    else:
        more["data"]["csrf_token"] = token
    mark = whole.audit_mark()
    answer = browser.http.request(ask.method, ask.path, **more)
    return answer, whole.audited_since(mark)


def the_line(ask: Ask, answer: httpx.Response, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The request went well, and exactly one line says who did what, without any secret."""
    assert answer.status_code < 400, f"{ask.method} {ask.path}: {answer.text[:600]}"
    assert len(lines) == 1, f"{ask.method} {ask.path} left {lines}"
    [line] = lines
    assert line["ip"] == "127.0.0.1"
    shown = re.findall(r"whsec_[\w+/=]+|cdr_\w+|\bstart=owner_\w+", answer.text)
    for secret in (*ask.secrets, *shown):
        assert secret not in str(line), "a secret in the audit log"
    return line
