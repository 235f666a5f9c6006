"""The one table that turns errors into HTTP answers: problem+json for programs, a page for people."""

from collections.abc import Iterable
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException, RequestedRangeNotSatisfiable

from candor.common.errors import (
    CandorError,
    ConfigurationError,
    ConflictError,
    FieldError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    TemporaryError,
)
from candor.messaging.gateway import NotReachedError, RateLimitedError
from candor.panel.auth.sign_in import TooManyTriesError, WrongCodeError, WrongCredentialsError
from candor.panel.i18n import translate_message
from candor.panel.rendering import dump_json

log = structlog.get_logger(__name__)

PROBLEM = "application/problem+json"
PAGE_HEADER = "X-Candor-Page"
"""With it a page's own script asks the API."""


class NotSignedInError(CandorError):
    code = "not_signed_in"
    default_message = "Sign in, or send a token: Authorization: Bearer TOKEN."


class PasswordChangeError(ForbiddenError):
    code = "password_change_required"
    default_message = "Change your one-time password first."


class CsrfError(ForbiddenError):
    code = "csrf"
    default_message = "The page was open too long or came from elsewhere. Load it again."


class RateLimitedRequestError(CandorError):
    code = "rate_limited"
    default_message = "Too many calls with this token. Wait as long as Retry-After says."


class PreconditionError(ConflictError):
    """A stale `If-Match`."""

    code = "stale_version"


class BadRequestError(InvalidInputError):
    """The request itself can't be read."""

    code = "bad_request"


STATUSES: tuple[tuple[type[CandorError], int], ...] = (
    (NotSignedInError, 401),
    (WrongCredentialsError, 401),
    (WrongCodeError, 401),
    (ForbiddenError, 403),
    (NotFoundError, 404),
    (ConflictError, 409),
    (TooManyTriesError, 429),
    (RateLimitedRequestError, 429),
    (BadRequestError, 400),
    (InvalidInputError, 422),
    (ConfigurationError, 409),
    # Telegram is a dependency: that it refuses or is away is no fault of this server.
    (RateLimitedError, 429),
    (NotReachedError, 424),
    (TemporaryError, 503),
    (CandorError, 422),
)
"""First match wins."""
_DATABASE_AWAY = frozenset({"OperationalError", "InterfaceError", "TimeoutError", "PoolTimeout"})


def status_of(error: CandorError) -> int:
    return next(status for kind, status in STATUSES if isinstance(error, kind))


def register(app: Flask) -> None:
    app.register_error_handler(CandorError, answer_expected)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unexpected)


def wants_json() -> bool:
    """API paths always speak JSON; pages speak HTML."""
    return request.path.startswith("/api/") or request.path in ("/healthz", "/readyz")


def is_for_a_reader() -> bool:
    """A page, or the script of one, shows the answer to a person; programs read English."""
    return not wants_json() or PAGE_HEADER in request.headers


def answer_expected(error: CandorError) -> Response:
    status = status_of(error)
    if status == 401 and not wants_json() and request.endpoint != "signing.sign_in":
        return _to_sign_in()
    if isinstance(error, PasswordChangeError) and not wants_json():
        return _plain_redirect(url_for("signing.change_password"))
    retry = _retry_after(error)
    return _answer(
        status,
        error.code,
        translate_message(error.message) if is_for_a_reader() else error.message,
        errors=error.errors,
        details=error.details,
        retry_after=retry,
    )


def _answer_http(error: HTTPException) -> Response:
    status = error.code or 500
    if 300 <= status < 400 and error.response is not None:
        return current_app.make_response(error.get_response())
    phrase = HTTPStatus(status).phrase
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    made = _answer(status, code, _words(status, error))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "Content-Range"):
            made.headers[name] = value
    if isinstance(error, RequestedRangeNotSatisfiable):
        made.headers.setdefault("Content-Range", "bytes */0")
    return made


def _words(status: int, error: HTTPException) -> str:
    known = {
        400: "The request can't be read.",
        404: NotFoundError.default_message,
        405: "This address does not know this method.",
        413: "This is too large: a request may have 4 MB.",
        415: "Send JSON (Content-Type: application/json).",
    }
    return known.get(status, error.description or "The request was refused.")


def _answer_unexpected(error: Exception) -> Response:
    if _is_database_away(error):
        log.warning("database_away", error=repr(error), path=request.path)
        return _answer(
            503,
            "database_unavailable",
            "The database is not reachable right now. It will be tried again by itself.",
            retry_after=2,
        )
    log.error("request_failed", path=request.path, error=repr(error), exc_info=error)
    return _answer(500, "internal", CandorError.default_message)


def _is_database_away(error: BaseException | None) -> bool:
    """By name, since the panel knows no driver: a lost or refused connection."""
    while error is not None:
        module = type(error).__module__.split(".")[0]
        if module in ("sqlalchemy", "psycopg", "psycopg_pool"):
            return type(error).__name__ in _DATABASE_AWAY
        error = error.__cause__
    return False


def _answer(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Iterable[FieldError] = (),
    details: dict[str, object] | None = None,
    retry_after: int | None = None,
) -> Response:
    body = problem(status, code, detail, errors=errors, details=details)
    made = _as_json(body, status) if wants_json() else _as_page(body, status)
    if retry_after is not None:
        made.headers["Retry-After"] = str(retry_after)
    if status == 401:
        made.headers["WWW-Authenticate"] = 'Bearer realm="candor"'
    return made


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Iterable[FieldError] = (),
    details: dict[str, object] | None = None,
) -> dict[str, object]:
    """An RFC 9457 object with Candor's `code`, and `errors` with path, message and line."""
    return {
        **(details or {}),
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": [
            {"path": item.path, "message": item.message, "line": item.line} for item in errors
        ],
        "request_id": g.get("request_id", ""),
    }


def _as_json(body: dict[str, object], status: int) -> Response:
    return Response(dump_json(body), status, content_type=PROBLEM)


def _as_page(body: dict[str, object], status: int) -> Response:
    template = "errors/fragment.html" if "HX-Request" in request.headers else "errors/page.html"
    try:
        page = render_template(template, problem=body)
    except Exception as error:
        # The page that explains errors must not fail itself.
        log.error("error_page_failed", error=repr(error), exc_info=error)
        page = f"<!doctype html><title>{status}</title><h1>{status}</h1>"
    return Response(page, status, content_type="text/html; charset=utf-8")


def _to_sign_in() -> Response:
    back = request.full_path.rstrip("?") if request.method == "GET" else _page_of_form()
    if "HX-Request" in request.headers:
        back = _page_that_asks()
    return _plain_redirect(url_for("signing.sign_in", next=back))


def _page_of_form() -> str | None:
    """The page of this panel from which a form was sent."""
    came_from = request.referrer or ""
    return _path_of(came_from) if urlsplit(came_from).netloc == request.host else None


def _page_that_asks() -> str | None:
    """The page that a part of is asked for: there the person wants to be again."""
    return _path_of(request.headers.get("HX-Current-URL", ""))


def _path_of(address: str) -> str | None:
    parts = urlsplit(address)
    if not parts.path.startswith("/") or parts.path.startswith("//"):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _plain_redirect(target: str) -> Response:
    if "HX-Request" in request.headers:
        return Response("", 401, headers={"HX-Redirect": target})
    return current_app.make_response(redirect(target, 303))


def _retry_after(error: CandorError) -> int | None:
    if isinstance(error, TemporaryError):
        wait = error.retry_after or timedelta(seconds=2)
        return max(1, round(wait.total_seconds()))
    seconds = error.details.get("retry_after")
    return seconds if isinstance(seconds, int) else None
