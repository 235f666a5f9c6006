"""How a group ends, in the caller's unit: for a client who leaves or declines, for a person, for `/stop`.

A chat that nobody entered goes back to the pool with its old link to be revoked. A chat that a client
has been in holds that client's history and is never handed to anybody else.
"""

from dataclasses import replace
from datetime import datetime

from candor.clients.journey import StageEntry
from candor.clients.profile import ClientProfile
from candor.common.ids import GroupId, TelegramUserId
from candor.education import troubles
from candor.education.ports import EducationUnit, Group
from candor.messaging.lanes import DELIVER

OPEN_LANE = "education.open_group"
LEAD_LANE = "education.lead_group"
ANSWER_LANE = "education.answer_group"
FRESHEN_LANE = "education.freshen_group"
DECLINE_LANE = "education.decline_group"
OPENED_AT_ONCE = 20
"""So many waiting agreements look for a chat when one comes into the pool."""


async def close_group(unit: EducationUnit, group: Group, *, now: datetime, why: str) -> Group:
    """End a group: nothing more is led, said or answered in it."""
    returns = await _is_untouched(unit, group)
    closed = replace(group, status="closed", closed_at=now, trouble="")
    if returns:
        closed = replace(closed, chat_id=None, invite_link=None)
    await unit.groups.save(closed)
    if returns:
        await return_to_pool(unit, group, now=now)
    await unit.lanes.drop(LEAD_LANE, group.id)
    await withdraw_words(unit, group, reason="the group is closed", now=now)
    if group.client_id is not None:
        await unit.consents.withdraw(group.client_id, now=now, purpose="study_group")
        await unit.journey.enter(stage_entry(group, "group_closed", why, now))
    return closed


async def return_to_pool(
    unit: EducationUnit, group: Group, *, now: datetime, trouble: str = ""
) -> None:
    """The chat of `group`, which must have let go of it, waits for another client."""
    if group.chat_id is None:
        return
    prepared = await unit.groups.add(
        Group(
            id=GroupId(0),
            account_id=group.account_id,
            status="preparing",
            source=group.source,
            title=group.title,
            language=group.language,
            created_at=now,
            chat_id=group.chat_id,
            invite_link=group.invite_link,
            trouble=trouble or (group.trouble if group.trouble in troubles.LOST else ""),
        )
    )
    if prepared.invite_link is not None:
        await unit.lanes.wake(FRESHEN_LANE, prepared.id, at=now)
    elif not prepared.trouble:
        await wake_waiting(unit, now=now)


async def wake_waiting(unit: EducationUnit, *, now: datetime) -> None:
    """A chat is there: who agreed while the pool was empty is looked at again."""
    for conversation_id in await unit.groups.waiting_for_chat(limit=OPENED_AT_ONCE):
        await unit.lanes.wake(OPEN_LANE, conversation_id, at=now)


async def wake_deliveries(unit: EducationUnit, group: Group, *, now: datetime) -> None:
    """What was held back in the group goes out now."""
    if group.chat_id is None:
        return
    partners = await unit.student_bots.of_group(group.id)
    for account_id in (group.account_id, *(partner.account_id for partner in partners)):
        chat = await unit.chats.find(account_id, group.chat_id)
        if chat is not None:
            await unit.lanes.wake(DELIVER, chat.id, at=now)


async def withdraw_words(unit: EducationUnit, group: Group, *, reason: str, now: datetime) -> None:
    """What we were about to say in the group is not said."""
    rows = await unit.group_messages.withdraw(group.id)
    if rows:
        await unit.outbox.cancel_for_subjects("group", rows, reason=reason, now=now)


async def client_of(unit: EducationUnit, group: Group | None) -> ClientProfile | None:
    """The person the group was opened for."""
    if group is None or group.client_id is None:
        return None
    return await unit.users.get(group.client_id)


async def is_person(
    unit: EducationUnit, client: ClientProfile | None, user_id: TelegramUserId
) -> bool:
    """Whether this Telegram account is the client's, be it the one merged into their record."""
    return client is not None and user_id in await unit.users.telegram_ids_of(client.id)


def stage_entry(group: Group, stage: str, cause: str, now: datetime) -> StageEntry:
    """A step of the client's journey; raises ValueError for a group of the pool."""
    if group.client_id is None:
        raise ValueError("A group without a client has no journey.")
    return StageEntry(
        client_id=group.client_id,
        journey="education",
        stage=stage,
        cause=cause,
        entered_at=now,
        conversation_id=group.conversation_id,
        group_id=group.id,
    )


async def _is_untouched(unit: EducationUnit, group: Group) -> bool:
    """Made for a client who neither asked to join nor was ever in it."""
    if group.client_id is None or group.chat_id is None:
        return False
    if group.consent_at is not None or group.joined_at is not None:
        return False
    return not await unit.groups.is_used(group.chat_id)
