"""`/api/groups`: study groups, the pool of prepared ones, and what is said in them."""

from candor.common.errors import FieldError, InvalidInputError, NotFoundError
from candor.common.ids import AccountId, GroupId, ScriptId, TelegramChatId
from candor.common.paging import Cut
from candor.education.pool import GroupPool
from candor.education.reading import GroupReader, GroupView
from candor.education.steering import GroupSteering
from candor.panel.api.contract import Api
from candor.panel.inward import run, services
from candor.panel.schemas.common import Page, PageQuery
from candor.panel.schemas.education import (
    GroupAnswer,
    GroupChange,
    GroupMessageAnswer,
    GroupQuery,
    NewGroup,
    PoolAnswer,
    StepAnswer,
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
                is_stuck=query.is_stuck,
                cut=Cut(limit=query.per_page, offset=query.offset),
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

    @api.get("/groups/pool", tag=TAG, summary="How many prepared groups there are")
    def get_pool() -> PoolAnswer:
        return PoolAnswer.model_validate(run(_reader().pool()))

    @api.get(
        "/groups/<id:group_id>/steps",
        tag=TAG,
        summary="The steps of a group's script and how far its client has come",
    )
    def list_steps(group_id: int) -> list[StepAnswer]:
        view = run(_reader().get(GroupId(group_id)))
        return [StepAnswer.model_validate(step) for step in run(_reader().progress(view.group))]

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
        description=(
            "The bot has to be an administrator who may invite people, pin messages, change the "
            "group's info and restrict members, and the partner bots have to be in the group."
        ),
        role="operator",
        status=201,
    )
    def add_group(body: NewGroup) -> GroupAnswer:
        group = run(
            _pool().register(
                account_id=_leading_account(body.account_id), chat_id=TelegramChatId(body.chat_id)
            )
        )
        return _group(group.id)

    @api.put(
        "/groups/<id:group_id>",
        tag=TAG,
        summary="Pause, resume, change the script, lead another step next, or close",
        role="operator",
    )
    def change_group(group_id: int, body: GroupChange) -> GroupAnswer:
        change(GroupId(group_id), body)
        return _group(group_id)

    @api.post(
        "/groups/<id:group_id>/check",
        tag=TAG,
        summary="Ask Telegram again whether a prepared group is ready",
        role="operator",
    )
    def check_group(group_id: int) -> GroupAnswer:
        return _group(run(_pool().check_again(GroupId(group_id))).id)

    @api.post(
        "/groups/<id:group_id>/move",
        tag=TAG,
        summary="Close a group whose chat is lost and invite its client into another one",
        role="operator",
    )
    def move_group(group_id: int) -> GroupAnswer:
        return _group(run(_steering().move(GroupId(group_id))).id)

    @api.post(
        "/groups/<id:group_id>/done",
        tag=TAG,
        summary="Note that the open task was handed in by another way; the lessons go on",
        role="operator",
    )
    def mark_done(group_id: int) -> GroupAnswer:
        return _group(run(_steering().mark_done(GroupId(group_id))).id)

    @api.delete("/groups/<id:group_id>", tag=TAG, summary="Close a group", role="operator")
    def close_group(group_id: int) -> None:
        run(_steering().close(GroupId(group_id)))


FIXED = ("chat_id", "client_id", "account_id", "consent_at")
"""Fields of a group that follow from what happened; a PUT may only repeat them."""


def change(group_id: GroupId, body: GroupChange) -> None:
    """Do what a PUT says differently from the group; refuse it all when one part can't be done."""
    view = run(_reader().get(group_id))
    group = view.group
    _refuse_fixed(view, body)
    if body.status not in (None, group.status, "closed"):
        message = (
            f"A group can't be set to {body.status}: it gets there by what its client does. "
            "Only closed can be set."
        )
        raise InvalidInputError(message, errors=(FieldError("status", message),))
    if body.status == "closed":
        run(_steering().close(group_id))
        return
    if body.script_id is not None and body.script_id != _script_id(view):
        run(_steering().change_script(group_id, _education_script(body.script_id)))
    if body.step is not None and body.step != group.step:
        run(_steering().jump(group_id, body.step))
    waits = group.handed_off_at is not None or view.waits_for_words
    ends_hand_off = waits and body.is_paused is False
    if body.is_paused is not None and (body.is_paused != group.is_paused or ends_hand_off):
        run(_steering().pause(group_id, is_paused=body.is_paused))


def _refuse_fixed(view: GroupView, body: GroupChange) -> None:
    given = body.model_fields_set
    wrong = [
        name for name in FIXED if name in given and getattr(body, name) != getattr(view.group, name)
    ]
    if "partners" in given and body.partners is not None:
        wanted = {str(partner.get("username")) for partner in body.partners}
        if wanted != {partner.username for partner in view.partners}:
            wrong.append("partners")
    if wrong:
        message = "This can't be changed: it follows from what happened in Telegram."
        errors = tuple(FieldError(name, message) for name in wrong)
        raise InvalidInputError(f"{', '.join(wrong)}: {message}", errors=errors)


def _education_script(script_id: int) -> str:
    try:
        script = run(services().scripts.load_script(ScriptId(script_id)))
    except NotFoundError:
        script = None
    if script is None or script.document.kind != "education":
        message = "Choose a script of the kind education."
        raise InvalidInputError(message, errors=(FieldError("script_id", message),))
    return script.document.key


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
