"""Turns the world's events into entries of the live feed."""

from collections.abc import Callable
from typing import Any

from candor.sandbox.control import views
from candor.sandbox.control.feed import Feed
from candor.sandbox.world import events
from candor.sandbox.world.model import Json
from candor.sandbox.world.world import World

Entry = tuple[str, int | None, Json]


class FeedReporter:
    """Adds a feed entry for whatever a chat page must redraw."""

    def __init__(self, world: World, feed: Feed) -> None:
        self._world = world
        self._feed = feed
        self._personal: dict[type, Callable[[Any], int]] = {
            events.ButtonAnswered: lambda event: event.callback.user_id,
            events.PaymentSettled: lambda event: event.payment.user_id,
        }

    def __call__(self, event: events.Event) -> None:
        describe = _ENTRIES.get(type(event))
        if describe is None:
            return
        kind, chat_id, body = describe(self._world, event)
        only = self._personal.get(type(event))
        people = frozenset({only(event)}) if only else self._audience(chat_id)
        self._feed.add(kind, chat_id, body, people)

    def _audience(self, chat_id: int | None) -> frozenset[int] | None:
        """A dialogue concerns its two sides; groups and channels are watched by outsiders too."""
        peers = self._world.chat(chat_id).peers if chat_id is not None else None
        return frozenset(peers) if peers else None


def _message(kind: str) -> Callable[[World, Any], Entry]:
    return lambda _, event: (kind, event.message.chat_id, {"message_id": event.message.id})


def _touched(
    _: World, event: events.ReactionChanged | events.PollAnswered | events.CommentsCounted
) -> Entry:
    return "edit", event.chat_id, {"message_id": event.message_id}


def _deleted(_: World, event: events.MessagesDeleted) -> Entry:
    return "delete", event.chat_id, {"message_ids": list(event.message_ids)}


def _typing(world: World, event: events.Typing) -> Entry:
    who = views.user(world.user(event.user_id))
    return "typing", event.chat_id, {"user": who, "action": event.action}


def _members(_: World, event: events.MemberChanged) -> Entry:
    return "members", event.chat_id, {"user_id": event.after.user_id}


def _requests(_: World, event: events.JoinRequested | events.JoinRequestSettled) -> Entry:
    return "members", event.request.chat_id, {"user_id": event.request.user_id}


def _answer(_: World, event: events.ButtonAnswered) -> Entry:
    callback = event.callback
    return "answer", callback.chat_id, {"callback_id": callback.id, "answer": callback.answer}


def _payment(_: World, event: events.PaymentSettled) -> Entry:
    return "payment", event.payment.chat_id, views.payment(event.payment)


def _chat(_: World, event: events.ChatChanged | events.BlockChanged) -> Entry:
    return "chat", event.chat_id, {}


_ENTRIES: dict[type, Callable[[World, Any], Entry]] = {
    events.MessageSent: _message("message"),
    events.MessageEdited: _message("edit"),
    events.MessagesDeleted: _deleted,
    events.ReactionChanged: _touched,
    events.PollAnswered: _touched,
    events.CommentsCounted: _touched,
    events.Typing: _typing,
    events.MemberChanged: _members,
    events.JoinRequested: _requests,
    events.JoinRequestSettled: _requests,
    events.ButtonAnswered: _answer,
    events.PaymentSettled: _payment,
    events.ChatChanged: _chat,
    events.BlockChanged: _chat,
    events.UserChanged: lambda *_: ("people", None, {}),
    events.BusinessConnectionChanged: lambda *_: ("people", None, {}),
    events.WorldReplaced: lambda *_: ("reset", None, {}),
}
