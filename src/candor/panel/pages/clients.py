"""Clients: the list with its segments, one client's page, contact lists, the right to leave."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from candor.clients.consent import CONSENT_PURPOSES
from candor.clients.contacts import tags_of
from candor.clients.journey import MILESTONES, SOURCES
from candor.clients.record import CLIENT_KEYS, counted_to
from candor.common.errors import CandorError, FieldError, InvalidInputError
from candor.common.ids import ClientId
from candor.common.operators import Operator
from candor.panel.access import current_actor, needs
from candor.panel.api.clients import (
    change_record,
    desk,
    import_answer,
    rights,
    segment_of,
    spreadsheet,
)
from candor.panel.assigning import people_who_act
from candor.panel.errors import status_of
from candor.panel.forms import checked, valid
from candor.panel.i18n import translate
from candor.panel.inward import run, services
from candor.panel.pages.paging import PLACE_NAMES, asked_turn
from candor.panel.ports import PanelUnits
from candor.panel.schemas.clients import (
    ClientChangeBody,
    ClientQuery,
    ConsentBody,
    MergeBody,
    NoteBody,
)

PER_PAGE = 50
SHOWN_EVENTS = 100
DAYS = (1, 7, 30, 90, 365)
RECORDED = ("marketing", "model_provider")
blueprint = Blueprint("clients", __name__, url_prefix="/clients")


@dataclass(frozen=True, slots=True)
class Listed:
    """The list as the page shows it."""

    query: ClientQuery
    exact: int | None
    """The segment's exact size, when it was asked for."""
    counted: int = 0
    """A total that large was not counted further."""

    @property
    def has_filters(self) -> bool:
        return bool(self.query.model_fields_set - {"page", "per_page"})


@blueprint.app_template_global()
def event_name(kind: str) -> str:
    """What happened, in the reader's language; an event without a name of its own as it is."""
    code = "event-" + kind.replace(".", "_")
    named = translate(code)
    return kind if named == code else named


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    query = _query()
    wanted = segment_of(query)
    turn = asked_turn(PER_PAGE, keys=CLIENT_KEYS)
    found = run(desk().page(wanted, turn.cut))
    exact = run(desk().count(wanted)) if request.args.get("exact") else None
    return render_template(
        "clients/index.html",
        found=found,
        clients=found.items,
        total=found.total,
        page=turn.page(found),
        listed=Listed(query, exact, counted_to(turn.cut.skipped + PER_PAGE)),
        query=query,
        tags=run(desk().tags()),
        operators=run(_operators(services().units)),
        waiting_contacts=run(desk().waiting_contacts()),
        milestones=MILESTONES,
        sources=SOURCES,
        consents=CONSENT_PURPOSES,
        days=DAYS,
        kept={
            name: value for name, value in request.args.items() if value and name not in PLACE_NAMES
        },
    )


@blueprint.get("/export.csv")
@needs("owner")
def export() -> Response:
    return spreadsheet(segment_of(_query()))


@blueprint.route("/import", methods=["GET", "POST"])
@needs("owner")
def import_list() -> AnyResponse:
    error: CandorError | None = None
    report = None
    if request.method == "POST":
        upload = request.files.get("file")
        try:
            if upload is None or not upload.filename:
                raise InvalidInputError("Choose a file first.")
            report = import_answer(upload.read(), name=request.form.get("name") or upload.filename)
        except CandorError as problem:
            error = problem
    page = render_template("clients/import.html", report=report, error=error)
    return Response(page, 200 if error is None else status_of(error))


@blueprint.get("/<id:client_id>")
@needs("viewer")
def show(client_id: int) -> AnyResponse:
    """A record that was merged into another one leads there."""
    kept = run(desk().get(ClientId(client_id)))
    if kept.id != client_id:
        return redirect(url_for("clients.show", client_id=kept.id), 302)
    return Response(_show(client_id))


def _show(client_id: int, error: CandorError | None = None) -> str:
    shown = run(desk().show(ClientId(client_id)))
    return render_template(
        "clients/show.html",
        shown=shown,
        client=shown.client,
        error=error,
        people=people_who_act(),
        recorded=RECORDED,
        sources=SOURCES,
        standing={consent.purpose for consent in shown.consents if not consent.withdrawn_at},
        is_cut=len(shown.timeline) >= SHOWN_EVENTS,
    )


