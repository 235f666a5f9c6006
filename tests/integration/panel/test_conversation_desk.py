"""What people keep beside dialogues: notes, assignment, search in messages, corrections, drafts."""

import psycopg
import pytest
from tests.integration.panel.conftest import Browser, RunningPanel
from tests.integration.panel.test_conversations_api import HOSTILE, Shop

from candor.common.ids import ConversationId, MessageRowId, OperatorId, ScriptId
from candor.messaging.conversation import Provenance
from candor.messaging.outbox import Outbox
from candor.messaging.outgoing import Outgoing
from candor.messaging.reading import SavedTurn
from candor.storage.engine import database_url as parse_url
from candor.storage.engine import libpq_url

SCRIPT = """key: tea
kind: sales
title: Tea shop
language: en
steps:
  - key: greeting
    say: "Hello! Which tea do you like?"
    fits: ["green tea", "black tea"]
    next: [{when: default, to: offer}]
  - key: offer
    say: "We have that one."
"""
YAML = {"Content-Type": "application/yaml"}


@pytest.fixture
def shop(panel: RunningPanel) -> Shop:
    return Shop(panel)


def headers(browser: Browser) -> dict[str, str]:
    return {"X-CSRF-Token": browser.csrf()}


def answer(shop: Shop, conversation: int, text: str, *, script: int, stage: str) -> int:
    """The AI answers all that waits; returns the answer's row."""
    return shop.panel.portal.run(_answer(shop, conversation, text, script, stage))


async def _answer(shop: Shop, number: int, text: str, script: int, stage: str) -> int:
    now, conversation = shop.panel.clock.now(), ConversationId(number)
    async with shop.panel.units() as unit:
        turn = await unit.conversations.take_unanswered(conversation, now=now)
        assert turn is not None
        await unit.conversations.save_turn(
            SavedTurn(
                conversation_id=conversation,
                up_to=turn.up_to,
                edited_at=turn.edited_at,
                now=now,
                stage=stage,
                script_id=ScriptId(script),
                script_version=1,
            )
        )
        await Outbox(shop.panel.clock).put(
            unit,
            Outgoing(
                account_id=shop.account,
                chat=turn.conversation.chat,
                purpose="conversation",
                text=text,
                author="ai",
                language="en",
                label="dialogue",
                provenance=Provenance(written_by="script"),
                stage=stage,
                subject=conversation,
                conversation_id=conversation,
            ),
        )
        found = await unit.conversations.detail(conversation)
        assert found is not None
        return int(found.messages[-1].id)


def test_that_a_note_is_kept_with_its_author_and_never_sent(shop: Shop) -> None:
    number = shop.hear("hello")
    anna = shop.panel.person("operator")
    made = anna.http.post(
        f"/api/conversations/{number}/notes",
        json={"text": "Calls back on Monday."},
        headers=headers(anna),
    )
    assert made.status_code == 201
    detail = shop.api.get(f"/api/conversations/{number}").json()
    [note] = detail["notes"]
    assert (note["text"], note["author"]) == ("Calls back on Monday.", "operator@example.org")
    assert [message["text"] for message in detail["messages"]] == ["hello"]
    page = anna.http.get(f"/conversations/{number}").text
    assert "Calls back on Monday." in page
    other = shop.hear("hi", person=2)
    elsewhere = f"/api/conversations/{other}/notes/{note['id']}"
    assert anna.http.delete(elsewhere, headers=headers(anna)).status_code == 404
    gone = f"/api/conversations/{number}/notes/{note['id']}"
    assert anna.http.delete(gone, headers=headers(anna)).status_code == 204
    assert shop.api.get(f"/api/conversations/{number}").json()["notes"] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_that_hostile_notes_are_only_text(shop: Shop, text: str) -> None:
    number = shop.hear("hello")
    shop.api.post(f"/api/conversations/{number}/notes", json={"text": text})
    page = shop.panel.person().http.get(f"/conversations/{number}").text
    for mark in ("<script>alert", "<img src=x", "<svg onload"):
        assert mark not in page


def test_that_a_viewer_writes_no_notes_and_an_empty_one_is_refused(shop: Shop) -> None:
    number = shop.hear("hello")
    viewer = shop.panel.program("viewer")
    assert viewer.post(f"/api/conversations/{number}/notes", json={"text": "x"}).status_code == 403
    empty = shop.api.post(f"/api/conversations/{number}/notes", json={"text": "  "})
    assert empty.status_code == 422
    assert shop.api.post("/api/conversations/99/notes", json={"text": "x"}).status_code == 404


