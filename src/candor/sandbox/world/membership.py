"""Members: adding, leaving, promoting, restricting, removing."""

from dataclasses import replace

from candor.sandbox.world import rights
from candor.sandbox.world.chats import add_service_message
from candor.sandbox.world.events import MemberChanged
from candor.sandbox.world.model import Chat, Invite, Json, Member, Status, User
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import World


def standing(chat: Chat, user_id: int) -> Member:
    """The member, or the standing of somebody who was never there."""
    return chat.members.get(user_id) or Member(user_id, Status.LEFT)


def add(world: World, chat: Chat, *, user_id: int, by: int) -> Member:
    """Somebody already inside adds a user; into channels only administrators (and bots only as such)."""
    user = world.user(user_id)
    _check_inside(chat, by)
    if chat.members.get(user_id) and chat.members[user_id].is_present:
        raise Refusal(Reason.ALREADY_MEMBER)
    if chat.type != "channel" and not rights.may(chat, chat.members[by], "can_invite_users"):
        raise Refusal(Reason.NOT_ENOUGH_RIGHTS, "can_invite_users")
    if not rights.has_right(chat.members[by], "can_restrict_members"):
        _check_may_enter(world, chat, user)
    _check_bot_may_enter(world, user)
    return enter(world, chat, user_id, by=by)


def enter(
    world: World,
    chat: Chat,
    user_id: int,
    *,
    by: int,
    invite: Invite | None = None,
    via_join_request: bool = False,
) -> Member:
    """Make somebody a member and tell the chat."""
    after = Member(user_id, Status.MEMBER)
    put(world, chat, after, by=by, invite=invite, via_join_request=via_join_request)
    if chat.type != "channel":
        add_service_message(world, chat, by, {"new_chat_member_ids": [user_id]})
    return after


def join_public(world: World, chat: Chat, user_id: int) -> Member:
    """A person joins a chat that has a public name, or the discussion group of such a channel."""
    linked = world.chat(chat.linked_chat_id) if chat.linked_chat_id else None
    if not chat.username and not (linked and linked.username):
        raise Refusal(Reason.INVITE_INVALID)
    user = world.user(user_id)
    before = standing(chat, user_id)
    if before.is_present:
        return before
    if before.status is Status.KICKED:
        raise Refusal(Reason.BANNED)
    _check_may_enter(world, chat, user)
    return enter(world, chat, user_id, by=user_id)


def leave(world: World, chat: Chat, user_id: int) -> None:
    """A member goes."""
    before = standing(chat, user_id)
    if not before.is_present:
        raise rights.absence(chat, chat.members.get(user_id))
    put(world, chat, Member(user_id, Status.LEFT), by=user_id)
    _tell_left(world, chat, user_id, by=user_id)


def ban(
    world: World, chat: Chat, *, user_id: int, by: int, until: int = 0, revoke: bool = False
) -> None:
    """Remove somebody so that they can't come back by themselves until `until` (0: for ever)."""
    before = standing(chat, user_id)
    _check_removable(chat, before, by)
    was_inside = before.is_present
    put(world, chat, Member(user_id, Status.KICKED, until=until), by=by)
    if was_inside and user_id != by:
        _tell_left(world, chat, user_id, by=by)


def unban(world: World, chat: Chat, *, user_id: int, by: int, only_if_banned: bool) -> None:
    """Lift a ban; without `only_if_banned` a present member is removed by it."""
    before = standing(chat, user_id)
    if before.status is Status.KICKED:
        put(world, chat, Member(user_id, Status.LEFT), by=by)
    elif before.is_present and not only_if_banned:
        _check_removable(chat, before, by)
        put(world, chat, Member(user_id, Status.LEFT), by=by)
        _tell_left(world, chat, user_id, by=by)


def restrict(
    world: World, chat: Chat, *, user_id: int, by: int, permissions: Json, until: int = 0
) -> None:
    """Take permissions from a member, or give them all back."""
    before = standing(chat, user_id)
    if chat.type != "supergroup":
        raise Refusal(Reason.NOT_A_GROUP, "supergroup")
    if before.is_admin:
        raise Refusal(Reason.USER_IS_ADMIN)
    granted = {name: bool(permissions.get(name)) for name in rights.PERMISSIONS}
    status = Status.MEMBER if all(granted.values()) else Status.RESTRICTED
    if status is Status.MEMBER and not before.is_present:
        status = Status.LEFT
    after = Member(user_id, status, permissions=granted, until=until, is_inside=before.is_present)
    put(world, chat, after, by=by)


