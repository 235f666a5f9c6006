"""Scripts over HTTP: saved in versions, never overwritten blindly, tried without a client."""

from typing import Any

import httpx
from tests.integration.panel.conftest import BOT_TOKEN, RunningPanel

DOCUMENT: dict[str, Any] = {
    "key": "first-contact",
    "kind": "sales",
    "title": "First contact",
    "language": "en",
    "steps": [
        {
            "key": "greeting",
            "say": "Hello {{ client.first_name }}! Why English?",
            "fits": ["for work"],
            "next": [{"when": "default", "to": "need"}],
        },
        {"key": "need", "say": "What is your level?"},
    ],
}


def changed(**changes: object) -> dict[str, Any]:
    return {**DOCUMENT, **changes}


def test_that_a_script_is_saved_read_and_saved_again_as_a_new_version(panel: RunningPanel) -> None:
    api = panel.program()
    made = api.post("/api/scripts", json=DOCUMENT)
    assert made.status_code == 201, made.text
    assert made.headers["ETag"] == '"1"'
    script = made.json()
    assert script["version"] == 1
    assert script["steps"][0]["must_say"] == []
    address = f"/api/scripts/{script['id']}"
    # What came out goes in again, with its read-only fields.
    saved = api.put(
        address, json={**script, "title": "Renamed"}, headers={"If-Match": made.headers["ETag"]}
    )
    assert saved.status_code == 200, saved.text
    assert (saved.json()["version"], saved.json()["title"]) == (2, "Renamed")
    assert api.post(address, json=changed(title="Third")).json()["version"] == 3
    assert [item["version"] for item in api.get(f"{address}/versions").json()["items"]] == [3, 2, 1]
    assert api.get(f"{address}/versions/1").json()["title"] == "First contact"
    assert api.get("/api/scripts").json()["total"] == 1


def test_that_a_stale_version_is_refused_with_the_current_one(panel: RunningPanel) -> None:
    api = panel.program()
    address = f"/api/scripts/{api.post('/api/scripts', json=DOCUMENT).json()['id']}"
    api.put(address, json=changed(title="Second"))
    stale = api.put(address, json=changed(title="Mine"), headers={"If-Match": '"1"'})
    assert stale.status_code == 409
    assert stale.json()["current_version"] == 2
    assert stale.headers["content-type"] == "application/problem+json"


def test_that_every_mistake_is_named_and_nothing_is_saved(panel: RunningPanel) -> None:
    api = panel.program()
    wrong = changed(
        steps=[{"key": "a", "say": "Hi", "next": [{"when": "default", "to": "nowhere"}]}]
    )
    answer = api.post("/api/scripts", json=wrong)
    assert answer.status_code == 422
    assert any(item["path"] == "steps.0.next.0.to" for item in answer.json()["errors"])
    yaml = "key: x\nkind: sales\ntitle: X\nlanguage: en\nsteps:\n  - key: a\n    sayy: Hi\n"
    answer = api.post("/api/scripts", content=yaml, headers={"Content-Type": "application/yaml"})
    assert answer.status_code == 422
    assert any(item["line"] == 7 for item in answer.json()["errors"])
    assert api.get("/api/scripts").json()["items"] == []


def test_that_versions_are_compared_and_rolled_back(panel: RunningPanel) -> None:
    api = panel.program()
    address = f"/api/scripts/{api.post('/api/scripts', json=DOCUMENT).json()['id']}"
    api.put(address, json=changed(title="Second"))
    difference = api.get(f"{address}/diff", params={"from": 1, "to": 2}).json()
    assert "+title: Second" in difference["unified"]
    assert difference["changes"][0]["fields"] == ["title"]
    back = api.post(f"{address}/rollback", json={"version": 1}).json()
    assert (back["version"], back["title"]) == (3, "First contact")
    assert api.post(f"{address}/rollback", json={"version": 99}).status_code == 404


