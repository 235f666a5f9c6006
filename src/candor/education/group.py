"""`EducationGroupService`: opens a study group once per agreement, from the yes to the invitation.

Opening is a lane (`education.open_group`, key: conversation id) that may stop anywhere and run again:
every outside effect is preceded by a stored intent and looked for before it is repeated, so one
agreement makes exactly one group.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from candor.clients.profile import ClientProfile
from candor.common.clock import Clock
from candor.common.errors import CandorError
from candor.common.ids import ConversationId, GroupId, TelegramChatId
from candor.common.lanes import Lane
from candor.education import troubles, welcome
from candor.education.closing import LEAD_LANE, OPEN_LANE, return_to_pool, stage_entry
from candor.education.inviting import AWAIT_FIRST, invite_again
from candor.education.making import ChatMaking, SessionAwayError
from candor.education.pool import GroupPool
from candor.education.ports import (
    EducationUnit,
    EducationUnits,
    Group,
    GroupChats,
    GroupMaker,
    LessonScripts,
    OwnerNotices,
    Teacher,
)
from candor.education.speaking import GroupVoice
from candor.messaging.conversation import Conversation
from candor.messaging.gateway import ChatClosedError, RejectedError

POOL_IS_EMPTY = timedelta(minutes=10)
"""How soon to look again when no prepared group is left; a new one in the pool wakes it earlier."""
LOOK_FOR_SESSION = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Opening:
    """What opening needs, read in one unit."""

    conversation: Conversation
    client: ClientProfile
    group: Group


class EducationGroupService:
    """Opens groups: one per agreement, whatever crashes."""

    def __init__(
        self,
        *,
        units: EducationUnits,
        chats: GroupChats,
        maker: GroupMaker | None = None,
        scripts: LessonScripts,
        voice: GroupVoice,
        pool: GroupPool,
        notices: OwnerNotices,
        clock: Clock,
        business: str,
    ) -> None:
        self._units = units
        self._chats = chats
        self._making = ChatMaking(
            units=units, maker=maker, notices=notices, clock=clock, business=business
        )
        self._scripts = scripts
        self._voice = voice
        self._pool = pool
        self._notices = notices
        self._clock = clock
        self._business = business

    async def open(self, lane: Lane) -> datetime | None:
        """The lane `education.open_group`: from the agreement to the sent invitation."""
        opening = await self._claim(ConversationId(int(lane.key)))
        if opening is None:
            return None
        if opening.group.status != "preparing":
            await self._agreed_again(opening)
            return None
        if opening.group.chat_id is None:
            try:
                with_chat = await self._with_chat(opening)
            except SessionAwayError:
                return self._clock.now() + LOOK_FOR_SESSION
            if with_chat is None:
                return self._clock.now() + POOL_IS_EMPTY
            opening = with_chat
        await self._invite(opening)
        await self._pool.warn_when_low()
        return None

    async def _claim(self, conversation_id: ConversationId) -> _Opening | None:
        """The group of this agreement, made if there is none yet: the stored intent."""
        async with self._units() as unit:
            conversation = await unit.conversations.get(conversation_id)
            if conversation is None or conversation.handling in {"opted_out", "closed"}:
                return None
            client = await unit.users.get(conversation.client_id)
            if client is None:
                return None
            group = await unit.groups.of_conversation(conversation_id)
            if group is not None and group.status not in {"closed", "completed"}:
                return _Opening(conversation, client, group)
            if group is not None:  # a new yes after the first group ended
                await unit.groups.save(replace(group, conversation_id=None))
        key = await self._scripts.chosen_for(conversation, client.language)
        async with self._units() as unit:
            group = await unit.groups.add(new_group(conversation, client, key, self._clock.now()))
        return _Opening(conversation, client, group)

    async def _agreed_again(self, opening: _Opening) -> None:
        """A yes with a group at hand: the link once more, or the end of a pause by `/stop`."""
        now = self._clock.now()
        async with self._units() as unit:
            group = await unit.groups.get(opening.group.id, for_update=True)
            if group is None:
                return
            if group.status == "awaiting_client":
                await invite_again(unit, self._voice, group, opening.conversation, now=now)
            elif group.status == "active" and group.stopped_at is not None:
                await unit.groups.save(replace(group, is_paused=False, stopped_at=None))
                await unit.lanes.wake(LEAD_LANE, group.id, at=now)
                words = welcome.plain("resumed", language=group.language, title=group.title)
                await self._voice.tell_in_dialogue(unit, opening.conversation, words)

    async def _with_chat(self, opening: _Opening) -> _Opening | None:
        """Give the group a chat: one made by the user session, else one of the pool."""
        title = await self._title(opening.group)
        async with self._units() as unit:
            partners = await unit.student_bots.all_active()
            teacher = await unit.student_bots.teacher(opening.group.account_id)
        made = None
        if teacher is not None:
            bots = [teacher.username, *(partner.username for partner in partners)]
            made = await self._making.make(opening.group, title=title, bots=bots)
        async with self._units() as unit:
            group = await unit.groups.get(opening.group.id, for_update=True)
            if group is None:
                return None
            if group.chat_id is None and made is not None and teacher is not None:
                group = await self._use_made(unit, group, made, teacher)
            elif group.chat_id is None:
                group = await self._use_prepared(unit, group)
            if group.chat_id is not None:
                group = replace(group, title=title, trouble="")
                await unit.groups.save(group)
                await unit.student_bots.put_in_group(group.id, partners)
                return replace(opening, group=group)
            is_first = await self._wait_for_pool(unit, opening, group, has_teacher=bool(teacher))
        if is_first:
            await self._notices.tell(
                "group_pool_empty", f"{opening.client.name} waits for a group."
            )
        return None

    async def _use_made(
        self, unit: EducationUnit, group: Group, chat_id: TelegramChatId, teacher: Teacher
    ) -> Group:
        """A pool row of the same chat gives way: the bot may have heard of it before we did."""
        known = await unit.groups.of_chat(chat_id, for_update=True)
        if known is not None and known.is_prepared:
            await unit.groups.remove(known.id)
        return replace(group, chat_id=chat_id, account_id=teacher.account_id, source="user_session")

    async def _use_prepared(self, unit: EducationUnit, group: Group) -> Group:
        prepared = await unit.groups.take_prepared(group.account_id)
        if prepared is None:
            return group
        await unit.groups.remove(prepared.id)
        return replace(
            group, chat_id=prepared.chat_id, account_id=prepared.account_id, source=prepared.source
        )

    async def _wait_for_pool(
        self, unit: EducationUnit, opening: _Opening, group: Group, *, has_teacher: bool
    ) -> bool:
        """No group is left: the client is told once, the operator sees what to do. True: just now."""
        if group.trouble:
            return False
        trouble = troubles.POOL_EMPTY if has_teacher else troubles.NO_TEACHER
        await unit.groups.save(replace(group, trouble=trouble))
        await self._voice.tell_in_dialogue(
            unit, opening.conversation, welcome.plain("preparing", language=group.language)
        )
        return True

    async def _invite(self, opening: _Opening) -> None:
        """Title, description and permissions first, then the personal link, then the invitation."""
        group = opening.group
        chat_id, account = group.chat_id, group.account_id
        if chat_id is None:
            return
        try:
            await self._chats.set_title(account, chat_id, group.title, self._business)
            await self._chats.set_permissions(account, chat_id)
            link = group.invite_link or await self._chats.create_join_link(
                account, chat_id, name=opening.client.name[:32]
            )
        except (RejectedError, ChatClosedError) as error:
            await self._give_up_chat(group, error)
            return
        now = self._clock.now()
        async with self._units() as unit:
            current = await unit.groups.get(group.id, for_update=True)
            if current is None or current.status != "preparing" or current.chat_id != chat_id:
                return
            current = replace(
                current, status="awaiting_client", invite_link=link, invited_at=now, trouble=""
            )
            await unit.groups.save(current)
            await unit.journey.enter(stage_entry(current, "invited", "agreement", now))
            await self._voice.invite(unit, current, opening.conversation)
            await unit.lanes.wake(LEAD_LANE, current.id, at=now + AWAIT_FIRST)

    async def _give_up_chat(self, group: Group, error: CandorError) -> None:
        """Telegram refuses this chat: back to the pool with its trouble; another one is taken."""
        now = self._clock.now()
        async with self._units() as unit:
            current = await unit.groups.get(group.id, for_update=True)
            if current is not None and current.chat_id == group.chat_id:
                await unit.groups.save(
                    replace(current, chat_id=None, invite_link=None, is_pool_only=True)
                )
                await return_to_pool(unit, current, now=now, trouble=error.message)
                await unit.lanes.wake(OPEN_LANE, current.conversation_id, at=now)
        await self._notices.tell("group_trouble", f"{group.title}: {error.message}")

    async def _title(self, group: Group) -> str:
        script = await self._scripts.load(
            group.script_key or "", version=group.script_version, values={}
        )
        return (script.title if script else self._business)[:128]


def new_group(
    conversation: Conversation, client: ClientProfile, key: str | None, now: datetime
) -> Group:
    """A group for this agreement, without a chat yet."""
    return Group(
        id=GroupId(0),
        account_id=conversation.account_id,
        status="preparing",
        source="pool",
        title="",
        language=client.language,
        created_at=now,
        client_id=client.id,
        conversation_id=conversation.id,
        script_key=key,
    )
