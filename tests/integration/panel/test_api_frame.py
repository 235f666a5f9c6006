"""What holds for the whole API: problems, pages, tokens, repeats, the document about it."""

import pytest
from openapi_spec_validator import validate
from tests.integration.panel.conftest import BOT_TOKEN, RunningPanel


def test_that_the_document_is_valid_openapi(panel: RunningPanel) -> None:
    document = panel.anonymous().get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_that_the_document_names_every_path_of_the_contract(panel: RunningPanel) -> None:
    paths = panel.anonymous().get("/api/openapi.json").json()["paths"]
    for path in (
        "/api/accounts",
        "/api/accounts/{account_id}",
        "/api/accounts/login",
        "/api/scripts/{script_id}/rollback",
        "/api/conversations/{conversation_id}/give-back",
        "/api/groups/{group_id}/messages",
        "/api/stats",
        "/api/logs",
        "/api/sandbox/chats/{chat_id}/join",
    ):
        assert path in paths


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("page=0", "page"),
        ("per_page=201", "per_page"),
        ("page=x", "page"),
        ("strategy=y", "strategy"),
    ],
)
def test_that_a_wrong_filter_names_its_path(panel: RunningPanel, query: str, path: str) -> None:
    answer = panel.program().get(f"/api/conversations?{query}")
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_input"
    assert answer.json()["errors"][0]["path"] == path


@pytest.mark.parametrize(
    "address",
    [
        "/api/conversations/0",
        "/api/conversations/99999999999999999999",
        "/api/conversations/7",
        "/api/nothing",
        "/api/scripts/1/versions/9999999999",
    ],
)
def test_that_what_is_not_there_is_a_problem_with_404(panel: RunningPanel, address: str) -> None:
    answer = panel.program().get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"title": "\\u0000"}', b'{"title": "\\ud800"}', b"\xff\xfe", b"[" * 5000],
)
def test_that_a_body_that_is_no_storable_json_is_refused(panel: RunningPanel, body: bytes) -> None:
    answer = panel.program().post(
        "/api/accounts", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422), answer.text


def test_that_a_misspelt_field_is_named_and_changes_nothing(panel: RunningPanel) -> None:
    api = panel.program()
    made = api.post("/api/accounts", json={"role": "sales", "token": BOT_TOKEN}).json()
    address = f"/api/accounts/{made['id']}"

    wrong = api.put(address, json={"title": "New", "persnality": {"name": "Mayak"}})
    assert wrong.status_code == 422
    told = {item["path"]: item["message"] for item in wrong.json()["errors"]}
    assert told == {"persnality": "There is no such field. Did you mean personality?"}
    assert api.get(address).json()["title"] == made["title"]
    nested = api.put(address, json={"personality": {"naming": "Mayak"}})
    assert [item["path"] for item in nested.json()["errors"]] == ["personality.naming"]


def test_that_what_was_read_may_be_sent_back(panel: RunningPanel) -> None:
    api = panel.program()
    made = api.post("/api/accounts", json={"role": "sales", "token": BOT_TOKEN}).json()
    address = f"/api/accounts/{made['id']}"
    api.put(address, json={"status": "paused"})
    changed = {**api.get(address).json(), "title": "Lighthouse", "username": "somebody_else"}

    assert api.put(address, json=changed).status_code == 200
    found = api.get(address).json()
    assert (found["title"], found["username"]) == ("Lighthouse", made["username"])


def test_that_a_page_hears_what_went_wrong_in_its_readers_language(panel: RunningPanel) -> None:
    owner = panel.person("owner", language="ru")
    asked = owner.http.get("/api/clients/7")
    shown = owner.http.get("/api/clients/7", headers={"X-Candor-Page": "1"})
    assert asked.json()["detail"] == "There is no such client."
    assert shown.json()["detail"] == "Такого клиента нет."
    assert shown.json()["code"] == asked.json()["code"]


def test_that_odd_digits_are_a_number_to_no_page(panel: RunningPanel) -> None:
    owner = panel.person("owner")
    for odd in ("²", "٣", "9" * 5000):
        for address in (
            "scripts/?page",
            "conversations/?page",
            "webhooks/1?page",
            "channels/?page",
        ):
            assert owner.http.get(f"/{address}={odd}").status_code < 500, (address, odd)
        form = owner.post("/scripts/1/rollback", to=odd)
        assert form.status_code == 404