def test_that_a_dry_run_answers_and_stores_nothing(panel: RunningPanel) -> None:
    api = panel.program()
    address = f"/api/scripts/{api.post('/api/scripts', json=DOCUMENT).json()['id']}"
    replies = api.post(f"{address}/try", json={"messages": ["hello", "for work"]})
    assert replies.status_code == 200, replies.text
    stages = [reply["stage"] for reply in replies.json()["replies"]]
    assert stages == ["greeting", "need"]
    told = {"messages": ["hello"], "diagnosis": {"level": "beginner", "labels": {"level": "New"}}}
    assert api.post(f"{address}/try", json=told).status_code == 200
    assert api.get("/api/conversations").json()["total"] == 0
    told["diagnosis"] = {"level": ["beginner"]}
    assert api.post(f"{address}/try", json=told).status_code == 422
    assert api.post(f"{address}/try", json={"messages": []}).status_code == 422
    blank = api.post(f"{address}/try", json={"messages": ["hello", "  ", "\n"]})
    assert blank.status_code == 422
    assert [error["path"] for error in blank.json()["errors"]] == ["messages.1", "messages.2"]


def test_that_only_owners_change_scripts(panel: RunningPanel) -> None:
    api = panel.program("operator")
    refused = api.post("/api/scripts", json=DOCUMENT)
    assert refused.status_code == 403
    assert refused.json()["needs"] == "owner"
    assert api.get("/api/scripts").status_code == 200


def test_that_the_owner_chooses_which_script_an_account_follows(panel: RunningPanel) -> None:
    api = panel.program()
    account = add_seller(api)
    first = api.post("/api/scripts", json=DOCUMENT).json()["id"]
    second = api.post("/api/scripts", json=changed(key="second", title="Second")).json()["id"]
    address = f"/api/accounts/{account}/scripts"

    def english() -> tuple[int | None, int]:
        """The choice, and what a new dialogue follows."""
        found = next(item for item in api.get(address).json() if item["language"] == "en")
        return found["script_id"], found["used"]["id"]

    assert english() == (None, first)
    chosen = api.put(address, json={"language": "en", "script_id": second})
    assert chosen.status_code == 200, chosen.text
    assert english() == (second, second)
    api.put(address, json={"language": "en", "script_id": None})
    assert english() == (None, first)
    # A deleted one is no choice any more.
    api.put(address, json={"language": "en", "script_id": second})
    api.delete(f"/api/scripts/{second}")
    assert english() == (None, first)


def test_that_a_wrong_choice_of_script_says_why(panel: RunningPanel) -> None:
    api = panel.program()
    address = f"/api/accounts/{add_seller(api)}/scripts"
    sells = api.post("/api/scripts", json=DOCUMENT).json()["id"]
    lesson = {
        "key": "lesson",
        "kind": "education",
        "title": "Lesson",
        "language": "en",
        "steps": [{"key": "one", "say": "Read.", "task": "Write a line."}],
    }
    made = api.post("/api/scripts", json=lesson)
    assert made.status_code == 201, made.text
    refused = api.put(address, json={"language": "en", "script_id": made.json()["id"]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "script_id"
    assert api.put(address, json={"language": "en", "script_id": 999}).status_code == 404
    unknown = api.put("/api/accounts/999/scripts", json={"language": "en", "script_id": sells})
    assert unknown.status_code == 404
    viewer = panel.program("viewer")
    assert viewer.get(address).status_code == 200
    assert viewer.put(address, json={"language": "en", "script_id": sells}).status_code == 403


def test_that_the_studio_and_the_accounts_page_choose_the_script(panel: RunningPanel) -> None:
    api, owner = panel.program(), panel.person(language="en")
    account = add_seller(api)
    api.post("/api/scripts", json=DOCUMENT)
    second = api.post("/api/scripts", json=changed(key="second", title="Second")).json()["id"]
    page = f"/scripts/{second}"
    assert "new dialogues follow it" not in owner.http.get(page).text
    assert owner.post(f"{page}/use", account=str(account)).status_code == 303
    assert "new dialogues follow it" in owner.http.get(page).text
    assert f'<option value="{second}" selected>' in owner.http.get(f"/accounts/{account}").text
    assert owner.post(f"/accounts/{account}/script", en="").status_code == 303
    assert "new dialogues follow it" not in owner.http.get(page).text


def add_seller(api: httpx.Client) -> int:
    made = api.post("/api/accounts", json={"role": "sales", "token": BOT_TOKEN})
    assert made.status_code == 201, made.text
    return int(made.json()["id"])
