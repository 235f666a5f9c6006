"""Sandbox: hosts the chat page of the sandbox Telegram; its files come from that room's folder."""

from pathlib import Path

from flask import Blueprint, Response, abort, render_template, send_file
from markupsafe import Markup

from candor.panel.access import needs
from candor.panel.api.sandbox import NoSandboxError
from candor.panel.i18n import current_language
from candor.panel.inward import services

KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
blueprint = Blueprint("sandbox", __name__, url_prefix="/sandbox")


def _folder() -> Path:
    known = services()
    if known.sandbox is None or known.sandbox_page is None:
        raise NoSandboxError
    return known.sandbox_page


@blueprint.get("/")
@needs("owner")
def index() -> str:
    folder = _folder()
    # A file of our own package, not of any user.
    page = Markup((folder / "chat.html").read_text(encoding="utf-8"))  # noqa: S704
    return render_template(
        "sandbox/index.html",
        page=page,
        has_style=(folder / "chat.css").is_file(),
        language=current_language(),
    )


@blueprint.get("/page/<path:name>")
@needs("owner")
def page_file(name: str) -> Response:
    folder = _folder().resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or path.suffix not in KINDS or not path.is_file():
        abort(404)
    made = send_file(path, mimetype=KINDS[path.suffix], conditional=True)
    made.headers["Cache-Control"] = "no-cache"
    return made
