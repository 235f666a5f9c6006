"""Groups: study groups, the pool of prepared ones, one of them live, pause and close."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from candor.common.errors import CandorError, FieldError, InvalidInputError, NotFoundError
from candor.common.ids import AccountId, GroupId, TelegramChatId
from candor.education.group import EducationGroupService
from candor.education.reading import GroupReader
from candor.panel.access import needs
from candor.panel.errors import status_of
from candor.panel.forms import checked
from candor.panel.inward import run, services
from candor.panel.schemas.education import GroupQuery, NewGroup

STATUSES = ("preparing", "awaiting_client", "active", "completed", "closed")
PER_PAGE = 50
MESSAGES = 100
blueprint = Blueprint("groups", __name__, url_prefix="/groups")


def _reader() -> GroupReader:
    reader = services().group_reader
    if reader is None:
        raise NotFoundError("Study groups are not available in this process.")
    return reader


def _groups() -> EducationGroupService:
    groups = services().groups
    if groups is None:
        raise NotFoundError("Study groups are not available in this process.")
    return groups


@blueprint.get("/")
@needs("viewer")
def index() -> str:
    return _list()


def _list(*, error: CandorError | None = None) -> str:
    try:
        query = GroupQuery.model_validate({k: v for k, v in request.args.items() if v})
    except ValidationError:
        query = GroupQuery()
    found = run(
        _reader().page(
            status=query.status,
            client_id=query.client_id,
            limit=PER_PAGE,
            offset=(query.page - 1) * PER_PAGE,
        )
    )
    accounts = run(services().accounts.list_accounts())
    return render_template(
        "groups/index.html",
        found=found,
        query=query,
        statuses=STATUSES,
        per_page=PER_PAGE,
        pool=run(_reader().pool_level()),
        teachers=[item for item in accounts if item.role == "sales" and item.kind != "business"],
        error=error,
    )


@blueprint.post("/")
@needs("operator")
def add() -> AnyResponse:
    """Put a group that the owner made by hand into the pool."""
    try:
        new = checked(NewGroup, request.form)
        if new.account_id is None:
            message = "Choose the account that leads the group."
            raise InvalidInputError(message, errors=(FieldError("account_id", message),))
        group = run(
            _groups().register_prepared(
                account_id=AccountId(new.account_id), chat_id=TelegramChatId(new.chat_id)
            )
        )
    except CandorError as error:
        return Response(_list(error=error), status_of(error))
    return redirect(url_for("groups.show", group_id=group.id, notice="group_added"), 303)


@blueprint.get("/<id:group_id>")
@needs("viewer")
def show(group_id: int) -> str:
    return render_template("groups/show.html", **_read(group_id))


@blueprint.get("/<id:group_id>/live")
@needs("viewer")
def live(group_id: int) -> Response:
    """State and messages alone, asked again every two seconds."""
    read = _read(group_id)
    if request.args.get("mark") == read["mark"]:
        return Response(status=204)
    return Response(render_template("groups/live.html", **read))


def _read(group_id: int) -> dict[str, Any]:
    view = run(_reader().get(GroupId(group_id)))
    messages, total = run(_reader().messages(GroupId(group_id), limit=MESSAGES, offset=0))
    group = view.group
    newest = messages[0] if messages else None
    mark = (
        f"{total}-{newest and newest.delivery}-{group.status}-{group.step}-{group.is_paused}"
        f"-{group.task_done_at}-{group.trouble}"
    )
    return {
        "view": view,
        "group": group,
        "messages": tuple(reversed(messages)),
        "total": total,
        "mark": mark,
    }


@blueprint.post("/<id:group_id>/<move>")
@needs("operator")
def change(group_id: int, move: str) -> AnyResponse:
    number = GroupId(group_id)
    if move == "close":
        run(_groups().close(number))
    elif move in ("pause", "resume"):
        run(_groups().pause(number, is_paused=move == "pause"))
    else:
        raise NotFoundError
    return redirect(url_for("groups.show", group_id=group_id, notice="saved"), 303)
