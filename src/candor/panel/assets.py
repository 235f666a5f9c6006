"""Static files: fingerprinted by content, cached for a year, sent compressed when that was built."""

import gzip
import hashlib
import io
import mimetypes
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from flask import Flask, Response, abort, g, request, send_file, url_for

from candor.panel.access import unguarded

ROOT = Path(str(files("candor.panel") / "static"))
YEAR = 31_536_000


@cache
def _fingerprint(name: str, modified: float) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()[:10]


@lru_cache(maxsize=64)
def _packed(name: str, modified: float) -> bytes:
    """What the build did not compress: our own scripts and styles."""
    return gzip.compress((ROOT / name).read_bytes(), mtime=0)


def asset(name: str) -> str:
    """The address of a static file; changes with its content."""
    try:
        mark = _fingerprint(name, (ROOT / name).stat().st_mtime)
    except OSError:
        mark = "missing"
    return url_for("static", name=name, v=mark)


def icon_sheet() -> str:
    """Asked for by every icon of a page: looked up once."""
    if "icon_sheet" not in g:
        g.icon_sheet = asset("vendor/icons.svg")
    return str(g.icon_sheet)


def serve(name: str) -> Response:
    path = (ROOT / name).resolve()
    if not path.is_relative_to(ROOT.resolve()) or not path.is_file():
        abort(404)
    packed = path.with_name(path.name + ".gz")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    is_text = kind.startswith("text/") or kind.endswith(("javascript", "svg+xml"))
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "") and (
        packed.is_file() or is_text
    )
    if is_packed and not packed.is_file():
        content = io.BytesIO(_packed(name, path.stat().st_mtime))
        made = send_file(content, mimetype=kind)
    else:
        made = send_file(packed if is_packed else path, mimetype=kind, conditional=True)
    if is_packed:
        made.headers["Content-Encoding"] = "gzip"
    made.headers["Vary"] = "Accept-Encoding"
    is_named = request.args.get("v", "missing") != "missing"
    made.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if is_named else "no-cache"
    return made


def register(app: Flask) -> None:
    app.add_url_rule("/static/<path:name>", endpoint="static", view_func=unguarded(serve))
    app.jinja_env.globals.update(asset=asset, icon_sheet=icon_sheet)
