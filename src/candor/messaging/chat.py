"""A chat as one account sees it, with what decides about the next label and the next moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from candor.common.ids import AccountId, ChatRowId, ClientId, TelegramChatId
from candor.messaging.incoming import ChatType

LabelCause = Literal["start", "return", "silence"]
"""Why the label must be said again although it was said before."""
LABEL_CAUSES: tuple[LabelCause, ...] = ("start", "return", "silence")


@dataclass(frozen=True, slots=True)
class Chat:
    id: ChatRowId
    account_id: AccountId
    chat_id: TelegramChatId
    type: ChatType
    version: int = 0
    """Grows with every event that may forbid or change the next message."""
    title: str = ""
    client_id: ClientId | None = None
    """Private chats: the person on the other side."""
    business_connection_id: str | None = None
    direct_messages_topic_id: int | None = None
    disclosed_at: datetime | None = None
    """When a labelled message was last confirmed by Telegram; None: never."""
    label_due: LabelCause | None = None
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    free_at: datetime | None = None
    """Telegram's limit per chat: nothing is sent here before."""
    blocked_at: datetime | None = None
    """The person blocked the account, or it was removed."""

    @property
    def is_group(self) -> bool:
        return self.type in ("group", "supergroup")
