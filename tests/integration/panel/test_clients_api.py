"""`/api/clients` and the Clients pages: segments, one record, lists, the right to leave."""

import csv
import io

import httpx
import pytest
from sqlalchemy import text
from tests.integration.panel.conftest import Browser, RunningPanel


def fill(panel: RunningPanel, clients: int = 3) -> None:
    """Clients 1..n; the second came by a comment, the third said stop."""

    async def make() -> None:
        async with panel.units() as unit:
            await unit._connection.execute(
                text(
                    "INSERT INTO users (telegram_user_id, first_name, username, language,"
                    " created_at, last_seen_at, source, tags, opted_out_at)"
                    " SELECT 100 + n, CASE WHEN n = 1 THEN '=1+1' ELSE 'Anna' || n END,"
                    " 'anna_' || n, 'en', now(), now(),"
                    " CASE WHEN n = 2 THEN 'comment' ELSE 'direct' END,"
                    " CASE WHEN n = 2 THEN '{vip}'::text[] ELSE '{}'::text[] END,"
                    " CASE WHEN n = 3 THEN now() END FROM generate_series(1, :clients) AS n"
                ),
                {"clients": clients},
            )

    panel.portal.run(make())


@pytest.fixture
def api(panel: RunningPanel) -> httpx.Client:
    fill(panel)
    return panel.program()


def names(answer: httpx.Response) -> list[str]:
    return [client["name"] for client in answer.json()["items"]]


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        ({}, ["Anna3", "Anna2", "=1+1"]),
        ({"q": "ann"}, ["Anna3", "Anna2", "=1+1"]),
        ({"q": "anna2"}, ["Anna2"]),
        ({"source": "comment"}, ["Anna2"]),
        ({"tag": "VIP"}, ["Anna2"]),
        ({"opted_out": "true"}, ["Anna3"]),
        ({"opted_out": "false"}, ["Anna2", "=1+1"]),
        ({"milestone": "agreed"}, []),
        ({"consent": "marketing"}, []),
        ({"quiet_days": 3}, []),
    ],
)
def test_that_segments_hold_who_they_say(
    api: httpx.Client, segment: dict[str, str], expected: list[str]
) -> None:
    assert names(api.get("/api/clients", params=segment)) == expected
    assert api.get("/api/clients/count", params=segment).json() == {"count": len(expected)}


@pytest.mark.parametrize(
    "segment", [{"milestone": "dreamt"}, {"active_days": 0}, {"owner_id": -1}, {"opted_out": "?"}]
)
def test_that_a_wrong_filter_is_named(api: httpx.Client, segment: dict[str, str]) -> None:
    answer = api.get("/api/clients", params=segment)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == next(iter(segment))


def test_that_a_card_is_changed_in_parts(api: httpx.Client, panel: RunningPanel) -> None:
    panel.operator("operator")
    changed = api.put("/api/clients/1", json={"tags": ["VIP", "vip", "Весна"], "owner_id": 1})
    assert changed.json()["tags"] == ["vip", "весна"]
    assert changed.json()["owner"] == "operator@example.org"

    again = api.put("/api/clients/1", json={"time_zone": "Europe/Moscow"})
    assert again.json()["tags"] == ["vip", "весна"], "What is left out stays."
    assert again.json()["owner_id"] == 1
    assert api.put("/api/clients/1", json={"owner_id": None}).json()["owner"] is None
    wrong = api.put("/api/clients/1", json={"time_zone": "Mars/Base"})
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "time_zone")
    assert api.put("/api/clients/999", json={}).status_code == 404


def test_that_only_who_may_act_becomes_responsible(api: httpx.Client, panel: RunningPanel) -> None:
    owner = panel.person("owner", language="en")
    panel.operator("viewer")
    panel.operator("operator")
    assert api.put("/api/clients/1", json={"owner_id": 3}).status_code == 200
    owner.post("/settings/operators/3", move="disable")

    for number in (2, 3, 999):
        refused = api.put("/api/clients/2", json={"owner_id": number})
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "owner_id")
        form = owner.post("/clients/2", owner_id=str(number), tags="vip", language="en")
        assert form.status_code == 422
        assert "There is no operator of this number" in form.text
    assert owner.post("/clients/2", owner_id="²").status_code == 422
    assert owner.post("/clients/2", time_zone="Mars/" + "x" * 100).status_code == 422
    assert api.get("/api/clients/2").json()["owner_id"] is None

    page = owner.http.get("/clients/1").text
    assert "viewer@example.org" not in page
    assert "operator@example.org (no longer acts on dialogues)" in page
    kept = owner.post("/clients/1", owner_id="3", tags="late", language="en")
    assert kept.status_code == 303, "Whose matter it was is no reason to refuse another change."
    assert api.get("/api/clients/1").json()["tags"] == ["late"]


def test_that_notes_come_and_go(api: httpx.Client) -> None:
    made = api.post("/api/clients/1/notes", json={"text": " Call in May "})
    assert (made.status_code, made.json()["text"]) == (201, "Call in May")
    assert api.post("/api/clients/1/notes", json={"text": "  "}).status_code == 422
    assert [note["text"] for note in api.get("/api/clients/1").json()["notes"]] == ["Call in May"]
    number = made.json()["id"]
    assert api.delete(f"/api/clients/2/notes/{number}").status_code == 404
    assert api.delete(f"/api/clients/1/notes/{number}").status_code == 204


