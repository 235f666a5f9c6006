"""Settings that the owner changes: the business, how long data is kept, and the backup."""

import tempfile
from pathlib import Path

from flask import Blueprint, Response, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from candor.accounts.own_limits import ALLOWED, own_limits
from candor.clients.retention import PERIODS, RetentionPeriods
from candor.common.business import DAYS, business_settings
from candor.common.errors import CandorError, FieldError, InvalidInputError, NotFoundError
from candor.panel.access import current_actor, needs
from candor.panel.business_settings import save_business
from candor.panel.errors import status_of
from candor.panel.forms import whole_number
from candor.panel.inward import run, services
from candor.panel.pages.settings import settings_page
from candor.panel.sending_limits import save_limits

BACKUP_SECONDS = 1800.0
blueprint = Blueprint("settings_owner", __name__, url_prefix="/settings")


@blueprint.post("/business")
@needs("owner")
def save() -> AnyResponse:
    form = request.form
    try:
        chosen = business_settings(
            name=form.get("name", ""),
            language=form.get("language", ""),
            timezone=form.get("timezone", "").strip(),
            opens=form.get("opens", ""),
            closes=form.get("closes", ""),
            days=tuple(day for day in DAYS if str(day) in form.getlist("day")),
        )
        save_business(chosen, actor=current_actor().name)
    except CandorError as error:
        return Response(settings_page("business", error=error), status_of(error))
    return _back("business")


@blueprint.post("/limits")
@needs("owner")
def save_limits_form() -> AnyResponse:
    try:
        chosen = own_limits(**{name: _whole(name) for name in ALLOWED})
        save_limits(chosen, actor=current_actor().name)
    except CandorError as error:
        return Response(settings_page("limits", error=error), status_of(error))
    return _back("limits")


def _whole(name: str) -> int | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    if whole_number(text) is None or len(text) > 9:
        message = "Write a whole number, or leave it empty."
        raise InvalidInputError(message, errors=(FieldError(name, message),))
    return int(text)


@blueprint.post("/retention")
@needs("owner")
def save_retention() -> AnyResponse:
    service = services().retention
    if service is None:
        raise NotFoundError
    try:
        periods = RetentionPeriods(**{name: _days(name) for name in PERIODS})
        run(service.save(periods, actor=current_actor().name))
    except CandorError as error:
        return Response(settings_page("retention", error=error), status_of(error))
    return _back("retention")


def _days(name: str) -> int | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    if whole_number(text) is None or len(text) > 9:
        message = "Write whole days, or leave it empty to keep."
        raise InvalidInputError(message, errors=(FieldError(name, message),))
    return int(text)


@blueprint.post("/backup")
@needs("owner")
def backup() -> Response:
    """The whole database as one file; it is made while Candor works on."""
    make = services().backup
    if make is None:
        raise NotFoundError
    folder = tempfile.TemporaryDirectory(prefix="candor-backup-")
    try:
        file = Path(folder.name) / "candor.backup"
        services().portal.run(make(file), timeout=BACKUP_SECONDS)
        made = send_file(
            file,
            mimetype="application/octet-stream",
            as_attachment=True,
            download_name=f"candor-{services().clock.now():%Y-%m-%d-%H%M}.backup",
        )
    except BaseException:
        folder.cleanup()
        raise
    made.call_on_close(folder.cleanup)
    return made


def _back(tab: str) -> AnyResponse:
    return redirect(url_for("settings.index", tab=tab, notice="saved"), 303)
