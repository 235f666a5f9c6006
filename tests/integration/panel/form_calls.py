"""A valid request of every form of the panel that writes: its endpoint, and its move where it has several."""

import re
from collections.abc import Callable
from typing import Any

from tests.integration.panel import objects as made
from tests.integration.panel.api_calls import CSV, SIGN_OFF, Ask, Maker
from tests.integration.panel.conftest import PASSWORD, Browser
from tests.integration.panel.whole import TWO_STEP, Whole, totp

FORM_CALLS: dict[str, Maker] = {}


def _form(name: str, path: str, maker: Callable[[Whole], Any], form: dict[str, Any]) -> None:
    """`{}` in the path is what the maker made."""

    def make(whole: Whole) -> Ask:
        found = maker(whole)
        ids = found if isinstance(found, tuple) else (found,)
        return Ask("POST", path.format(*ids), form=form)

    FORM_CALLS[name] = make


def _nothing(whole: Whole) -> tuple[()]:
    return ()


HOOK = {"title": "CRM", "url": made.HOOK["url"], "events": ["client.agreed"]}
CONSENT = {"purpose": "marketing", "text": "I agree", "source": "a form of 1 March"}
BUDGET = {"client_day": "", "day": "5", "month": "", "client_calls_day": "150", "warn_at": "80"}
PRICES = {"model": "deepseek-chat", "prompt": "0.28", "completion": "0.42", "cached": ""}
KEPT = dict.fromkeys(("messages", "clients", "activity", "contacts", "webhooks", "audit"), "700")
for _row in (
    # --- accounts
    ("accounts.save", "/accounts/{}", made.bot, {"title": "Better", "name": "Maya"}),
    ("accounts.change:pause", "/accounts/{}/pause", made.bot, {}),
    ("accounts.change:log-out", "/accounts/{}/log-out", made.bot, {}),
    ("accounts.change:remove", "/accounts/{}/remove", made.bot, {}),
    ("accounts.withdraw_chat", "/accounts/{}/chats/{}/withdraw", made.allowed_chat, {}),
    ("accounts_sign_in.again", "/accounts/{}/sign-in/again", made.login, {}),
    ("accounts_sign_in.cancel", "/accounts/{}/sign-in/cancel", made.login, {}),
    # --- channels and comments
    ("channels.save", "/channels/{}", made.channel, {"comment_mode": "draft", "daily_cap": "2"}),
    ("channels.act:pause", "/channels/{}/pause", made.channel, {}),
    ("channels.act:resume", "/channels/{}/resume", made.channel, {}),
    ("channels.act:revoke", "/channels/{}/revoke", made.permitted_channel, {}),
    ("channels.act:remove", "/channels/{}/remove", made.channel, {}),
    ("comments.act:approve", "/comments/{}/approve", made.comment, {"text": made.COMMENT}),
    ("comments.act:edit", "/comments/{}/edit", made.comment, {"text": made.COMMENT}),
    ("comments.act:reject", "/comments/{}/reject", made.comment, {"reason": "a test"}),
    ("comments.act:snooze", "/comments/{}/snooze", made.comment, {}),
    (
        "comments.rules_account",
        "/comments/rules/{}",
        lambda whole: made.COMMENTING_BOT,
        {"daily_cap": "50", "is_active": "on"},
    ),
    ("comments.sign_off", "/comments/rules/sign-off", _nothing, {**SIGN_OFF, "days": "90"}),
    ("comments.sign_off_withdraw", "/comments/rules/sign-off/withdraw", _nothing, {}),
    ("comments.telegram_code", "/comments/telegram/code", _nothing, {}),
    ("comments.telegram_unlink", "/comments/telegram/{}/unlink", made.owner_chat, {}),
    ("welcome.switch", "/transparency", _nothing, {"is_public": "yes"}),
    # --- clients
    ("clients.save", "/clients/{}", made.client, {"tags": "regular"}),
    ("clients.add_note", "/clients/{}/notes", made.client, {"text": "calls back"}),
    (
        "clients.remove_note",
        "/clients/{}/notes/{}/remove",
        lambda whole: made.note(whole, "clients"),
        {},
    ),
    ("clients.record_consent", "/clients/{}/consents", made.client, CONSENT),
    ("clients.withdraw_consent", "/clients/{}/consents/marketing/withdraw", made.consenting, {}),
    ("clients.erase", "/clients/{}/erase", made.client, {}),
    # --- conversations
    ("conversations.take", "/conversations/{}/take", made.dialogue, {}),
    ("conversations.give_back", "/conversations/{}/give-back", made.taken_dialogue, {}),
    ("conversations.pause", "/conversations/{}/pause", made.dialogue, {}),
    ("conversations.close", "/conversations/{}/close", made.dialogue, {}),
    ("conversations.write", "/conversations/{}/messages", made.taken_dialogue, {"text": "Hello"}),
    ("conversations.assign", "/conversations/{}/assign", made.dialogue, {"operator_id": ""}),
    ("conversations.add_note", "/conversations/{}/notes", made.dialogue, {"text": "calls back"}),
    (
        "conversations.remove_note",
        "/conversations/{}/notes/{}/remove",
        lambda whole: made.note(whole, "conversations"),
        {},
    ),
    (
        "conversations.cancel_follow_up",
        "/conversations/{}/follow-up/cancel",
        made.quiet_dialogue,
        {},
    ),
    # --- groups
    ("groups.change:pause", "/groups/{}/pause", made.group, {}),
    ("groups.change:resume", "/groups/{}/resume", made.group, {}),
    ("groups.change:done", "/groups/{}/done", made.group_with_task, {}),
    ("groups.change:move", "/groups/{}/move", made.group, {}),
    ("groups.change:close", "/groups/{}/close", made.group, {}),
    ("groups.check", "/groups/pool/{}/check", made.pooled, {}),
    ("groups.remove", "/groups/pool/{}/remove", made.pooled, {}),
    # --- model
    ("model.test", "/model/test", _nothing, {}),
    ("model.save_budget", "/model/budget", _nothing, BUDGET),
    ("model.save_prices", "/model/prices", _nothing, PRICES),
    ("model.roll_back", "/model/prompts/sales/reply/rollback", _nothing, {}),
    # --- scripts and questionnaires
    ("scripts.rollback", "/scripts/{}/rollback", made.script, {"to": "1"}),
    ("scripts.delete", "/scripts/{}/delete", made.script, {}),
    ("scripts.use", "/scripts/{}/use", made.script, {"account": str(made.SALES_BOT)}),
    ("questionnaires.rollback", "/questionnaires/{}/rollback", made.questionnaire, {"to": "1"}),
    ("questionnaires.delete", "/questionnaires/{}/delete", made.questionnaire, {}),
    # --- settings
    ("settings.save_answers", "/settings/answers", _nothing, {"answer": "One moment, please."}),
    ("settings_owner.backup", "/settings/backup", _nothing, {}),
    ("settings_owner.save", "/settings/business", _nothing, {"name": "Lighthouse"}),
    ("settings_owner.save_limits_form", "/settings/limits", _nothing, {"chat_gap_seconds": "3"}),
    ("settings_owner.save_retention", "/settings/retention", _nothing, KEPT),
    # --- webhooks
    ("webhooks.add", "/webhooks/", _nothing, HOOK),
    ("webhooks.save", "/webhooks/{}", made.webhook, HOOK),
    ("webhooks.act:test", "/webhooks/{}/test", made.webhook, {}),
    ("webhooks.act:pause", "/webhooks/{}/pause", made.webhook, {}),
    ("webhooks.act:resume", "/webhooks/{}/resume", made.paused_webhook, {}),
    ("webhooks.act:secret", "/webhooks/{}/secret", made.webhook, {}),
    ("webhooks.act:remove", "/webhooks/{}/remove", made.webhook, {}),
    # --- the person's own
    ("signing.change_name", "/profile/name", _nothing, {"name": "Anna"}),
    ("signing.set_theme", "/theme/auto", _nothing, {}),
):  # fmt: skip
    _form(*_row)  # type: ignore[arg-type]


