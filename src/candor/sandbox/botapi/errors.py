"""Error answers of the Bot API, and the one table from the world's refusals to Telegram's texts."""

from candor.common.errors import CandorError
from candor.sandbox.world.model import Json
from candor.sandbox.world.refusals import Reason, Refusal


class ApiError(CandorError):
    """An answer with `ok: false`. `parameters` holds `retry_after` or `migrate_to_chat_id`."""

    code = "bot_api"

    def __init__(self, status: int, description: str, parameters: Json | None = None) -> None:
        self.status = status
        self.parameters = parameters
        super().__init__(description)

    def answer(self) -> Json:
        """The body of the HTTP answer."""
        body: Json = {"ok": False, "error_code": self.status, "description": self.message}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(text: str) -> ApiError:
    return ApiError(400, f"Bad Request: {text}")


_BAD_REQUEST = {
    Reason.ALREADY_MEMBER: "USER_ALREADY_PARTICIPANT",
    Reason.BANNED: "USER_KICKED",
    Reason.BOT_CANNOT_JOIN: "BOT_GROUPS_BLOCKED",
    Reason.BUSINESS_CONNECTION_INVALID: "business connection not found",
    Reason.BUSINESS_NO_RIGHT: "BOT_ACCESS_FORBIDDEN",
    Reason.BUSINESS_PEER_MISSING: "BUSINESS_PEER_USAGE_MISSING",
    Reason.CALLBACK_INVALID: (
        "query is too old and response timeout expired or query ID is invalid"
    ),
    Reason.CANT_DELETE: "message can't be deleted",
    Reason.CANT_EDIT: "message can't be edited",
    Reason.CANT_PROMOTE_SELF: "can't restrict self",
    Reason.CANT_REMOVE_OWNER: "can't remove chat owner",
    Reason.CAPTION_TOO_LONG: "message caption is too long",
    Reason.CHAT_NOT_FOUND: "chat not found",
    Reason.DIRECT_TOPIC_REQUIRED: "channel direct messages topic must be specified",
    Reason.FILE_NOT_FOUND: "wrong file_id or the file is temporarily unavailable",
    Reason.INVITE_EXPIRED: "INVITE_HASH_EXPIRED",
    Reason.INVITE_INVALID: "INVITE_HASH_INVALID",
    Reason.JOIN_REQUEST_EXISTS: "INVITE_REQUEST_SENT",
    Reason.JOIN_REQUEST_MISSING: "HIDE_REQUESTER_MISSING",
    Reason.MESSAGE_EMPTY: "message text is empty",
    Reason.MESSAGE_NOT_FOUND: "message to {subject} not found",
    Reason.MESSAGE_TOO_LONG: "message is too long",
    Reason.NOT_A_FORUM: "the chat is not a forum",
    Reason.NOT_A_GROUP: "method is available only for supergroups",
    Reason.NOT_MODIFIED: (
        "message is not modified: specified new message content and reply markup are exactly the "
        "same as a current content and reply markup of the message"
    ),
    Reason.PAYMENT_EXPIRED: (
        "query is too old and response timeout expired or query ID is invalid"
    ),
    Reason.PAYMENT_INVALID: "CHARGE_NOT_FOUND",
    Reason.ALREADY_REFUNDED: "CHARGE_ALREADY_REFUNDED",
    Reason.PROTECTED_CONTENT: "message has protected content and can't be forwarded",
    Reason.QUOTE_NOT_FOUND: "QUOTE_TEXT_INVALID",
    Reason.REACTION_INVALID: "REACTION_INVALID",
    Reason.REPLY_NOT_FOUND: "message to be replied not found",
    Reason.THREAD_NOT_FOUND: "message thread not found",
    Reason.TOPIC_CLOSED: "TOPIC_CLOSED",
    Reason.TOPIC_NOT_MODIFIED: "TOPIC_NOT_MODIFIED",
    Reason.USER_IS_ADMIN: "user is an administrator of the chat",
    Reason.USER_NOT_FOUND: "user not found",
    Reason.USERNAME_INVALID: "USERNAME_INVALID",
    Reason.USERNAME_TAKEN: "USERNAME_OCCUPIED",
    Reason.WRONG_BUTTON: "BUTTON_DATA_INVALID",
    Reason.NOT_ENOUGH_STARS: "BALANCE_TOO_LOW",
}

_FORBIDDEN = {
    Reason.BOT_BLOCKED: "bot was blocked by the user",
    Reason.BOT_NOT_STARTED: "bot can't initiate conversation with a user",
    Reason.BOTS_CANNOT_TALK: "bots can't send messages to bots",
    Reason.CHAT_FORBIDDEN_TO_USER: "user is deactivated",
    Reason.WAS_KICKED: "bot was kicked from the {subject} chat",
    Reason.NOT_A_MEMBER: "bot is not a member of the {subject} chat",
}


def translate(refusal: Refusal) -> ApiError:
    """Telegram's answer for a refusal of the world."""
    reason, subject = refusal.reason, refusal.subject
    if reason is Reason.MIGRATED:
        return ApiError(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": refusal.chat_id},
        )
    if text := _FORBIDDEN.get(reason):
        return ApiError(403, f"Forbidden: {text.format(subject=subject)}")
    if reason is Reason.NOT_ENOUGH_RIGHTS:
        return bad_request(_missing_right(subject))
    if reason is Reason.NEED_ADMIN:
        return bad_request(f"need administrator rights in the {subject or 'channel'} chat")
    if reason is Reason.SLOW_MODE:
        return ApiError(429, f"Too Many Requests: retry after {subject}")
    return bad_request(_BAD_REQUEST[reason].format(subject=subject or "edit"))


_RIGHT_TEXTS = {
    "can_restrict_members": "not enough rights to restrict/unrestrict chat member",
    "can_promote_members": "not enough rights",
    "can_invite_users": "not enough rights to manage chat invite link",
    "can_pin_messages": "not enough rights to manage pinned messages in the chat",
    "can_edit_messages": "not enough rights to manage pinned messages in the chat",
    "change chat title": "not enough rights to change chat title",
    "change chat photo": "not enough rights to change chat photo",
    "set chat description": "not enough rights to set chat description",
    "change chat permissions": "not enough rights to change chat permissions",
    "create a topic": "not enough rights to create a topic",
    "edit the topic": "not enough rights to edit the topic",
    "close or open the topic": "not enough rights to close or open the topic",
    "delete the topic": "not enough rights to delete the topic",
    "can_delete_messages": "not enough rights to delete messages",
}


def _missing_right(subject: str) -> str:
    return _RIGHT_TEXTS.get(subject) or f"not enough rights to {subject} to the chat"
