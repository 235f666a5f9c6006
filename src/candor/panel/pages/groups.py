"""Groups: study groups, the guided page of the pool, one group live, and what a person does there."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from candor.common.errors import CandorError, FieldError, InvalidInputError, NotFoundError
from candor.common.ids import AccountId, GroupId, TelegramChatId
from candor.education.pool import LOW_POOL, GroupPool
from candor.education.reading import GroupReader, PoolView
from candor.education.steering import GroupSteering
from candor.panel.access import needs
from candor.panel.errors import status_of
from candor.panel.forms import checked
from candor.panel.inward import run, services
from candor.panel.pages.paging import asked_turn
from candor.panel.schemas.education import GroupQuery, NewGroup

STATUSES = ("preparing", "awaiting_client", "active", "completed", "closed")
PER_PAGE = 50
MESSAGES = 100
BOT_RIGHTS = "invite_users+pin_messages+change_info+restrict_members"
"""As Telegram's links name what leading a group needs."""
blueprint = Blueprint("groups", __name__, url_prefix="/groups")


def _reader() -> GroupReader:
    reader = services().group_reader
    if reader is None:
        raise NotFoundError("Study groups are not available in this process.")
    return reader


def _steering() -> GroupSteering:
    steering = services().group_steering
    if steering is None:
        raise NotFoundError("Study groups are not available in this process.")
    return steering


def _pool() -> GroupPool:
    pool = services().group_pool
    if pool is None:
        raise NotFoundError("Study groups are not available in this process.")
    return pool


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    try:
        query = GroupQuery.model_validate({k: v for k, v in request.args.items() if v})
    except ValidationError:
        query = GroupQuery()
    turn = asked_turn(PER_PAGE, keys=1)
    found = run(
        _reader().page(
            status=query.status,
            client_id=query.client_id,
            is_stuck=query.is_stuck,
            cut=turn.cut,
        )
    )
    return render_template(
        "groups/index.html",
        found=found,
        query=query,
        statuses=STATUSES,
        page=turn.page(found),
        pool=run(_reader().pool_level()),
        low=LOW_POOL,
        stuck=run(_reader().stuck_count()),
    )


@blueprint.get("/pool")
@needs("viewer")
def pool() -> str:
    return _pool_page()


def _pool_page(*, error: CandorError | None = None) -> str:
    accounts = run(services().accounts.list_accounts())
    view = run(_reader().pool())
    return render_template(
        "groups/pool.html",
        pool=view,
        low=LOW_POOL,
        links=_links(view),
        teachers=[
            item
            for item in accounts
            if (item.role, item.kind, item.status) == ("sales", "bot", "active")
        ],
        error=error,
    )


def _links(view: PoolView) -> dict[str, str]:
    """Links that open Telegram and bring a bot of ours into a group of the owner's choice."""
    links = {
        partner.username: f"https://t.me/{partner.username}?startgroup=candor"
        for partner in view.partners
    }
    if view.teacher is not None:
        name = view.teacher.username
        links[name] = f"https://t.me/{name}?startgroup=candor&admin={BOT_RIGHTS}"
    return links


@blueprint.post("/pool")
@needs("operator")
def add() -> AnyResponse:
    """Put a group that the owner made by hand into the pool."""
    try:
        new = checked(NewGroup, request.form)
        if new.account_id is None:
            message = "Choose the account that leads the group."
            raise InvalidInputError(message, errors=(FieldError("account_id", message),))
        run(
            _pool().register(
                account_id=AccountId(new.account_id), chat_id=TelegramChatId(new.chat_id)
            )
        )
    except CandorError as error:
        return Response(_pool_page(error=error), status_of(error))
    return redirect(url_for("groups.pool", notice="group_added"), 303)


@blueprint.post("/pool/<id:group_id>/check")
@needs("operator")
def check(group_id: int) -> AnyResponse:
    """Ask Telegram again what a prepared group lacks."""
    try:
        run(_pool().check_again(GroupId(group_id)))
    except CandorError as error:
        return Response(_pool_page(error=error), status_of(error))
    return redirect(url_for("groups.pool"), 303)


@blueprint.post("/pool/<id:group_id>/remove")
@needs("operator")
def remove(group_id: int) -> AnyResponse:
    """Take a prepared group out of the pool; the chat in Telegram stays as it is."""
    run(_steering().close(GroupId(group_id)))
    return redirect(url_for("groups.pool", notice="removed"), 303)


@blueprint.get("/<id:group_id>")
@needs("viewer")
def show(group_id: int) -> str:
    return render_template("groups/show.html", **_read(group_id))


def _read(group_id: int, *, error: CandorError | None = None) -> dict[str, Any]:
    view = run(_reader().get(GroupId(group_id)))
    messages, total = run(_reader().messages(GroupId(group_id), limit=MESSAGES, offset=0))
    group = view.group
    return {
        "view": view,
        "group": group,
        "steps": run(_reader().progress(group)),
        "members": run(_reader().member_names(group.id)),
        "messages": tuple(reversed(messages)),
        "total": total,
        "error": error,
    }


@blueprint.post("/<id:group_id>/<move>")
@needs("operator")
def change(group_id: int, move: str) -> AnyResponse:
    number = GroupId(group_id)
    try:
        if move == "close":
            run(_steering().close(number))
        elif move in ("pause", "resume"):
            run(_steering().pause(number, is_paused=move == "pause"))
        elif move == "jump":
            run(_steering().jump(number, request.form.get("step", "")))
        elif move == "done":
            run(_steering().mark_done(number))
        elif move == "move":
            number = run(_steering().move(number)).id
        else:
            raise NotFoundError
    except NotFoundError:
        raise
    except CandorError as error:
        page = render_template("groups/show.html", **_read(group_id, error=error))
        return Response(page, status_of(error))
    return redirect(url_for("groups.show", group_id=number, notice="saved"), 303)
