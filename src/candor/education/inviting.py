"""Between the invitation and the joining: the link once more, one reminder, and a polite end."""

from dataclasses import replace
from datetime import datetime, timedelta

from candor.education.closing import close_group
from candor.education.lesson import after_quiet_hours
from candor.education.ports import EducationUnit, Group
from candor.education.speaking import GroupVoice
from candor.messaging.conversation import Conversation

AWAIT_FIRST = timedelta(days=2)
"""Then the client is reminded of the invitation, once."""
AWAIT_LAST = timedelta(days=7)
"""Then the invitation ends and the chat goes to somebody else."""
SAME_AGREEMENT = timedelta(minutes=5)
"""A yes so soon after the invitation is the same one (a lane that ran again)."""


async def invite_again(
    unit: EducationUnit,
    voice: GroupVoice,
    group: Group,
    conversation: Conversation,
    *,
    now: datetime,
) -> None:
    """The client says yes once more while the invitation stands: the same link is sent again."""
    if group.invited_at is not None and now - group.invited_at < SAME_AGREEMENT:
        return
    group = replace(group, invited_at=now, reminders_sent=0)
    await unit.groups.save(group)
    await voice.invite(unit, group, conversation)


async def await_client(
    unit: EducationUnit, voice: GroupVoice, group: Group, *, zone: str, now: datetime
) -> datetime | None:
    """What is due for an invitation that is not answered; returns when to look again.

    `zone` is the client's. Nothing is said while a person leads the dialogue.
    """
    if group.invited_at is None:
        return None
    ends = after_quiet_hours(group.invited_at + AWAIT_LAST, zone=zone)
    remind = after_quiet_hours(group.invited_at + AWAIT_FIRST, zone=zone)
    if now >= ends:
        await _tell(unit, voice, group, "invitation_over")
        await close_group(unit, group, now=now, why="the invitation was not answered")
        return None
    if group.reminders_sent or group.consent_at is not None:
        return ends
    if now < remind:
        return remind
    await unit.groups.save(replace(group, reminders_sent=1))
    await _tell(unit, voice, group, "invitation_reminder", link=group.invite_link or "")
    return ends


async def _tell(
    unit: EducationUnit, voice: GroupVoice, group: Group, name: str, **values: str
) -> None:
    """In the private dialogue, while the AI leads it."""
    if group.conversation_id is None:
        return
    conversation = await unit.conversations.get(group.conversation_id)
    if conversation is not None and conversation.handling == "ai":
        await voice.tell_client(unit, group, name, **values)
