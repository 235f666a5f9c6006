"""Sections 1, 3 and 4 of the public interface: start, settings, the API's frame and its shapes."""

import re
from datetime import datetime

import httpx
import pytest
from openapi_spec_validator import validate
from tests.integration.contract.conftest import Product, page, problem

from candor.common.settings import Settings

LISTS = ("accounts", "channels", "comments", "scripts", "conversations", "groups", "logs")
OWNERS_ONLY = ("/api/channels", "/api/scripts", "/api/accounts", "/api/sandbox/users")
SETTINGS = {
    "DATABASE_URL": None,
    "REDIS_URL": None,
    "OPENAI_API_KEY": None,
    "OPENAI_BASE_URL": None,
    "CANDOR_LLM_MODEL": None,
    "CANDOR_LLM_MODEL_SMALL": None,
    "TELEGRAM_BOT_API_URL": "https://api.telegram.org",
    "TELEGRAM_API_ID": None,
    "TELEGRAM_API_HASH": None,
    "TELEGRAM_MTPROTO_SERVER": None,
    "TELEGRAM_MTPROTO_PUBLIC_KEY": None,
    "TELEGRAM_MTPROTO_DC": None,
    "CANDOR_SECRET_KEYS": None,
    "CANDOR_SECRET_KEYS_FILE": None,
    "CANDOR_BUSINESS_NAME": None,
    "CANDOR_LANGUAGE": "ru",
    "CANDOR_TIMEZONE": "UTC",
    "CANDOR_PUBLIC_URL": None,
}
PATHS = """
get,post /accounts; get,put,delete /accounts/{}; post /accounts/login; post /accounts/login/{}/code
post /accounts/login/{}/password; get /accounts/login/{}/qr
get,post /channels; get,put,delete /channels/{}; get /channels/{}/posts
get /comments; post /comments/{}/approve; post /comments/{}/reject
get,post /scripts; get,post,put,delete /scripts/{}; get /scripts/{}/versions
get /scripts/{}/versions/{}; get /scripts/{}/diff; post /scripts/{}/rollback; post /scripts/{}/try
get /conversations; get /conversations/{}; post /conversations/{}/take
post /conversations/{}/give-back; post /conversations/{}/messages
get,post /groups; get,put,delete /groups/{}; get /groups/{}/messages; get /stats; get /logs
post /sandbox/users; post /sandbox/messages; get /sandbox/chats; get /sandbox/chats/{}/messages
post /sandbox/channels; post /sandbox/channels/{}/posts; post /sandbox/chats/{}/members
post /sandbox/chats/{}/join; post /sandbox/press; post /sandbox/faults
"""


def test_that_it_prints_address_email_and_one_time_password(product: Product) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", product.address)
    assert "@" in product.printed("E-mail")
    assert len(product.printed("One-time password")) >= 12
    assert product.data_dir.stat().st_mode & 0o777 == 0o700
    page_ = httpx.get(product.address, follow_redirects=True)
    assert page_.status_code == 200


def test_that_the_settings_have_their_names_and_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = {field.alias: field.default for field in Settings.model_fields.values()}
    assert SETTINGS.items() <= fields.items()
    monkeypatch.setenv("TELEGRAM_API_ID", "")
    assert Settings(_env_file=None).telegram_api_id is None  # type: ignore[call-arg]


def test_that_liveness_readiness_and_figures_are_open(product: Product) -> None:
    assert httpx.get(f"{product.address}/healthz").status_code == 200
    ready = httpx.get(f"{product.address}/readyz")
    assert ready.status_code == 200
    assert ready.json()["parts"]["database"]["ready"] is True
    figures = product.owner.get("/metrics")
    assert figures.headers["content-type"].startswith("text/plain")
    assert "# TYPE" in figures.text


def test_that_the_document_is_valid_and_names_every_operation(product: Product) -> None:
    document = product.owner.get("/api/openapi.json").json()
    validate(document)
    offered = {
        (method, re.sub(r"\{\w+\}", "{}", path))
        for path, methods in document["paths"].items()
        for method in methods
    }
    wanted = {
        (method, f"/api{line.split()[1]}")
        for line in re.split(r"[;\n]", PATHS)
        if line.strip()
        for method in line.split()[0].split(",")
    }
    assert wanted <= offered, wanted - offered
    shapes = document["components"]["schemas"]
    assert shapes["CommentAnswer"]["properties"].keys() >= {
        "id", "post_id", "account_id", "text", "status", "scheduled_for", "sent_at", "engagement",
    }  # fmt: skip
    assert shapes["EngagementAnswer"]["properties"].keys() == {"views", "replies", "reactions"}
    assert shapes["SummaryAnswer"]["properties"].keys() >= {"main_idea", "keywords", "tone"}
    docs = product.owner.get("/api/docs")
    assert docs.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("name", LISTS)
