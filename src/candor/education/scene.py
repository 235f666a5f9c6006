"""A study group at one moment: whose words are answered, to whom they turn, what a model may read.

The words of two people never stand in one scene: what another member wrote is neither read nor
quoted for the person who is answered (H7).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from candor.common.llm import Line
from candor.disclosure.vulnerable import Cue
from candor.education.handing_in import taken_together
from candor.education.lesson import LessonStep
from candor.education.noticing import noticed
from candor.education.partner import Partner
from candor.education.ports import Group, GroupMessage
from candor.education.responder import FEEDBACK

RECENT_TURNS = 6


@dataclass(frozen=True, slots=True)
class GroupScene:
    """A group with what one person wrote and waits for an answer to, read in one unit."""

    group: Group
    waiting: tuple[GroupMessage, ...]
    recent: tuple[GroupMessage, ...]
    partners: tuple[Partner, ...]
    first_name: str
    ours_last_hour: int
    cue: Cue | None = None


def turn_in(scene: GroupScene, step: LessonStep | None) -> GroupScene:
    """Whose words are answered now: of those in need first, else of who wrote first."""
    if (found := noticed(scene.waiting)) is not None:
        return replace(scene, waiting=found.said, cue=found.cue)
    return replace(scene, waiting=taken_together(scene.group, step, scene.waiting))


def turns_to_us(scene: GroupScene) -> bool:
    """What the client writes does; another member's words do when they ask or name one of us."""
    last = scene.waiting[-1]
    whom = addressee(scene, last)[0]
    if last.sender_type == "client" or whom in {"teacher", "partner"}:
        return True
    return whom == "nobody" and "?" in text_of(scene.waiting)


def addressee(
    scene: GroupScene, message: GroupMessage
) -> tuple[Literal["teacher", "partner", "person", "nobody"], Partner | None]:
    """Whom a message answers: by reply, or by a partner's name or username in it."""
    text = message.text.lower()
    for partner in scene.partners:
        if f"@{partner.username}".lower() in text or partner.name.lower() in text:
            return "partner", partner
    replied = next(
        (m for m in scene.recent if message.reply_to and m.message_id == message.reply_to), None
    )
    if replied is None:
        return "nobody", None
    if replied.sender_type == "partner":
        speaker = next((p for p in scene.partners if p.name == replied.sender_name), None)
        return "partner", speaker
    return ("teacher", None) if replied.sender_type == "teacher" else ("person", None)


def is_feedback(scene: GroupScene) -> bool:
    """The first thing the client says after the note of completion, short sounds apart."""
    if scene.group.status != "completed" or scene.waiting[-1].sender_type != "client":
        return False
    return not any(message.reason == FEEDBACK for message in scene.recent)


def whose(scene: GroupScene) -> int | None:
    """The client whose words these are; nobody's consent covers those of other people."""
    is_theirs = all(message.sender_type == "client" for message in scene.waiting)
    return scene.group.client_id if is_theirs else None


def history(scene: GroupScene) -> tuple[Line, ...]:
    """Only what the client and we said: other people's words stay out of the prompt (H7)."""
    kept = [m for m in scene.recent if m.sender_type in {"client", "teacher", "partner"}]
    waiting = {message.id for message in scene.waiting}
    return tuple(
        Line("client" if m.sender_type == "client" else "ai", m.text, m.created_at)
        for m in kept[-RECENT_TURNS:]
        if m.id not in waiting
    )


def text_of(messages: Sequence[GroupMessage]) -> str:
    """The messages' words, one under the other."""
    return "\n".join(message.text for message in messages)
