"""Which bot hears of what: privacy mode, bot-to-bot mode, administrators' updates, business accounts."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from candor.sandbox.botapi import render
from candor.sandbox.botapi.updates import UpdateQueues
from candor.sandbox.world import events, rights
from candor.sandbox.world.model import Bot, BusinessConnection, Chat, Json, Member, Message, Status
from candor.sandbox.world.world import World


class UpdateDelivery:
    """Turns the world's events into updates for the bots that may see them."""

    def __init__(self, world: World, queues: UpdateQueues) -> None:
        self._world = world
        self._queues = queues
        self._handlers: dict[type, Callable[[Any], None]] = {
            events.MessageSent: self._sent,
            events.MessageEdited: self._edited,
            events.MessagesDeleted: self._deleted,
            events.MemberChanged: self._member_changed,
            events.BlockChanged: self._block_changed,
            events.JoinRequested: self._join_requested,
            events.ButtonPressed: self._pressed,
            events.ReactionChanged: self._reaction,
            events.BusinessConnectionChanged: self._connection,
            events.PaymentStarted: self._payment_started,
            events.PollAnswered: self._poll_answered,
        }

    def __call__(self, event: events.Event) -> None:
        handler = self._handlers.get(type(event))
        if handler:
            handler(event)

    def _sent(self, event: events.MessageSent) -> None:
        self._tell_message(event.message, is_edit=False, by=event.message.posted_by)

    def _edited(self, event: events.MessageEdited) -> None:
        self._tell_message(event.message, is_edit=True, by=event.by)

    def _tell_message(self, message: Message, *, is_edit: bool, by: int | None) -> None:
        chat = self._world.chat(message.chat_id)
        if chat.peers:
            self._tell_business(chat, message, is_edit=is_edit)
        kind = "channel_post" if chat.type == "channel" else "message"
        for bot in self._readers(chat, message):
            if bot.id != by:
                body = render.message(self._world, message, bot.id)
                self._queues.put(bot, f"edited_{kind}" if is_edit else kind, body)

    def _readers(self, chat: Chat, message: Message) -> Iterator[Bot]:
        bots = self._world.tables.bots
        for user_id in chat.peers or chat.members:
            bot = bots.get(user_id)
            if bot is None or user_id in (message.sender_id, message.posted_by):
                continue
            if chat.peers or sees(self._world, chat, bot, message):
                yield bot

    def _tell_business(self, chat: Chat, message: Message, *, is_edit: bool) -> None:
        if message.business_bot_id is not None and not is_edit:
            return
        for connection in connections_of(self._world, chat):
            bot = self._world.tables.bots[connection.bot_id]
            if bot.id in (chat.peers or ()) or message.business_bot_id == bot.id:
                continue
            seen = _as_business(message, connection)
            body = render.message(self._world, seen, bot.id)
            kind = "edited_business_message" if is_edit else "business_message"
            self._queues.put(bot, kind, body)

    def _deleted(self, event: events.MessagesDeleted) -> None:
        chat = self._world.chat(event.chat_id)
        for connection in connections_of(self._world, chat):
            bot = self._world.tables.bots[connection.bot_id]
            if event.by == bot.id or bot.id in (chat.peers or ()):
                continue
            body: Json = {
                "business_connection_id": connection.id,
                "chat": render.chat(self._world, chat, connection.user_id),
                "message_ids": list(event.message_ids),
            }
            self._queues.put(bot, "deleted_business_messages", body)

    def _member_changed(self, event: events.MemberChanged) -> None:
        chat = self._world.chat(event.chat_id)
        concerned = event.after.user_id
        for bot in self._bots_in(chat, also=concerned):
            if bot.id != concerned and not chat.members[bot.id].is_admin:
                continue
            kind = "my_chat_member" if bot.id == concerned else "chat_member"
            self._queues.put(bot, kind, self._member_update(event, chat, bot.id))

    def _member_update(self, event: events.MemberChanged, chat: Chat, viewer_id: int) -> Json:
        body: Json = {
            "chat": render.chat(self._world, chat, viewer_id),
            "from": render.user(self._world, event.by),
            "date": self._world.now(),
            "old_chat_member": render.member(self._world, event.before),
            "new_chat_member": render.member(self._world, event.after),
        }
        if event.invite:
            body["invite_link"] = render.invite(self._world, event.invite)
        if event.via_join_request:
            body["via_join_request"] = True
        return body

    def _block_changed(self, event: events.BlockChanged) -> None:
        bot = self._world.tables.bots.get(event.peer_id)
        if bot is None:
            return
        before, after = (
            Member(bot.id, Status.KICKED if is_out else Status.MEMBER)
            for is_out in (not event.is_blocked, event.is_blocked)
        )
        change = events.MemberChanged(event.chat_id, event.user_id, before, after)
        chat = self._world.chat(event.chat_id)
        self._queues.put(bot, "my_chat_member", self._member_update(change, chat, bot.id))

    def _join_requested(self, event: events.JoinRequested) -> None:
        chat = self._world.chat(event.request.chat_id)
        for bot in self._bots_in(chat):
            if rights.has_right(chat.members[bot.id], "can_invite_users"):
                body = render.join_request(self._world, event.request, bot.id)
                self._queues.put(bot, "chat_join_request", body)

    def _pressed(self, event: events.ButtonPressed) -> None:
        bot = self._world.tables.bots[event.callback.bot_id]
        self._queues.put(bot, "callback_query", render.callback(self._world, event.callback))

    def _reaction(self, event: events.ReactionChanged) -> None:
        chat = self._world.chat(event.chat_id)
        if chat.peers and not any(self._world.is_bot(peer) for peer in chat.peers):
            return
        for bot in self._bots_in(chat):
            if bot.id == event.user_id or self._world.is_bot(event.user_id):
                continue
            if chat.peers is None and not chat.members[bot.id].is_admin:
                continue
            body: Json = {
                "chat": render.chat(self._world, chat, bot.id),
                "message_id": event.message_id,
                "date": self._world.now(),
            }
            if chat.type == "channel":
                body["reactions"] = self._reaction_counts(event)
                self._queues.put(bot, "message_reaction_count", body)
                continue
            body |= {
                "user": render.user(self._world, event.user_id),
                "old_reaction": list(event.before),
                "new_reaction": list(event.after),
            }
            self._queues.put(bot, "message_reaction", body)

    def _reaction_counts(self, event: events.ReactionChanged) -> list[Json]:
        return reaction_counts(self._world.message(event.chat_id, event.message_id))

    def _connection(self, event: events.BusinessConnectionChanged) -> None:
        bot = self._world.tables.bots[event.connection.bot_id]
        body = render.business_connection(self._world, event.connection)
        self._queues.put(bot, "business_connection", body)

    def _payment_started(self, event: events.PaymentStarted) -> None:
        payment = event.payment
        body: Json = {
            "id": payment.id,
            "from": render.user(self._world, payment.user_id),
            "currency": "XTR",
            "total_amount": payment.amount,
            "invoice_payload": payment.payload,
        }
        self._queues.put(self._world.tables.bots[payment.bot_id], "pre_checkout_query", body)

    def _poll_answered(self, event: events.PollAnswered) -> None:
        message = self._world.message(event.chat_id, event.message_id)
        bot = self._world.tables.bots.get(message.posted_by or 0)
        poll = message.content["poll"]
        if bot is None:
            return
        self._queues.put(bot, "poll", poll)
        if not poll["is_anonymous"]:
            body: Json = {
                "poll_id": poll["id"],
                "user": render.user(self._world, event.user_id),
                "option_ids": list(event.option_ids),
                "option_persistent_ids": [
                    poll["options"][number]["persistent_id"] for number in event.option_ids
                ],
            }
            self._queues.put(bot, "poll_answer", body)

    def _bots_in(self, chat: Chat, also: int | None = None) -> Iterator[Bot]:
        bots = self._world.tables.bots
        for user_id in chat.peers or tuple(chat.members):
            if user_id not in bots:
                continue
            if chat.peers or user_id == also or chat.members[user_id].is_present:
                yield bots[user_id]