def promote(
    world: World,
    chat: Chat,
    *,
    user_id: int,
    by: int,
    asked: Json | None,
    is_anonymous: bool = False,
) -> Member:
    """Make a member an administrator with the asked rights (None: the usual set); no right demotes."""
    before = standing(chat, user_id)
    if before.status is Status.CREATOR:
        raise Refusal(Reason.CANT_REMOVE_OWNER)
    if not before.is_present:
        if chat.type != "channel" and not world.is_bot(user_id):
            raise Refusal(Reason.USER_NOT_FOUND, "member")
        _check_may_enter(world, chat, world.user(user_id))
    granted = rights.new_admin(chat) if asked is None else rights.chosen_admin(chat, asked)
    status = Status.ADMINISTRATOR if any(granted.values()) else Status.MEMBER
    after = Member(user_id, status, rights=granted, is_anonymous=is_anonymous, promoted_by=by)
    put(world, chat, after, by=by)
    if not before.is_present and chat.type != "channel":
        add_service_message(world, chat, by, {"new_chat_member_ids": [user_id]})
    return after


def set_custom_title(world: World, chat: Chat, user_id: int, title: str) -> None:
    """Give an administrator a title of their own."""
    member = standing(chat, user_id)
    if member.status is not Status.ADMINISTRATOR:
        raise Refusal(Reason.NEED_ADMIN, "user")
    put(world, chat, replace(member, custom_title=title or None), by=member.promoted_by or user_id)


def dissolve(world: World, chat: Chat, *, by: int) -> None:
    """The owner deletes the chat: nobody is in it any more. Bots are told as of a removal."""
    if standing(chat, by).status is not Status.CREATOR:
        raise Refusal(Reason.NOT_ENOUGH_RIGHTS, "owner")
    present = [member for member in chat.members.values() if member.is_present]
    for member in sorted(present, key=lambda member: member.status is Status.CREATOR):
        status = Status.KICKED if world.is_bot(member.user_id) else Status.LEFT
        put(world, chat, Member(member.user_id, status), by=by)


def put(
    world: World,
    chat: Chat,
    after: Member,
    *,
    by: int,
    invite: Invite | None = None,
    via_join_request: bool = False,
) -> None:
    """Store a member's new standing and emit the change."""
    before = standing(chat, after.user_id)
    chat.members[after.user_id] = after
    world.note_member(chat, after.user_id, is_present=after.is_present)
    if chat.direct_chat_id is not None and after.is_admin:
        world.note_member(world.chat(chat.direct_chat_id), after.user_id, is_present=True)
    world.save("chats", chat)
    if after != before:
        world.emit(
            MemberChanged(
                chat.id, by, before, after, invite=invite, via_join_request=via_join_request
            )
        )


def lift_expired(world: World, chat: Chat) -> None:
    """End bans and restrictions whose time is over."""
    now = world.now()
    over = [m for m in chat.members.values() if 0 < m.until <= now]
    for member in over:
        was_inside = member.status is Status.RESTRICTED and member.is_inside
        chat.members[member.user_id] = Member(
            member.user_id, Status.MEMBER if was_inside else Status.LEFT
        )
        world.save("chats", chat)


def _tell_left(world: World, chat: Chat, user_id: int, *, by: int) -> None:
    if chat.type != "channel":
        add_service_message(world, chat, by, {"left_chat_member_id": user_id})


def _check_inside(chat: Chat, user_id: int) -> None:
    member = chat.members.get(user_id)
    if member is None or not member.is_present:
        raise rights.absence(chat, member)


def _check_may_enter(world: World, chat: Chat, user: User) -> None:
    if standing(chat, user.id).status is Status.KICKED and not user.is_bot:
        raise Refusal(Reason.BANNED)
    _check_bot_may_enter(world, user)


def _check_bot_may_enter(world: World, user: User) -> None:
    if user.is_bot and not world.tables.bots[user.id].can_join_groups:
        raise Refusal(Reason.BOT_CANNOT_JOIN)


def _check_removable(chat: Chat, member: Member, by: int) -> None:
    if member.user_id == by:
        raise Refusal(Reason.CANT_PROMOTE_SELF)
    if member.status is Status.CREATOR:
        raise Refusal(Reason.CANT_REMOVE_OWNER)
    remover = chat.members.get(by)
    is_owner = remover is not None and remover.status is Status.CREATOR
    if member.is_admin and not is_owner and member.promoted_by != by:
        raise Refusal(Reason.USER_IS_ADMIN)