@blueprint.post("/<id:client_id>")
@needs("operator")
def save(client_id: int) -> AnyResponse:
    def change() -> None:
        form = request.form
        given: dict[str, Any] = {
            "tags": _tags(form.get("tags", "")),
            "owner_id": form.get("owner_id") or None,
            "time_zone": form.get("time_zone", "").strip(),
        }
        if form.get("language") in ("ru", "en"):
            given["language"] = form["language"]
        change_record(ClientId(client_id), valid(ClientChangeBody, given))

    return _after(client_id, change, "saved")


@blueprint.post("/<id:client_id>/notes")
@needs("operator")
def add_note(client_id: int) -> AnyResponse:
    def add() -> None:
        note = checked(NoteBody, request.form)
        run(desk().add_note(ClientId(client_id), note.text, author=current_actor().name))

    return _after(client_id, add, "saved")


@blueprint.post("/<id:client_id>/notes/<id:note_id>/remove")
@needs("operator")
def remove_note(client_id: int, note_id: int) -> AnyResponse:
    return _after(
        client_id, lambda: run(desk().remove_note(ClientId(client_id), note_id)), "removed"
    )


@blueprint.post("/<id:client_id>/consents")
@needs("operator")
def record_consent(client_id: int) -> AnyResponse:
    def record() -> None:
        body = checked(ConsentBody, request.form)
        run(
            desk().record_consent(
                ClientId(client_id),
                body.purpose,
                text=body.text,
                source=body.source,
                actor=current_actor().name,
            )
        )

    return _after(client_id, record, "saved")


@blueprint.post("/<id:client_id>/consents/<purpose>/withdraw")
@needs("operator")
def withdraw_consent(client_id: int, purpose: str) -> AnyResponse:
    found = next((one for one in CONSENT_PURPOSES if one == purpose), None)
    if found is None:
        return Response(status=404)
    return _after(
        client_id, lambda: run(desk().withdraw_consent(ClientId(client_id), found)), "saved"
    )


@blueprint.post("/<id:client_id>/merge")
@needs("owner")
def merge(client_id: int) -> AnyResponse:
    def join() -> None:
        other = checked(MergeBody, request.form).other_id
        run(desk().merge(ClientId(client_id), ClientId(other), actor=current_actor().label))

    return _after(client_id, join, "merged")


@blueprint.get("/<id:client_id>/export.json")
@needs("owner")
def export_one(client_id: int) -> Response:
    record = run(rights().export(ClientId(client_id), source=current_actor().label))
    body = json.dumps(record, ensure_ascii=False, indent=2, default=str)
    headers = {
        "Content-Disposition": f'attachment; filename="client-{client_id}.json"',
        "Cache-Control": "no-store",
    }
    return Response(body, content_type="application/json; charset=utf-8", headers=headers)


@blueprint.post("/<id:client_id>/erase")
@needs("owner")
def erase(client_id: int) -> AnyResponse:
    run(rights().erase(ClientId(client_id), source=current_actor().label))
    return redirect(url_for("clients.index", notice="client_erased"), 303)


def _after(client_id: int, work: Any, notice: str) -> AnyResponse:
    """What can't be done stays on the page, with the reason."""
    try:
        work()
    except CandorError as error:
        return Response(_show(client_id, error), status_of(error))
    return redirect(url_for("clients.show", client_id=client_id, notice=notice), 303)


def _query() -> ClientQuery:
    """Filters of the address; a wrong one is left out rather than refused on a page."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        return ClientQuery.model_validate(given)
    except ValidationError as error:
        for item in error.errors():
            given.pop(str(item["loc"][0]), None)
        return ClientQuery.model_validate(given)


def _tags(text: str) -> list[str]:
    try:
        return list(tags_of(text))
    except ValueError as error:
        raise InvalidInputError(str(error), errors=(FieldError("tags", str(error)),)) from None


async def _operators(units: PanelUnits) -> tuple[Operator, ...]:
    async with units() as unit:
        return await unit.operators.all()
