"""Comments: the queue with its variants, what is on its way, the calendar, and what it has brought."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from babel.dates import format_skeleton
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from candor.commenting.comment import Slot
from candor.commenting.paging import Page as Part
from candor.common.errors import CandorError, FieldError, InvalidInputError
from candor.common.ids import CommentId
from candor.panel.access import needs
from candor.panel.api.commenting import approver, desk
from candor.panel.errors import status_of
from candor.panel.i18n import current_language, zone
from candor.panel.inward import run, services
from candor.panel.pages import commenting_rules
from candor.panel.pages.commenting_forms import number_of, span_of_days, status_or_all
from candor.panel.pages.commenting_words import words
from candor.panel.pages.paging import asked_turn

PER_PAGE = 20
VIEWS = ("pending", "scheduled", "sent", "rejected", "failed", "expired", "all")
SNOOZE = timedelta(hours=2)
blueprint = Blueprint("comments", __name__, url_prefix="/comments")
blueprint.context_processor(words)
commenting_rules.add_to(blueprint)


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    return _index()


def _index(error: CandorError | None = None) -> str:
    view = request.args.get("view", "pending")
    view = view if view in VIEWS else "pending"
    turn = asked_turn(PER_PAGE, keys=1)
    found = run(desk().cards(status_or_all(view), turn.cut))
    return render_template(
        "commenting/comments.html",
        found=found,
        cards=found.items,
        page=turn.page(found),
        view=view,
        views=VIEWS,
        has_channels=bool(found.items) or run(desk().register.page(Part(1, 1)))[1] > 0,
        has_model=services().model is not None,
        error=error,
    )


@blueprint.post("/<id:comment_id>/<move>")
@needs("operator")
def act(comment_id: int, move: str) -> AnyResponse:
    """Approve, edit, reject or snooze; back to the queue."""
    comment, text = CommentId(comment_id), _text("text")
    approval, now = desk().approval, services().clock.now()
    try:
        if move == "approve":
            run(approval.approve(comment, text, approver()))
        elif move == "edit":
            run(approval.edit(comment, text))
        elif move == "reject":
            run(approval.reject(comment, _text("reason"), approver()))
        elif move == "snooze":
            run(approval.snooze(comment, now + SNOOZE))
        elif move == "move":
            return _move(comment)
        else:
            return Response(status=404)
    except CandorError as error:
        return Response(_index(error), status_of(error))
    back = url_for("comments.index", notice=f"comment_{move}")
    return redirect(back, 303)


@blueprint.get("/<id:comment_id>")
@needs("viewer")
def show(comment_id: int) -> str:
    """One comment: where a client's dialogue came from."""
    card = run(desk().card(CommentId(comment_id)))
    return render_template("commenting/comment.html", card=card)


@dataclass(frozen=True, slots=True)
class Place:
    """A slot as the calendar shows it."""

    slot: Slot
    local: datetime
    channel: str


@blueprint.get("/calendar")
@needs("viewer")
def calendar() -> str:
    """Two weeks of slots, by day of the business."""
    return _calendar()


def _calendar(error: CandorError | None = None) -> str:
    now = services().clock.now()
    since, until = now - timedelta(days=1), now + timedelta(days=14)
    slots = run(desk().scheduler.calendar(since, until))
    channels = {one.id: one.title for one in run(desk().register.page(Part(1, 200)))[0]}
    places = [
        Place(slot, slot.at.astimezone(zone()), channels.get(slot.channel_id, str(slot.channel_id)))
        for slot in slots
    ]
    days = [
        (format_skeleton("MMMMEEEEd", day, locale=current_language()), list(part))
        for day, part in groupby(places, key=lambda one: one.local.date())
    ]
    return render_template("commenting/calendar.html", days=days, zone=str(zone()), error=error)


@blueprint.get("/results")
@needs("viewer")
def results() -> str:
    """The marketing view."""
    by = request.args.get("by", "channel")
    by = by if by in ("channel", "account", "topic", "wording") else "channel"
    days = span_of_days(request.args.get("days"))
    until = services().clock.now()
    rows = run(
        desk().reports.marketing(by, until - timedelta(days=days), until)  # type: ignore[arg-type]
    )
    return render_template("commenting/results.html", rows=rows, by=by, days=days)


@blueprint.get("/replies")
@needs("viewer")
def replies() -> str:
    """What people wrote to the commenting accounts."""
    page = number_of(request.args.get("page"))
    messages, total = run(desk().register.direct_messages(None, Part(page, PER_PAGE)))
    return render_template(
        "commenting/replies.html", messages=messages, total=total, page=page, per_page=PER_PAGE
    )


def _move(comment: CommentId) -> AnyResponse:
    """Another slot, in the time of the business; back to the calendar."""
    try:
        at = datetime.fromisoformat(_text("at")).replace(tzinfo=zone())
    except ValueError:
        error = InvalidInputError(errors=(FieldError("at", "Choose a day and a time."),))
        return Response(_calendar(error), status_of(error))
    try:
        run(desk().scheduler.move(comment, at))
    except CandorError as error:
        return Response(_calendar(error), status_of(error))
    return redirect(url_for("comments.calendar", notice="saved"), 303)


def _text(name: str) -> str:
    """A form's field; browsers send line ends as CRLF, approvals are bound to the exact text."""
    return request.form.get(name, "").replace("\r\n", "\n").strip()
