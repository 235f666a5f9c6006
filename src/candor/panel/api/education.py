"""`/api/groups`: study groups, the pool of prepared ones, and what is said in them."""

from candor.common.errors import FieldError, InvalidInputError, NotFoundError
from candor.common.ids import AccountId, GroupId, TelegramChatId
from candor.education.group import EducationGroupService
from candor.education.reading import GroupReader, GroupView
from candor.panel.api.contract import Api
from candor.panel.inward import run, services
from candor.panel.schemas.common import Page, PageQuery
from candor.panel.schemas.education import (
    GroupAnswer,
    GroupChange,
    GroupMessageAnswer,
    GroupQuery,
    NewGroup,
    group_answer,
    message_answer,
)

TAG = "Groups"


def add_to(api: Api) -> None:
    _add_reading(api)
    _add_changes(api)


def _add_reading(api: Api) -> None:
    @api.get("/groups", tag=TAG, summary="List study groups, newest first")
    def list_groups(query: GroupQuery) -> Page[GroupAnswer]:
        found = run(
            _reader().page(
                status=query.status,
                client_id=query.client_id,
                limit=query.per_page,
                offset=query.offset,
            )
        )
        return Page(
            items=[group_answer(view, script_id=_script_id(view)) for view in found.items],
            page=query.page,
            per_page=query.per_page,
            total=found.total,
        )

    @api.get("/groups/<id:group_id>", tag=TAG, summary="One study group")
    def get_group(group_id: int) -> GroupAnswer:
        return _group(group_id)

    @api.get(
        "/groups/<id:group_id>/messages",
        tag=TAG,
        summary="What was said in a group, newest first, with who answered and why",
    )
    def list_messages(group_id: int, query: PageQuery) -> Page[GroupMessageAnswer]:
        messages, total = run(
            _reader().messages(GroupId(group_id), limit=query.per_page, offset=query.offset)
        )
        return Page(
            items=[message_answer(message) for message in messages],
            page=query.page,
            per_page=query.per_page,
            total=total,
        )


def _add_changes(api: Api) -> None:
    @api.post(
        "/groups",
        tag=TAG,
        summary="Put a group made by hand into the pool",
        description="The bot has to be an administrator who may invite people and pin messages.",
        role="operator",
        status=201,
    )
    def add_group(body: NewGroup) -> GroupAnswer:
        group = run(
            _groups().register_prepared(
                account_id=_leading_account(body.account_id), chat_id=TelegramChatId(body.chat_id)
            )
        )
        return _group(group.id)

    @api.put(
        "/groups/<id:group_id>",
        tag=TAG,
        summary="Pause, resume, or lead another step next",
        role="operator",
    )
    def change_group(group_id: int, body: GroupChange) -> GroupAnswer:
        if body.step is not None:
            run(_groups().jump(GroupId(group_id), body.step))
        if body.is_paused is not None:
            run(_groups().pause(GroupId(group_id), is_paused=body.is_paused))
        return _group(group_id)

    @api.delete("/groups/<id:group_id>", tag=TAG, summary="Close a group", role="operator")
    def close_group(group_id: int) -> None:
        run(_groups().close(GroupId(group_id)))


def _group(group_id: int) -> GroupAnswer:
    view = run(_reader().get(GroupId(group_id)))
    return group_answer(view, script_id=_script_id(view))


def _script_id(view: GroupView) -> int | None:
    """The number of the group's script; None without one, and when the script was never there."""
    key = view.group.script_key
    if key is None:
        return None
    try:
        script = run(services().scripts.load_script(key, is_running=True))
    except NotFoundError:
        return None
    return script.id


def _leading_account(account_id: int | None) -> AccountId:
    if account_id is not None:
        return AccountId(account_id)
    for account in run(services().accounts.list_accounts()):
        if (account.kind, account.role, account.status) == ("bot", "sales", "active"):
            return account.id
    message = "Name the bot that leads the group: no sales bot is active."
    raise InvalidInputError(message, errors=(FieldError("account_id", message),))


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