def form(name: str) -> Callable[[Maker], Maker]:
    def keep(maker: Maker) -> Maker:
        FORM_CALLS[name] = maker
        return maker

    return keep


@form("accounts.new")
def new_account(whole: Whole) -> Ask:
    token = made.bot_token(whole)
    fields = {"role": "partner", "token": token}
    return Ask("POST", "/accounts/new", form=fields, secrets=(token, token.split(":")[1]))


@form("accounts.change:resume")
def resume_account(whole: Whole) -> Ask:
    number = made.bot(whole)
    whole.ask("PUT", f"/accounts/{number}", json={"status": "paused"})
    return Ask("POST", f"/accounts/{number}/resume", form={})


@form("accounts.replace_token")
def replace_token(whole: Whole) -> Ask:
    """A new token of the same bot, as BotFather gives after /revoke."""
    token = made.bot_token(whole)
    body = {"role": "partner", "token": token}
    number = whole.ask("POST", "/accounts", json=body)["id"]
    return Ask("POST", f"/accounts/{number}/token", form={"token": token}, secrets=(token,))


@form("accounts.allow_chat")
def allow_chat(whole: Whole) -> Ask:
    account = made.user_account(whole)
    fields = {"chat": str(made.own_chat(whole, account))}
    return Ask("POST", f"/accounts/{account}/chats", form=fields)


