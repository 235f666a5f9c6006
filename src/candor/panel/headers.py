"""What every answer carries: a strict content policy, no framing, a request id."""

import re
import secrets

import structlog
from flask import Flask, Response, g, request

from candor.panel.inward import panel_settings

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'{nonce}; img-src 'self' data:; media-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


MARK_HEADER = "X-Live-Mark"
"""What a live page shows; sent with each of its looks, empty at the first."""


def is_look() -> bool:
    """Whether an open page asks by itself: nobody has clicked."""
    return MARK_HEADER in request.headers


def style_nonce() -> str:
    """Asked for by the one page whose editor makes its own style sheet; opens it for that page."""
    if "style_nonce" not in g:
        g.style_nonce = secrets.token_urlsafe(16)
    return str(g.style_nonce)


def register(app: Flask) -> None:
    app.jinja_env.globals["style_nonce"] = style_nonce

    @app.before_request
    def _name_request() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def _add(response: Response) -> Response:
        nonce = f" 'nonce-{g.style_nonce}'" if "style_nonce" in g else ""
        response.headers["Content-Security-Policy"] = POLICY.format(nonce=nonce)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        response.headers["X-Request-Id"] = g.get("request_id", "")
        response.headers.setdefault("Cache-Control", "no-store")
        if panel_settings().has_https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
