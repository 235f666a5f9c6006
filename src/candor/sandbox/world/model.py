"""The things of the world. Plain mutable records: one world lives in one event loop."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

Json = dict[str, Any]
"""A JSON object in the shape of the Bot API, the common tongue of both doors."""

ChatType = Literal["private", "group", "supergroup", "channel"]


class Status(StrEnum):
    """A member's standing, in the Bot API's words."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    RESTRICTED = "restricted"
    LEFT = "left"
    KICKED = "kicked"


PRESENT = frozenset({Status.CREATOR, Status.ADMINISTRATOR, Status.MEMBER})


@dataclass(slots=True)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    is_bot: bool = False
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_premium: bool = False
    bio: str | None = None
    photo_id: str | None = None
    stars: int = 0
    blocked: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Webhook:
    """Where a bot wants its updates, and how the last deliveries went."""

    url: str
    secret_token: str | None = None
    max_connections: int = 40
    last_error_date: int | None = None
    last_error_message: str | None = None


@dataclass(slots=True)
class Bot:
    """What belongs to a bot besides its user: the token and what BotFather or the bot itself set."""

    id: int
    token: str
    can_join_groups: bool = True
    privacy_mode: bool = True
    bot_to_bot: bool = False
    can_connect_to_business: bool = True
    allowed_updates: list[str] | None = None
    webhook: Webhook | None = None
    commands: dict[str, list[Json]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[str, Json] = field(default_factory=dict)
    default_rights: dict[str, Json] = field(default_factory=dict)
    last_update_id: int = 0


@dataclass(slots=True)
class Member:
    """One user in one chat. `rights` are an administrator's, `permissions` a restricted member's."""

    user_id: int
    status: Status
    rights: dict[str, bool] = field(default_factory=dict)
    permissions: dict[str, bool] = field(default_factory=dict)
    until: int = 0
    custom_title: str | None = None
    is_anonymous: bool = False
    is_inside: bool = True
    promoted_by: int | None = None

    @property
    def is_present(self) -> bool:
        return self.status in PRESENT or (self.status is Status.RESTRICTED and self.is_inside)

    @property
    def is_admin(self) -> bool:
        return self.status in (Status.CREATOR, Status.ADMINISTRATOR)


@dataclass(slots=True)
class Topic:
    """A forum topic; its id is the id of the message that opened it. The general topic is 1."""

    id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str | None = None
    is_closed: bool = False
    is_hidden: bool = False


@dataclass(slots=True)
class Chat:
    """A dialogue of two, a group or a channel. A dialogue's id is the world's own, not a user's."""

    id: int
    type: ChatType
    title: str | None = None
    username: str | None = None
    description: str | None = None
    photo_id: str | None = None
    peers: tuple[int, int] | None = None
    started_by: set[int] = field(default_factory=set)
    members: dict[int, Member] = field(default_factory=dict)
    permissions: dict[str, bool] = field(default_factory=dict)
    linked_chat_id: int | None = None
    direct_chat_id: int | None = None
    parent_chat_id: int | None = None
    is_forum: bool = False
    is_direct_messages: bool = False
    has_protected_content: bool = False
    join_by_request: bool = False
    slow_mode_delay: int = 0
    migrated_to: int | None = None
    migrated_from: int | None = None
    primary_link: str | None = None
    pinned: list[int] = field(default_factory=list)
    topics: dict[int, Topic] = field(default_factory=dict)
    last_message_id: int = 0
    last_speaking_bot: int | None = None
    read: dict[int, int] = field(default_factory=dict)

    @property
    def is_private(self) -> bool:
        return self.type == "private"

    def peer_of(self, user_id: int) -> int:
        """The other side of a dialogue."""
        if self.peers is None:
            raise ValueError("only a dialogue of two has a peer")
        first, second = self.peers
        return second if user_id == first else first


@dataclass(slots=True)
class Message:
    """A message in one chat. `content` holds text, media or service fields as the Bot API names them.

    `posted_by` is who really wrote it, also where the chat itself stands as the sender.
    """

    chat_id: int
    id: int
    date: int
    sender_id: int | None
    content: Json
    sender_chat_id: int | None = None
    reply_to: int | None = None
    quote: Json | None = None
    external_reply: Json | None = None
    thread_id: int | None = None
    is_topic_message: bool = False
    direct_topic_id: int | None = None
    edit_date: int | None = None
    reply_markup: Json | None = None
    forward_origin: Json | None = None
    is_automatic_forward: bool = False
    media_group_id: str | None = None
    author_signature: str | None = None
    connection_id: str | None = None
    business_bot_id: int | None = None
    has_protected_content: bool = False
    reactions: dict[int, list[Json]] = field(default_factory=dict)
    seen_by: set[int] = field(default_factory=set)
    discussion_message_id: int | None = None
    comments: int = 0
    posted_by: int | None = None
    offer_slug: str | None = None
    votes: dict[int, list[int]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        found = self.content.get("text") or self.content.get("caption") or ""
        return str(found)

    @property
    def entities(self) -> list[Json]:
        found = self.content.get("entities") or self.content.get("caption_entities") or []
        return list(found)

    @property
    def is_service(self) -> bool:
        return SPOKEN.isdisjoint(self.content)


SPOKEN = frozenset(
    [
        "text",
        "photo",
        "document",
        "voice",
        "video",
        "audio",
        "animation",
        "video_note",
        "sticker",
        "poll",
        "contact",
        "location",
        "venue",
        "dice",
        "invoice",
        "paid_media",
        "checklist",
    ]
)
"""Content a person or bot says; everything else is a service message."""


@dataclass(slots=True)
class Invite:
    """An invite link of a chat."""

    link: str
    chat_id: int
    creator_id: int
    creates_join_request: bool = False
    is_primary: bool = False
    is_revoked: bool = False
    name: str | None = None
    expire_date: int | None = None
    member_limit: int | None = None
    used_by: set[int] = field(default_factory=set)
    subscription_period: int | None = None
    subscription_price: int | None = None


@dataclass(slots=True)
class JoinRequest:
    """A person waits to be let in."""

    chat_id: int
    user_id: int
    date: int
    link: str | None = None
    bio: str | None = None


@dataclass(slots=True)
class StoredFile:
    """A file's bytes and what the Bot API tells about it (`details`: width, duration, mime_type ...)."""

    id: str
    unique_id: str
    kind: str
    name: str
    size: int
    path: str
    details: Json = field(default_factory=dict)


@dataclass(slots=True)
class BusinessConnection:
    """A person lets a bot answer in the person's own dialogues."""

    id: str
    user_id: int
    bot_id: int
    date: int
    rights: dict[str, bool] = field(default_factory=dict)
    is_enabled: bool = True
    excluded: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Callback:
    """A tapped button that waits for its answer."""

    id: str
    user_id: int
    bot_id: int
    chat_id: int
    message_id: int
    data: str | None
    date: int
    answer: Json | None = None


@dataclass(slots=True)
class Payment:
    """A payment in Stars on its way: checking -> paid or declined; paid -> refunded."""

    id: str
    user_id: int
    bot_id: int
    chat_id: int
    message_id: int | None
    amount: int
    payload: str
    state: Literal["checking", "paid", "declined", "expired", "refunded"]
    date: int
    charge_id: str = ""
    error: str | None = None
    subscription_period: int | None = None
    subscription_until: int | None = None
    is_canceled: bool = False


@dataclass(slots=True)
class InvoiceOffer:
    """An invoice behind a link (`createInvoiceLink`) or a message."""

    slug: str
    bot_id: int
    title: str
    description: str
    payload: str
    currency: str
    amount: int
    subscription_period: int | None = None


@dataclass(slots=True)
class StarTransaction:
    """A line of a bot's Stars account; positive amounts came in."""

    id: str
    bot_id: int
    user_id: int
    amount: int
    date: int
    payload: str
