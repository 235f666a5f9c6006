"""`World`: the tables, the ids, the indexes and the observers."""

from collections.abc import Callable
from dataclasses import dataclass, field

from candor.common.clock import Clock
from candor.sandbox.world.events import Event
from candor.sandbox.world.model import (
    Bot,
    BusinessConnection,
    Callback,
    Chat,
    Invite,
    InvoiceOffer,
    JoinRequest,
    Message,
    Payment,
    StarTransaction,
    StoredFile,
    User,
)
from candor.sandbox.world.refusals import Reason, Refusal

FIRST_USER_ID = 5_000_000_001
FIRST_DIALOGUE_ID = 1_000_000_000_001
FIRST_GROUP_NUMBER = 4_000_000_001
FIRST_CHANNEL_NUMBER = 2_000_000_001
CHANNEL_PREFIX = -1_000_000_000_000

MOVED_SECONDS = "moved_seconds"
"""The counter of how far the clock was moved forward: a kept world goes on from there."""

SERVICE_USER_ID = 777000
"""Telegram's own account: the sender of posts that are forwarded into a discussion group."""
ANONYMOUS_ADMIN_ID = 1087968824
"""`GroupAnonymousBot`: stands in `from` when an administrator writes anonymously."""


@dataclass(slots=True)
class Tables:
    """All that a snapshot holds, keyed by id."""

    users: dict[int, User] = field(default_factory=dict)
    bots: dict[int, Bot] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    messages: dict[int, dict[int, Message]] = field(default_factory=dict)
    invites: dict[str, Invite] = field(default_factory=dict)
    join_requests: dict[str, JoinRequest] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    connections: dict[str, BusinessConnection] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    offers: dict[str, InvoiceOffer] = field(default_factory=dict)
    transactions: dict[str, StarTransaction] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)


