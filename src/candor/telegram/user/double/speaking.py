"""The double's answers about messages, history, discussions and groups."""

from typing import Any

from telethon import functions, types, utils

from candor.telegram.user.double import render
from candor.telegram.user.double.desk import Caller, TlDesk, answers
from candor.telegram.user.double.wire import Refused


@answers(functions.messages.SendMessageRequest)
def send_message(desk: TlDesk, request: Any, caller: Caller) -> Any:
    if (caller.user_id, request.random_id) in desk.sent:
        raise Refused(500, "RANDOM_ID_DUPLICATE")
    reply_to = getattr(request.reply_to, "reply_to_msg_id", None)
    chat_id = place_of(desk, request.peer, caller)
    said = desk.world.send(caller.user_id, chat_id, request.message, reply_to=reply_to)
    desk.sent[(caller.user_id, request.random_id)] = said
    return desk.own_updates(caller, types.UpdateMessageID(said.id, request.random_id), about=[said])


@answers(functions.messages.EditMessageRequest)
def edit_message(desk: TlDesk, request: Any, caller: Caller) -> Any:
    chat_id = place_of(desk, request.peer, caller)
    said = desk.world.edit(caller.user_id, chat_id, request.id, request.message)
    return desk.own_updates(caller, about=[said])


@answers(functions.messages.DeleteMessagesRequest)
def delete_messages(desk: TlDesk, request: Any, caller: Caller) -> Any:
    for message_id in request.id:
        chat_id = desk.world.chat_of_message(caller.user_id, message_id)
        if chat_id is not None:
            desk.world.delete(caller.user_id, chat_id, [message_id])
    return types.messages.AffectedMessages(desk.people[caller.user_id].pts, 0)


@answers(functions.channels.DeleteMessagesRequest)
def delete_in_channel(desk: TlDesk, request: Any, caller: Caller) -> Any:
    chat_id = place_of(desk, request.channel, caller)
    desk.world.delete(caller.user_id, chat_id, request.id)
    return types.messages.AffectedMessages(desk.channels[chat_id].pts, 0)


@answers(functions.messages.GetHistoryRequest)
def get_history(desk: TlDesk, request: Any, caller: Caller) -> Any:
    chat_id = place_of(desk, request.peer, caller)
    said = [m for m in desk.world.history(chat_id) if m.id > request.min_id and not m.is_service]
    if request.offset_id:
        said = [m for m in said if m.id < request.offset_id]
    return _shown(desk, caller, list(reversed(said))[: request.limit])


@answers(functions.channels.GetMessagesRequest)
def get_messages(desk: TlDesk, request: Any, caller: Caller) -> Any:
    wanted = {asked.id for asked in request.id}
    history = desk.world.history(place_of(desk, request.channel, caller))
    return _shown(desk, caller, [m for m in history if m.id in wanted])


@answers(functions.messages.GetDiscussionMessageRequest)
def get_discussion_message(desk: TlDesk, request: Any, caller: Caller) -> Any:
    root = desk.world.discussion_root(place_of(desk, request.peer, caller), request.msg_id)
    if root is None:
        raise Refused(400, "MSG_ID_INVALID")
    users, chats = render.around([root], viewer=caller.user_id, world=desk.world)
    shown = render.message(root, viewer=caller.user_id, world=desk.world)
    return types.messages.DiscussionMessage([shown], 0, chats, users, max_id=root.id)


@answers(functions.messages.GetDialogsRequest)
def get_dialogs(desk: TlDesk, request: Any, caller: Caller) -> Any:
    """Groups and channels, the latest first; private chats are left out, nobody asks for them."""
    places = [
        render.chat(desk.world.chat(chat_id), viewer=caller.user_id, world=desk.world)
        for chat_id in desk.world.groups_of(caller.user_id)
    ]
    return types.messages.Dialogs(dialogs=[], messages=[], chats=places[: request.limit], users=[])


@answers(functions.contacts.ResolveUsernameRequest)
def resolve_username(desk: TlDesk, request: Any, caller: Caller) -> Any:
    found = desk.world.find(request.username)
    if found is None:
        raise Refused(400, "USERNAME_NOT_OCCUPIED")
    if hasattr(found, "first_name"):
        person = render.user(found, viewer=caller.user_id)
        return types.contacts.ResolvedPeer(types.PeerUser(found.id), [], [person])
    place = render.chat(found, viewer=caller.user_id, world=desk.world)
    return types.contacts.ResolvedPeer(utils.get_peer(place), [place], [])


@answers(functions.channels.CreateChannelRequest)
def create_channel(desk: TlDesk, request: Any, caller: Caller) -> Any:
    made = desk.world.make_group(
        caller.user_id,
        title=request.title,
        about=request.about,
        is_channel=bool(request.broadcast),
    )
    return _with_chat(desk, caller, made.id)