@form("accounts.choose_script")
def choose_script(whole: Whole) -> Ask:
    fields = {"en": str(made.sample(whole, "first-contact-en"))}
    return Ask("POST", f"/accounts/{made.SALES_BOT}/script", form=fields)


@form("accounts_sign_in.begin")
def begin_sign_in(whole: Whole) -> Ask:
    number = made.phone(whole)
    return Ask("POST", "/accounts/sign-in", form={"phone": number}, secrets=(number, number[1:]))


@form("accounts_sign_in.step:code")
def enter_code(whole: Whole) -> Ask:
    number = made.login(whole)
    code = made.last_code(whole)
    return Ask("POST", f"/accounts/{number}/sign-in", form={"secret": code}, secrets=(code,))


@form("accounts_sign_in.step:password")
def enter_password(whole: Whole) -> Ask:
    path = f"/accounts/{made.login_at_password(whole)}/sign-in"
    return Ask("POST", path, form={"secret": TWO_STEP}, secrets=(TWO_STEP,))


@form("channels.new")
def new_channel(whole: Whole) -> Ask:
    fields = {"username": f"talks_{next(whole.numbers)}", "daily_cap": "1"}
    return Ask("POST", "/channels/new", form=fields)


@form("comments.act:move")
def move_comment(whole: Whole) -> Ask:
    fields = {"at": f"{whole.now(hours=30):%Y-%m-%dT%H:%M}"}
    return Ask("POST", f"/comments/{made.scheduled_comment(whole)}/move", form=fields)


@form("clients.merge")
def merge(whole: Whole) -> Ask:
    fields = {"other_id": str(made.client(whole))}
    return Ask("POST", f"/clients/{made.client(whole)}/merge", form=fields)


@form("clients.import_list")
def import_list(whole: Whole) -> Ask:
    return Ask("POST", "/clients/import", form={}, files={"file": ("fair.csv", CSV, "text/csv")})


@form("conversations.add_correction")
def add_correction(whole: Whole) -> Ask:
    number, answer = made.answered_dialogue(whole)
    fields = {"message": str(answer), "stage": "greeting"}
    return Ask("POST", f"/conversations/{number}/corrections", form=fields)


@form("groups.add")
def add_group(whole: Whole) -> Ask:
    fields = {"chat_id": str(made.group_in_telegram(whole)), "account_id": str(made.SALES_BOT)}
    return Ask("POST", "/groups/pool", form=fields)


@form("groups.change:jump")
def jump(whole: Whole) -> Ask:
    fields = {"step": made.task_step(whole)}
    return Ask("POST", f"/groups/{made.group(whole)}/jump", form=fields)


@form("model.save_prompt")
def save_prompt(whole: Whole) -> Ask:
    shipped = whole.ask("GET", "/prompts/sales/reply")["shipped"]
    fields = {"text": f"{shipped}\nVersion {next(whole.numbers)}."}
    return Ask("POST", "/model/prompts/sales/reply", form=fields)


@form("scripts.new")
def new_script(whole: Whole) -> Ask:
    return Ask("POST", "/scripts/new", form={"source": made.script_text(whole)})


@form("scripts.save")
def save_script(whole: Whole) -> Ask:
    text, number = made.script_text(whole), made.script(whole)
    key = str(whole.ask("GET", f"/scripts/{number}")["key"])
    source = re.sub(r"key: script-\d+", f"key: {key}", text).replace("Try", "Better")
    return Ask("POST", f"/scripts/{number}", form={"source": source})


@form("questionnaires.new")
def new_questionnaire(whole: Whole) -> Ask:
    return Ask("POST", "/questionnaires/new", form={"source": made.questions_text(whole)})


