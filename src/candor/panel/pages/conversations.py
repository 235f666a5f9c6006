"""Conversations: the inbox of dialogues, one of them live, and what a person does with it."""

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from candor.common.errors import CandorError
from candor.common.ids import ConversationId, MessageRowId
from candor.messaging.reading import ConversationDetail, ConversationFilter, ConversationPage
from candor.panel.access import current_actor, needs
from candor.panel.api.conversations import acting_person, shown_name
from candor.panel.errors import status_of
from candor.panel.inward import run, services
from candor.panel.owner_settings import canned_answers
from candor.panel.reading import conversation_detail, conversation_page
from candor.panel.schemas.conversations import MAX_MESSAGE, ConversationQuery

PER_PAGE = 40
MESSAGES = 100
HANDLINGS = ("ai", "human", "paused", "opted_out", "closed")
STRATEGIES = ("script_80", "free_20")
blueprint = Blueprint("conversations", __name__, url_prefix="/conversations")


@dataclass(frozen=True, slots=True)
class Inbox:
    """The list as the page shows it."""

    page: ConversationPage
    query: ConversationQuery
    mark: str
    """Changes when anything shown changes."""


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    return render_template("conversations/index.html", inbox=_inbox(), detail=None, **_choices())


@blueprint.get("/list")
@needs("viewer")
def lines() -> Response:
    """The list alone, asked again every two seconds."""
    inbox = _inbox()
    if request.args.get("mark") == inbox.mark:
        return Response(status=204)
    return Response(render_template("conversations/lines.html", inbox=inbox, open_id=_open_id()))


@blueprint.get("/<id:conversation_id>")
@needs("viewer")
def show(conversation_id: int) -> str:
    return _show(conversation_id)


def _show(conversation_id: int, *, error: CandorError | None = None, draft: str = "") -> str:
    detail = _detail(conversation_id)
    return render_template(
        "conversations/index.html",
        inbox=_inbox(),
        detail=detail,
        mark=_mark(detail),
        me=current_actor().operator_id,
        error=error,
        draft=draft,
        canned=canned_answers(),
        max_message=MAX_MESSAGE,
        **_choices(),
    )


@blueprint.get("/<id:conversation_id>/live")
@needs("viewer")
def live(conversation_id: int) -> Response:
    """Head and messages alone, asked again every two seconds."""
    detail = _detail(conversation_id)
    mark = _mark(detail)
    if request.args.get("mark") == mark:
        return Response(status=204)
    page = render_template(
        "conversations/live.html", detail=detail, mark=mark, me=current_actor().operator_id
    )
    return Response(page)


@blueprint.post("/<id:conversation_id>/take")
@needs("operator")
def take(conversation_id: int) -> AnyResponse:
    run(
        services().hand_off.take(
            ConversationId(conversation_id), acting_person(), name=shown_name()
        )
    )
    return _back(conversation_id, "taken")


@blueprint.post("/<id:conversation_id>/give-back")
@needs("operator")
def give_back(conversation_id: int) -> AnyResponse:
    run(services().hand_off.give_back(ConversationId(conversation_id), acting_person()))
    return _back(conversation_id, "given_back")


@blueprint.post("/<id:conversation_id>/pause")
@needs("operator")
def pause(conversation_id: int) -> AnyResponse:
    run(services().hand_off.pause(ConversationId(conversation_id), acting_person()))
    return _back(conversation_id, "paused")


@blueprint.post("/<id:conversation_id>/close")
@needs("operator")
def close(conversation_id: int) -> AnyResponse:
    run(services().hand_off.close(ConversationId(conversation_id), acting_person()))
    return _back(conversation_id, "closed")


@blueprint.post("/<id:conversation_id>/messages")
@needs("operator")
def write(conversation_id: int) -> AnyResponse:
    """What can't be sent stays in the field, with the reason."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    if not text:
        return _back(conversation_id, "")
    try:
        run(
            services().hand_off.write(
                ConversationId(conversation_id), acting_person(), text[:MAX_MESSAGE]
            )
        )
    except CandorError as error:
        return Response(_show(conversation_id, error=error, draft=text), status_of(error))
    return _back(conversation_id, "")


def _back(conversation_id: int, notice: str) -> AnyResponse:
    arguments: dict[str, Any] = {**_kept(), "conversation_id": conversation_id}
    return redirect(url_for("conversations.show", notice=notice or None, **arguments), 303)


def _kept() -> dict[str, str]:
    """The list's filters stay while one dialogue after the other is opened."""
    return {
        name: value
        for name in ("stage", "strategy", "handling", "q")
        if (value := request.args.get(name))
    }


def _inbox() -> Inbox:
    query = _query()
    wanted = ConversationFilter(
        stage=query.stage, strategy=query.strategy, handling=query.handling, q=query.q
    )
    page = run(
        conversation_page(
            services().units, wanted, limit=PER_PAGE, offset=(query.page - 1) * PER_PAGE
        )
    )
    shown = "".join(
        f"{line.conversation.id}{line.conversation.handling}{line.last_text}"
        f"{line.conversation.last_in_at}{line.conversation.last_out_at}"
        for line in page.items
    )
    return Inbox(page, query, _short_hash(f"{page.total}{shown}{_open_id()}"))


def _query() -> ConversationQuery:
    """Filters of the address; a wrong one is left out rather than refused on a page."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        return ConversationQuery.model_validate(given)
    except ValidationError as error:
        for item in error.errors():
            given.pop(str(item["loc"][0]), None)
        return ConversationQuery.model_validate(given)


def _open_id() -> int:
    found = (request.view_args or {}).get("conversation_id") or request.args.get("open", "0")
    return int(found) if str(found).isdigit() else 0


def _detail(conversation_id: int) -> ConversationDetail:
    before = request.args.get("before", "")
    return run(
        conversation_detail(
            services().units,
            ConversationId(conversation_id),
            limit=MESSAGES,
            before=MessageRowId(int(before)) if before.isdigit() and len(before) < 19 else None,
        )
    )


def _mark(detail: ConversationDetail) -> str:
    last = detail.messages[-1] if detail.messages else None
    states = "".join(
        f"{message.id}{message.delivery}{message.edited_at}{bool(message.analysis)}"
        for message in detail.messages[-30:]
    )
    told = detail.conversation
    return _short_hash(f"{last and last.id}{states}{told.handling}{told.operator_id}{told.stage}")


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _choices() -> dict[str, object]:
    return {"handlings": HANDLINGS, "strategies": STRATEGIES, "kept": _kept()}
