"""Questionnaires over HTTP: written, refused with lines, versioned, never half-saved."""

from typing import Any

import pytest

GOOD = """\
key: two-questions
title: Two questions
language: en
questions:
  - key: level
    ask: Where do we start?
    options: [{label: From zero, to: end}, {label: Further}]
    next: [{when: default, to: notes}]
  - key: notes
    ask: Anything else?
    text: {}
"""
YAML = {"Content-Type": "application/yaml"}


@pytest.fixture
def owner(panel: Any) -> Any:
    return panel.program("owner")


def created(owner: Any) -> dict[str, Any]:
    answer = owner.post("/api/questionnaires", content=GOOD, headers=YAML)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_that_one_is_written_read_changed_and_rolled_back(owner: Any) -> None:
    made = created(owner)
    address = f"/api/questionnaires/{made['id']}"
    assert owner.get("/api/questionnaires").json()["items"][0]["key"] == "two-questions"
    assert owner.get(f"{address}/export").text == GOOD
    assert owner.get(address).json()["questions"][1]["text"] == {}

    changed = {**made, "title": "Two better questions"}
    saved = owner.put(address, json=changed, headers={"If-Match": '"1"'})
    assert (saved.status_code, saved.json()["version"]) == (200, 2)
    assert saved.headers["ETag"] == '"2"'
    stale = owner.put(address, json=changed, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current_version"]) == (409, 2)

    back = owner.post(f"{address}/rollback", json={"version": 1})
    assert (back.json()["version"], back.json()["title"]) == (3, "Two questions")
    versions = owner.get(f"{address}/versions").json()
    assert [item["version"] for item in versions["items"]] == [3, 2, 1]
    assert owner.get(f"{address}/versions/2").json()["title"] == "Two better questions"

    assert owner.delete(address, headers={"If-Match": '"2"'}).status_code == 409
    assert owner.delete(address).status_code == 204
    assert owner.get(address).status_code == 404
    assert owner.get("/api/questionnaires").json()["total"] == 0


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("to: notes}]", "to: level}]", 8),
        ("to: notes}]", "to: nowhere}]", 8),
        ("    next: [{when: default, to: notes}]\n", "", 7),
        ("text: {}", "test: {}", 11),
    ],
)
def test_that_mistakes_are_named_and_nothing_is_saved(
    owner: Any, old: str, new: str, line: int
) -> None:
    broken = GOOD.replace(old, new)
    checked = owner.post("/api/questionnaires/check", json={"source": broken}).json()
    assert not checked["is_valid"]
    assert line in [problem["line"] for problem in checked["problems"]]
    assert all(problem["mend"] for problem in checked["problems"])
    refused = owner.post("/api/questionnaires", content=broken, headers=YAML)
    assert refused.status_code == 422
    assert line in [error["line"] for error in refused.json()["errors"]]
    assert owner.get("/api/questionnaires").json()["total"] == 0


def test_that_only_an_owner_writes(panel: Any, owner: Any) -> None:
    made = created(owner)
    viewer = panel.program("viewer")
    assert viewer.get(f"/api/questionnaires/{made['id']}").status_code == 200
    assert viewer.post("/api/questionnaires", content=GOOD, headers=YAML).status_code == 403
    assert viewer.delete(f"/api/questionnaires/{made['id']}").status_code == 403


def test_that_the_pages_show_it_in_both_languages(panel: Any, owner: Any) -> None:
    made = created(owner)
    person = panel.person("owner", language="ru")
    listed = person.http.get("/questionnaires/").text
    assert "?start=q_two-questions" in listed
    assert "Опросы" in listed
    page = person.http.get(f"/questionnaires/{made['id']}").text
    assert "Where do we start?" in page
    answer = person.post(
        f"/questionnaires/{made['id']}",
        page=f"/questionnaires/{made['id']}",
        version="1",
        source=GOOD.replace("to: notes", "to: level"),
    )
    assert answer.status_code == 422
    assert "по кругу" in answer.text
