"""What the double needs of a world; the sandbox's `Phone` fits without knowing this file."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol


class WorldUser(Protocol):
    id: int
    first_name: str
    last_name: str | None
    username: str | None
    is_bot: bool
    bio: str | None


class WorldChat(Protocol):
    id: int
    type: Any
    """`private`, `group`, `supergroup` or `channel`."""
    title: str | None
    username: str | None
    linked_chat_id: int | None


class WorldMessage(Protocol):
    chat_id: int
    id: int
    date: int
    sender_id: int | None
    sender_chat_id: int | None
    reply_to: int | None
    thread_id: int | None
    edit_date: int | None
    forward_origin: dict[str, Any] | None
    is_automatic_forward: bool
    reactions: Mapping[int, Any]
    seen_by: Any
    comments: int
    content: Mapping[str, Any]
    """Text, or media as the Bot API names it."""

    @property
    def text(self) -> str: ...

    @property
    def is_service(self) -> bool: ...


class PhoneWorld(Protocol):
    """Calls that say who acts; refusals are exceptions with a `reason` in words of the world."""

    def now(self) -> int: ...

    def user(self, user_id: int) -> Any: ...

    def is_bot(self, user_id: int) -> bool: ...

    def find(self, username: str) -> Any: ...

    def chat(self, chat_id: int) -> Any: ...

    def dialogue(self, user_id: int, peer_id: int) -> Any: ...

    def peer_of(self, chat_id: int, user_id: int) -> int: ...

    def readers_of(self, chat_id: int) -> Sequence[int]: ...

    def is_owner(self, chat_id: int, user_id: int) -> bool: ...

    def send(self, user_id: int, chat_id: int, text: str, *, reply_to: int | None) -> Any: ...

    def send_file(
        self, user_id: int, chat_id: int, *, name: str, content: bytes, caption: str
    ) -> Any: ...

    def tell(self, user_id: int, text: str) -> None:
        """Telegram's own notice to a person: a sign-in code."""
        ...

    def is_told_by(self, chat_id: int) -> int | None:
        """The person whose chat with Telegram itself this is, None for any other chat."""
        ...

    def groups_of(self, user_id: int) -> Sequence[int]:
        """Groups and channels that a person is in."""
        ...

    def edit(self, user_id: int, chat_id: int, message_id: int, text: str) -> Any: ...

    def delete(self, user_id: int, chat_id: int, message_ids: Sequence[int]) -> None: ...

    def chat_of_message(self, user_id: int, message_id: int) -> int | None: ...

    def history(self, chat_id: int) -> Sequence[Any]: ...

    def discussion_root(self, channel_id: int, message_id: int) -> Any: ...

    def make_group(self, user_id: int, *, title: str, about: str, is_channel: bool) -> Any: ...

    def count_members(self, chat_id: int) -> int: ...

    def delete_group(self, user_id: int, chat_id: int) -> None:
        """For everybody in it; only its owner may."""
        ...

    def promote(self, user_id: int, chat_id: int, bot_id: int) -> None: ...

    def restrict_members(self, chat_id: int, *, may_invite: bool) -> None: ...

    def make_join_link(self, user_id: int, chat_id: int, *, name: str | None) -> str: ...

    def settle_join(self, user_id: int, chat_id: int, asker: int, *, is_approved: bool) -> None: ...

    def link_discussion(self, channel_id: int, group_id: int) -> None: ...

    def rename(self, user_id: int, *, first_name: str, last_name: str, about: str) -> Any: ...

    def on_message(self, hear: Callable[[Any, bool], None]) -> None: ...
