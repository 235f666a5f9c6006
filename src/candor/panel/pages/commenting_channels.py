"""Channels: the list, a channel's settings and permission, its posts with the gate's reasons."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from candor.commenting.paging import Page as Part
from candor.common.errors import CandorError, FieldError, InvalidInputError
from candor.common.ids import ChannelId
from candor.panel.access import current_actor, needs
from candor.panel.api.commenting import desk
from candor.panel.auth.operators import check_rank
from candor.panel.errors import status_of
from candor.panel.inward import panel_settings, run, services
from candor.panel.pages.commenting_forms import channel_body, number_of
from candor.panel.pages.commenting_words import words
from candor.panel.schemas.commenting import ChannelBody
from candor.panel.schemas.commenting_channels import changed_channel, new_channel

PER_PAGE = 20
OWNERS_MOVES = ("resume", "remove")
"""What lets comments go out again or can't be undone; stopping is for operators too."""
blueprint = Blueprint("channels", __name__, url_prefix="/channels")
blueprint.context_processor(words)


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    page = number_of(request.args.get("page"))
    channels, total = run(desk().register.page(Part(page, PER_PAGE)))
    return render_template(
        "commenting/channels.html",
        channels=channels,
        total=total,
        page=page,
        per_page=PER_PAGE,
        now=services().clock.now(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@needs("owner")
def new() -> AnyResponse:
    error: CandorError | None = None
    if request.method == "POST":
        try:
            draft = new_channel(_body(), timezone=panel_settings().timezone)
            channel = run(desk().register.add(draft))
            return redirect(url_for("channels.show", channel_id=channel.id, notice="saved"), 303)
        except CandorError as problem:
            error = problem
    page = render_template(
        "commenting/channel_new.html", error=error, form=request.form, settings=panel_settings()
    )
    return Response(page, 200 if error is None else status_of(error))


@blueprint.get("/<id:channel_id>")
@needs("viewer")
def show(channel_id: int) -> str:
    return _show(channel_id)


def _show(channel_id: int, error: CandorError | None = None) -> str:
    page = number_of(request.args.get("page"))
    detail = run(desk().register.detail(ChannelId(channel_id)))
    posts, total = run(desk().register.posts(ChannelId(channel_id), Part(page, PER_PAGE)))
    return render_template(
        "commenting/channel.html",
        channel=detail.channel,
        detail=detail,
        posts=posts,
        total=total,
        page=page,
        per_page=PER_PAGE,
        now=services().clock.now(),
        guide=url_for("welcome.show", code=detail.channel.grant_code, _external=True),
        error=error,
    )


@blueprint.post("/<id:channel_id>")
@needs("owner")
def save(channel_id: int) -> AnyResponse:
    try:
        current = run(desk().register.get(ChannelId(channel_id)))
        run(desk().register.change(current.id, changed_channel(current, _body())))
    except CandorError as error:
        return Response(_show(channel_id, error), status_of(error))
    return redirect(url_for("channels.show", channel_id=channel_id, notice="saved"), 303)


@blueprint.post("/<id:channel_id>/<move>")
@needs("operator")
def act(channel_id: int, move: str) -> AnyResponse:
    """Pause or withdraw the permission; for owners also resume and take out."""
    number, actor = ChannelId(channel_id), current_actor()
    register = desk().register
    if move in OWNERS_MOVES:
        check_rank(actor.role, "owner")
    if move == "pause":
        run(register.pause(number, "paused in the panel"))
    elif move == "resume":
        run(register.resume(number))
    elif move == "revoke":
        run(desk().permissions.revoke(number, by=actor.label, reason="withdrawn in the panel"))
    elif move == "remove":
        run(register.remove(number, by=actor.label))
        return redirect(url_for("channels.index", notice="removed"), 303)
    else:
        return Response(status=404)
    return redirect(url_for("channels.show", channel_id=channel_id, notice="saved"), 303)


def _body() -> ChannelBody:
    try:
        return channel_body(request.form)
    except (ValidationError, ValueError) as error:
        found = error.errors(include_url=False) if isinstance(error, ValidationError) else []
        raise InvalidInputError(
            errors=tuple(
                FieldError(".".join(str(part) for part in item["loc"]), item["msg"])
                for item in found
            )
        ) from None
