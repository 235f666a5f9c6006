"""A valid request of every operation of the API that writes, by the operation's name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.integration.panel import objects as made
from tests.integration.panel.whole import TWO_STEP, Whole


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `body` is JSON, `text` is YAML, `form` an HTML form."""

    method: str
    path: str
    body: object = None
    text: str | None = None
    form: Mapping[str, Any] | None = None
    files: Mapping[str, Any] | None = None
    secrets: tuple[str, ...] = field(default=())
    """What may stand in no line of the log."""

    def arguments(self) -> dict[str, Any]:
        if self.text is not None:
            return {"content": self.text, "headers": made.YAML}
        if self.form is not None:
            return {"data": dict(self.form), "files": self.files}
        return {} if self.body is None else {"json": self.body}


Maker = Callable[[Whole], Ask]
API_CALLS: dict[str, Maker] = {}


def call(name: str) -> Callable[[Maker], Maker]:
    def keep(maker: Maker) -> Maker:
        API_CALLS[name] = maker
        return maker

    return keep


def _simple(name: str, method: str, path: str, maker: Callable[[Whole], Any], body: object) -> None:
    """`{}` in the path is what the maker made."""

    def make(whole: Whole) -> Ask:
        found = maker(whole)
        ids = found if isinstance(found, tuple) else (found,)
        return Ask(method, f"/api{path.format(*ids)}", body)

    API_CALLS[name] = make


REASON = {"reason": "a test"}
TEXT = {"text": "Good day, a person writes here."}
CONSENT = {"purpose": "marketing", "text": "I agree", "source": "a form of 1 March"}
for _row in (
    # --- accounts
    ("accounts_update_account", "PUT", "/accounts/{}", made.bot, {"status": "paused"}),
    ("accounts_remove_account", "DELETE", "/accounts/{}", made.bot, None),
    ("accounts_withdraw_chat", "DELETE", "/accounts/{}/chats/{}", made.allowed_chat, None),
    ("accounts_send_code_again", "POST", "/accounts/login/{}/again", made.login, None),
    # --- channels and comments
    ("channels_change_channel", "PUT", "/channels/{}", made.channel, {"daily_cap": 2}),
    ("channels_remove_channel", "DELETE", "/channels/{}", made.channel, None),
    ("channels_pause", "POST", "/channels/{}/pause", made.channel, REASON),
    ("channels_resume", "POST", "/channels/{}/resume", made.channel, None),
    ("channels_revoke", "POST", "/channels/{}/revoke", made.permitted_channel, REASON),
    ("comments_approve", "POST", "/comments/{}/approve", made.comment, {"text": made.COMMENT}),
    ("comments_edit_comment", "PUT", "/comments/{}", made.comment, {"text": made.COMMENT}),
    ("comments_reject", "POST", "/comments/{}/reject", made.comment, REASON),
    ("comments_unlink_owner_chat", "DELETE", "/comments/owner-chats/{}", made.owner_chat, None),
    # --- clients
    ("clients_change_client", "PUT", "/clients/{}", made.client, {"tags": ["regular"]}),
    ("clients_erase_client", "DELETE", "/clients/{}", made.client, None),
    ("clients_record_consent", "POST", "/clients/{}/consents", made.client, CONSENT),
    (
        "clients_withdraw_consent",
        "DELETE",
        "/clients/{}/consents/marketing",
        made.consenting,
        None,
    ),
    ("clients_add_note", "POST", "/clients/{}/notes", made.client, TEXT),
    (
        "clients_remove_note",
        "DELETE",
        "/clients/{}/notes/{}",
        lambda whole: made.note(whole, "clients"),
        None,
    ),
    # --- conversations
    ("conversations_take", "POST", "/conversations/{}/take", made.dialogue, None),
    ("conversations_give_back", "POST", "/conversations/{}/give-back", made.taken_dialogue, None),
    (
        "conversations_write_message",
        "POST",
        "/conversations/{}/messages",
        made.taken_dialogue,
        TEXT,
    ),
    ("conversations_add_note", "POST", "/conversations/{}/notes", made.dialogue, TEXT),
    (
        "conversations_remove_note",
        "DELETE",
        "/conversations/{}/notes/{}",
        lambda whole: made.note(whole, "conversations"),
        None,
    ),
    (
        "conversations_assign",
        "PUT",
        "/conversations/{}/assignment",
        made.dialogue,
        {"operator_id": None},
    ),
    (
        "conversations_cancel_follow_up",
        "POST",
        "/conversations/{}/follow-up/cancel",
        made.quiet_dialogue,
        None,
    ),
    # --- groups
    ("groups_change_group", "PUT", "/groups/{}", made.group, {"is_paused": True}),
    ("groups_close_group", "DELETE", "/groups/{}", made.group, None),
    ("groups_check_group", "POST", "/groups/{}/check", made.pooled, None),
    ("groups_mark_done", "POST", "/groups/{}/done", made.group_with_task, None),
    ("groups_move_group", "POST", "/groups/{}/move", made.group, None),
    # --- scripts and questionnaires
    ("scripts_delete_script", "DELETE", "/scripts/{}", made.script, None),
    ("scripts_rollback", "POST", "/scripts/{}/rollback", made.script, {"version": 1}),
    ("scripts_drop_correction", "DELETE", "/scripts/{}/corrections/{}", made.correction, None),
    ("questionnaires_delete_questionnaire", "DELETE", "/questionnaires/{}", made.questionnaire, None),
    (
        "questionnaires_rollback_questionnaire",
        "POST",
        "/questionnaires/{}/rollback",
        made.questionnaire,
        {"version": 1},
    ),
    # --- webhooks
    ("webhooks_change_webhook", "PUT", "/webhooks/{}", made.webhook, made.HOOK),
    ("webhooks_remove_webhook", "DELETE", "/webhooks/{}", made.webhook, None),
    ("webhooks_replace_secret", "POST", "/webhooks/{}/secret", made.webhook, None),
    ("webhooks_test_webhook", "POST", "/webhooks/{}/test", made.webhook, None),
):  # fmt: skip
    _simple(*_row)  # type: ignore[arg-type]

