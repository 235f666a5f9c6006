"""The one place that decides who may do what.

Every view names the role it needs (`@needs("operator")`) or is `@public`; a view that names nothing
is for owners. Cookies count only together with the CSRF token; tokens are limited in their rate.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from candor.common.ids import OperatorId
from candor.common.operators import (
    RANKS,
    ApiToken,
    AuditEntry,
    Operator,
    OperatorRole,
    PanelSession,
)
from candor.panel.auth.operators import OperatorAdministration, check_rank
from candor.panel.auth.sign_in import SignedIn, SignIn, Visit
from candor.panel.auth.tokens import TokenAdministration
from candor.panel.errors import (
    BadRequestError,
    CsrfError,
    NotSignedInError,
    PasswordChangeError,
    RateLimitedRequestError,
)
from candor.panel.headers import is_look
from candor.panel.inward import panel_settings, run, services
from candor.panel.ports import PanelUnits
from candor.panel.rate_limit import RateLimit

SESSION_COOKIE = "candor_session"
VISIT_COOKIE = "candor_visit"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"
REPLAYED_HEADER = "Idempotent-Replayed"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person with a session, or a program with a token."""

    name: str
    role: OperatorRole
    operator: Operator | None = None
    session: PanelSession | None = None
    token: ApiToken | None = None

    @property
    def operator_id(self) -> OperatorId:
        """Tokens act as operator 0: nobody's dialogue becomes theirs by accident."""
        return self.operator.id if self.operator else OperatorId(0)

    @property
    def label(self) -> str:
        """For the logs of other rooms: `operator:3`, `token:crm`."""
        return f"operator:{self.operator.id}" if self.operator else f"token:{self.name}"


def public(view: View) -> View:
    """Anybody may come in, as to the sign-in; who is signed in already is known."""
    view.candor_role = None  # type: ignore[attr-defined]
    return view


def unguarded(view: View) -> View:
    """Nobody asks who comes, so it answers while the database is away: health, static files.

    Doors that check their callers themselves, as Telegram's webhooks do, are such views too.
    """
    view.candor_role = "static"  # type: ignore[attr-defined]
    return view


def needs(role: OperatorRole, *, audited: bool = True) -> Callable[[View], View]:
    """The least role for this view. `audited=False`: what it calls writes its own audit entry."""

    def mark(view: View) -> View:
        view.candor_role = role  # type: ignore[attr-defined]
        view.candor_audited = audited  # type: ignore[attr-defined]
        return view

    return mark


def current_actor() -> Actor:
    actor = g.get("actor")
    if actor is None:
        raise NotSignedInError
    return cast(Actor, actor)


def may(role: OperatorRole) -> bool:
    """For templates: whether to offer a button."""
    actor = g.get("actor")
    return actor is not None and RANKS[actor.role] >= RANKS[role]


def register(app: Flask) -> None:
    settings = app.extensions["candor_settings"]
    limit = RateLimit(settings.token_calls_per_minute)

    @app.before_request
    def _guard() -> None:
        _refuse_unprintable()
        _identify(limit)
        _check_rights()

    app.after_request(_write_audit)
    app.jinja_env.globals.update(may=may, csrf_token=csrf_token)


def sign_in_service() -> SignIn:
    settings, known = panel_settings(), services()
    return SignIn(
        known.units, known.clock, known.sealer, idle=settings.idle, lifetime=settings.lifetime
    )


def operator_administration() -> OperatorAdministration:
    return OperatorAdministration(services().units, services().clock, ip=request.remote_addr or "")


def token_administration() -> TokenAdministration:
    return TokenAdministration(services().units, services().clock, ip=request.remote_addr or "")


def visit() -> Visit:
    return Visit(ip=request.remote_addr or "", user_agent=request.user_agent.string)


# --- who is it


def _identify(limit: RateLimit) -> None:
    if request.endpoint is None or _needed_role() == "static":
        return
    header = request.headers.get("Authorization", "")
    if header:
        g.actor = _by_token(header, limit)
    elif token := request.cookies.get(SESSION_COOKIE):
        _by_session(token)


def _by_token(header: str, limit: RateLimit) -> Actor:
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedInError
    token = run(token_administration().recognise(secret.strip()))
    if token is None:
        raise NotSignedInError("This token is not known or was revoked.")
    wait = limit.take(token.id, now=services().clock.now())
    if wait:
        raise RateLimitedRequestError(details={"retry_after": wait})
    return Actor(f"token {token.name}", token.role, token=token)


