"""Conversations: the inbox of dialogues, one of them live, and what a person does with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from candor.common.errors import CandorError
from candor.common.ids import ConversationId, MessageRowId, NoteId
from candor.common.paging import Part
from candor.messaging.reading import LIST_KEYS, ConversationDetail, ConversationLine
from candor.panel.access import current_actor, needs
from candor.panel.api.conversations import (
    acting_person,
    assign_to,
    cancel_reminder,
    correct,
    shown_name,
    write_note,
)
from candor.panel.assigning import people_who_act
from candor.panel.errors import status_of
from candor.panel.forms import whole_number
from candor.panel.inward import run, services
from candor.panel.owner_settings import canned_answers
from candor.panel.pages.paging import asked_turn
from candor.panel.reading import conversation_detail, conversation_page
from candor.panel.schemas.conversations import MAX_MESSAGE, ConversationQuery, filter_of
from candor.sales.workbench import Expected

PER_PAGE = 40
MESSAGES = 100
HANDLINGS = ("ai", "human", "paused", "opted_out", "closed")
STRATEGIES = ("script_80", "free_20")
ASSIGNED = ("me", "nobody")
blueprint = Blueprint("conversations", __name__, url_prefix="/conversations")


@dataclass(frozen=True, slots=True)
class Inbox:
    """The list as the page shows it."""

    part: Part[ConversationLine]
    page: int
    query: ConversationQuery


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    return render_template("conversations/index.html", inbox=_inbox(), detail=None, **_choices())


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
        me=current_actor().operator_id,
        error=error,
        draft=draft,
        canned=canned_answers(),
        max_message=MAX_MESSAGE,
        people=people_who_act(),
        steps=_steps(detail),
        **_choices(),
    )


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


@blueprint.post("/<id:conversation_id>/assign")
@needs("operator")
def assign(conversation_id: int) -> AnyResponse:
    wanted = request.form.get("operator_id", "")
    number = (whole_number(wanted) or 0) if wanted else None
    return _done(conversation_id, lambda: assign_to(conversation_id, number), "assigned")


@blueprint.post("/<id:conversation_id>/notes")
@needs("operator")
def add_note(conversation_id: int) -> AnyResponse:
    text = request.form.get("text", "").replace("\r\n", "\n")
    return _done(conversation_id, lambda: write_note(conversation_id, text), "note_added")


@blueprint.post("/<id:conversation_id>/notes/<id:note_id>/remove")
@needs("operator")
def remove_note(conversation_id: int, note_id: int) -> AnyResponse:
    run(services().desk.remove_note(NoteId(note_id), of=ConversationId(conversation_id)))
    return _back(conversation_id, "removed")


@blueprint.post("/<id:conversation_id>/corrections")
@needs("operator")
def add_correction(conversation_id: int) -> AnyResponse:
    """What an answer should have been; the script's author finds it in the studio."""
    form = request.form
    message = whole_number(form.get("message", "")) or 0
    expected = Expected(
        stage=form.get("stage", ""),
        trigger=form.get("trigger", ""),
        contains=form.get("contains", ""),
    )
    better = form.get("better", "").replace("\r\n", "\n")
    return _done(
        conversation_id,
        lambda: correct(conversation_id, message, expected, better=better),
        "correction_added",
    )


@blueprint.post("/<id:conversation_id>/follow-up/cancel")
@needs("operator")
def cancel_follow_up(conversation_id: int) -> AnyResponse:
    return _done(conversation_id, lambda: cancel_reminder(conversation_id), "reminder_cancelled")


def _done(conversation_id: int, act: Callable[[], object], notice: str) -> AnyResponse:
    """Back to the dialogue, or the dialogue with what is wrong."""
    try:
        act()
    except CandorError as error:
        return Response(_show(conversation_id, error=error), status_of(error))
    return _back(conversation_id, notice)


def _back(conversation_id: int, notice: str) -> AnyResponse:
    arguments: dict[str, Any] = {**_kept(), "conversation_id": conversation_id}
    return redirect(url_for("conversations.show", notice=notice or None, **arguments), 303)


def _kept() -> dict[str, str]:
    """The list's filters stay while one dialogue after the other is opened."""
    return {
        name: value
        for name in ("stage", "strategy", "handling", "assigned", "q")
        if (value := request.args.get(name))
    }


def _inbox() -> Inbox:
    query, turn = _query(), asked_turn(PER_PAGE, keys=LIST_KEYS)
    wanted = filter_of(query, me=acting_person())
    part = run(conversation_page(services().units, wanted, turn.cut))
    return Inbox(part, turn.page(part), query)


def _query() -> ConversationQuery:
    """Filters of the address; a wrong one is left out rather than refused on a page."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        return ConversationQuery.model_validate(given)
    except ValidationError as error:
        for item in error.errors():
            given.pop(str(item["loc"][0]), None)
        return ConversationQuery.model_validate(given)


def _detail(conversation_id: int) -> ConversationDetail:
    before = whole_number(request.args.get("before", ""))
    return run(
        conversation_detail(
            services().units,
            ConversationId(conversation_id),
            limit=MESSAGES,
            before=None if before is None else MessageRowId(before),
        )
    )


def _steps(detail: ConversationDetail) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys of steps and triggers of the dialogue's script, for a correction."""
    told = detail.conversation
    if told.script_id is None:
        return (), ()
    try:
        script = run(
            services().scripts.load_script(
                told.script_id, version=told.script_version, is_running=True
            )
        )
    except CandorError:
        return (), ()
    document = script.document
    return tuple(step.key for step in document.steps), tuple(
        trigger.key for trigger in document.triggers
    )


def _choices() -> dict[str, object]:
    return {
        "handlings": HANDLINGS,
        "strategies": STRATEGIES,
        "assigned": ASSIGNED,
        "kept": _kept(),
    }
