"""Accounts: connect a bot, sign a user account in, personality, pause, resume, sign out."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup
from pydantic import SecretStr, ValidationError
from werkzeug.wrappers import Response as AnyResponse

from candor.accounts.account import Account
from candor.accounts.errors import LabelNotVerifiedError
from candor.accounts.sign_in import LoginView
from candor.common.errors import CandorError
from candor.common.ids import AccountId
from candor.panel.access import current_actor, needs
from candor.panel.api.accounts import begin_sign_in, matching_accounts
from candor.panel.auth.second_factor import qr_svg
from candor.panel.errors import status_of
from candor.panel.forms import checked
from candor.panel.i18n import current_language
from candor.panel.inward import run, services
from candor.panel.schemas.accounts import AccountQuery, LoginStart, NewAccountBody

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
    return render_template(
        "accounts/show.html",
        account=account,
        preview=preview,
        sample=known.personalities.sample(account.personality, current_language()),
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


# --- a user account's sign-in


@blueprint.route("/sign-in", methods=["GET", "POST"])
@needs("owner")
def sign_in() -> AnyResponse:
    error: CandorError | None = None
    if request.method == "POST":
        try:
            start = checked(LoginStart, request.form)
            view = begin_sign_in(start, actor=current_actor().label)
            return redirect(url_for("accounts.step", account_id=view.account.id), 303)
        except CandorError as problem:
            error = problem
    page = render_template("accounts/sign_in.html", error=error, form=request.form, roles=ROLES)
    return Response(page, 200 if error is None else status_of(error))


@blueprint.route("/<id:account_id>/sign-in", methods=["GET", "POST"])
@needs("owner")
def step(account_id: int) -> AnyResponse:
    """The step that the sign-in waits for: code, password, or the picture to scan."""
    account = run(services().accounts.get(AccountId(account_id)))
    if account.status != "signing_in":
        return _to(account_id, "")
    error: CandorError | None = None
    if request.method == "POST":
        try:
            view = _take_step(account)
            if view.step is None:
                return _to(account_id, "account_added")
            account = view.account
        except CandorError as problem:
            error = problem
    page = render_template("accounts/step.html", account=account, error=error, qr=_picture(account))
    return Response(page, 200 if error is None else status_of(error))


def _take_step(account: Account) -> LoginView:
    service, actor = services().account_sign_in, current_actor().label
    secret = SecretStr(request.form.get("secret", ""))
    if account.login_step == "password":
        return run(service.enter_password(account.id, secret, actor=actor))
    if account.login_step == "qr":
        return run(service.look_at_qr(account.id, actor=actor))
    return run(service.enter_code(account.id, secret, actor=actor))


def _picture(account: Account) -> Markup | None:
    if account.login_step != "qr":
        return None
    view = run(services().account_sign_in.look_at_qr(account.id, actor=current_actor().label))
    # Made by segno from Telegram's own address; holds no markup of anybody else.
    return Markup(qr_svg(view.qr_url)) if view.qr_url else None  # noqa: S704


@blueprint.post("/<id:account_id>/sign-in/cancel")
@needs("owner")
def cancel_sign_in(account_id: int) -> AnyResponse:
    run(services().account_sign_in.cancel(AccountId(account_id), actor=current_actor().label))
    return redirect(url_for("accounts.index"), 303)


def _to(account_id: int, notice: str) -> AnyResponse:
    return redirect(url_for("accounts.show", account_id=account_id, notice=notice or None), 303)