class World:
    """One Telegram. Change records through the capability modules, then `save` what was changed."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.tables = Tables()
        self.callbacks: dict[str, Callback] = {}
        self.contents: dict[str, bytes] = {}
        self.on_save: Callable[[str, object], None] | None = None
        self._observers: list[Callable[[Event], None]] = []
        self._usernames: dict[str, tuple[str, int]] = {}
        self._dialogues: dict[tuple[int, int], int] = {}
        self._tokens: dict[str, int] = {}
        self.chats_of_user: dict[int, set[int]] = {}

    # time, ids, events

    def now(self) -> int:
        """Unix seconds, as Telegram dates everything."""
        return int(self.clock.now().timestamp())

    def next_id(self, name: str, first: int = 1) -> int:
        """The next number of a named sequence."""
        number = self.tables.counters.get(name, first - 1) + 1
        self.tables.counters[name] = number
        if self.on_save:
            self.on_save("counters", name)
        return number

    def next_message_id(self, chat: Chat) -> int:
        """Bots number the messages of all their dialogues in one sequence, other chats have their own."""
        if chat.peers is None:
            chat.last_message_id += 1
            return chat.last_message_id
        owner = next((peer for peer in chat.peers if peer in self.tables.bots), min(chat.peers))
        chat.last_message_id = self.next_id(f"messages:{owner}")
        return chat.last_message_id

    def subscribe(self, observer: Callable[[Event], None]) -> None:
        """Call `observer` for every event, at once and in order; it must not raise."""
        self._observers.append(observer)

    def emit(self, event: Event) -> None:
        for observer in self._observers:
            observer(event)

    def save(self, table: str, record: object) -> None:
        """Note that `record` was changed or made, for whoever keeps the world on disk."""
        if self.on_save:
            self.on_save(table, record)

    # look-ups

    def user(self, user_id: int) -> User:
        """The user or `Refusal(USER_NOT_FOUND)`."""
        if found := self.tables.users.get(user_id):
            return found
        raise Refusal(Reason.USER_NOT_FOUND)

    def chat(self, chat_id: int) -> Chat:
        """The chat or `Refusal(CHAT_NOT_FOUND)`."""
        if found := self.tables.chats.get(chat_id):
            return found
        raise Refusal(Reason.CHAT_NOT_FOUND)

    def message(self, chat_id: int, message_id: int) -> Message:
        """The message or `Refusal(MESSAGE_NOT_FOUND)`."""
        if found := self.tables.messages.get(chat_id, {}).get(message_id):
            return found
        raise Refusal(Reason.MESSAGE_NOT_FOUND)

    def bot_by_token(self, token: str) -> Bot | None:
        found = self._tokens.get(token)
        return None if found is None else self.tables.bots[found]

    def is_bot(self, user_id: int | None) -> bool:
        return user_id in self.tables.bots

    def by_username(self, username: str) -> User | Chat | None:
        """Who or what bears this name, with or without the @ and in any case."""
        kind, found = self._usernames.get(username.removeprefix("@").lower(), ("", 0))
        if kind == "user":
            return self.tables.users[found]
        return self.tables.chats[found] if kind == "chat" else None

    def dialogue(self, first: int, second: int) -> Chat | None:
        found = self._dialogues.get((min(first, second), max(first, second)))
        return None if found is None else self.tables.chats[found]

    def history(self, chat_id: int) -> dict[int, Message]:
        """The live messages of a chat by id, oldest first."""
        return self.tables.messages.setdefault(chat_id, {})

    # entries of the tables that have an index

    def add_user(self, user: User) -> None:
        self.tables.users[user.id] = user
        self._claim(user.username, ("user", user.id))
        self.save("users", user)

    def add_bot(self, bot: Bot) -> None:
        self.tables.bots[bot.id] = bot
        self._tokens[bot.token] = bot.id
        self.save("bots", bot)

    def add_chat(self, chat: Chat) -> None:
        self.tables.chats[chat.id] = chat
        self._claim(chat.username, ("chat", chat.id))
        self._index_chat(chat)
        self.save("chats", chat)

    def rename(self, thing: User | Chat, username: str | None) -> None:
        """Give a user or chat another public name, or none."""
        owner = ("user" if isinstance(thing, User) else "chat", thing.id)
        self._check_free(username, owner)
        if thing.username:
            self._usernames.pop(thing.username.lower(), None)
        thing.username = username
        self._claim(username, owner)
        self.save(f"{owner[0]}s", thing)

    def check_username_free(self, username: str | None) -> None:
        """Raise `Refusal(USERNAME_TAKEN)` if somebody bears the name."""
        self._check_free(username, ("", 0))

    def note_member(self, chat: Chat, user_id: int, *, is_present: bool) -> None:
        """Keep the index of the chats a user sees in step with the members."""
        chats = self.chats_of_user.setdefault(user_id, set())
        chats.add(chat.id) if is_present else chats.discard(chat.id)

    def reindex(self) -> None:
        """Rebuild every index from the tables, after a restore."""
        for index in (self._usernames, self._dialogues, self._tokens, self.chats_of_user):
            index.clear()
        for user in self.tables.users.values():
            self._claim(user.username, ("user", user.id))
        for bot in self.tables.bots.values():
            self._tokens[bot.token] = bot.id
        for chat in self.tables.chats.values():
            if chat.parent_chat_id is not None:
                chat.members = self.tables.chats[chat.parent_chat_id].members
            self._claim(chat.username, ("chat", chat.id))
            self._index_chat(chat)

    def _index_chat(self, chat: Chat) -> None:
        if chat.peers:
            self._dialogues[(min(chat.peers), max(chat.peers))] = chat.id
            for peer in chat.peers:
                self.note_member(chat, peer, is_present=True)
        if chat.is_direct_messages:
            self._index_direct(chat)
            return
        for member in chat.members.values():
            self.note_member(chat, member.user_id, is_present=member.is_present)

    def _index_direct(self, chat: Chat) -> None:
        """A channel's direct messages are seen by its administrators and by who wrote there."""
        admins = {member.user_id for member in chat.members.values() if member.is_admin}
        writers = {message.sender_id for message in self.history(chat.id).values()}
        for user_id in admins | writers:
            if user_id is not None:
                self.note_member(chat, user_id, is_present=True)

    def _check_free(self, username: str | None, owner: tuple[str, int]) -> None:
        if username and self._usernames.get(username.lower(), owner) != owner:
            raise Refusal(Reason.USERNAME_TAKEN, username)

    def _claim(self, username: str | None, owner: tuple[str, int]) -> None:
        self._check_free(username, owner)
        if username:
            self._usernames[username.lower()] = owner
