"""Accounts: connect a bot, sign a user account in, personality, pause, resume, sign out."""

from collections.abc import Sequence

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import SecretStr, ValidationError
from werkzeug.wrappers import Response as AnyResponse

from candor.accounts.account import Account
from candor.accounts.chats import SeenChat
from candor.accounts.errors import LabelNotVerifiedError
from candor.common.errors import CandorError
from candor.common.ids import AccountId, ScriptId, TelegramChatId
from candor.panel.access import current_actor, needs
from candor.panel.api.accounts import matching_accounts
from candor.panel.api.script_choices import choices_of, choose
from candor.panel.errors import status_of
from candor.panel.forms import checked, whole_number
from candor.panel.i18n import current_language
from candor.panel.inward import run, services
from candor.panel.schemas.accounts import AccountQuery, NewAccountBody
from candor.sales.script_choice import LANGUAGES
from candor.sales.script_records import ScriptInfo

ROLES = ("sales", "commentator", "partner")
LISTS = ("interests", "vocabulary", "phrases")
blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    try:
        query = AccountQuery.model_validate({k: v for k, v in request.args.items() if v})
    except ValidationError:
        query = AccountQuery()
    return render_template(
        "accounts/index.html", accounts=matching_accounts(query), query=query, roles=ROLES
    )


@blueprint.route("/new", methods=["GET", "POST"])
@needs("owner")
def new() -> AnyResponse:
    """Connect a bot."""
    error: CandorError | None = None
    if request.method == "POST":
        try:
            body = checked(NewAccountBody, request.form)
            account = run(
                services().accounts.add_bot(
                    body.token, role=body.role, title=body.title, actor=current_actor().label
                )
            )
            return _to(account.id, "account_added")
        except LabelNotVerifiedError as problem:
            # The bot is stored; its page says what is missing and tries again.
            error = problem
        except CandorError as problem:
            error = problem
    page = render_template("accounts/new.html", error=error, form=request.form, roles=ROLES)
    return Response(page, 200 if error is None else status_of(error))


@blueprint.get("/<id:account_id>")
@needs("viewer")
def show(account_id: int) -> str:
    return _show(run(services().accounts.get(AccountId(account_id))))


def _show(account: Account, *, error: CandorError | None = None) -> str:
    known = services()
    preview = known.personalities.preview(account, account.personality)
    chats = run(known.account_chats.allowed(account.id)) if account.kind == "user" else ()
    return render_template(
        "accounts/show.html",
        account=account,
        preview=preview,
        sample=known.personalities.sample(account.personality, current_language()),
        samples=[
            (known.personalities.preview(other, other.personality).name, words)
            for other, words in run(known.personalities.samples(current_language()))
        ],
        chats=chats,
        choices=choices_of(account.id) if account.role == "sales" else (),
        sales_scripts=_sales_scripts() if account.role == "sales" else (),
        error=error,
        roles=ROLES,
        lists=LISTS,
    )


@blueprint.post("/<id:account_id>")
@needs("owner")
def save(account_id: int) -> AnyResponse:
    """Title, role and personality in one form."""
    known, actor, number = services(), current_actor().label, AccountId(account_id)
    account = run(known.accounts.get(number))
    role = request.form.get("role")
    personality: dict[str, object] = {
        name: request.form.get(name, "").strip() for name in ("name", "style", "tone")
    }
    personality |= {name: _listed(request.form.get(name, "")) for name in LISTS}
    try:
        run(known.personalities.save(number, personality, actor=actor))
        run(
            known.accounts.update(
                number,
                title=request.form.get("title") or None,
                role=role if role in ROLES else None,  # type: ignore[arg-type]
                actor=actor,
            )
        )
    except CandorError as error:
        return Response(_show(account, error=error), status_of(error))
    return _to(account_id, "account_saved")


def _sales_scripts() -> tuple[ScriptInfo, ...]:
    """By title, the first two hundred."""
    return run(services().scripts.list_scripts(kind="sales", per_page=200)).items


@blueprint.post("/<id:account_id>/script")
@needs("owner")
def choose_script(account_id: int) -> AnyResponse:
    """Which script new dialogues follow, for each language of clients."""
    number = AccountId(account_id)
    account = run(services().accounts.get(number))
    try:
        for language in LANGUAGES:
            wanted = whole_number(request.form.get(language, ""))
            if wanted is not None:
                choose(number, language, ScriptId(wanted))
            elif language in request.form:
                choose(number, language, None)
    except CandorError as error:
        return Response(_show(account, error=error), status_of(error))
    return _to(account_id, "script_chosen")


def _listed(text: str) -> list[str]:
    """One entry per line, or commas between them."""
    parts = text.replace(",", "\n").splitlines()
    return [part.strip() for part in parts if part.strip()]


@blueprint.post("/<id:account_id>/<move>")
@needs("owner")
def change(account_id: int, move: str) -> AnyResponse:
    known, actor, number = services().accounts, current_actor().label, AccountId(account_id)
    moves = {
        "pause": (known.pause, "account_paused"),
        "resume": (known.resume, "account_resumed"),
        "log-out": (known.log_out, "account_logged_out"),
    }
    account = run(known.get(number))
    if move == "remove":
        run(known.remove(number, actor=actor))
        return redirect(url_for("accounts.index", notice="account_removed"), 303)
    if move not in moves:
        return Response(_show(account), 404)
    act, notice = moves[move]
    try:
        run(act(number, actor=actor))
    except CandorError as error:
        return Response(_show(account, error=error), status_of(error))
    return _to(account_id, notice)


@blueprint.post("/<id:account_id>/token")
@needs("owner")
def replace_token(account_id: int) -> AnyResponse:
    known, number = services().accounts, AccountId(account_id)
    account = run(known.get(number))
    try:
        token = SecretStr(request.form.get("token", ""))
        run(known.replace_token(number, token, actor=current_actor().label))
    except CandorError as error:
        return Response(_show(account, error=error), status_of(error))
    return _to(account_id, "account_saved")


# --- what a user account may read


@blueprint.post("/<id:account_id>/chats")
@needs("owner")
def allow_chat(account_id: int) -> AnyResponse:
    """Put a group or channel on the account's list."""
    known, number = services(), AccountId(account_id)
    account = run(known.accounts.get(number))
    try:
        run(
            known.account_chats.allow(
                number,
                request.form.get("chat", "")[:200],
                may_act=request.form.get("may_act") == "on",
                actor=current_actor().label,
            )
        )
    except CandorError as error:
        return Response(_show(account, error=error), status_of(error))
    return _to(account_id, "account_saved")


@blueprint.post("/<id:account_id>/chats/<chat:chat_id>/withdraw")
@needs("owner")
def withdraw_chat(account_id: int, chat_id: int) -> AnyResponse:
    actor = current_actor().label
    run(
        services().account_chats.withdraw(
            AccountId(account_id), TelegramChatId(chat_id), actor=actor
        )
    )
    return _to(account_id, "account_saved")


@blueprint.get("/<id:account_id>/chats/offered")
@needs("owner", audited=False)
def offered_chats(account_id: int) -> str:
    """The account's own groups and channels, asked of Telegram while the page is open."""
    error: CandorError | None = None
    offered: Sequence[SeenChat] = ()
    try:
        offered = run(services().account_chats.offered(AccountId(account_id)))
    except CandorError as problem:
        error = problem
    return render_template("accounts/offered.html", offered=offered, error=error)


def _to(account_id: int, notice: str) -> AnyResponse:
    return redirect(url_for("accounts.show", account_id=account_id, notice=notice or None), 303)
