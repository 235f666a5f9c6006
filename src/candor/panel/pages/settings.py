"""Settings: the business, the model, operators, tokens, canned answers, and what the system needs."""

from dataclasses import asdict

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from candor.accounts.limits import DEFAULT_LIMITS
from candor.accounts.own_limits import ALLOWED
from candor.common.errors import CandorError
from candor.common.ids import OperatorId
from candor.common.operators import RANKS
from candor.panel.access import (
    current_actor,
    needs,
    operator_administration,
    token_administration,
)
from candor.panel.business_settings import read_business
from candor.panel.errors import status_of
from candor.panel.health import check_all
from candor.panel.inward import panel_settings, run, services
from candor.panel.owner_settings import canned_answers, save_canned_answers
from candor.panel.sending_limits import read_limits

TABS = ("business", "model", "operators", "tokens", "answers", "limits", "retention", "system")
blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    return settings_page(request.args.get("tab", ""))


def settings_page(tab: str, *, error: CandorError | None = None, secret: str = "") -> str:
    chosen = tab if tab in TABS else TABS[0]
    is_owner = current_actor().role == "owner"
    return render_template(
        "settings/index.html",
        tabs=TABS,
        tab=chosen,
        error=error,
        secret=secret,
        roles=tuple(RANKS),
        model=services().model,
        operators=run(operator_administration().list()) if is_owner else (),
        tokens=run(token_administration().list()) if is_owner else (),
        canned=canned_answers(),
        parts=run(check_all(services().readiness)) if chosen == "system" else {},
        business=read_business() if chosen == "business" else None,
        sending=asdict(read_limits()) if chosen == "limits" else {},
        sending_allowed=ALLOWED,
        telegram=DEFAULT_LIMITS,
        retention=_retention() if chosen == "retention" else {},
        has_backup=services().backup is not None,
    )


def _retention() -> dict[str, int | None]:
    """Days by name; empty when nothing is purged here."""
    service = services().retention
    return {} if service is None else asdict(run(service.periods()))


@blueprint.post("/operators")
@needs("owner", audited=False)
def add_operator() -> AnyResponse:
    try:
        _, password = run(
            operator_administration().add(
                request.form.get("email", ""),
                request.form.get("role", ""),  # type: ignore[arg-type]
                actor=current_actor().name,
                language=panel_settings().language,
            )
        )
    except CandorError as error:
        return Response(settings_page("operators", error=error), status_of(error))
    return Response(settings_page("operators", secret=password))


@blueprint.post("/operators/<id:operator_id>")
@needs("owner", audited=False)
def change_operator(operator_id: int) -> AnyResponse:
    administration, actor = operator_administration(), current_actor().name
    number, move = OperatorId(operator_id), request.form.get("move", "")
    try:
        if move == "reset-password":
            password = run(administration.reset_password(number, actor=actor))
            return Response(settings_page("operators", secret=password))
        if move == "reset-2fa":
            person = run(administration.get(number))
            run(administration.reset_second_factor(person.email, actor=actor))
        elif move in ("disable", "enable"):
            run(administration.change(number, actor=actor, is_disabled=move == "disable"))
        else:
            role = request.form.get("role", "")
            run(administration.change(number, actor=actor, role=role))  # type: ignore[arg-type]
    except CandorError as error:
        return Response(settings_page("operators", error=error), status_of(error))
    return redirect(url_for("settings.index", tab="operators", notice="operator_saved"), 303)


@blueprint.post("/tokens")
@needs("owner", audited=False)
def add_token() -> AnyResponse:
    try:
        _, secret = run(
            token_administration().create(
                request.form.get("name", ""),
                request.form.get("role", ""),  # type: ignore[arg-type]
                actor=current_actor().name,
            )
        )
    except CandorError as error:
        return Response(settings_page("tokens", error=error), status_of(error))
    return Response(settings_page("tokens", secret=secret))


@blueprint.post("/tokens/revoke")
@needs("owner", audited=False)
def revoke_token() -> AnyResponse:
    run(token_administration().revoke(request.form.get("name", ""), actor=current_actor().name))
    return redirect(url_for("settings.index", tab="tokens", notice="token_revoked"), 303)


@blueprint.post("/answers")
@needs("owner")
def save_answers() -> AnyResponse:
    try:
        save_canned_answers(request.form.getlist("answer"), actor=current_actor().name)
    except CandorError as error:
        return Response(settings_page("answers", error=error), status_of(error))
    return redirect(url_for("settings.index", tab="answers", notice="saved"), 303)
