"""`GroupDoor`: who comes into a study group and who leaves it, and what becomes of our own place there."""

from dataclasses import replace

from candor.common.clock import Clock
from candor.common.ids import AccountId, ConversationId, TelegramChatId, TelegramUserId
from candor.education import welcome
from candor.education.group import (
    LEAD_LANE,
    EducationGroupService,
    client_of,
    close_group,
    stage_entry,
)
from candor.education.ports import EducationUnits, GroupChats, OwnerNotices
from candor.education.speaking import GroupVoice


class GroupDoor:
    """Lets in the one person a group was made for, welcomes, and notes who is gone."""

    def __init__(
        self,
        *,
        units: EducationUnits,
        groups: EducationGroupService,
        chats: GroupChats,
        voice: GroupVoice,
        notices: OwnerNotices,
        clock: Clock,
    ) -> None:
        self._units = units
        self._groups = groups
        self._chats = chats
        self._voice = voice
        self._notices = notices
        self._clock = clock

    async def admit(
        self, account_id: AccountId, chat_id: TelegramChatId, user_id: TelegramUserId
    ) -> bool:
        """A person asks to join: only the one the group was opened for is let in.

        Asking to join after the invitation is the consent; its version and time are stored first.
        """
        async with self._units() as unit:
            group = await unit.groups.of_chat(chat_id, for_update=True)
            client = await client_of(unit, group)
            is_theirs = client is not None and client.telegram_user_id == user_id
            if group and is_theirs and group.status in {"awaiting_client", "active"}:
                await unit.groups.save(
                    replace(
                        group,
                        consent_at=group.consent_at or self._clock.now(),
                        consent_version=group.consent_version or welcome.CONSENT_VERSION,
                    )
                )
            else:
                is_theirs = False
        if is_theirs:
            await self._chats.approve_join(account_id, chat_id, user_id)
        elif group is not None:
            await self._chats.decline_join(account_id, chat_id, user_id)
        return is_theirs

    async def joined(
        self,
        chat_id: TelegramChatId,
        user_id: TelegramUserId,
        name: str,
        *,
        account_id: AccountId,
    ) -> None:
        """Somebody is in the group now: the client starts the lessons, others are welcomed.

        All our bots in the group see it; the teacher's account acts, the others' reports are dropped.
        """
        now = self._clock.now()
        async with self._units() as unit:
            group = await unit.groups.of_chat(chat_id, for_update=True)
            if group is None or group.account_id != account_id:
                return
            client = await client_of(unit, group)
            if client is None or group.status in {"completed", "closed"}:
                return
            is_client = client.telegram_user_id == user_id
            if is_client and group.status == "awaiting_client" and group.consent_at is not None:
                group = replace(group, status="active", joined_at=now)
                await unit.groups.save(group)
                await unit.journey.enter(stage_entry(group, "group", "joined", now))
                await unit.lanes.wake(LEAD_LANE, group.id, at=now)
            await self._voice.welcome(unit, group, name=name or client.name)

    async def left(self, chat_id: TelegramChatId, user_id: TelegramUserId) -> None:
        """The client left: the lessons end, nothing is written after them."""
        async with self._units() as unit:
            group = await unit.groups.of_chat(chat_id, for_update=True)
            client = await client_of(unit, group)
            if group and client and client.telegram_user_id == user_id:
                await close_group(unit, group, now=self._clock.now(), why="the client left")

    async def offered(self, account_id: AccountId, chat_id: TelegramChatId) -> None:
        """Our bot was made an administrator: an unknown group joins the pool, trouble ends."""
        async with self._units() as unit:
            if any(p.account_id == account_id for p in await unit.student_bots.all_active()):
                return
            known = await unit.groups.of_chat(chat_id, for_update=True)
            if known is not None and known.trouble and known.account_id == account_id:
                await unit.groups.save(replace(known, trouble=""))
        if known is None:
            await self._groups.register_prepared(account_id=account_id, chat_id=chat_id)

    async def lost(self, chat_id: TelegramChatId, why: str, *, account_id: AccountId) -> None:
        """The teacher's bot was removed, lost its rights, or the group was deleted."""
        async with self._units() as unit:
            group = await unit.groups.of_chat(chat_id, for_update=True)
            if group is None or group.account_id != account_id:
                return
            if group.status in {"completed", "closed"}:
                return
            await unit.groups.save(replace(group, trouble=why))
        await self._notices.tell("group_trouble", f"{group.title}: {why}")

    async def declined(self, conversation_id: ConversationId) -> None:
        """The client said no to the invitation: the prepared group goes back to the pool."""
        async with self._units() as unit:
            group = await unit.groups.of_conversation(conversation_id)
            if group is None or group.status not in {"preparing", "awaiting_client"}:
                return
            await close_group(unit, group, now=self._clock.now(), why="the client declined")
