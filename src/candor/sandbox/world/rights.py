"""Who may do what in a chat: administrators' rights, members' permissions. Pure rules."""

from candor.sandbox.world.model import Chat, Json, Member, Status
from candor.sandbox.world.refusals import Reason, Refusal

PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)

COMMON_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)
CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages", "can_manage_direct_messages")
GROUP_RIGHTS = ("can_pin_messages", "can_manage_topics", "can_manage_tags")

_GRANTED_TO_NEW_ADMIN = frozenset(
    [
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_change_info",
        "can_invite_users",
        "can_pin_messages",
        "can_post_messages",
        "can_edit_messages",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
    ]
)

_PERMISSION_FOR = {
    "text": "can_send_messages",
    "photo": "can_send_photos",
    "document": "can_send_documents",
    "voice": "can_send_voice_notes",
    "video": "can_send_videos",
    "audio": "can_send_audios",
    "video_note": "can_send_video_notes",
    "poll": "can_send_polls",
}
_NOUN_FOR = {
    "can_send_messages": "text messages",
    "can_send_photos": "photos",
    "can_send_documents": "documents",
    "can_send_voice_notes": "voice notes",
    "can_send_videos": "videos",
    "can_send_audios": "music",
    "can_send_video_notes": "video notes",
    "can_send_polls": "polls",
}


def default_permissions() -> dict[str, bool]:
    """What a member of a new group may do."""
    return dict.fromkeys(PERMISSIONS, True)


def names_for(chat: Chat) -> tuple[str, ...]:
    """The administrator rights that exist in a chat of this kind."""
    return COMMON_RIGHTS + (CHANNEL_RIGHTS if chat.type == "channel" else GROUP_RIGHTS)


def full_admin(chat: Chat) -> dict[str, bool]:
    """Every right, as the owner has them."""
    return dict.fromkeys(names_for(chat), True)


def new_admin(chat: Chat) -> dict[str, bool]:
    """The rights an owner's app proposes for a new administrator."""
    return {name: name in _GRANTED_TO_NEW_ADMIN for name in names_for(chat)}


def chosen_admin(chat: Chat, asked: Json) -> dict[str, bool]:
    """Exactly the asked rights; any right at all brings `can_manage_chat`."""
    rights = {name: bool(asked.get(name)) for name in names_for(chat)}
    if any(rights.values()):
        rights["can_manage_chat"] = True
    return rights


def has_right(member: Member | None, right: str) -> bool:
    """True for the owner and for an administrator with this right."""
    if member is None:
        return False
    if member.status is Status.CREATOR:
        return True
    return member.status is Status.ADMINISTRATOR and member.rights.get(right, False)


def demand(chat: Chat, user_id: int, right: str) -> Member:
    """The member, or a `Refusal` when the user is no administrator with this right."""
    member = chat.members.get(user_id)
    if member is None or not member.is_present:
        raise absence(chat, member)
    if not has_right(member, right):
        raise Refusal(Reason.NOT_ENOUGH_RIGHTS, right)
    return member


def may(chat: Chat, member: Member | None, permission: str) -> bool:
    """Whether a present member may do what `permission` names, chat-wide limits included."""
    if member is None or not member.is_present:
        return False
    if member.is_admin:
        return has_right(member, permission) if permission in names_for(chat) else True
    if not chat.permissions.get(permission, True):
        return False
    return member.status is not Status.RESTRICTED or member.permissions.get(permission, False)


def check_may_send(chat: Chat, user_id: int, content: Json) -> None:
    """Raise the `Refusal` Telegram gives when this user may not send this into a group or channel."""
    member = chat.members.get(user_id)
    if member is None or not member.is_present:
        raise absence(chat, member)
    if chat.type == "channel":
        if not has_right(member, "can_post_messages"):
            raise Refusal(Reason.NEED_ADMIN, "channel")
        return
    permission = permission_for(content)
    if not member.is_admin and not may(chat, member, permission):
        raise Refusal(Reason.NOT_ENOUGH_RIGHTS, f"send {_NOUN_FOR.get(permission, 'messages')}")


def permission_for(content: Json) -> str:
    """The permission that sending this content needs."""
    kinds = (name for kind, name in _PERMISSION_FOR.items() if kind in content)
    return next(kinds, "can_send_other_messages")


def absence(chat: Chat, member: Member | None) -> Refusal:
    """The refusal for somebody who isn't in the chat: removed, or never there."""
    if member is not None and member.status is Status.KICKED:
        return Refusal(Reason.WAS_KICKED, chat_noun(chat))
    return Refusal(Reason.NOT_A_MEMBER, chat_noun(chat))


def chat_noun(chat: Chat) -> str:
    """The kind of chat as Telegram's error texts name it."""
    return "group" if chat.type == "group" else chat.type
