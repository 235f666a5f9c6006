"""Errors of the control API: a status, a stable code, a sentence for the person at the screen."""

from candor.common.errors import CandorError, FieldError
from candor.sandbox.world.model import Json
from candor.sandbox.world.refusals import Reason, Refusal


class ControlError(CandorError):
    """A refused control call."""

    code = "invalid_input"

    def __init__(
        self, status: int, code: str, message: str, errors: tuple[FieldError, ...] = ()
    ) -> None:
        self.status = status
        self.kind = code
        super().__init__(message, errors=errors)

    def body(self) -> Json:
        return {
            "code": self.kind,
            "message": self.message,
            "errors": [{"path": item.path, "message": item.message} for item in self.errors],
        }


def wrong_field(path: str, message: str) -> ControlError:
    """A 400 that names the field."""
    return ControlError(
        400, "invalid_input", f"{path}: {message}", (FieldError(path=path, message=message),)
    )


_NOT_FOUND = {
    Reason.CHAT_NOT_FOUND: "There is no such chat.",
    Reason.USER_NOT_FOUND: "There is no such user.",
    Reason.MESSAGE_NOT_FOUND: "There is no such message in this chat.",
    Reason.REPLY_NOT_FOUND: "The message to reply to is not in this chat.",
    Reason.FILE_NOT_FOUND: "There is no such file.",
    Reason.THREAD_NOT_FOUND: "There is no such topic in this chat.",
    Reason.INVITE_INVALID: "This invite link does not exist or was revoked.",
    Reason.INVITE_EXPIRED: "This invite link has expired or was used up.",
    Reason.JOIN_REQUEST_MISSING: "This person has not asked to join.",
    Reason.WRONG_BUTTON: "There is no such button under this message.",
    Reason.PAYMENT_INVALID: "There is nothing to pay under this message.",
    Reason.BUSINESS_CONNECTION_INVALID: "There is no such business connection.",
}
_CONFLICT = {
    Reason.ALREADY_MEMBER: "Already a member of this chat.",
    Reason.JOIN_REQUEST_EXISTS: "The request to join has been sent already.",
    Reason.NOT_MODIFIED: "Nothing has changed.",
    Reason.USERNAME_TAKEN: "This username is taken.",
    Reason.ALREADY_REFUNDED: "This payment was refunded already.",
    Reason.MIGRATED: "This group has become a supergroup. Use its new id.",
}
_INVALID = {
    Reason.MESSAGE_EMPTY: "The message is empty.",
    Reason.MESSAGE_TOO_LONG: "The message is longer than 4096 characters.",
    Reason.CAPTION_TOO_LONG: "The caption is longer than 1024 characters.",
    Reason.QUOTE_NOT_FOUND: "The quote is not a part of the message.",
    Reason.REACTION_INVALID: "Telegram has no such reaction.",
    Reason.USERNAME_INVALID: (
        "A username has 4-32 Latin letters, digits or underscores and starts with a letter; "
        "a bot's name ends in bot."
    ),
    Reason.NOT_A_GROUP: "This works in a supergroup or channel only.",
    Reason.NOT_A_FORUM: "This group has no topics.",
}
_FORBIDDEN = {
    Reason.CHAT_FORBIDDEN_TO_USER: "One of the two has blocked the other.",
    Reason.NOT_A_MEMBER: "Not a member of this chat.",
    Reason.WAS_KICKED: "Removed from this chat.",
    Reason.BANNED: "Removed from this chat and can't come back.",
    Reason.BOT_CANNOT_JOIN: "This bot can't be added to groups.",
    Reason.NOT_ENOUGH_STARS: "Not enough Stars.",
    Reason.NEED_ADMIN: "Only an administrator may do this.",
    Reason.SLOW_MODE: "Slow mode is on.",
    Reason.TOPIC_CLOSED: "This topic is closed.",
    Reason.NOT_ENOUGH_RIGHTS: "This member has no right to do that.",
}


def translate(refusal: Refusal) -> ControlError:
    """The answer for a refusal of the world."""
    for status, table in ((404, _NOT_FOUND), (409, _CONFLICT), (400, _INVALID), (403, _FORBIDDEN)):
        if text := table.get(refusal.reason):
            return ControlError(status, str(refusal.reason), text)
    return ControlError(403, str(refusal.reason), "Telegram's rules do not allow this.")
