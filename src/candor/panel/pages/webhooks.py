"""Webhooks: where the business's own tools are told of events, and what went out."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from candor.common.errors import CandorError
from candor.common.events import EVENT_KINDS
from candor.panel.access import current_actor, needs
from candor.panel.api.webhooks import administration
from candor.panel.errors import status_of
from candor.panel.forms import whole_number
from candor.panel.inward import run
from candor.webhooks.administration import EndpointDraft
from candor.webhooks.endpoint import EndpointId

PER_PAGE = 50
LAST_PAGE = 200
blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@blueprint.get("/")
@needs("owner")
def index() -> str:
    return _index()


def _index(
    error: CandorError | None = None, *, secret: str = "", draft: EndpointDraft | None = None
) -> str:
    return render_template(
        "webhooks/index.html",
        endpoints=run(administration().all()),
        kinds=EVENT_KINDS,
        error=error,
        secret=secret,
        draft=draft,
    )


@blueprint.post("/")
@needs("owner")
def add() -> AnyResponse:
    """The secret is shown on the page that answers, and never again."""
    draft = _draft()
    try:
        _, secret = run(administration().add(draft, actor=current_actor().name))
    except CandorError as error:
        return Response(_index(error, draft=draft), status_of(error))
    return _unkept(_index(secret=secret.get_secret_value()))


@blueprint.get("/<id:webhook_id>")
@needs("owner")
def show(webhook_id: int) -> str:
    return _show(webhook_id)


def _show(webhook_id: int, error: CandorError | None = None, *, secret: str = "") -> str:
    number = EndpointId(webhook_id)
    wanted = request.args.get("page", "1")
    page = min(max(whole_number(wanted) or 1, 1), LAST_PAGE)
    deliveries, total = run(
        administration().deliveries(number, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    )
    return render_template(
        "webhooks/show.html",
        endpoint=run(administration().get(number)),
        deliveries=deliveries,
        total=total,
        page=page,
        per_page=PER_PAGE,
        kinds=EVENT_KINDS,
        error=error,
        secret=secret,
    )


@blueprint.post("/<id:webhook_id>")
@needs("owner")
def save(webhook_id: int) -> AnyResponse:
    try:
        run(administration().change(EndpointId(webhook_id), _draft()))
    except CandorError as error:
        return Response(_show(webhook_id, error), status_of(error))
    return _back(webhook_id, "saved")


@blueprint.post("/<id:webhook_id>/<move>")
@needs("owner")
def act(webhook_id: int, move: str) -> AnyResponse:
    """Test, pause, switch on, a new secret, remove."""
    number, known = EndpointId(webhook_id), administration()
    try:
        if move == "test":
            run(known.test(number))
        elif move == "pause":
            run(known.pause(number))
        elif move == "resume":
            run(known.resume(number))
        elif move == "secret":
            made = run(known.replace_secret(number))
            return _unkept(_show(webhook_id, secret=made.get_secret_value()))
        elif move == "remove":
            run(known.remove(number))
            return redirect(url_for("webhooks.index", notice="removed"), 303)
        else:
            return Response(status=404)
    except CandorError as error:
        return Response(_show(webhook_id, error), status_of(error))
    return _back(webhook_id, "webhook_tested" if move == "test" else "saved")


def _draft() -> EndpointDraft:
    return EndpointDraft(
        title=request.form.get("title", ""),
        url=request.form.get("url", ""),
        events=tuple(request.form.getlist("events")),
    )


def _back(webhook_id: int, notice: str) -> AnyResponse:
    return redirect(url_for("webhooks.show", webhook_id=webhook_id, notice=notice), 303)


def _unkept(page: str) -> Response:
    return Response(page, headers={"Cache-Control": "no-store"})
