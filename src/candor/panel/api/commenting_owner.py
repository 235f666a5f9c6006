"""`/api/comments/owner-chats`: the Telegram chats in which comments are approved."""

from candor.common.errors import ConflictError, ForbiddenError
from candor.panel.access import current_actor
from candor.panel.api.commenting import COMMENTS, desk
from candor.panel.api.contract import Api
from candor.panel.inward import run, services
from candor.panel.schemas.commenting_owner import CodeAnswer, OwnerChatAnswer


def add_to(api: Api) -> None:
    @api.get(
        "/comments/owner-chats",
        tag=COMMENTS,
        summary="Telegram chats in which comments are approved",
        role="operator",
    )
    def list_owner_chats() -> list[OwnerChatAnswer]:
        return [OwnerChatAnswer.model_validate(chat) for chat in run(desk().owner_chats.linked())]

    @api.post(
        "/comments/owner-chats",
        tag=COMMENTS,
        summary="Make a one-time code that links your Telegram",
        description="For people who are signed in; a program has no Telegram chat.",
        role="operator",
        status=201,
    )
    def make_owner_code() -> CodeAnswer:
        return make_code()

    @api.delete(
        "/comments/owner-chats/<id:owner_chat_id>",
        tag=COMMENTS,
        summary="Unlink a chat; its buttons count no more",
        role="operator",
    )
    def unlink_owner_chat(owner_chat_id: int) -> None:
        demand_own_chat(owner_chat_id)
        run(desk().owner_chats.unlink(owner_chat_id, by=current_actor().label))


def make_code() -> CodeAnswer:
    """Raises ConflictError for a program, and while no bot works."""
    actor = current_actor()
    if actor.operator is None:
        raise ConflictError("A program has no Telegram chat. Sign in to the panel as a person.")
    if not links_of(""):
        raise ConflictError("No bot works that could write to you. Add one under Accounts.")
    payload, until = run(desk().owner_chats.make_code(actor.operator_id))
    return CodeAnswer(command=f"/start {payload}", links=links_of(payload), expires_at=until)


def links_of(payload: str) -> list[str]:
    """One link per bot that may write to the owner, the commenting ones first."""
    bots = [
        account
        for account in run(services().accounts.list_accounts())
        if account.kind == "bot" and account.is_working and account.username
    ]
    bots = [one for one in bots if one.role in ("commentator", "sales")]
    bots.sort(key=lambda one: (one.role != "commentator", one.id))
    return [f"https://t.me/{account.username}?start={payload}" for account in bots]


def demand_own_chat(owner_chat_id: int) -> None:
    """An operator unlinks their own chats, an owner any. Raises ForbiddenError."""
    actor = current_actor()
    if actor.role == "owner":
        return
    for chat in run(desk().owner_chats.linked()):
        if chat.id == owner_chat_id and chat.operator_id != actor.operator_id:
            raise ForbiddenError("This chat belongs to somebody else. An owner can unlink it.")
