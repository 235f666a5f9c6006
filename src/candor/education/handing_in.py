"""Which of a client's messages hands the open task in, and what waits beside it."""

from collections.abc import Sequence

from candor.common.llm import Language
from candor.disclosure.identity import asks_identity
from candor.education.experience import asks_experience
from candor.education.lesson import LessonStep, is_only_question, is_submission
from candor.education.noticing import by_person, cue_in
from candor.education.ports import Group, GroupMessage


def handed_in(
    group: Group, step: LessonStep | None, waiting: Sequence[GroupMessage]
) -> GroupMessage | None:
    """The client's message that hands the open task in; a question to us does not, nor a cue that
    somebody is in danger, bereaved, under age, ill or in debt."""
    if step is None or group.task_done_at is not None or group.task_sent_at is None:
        return None
    for message in waiting:
        if message.sender_type != "client" or _asks_us(message, step, group.language):
            continue
        if cue_in((message,)) is not None:
            continue
        if is_submission(step, kind=message.kind, text=message.text):
            return message
    return None


def taken_together(
    group: Group, step: LessonStep | None, waiting: tuple[GroupMessage, ...]
) -> tuple[GroupMessage, ...]:
    """What is answered at once: all that one person wrote, or a task handed in before a question.

    The words of two people are never put together: one would be read and quoted for the other (H7).
    """
    said = by_person(waiting)[0]
    task = handed_in(group, step, said)
    if task is None or step is None:
        return said
    return tuple(m for m in said if m is task or not _asks_us(m, step, group.language))


def _asks_us(message: GroupMessage, step: LessonStep, language: Language) -> bool:
    if message.kind != "text":
        return False
    if asks_identity(message.text) is not None or asks_experience(message.text):
        return message.text.strip().endswith("?")
    return is_only_question(step, message.text, language=language)
