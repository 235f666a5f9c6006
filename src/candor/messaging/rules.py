"""What decides, right before sending, whether a text may still go out: one rule per purpose."""

from datetime import datetime
from typing import Protocol, TypeVar

from candor.messaging.outgoing import Cancel, Outcome, Send, Verdict
from candor.messaging.ports import Due, MessagingUnit

Unit_contra = TypeVar("Unit_contra", bound=MessagingUnit, contravariant=True)

NEWER_MESSAGE = "the client has written more"
HANDED_OVER = "a person handles the conversation"
OPTED_OUT = "the client has opted out"
CLOSED_TO_US = "the chat is closed to us"
NEVER_WROTE = "the person has never written here"


class PurposeRule(Protocol[Unit_contra]):
    """The rule of one purpose; an area registers its own (`comment`, `group`) with delivery."""

    has_rows: bool
    """Whether it reads or writes rows of its own, in one transaction with the intent or outcome."""

    async def decide(self, unit: Unit_contra, due: Due, *, now: datetime) -> Verdict:
        """Whether it may go out now; read in the unit that stores the intent."""
        ...

    async def settled(self, unit: Unit_contra, due: Due, outcome: Outcome) -> None:
        """The outcome is stored in this unit; the area writes its own rows along with it."""
        ...


class ConversationRule:
    """Answers in a dialogue: still the AI's, still wanted, and still the newest word."""

    has_rows = False

    async def decide(self, unit: MessagingUnit, due: Due, *, now: datetime) -> Verdict:
        return conversation_verdict(due)

    async def settled(self, unit: MessagingUnit, due: Due, outcome: Outcome) -> None:
        return None


class NoticeRule:
    """Answers to commands go out in every state: they are what the client has just asked for."""

    has_rows = False

    async def decide(self, unit: MessagingUnit, due: Due, *, now: datetime) -> Verdict:
        return Send()

    async def settled(self, unit: MessagingUnit, due: Due, outcome: Outcome) -> None:
        return None


def conversation_verdict(due: Due) -> Verdict:
    """Pure. `closed` lets a farewell pass; a client who said /stop hears a person only if they
    asked for one since (then the handling is `human`), and never the AI.
    """
    if due.handling == "opted_out":
        return Cancel(OPTED_OUT)
    if due.item.author == "human":
        return Send()
    if due.is_opted_out:
        return Cancel(OPTED_OUT)
    if due.handling not in ("ai", "closed"):
        return Cancel(HANDED_OVER)
    answers = due.item.answers_up_to
    if answers is not None and due.newest_in is not None and due.newest_in > answers:
        return Cancel(NEWER_MESSAGE)
    return Send()