def sees(world: World, chat: Chat, bot: Bot, message: Message) -> bool:
    """Whether a bot in this group or channel gets this message."""
    member = chat.members[bot.id]
    if not member.is_present:
        return False
    if chat.is_direct_messages:
        return rights.has_right(member, "can_manage_direct_messages")
    if chat.type == "channel":
        return member.is_admin
    author = world.tables.bots.get(message.posted_by or message.sender_id or 0)
    if author and not message.is_automatic_forward and not message.is_service:
        return _sees_bot(world, bot, author, member, message)
    if message.is_service or member.is_admin or not bot.privacy_mode:
        return True
    return is_addressed(world, chat, bot, message)


def _sees_bot(world: World, bot: Bot, author: Bot, member: Member, message: Message) -> bool:
    """Bots see each other only in bot-to-bot mode, else they would talk for ever."""
    if not (bot.bot_to_bot or author.bot_to_bot):
        return False
    if _replies_to(world, bot, message) or _commands(world, bot, message) == "this":
        return True
    return bot.bot_to_bot and (member.is_admin or not bot.privacy_mode)


def is_addressed(world: World, chat: Chat, bot: Bot, message: Message) -> bool:
    """Privacy mode: commands meant for the bot, mentions of it, replies to it."""
    command = _commands(world, bot, message)
    if command == "this":
        return True
    if command == "any" and chat.last_speaking_bot in (None, bot.id):
        return True
    return _replies_to(world, bot, message) or _mentions(world, bot, message)