def _by_session(token: str) -> None:
    found = run(sign_in_service().resume(token, is_look=is_look()))
    if found is None:
        return
    g.signed_in = found
    if found.session.is_complete:
        g.actor = Actor(
            found.operator.email,
            found.operator.role,
            operator=found.operator,
            session=found.session,
        )


def pending_sign_in() -> SignedIn | None:
    """A session between the password and the second factor."""
    found = cast("SignedIn | None", g.get("signed_in"))
    return None if found is None or found.session.is_complete else found


# --- may they


def _needed_role() -> OperatorRole | str | None:
    if request.endpoint is None:
        return None
    view = current_app.view_functions[request.endpoint]
    return cast("OperatorRole | str | None", getattr(view, "candor_role", "owner"))


def _check_rights() -> None:
    if request.endpoint is None:
        return
    needed = _needed_role()
    if needed == "static":
        return
    actor = g.get("actor")
    if needed is not None and actor is None:
        raise NotSignedInError
    if request.method not in SAFE_METHODS and (actor is None or actor.token is None):
        _check_csrf()
    if needed is None or actor is None:
        return
    if actor.operator is not None and actor.operator.must_change_password:
        _allow_only_password_change()
    check_rank(actor.role, cast(OperatorRole, needed))


def _allow_only_password_change() -> None:
    if request.endpoint not in ("signing.change_password", "signing.sign_out"):
        raise PasswordChangeError


def csrf_token() -> str:
    """Bound to the session, or before it to the visit; of no use in any other browser."""
    secret = request.cookies.get(SESSION_COOKIE) or _visit()
    return hmac.new(secret.encode(), b"candor csrf", hashlib.sha256).hexdigest()


def _visit() -> str:
    if "visit" not in g:
        g.visit = request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(24)
    return cast(str, g.visit)


def _check_csrf() -> None:
    sent = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    secret = request.cookies.get(SESSION_COOKIE) or request.cookies.get(VISIT_COOKIE)
    if not secret or request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise CsrfError
    right = hmac.new(secret.encode(), b"candor csrf", hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right.encode(), sent.encode()):
        raise CsrfError


def _refuse_unprintable() -> None:
    """Null bytes and broken characters are refused before any view: no column could hold them."""
    values = [*request.args.values(), *request.args, request.path]
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        values += [*request.form.values(), *request.form]
    for value in values:
        if not is_storable(value):
            raise BadRequestError("The request holds a null byte or a broken character.")


def is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


# --- cookies and the audit


def set_session_cookie(response: Response, token: str) -> None:
    settings = panel_settings()
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(settings.lifetime.total_seconds()),
        httponly=True,
        secure=settings.has_https,
        samesite="Lax",
    )


def set_visit_cookie(response: Response) -> None:
    """Before the sign-in there is no session for the CSRF token to hang on."""
    response.set_cookie(
        VISIT_COOKIE, _visit(), httponly=True, secure=panel_settings().has_https, samesite="Lax"
    )


def _write_audit(response: Response) -> Response:
    """A line for what was done: not for a refusal, and not for the repeated answer to a retry."""
    actor = g.get("actor")
    if actor is None or request.method in SAFE_METHODS or response.status_code >= 400:
        return response
    if REPLAYED_HEADER in response.headers:
        return response
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or not getattr(view, "candor_audited", True):
        return response
    entry = AuditEntry(
        services().clock.now(),
        actor.name,
        (request.endpoint or "").removeprefix("api."),
        request.path,
        request.remote_addr or "",
        _made_by(response),
    )
    run(_add_audit(services().units, entry))
    return response


def _made_by(response: Response) -> dict[str, object]:
    """What is new, where the address does not name it yet: its number, or the path of its page."""
    if request.view_args:
        return {}
    if response.status_code == HTTPStatus.CREATED and response.is_json:
        made = cast(object, response.get_json())
        number = made.get("id") if isinstance(made, dict) else None
        return {} if number is None else {"made": number}
    path = urlsplit(response.location or "").path
    return {"made": path} if re.search(r"/\d+(/|$)", path) else {}


async def _add_audit(units: PanelUnits, entry: AuditEntry) -> None:
    async with units() as unit:
        await unit.audit.add(entry)
