"""Who answers a message in a study group: the teacher, a partner, nobody or a person. Pure rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from candor.common.llm import Intent
from candor.disclosure.vulnerable import Cue, reason_of

Speaker = Literal["teacher", "partner", "nobody", "human"]
MAX_ANSWERS_PER_HOUR = 30
"""Per group; a flood is left to a person."""
FEEDBACK = "feedback on the lessons: a person reads it"


@dataclass(frozen=True, slots=True)
class GroupMoment:
    """What the rules look at: one message and the state of its group."""

    sender: Literal["client", "member", "operator", "teacher", "partner", "other_bot"]
    is_question: bool
    is_submission: bool
    intents: tuple[Intent, ...]
    addressed_to: Literal["teacher", "partner", "person", "nobody"]
    """Whom the message answers by reply or mention."""
    asks_identity: bool
    is_handed_off: bool
    is_paused: bool
    is_quiet: bool
    our_answers_last_hour: int
    people_talk_among_themselves: bool
    is_feedback: bool = False
    """The client's first words after the last task."""
    cue: Cue | None = None
    """What the sender's own words tell: danger, grief, youth, illness, debt."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Who speaks and why; the reason is stored and shown on the group's page."""

    speaker: Speaker
    reason: str


def choose_responder(moment: GroupMoment) -> Choice:
    """The first rule that applies decides. A bot is never answered, so loops end before they begin."""
    for rule in (_silence, _person_needed, _identity, _content):
        if choice := rule(moment):
            return choice
    return Choice("nobody", "nothing was asked")


def _silence(moment: GroupMoment) -> Choice | None:
    if moment.sender in {"teacher", "partner", "other_bot"}:
        return Choice("nobody", "bots are not answered")
    if moment.sender == "operator":
        return Choice("nobody", "a person of the business speaks")
    if moment.is_paused and moment.cue is None:
        return Choice("nobody", "the lessons are paused")
    if moment.is_handed_off:
        return Choice("nobody", "a person leads this group now")
    return None


def _person_needed(moment: GroupMoment) -> Choice | None:
    if moment.cue is not None:
        return Choice("human", reason_of(moment.cue))
    if {"wish_for_person", "complaint"} & set(moment.intents):
        return Choice("human", "a wish for a person or a complaint")
    if moment.our_answers_last_hour >= MAX_ANSWERS_PER_HOUR:
        return Choice("human", "too many messages in an hour")
    return None


def _identity(moment: GroupMoment) -> Choice | None:
    if not moment.asks_identity:
        return None
    if moment.addressed_to == "partner":
        return Choice("partner", "asked whether it is a person: answered truthfully by code")
    return Choice("teacher", "asked whether it is a person: answered truthfully by code")


def _content(moment: GroupMoment) -> Choice | None:
    if moment.people_talk_among_themselves or moment.addressed_to == "person":
        return Choice("nobody", "people talk to each other")
    if moment.is_submission:
        return Choice("teacher", "a task was handed in")
    if moment.addressed_to == "partner" and not moment.is_quiet:
        return Choice("partner", "a partner was asked")
    if moment.is_question or moment.addressed_to in {"teacher", "partner"}:
        return Choice("teacher", "a question to the lesson")
    if moment.is_feedback:
        return Choice("teacher", FEEDBACK)
    return None


def is_conversation_of_people(
    *, senders: tuple[int, ...], moments: tuple[datetime, ...], now: datetime
) -> bool:
    """Two people wrote in turn within the last two minutes and asked none of us."""
    recent = [
        sender
        for sender, at in zip(senders, moments, strict=True)
        if now - at <= timedelta(minutes=2)
    ]
    return len(set(recent)) > 1