def test_that_lists_are_paged_within_limits(product: Product, name: str) -> None:
    address = f"/api/{name}"
    assert product.viewer.get(address).json()["per_page"] == 50
    page(product.viewer.get(address, params={"page": 2, "per_page": 200}))
    for wrong in ({"per_page": 201}, {"per_page": 0}, {"page": 0}, {"page": "x"}):
        said = problem(product.viewer.get(address, params=wrong), 422)
        assert [error["path"] for error in said["errors"]] == list(wrong)


def test_that_who_is_not_known_or_not_allowed_is_refused(product: Product) -> None:
    problem(httpx.get(f"{product.address}/api/accounts"), 401)
    wrong = {"Authorization": "Bearer nonsense"}
    problem(httpx.get(f"{product.address}/api/accounts", headers=wrong), 401)
    for address in OWNERS_ONLY:
        problem(product.operator.post(address, json={}), 403)
    for address in ("/api/groups", "/api/conversations/1/take", "/api/comments/1/approve"):
        problem(product.viewer.post(address, json={}), 403)
    problem(product.viewer.get("/api/sandbox/chats"), 403)
    problem(product.operator.delete("/api/accounts/1"), 403)


def test_that_what_is_not_there_is_a_problem_too(product: Product) -> None:
    for address in ("nothing", "accounts/999999", "scripts/999999", "groups/99999999999999999999"):
        assert problem(product.owner.get(f"/api/{address}"), 404)["code"] == "not_found"
    problem(product.owner.patch("/api/accounts"), 405)
    problem(product.owner.post("/api/channels", content=b"{"), 400)
    for name in ("comments?status=wrong", "conversations?handling=wrong", "logs?level=wrong"):
        problem(product.owner.get(f"/api/{name}"), 422)


def test_that_accounts_have_their_shape_and_keep_their_secrets(product: Product) -> None:
    accounts = page(product.viewer.get("/api/accounts"))
    assert {account["role"] for account in accounts} == {"sales", "commentator", "partner"}
    for account in accounts:
        assert {"kind", "title", "username", "status", "disclosed_at", "phone_masked"} <= set(
            account
        )
        assert account["personality"].keys() == {
            "name", "style", "tone", "interests", "vocabulary", "phrases"
        }  # fmt: skip
        assert account["kind"] == "bot"
        assert datetime.fromisoformat(account["disclosed_at"]).utcoffset() is not None
        assert not {"token", "phone", "session"} & account.keys()


def test_that_an_account_comes_is_changed_and_goes(product: Product) -> None:
    api = product.owner
    made = api.post("/api/sandbox/bots", json={"username": "held_bot", "name": "Held"}).json()
    body = {"kind": "bot", "role": "partner", "title": "Помощник", "token": made["token"]}
    account = api.post("/api/accounts", json=body)
    assert account.status_code == 201, account.text
    assert made["token"] not in account.text
    address = f"/api/accounts/{account.json()['id']}"
    personality = {"name": "Мая", "style": "кратко", "interests": ["чай"]}
    changed = api.put(address, json={**account.json(), "personality": personality}).json()
    assert (changed["personality"]["name"], changed["personality"]["interests"]) == ("Мая", ["чай"])
    assert api.delete(address).status_code in (200, 204)
    problem(api.get(address), 404)
    problem(api.post("/api/accounts", json={**body, "token": f"{'1' * 9}:{'A' * 35}"}), 422)
    problem(api.post("/api/accounts", json={**body, "role": "boss"}), 422)


def test_that_a_sign_in_goes_in_steps(product: Product) -> None:
    api = product.owner
    assert problem(api.post("/api/accounts/login", json={"phone": "+79990001122"}), 422)["detail"]
    problem(api.post("/api/accounts/login/1/code", json={"code": "12345"}), 409)
    problem(api.post("/api/accounts/login/1/password", json={"password": "x"}), 409)
    problem(api.get("/api/accounts/login/1/qr"), 409)


def test_that_stats_and_logs_have_their_figures_and_filters(product: Product) -> None:
    span = {"from": "2026-01-01", "to": "2026-01-31"}
    stats = product.viewer.get("/api/stats", params=span).json()
    assert len(stats["days"]) == 31
    funnel = {"comments", "clicks", "dialogues", "agreements", "groups", "tasks_done"}
    assert all(funnel <= day.keys() for day in stats["days"])
    assert {"calls", "prompt_tokens", "completion_tokens", "cost"} <= stats["model"].keys()
    assert {"strategies", "replies", "versions"} <= stats.keys()
    problem(product.viewer.get("/api/stats", params={"from": "x"}), 422)
    found = page(product.viewer.get("/api/logs", params={"kind": "security", "q": "token"}))
    assert found
    assert all(item["kind"] == "security" and item["level"] for item in found)
    page(product.viewer.get("/api/logs", params={"account_id": 1, "level": "info"}))
