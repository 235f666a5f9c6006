"""`/api/sandbox`: hands every call to the sandbox Telegram, which checks and answers it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import cast

from flask import Response, current_app, request
from pydantic import BaseModel
from pydantic_core import from_json

from candor.common.errors import FieldError, NotFoundError
from candor.panel.access import needs
from candor.panel.api.contract import Api, read_json
from candor.panel.errors import PROBLEM, BadRequestError, problem
from candor.panel.inward import services
from candor.panel.rendering import dump_json
from candor.panel.schemas.sandbox import (
    ButtonPress,
    ChannelPost,
    Fault,
    JoinByLink,
    NewMember,
    NewPerson,
    NewSandboxChannel,
    PersonsMessage,
)

TAG = "Sandbox"
FEED = "/events"
MOST_WAITING = 4
LONGEST_WAIT = 30.0
"""The feed waits for news; somewhat longer than it ever does."""
GETS = (
    ("/sandbox/chats", "list_chats", "All chats"),
    ("/sandbox/chats/<chat:chat_id>/messages", "list_messages", "What a member sees of a chat"),
)
POSTS: tuple[tuple[str, str, str, type[BaseModel]], ...] = (
    ("/sandbox/users", "add_person", "Invent a person", NewPerson),
    ("/sandbox/messages", "write_as_person", "A person writes", PersonsMessage),
    ("/sandbox/channels", "add_channel", "A channel with its discussion group", NewSandboxChannel),
    ("/sandbox/channels/<username>/posts", "post", "A post in a channel", ChannelPost),
    ("/sandbox/chats/<chat:chat_id>/members", "add_member", "Add a member", NewMember),
    ("/sandbox/chats/<chat:chat_id>/join", "join", "A person taps an invite link", JoinByLink),
    ("/sandbox/press", "press", "A person taps an inline button", ButtonPress),
    ("/sandbox/faults", "misbehave", "The next calls fail so", Fault),
)


class NoSandboxError(NotFoundError):
    code = "no_sandbox"
    default_message = "The sandbox runs in demo mode only: candor up --demo."


def add_to(api: Api) -> None:
    for path, name, summary in GETS:
        api.get(path, tag=TAG, summary=summary, role="owner", name=name)(_forwarding())
    for path, name, summary, body in POSTS:
        api.post(
            path, tag=TAG, summary=summary, role="owner", name=name, schema_of=body, audited=False
        )(_forwarding())
    # The chat page uses more of the same world than the contract names.
    api.blueprint.add_url_rule(
        "/sandbox/<path:rest>",
        endpoint="sandbox_rest",
        view_func=needs("owner", audited=False)(forward_rest),
        methods=["GET", "POST", "PUT", "DELETE"],
    )


def _forwarding() -> Callable[[], Response]:
    def forward_call() -> Response:
        return forward(request.path.removeprefix("/api/sandbox"))

    return forward_call


def forward_rest(rest: str) -> Response:
    return forward(f"/{rest}")


def forward(path: str) -> Response:
    known = services()
    if known.sandbox is None:
        raise NoSandboxError
    query = request.args.to_dict()
    with _patience(path, query):
        work = known.sandbox.control(request.method, path, _body(), query)
        status, answer = known.portal.run(work, timeout=LONGEST_WAIT)
    if status >= 400:
        return _refused(status, answer)
    return Response(dump_json(answer), status, content_type="application/json")


@contextmanager
def _patience(path: str, query: dict[str, str]) -> Iterator[None]:
    """Few readers of the feed may wait for news; the others are told at once what there is.

    Each waiting one holds a thread of the server, and the panel needs those for its pages.
    """
    if path != FEED or not query.get("timeout"):
        yield
        return
    seats = _seats()
    is_seated = seats.acquire(blocking=False)
    if not is_seated:
        query["timeout"] = "0"
    try:
        yield
    finally:
        if is_seated:
            seats.release()


def _seats() -> BoundedSemaphore:
    """One set per application."""
    made = current_app.extensions.setdefault("candor_feed", BoundedSemaphore(MOST_WAITING))
    return cast(BoundedSemaphore, made)


def _body() -> object:
    if request.method in ("GET", "DELETE") or not request.get_data():
        return None
    try:
        return from_json(read_json())
    except ValueError as error:
        raise BadRequestError(f"The body is no JSON: {error}.") from None


def _refused(status: int, answer: object) -> Response:
    """The sandbox's own words as problem+json."""
    said = answer if isinstance(answer, dict) else {}
    fields = [
        FieldError(str(item.get("path", "")), str(item.get("message", "")))
        for item in said.get("errors", [])
        if isinstance(item, dict)
    ]
    text = str(said.get("message") or said.get("detail") or HTTPStatus(status).phrase)
    body = problem(status, str(said.get("code", "sandbox")), text, errors=fields)
    return Response(dump_json(body), status, content_type=PROBLEM)
