"""Channels and comments in the panel, over real HTTP, with Telegram and the model as doubles."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.integration.commenting.conftest import POST_TEXT, Stage
from tests.integration.panel.conftest import RunningPanel, make_services

from candor.accounts.keys import load_keys
from candor.commenting.channel import Hours
from candor.commenting.comment import Comment
from candor.commenting.desk import CommentingDesk
from candor.common.clock import MovableClock
from candor.panel.app import create_app
from candor.panel.portal import Portal
from candor.panel.ports import PanelSettings
from candor.panel.server import PanelServer
from candor.storage.engine import make_engine
from candor.storage.unit_of_work import Units

ALWAYS = Hours("UTC", time(0), time(0))


@dataclass
class CommentingPanel:
    panel: RunningPanel
    stage: Stage

    def run_lanes(self) -> None:
        self.panel.portal.run(self.stage.run_lanes())

    def pending(self) -> Comment:
        async def make() -> Comment:
            await self.stage.scripted(hours=ALWAYS)
            return await self.stage.pending()

        return self.panel.portal.run(make())


@pytest.fixture
def commenting(
    loop: asyncio.AbstractEventLoop,
    database_url: str,
    panel_settings: PanelSettings,
    tmp_path: Path,
) -> Iterator[CommentingPanel]:
    portal, clock = Portal(loop), MovableClock()
    engine = make_engine(database_url)
    units = Units(engine)
    stage = Stage(units, engine, clock)  # type: ignore[arg-type]
    desk = CommentingDesk(
        units=units,
        clock=clock,
        register=stage.register,
        permissions=stage.permissions,
        approval=stage.approval,
        scheduler=stage.scheduler,
        reports=stage.reports,
        owner_chats=stage.owner_chats,
        owner_approval=stage.owner_approval,
    )
    services = replace(make_services(portal, units, clock, load_keys(tmp_path)), commenting=desk)
    server = PanelServer(create_app(services, panel_settings), "127.0.0.1", 0)
    server.start()
    address = f"http://127.0.0.1:{server.port}"
    running = RunningPanel(address, portal, units, clock, panel_settings, services)
    yield CommentingPanel(running, stage)
    for client in running.clients:
        client.close()
    server.stop()


def test_that_a_channel_is_added_shown_changed_and_taken_out(commenting: CommentingPanel) -> None:
    api = commenting.panel.program()
    made = api.post(
        "/api/channels",
        json={
            "username": "@slova",
            "title": "Слова",
            "comment_mode": "approve",
            "topics": ["слова"],
        },
    )
    assert made.status_code == 201
    channel = made.json()
    assert (channel["username"], channel["permission"], channel["daily_cap"]) == ("slova", None, 1)
    assert channel["grant"]["command"].startswith("/allow ")
    path = f"/api/channels/{channel['id']}"
    changed = api.put(path, json={"daily_cap": 3, "quiet_from": "21:30"}).json()
    assert (changed["daily_cap"], changed["topics"], changed["quiet_from"]) == (
        3,
        ["слова"],
        "21:30",
    )
    assert api.get("/api/channels").json()["total"] == 1
    assert api.post("/api/channels", json={"username": "slova"}).status_code == 409
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"username": "b!"}, "username"),
        ({}, "username"),
        ({"username": "slova", "daily_cap": 99}, "daily_cap"),
        ({"username": "slova", "timezone": "Moon/Base"}, "timezone"),
        ({"username": "slova", "comment_mode": "spam"}, "comment_mode"),
    ],
)
def test_that_wrong_channels_name_the_field(
    commenting: CommentingPanel, body: dict[str, object], field: str
) -> None:
    answer = commenting.panel.program().post("/api/channels", json=body)
    assert answer.status_code == 422
    assert field in {error["path"] for error in answer.json()["errors"]}


def test_that_a_comment_is_approved_by_api_and_published(commenting: CommentingPanel) -> None:
    pending = commenting.pending()
    api = commenting.panel.program("operator")
    (listed,) = api.get("/api/comments?status=pending").json()["items"]
    assert listed["post"]["text"] == POST_TEXT
    assert listed["post"]["summary"]["keywords"] == ["слова", "карточки", "повторение"]
    approved = api.post(f"/api/comments/{pending.id}/approve", json={"text": listed["text"]})
    assert approved.status_code == 200
    assert approved.json()["status"] == "scheduled"
    commenting.run_lanes()
    sent = api.get(f"/api/comments/{pending.id}").json()
    assert sent["status"] == "sent"
    assert sent["engagement"] == {"views": None, "replies": 0, "reactions": 0}
    assert api.get("/api/comments/published").json()["items"][0]["permission_by"] == "Ольга"
    assert api.get("/api/comments/marketing?by=channel").json()[0]["published"] == 1
    assert len(api.get("/api/comments/calendar").json()) == 1


def test_that_rejecting_needs_a_reason_and_a_viewer_may_not(commenting: CommentingPanel) -> None:
    pending = commenting.pending()
    path = f"/api/comments/{pending.id}/reject"
    assert commenting.panel.program("viewer").post(path, json={"reason": "x"}).status_code == 403
    api = commenting.panel.program("operator")
    assert api.post(path, json={}).status_code == 422
    assert api.post(path, json={"reason": "не наш тон"}).json()["status"] == "rejected"
    gone = api.post(f"/api/comments/{pending.id}/approve", json={"text": pending.text})
    assert (gone.status_code, gone.json()["code"]) == (409, "comment_changed")


def test_that_an_invented_experience_is_refused_with_its_reason(
    commenting: CommentingPanel,
) -> None:
    pending = commenting.pending()
    answer = commenting.panel.program("operator").post(
        f"/api/comments/{pending.id}/approve",
        json={"text": "Я сама выучила по карточкам все слова и сдала экзамен, повторение помогло."},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "text_refused")


def test_that_the_pages_lead_from_the_queue_to_the_published_comment(
    commenting: CommentingPanel,
) -> None:
    pending = commenting.pending()
    browser = commenting.panel.person("owner")
    queue = browser.http.get("/comments/")
    assert queue.text.count("Одобрить этот текст") == 3
    done = browser.post(f"/comments/{pending.id}/approve", text=pending.text.replace("\n", "\r\n"))
    assert done.status_code == 303
    commenting.run_lanes()
    assert "Открыть в Telegram" in browser.http.get("/comments/?view=sent").text
    for path in ("/comments/calendar", "/comments/results", "/comments/replies", "/channels/"):
        assert browser.http.get(path).status_code == 200, path
    channel = browser.http.get(f"/channels/{pending.channel_id}")
    assert "Ольга" in channel.text
    assert "стоит комментария" in channel.text


def test_that_a_slot_is_moved_in_the_calendar(commenting: CommentingPanel) -> None:
    pending = commenting.pending()
    browser = commenting.panel.person("operator")
    assert browser.post(f"/comments/{pending.id}/approve", text=pending.text).status_code == 303
    wanted = commenting.stage.clock.now() + timedelta(hours=3)
    local = wanted.astimezone(ZoneInfo(commenting.panel.settings.timezone))
    path = f"/comments/{pending.id}/move"
    assert browser.post(path, at=f"{local:%Y-%m-%dT%H:%M}").status_code == 303
    assert f"{local:%H:%M}</td>" in browser.http.get("/comments/calendar").text
    commenting.run_lanes()
    assert commenting.stage.telegram.sent == []
    assert browser.post(path, at="tomorrow").status_code == 422
    past = local - timedelta(days=2)
    assert browser.post(path, at=f"{past:%Y-%m-%dT%H:%M}").status_code == 409
    assert commenting.panel.person("viewer").post(path, at="x").status_code == 403
    assert pending.text.split()[0] in browser.http.get(f"/comments/{pending.id}").text
    assert browser.http.get("/comments/999").status_code == 404


def test_that_a_channel_is_added_and_changed_by_form(commenting: CommentingPanel) -> None:
    browser = commenting.panel.person("owner")
    assert browser.http.get("/channels/new").status_code == 200
    made = browser.post("/channels/new", username="@slova", comment_mode="approve", daily_cap="2")
    assert made.status_code == 303
    page = browser.http.get(made.headers["location"])
    assert "/welcome/" in page.text
    saved = browser.post("/channels/1", username="slova", comment_mode="draft", daily_cap="2")
    assert saved.status_code == 303
    wrong = browser.post("/channels/1", daily_cap="many")
    assert wrong.status_code == 422
    assert browser.post("/channels/1/pause").status_code == 303
    assert browser.post("/channels/1/remove").status_code == 303


def test_that_the_guided_page_is_open_to_whoever_has_its_address(
    commenting: CommentingPanel,
) -> None:
    api = commenting.panel.program()
    channel = api.post("/api/channels", json={"username": "slova"}).json()
    visitor = commenting.panel.anonymous()
    page = visitor.get(channel["grant"]["guide"])
    assert page.status_code == 200
    assert channel["grant"]["command"] in page.text
    assert "Lighthouse School" in page.text
    assert visitor.get("/welcome/guessed").status_code == 404


def test_that_the_transparency_page_is_public_only_when_the_owner_says_so(
    commenting: CommentingPanel,
) -> None:
    visitor = commenting.panel.anonymous()
    assert visitor.get("/transparency").status_code == 404
    browser = commenting.panel.person("owner")
    assert browser.http.get("/transparency").status_code == 200
    assert browser.post("/transparency", is_public="yes").status_code == 303
    assert visitor.get("/transparency").status_code == 200


def test_that_a_person_gets_a_code_to_link_their_telegram(commenting: CommentingPanel) -> None:
    commenting.pending()
    browser = commenting.panel.person("operator")
    assert browser.http.get("/comments/telegram").status_code == 200
    made = browser.post("/comments/telegram/code")
    assert made.status_code == 200
    assert "https://t.me/mayak_comments_bot?start=owner_" in made.text
    other = browser.post("/comments/telegram/code")
    assert other.text != made.text
    program = commenting.panel.program("owner").post("/api/comments/owner-chats")
    assert (program.status_code, program.json()["code"]) == (409, "conflict")
    viewer = commenting.panel.person("viewer")
    assert viewer.post("/comments/telegram/code").status_code == 403


def test_that_an_accounts_day_is_limited_by_form(commenting: CommentingPanel) -> None:
    pending = commenting.pending()
    browser = commenting.panel.person("owner")
    assert "@mayak_comments_bot" in browser.http.get("/comments/rules").text
    path = f"/comments/rules/{pending.account_id}"
    assert browser.post(path, daily_cap="7", is_active="on").status_code == 303
    page = browser.http.get("/comments/rules").text
    assert 'value="7"' in page
    assert browser.post(path, daily_cap="51", is_active="on").status_code == 422
    assert browser.post(path, daily_cap="7").status_code == 303
    assert browser.http.get("/comments/rules").text.count('name="is_active" checked') == 0
    assert commenting.panel.person("operator").post(path, daily_cap="9").status_code == 403


def test_that_a_sign_off_is_recorded_and_withdrawn_by_form(commenting: CommentingPanel) -> None:
    browser = commenting.panel.person("owner")
    incomplete = browser.post("/comments/rules/sign-off", signed_by="Анна", days="90")
    assert incomplete.status_code == 422
    assert "basis" in incomplete.text
    done = browser.post(
        "/comments/rules/sign-off",
        signed_by="Анна Смирнова",
        role="директор",
        contact="anna@example.org",
        basis="Заключение юриста от 1 марта",
        days="90",
    )
    assert done.status_code == 303
    assert "Анна Смирнова" in browser.http.get("/comments/rules").text
    operator = commenting.panel.person("operator")
    assert operator.post("/comments/rules/sign-off/withdraw").status_code == 403
    assert browser.post("/comments/rules/sign-off/withdraw").status_code == 303
    assert "Анна Смирнова" not in browser.http.get("/comments/rules").text