KEPT = dict.fromkeys(("messages", "clients", "activity", "contacts", "webhooks", "audit"), 700)
SIGN_OFF = {
    "signed_by": "Anna",
    "role": "director",
    "contact": "anna@example.org",
    "basis": "advice",
}
PRICE = {"model": "deepseek-chat", "prompt": "0.28", "completion": "0.42"}
CSV = "telegram_id,name\n777001,Anna\n"
for _name, _method, _path, _body in (
    ("channels_add_channel", "POST", "/channels", None),
    ("clients_import_clients", "POST", "/clients/import", {"list": "fair", "csv": CSV}),
    ("model_put_budget", "PUT", "/budget", {"day": 5.0}),
    ("model_put_prices", "PUT", "/prices", {"prices": [PRICE]}),
    ("model_test_model", "POST", "/model/test", None),
    ("model_put_prompt", "PUT", "/prompts/sales/reply", None),
    ("model_roll_back_prompt", "POST", "/prompts/sales/reply/rollback", {"version": None}),
    ("settings_put_business", "PUT", "/settings/business", {"name": "Lighthouse"}),
    ("settings_put_limits", "PUT", "/settings/limits", {"chat_gap_seconds": 3}),
    ("settings_put_retention", "PUT", "/settings/retention", KEPT),
    ("webhooks_add_webhook", "POST", "/webhooks", made.HOOK),
    ("comments_make_owner_code", "POST", "/comments/owner-chats", None),
    ("accounts_begin_login", "POST", "/accounts/login", None),
):
    _simple(_name, _method, _path, lambda whole: (), _body)


@call("accounts_add_account")
def add_account(whole: Whole) -> Ask:
    token = made.bot_token(whole)
    body = {"role": "partner", "token": token}
    return Ask("POST", "/api/accounts", body, secrets=(token, token.split(":")[1]))


@call("accounts_begin_login")
def begin_login(whole: Whole) -> Ask:
    number = made.phone(whole)
    return Ask("POST", "/api/accounts/login", {"phone": number}, secrets=(number, number[1:]))


@call("accounts_enter_code")
def enter_code(whole: Whole) -> Ask:
    number = made.login(whole)
    code = made.last_code(whole)
    return Ask("POST", f"/api/accounts/login/{number}/code", {"code": code}, secrets=(code,))