def test_that_consents_are_recorded_with_their_proof_and_taken_back(api: httpx.Client) -> None:
    body = {"purpose": "marketing", "text": "I agree to news", "source": "contract 17"}
    detail = api.post("/api/clients/1/consents", json=body).json()
    assert detail["consents"] == ["marketing"]
    assert "contract 17" in detail["consent_history"][0]["source"]
    assert names(api.get("/api/clients", params={"consent": "marketing"})) == ["=1+1"]

    assert api.delete("/api/clients/1/consents/marketing").status_code == 204
    assert api.get("/api/clients/1").json()["consents"] == []
    refused = api.post("/api/clients/1/consents", json={**body, "purpose": "study_group"})
    assert refused.status_code == 422
    assert api.delete("/api/clients/1/consents/everything").status_code == 404


def test_that_two_records_are_merged_once(api: httpx.Client) -> None:
    merged = api.post("/api/clients/1/merge", json={"other_id": 2})
    assert merged.status_code == 200
    assert len(merged.json()["accounts"]) == 2
    assert api.get("/api/clients/2").json()["id"] == 1
    assert api.post("/api/clients/1/merge", json={"other_id": 2}).status_code == 409
    assert api.post("/api/clients/1/merge", json={"other_id": 1}).status_code == 422
    assert api.post("/api/clients/1/merge", json={"other_id": 99}).status_code == 404
    assert api.get("/api/clients/count").json() == {"count": 2}


def test_that_the_spreadsheet_holds_the_segment_and_no_formula(api: httpx.Client) -> None:
    answer = api.get("/api/clients/export.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    assert answer.headers["content-type"].startswith("text/csv")
    assert [row["name"] for row in rows] == ["Anna3", "Anna2", "'=1+1"]
    only = api.get("/api/clients/export.csv", params={"source": "comment"}).text
    assert only.count("\n") == 2


def test_that_a_list_is_imported_in_both_forms(api: httpx.Client) -> None:
    table = "username,name\nboris_1,Boris\nbad name,X\nanna_2,Anna\n"
    plain = api.post(
        "/api/clients/import?list=crm", content=table, headers={"Content-Type": "text/csv"}
    ).json()
    assert (plain["added"], plain["matched"]) == (2, 1)
    assert [row["line"] for row in plain["broken"]] == [3]

    again = api.post("/api/clients/import", json={"list": "crm", "csv": table}).json()
    assert (again["added"], again["updated"]) == (1, 1)
    useless = api.post("/api/clients/import", json={"csv": "phone\n123\n"})
    assert useless.status_code == 422
    assert "columns" in useless.json()["detail"]


def test_that_export_and_erasure_are_the_owner_s(api: httpx.Client, panel: RunningPanel) -> None:
    operator = panel.program("operator")
    for method, path in (
        ("GET", "/api/clients/1/export"),
        ("DELETE", "/api/clients/1"),
        ("GET", "/api/clients/export.csv"),
        ("POST", "/api/clients/1/merge"),
        ("POST", "/api/clients/import"),
        ("GET", "/api/webhooks"),
    ):
        assert operator.request(method, path).status_code == 403, path
    record = api.get("/api/clients/1/export").json()
    assert record["users"][0]["username"] == "anna_1"
    assert api.delete("/api/clients/1").status_code == 204
    assert api.get("/api/clients/1").status_code == 404
    assert api.delete("/api/clients/1").status_code == 404


# --- pages


@pytest.fixture
def browser(panel: RunningPanel) -> Browser:
    fill(panel)
    return panel.person(language="en")


def test_that_the_page_of_a_client_shows_the_record_and_the_way_out(browser: Browser) -> None:
    page = browser.http.get("/clients/2").text
    assert "Anna2" in page
    assert "Time line" in page
    assert "Erase this client" in page

    assert browser.post("/clients/2", tags="Big, school", language="en").status_code == 303
    assert "big, school" in browser.http.get("/clients/2").text
    wrong = browser.post("/clients/2", tags="x" * 50)
    assert wrong.status_code == 422
    assert "A tag has at most 40 characters." in wrong.text


def test_that_a_merged_record_leads_to_the_kept_one(browser: Browser) -> None:
    assert browser.post("/clients/1/merge", other_id="2").status_code == 303
    moved = browser.http.get("/clients/2", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (302, "/clients/1")
    again = browser.post("/clients/1/merge", other_id="2")
    assert again.status_code == 409
    assert "merged into another one already" in again.text


def test_that_erasing_in_the_panel_leaves_a_404(browser: Browser) -> None:
    assert browser.post("/clients/1/erase").status_code == 303
    assert browser.http.get("/clients/1").status_code == 404


def test_that_a_list_with_broken_rows_names_them_on_the_page(browser: Browser) -> None:
    answer = browser.http.post(
        "/clients/import",
        data={"csrf_token": browser.csrf(), "name": "crm"},
        files={"file": ("crm.csv", b"username\nboris_1\nbad name\n", "text/csv")},
    )
    assert answer.status_code == 200
    assert "1 row was left out" in answer.text
    assert "no Telegram username" in answer.text
    empty = browser.post("/clients/import", name="crm")
    assert "Choose a file first." in empty.text


def test_that_wrong_filters_of_an_address_are_left_out(browser: Browser) -> None:
    assert "Anna2" in browser.http.get("/clients/?milestone=dreamt&page=x").text
    assert "Nobody found" in browser.http.get("/clients/?milestone=agreed").text