def test_that_strangers_and_revoked_tokens_stay_outside(panel: RunningPanel) -> None:
    assert panel.anonymous().get("/api/accounts").status_code == 401
    wrong = panel.anonymous(Authorization="Bearer cdr_wrong").get("/api/accounts")
    assert wrong.status_code == 401
    assert wrong.headers["www-authenticate"].startswith("Bearer")


def test_that_a_session_needs_the_csrf_header_and_a_token_does_not(panel: RunningPanel) -> None:
    browser = panel.person()
    body = {"messages": ["hi"], "source": "key: x"}
    assert browser.http.post("/api/scripts/try", json=body).status_code == 403
    with_header = browser.http.post(
        "/api/scripts/try", json=body, headers={"X-CSRF-Token": browser.csrf()}
    )
    assert with_header.status_code == 422


def test_that_a_repeated_post_answers_the_same_and_acts_once(panel: RunningPanel) -> None:
    api = panel.program()
    body = {"role": "sales", "token": BOT_TOKEN, "title": "Guide"}
    key = {"Idempotency-Key": "one"}
    first = api.post("/api/accounts", json=body, headers=key)
    assert first.status_code == 201, first.text
    again = api.post("/api/accounts", json=body, headers=key)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = api.post("/api/accounts", json={**body, "title": "Other"}, headers=key)
    assert other.json()["code"] == "idempotency_key_reused"
    assert api.post("/api/accounts", json=body).json()["code"] == "account_exists"


def test_that_an_unchanged_answer_is_not_sent_again(panel: RunningPanel) -> None:
    api = panel.program()
    first = api.get("/api/accounts")
    again = api.get("/api/accounts", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_that_secrets_go_in_and_never_come_out(panel: RunningPanel) -> None:
    api = panel.program()
    made = api.post("/api/accounts", json={"role": "sales", "token": BOT_TOKEN})
    number = made.json()["id"]
    everything = made.text + "".join(
        api.get(path).text for path in ("/api/accounts", f"/api/accounts/{number}", "/api/logs")
    )
    assert BOT_TOKEN.split(":")[1] not in everything
    assert made.json()["status"] == "active"
    assert made.json()["disclosed_at"].endswith("Z")


def test_that_every_change_is_in_the_audit_log(panel: RunningPanel) -> None:
    api = panel.program()
    number = api.post("/api/accounts", json={"role": "sales", "token": BOT_TOKEN}).json()["id"]
    api.put(f"/api/accounts/{number}", json={"status": "paused"})
    found = api.get("/api/logs", params={"kind": "security", "q": "update_account"}).json()
    assert found["items"][0]["subject"] == f"/api/accounts/{number}"
    assert found["items"][0]["actor"] == "token test owner"


def test_that_the_figures_answer_for_an_empty_and_a_wrong_period(panel: RunningPanel) -> None:
    api = panel.program()
    stats = api.get("/api/stats", params={"from": "2026-01-01", "to": "2026-01-31"}).json()
    assert len(stats["days"]) == 31
    assert next(stage["stage"] for stage in stats["funnel"]) == "comments"
    assert (
        api.get("/api/stats", params={"from": "2026-02-01", "to": "2026-01-01"}).status_code == 422
    )
    assert api.get("/api/stats", params={"from": "yesterday"}).status_code == 422


def test_that_the_sandbox_is_for_owners_and_its_refusals_are_problems(panel: RunningPanel) -> None:
    assert panel.program("operator").get("/api/sandbox/chats").status_code == 403
    api = panel.program()
    told = api.post("/api/sandbox/messages", json={"from": 1, "to": "bot", "text": "hi"}).json()
    assert told["path"] == "/messages"
    refused = api.get("/api/sandbox/chats/404/messages")
    assert refused.status_code == 404
    assert refused.json()["code"] == "no_chat"


def test_that_health_and_readiness_need_no_sign_in(panel: RunningPanel) -> None:
    visitor = panel.anonymous()
    assert visitor.get("/healthz").json() == {"status": "ok"}
    assert visitor.get("/readyz").status_code == 200
    assert visitor.get("/metrics").status_code == 200