@call("accounts_enter_password")
def enter_password(whole: Whole) -> Ask:
    path = f"/api/accounts/login/{made.login_at_password(whole)}/password"
    return Ask("POST", path, {"password": TWO_STEP}, secrets=(TWO_STEP,))


@call("accounts_allow_chat")
def allow_chat(whole: Whole) -> Ask:
    account = made.user_account(whole)
    body = {"chat": str(made.own_chat(whole, account))}
    return Ask("POST", f"/api/accounts/{account}/chats", body)


@call("accounts_choose_script")
def choose_script(whole: Whole) -> Ask:
    body = {"language": "en", "script_id": made.sample(whole, "first-contact-en")}
    return Ask("PUT", f"/api/accounts/{made.SALES_BOT}/scripts", body)


@call("channels_add_channel")
def add_channel(whole: Whole) -> Ask:
    return Ask("POST", "/api/channels", {"username": f"news_{next(whole.numbers)}"})


@call("channels_sign_off")
def sign_off(whole: Whole) -> Ask:
    body = {**SIGN_OFF, "expires_at": whole.now(days=30).isoformat()}
    return Ask("POST", "/api/channels/legal-sign-offs", body)


@call("clients_merge_clients")
def merge_clients(whole: Whole) -> Ask:
    return Ask("POST", f"/api/clients/{made.client(whole)}/merge", {"other_id": made.client(whole)})


@call("comments_snooze")
def snooze(whole: Whole) -> Ask:
    body = {"until": whole.now(hours=2).isoformat()}
    return Ask("POST", f"/api/comments/{made.comment(whole)}/snooze", body)


@call("comments_move")
def move_comment(whole: Whole) -> Ask:
    body = {"at": whole.now(hours=30).isoformat()}
    return Ask("POST", f"/api/comments/{made.scheduled_comment(whole)}/move", body)


@call("comments_set_caps")
def set_caps(whole: Whole) -> Ask:
    path = f"/api/comments/accounts/{made.COMMENTING_BOT}"
    return Ask("PUT", path, {"daily_cap": 50, "is_active": True})


@call("conversations_add_correction")
def add_correction(whole: Whole) -> Ask:
    number, answer = made.answered_dialogue(whole)
    body = {"message_id": answer, "expected": {"stage": "greeting"}}
    return Ask("POST", f"/api/conversations/{number}/corrections", body)


@call("groups_add_group")
def add_group(whole: Whole) -> Ask:
    body = {"chat_id": made.group_in_telegram(whole), "account_id": made.SALES_BOT}
    return Ask("POST", "/api/groups", body)


@call("model_put_prompt")
def put_prompt(whole: Whole) -> Ask:
    shipped = whole.ask("GET", "/prompts/sales/reply")["shipped"]
    own = f"{shipped}\nVersion {next(whole.numbers)}."
    return Ask("PUT", "/api/prompts/sales/reply", {"text": own})


@call("scripts_create_script")
def create_script(whole: Whole) -> Ask:
    return Ask("POST", "/api/scripts", text=made.script_text(whole))


@call("scripts_take_correction")
def take_correction(whole: Whole) -> Ask:
    script, number = made.correction(whole)
    path = f"/api/scripts/{script}/corrections/{number}/take"
    return Ask("POST", path, {"source": made.script_text(whole)})


@call("questionnaires_create_questionnaire")
def create_questionnaire(whole: Whole) -> Ask:
    return Ask("POST", "/api/questionnaires", text=made.questions_text(whole))


def _update(method: str, path: str, maker: Callable[[Whole], int]) -> Maker:
    """What came out goes in again under another title."""

    def make(whole: Whole) -> Ask:
        address = f"/{path}/{maker(whole)}"
        return Ask(method, f"/api{address}", {**whole.ask("GET", address), "title": "Better"})

    return make


API_CALLS |= {
    "scripts_update_script": _update("PUT", "scripts", made.script),
    "scripts_update_script_by_post": _update("POST", "scripts", made.script),
    "questionnaires_update_questionnaire": _update("PUT", "questionnaires", made.questionnaire),
    "questionnaires_update_questionnaire_by_post": _update(
        "POST", "questionnaires", made.questionnaire
    ),
}