def test_that_dialogues_are_filtered_by_whose_matter_they_are(shop: Shop) -> None:
    mine, nobodys = shop.hear("hello"), shop.hear("hi", person=2)
    anna = shop.panel.person("operator")
    me = shop.panel.portal.run(_id_of(shop.panel, "operator@example.org"))
    assigned = anna.http.put(
        f"/api/conversations/{mine}/assignment", json={"operator_id": me}, headers=headers(anna)
    ).json()
    assert (assigned["assigned_to"], assigned["handling"]) == (me, "ai")

    def listed(which: str) -> list[int]:
        found = anna.http.get("/api/conversations", params={"assigned": which}).json()["items"]
        return [item["id"] for item in found]

    assert (listed("me"), listed("nobody")) == ([mine], [nobodys])
    # Whoever takes a dialogue over makes it their matter, also after giving it back.
    anna.http.post(f"/api/conversations/{nobodys}/take", headers=headers(anna))
    anna.http.post(f"/api/conversations/{nobodys}/give-back", headers=headers(anna))
    assert set(listed("me")) == {mine, nobodys}
    free = {"operator_id": None}
    anna.http.put(f"/api/conversations/{mine}/assignment", json=free, headers=headers(anna))
    assert listed("nobody") == [mine]


def test_that_a_client_reads_the_operators_name_and_no_part_of_an_address(shop: Shop) -> None:
    first, second = shop.hear("hello"), shop.hear("hi", person=2)
    operator = shop.panel.person("operator", language="en")

    def said_after_taking(number: int) -> str:
        path = f"/api/conversations/{number}"
        operator.http.post(f"{path}/take", headers=headers(operator))
        return str(operator.http.get(path).json()["messages"][-1]["text"])

    assert said_after_taking(first) == "From here a person answers."
    saved = operator.post("/profile/name", page="/profile", name="  Anna   Berg ")
    assert saved.status_code == 303
    assert 'value="Anna Berg"' in operator.http.get("/profile").text
    assert said_after_taking(second) == "From here Anna Berg, a person, answers."
    refused = operator.post("/profile/name", page="/profile", name="A" * 41)
    assert refused.status_code == 422
    assert 'value="Anna Berg"' in operator.http.get("/profile").text


def test_that_nobody_unknown_and_no_viewer_gets_a_dialogue(shop: Shop) -> None:
    number = shop.hear("hello")
    shop.panel.operator("viewer")
    viewer = shop.panel.portal.run(_id_of(shop.panel, "viewer@example.org"))
    for person in (999, viewer):
        refused = shop.api.put(
            f"/api/conversations/{number}/assignment", json={"operator_id": person}
        )
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["path"] == "operator_id"


@pytest.mark.parametrize("q", ["lighthouse", "Light", "keeper light", "KEEPER"])
def test_that_a_search_finds_words_of_messages(shop: Shop, q: str) -> None:
    number = shop.hear("My father was a lighthouse keeper")
    shop.hear("I like tea", person=2, name="Oleg")
    found = shop.api.get("/api/conversations", params={"q": q}).json()
    assert [item["id"] for item in found["items"]] == [number]
    assert found["total"] == 1


def test_that_a_correction_becomes_a_test_case_of_the_script(shop: Shop) -> None:
    script = shop.api.post("/api/scripts", content=SCRIPT, headers=YAML).json()["id"]
    number = shop.hear("hello")
    shop.hear("are you there?")
    answer(shop, number, "Hello! Which tea do you like?", script=script, stage="greeting")
    shop.hear("what does it cost?")
    wrong = answer(shop, number, "We have that one.", script=script, stage="offer")
    made = shop.panel.program("operator").post(
        f"/api/conversations/{number}/corrections",
        json={"message_id": wrong, "expected": {"contains": "4 euros"}, "better": "It is 4 euros."},
    )
    assert made.status_code == 201, made.text
    waiting = shop.api.get(f"/api/scripts/{script}/corrections").json()
    assert [item["better"] for item in waiting] == ["It is 4 euros."]
    owner = shop.panel.person()
    assert "It is 4 euros." in owner.http.get(f"/scripts/{script}").text
    take = f"/api/scripts/{script}/corrections/{made.json()['id']}/take"
    source = shop.api.post(take, json={"source": SCRIPT}).json()["source"]
    checked = shop.api.post("/api/scripts/check", json={"source": source}).json()
    assert checked["is_valid"], checked["problems"]
    [case] = checked["document"]["tests"]
    assert case["says"] == ["hello\nare you there?", "what does it cost?"]
    assert case["expects"] == [{"stage": "greeting"}, {"contains": "4 euros"}]
    assert shop.api.get(f"/api/scripts/{script}/corrections").json() == []
    assert shop.api.post(take, json={"source": SCRIPT}).status_code == 404


