"""A user account's sign-in as a wizard: phone or picture, code, password. It can be left and resumed."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup
from pydantic import SecretStr
from werkzeug.wrappers import Response as AnyResponse

from candor.accounts.errors import NoSignInError
from candor.accounts.sign_in import LoginView
from candor.common.errors import CandorError
from candor.common.ids import AccountId
from candor.panel.access import current_actor, needs
from candor.panel.api.accounts import begin_sign_in
from candor.panel.auth.second_factor import qr_svg
from candor.panel.errors import status_of
from candor.panel.forms import checked
from candor.panel.inward import run, services
from candor.panel.pages.accounts import ROLES
from candor.panel.schemas.accounts import LoginStart

blueprint = Blueprint("accounts_sign_in", __name__, url_prefix="/accounts")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@needs("owner")
def begin() -> AnyResponse:
    """The first step: a phone number, or the picture."""
    error: CandorError | None = None
    if request.method == "POST":
        try:
            start = checked(LoginStart, request.form)
            view = begin_sign_in(start, actor=current_actor().label)
            return _to_step(view.account.id)
        except CandorError as problem:
            error = problem
    return _from_the_start(error)


@blueprint.route("/<id:account_id>/sign-in", methods=["GET", "POST"])
@needs("owner")
def step(account_id: int) -> AnyResponse:
    """The step that the sign-in waits for: code, password, or the picture to scan."""
    view = run(services().account_sign_in.standing(AccountId(account_id)))
    error: CandorError | None = None
    if request.method == "POST" and view.step is not None:
        try:
            view = _take_step(view)
        except NoSignInError as problem:
            return _from_the_start(problem)
        except CandorError as problem:
            error = problem
    elif view.step == "qr":
        view, error = _looked(view)
    if view.step is None:
        return _to_account(view.account.id)
    status = 200 if error is None else status_of(error)
    page = render_template("accounts/step.html", view=view, error=error, qr=_picture(view))
    return Response(page, status)


@blueprint.get("/<id:account_id>/sign-in/picture")
@needs("owner", audited=False)
def picture(account_id: int) -> AnyResponse:
    """The live picture: renewed while it waits; the page goes on once it was scanned."""
    view = run(services().account_sign_in.standing(AccountId(account_id)))
    error: CandorError | None = None
    if view.step == "qr":
        view, error = _looked(view)
    if view.step == "qr":
        return Response(
            render_template("accounts/picture.html", view=view, error=error, qr=_picture(view))
        )
    on = "accounts.show" if view.step is None else "accounts_sign_in.step"
    address = url_for(on, account_id=view.account.id)
    return Response(status=204, headers={"HX-Redirect": address})


@blueprint.post("/<id:account_id>/sign-in/again")
@needs("owner")
def again(account_id: int) -> AnyResponse:
    """A new code, after an expired one or one that never came."""
    service, number = services().account_sign_in, AccountId(account_id)
    try:
        run(service.send_code_again(number, actor=current_actor().label))
    except NoSignInError as problem:
        return _from_the_start(problem)
    except CandorError as error:
        view = run(service.standing(number))
        page = render_template("accounts/step.html", view=view, error=error, qr=None)
        return Response(page, status_of(error))
    return _to_step(account_id)


@blueprint.post("/<id:account_id>/sign-in/cancel")
@needs("owner")
def cancel(account_id: int) -> AnyResponse:
    run(services().account_sign_in.cancel(AccountId(account_id), actor=current_actor().label))
    return redirect(url_for("accounts.index"), 303)


def _from_the_start(error: CandorError | None) -> AnyResponse:
    page = render_template("accounts/sign_in.html", error=error, form=request.form, roles=ROLES)
    return Response(page, 200 if error is None else status_of(error))


def _take_step(view: LoginView) -> LoginView:
    service, actor, account_id = services().account_sign_in, current_actor().label, view.account.id
    secret = SecretStr(request.form.get("secret", ""))
    if view.step == "password":
        return run(service.enter_password(account_id, secret, actor=actor))
    if view.step == "qr":
        return run(service.look_at_qr(account_id, actor=actor))
    return run(service.enter_code(account_id, secret, actor=actor))


def _looked(view: LoginView) -> tuple[LoginView, CandorError | None]:
    """Ask Telegram whether it was scanned; a wait that Telegram asks for keeps the page."""
    service = services().account_sign_in
    try:
        return run(service.look_at_qr(view.account.id, actor=current_actor().label)), None
    except CandorError as error:
        return view, error


def _picture(view: LoginView) -> Markup | None:
    # Made by segno from Telegram's own address; holds no markup of anybody else.
    return Markup(qr_svg(view.qr_url)) if view.qr_url else None  # noqa: S704


def _to_step(account_id: int) -> AnyResponse:
    return redirect(url_for("accounts_sign_in.step", account_id=account_id), 303)


def _to_account(account_id: int) -> AnyResponse:
    return redirect(url_for("accounts.show", account_id=account_id, notice="account_added"), 303)
