"""What an operator may and may not do, with a session and with a token, against objects that are there.

The API's declared roles stand in `docs/reference/api.md`; the sets here say the same by name, so that
a role that was changed by mistake in the code, and with it in the page made of it, is found.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from sqlalchemy import select
from tests.integration.panel import objects as made
from tests.integration.panel.api_calls import API_CALLS, Ask
from tests.integration.panel.form_calls import FORM_CALLS
from tests.integration.panel.test_api_reference import PAGE
from tests.integration.panel.whole import Whole, running_whole

from candor.panel.api.contract import openapi_path
from candor.panel.app import create_app
from candor.panel.ports import PanelServices, PanelSettings
from candor.storage.tables.clients import client_notes
from candor.storage.tables.messaging import client_conversations, conversation_notes
from candor.storage.tables.owner_chats import owner_chats
from candor.storage.tables.panel import operators

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def names(text: str) -> set[str]:
    return set(text.split())


MAY = names("""
    channels_pause channels_revoke
    clients_add_note clients_change_client clients_record_consent clients_remove_note
    clients_withdraw_consent
    comments_approve comments_edit_comment comments_make_owner_code comments_move comments_reject
    comments_snooze comments_unlink_owner_chat
    conversations_add_correction conversations_add_note conversations_assign
    conversations_cancel_follow_up conversations_give_back conversations_remove_note
    conversations_take conversations_write_message
    groups_add_group groups_change_group groups_check_group groups_close_group groups_mark_done
    groups_move_group
""")
"""Operations of the API that write and are open to operators; all the others are the owner's."""
PEOPLE_ONLY = {
    "comments_make_owner_code",
    "conversations_write_message",
    "comments_unlink_owner_chat",
}
"""Of those, what belongs to the person who does it; a program is told so."""
FORMS = names("""
    channels.act:pause channels.act:revoke
    clients.add_note clients.record_consent clients.remove_note clients.save
    clients.withdraw_consent
    comments.act:approve comments.act:edit comments.act:move comments.act:reject
    comments.act:snooze comments.telegram_code comments.telegram_unlink
    conversations.add_correction conversations.add_note conversations.assign
    conversations.cancel_follow_up conversations.close conversations.give_back
    conversations.pause conversations.remove_note conversations.take conversations.write
    groups.add groups.change:close groups.change:done groups.change:jump groups.change:move
    groups.change:pause groups.change:resume groups.check groups.remove
    signing.change_name signing.end_session signing.set_theme
""")
"""Forms of the pages that are open to operators, with their move; all the others are the owner's."""
OWNERS_READING = names("""
    api.accounts_get_login api.accounts_list_offered_chats api.accounts_look_at_qr
    api.clients_export_client api.clients_export_clients
    api.sandbox_list_chats api.sandbox_list_messages api.sandbox_rest
    api.scripts_get_draft api.scripts_get_draft_of_new
    api.webhooks_get_webhook api.webhooks_list_deliveries api.webhooks_list_webhooks
    accounts.new accounts.offered_chats accounts_sign_in.begin accounts_sign_in.picture
    accounts_sign_in.step channels.new clients.export clients.export_one clients.import_list
    questionnaires.new sandbox.index sandbox.page_file scripts.new webhooks.index webhooks.show
""")
"""What an operator does not even see."""