def test_that_a_test_case_keeps_nothing_of_an_erased_client(shop: Shop, database_url: str) -> None:
    script = shop.api.post("/api/scripts", content=SCRIPT, headers=YAML).json()["id"]
    number = shop.hear("I am Yana, yana@example.org or +7 911 123-45-67", name="Yana")
    answer(shop, number, "Hello! Which tea do you like?", script=script, stage="greeting")
    shop.hear("My aunt in Vologda keeps seventeen parrots", name="Yana")
    wrong = answer(shop, number, "We have that one.", script=script, stage="offer")
    address = f"/api/conversations/{number}/corrections"
    named = shop.api.post(
        address, json={"message_id": wrong, "expected": {"contains": "Tea for you, Yana"}}
    )
    assert (named.status_code, named.json()["errors"][0]["path"]) == (422, "expected")
    made = shop.api.post(address, json={"message_id": wrong, "expected": {"contains": "tea"}})
    # Names and numbers are left out before anybody decides; the rest is reworded by a person.
    [waiting] = shop.api.get(f"/api/scripts/{script}/corrections").json()
    assert waiting["said"][0][0] == "I am […], […] or […]"
    take = f"/api/scripts/{script}/corrections/{made.json()['id']}/take"
    refused = shop.api.post(take, json={"source": SCRIPT, "says": ["only one"]})
    assert refused.status_code == 422
    says = ["who are you? mail yana@example.org", "I keep birds, says Yana"]
    taken = shop.api.post(take, json={"source": SCRIPT, "says": says})
    assert taken.status_code == 200, taken.text
    source = taken.json()["source"]
    assert "I keep birds" in source
    saved = shop.api.put(f"/api/scripts/{script}", content=source, headers=YAML)
    assert saved.status_code == 200, saved.text
    draft = shop.panel.person().http
    assert "I keep birds" in draft.get(f"/scripts/{script}").text

    client = shop.api.get(f"/api/conversations/{number}").json()["client"]["id"]
    owner = Browser(shop.panel.anonymous())
    owner.sign_in("owner@example.org")
    assert owner.post(f"/clients/{client}/erase").status_code == 303
    kept = everything(database_url)
    assert "I keep birds" in kept
    for personal in ("Yana", "yana@", "123-45-67", "parrots", "Vologda"):
        assert personal not in kept, personal


def everything(database_url: str) -> str:
    """All tables as text."""
    with psycopg.connect(libpq_url(parse_url(database_url))) as connection:
        names = connection.execute(
            "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        return "\n".join(
            str(row[0])
            for (name,) in names
            for row in connection.execute(f"SELECT t::text FROM {name} t").fetchall()
        )


def test_that_only_an_answer_of_the_ai_can_be_corrected_and_needs_a_wish(shop: Shop) -> None:
    script = shop.api.post("/api/scripts", content=SCRIPT, headers=YAML).json()["id"]
    number = shop.hear("hello")
    own = shop.api.get(f"/api/conversations/{number}").json()["messages"][0]["id"]
    address = f"/api/conversations/{number}/corrections"
    wish = {"contains": "x"}
    # No script yet, then the client's own words, then nothing wished for.
    body = {"message_id": own, "expected": wish}
    assert shop.api.post(address, json=body).status_code == 422
    said = answer(shop, number, "Hello!", script=script, stage="greeting")
    assert shop.api.post(address, json=body).status_code == 404
    assert shop.api.post(address, json={"message_id": said, "expected": {}}).status_code == 422


def test_that_a_draft_keeps_its_mistakes_and_is_its_authors_alone(panel: RunningPanel) -> None:
    api = panel.program()
    script = api.post("/api/scripts", content=SCRIPT, headers=YAML).json()["id"]
    owner = panel.person()
    address = f"/api/scripts/{script}/draft"
    assert owner.http.get(address).status_code == 404
    broken = {"source": "key: [not finished", "base_version": 1}
    assert owner.http.put(address, json=broken, headers=headers(owner)).status_code == 200
    assert owner.http.get(address).json()["source"] == "key: [not finished"
    assert "key: [not finished" in owner.http.get(f"/scripts/{script}").text
    second = Browser(panel.anonymous())
    second.sign_in(panel.operator("owner", "second@example.org"))
    assert second.http.get(address).status_code == 404
    assert "not finished" not in second.http.get(f"/scripts/{script}").text
    assert api.get(address).status_code == 403
    assert owner.http.delete(address, headers=headers(owner)).status_code == 204
    assert owner.http.get(address).status_code == 404
    # The published script never changed.
    assert api.get(f"/api/scripts/{script}").json()["version"] == 1


async def _id_of(panel: RunningPanel, email: str) -> OperatorId:
    async with panel.units() as unit:
        found = await unit.operators.find(email)
    assert found is not None
    return found.id


def test_that_an_answer_of_another_dialogue_is_not_found(shop: Shop) -> None:
    script = shop.api.post("/api/scripts", content=SCRIPT, headers=YAML).json()["id"]
    first, second = shop.hear("hello"), shop.hear("hi", person=2)
    answer(shop, first, "Hello!", script=script, stage="greeting")
    theirs = MessageRowId(answer(shop, second, "Hello!", script=script, stage="greeting"))
    body = {"message_id": theirs, "expected": {"stage": "offer"}}
    assert shop.api.post(f"/api/conversations/{first}/corrections", json=body).status_code == 404
