"""What can go wrong in commenting and is no fault of the code."""

from candor.common.errors import CandorError, ConflictError, ForbiddenError, InvalidInputError


class PermissionMissingError(ConflictError):
    code = "permission_missing"
    default_message = (
        "There is no valid permission of the channel's owner, so nothing can be sent there. "
        "Send the owner the guided page of this channel."
    )


class CommentChangedError(ConflictError):
    """The text, the post or the state is another than the one that was looked at."""

    code = "comment_changed"
    default_message = "The comment has changed since you saw it. Read it again before you approve."


class NotAnAdministratorError(ForbiddenError):
    code = "not_an_administrator"
    default_message = "Only an administrator of the channel can allow comments."


class GrantRefusedError(ConflictError):
    """The grant can't be verified; the message says what to mend and is shown to the administrator."""

    code = "grant_refused"


class TextRefusedError(InvalidInputError):
    """A text that may not be published; `errors` names each reason."""

    code = "text_refused"
    default_message = "This text can't be published as it is."


class BlockedByPolicyError(CandorError):
    """L16, L17: a law restricts this audience and nobody has signed for it."""

    code = "blocked_by_policy"
    default_message = (
        "Advertising to an audience in Russia is off until a named person records a legal sign-off."
    )