@answers(functions.channels.DeleteChannelRequest)
def delete_channel(desk: TlDesk, request: Any, caller: Caller) -> Any:
    chat_id = place_of(desk, request.channel, caller)
    if not desk.world.is_owner(chat_id, caller.user_id):
        raise Refused(400, "CHAT_ADMIN_REQUIRED")
    desk.world.delete_group(caller.user_id, chat_id)
    return desk.own_updates(caller, about=[])


@answers(functions.channels.GetFullChannelRequest)
def get_full_channel(desk: TlDesk, request: Any, caller: Caller) -> Any:
    chat = desk.world.chat(place_of(desk, request.channel, caller))
    number, _ = utils.resolve_id(chat.id)
    full = types.ChannelFull(
        id=number,
        about=chat.description or "",
        participants_count=desk.world.count_members(chat.id),
        read_inbox_max_id=0,
        read_outbox_max_id=0,
        unread_count=0,
        chat_photo=types.PhotoEmpty(0),
        notify_settings=types.PeerNotifySettings(),
        bot_info=[],
        pts=desk.channels[chat.id].pts,
    )
    shown = render.chat(chat, viewer=caller.user_id, world=desk.world)
    return types.messages.ChatFull(full_chat=full, chats=[shown], users=[])


@answers(functions.channels.EditAdminRequest)
def edit_admin(desk: TlDesk, request: Any, caller: Caller) -> Any:
    bot_id = request.user_id.user_id
    if not desk.world.is_bot(bot_id):
        raise Refused(403, "USER_PRIVACY_RESTRICTED")
    chat_id = place_of(desk, request.channel, caller)
    desk.world.promote(caller.user_id, chat_id, bot_id)
    return _with_chat(desk, caller, chat_id)


@answers(functions.messages.EditChatDefaultBannedRightsRequest)
def edit_default_rights(desk: TlDesk, request: Any, caller: Caller) -> Any:
    chat_id = place_of(desk, request.peer, caller)
    desk.world.restrict_members(chat_id, may_invite=not request.banned_rights.invite_users)
    return _with_chat(desk, caller, chat_id)


@answers(functions.messages.ExportChatInviteRequest)
def export_invite(desk: TlDesk, request: Any, caller: Caller) -> Any:
    chat_id = place_of(desk, request.peer, caller)
    link = desk.world.make_join_link(caller.user_id, chat_id, name=request.title)
    date = render.when(desk.world.now())
    return types.ChatInviteExported(
        link, caller.user_id, date, request_needed=True, title=request.title
    )


@answers(functions.messages.HideChatJoinRequestRequest)
def settle_join(desk: TlDesk, request: Any, caller: Caller) -> Any:
    chat_id = place_of(desk, request.peer, caller)
    asker, is_approved = request.user_id.user_id, bool(request.approved)
    desk.world.settle_join(caller.user_id, chat_id, asker, is_approved=is_approved)
    return _with_chat(desk, caller, chat_id)


@answers(functions.channels.SetDiscussionGroupRequest)
def set_discussion_group(desk: TlDesk, request: Any, caller: Caller) -> Any:
    channel = place_of(desk, request.broadcast, caller)
    if not desk.world.is_owner(channel, caller.user_id):
        raise Refused(400, "CHAT_ADMIN_REQUIRED")
    desk.world.link_discussion(channel, place_of(desk, request.group, caller))
    return True


def place_of(desk: TlDesk, asked: Any, caller: Caller) -> int:
    """The world's chat behind an input peer; its access hash must be the right one."""
    if isinstance(asked, types.InputPeerUser | types.InputUser):
        if asked.access_hash != render.access_hash(asked.user_id):
            raise Refused(400, "PEER_ID_INVALID")
        return int(desk.world.dialogue(caller.user_id, asked.user_id).id)
    if isinstance(asked, types.InputPeerChannel | types.InputChannel):
        chat_id = utils.get_peer_id(types.PeerChannel(asked.channel_id))
        if asked.access_hash != render.access_hash(chat_id) or desk.world.chat(chat_id) is None:
            raise Refused(400, "CHANNEL_INVALID")
        return int(chat_id)
    if isinstance(asked, types.InputPeerChat):
        return int(utils.get_peer_id(types.PeerChat(asked.chat_id)))
    raise Refused(400, "PEER_ID_INVALID")


def _shown(desk: TlDesk, caller: Caller, said: list[Any]) -> Any:
    users, chats = render.around(said, viewer=caller.user_id, world=desk.world)
    shown = [render.message(m, viewer=caller.user_id, world=desk.world) for m in said]
    return types.messages.Messages(shown, [], chats, users)


def _with_chat(desk: TlDesk, caller: Caller, chat_id: int) -> Any:
    answer = desk.own_updates(caller, about=[])
    place = render.chat(desk.world.chat(chat_id), viewer=caller.user_id, world=desk.world)
    answer.chats = [place]
    return answer
