"""Live pages: a page asks for itself each second, and what is unchanged costs an empty answer.

A template names the parts that move (`{% set live_parts = ("queue",) %}`, each the id of an element);
`live.js` asks for the page's own address and puts the new parts in the place of the old ones. When
what it shows was deleted meanwhile, the look is told so (no error: nothing failed), and asks no more.
"""

import hashlib

from flask import Flask, Response, render_template, request, url_for

from candor.panel.access import needs
from candor.panel.headers import MARK_HEADER, is_look

GONE_HEADER = "X-Live-Gone"


def register(app: Flask) -> None:
    app.add_url_rule("/live", endpoint="live", view_func=_waiting)
    app.after_request(_spare_what_is_seen)
    app.jinja_env.globals["live_address"] = _address


@needs("viewer")
def _waiting() -> str:
    """For pages on which nothing else moves: how many dialogues wait for a person."""
    return render_template("parts/waiting.html")


def _address(parts: tuple[str, ...]) -> str:
    """Where the page finds itself again; the answer to a form has no such address."""
    if request.method != "GET" or not parts:
        return url_for("live")
    return request.full_path.removesuffix("?")


def _spare_what_is_seen(response: Response) -> Response:
    if not is_look() or response.direct_passthrough:
        return response
    if response.status_code == 404:
        return Response(status=204, headers={GONE_HEADER: "1"})
    if response.status_code != 200:
        return response
    mark = hashlib.blake2b(response.get_data(), digest_size=16).hexdigest()
    response.headers[MARK_HEADER] = mark
    if request.headers[MARK_HEADER] == mark:
        response.set_data(b"")
        response.status_code = 204
    return response
