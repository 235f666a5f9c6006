"""Signing in and out, the own password, second factor, sessions, language and appearance."""

import base64
import binascii
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from candor.common.errors import CandorError, InvalidInputError
from candor.common.operators import Operator
from candor.panel.access import (
    SESSION_COOKIE,
    Actor,
    current_actor,
    needs,
    operator_administration,
    pending_sign_in,
    public,
    set_session_cookie,
    set_visit_cookie,
    sign_in_service,
    visit,
)
from candor.panel.auth.browsers import browser_of
from candor.panel.auth.second_factor import address_for_app, qr_svg
from candor.panel.auth.sign_in import SignedIn, TooManyTriesError
from candor.panel.errors import NotSignedInError, status_of
from candor.panel.i18n import COOKIE
from candor.panel.inward import panel_settings, run
from candor.panel.ports import Language

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "candor_theme"
YEAR = 31_536_000
blueprint = Blueprint("signing", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> AnyResponse:
    if request.method == "GET":
        if g.get("actor") is not None:
            return redirect(url_for("home"), 303)
        return _sign_in_page()
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        found = run(sign_in_service().with_password(email, password, visit()))
    except CandorError as error:
        return _sign_in_page(error, email=email)
    return _welcome(found)


def _sign_in_page(error: CandorError | None = None, *, email: str = "") -> Response:
    page = render_template(
        "signing/sign_in.html",
        error=error,
        email=email,
        next=_next(),
        has_ended=bool(_next()) and SESSION_COOKIE in request.cookies,
    )
    made = Response(page, _status(error))
    set_visit_cookie(made)
    return made


def _welcome(found: SignedIn) -> AnyResponse:
    if not found.session.is_complete:
        target = url_for("signing.second_step", next=_next() or None)
    else:
        target = _next() or url_for("home")
    made = redirect(target, 303)
    set_session_cookie(current_app.make_response(made), found.token)
    # Pages that ask nobody who they are, such as that of a wrong address, speak it too.
    made.set_cookie(COOKIE, found.operator.language, max_age=YEAR, samesite="Lax", httponly=True)
    return made


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public
def second_step() -> AnyResponse:
    pending = pending_sign_in()
    if pending is None:
        return redirect(url_for("signing.sign_in"), 303)
    error: CandorError | None = None
    if request.method == "POST":
        try:
            code = request.form.get("code", "")[:40]
            return _welcome(run(sign_in_service().with_code(pending, code, visit())))
        except CandorError as caught:
            error = caught
    page = render_template("signing/code.html", error=error, next=_next())
    return Response(page, _status(error))


@blueprint.post("/sign-out")
@needs("viewer")
def sign_out() -> AnyResponse:
    session = current_actor().session
    if session is not None:
        run(sign_in_service().end(session))
    made = redirect(url_for("signing.sign_in"), 303)
    made.delete_cookie(SESSION_COOKIE)
    return made


@blueprint.route("/profile/password", methods=["GET", "POST"])
@needs("viewer", audited=False)
def change_password() -> AnyResponse:
    actor, operator = _person()
    error: CandorError | None = None
    if request.method == "POST":
        try:
            _change_password(actor, operator)
        except CandorError as caught:
            error = caught
        else:
            return redirect(url_for("signing.profile", notice="password_changed"), 303)
    page = render_template("signing/password.html", error=error, operator=operator)
    return Response(page, _status(error))


def _change_password(actor: Actor, operator: Operator) -> None:
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        raise InvalidInputError("The two new passwords differ.")
    session = actor.session
    run(
        operator_administration().change_own_password(
            operator.id,
            current=request.form.get("current", "")[:1000],
            new=new,
            keep_session=session.id if session else 0,
        )
    )


@blueprint.get("/profile")
@needs("viewer")
def profile() -> str:
    actor, operator = _person()
    sessions = run(operator_administration().sessions(operator.id))
    return render_template(
        "signing/profile.html",
        operator=operator,
        sessions=sessions,
        own=actor.session,
        browser_of=browser_of,
    )


@blueprint.post("/profile/name")
@needs("viewer", audited=False)
def change_name() -> AnyResponse:
    _, operator = _person()
    run(operator_administration().set_name(operator.id, request.form.get("name", "")[:1000]))
    return redirect(url_for("signing.profile", notice="saved"), 303)


@blueprint.route("/profile/second-factor", methods=["GET", "POST"])
@needs("viewer", audited=False)
def second_factor() -> AnyResponse:
    _, operator = _person()
    service = sign_in_service()
    error: CandorError | None = None
    secret, sealed = service.begin_second_factor(operator.id)
    if request.method == "POST":
        sealed = _sealed_of_form()
        try:
            codes = run(
                service.enable_second_factor(
                    operator.id,
                    sealed=sealed,
                    code=request.form.get("code", "")[:40],
                    visit=visit(),
                )
            )
        except InvalidInputError as caught:
            error, secret = caught, service.open_second_factor(operator.id, sealed)
        else:
            return Response(render_template("signing/recovery_codes.html", codes=codes))
    address = address_for_app(secret, email=operator.email, business=panel_settings().business_name)
    page = render_template(
        "signing/second_factor.html",
        error=error,
        secret=secret,
        sealed=base64.b64encode(sealed).decode(),
        # Made by segno from our own text; holds no markup of anybody else.
        qr=Markup(qr_svg(address)),  # noqa: S704
    )
    return Response(page, _status(error))


def _sealed_of_form() -> bytes:
    try:
        return base64.b64decode(request.form.get("sealed", ""), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInputError("Open this page again.") from None


@blueprint.post("/profile/second-factor/remove")
@needs("viewer", audited=False)
def remove_second_factor() -> AnyResponse:
    """Ends all sessions of the person: signing in again shows that the password is known."""
    _, operator = _person()
    run(operator_administration().reset_second_factor(operator.email, actor=operator.email))
    return redirect(url_for("signing.sign_in"), 303)


@blueprint.post("/profile/sessions/<id:session_id>/end")
@needs("viewer")
def end_session(session_id: int) -> AnyResponse:
    actor, operator = _person()
    run(
        operator_administration().end_session(
            session_id, of=operator.id, is_owner=actor.role == "owner"
        )
    )
    return redirect(url_for("signing.profile", notice="session_ended"), 303)


@blueprint.post("/language/<language>")
@public
def set_language(language: str) -> AnyResponse:
    chosen: Language = "ru" if language == "ru" else "en"
    actor = g.get("actor")
    if actor is not None and actor.operator is not None:
        run(operator_administration().set_language(actor.operator.id, chosen))
    made = redirect(_back(), 303)
    made.set_cookie(COOKIE, chosen, max_age=YEAR, samesite="Lax", httponly=True)
    return made


@blueprint.post("/theme/<theme>")
@public
def set_theme(theme: str) -> AnyResponse:
    made = redirect(_back(), 303)
    chosen = theme if theme in THEMES else "auto"
    made.set_cookie(THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax", httponly=True)
    return made


def current_theme() -> str:
    wanted = request.cookies.get(THEME_COOKIE, "auto")
    return wanted if wanted in THEMES else "auto"


def _person() -> tuple[Actor, Operator]:
    """These pages are for people; a program has no password to change."""
    actor = current_actor()
    if actor.operator is None:
        raise NotSignedInError
    return actor, actor.operator


def _next() -> str:
    """Where to go after signing in: only a path of this site."""
    return local_path(request.values.get("next", ""))


def _back() -> str:
    return local_path(request.form.get("back", "")) or url_for("home")


def local_path(target: str) -> str:
    """`target` when it is a plain path here, else nothing: no open redirect."""
    parts = urlsplit(target)
    is_local = not parts.scheme and not parts.netloc and target.startswith("/")
    return target if is_local and not target.startswith(("//", "/\\")) else ""


def _status(error: CandorError | None) -> int:
    if error is None:
        return 200
    return 429 if isinstance(error, TooManyTriesError) else max(400, status_of(error))
