"""`GroupDoor`: who comes into a study group and who leaves it, and what becomes of our own place there."""

from dataclasses import replace

from candor.clients.consent import Consent
from candor.common.clock import Clock
from candor.common.ids import AccountId, ConversationId, TelegramChatId, TelegramUserId
from candor.common.lanes import Lane
from candor.common.llm import Language
from candor.education import troubles, welcome
from candor.education.closing import (
    LEAD_LANE,
    client_of,
    close_group,
    is_person,
    stage_entry,
    wake_deliveries,
)
from candor.education.pool import GroupPool
from candor.education.ports import EducationUnit, EducationUnits, Group, GroupChats, OwnerNotices
from candor.education.speaking import GroupVoice

_ENDED = frozenset({"completed", "closed"})
_BY_THE_CHAT = troubles.LOST | {troubles.PARTNER_SILENT}


class GroupDoor:
    """Lets in the one person a group was made for, welcomes, and notes who is gone."""

    def __init__(
        self,
        *,
        units: EducationUnits,
        pool: GroupPool,
        chats: GroupChats,
        voice: GroupVoice,
        notices: OwnerNotices,
        clock: Clock,
    ) -> None:
        self._units = units
        self._pool = pool
        self._chats = chats
        self._voice = voice
        self._notices = notices
        self._clock = clock

    async def admit(
        self, account_id: AccountId, chat_id: TelegramChatId, user_id: TelegramUserId
    ) -> bool:
        """A person asks to join: only the one the group was opened for is let in.

        Asking to join after the invitation is the consent; its text, version and time are stored first.
        """
        async with self._units() as unit:
            group = await unit.groups.of_chat(chat_id, for_update=True)
            client = await client_of(unit, group)
            is_theirs = await is_person(unit, client, user_id)
            if group is None:
                return False
            if is_theirs and group.status in {"awaiting_client", "active"}:
                await self._note_consent(unit, group)
            elif is_theirs and group.status in _ENDED:
                is_theirs = False
                await self._voice.tell_client(unit, group, "over_already")
            elif not is_theirs and group.status == "awaiting_client":
                await self._note_other_account(unit, group)
        if is_theirs:
            await self._chats.approve_join(account_id, chat_id, user_id)
        else:
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

        All our bots in the group see it; the teacher's account acts, the others' reports are dropped,
        and so is a report that comes twice.
        """
        now = self._clock.now()
        async with self._units() as unit:
            group = await unit.groups.of_chat(chat_id, for_update=True)
            if group is None or group.account_id != account_id:
                return
            client = await client_of(unit, group)
            if client is None or group.status in _ENDED:
                return
            if not await unit.group_members.joined(group.id, user_id, name=name, now=now):
                return
            await unit.groups.mark_used(chat_id, now=now)
            if await is_person(unit, client, user_id):
                group = await self._begin(unit, group)
            await self._voice.welcome(unit, group, name=name or client.name)

    async def left(self, chat_id: TelegramChatId, user_id: TelegramUserId) -> None:
        """The client left: the lessons end, nothing is written after them."""
        now = self._clock.now()
        async with self._units() as unit:
            group = await unit.groups.of_chat(chat_id, for_update=True)
            if group is None:
                return
            await unit.group_members.left(group.id, user_id, now=now)
            client = await client_of(unit, group)
            if not await is_person(unit, client, user_id):
                return
            if group.status not in _ENDED:
                await close_group(unit, group, now=now, why="the client left")

    async def decline(self, lane: Lane) -> None:
        """The lane `education.decline_group`: the client said no in the dialogue's own words."""
        async with self._units() as unit:
            group = await unit.groups.of_conversation(ConversationId(int(lane.key)))
            if group is not None and _is_open_invitation(group):
                await self._decline(unit, group)

    async def pressed_no(
        self, account_id: AccountId, chat_id: TelegramChatId, user_id: TelegramUserId
    ) -> str:
        """The invitation's button "not now"; returns what the person who tapped reads."""
        async with self._units() as unit:
            client = await unit.users.find(user_id)
            chat = await unit.chats.find(account_id, chat_id)
            conversation = await unit.conversations.of_chat(chat.id) if chat else None
            group = await unit.groups.of_conversation(conversation.id) if conversation else None
            is_theirs = client is not None and group is not None and group.client_id == client.id
            if group is None or not is_theirs or not _is_open_invitation(group):
                language: Language = client.language if client else "ru"
                return welcome.plain("button_is_old", language=language)
            await self._decline(unit, group)
            return ""

    async def _decline(self, unit: EducationUnit, group: Group) -> None:
        """A polite end; a chat that nobody entered goes back to the pool."""
        await self._voice.tell_client(unit, group, "declined")
        await close_group(unit, group, now=self._clock.now(), why="the client declined")

    async def regained(
        self, account_id: AccountId, chat_id: TelegramChatId, *, has_rights: bool
    ) -> None:
        """A bot of ours is in a group: trouble ends, an unknown group joins the pool."""
        now = self._clock.now()
        async with self._units() as unit:
            known = await unit.groups.of_chat(chat_id, for_update=True)
            if known is not None and known.trouble in _BY_THE_CHAT:
                is_teacher = known.account_id == account_id
                await unit.chats.set_blocked(account_id, chat_id, blocked_at=None)
                if has_rights if is_teacher else known.trouble == troubles.PARTNER_SILENT:
                    await unit.groups.save(replace(known, trouble=""))
                    await unit.lanes.wake(LEAD_LANE, known.id, at=now)
                    await wake_deliveries(unit, known, now=now)
        await self._pool.offered(account_id, chat_id)

    async def lost(self, chat_id: TelegramChatId, why: str, *, account_id: AccountId) -> None:
        """A bot of ours was removed or lost its rights; a deleted group removes it too."""
        async with self._units() as unit:
            group = await unit.groups.of_chat(chat_id, for_update=True)
            if group is None or group.status in _ENDED or group.trouble == why:
                return
            is_teacher = group.account_id == account_id
            if is_teacher:
                await unit.groups.save(replace(group, trouble=why))
                if group.status == "active" and group.trouble not in troubles.LOST:
                    await self._voice.tell_client(unit, group, "group_lost")
        if is_teacher:
            await self._notices.tell("group_trouble", f"{group.title}: {why}")
        elif group.is_prepared:
            await self._pool.check_again(group.id)

    async def _note_consent(self, unit: EducationUnit, group: Group) -> None:
        if group.consent_at is not None or group.client_id is None:
            return
        now = self._clock.now()
        version = welcome.CONSENT_VERSION
        await unit.groups.save(replace(group, consent_at=now, consent_version=version, trouble=""))
        await unit.consents.grant(
            Consent(
                client_id=group.client_id,
                purpose="study_group",
                text_version=version,
                text=await self._voice.invitation_text(unit, group),
                source=f"request to join group {group.id}",
                granted_at=now,
            )
        )

    async def _note_other_account(self, unit: EducationUnit, group: Group) -> None:
        """Perhaps the client's own second account: the client is told once which one is let in."""
        if group.trouble == troubles.OTHER_ACCOUNT:
            return
        await unit.groups.save(replace(group, trouble=troubles.OTHER_ACCOUNT))
        await self._voice.tell_client(unit, group, "other_account")

    async def _begin(self, unit: EducationUnit, group: Group) -> Group:
        """The client is in. Without a request to join there is no consent, so no lesson either."""
        now = self._clock.now()
        if group.status != "awaiting_client":
            return group
        if group.consent_at is None:
            group = replace(group, trouble=troubles.NO_CONSENT)
            await unit.groups.save(group)
            return group
        trouble = "" if group.trouble == troubles.OTHER_ACCOUNT else group.trouble
        group = replace(group, status="active", joined_at=now, trouble=trouble, reminders_sent=0)
        await unit.groups.save(group)
        await unit.journey.enter(stage_entry(group, "group", "joined", now))
        await unit.lanes.wake(LEAD_LANE, group.id, at=now)
        return group


def _is_open_invitation(group: Group) -> bool:
    """Not accepted yet: who has asked to join may be in at any moment, and leaves to say no."""
    return group.status in {"preparing", "awaiting_client"} and group.consent_at is None
