"""Members and administrators."""

from candor.sandbox.botapi import render
from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.world import editing, membership, rights
from candor.sandbox.world.model import Chat, Json, Member, Status
from candor.sandbox.world.refusals import Reason, Refusal

FOREVER_AFTER = 366 * 86_400
SHORTEST_BAN = 30
MAX_CUSTOM_TITLE = 16


@method("getChatMember")
def get_chat_member(call: Call) -> Json:
    chat = call.chat()
    user_id = call.user_id()
    if chat.peers:
        if user_id not in chat.peers:
            raise Refusal(Reason.USER_NOT_FOUND)
        return render.member(call.world, Member(user_id, Status.MEMBER))
    membership.lift_expired(call.world, chat)
    own = chat.members.get(call.bot.id)
    if own is None or not own.is_present:
        raise rights.absence(chat, own)
    if chat.type == "channel" and not own.is_admin:
        raise bad_request("member list is inaccessible")
    return render.member(call.world, membership.standing(chat, user_id))


@method("getChatAdministrators")
def get_chat_administrators(call: Call) -> list[Json]:
    chat = call.chat()
    if chat.peers:
        raise bad_request("there are no administrators in the private chat")
    chat = call.joined_chat()
    with_bots = call.parameters.boolean("return_bots")
    shown = [
        member
        for member in chat.members.values()
        if member.is_admin
        and (with_bots or member.user_id == call.bot.id or not call.world.is_bot(member.user_id))
    ]
    return [render.member(call.world, member) for member in shown]


@method("banChatMember")
def ban_chat_member(call: Call) -> bool:
    chat = call.administered_chat("can_restrict_members")
    membership.ban(call.world, chat, user_id=call.user_id(), by=call.bot.id, until=_until(call))
    if call.parameters.boolean("revoke_messages"):
        _revoke(call, chat)
    return True


def _revoke(call: Call, chat: Chat) -> None:
    user_id = call.user_id()
    theirs = [item.id for item in call.world.history(chat.id).values() if item.sender_id == user_id]
    if theirs and rights.has_right(chat.members.get(call.bot.id), "can_delete_messages"):
        editing.delete(call.world, chat, theirs, by=call.bot.id)


@method("unbanChatMember")
def unban_chat_member(call: Call) -> bool:
    chat = call.administered_chat("can_restrict_members")
    membership.unban(
        call.world,
        chat,
        user_id=call.user_id(),
        by=call.bot.id,
        only_if_banned=call.parameters.boolean("only_if_banned"),
    )
    return True


@method("restrictChatMember")
def restrict_chat_member(call: Call) -> bool:
    chat = call.joined_chat()
    if chat.type != "supergroup":
        raise Refusal(Reason.NOT_A_GROUP)
    rights.demand(chat, call.bot.id, "can_restrict_members")
    permissions = call.parameters.mapping("permissions")
    if permissions is None:
        raise bad_request('parameter "permissions" is required')
    membership.restrict(
        call.world,
        chat,
        user_id=call.user_id(),
        by=call.bot.id,
        permissions=permissions,
        until=_until(call),
    )
    return True


def _until(call: Call) -> int:
    """Less than 30 s or more than 366 days from now means for ever."""
    until = call.parameters.integer("until_date") or 0
    ahead = until - call.world.now()
    return until if SHORTEST_BAN <= ahead <= FOREVER_AFTER else 0


@method("promoteChatMember")
def promote_chat_member(call: Call) -> bool:
    chat = call.administered_chat("can_promote_members")
    own = chat.members[call.bot.id]
    asked = {name: call.parameters.boolean(name) for name in rights.names_for(chat)}
    beyond = [name for name, value in asked.items() if value and not own.rights.get(name)]
    if beyond:
        raise bad_request("RIGHT_FORBIDDEN")
    user_id = call.user_id()
    before = membership.standing(chat, user_id)
    if before.status is Status.ADMINISTRATOR and before.promoted_by != call.bot.id:
        raise bad_request("CHAT_ADMIN_REQUIRED")
    membership.promote(
        call.world,
        chat,
        user_id=user_id,
        by=call.bot.id,
        asked=asked,
        is_anonymous=call.parameters.boolean("is_anonymous"),
    )
    return True


@method("setChatAdministratorCustomTitle")
def set_custom_title(call: Call) -> bool:
    chat = call.administered_chat("can_promote_members")
    title = call.parameters.text("custom_title") or ""
    if len(title) > MAX_CUSTOM_TITLE:
        raise bad_request("ADMIN_RANK_INVALID")
    membership.set_custom_title(call.world, chat, call.user_id(), title)
    return True
