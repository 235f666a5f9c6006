"""`/api/webhooks` and its pages: the secret is shown once, wrong addresses are named."""

import re

import httpx
import pytest
from tests.integration.panel.conftest import RunningPanel

HOOK = {"title": "CRM", "url": "https://hooks.example.org/candor", "events": ["client.agreed"]}


@pytest.fixture
def api(panel: RunningPanel) -> httpx.Client:
    return panel.program()


def test_that_the_secret_is_in_the_first_answer_and_in_no_other(api: httpx.Client) -> None:
    made = api.post("/api/webhooks", json=HOOK, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    assert made.headers["cache-control"] == "no-store"

    for path in ("/api/webhooks", "/api/webhooks/1", "/api/webhooks/1/deliveries"):
        assert secret not in api.get(path).text
    again = api.post("/api/webhooks", json=HOOK, headers={"Idempotency-Key": "one"})
    assert secret not in again.text, "A secret is not kept to be shown again."
    changed = api.post("/api/webhooks/1/secret").json()["secret"]
    assert changed != secret


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"url": "http://example.org/"}, "url"),
        ({"url": "https://192.168.0.1/"}, "url"),
        ({"url": "https://localhost/"}, "url"),
        ({"url": "nonsense"}, "url"),
        ({"title": "   "}, "title"),
        ({"events": []}, "events"),
        ({"events": ["client.dreamt"]}, "events.0"),
    ],
)
def test_that_a_wrong_field_is_named(
    api: httpx.Client, change: dict[str, object], path: str
) -> None:
    answer = api.post("/api/webhooks", json={**HOOK, **change})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == path
    assert api.get("/api/webhooks").json()["total"] == 0


def test_that_it_is_paused_tested_switched_on_and_removed(api: httpx.Client) -> None:
    api.post("/api/webhooks", json=HOOK)
    assert api.post("/api/webhooks/1/test").status_code == 202
    waiting = api.get("/api/webhooks/1/deliveries").json()["items"]
    assert [item["kind"] for item in waiting] == ["webhook.test"]

    paused = api.put("/api/webhooks/1", json={**HOOK, "status": "paused"}).json()
    assert (paused["status"], paused["waiting"]) == ("paused", 1)
    assert api.post("/api/webhooks/1/test").status_code == 409
    assert api.put("/api/webhooks/1", json={**HOOK, "status": "auto_paused"}).status_code == 422
    assert (
        api.put("/api/webhooks/1", json={**HOOK, "status": "active"}).json()["status"] == "active"
    )
    assert api.delete("/api/webhooks/1").status_code == 204
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/secret")):
        assert api.request(method, f"/api/webhooks/1{path}").status_code == 404


def test_that_there_is_an_end_to_webhooks(api: httpx.Client) -> None:
    for _ in range(20):
        assert api.post("/api/webhooks", json=HOOK).status_code == 201
    assert api.post("/api/webhooks", json=HOOK).status_code == 409


def test_that_the_page_shows_the_secret_once(panel: RunningPanel) -> None:
    browser = panel.person(language="en")
    made = browser.http.post("/webhooks/", data={**HOOK, "csrf_token": browser.csrf()})
    secret = re.search(r'id="secret">(whsec_[^<]+)<', made.text)
    assert secret
    assert secret[1] not in browser.http.get("/webhooks/1").text
    refused = browser.post(
        "/webhooks/", title="CRM", url="http://10.0.0.1/", events="client.agreed"
    )
    assert refused.status_code == 422
    assert "private network" in refused.text or "https://" in refused.text
    assert browser.post("/webhooks/1/test").status_code == 303
    assert "A test" in browser.http.get("/webhooks/1").text
    assert browser.post("/webhooks/1/dance").status_code == 404
