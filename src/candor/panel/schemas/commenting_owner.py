"""The shapes of `/api/comments/owner-chats`."""

from typing import Annotated

from pydantic import Field

from candor.panel.schemas.common import Moment, Schema


class OwnerChatAnswer(Schema):
    id: int
    operator: Annotated[str, Field(description="E-mail of the panel user.")]
    user_name: Annotated[str, Field(description="Name in Telegram.")]
    account_id: int
    linked_at: Moment


class CodeAnswer(Schema):
    """A one-time code; it is shown once."""

    command: Annotated[str, Field(description="To be sent to one of the bots in private.")]
    links: Annotated[list[str], Field(description="The same as a link to each bot.")]
    expires_at: Moment
