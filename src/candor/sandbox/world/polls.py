"""Polls: making them, voting, closing."""

import secrets

from candor.sandbox.world.events import MessageEdited, PollAnswered
from candor.sandbox.world.model import Json, Message
from candor.sandbox.world.refusals import Reason, Refusal
from candor.sandbox.world.world import World


def make(question: str, options: list[Json], settings: Json) -> Json:
    """A `Poll`."""
    return {
        "id": str(secrets.randbits(60)),
        "question": question,
        "options": [
            {"persistent_id": str(number), "voter_count": 0, **option}
            for number, option in enumerate(options)
        ],
        "total_voter_count": 0,
        "is_closed": False,
        "members_only": False,
        "allows_revoting": True,
        **settings,
    }


def vote(world: World, message: Message, *, user_id: int, options: list[int]) -> None:
    """Set a person's vote; an empty list takes it back."""
    poll = message.content.get("poll")
    if poll is None or poll["is_closed"]:
        raise Refusal(Reason.CANT_EDIT)
    if any(not 0 <= option < len(poll["options"]) for option in options):
        raise Refusal(Reason.WRONG_BUTTON)
    if len(options) > 1 and not poll["allows_multiple_answers"]:
        raise Refusal(Reason.WRONG_BUTTON)
    if options:
        message.votes[user_id] = options
    else:
        message.votes.pop(user_id, None)
    _count(message)
    world.save("messages", message)
    world.emit(PollAnswered(message.chat_id, message.id, user_id, tuple(options)))


def stop(world: World, message: Message, by: int) -> Json:
    """Close a poll and give its result."""
    poll: Json | None = message.content.get("poll")
    if poll is None:
        raise Refusal(Reason.CANT_EDIT)
    poll["is_closed"] = True
    world.save("messages", message)
    world.emit(MessageEdited(message, by))
    return poll


def _count(message: Message) -> None:
    poll = message.content["poll"]
    for number, option in enumerate(poll["options"]):
        option["voter_count"] = sum(number in chosen for chosen in message.votes.values())
    poll["total_voter_count"] = len(message.votes)
