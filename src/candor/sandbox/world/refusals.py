"""Why Telegram refuses. The world raises `Refusal`; each door words it in its own tongue."""

from enum import StrEnum

from candor.common.errors import CandorError


class Reason(StrEnum):
    """Every way an action can be refused by a rule of the world."""

    ALREADY_MEMBER = "already_member"
    BANNED = "banned"
    BOT_BLOCKED = "bot_blocked"
    BOT_CANNOT_JOIN = "bot_cannot_join"
    BOT_NOT_STARTED = "bot_not_started"
    BOTS_CANNOT_TALK = "bots_cannot_talk"
    BUSINESS_CONNECTION_INVALID = "business_connection_invalid"
    BUSINESS_NO_RIGHT = "business_no_right"
    BUSINESS_PEER_MISSING = "business_peer_missing"
    CALLBACK_INVALID = "callback_invalid"
    CANT_DELETE = "cant_delete"
    CANT_EDIT = "cant_edit"
    CANT_PROMOTE_SELF = "cant_promote_self"
    CANT_REMOVE_OWNER = "cant_remove_owner"
    CHAT_FORBIDDEN_TO_USER = "chat_forbidden_to_user"
    CHAT_NOT_FOUND = "chat_not_found"
    DIRECT_TOPIC_REQUIRED = "direct_topic_required"
    FILE_NOT_FOUND = "file_not_found"
    INVITE_EXPIRED = "invite_expired"
    INVITE_INVALID = "invite_invalid"
    JOIN_REQUEST_EXISTS = "join_request_exists"
    JOIN_REQUEST_MISSING = "join_request_missing"
    MESSAGE_EMPTY = "message_empty"
    MESSAGE_NOT_FOUND = "message_not_found"
    MESSAGE_TOO_LONG = "message_too_long"
    CAPTION_TOO_LONG = "caption_too_long"
    MIGRATED = "migrated"
    NEED_ADMIN = "need_admin"
    NOT_A_GROUP = "not_a_group"
    NOT_A_MEMBER = "not_a_member"
    NOT_ENOUGH_RIGHTS = "not_enough_rights"
    NOT_ENOUGH_STARS = "not_enough_stars"
    NOT_MODIFIED = "not_modified"
    PAYMENT_EXPIRED = "payment_expired"
    PAYMENT_INVALID = "payment_invalid"
    PROTECTED_CONTENT = "protected_content"
    ALREADY_REFUNDED = "already_refunded"
    REACTION_INVALID = "reaction_invalid"
    REPLY_NOT_FOUND = "reply_not_found"
    QUOTE_NOT_FOUND = "quote_not_found"
    SLOW_MODE = "slow_mode"
    THREAD_NOT_FOUND = "thread_not_found"
    TOPIC_CLOSED = "topic_closed"
    TOPIC_NOT_MODIFIED = "topic_not_modified"
    NOT_A_FORUM = "not_a_forum"
    USER_IS_ADMIN = "user_is_admin"
    USER_NOT_FOUND = "user_not_found"
    USERNAME_INVALID = "username_invalid"
    USERNAME_TAKEN = "username_taken"
    WAS_KICKED = "was_kicked"
    WRONG_BUTTON = "wrong_button"


class Refusal(CandorError):
    """An action that the rules don't allow. `subject` names the chat kind, right or object concerned."""

    code = "refused"

    def __init__(self, reason: Reason, subject: str = "", *, chat_id: int | None = None) -> None:
        self.reason = reason
        self.subject = subject
        self.chat_id = chat_id
        super().__init__(f"{reason}: {subject}" if subject else str(reason))
