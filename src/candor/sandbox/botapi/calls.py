"""One call of a method, what it may reach, and the table of methods."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from candor.sandbox.botapi import render
from candor.sandbox.botapi.errors import bad_request
from candor.sandbox.botapi.parameters import Parameters
from candor.sandbox.world import dialogues, membership, rights
from candor.sandbox.world.model import Bot, BusinessConnection, Chat, Json, Member, Message, User
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import World

if TYPE_CHECKING:
    from candor.sandbox.botapi.api import BotApi

Answer = Any
Handler = Callable[["Call"], "Answer | Awaitable[Answer]"]

METHODS: dict[str, Handler] = {}
"""Handlers by lower-case method name."""
NAMES: dict[str, str] = {}
"""The documented spelling of each served method."""


def method(name: str) -> Callable[[Handler], Handler]:
    """Register the handler of a Bot API method."""

    def register(handler: Handler) -> Handler:
        METHODS[name.lower()] = handler
        NAMES[name.lower()] = name
        return handler

    return register


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a bot, with the look-ups that nearly every method needs."""

    api: "BotApi"
    bot: Bot
    parameters: Parameters

    @property
    def world(self) -> World:
        return self.api.world

    def show(self, message: Message) -> Json:
        """The message as this bot sees it."""
        return render.message(self.world, message, self.bot.id)

    # chats

    def chat(self, name: str = "chat_id") -> Chat:
        """The chat a parameter names, for reading: a dialogue must exist, a group need not be joined."""
        return self._chat(self.parameters.text(name))

    def joined_chat(self, name: str = "chat_id") -> Chat:
        """The chat a parameter names; the bot must be in it, a migrated group points to its successor."""
        chat = self.chat(name)
        if chat.migrated_to:
            raise Refusal(Reason.MIGRATED, chat_id=chat.migrated_to)
        if chat.peers is None:
            membership.lift_expired(self.world, chat)
            member = chat.members.get(self.bot.id)
            if member is None or not member.is_present:
                raise rights.absence(chat, member)
        return chat

    def administered_chat(self, right: str, name: str = "chat_id") -> Chat:
        """A group or channel in which the bot has an administrator's right."""
        chat = self.joined_chat(name)
        if chat.peers is not None:
            raise bad_request("method is not available in private chats")
        rights.demand(chat, self.bot.id, right)
        return chat

    def target_chat(self) -> Chat:
        """The chat to write to; for a business connection the person's dialogue with the client."""
        given = self.parameters.text("chat_id")
        if connection := self.connection():
            return self._business_chat(connection, given)
        found = self._lookup(given)
        if isinstance(found, User):
            return dialogues.for_bot(self.world, self.bot.id, found.id)
        return found

    def connection(self) -> BusinessConnection | None:
        """The business connection that `business_connection_id` names."""
        given = self.parameters.text("business_connection_id")
        if not given:
            return None
        found = self.world.tables.connections.get(given)
        if found is None or found.bot_id != self.bot.id or not found.is_enabled:
            raise Refusal(Reason.BUSINESS_CONNECTION_INVALID)
        return found

    def member(self, chat: Chat) -> Member:
        """The member that `user_id` names, present or not."""
        user_id = self.user_id()
        return membership.standing(chat, user_id)

    def user_id(self) -> int:
        """`user_id` of a known user."""
        user_id = self.parameters.integer("user_id")
        if not user_id:
            raise bad_request("invalid user_id specified")
        return self.world.user(user_id).id

    # messages

    def message(self, chat: Chat, what: str, name: str = "message_id") -> Message:
        """The message a parameter names; `what` is the verb of the error text."""
        message_id = self.parameters.integer(name)
        if not message_id:
            raise bad_request("message identifier is not specified")
        found = self.world.history(chat.id).get(message_id)
        if found is None:
            raise Refusal(Reason.MESSAGE_NOT_FOUND, what)
        return found

    def _chat(self, given: str | None) -> Chat:
        found = self._lookup(given)
        if isinstance(found, Chat):
            return found
        chat = self.world.dialogue(self.bot.id, found.id)
        if chat is None:
            raise Refusal(Reason.CHAT_NOT_FOUND)
        return chat

    def _lookup(self, given: str | None) -> Chat | User:
        if not given:
            raise bad_request("chat_id is empty")
        found: Chat | User | None
        if given.startswith("@"):
            found = self.world.by_username(given)
            if isinstance(found, User) and not found.is_bot:
                found = None
        else:
            number = Parameters({"chat_id": given}).integer("chat_id") or 0
            users, chats = self.world.tables.users, self.world.tables.chats
            chat = chats.get(number)
            found = users.get(number) or (chat if chat and chat.peers is None else None)
        if found is None:
            raise Refusal(Reason.CHAT_NOT_FOUND)
        return found

    def _business_chat(self, connection: BusinessConnection, given: str | None) -> Chat:
        peer = self._lookup(given)
        chat = self.world.dialogue(connection.user_id, peer.id)
        if not isinstance(peer, User) or chat is None:
            raise Refusal(Reason.BUSINESS_PEER_MISSING)
        return chat