@pytest.fixture(scope="module")
def whole(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with running_whole(module_database_url, Path(tmp_path_factory.mktemp("whole"))) as running:
        yield running


def declared_roles() -> dict[str, str]:
    """By the operation's name, as the reference has them."""
    app = create_app(cast(PanelServices, SimpleNamespace()), PanelSettings(business_name="x"))
    rows = re.findall(r"\| `(\w+ /api/\S+)` \| (\w+) \|", PAGE.read_text(encoding="utf-8"))
    by_address = dict(rows)
    return {
        one.name.replace(".", "_"): by_address[f"{one.method} {openapi_path(one.path)}"]
        for one in app.extensions["candor_api"].operations
    }


def by_session(whole: Whole, role: str, ask: Ask) -> httpx.Response:
    browser, more = whole.people[role], ask.arguments()
    if ask.form is None:
        more["headers"] = {**more.get("headers", {}), "X-CSRF-Token": browser.csrf()}
    else:
        more["data"]["csrf_token"] = browser.csrf()
    return browser.http.request(ask.method, ask.path, **more)


def by_token(whole: Whole, role: str, ask: Ask) -> httpx.Response:
    return whole.programs[role].request(ask.method, ask.path, **ask.arguments())


def test_that_the_reference_declares_what_is_held_here() -> None:
    roles = declared_roles()
    assert {name for name in API_CALLS if roles[name] != "owner"} == MAY
    assert not MAY - API_CALLS.keys()
    assert not FORMS - FORM_CALLS.keys()


@pytest.mark.parametrize("name", sorted(API_CALLS))
def test_that_an_operator_may_do_this_and_nothing_else(whole: Whole, name: str) -> None:
    whole.acting = "operator"
    ask = API_CALLS[name](whole)
    if name not in MAY:
        for answer in (by_session(whole, "operator", ask), by_token(whole, "operator", ask)):
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        whole.acting = "owner"
        done = by_session(whole, "owner", ask)
        assert done.status_code < 300, f"It was refused for its body too: {done.text}"
        return
    assert by_session(whole, "operator", ask).status_code < 300
    again = API_CALLS[name](whole)
    answer = by_token(whole, "operator", again)
    if name in PEOPLE_ONLY:
        assert answer.status_code in (403, 409), answer.text
    else:
        assert answer.status_code < 300, answer.text


@pytest.mark.parametrize("name", sorted(FORM_CALLS))
def test_that_an_operator_may_send_this_form_and_no_other(whole: Whole, name: str) -> None:
    whole.acting = "operator"
    ask = FORM_CALLS[name](whole)
    mark = whole.audit_mark()
    answer = by_session(whole, "operator", ask)
    if name in FORMS:
        assert answer.status_code < 400, answer.text[:600]
    else:
        assert answer.status_code == 403, f"{ask.path}: {answer.status_code}"
        assert whole.audited_since(mark) == []


def test_that_an_operator_reads_all_but_what_is_the_owners(whole: Whole) -> None:
    app = create_app(cast(PanelServices, SimpleNamespace()), PanelSettings(business_name="x"))
    address = app.url_map.bind("localhost")
    values = real_values(whole)
    wrong = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in NOT_ASKED:
            continue
        path = address.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        path += QUERIES.get(rule.endpoint, "")
        for http in (whole.people["operator"].http, whole.programs["operator"]):
            is_token = http is whole.programs["operator"]
            if is_token and not rule.endpoint.startswith("api."):
                continue
            got = http.get(path).status_code
            if (got == 403) != (rule.endpoint in OWNERS_READING) or got >= 500 or got == 401:
                wrong.append(f"{path} ({rule.endpoint}): {got}")
            elif rule.endpoint not in OWNERS_READING and got not in (200, 302, 303):
                wrong.append(f"{path} ({rule.endpoint}) is not there to be read: {got}")
    assert not wrong, "\n".join(wrong)


QUERIES = {"api.scripts_diff_versions": "?from=1&to=1"}
NOT_ASKED = {"static", "live", "signing.second_step", "welcome.show"}
"""Files, the page's own looks, a step before the sign-in, and a page for strangers with its code."""


def real_values(whole: Whole) -> dict[str, object]:
    """One object of each kind that an address can name."""
    whole.acting = "owner"
    dialogue, _ = made.answered_dialogue(whole)
    return {
        "account_id": made.user_account(whole),
        "login_id": made.login(whole),
        "channel_id": made.channel(whole),
        "comment_id": made.comment(whole),
        "client_id": made.client(whole),
        "conversation_id": dialogue,
        "group_id": made.group(whole),
        "script_id": made.script(whole),
        "questionnaire_id": made.questionnaire(whole),
        "version": 1,
        "webhook_id": made.webhook(whole),
        "area": "sales",
        "file": "reply",
        "table": "funnel",
        "chat_id": 500_001,
        "name": "chat.html",
        "rest": "clock",
    }


# --- objects of somebody else


def test_that_the_telegram_chat_of_a_colleague_stays_linked(whole: Whole) -> None:
    theirs = made.owner_chat(whole, "owner")
    ask = Ask("DELETE", f"/api/comments/owner-chats/{theirs}")
    assert by_session(whole, "operator", ask).status_code == 403
    assert by_token(whole, "operator", ask).status_code == 403
    page = Ask("POST", f"/comments/telegram/{theirs}/unlink", form={})
    assert by_session(whole, "operator", page).status_code == 403
    statement = select(owner_chats.c.unlinked_at).where(owner_chats.c.id == theirs)
    with whole.database.connect() as connection:
        assert connection.scalar(statement) is None


@pytest.mark.parametrize("move", ["take", "messages"])
def test_that_a_dialogue_in_a_colleagues_hands_stays_there(whole: Whole, move: str) -> None:
    number = made.taken_dialogue(whole, "owner")
    body = {"text": "I write here too"} if move == "messages" else None
    ask = Ask("POST", f"/api/conversations/{number}/{move}", body)
    assert by_session(whole, "operator", ask).status_code == 409
    assert by_token(whole, "operator", ask).status_code == 409
    page = Ask("POST", f"/conversations/{number}/{move}", form=body or {})
    assert by_session(whole, "operator", page).status_code == 409
    statement = select(client_conversations.c.operator_id).where(
        client_conversations.c.id == number
    )
    with whole.database.connect() as connection:
        assert connection.scalar(statement) == whole.ids["owner"]


@pytest.mark.parametrize("move", ["pause", "close", "give-back"])
def test_that_a_colleagues_dialogue_is_not_left_lying_and_the_log_says_who(
    whole: Whole, move: str
) -> None:
    number = made.taken_dialogue(whole, "owner")
    mark = whole.audit_mark()
    ask = Ask("POST", f"/conversations/{number}/{move}", form={})
    assert by_session(whole, "operator", ask).status_code == 303
    [line] = whole.audited_since(mark)
    assert (line["actor"], line["subject"]) == ("operator@example.org", ask.path)


def test_that_no_session_but_ones_own_is_ended(whole: Whole) -> None:
    for role in ("owner", "viewer"):
        theirs = made.session(whole, role)
        ask = Ask("POST", f"/profile/sessions/{theirs}/end", form={})
        assert by_session(whole, "operator", ask).status_code == 404
    assert whole.people["owner"].http.get("/profile").status_code == 200


def test_that_an_operator_makes_nobody_and_nothing_an_owner(whole: Whole) -> None:
    owner, me = whole.ids["owner"], whole.ids["operator"]
    with whole.database.connect() as connection:
        before = connection.execute(select(operators).order_by(operators.c.id)).all()
    for number in (owner, me):
        for form in (
            {"role": "owner"},
            {"move": "disable"},
            {"move": "reset-password"},
            {"move": "reset-2fa"},
        ):
            ask = Ask("POST", f"/settings/operators/{number}", form=form)
            assert by_session(whole, "operator", ask).status_code == 403
    token = Ask("POST", "/settings/tokens", form={"name": "mine", "role": "owner"})
    assert by_session(whole, "operator", token).status_code == 403
    with whole.database.connect() as connection:
        assert connection.execute(select(operators).order_by(operators.c.id)).all() == before


@pytest.mark.parametrize("tab", ["operators", "tokens"])
def test_that_people_and_tokens_are_not_listed_for_an_operator(whole: Whole, tab: str) -> None:
    page = whole.people["operator"].http.get(f"/settings/?tab={tab}")
    assert page.status_code == 200
    assert "viewer@example.org" not in page.text
    assert "whole owner" not in page.text


def test_that_a_second_factor_made_for_a_colleague_is_refused(whole: Whole) -> None:
    """The sealed secret of the page is bound to the person it was shown to."""
    secret, sealed = made.offered_factor(whole.people["owner"])
    form = {"sealed": sealed, "code": made.totp(secret)}
    answer = by_session(whole, "operator", Ask("POST", "/profile/second-factor", form=form))
    assert 400 <= answer.status_code < 500
    statement = select(operators.c.sealed_totp).where(operators.c.email == "operator@example.org")
    with whole.database.connect() as connection:
        assert connection.scalar(statement) is None


@pytest.mark.parametrize("of", ["clients", "conversations"])
def test_that_a_note_is_found_only_where_it_was_written(whole: Whole, of: str) -> None:
    _, note = made.note(whole, of)
    elsewhere = made.client(whole) if of == "clients" else made.dialogue(whole)
    ask = Ask("DELETE", f"/api/{of}/{elsewhere}/notes/{note}")
    assert by_session(whole, "operator", ask).status_code == 404
    page = Ask("POST", f"/{of}/{elsewhere}/notes/{note}/remove", form={})
    assert by_session(whole, "operator", page).status_code == 404
    table = client_notes if of == "clients" else conversation_notes
    with whole.database.connect() as connection:
        assert connection.scalar(select(table.c.id).where(table.c.id == note)) == note


def test_that_an_answer_is_corrected_only_in_its_own_dialogue(whole: Whole) -> None:
    _, answer = made.answered_dialogue(whole)
    other, _ = made.answered_dialogue(whole)
    body = {"message_id": answer, "expected": {"stage": "greeting"}}
    ask = Ask("POST", f"/api/conversations/{other}/corrections", body)
    assert by_session(whole, "operator", ask).status_code == 404


def test_that_a_dialogue_is_given_only_to_somebody_who_may_act(whole: Whole) -> None:
    number = made.dialogue(whole)
    gone = made.colleague(whole, "operator")
    whole.people["owner"].post(f"/settings/operators/{gone}", move="disable")
    for person in (whole.ids["viewer"], gone, 999_999_999):
        ask = Ask("PUT", f"/api/conversations/{number}/assignment", {"operator_id": person})
        assert by_session(whole, "operator", ask).status_code == 422
    ask = Ask("PUT", f"/api/conversations/{number}/assignment", {"operator_id": whole.ids["owner"]})
    assert by_session(whole, "operator", ask).status_code == 200


@pytest.mark.parametrize("move", ["move", "done"])
def test_that_a_prepared_group_takes_no_move_of_a_clients_group(whole: Whole, move: str) -> None:
    number = made.pooled(whole)
    assert (
        by_session(whole, "operator", Ask("POST", f"/api/groups/{number}/{move}")).status_code
        == 409
    )
    page = Ask("POST", f"/groups/{number}/{move}", form={})
    assert by_session(whole, "operator", page).status_code == 409