@form("questionnaires.save")
def save_questionnaire(whole: Whole) -> Ask:
    text, number = made.questions_text(whole), made.questionnaire(whole)
    key = str(whole.ask("GET", f"/questionnaires/{number}")["key"])
    source = re.sub(r"key: questions-\d+", f"key: {key}", text).replace("Two", "Better")
    return Ask("POST", f"/questionnaires/{number}", form={"source": source})


@form("settings.add_operator")
def add_operator(whole: Whole) -> Ask:
    fields = {"email": f"new{next(whole.numbers)}@example.org", "role": "viewer"}
    return Ask("POST", "/settings/operators", form=fields)


def _change_operator(**fields: str) -> Maker:
    def make(whole: Whole) -> Ask:
        return Ask("POST", f"/settings/operators/{made.colleague(whole)}", form=fields)

    return make


@form("settings.change_operator:enable")
def enable_operator(whole: Whole) -> Ask:
    number = made.colleague(whole)
    whole.people["owner"].post(f"/settings/operators/{number}", move="disable")
    return Ask("POST", f"/settings/operators/{number}", form={"move": "enable"})


@form("settings.add_token")
def add_token(whole: Whole) -> Ask:
    fields = {"name": f"crm {next(whole.numbers)}", "role": "viewer"}
    return Ask("POST", "/settings/tokens", form=fields)


@form("settings.revoke_token")
def revoke_token(whole: Whole) -> Ask:
    name = f"crm {next(whole.numbers)}"
    whole.people["owner"].post("/settings/tokens", name=name, role="viewer")
    return Ask("POST", "/settings/tokens/revoke", form={"name": name})


@form("signing.end_session")
def end_session(whole: Whole) -> Ask:
    """Another one of the same person."""
    return Ask("POST", f"/profile/sessions/{made.session(whole)}/end", form={})


FORM_CALLS |= {
    "settings.change_operator:role": _change_operator(role="operator"),
    "settings.change_operator:disable": _change_operator(move="disable"),
    "settings.change_operator:reset-password": _change_operator(move="reset-password"),
    "settings.change_operator:reset-2fa": _change_operator(move="reset-2fa"),
}

OWN_BROWSER: dict[str, Callable[[Whole], tuple[Ask, Browser]]] = {}
"""Forms that change or end the session that sends them: sent from a browser of their own."""


def own(name: str) -> Callable[[Any], Any]:
    def keep(maker: Any) -> Any:
        OWN_BROWSER[name] = maker
        return maker

    return keep


@own("signing.sign_out")
def sign_out(whole: Whole) -> tuple[Ask, Browser]:
    return Ask("POST", "/sign-out", form={}), made.signed_in(whole)


@own("signing.sign_in")
def sign_in(whole: Whole) -> tuple[Ask, Browser]:
    fields = {"email": made.colleague_email(whole), "password": PASSWORD}
    ask = Ask("POST", "/sign-in", form=fields, secrets=(PASSWORD,))
    return ask, whole.stranger()


@own("signing.second_step")
def second_step(whole: Whole) -> tuple[Ask, Browser]:
    _, email, codes = made.with_second_factor(whole)
    fresh = whole.stranger()
    fresh.sign_in(email)
    return Ask("POST", "/sign-in/code", form={"code": codes[0]}, secrets=(codes[0],)), fresh


@own("signing.change_password")
def change_password(whole: Whole) -> tuple[Ask, Browser]:
    new = "another quiet lighthouse"
    fields = {"current": PASSWORD, "new": new, "again": new}
    ask = Ask("POST", "/profile/password", form=fields, secrets=(PASSWORD, new))
    return ask, made.signed_in(whole)


@own("signing.second_factor")
def second_factor(whole: Whole) -> tuple[Ask, Browser]:
    browser = made.signed_in(whole)
    secret, sealed = made.offered_factor(browser)
    fields = {"sealed": sealed, "code": totp(secret)}
    return Ask("POST", "/profile/second-factor", form=fields, secrets=(secret,)), browser


@own("signing.remove_second_factor")
def remove_second_factor(whole: Whole) -> tuple[Ask, Browser]:
    browser, _, _ = made.with_second_factor(whole)
    return Ask("POST", "/profile/second-factor/remove", form={}), browser


@own("signing.set_language")
def set_language(whole: Whole) -> tuple[Ask, Browser]:
    return Ask("POST", "/language/ru", form={}), made.signed_in(whole)
