"""What the owner sets in the panel: the business, its hours, how long data is kept, the backup."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.integration.panel.conftest import RunningPanel
from tests.integration.panel.test_conversations_api import Shop

from candor.clients.retention import RetentionService
from candor.common.ids import ConversationId
from candor.panel.app import create_app
from candor.panel.server import PanelServer

HOURS = {"name": "Beacon", "timezone": "Europe/Moscow", "opens": "09:00", "closes": "18:00"}


@pytest.fixture
def shop(panel: RunningPanel) -> Shop:
    return Shop(panel)


def test_that_the_business_is_changed_and_waits_for_the_next_start(panel: RunningPanel) -> None:
    owner = panel.person()
    done = owner.post("/settings/business", page="/settings/", **HOURS, day="1")
    assert done.status_code == 303
    page = owner.http.get("/settings/").text
    assert 'value="Beacon"' in page
    assert "после перезапуска" in page
    now = panel.program().get("/api/settings/business").json()
    assert (now["name"], now["name_now"]) == ("Beacon", "Lighthouse School")
    assert (now["opens"], now["closes"], now["days"]) == ("09:00", "18:00", [1])
    assert now["waits_for_restart"] is True


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("name", "x" * 41, "name"),
        ("timezone", "Mars/Olympus", "timezone"),
        ("opens", "25:00", "hours"),
        ("days", [], "hours"),
    ],
)
def test_that_a_wrong_value_is_named_and_nothing_is_saved(
    panel: RunningPanel, field: str, value: object, path: str
) -> None:
    api = panel.program()
    refused = api.put("/api/settings/business", json={**HOURS, field: value})
    assert refused.status_code == 422
    assert [error["path"] for error in refused.json()["errors"]] == [path]
    assert api.get("/api/settings/business").json()["name"] is None


def test_that_sending_is_made_slower_but_never_faster_than_telegram_allows(
    panel: RunningPanel,
) -> None:
    api, owner = panel.program(), panel.person(language="en")
    as_telegram = {"account_per_second": 30, "chat_gap_seconds": 1, "group_per_minute": 20}
    assert api.get("/api/settings/limits").json()["held"] == as_telegram
    page = "/settings/?tab=limits"
    assert "How fast Candor sends" in owner.http.get(page).text
    saved = owner.post("/settings/limits", page=page, chat_gap_seconds="3", group_per_minute="10")
    assert saved.status_code == 303
    assert 'value="3"' in owner.http.get(page).text
    assert api.get("/api/settings/limits").json() == {
        "account_per_second": None,
        "chat_gap_seconds": 3,
        "group_per_minute": 10,
        "held": {"account_per_second": 30, "chat_gap_seconds": 3, "group_per_minute": 10},
    }
    too_fast = owner.post("/settings/limits", page=page, account_per_second="31")
    assert too_fast.status_code == 422
    assert "Choose from 1 to 30." in too_fast.text
    refused = api.put("/api/settings/limits", json={"group_per_minute": 21})
    assert refused.status_code == 422
    assert [error["path"] for error in refused.json()["errors"]] == ["group_per_minute"]
    assert api.get("/api/settings/limits").json()["chat_gap_seconds"] == 3
    assert panel.program("operator").put("/api/settings/limits", json={}).status_code == 403


def test_that_only_owners_change_settings(panel: RunningPanel) -> None:
    operator = panel.person("operator")
    for path in ("/settings/business", "/settings/retention", "/settings/backup"):
        assert operator.post(path, page="/settings/").status_code == 403
    api = panel.program("operator")
    assert api.get("/api/settings/business").status_code == 200
    assert api.put("/api/settings/business", json=HOURS).status_code == 403


def test_that_a_client_who_calls_a_person_at_night_is_told_when_people_answer(shop: Shop) -> None:
    shop.api.put("/api/settings/business", json=HOURS)
    at_night = datetime(2030, 3, 3, 1, 0, tzinfo=UTC)
    shop.panel.clock.advance(at_night - shop.panel.clock.now())
    number = shop.hear("May I talk to somebody?")
    shop.panel.portal.run(_call_person(shop, number))
    said = shop.api.get(f"/api/conversations/{number}").json()["messages"][-1]["text"]
    assert "People answer from 09:00 to 18:00 (UTC)." in said


async def _call_person(shop: Shop, number: int) -> None:
    async with shop.panel.units() as unit:
        found = await unit.conversations.lock(ConversationId(number))
        await shop.panel.services.hand_off.request_person(unit, found, "asked")


@pytest.fixture
def keeper(panel: RunningPanel) -> Iterator[RunningPanel]:
    """The panel with the purge, and with a backup that holds one line."""

    async def make(file: Path) -> None:
        await asyncio.to_thread(file.write_text, "a copy")

    services = replace(
        panel.services,
        retention=RetentionService(panel.units, panel.clock, salt=b"salt"),
        backup=make,
    )
    server = PanelServer(create_app(services, panel.settings), "127.0.0.1", 0)
    server.start()
    panel.address = f"http://127.0.0.1:{server.port}"
    yield panel
    server.stop()


def test_that_retention_is_set_by_class_and_a_wrong_one_is_refused(keeper: RunningPanel) -> None:
    api = keeper.program()
    standing = api.get("/api/settings/retention").json()
    assert standing["messages"] == 730
    owner = keeper.person()
    form = {name: "" if days is None else str(days) for name, days in standing.items()}
    done = owner.post("/settings/retention", page="/settings/", **{**form, "messages": "90"})
    assert done.status_code == 303
    assert api.get("/api/settings/retention").json() == {**standing, "messages": 90}
    for wrong in ("0", "many", "99999"):
        refused = owner.post("/settings/retention", page="/settings/", **{**form, "clients": wrong})
        assert refused.status_code == 422
    assert api.get("/api/settings/retention").json()["clients"] == standing["clients"]


def test_that_the_owner_downloads_a_backup_and_it_stands_in_the_log(keeper: RunningPanel) -> None:
    owner = keeper.person()
    got = owner.post("/settings/backup", page="/settings/")
    assert (got.status_code, got.text) == (200, "a copy")
    assert ".backup" in got.headers["Content-Disposition"]
    events = keeper.program().get("/api/logs", params={"q": "backup"}).json()["items"]
    assert [item["event"] for item in events] == ["settings_owner.backup"]


def test_that_canned_answers_are_the_owners_own(panel: RunningPanel) -> None:
    owner = panel.person(language="en")
    address = "/settings/?tab=answers"
    assert "I answer in person" in owner.http.get(address).text

    kept = owner.post("/settings/answers", answer="  One moment <b>please</b>  ")
    assert kept.status_code == 303
    page = owner.http.get(address).text
    assert "One moment &lt;b&gt;please&lt;/b&gt;" in page
    assert "I answer in person" not in page

    refused = owner.post("/settings/answers", answer="x" * 1001)
    assert refused.status_code == 422
    assert "At most 20 answers of 1000 characters each." in refused.text
    assert "One moment" in owner.http.get(address).text
