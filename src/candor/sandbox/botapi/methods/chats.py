"""getChat and the settings of chats."""

from candor.sandbox.botapi import render
from candor.sandbox.botapi.calls import Call, method
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.botapi.methods.media import stored_file
from candor.sandbox.world import chats, membership, rights
from candor.sandbox.world.events import ChatChanged
from candor.sandbox.world.model import Chat, Json
from candor.sandbox.world.refusals import Reason, Refusal

_NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}
MAX_TITLE = 128
MAX_DESCRIPTION = 255


@method("getChat")
def get_chat(call: Call) -> Json:
    chat = call.chat()
    if chat.peers is None:
        _check_visible(call, chat)
    body = render.chat(call.world, chat, call.bot.id)
    body |= {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": _NO_GIFTS,
    }
    if chat.username or (chat.peers and body.get("username")):
        body["active_usernames"] = [body["username"]]
    if chat.peers:
        return body | _person_part(call, chat)
    return body | _group_part(call, chat)


def _check_visible(call: Call, chat: Chat) -> None:
    """A public chat may be looked at from outside, a private one only from inside."""
    member = chat.members.get(call.bot.id)
    if chat.username or (member is not None and member.is_present):
        return
    raise rights.absence(chat, member)


def _person_part(call: Call, chat: Chat) -> Json:
    person = call.world.user(chat.peer_of(call.bot.id))
    body: Json = {}
    if person.bio:
        body["bio"] = person.bio
    if chat.pinned:
        body["pinned_message"] = _pinned(call, chat)
    return body


def _group_part(call: Call, chat: Chat) -> Json:
    body: Json = {
        name: getattr(chat, name)
        for name in (
            "description",
            "linked_chat_id",
            "slow_mode_delay",
            "has_protected_content",
            "join_by_request",
        )
        if getattr(chat, name)
    }
    if chat.type != "channel":
        body["permissions"] = {
            name: chat.permissions.get(name, True) for name in rights.PERMISSIONS
        }
    if chat.parent_chat_id:
        parent = call.world.chat(chat.parent_chat_id)
        body["parent_chat"] = render.chat(call.world, parent, call.bot.id)
    member = chat.members.get(call.bot.id)
    if chat.primary_link and rights.has_right(member, "can_invite_users"):
        body["invite_link"] = chat.primary_link
    if chat.pinned:
        body["pinned_message"] = _pinned(call, chat)
    if chat.photo_id:
        body["photo"] = _photo(call, chat.photo_id)
    return body


def _pinned(call: Call, chat: Chat) -> Json:
    return render.pinned(call.world, chat.id, chat.pinned[-1], call.bot.id)


def _photo(call: Call, file_id: str) -> Json:
    stored = call.world.tables.files[file_id]
    return {
        f"{size}_file_{part}": value
        for size in ("small", "big")
        for part, value in (("id", stored.id), ("unique_id", stored.unique_id))
    }


@method("getChatMemberCount")
def get_chat_member_count(call: Call) -> int:
    chat = call.chat()
    if chat.peers:
        return 2
    _check_visible(call, chat)
    return sum(member.is_present for member in chat.members.values())


@method("leaveChat")
def leave_chat(call: Call) -> bool:
    chat = call.joined_chat()
    if chat.peers:
        raise bad_request("chat member status can't be changed in private chats")
    membership.leave(call.world, chat, call.bot.id)
    return True


@method("setChatTitle")
def set_chat_title(call: Call) -> bool:
    chat = _changeable(call, "change chat title")
    title = (call.parameters.text("title") or "").strip()
    if not 1 <= len(title) <= MAX_TITLE:
        raise bad_request("title must be non-empty" if not title else "CHAT_TITLE_TOO_LONG")
    if title == chat.title:
        raise bad_request("chat title is not modified")
    chats.change(call.world, chat, by=call.bot.id, title=title)
    return True


@method("setChatDescription")
def set_chat_description(call: Call) -> bool:
    chat = _changeable(call, "set chat description")
    text = call.parameters.text("description") or ""
    if len(text) > MAX_DESCRIPTION:
        raise bad_request("CHAT_ABOUT_TOO_LONG")
    if text == (chat.description or ""):
        raise bad_request("chat description is not modified")
    chats.change(call.world, chat, by=call.bot.id, description=text)
    return True


@method("setChatPhoto")
def set_chat_photo(call: Call) -> bool:
    chat = _changeable(call, "change chat photo")
    stored = stored_file(call, call.parameters, "photo", "photo")
    chats.change(call.world, chat, by=call.bot.id, photo_id=stored.id)
    return True


@method("deleteChatPhoto")
def delete_chat_photo(call: Call) -> bool:
    chat = _changeable(call, "change chat photo")
    if chat.photo_id is None:
        raise bad_request("CHAT_NOT_MODIFIED")
    chats.change(call.world, chat, by=call.bot.id, photo_id="")
    return True


def _changeable(call: Call, what: str) -> Chat:
    """A chat whose profile the bot may change; `what` is the action of the refusal."""
    chat = call.joined_chat()
    if chat.peers:
        raise bad_request("can't change private chat title")
    if not rights.may(chat, chat.members[call.bot.id], "can_change_info"):
        raise Refusal(Reason.NOT_ENOUGH_RIGHTS, what)
    return chat


@method("setChatPermissions")
def set_chat_permissions(call: Call) -> bool:
    chat = call.joined_chat()
    if not rights.has_right(chat.members.get(call.bot.id), "can_restrict_members"):
        raise Refusal(Reason.NOT_ENOUGH_RIGHTS, "change chat permissions")
    given = call.parameters.mapping("permissions")
    if given is None:
        raise bad_request('parameter "permissions" is required')
    chat.permissions = {name: bool(given.get(name)) for name in rights.PERMISSIONS}
    call.world.save("chats", chat)
    call.world.emit(ChatChanged(chat.id))
    return True