def _commands(world: World, bot: Bot, message: Message) -> str:
    """`this`: /command@bot, `other`: for another bot, `any`: without a name, empty: no command."""
    for entity in message.entities:
        if entity["type"] == "bot_command" and entity["offset"] == 0:
            word = message.text[: entity["length"]]
            _, at, name = word.partition("@")
            if not at:
                return "any"
            return "this" if name.lower() == _username(world, bot) else "other"
    return ""


def _replies_to(world: World, bot: Bot, message: Message) -> bool:
    if message.reply_to is None:
        return False
    target = world.history(message.chat_id).get(message.reply_to)
    if target is None:
        return False
    return target.sender_id == bot.id or _commands(world, bot, target) == "this"


def _mentions(world: World, bot: Bot, message: Message) -> bool:
    if f"@{_username(world, bot)}" in message.text.lower():
        return True
    mentioned = (entity.get("user", {}).get("id") for entity in message.entities)
    return bot.id in mentioned


def _username(world: World, bot: Bot) -> str:
    return (world.user(bot.id).username or "").lower()


def reaction_counts(message: Message) -> list[Json]:
    """`ReactionCount`s of a message, most frequent first."""
    counts: dict[str, Json] = {}
    for given in message.reactions.values():
        for reaction in given:
            key = str(reaction)
            entry = counts.setdefault(key, {"type": reaction, "total_count": 0})
            entry["total_count"] += 1
    return sorted(counts.values(), key=lambda entry: -entry["total_count"])


def connections_of(world: World, chat: Chat) -> list[BusinessConnection]:
    """The enabled business connections that see this dialogue."""
    if not chat.peers or not world.tables.connections:
        return []
    return [
        connection
        for connection in world.tables.connections.values()
        if connection.is_enabled
        and connection.user_id in chat.peers
        and chat.peer_of(connection.user_id) not in connection.excluded
        and not world.is_bot(chat.peer_of(connection.user_id))
    ]


def _as_business(message: Message, connection: BusinessConnection) -> Message:
    return replace(message, connection_id=connection.id)
