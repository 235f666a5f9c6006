"""`EducationGroupService`: opens a study group once per agreement, lets the client in, ends it.

Opening is a lane (`education.open_group`, key: conversation id) that may stop anywhere and run again:
every outside effect is preceded by a stored intent and checked against what is stored, so one
agreement makes exactly one group.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from candor.clients.journey import StageEntry
from candor.clients.profile import ClientProfile
from candor.common.clock import Clock
from candor.common.errors import CandorError, ConflictError, InvalidInputError, NotFoundError
from candor.common.ids import AccountId, ConversationId, GroupId, TelegramChatId
from candor.common.lanes import Lane
from candor.education import welcome
from candor.education.partner import Partner
from candor.education.ports import (
    EducationUnit,
    EducationUnits,
    Group,
    GroupChats,
    GroupMaker,
    LessonScripts,
    OwnerNotices,
)
from candor.education.speaking import GroupVoice
from candor.messaging.conversation import Conversation
from candor.messaging.gateway import ChatClosedError, RejectedError

log = structlog.get_logger(__name__)

OPEN_LANE = "education.open_group"
LEAD_LANE = "education.lead_group"
ANSWER_LANE = "education.answer_group"
POOL_IS_EMPTY = timedelta(minutes=10)
"""How soon to look again when no prepared group is left."""
LOW_POOL = 2
"""At this many prepared groups the owner is told."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """What opening needs, read in one unit."""

    conversation: Conversation
    client: ClientProfile
    group: Group


class EducationGroupService:
    """Opens groups, admits the one person each was made for, pauses and closes them."""

    def __init__(
        self,
        *,
        units: EducationUnits,
        chats: GroupChats,
        maker: GroupMaker | None = None,
        scripts: LessonScripts,
        voice: GroupVoice,
        notices: OwnerNotices,
        clock: Clock,
        business: str,
    ) -> None:
        self._units = units
        self._chats = chats
        self._maker = maker
        self._scripts = scripts
        self._voice = voice
        self._notices = notices
        self._clock = clock
        self._business = business

    async def open(self, lane: Lane) -> datetime | None:
        """The lane `education.open_group`: from the agreement to the sent invitation."""
        opening = await self._claim(ConversationId(int(lane.key)))
        if opening is None:
            return None
        if opening.group.status != "preparing":
            return None
        if opening.group.chat_id is None and (opening := await self._with_chat(opening)) is None:
            return self._clock.now() + POOL_IS_EMPTY
        await self._invite(opening)
        await self._warn_when_low()
        return None

    async def register_prepared(self, *, account_id: AccountId, chat_id: TelegramChatId) -> Group:
        """Take a group that the owner made into the pool; the bot's rights are verified first.

        Raises InvalidInputError that says which right is missing, ConflictError when it is known.
        """
        rights = await self._chats.rights(account_id, chat_id)
        if not rights.is_group:
            raise InvalidInputError("This chat is not a group.")
        if not (rights.is_admin and rights.can_invite and rights.can_pin):
            raise InvalidInputError(
                "The bot must be an administrator of the group with the rights to invite people and "
                "to pin messages."
            )
        async with self._units() as unit:
            if await unit.groups.of_chat(chat_id):
                raise ConflictError("This group is registered already.")
            return await unit.groups.add(
                Group(
                    id=GroupId(0),
                    account_id=account_id,
                    status="preparing",
                    source="pool",
                    title=rights.title,
                    language="ru",
                    chat_id=chat_id,
                    created_at=self._clock.now(),
                )
            )

    async def pause(self, group_id: GroupId, *, is_paused: bool) -> Group:
        async with self._units() as unit:
            group = await self._existing(unit, group_id)
            group = replace(
                group,
                is_paused=is_paused,
                handed_off_at=group.handed_off_at if is_paused else None,
            )
            await unit.groups.save(group)
            if not is_paused:
                await unit.lanes.wake(LEAD_LANE, group.id, at=self._clock.now())
            return group

    async def jump(self, group_id: GroupId, step: str) -> Group:
        """Lead this step next, whatever is open; raises InvalidInputError for an unknown step."""
        async with self._units() as unit:
            group = await self._existing(unit, group_id)
        script = await self._scripts.load(
            group.script_key or "", version=group.script_version, values={}
        )
        keys = [item.key for item in script.steps] if script else []
        if step not in keys:
            raise InvalidInputError(f"The script has no step {step!r}. It has: {', '.join(keys)}.")
        before = keys[keys.index(step) - 1] if keys.index(step) else None
        async with self._units() as unit:
            group = replace(
                await self._existing(unit, group_id),
                step=before,
                task_done_at=self._clock.now(),
                task_sent_at=None,
            )
            await unit.groups.save(group)
            await unit.lanes.wake(LEAD_LANE, group.id, at=self._clock.now())
            return group

    async def close(self, group_id: GroupId) -> Group:
        async with self._units() as unit:
            group = await self._existing(unit, group_id)
            return await close_group(unit, group, now=self._clock.now(), why="closed by a person")

    async def _claim(self, conversation_id: ConversationId) -> _Opening | None:
        """The group of this agreement, made if there is none yet: the stored intent."""
        now = self._clock.now()
        async with self._units() as unit:
            conversation = await unit.conversations.get(conversation_id)
            if conversation is None or conversation.handling in {"opted_out", "closed"}:
                return None
            client = await unit.users.get(conversation.client_id)
            if client is None:
                return None
            group = await unit.groups.of_conversation(conversation_id)
            if group is not None and group.status != "closed":
                return _Opening(conversation, client, group)
            if group is not None:  # a new yes after the first group ended
                await unit.groups.save(replace(group, conversation_id=None))
        key = await self._scripts.chosen_for(conversation, client.language)
        async with self._units() as unit:
            group = await unit.groups.add(self._new_group(conversation, client, key, now))
        return _Opening(conversation, client, group)

    def _new_group(
        self, conversation: Conversation, client: ClientProfile, key: str | None, now: datetime
    ) -> Group:
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

    async def _with_chat(self, opening: _Opening) -> _Opening | None:
        """Give the group a chat: one made by the user session, else one of the pool."""
        title = await self._title(opening.group)
        async with self._units() as unit:
            partners = await unit.student_bots.all_active()
        made = await self._make_chat(title, partners)
        async with self._units() as unit:
            group = await unit.groups.get(opening.group.id, for_update=True)
            if group is None or group.chat_id is not None:
                return replace(opening, group=group) if group else None
            chat_id = made
            if chat_id is None:
                prepared = await unit.groups.take_prepared(group.account_id)
                if prepared is not None:
                    chat_id = prepared.chat_id
                    await unit.groups.remove(prepared.id)
            if chat_id is not None:
                group = replace(
                    group,
                    chat_id=chat_id,
                    title=title,
                    source="user_session" if made else "pool",
                    trouble="",
                )
                await unit.groups.save(group)
                await unit.student_bots.put_in_group(group.id, partners)
                return replace(opening, group=group)
            await self._wait_for_pool(unit, opening, group)
            return None

    async def _make_chat(self, title: str, partners: Sequence[Partner]) -> TelegramChatId | None:
        if self._maker is None:
            return None
        bots = [partner.username for partner in partners]
        return await self._maker.make_group(title=title, about=self._business, bots=bots)

    async def _wait_for_pool(self, unit: EducationUnit, opening: _Opening, group: Group) -> None:
        """No group is left: the client is told once, the operator sees what to do."""
        if group.trouble:
            return
        await unit.groups.save(
            replace(
                group, trouble="No prepared group is left. Prepare one, or send a link by hand."
            )
        )
        await self._voice.tell_in_dialogue(
            unit, opening.conversation, welcome.plain("preparing", language=group.language)
        )

    async def _invite(self, opening: _Opening) -> None:
        group = opening.group
        chat_id = group.chat_id
        if chat_id is None:
            return
        try:
            link = group.invite_link or await self._chats.create_join_link(
                group.account_id, chat_id, name=opening.client.name[:32]
            )
            await self._chats.set_title(group.account_id, chat_id, group.title, self._business)
        except (RejectedError, ChatClosedError) as error:
            await self._give_up_chat(group, error)
            return
        async with self._units() as unit:
            current = await unit.groups.get(group.id, for_update=True)
            if current is None or current.status != "preparing":
                return
            now = self._clock.now()
            current = replace(
                current, status="awaiting_client", invite_link=link, invited_at=now, trouble=""
            )
            await unit.groups.save(current)
            partners = await unit.student_bots.of_group(group.id)
            await unit.journey.enter(stage_entry(current, "invited", "agreement", now))
            await self._voice.tell_in_dialogue(
                unit,
                opening.conversation,
                welcome.invitation(
                    language=current.language,
                    title=current.title,
                    business=self._business,
                    partners=[partner.name for partner in partners],
                    link=link,
                ),
            )

    async def _give_up_chat(self, group: Group, error: CandorError) -> None:
        """Telegram refuses this chat: note the trouble and take another one next time."""
        async with self._units() as unit:
            current = await unit.groups.get(group.id, for_update=True)
            if current is not None:
                await unit.groups.save(replace(current, chat_id=None, trouble=error.message))
                await unit.lanes.wake(
                    OPEN_LANE, current.conversation_id, at=self._clock.now() + POOL_IS_EMPTY
                )
        await self._notices.tell("group_trouble", f"{group.title}: {error.message}")

    async def _title(self, group: Group) -> str:
        script = await self._scripts.load(
            group.script_key or "", version=group.script_version, values={}
        )
        return (script.title if script else self._business)[:128]

    async def _warn_when_low(self) -> None:
        async with self._units() as unit:
            left = await unit.groups.count_prepared()
        if left <= LOW_POOL:
            await self._notices.tell("group_pool_low", f"Prepared study groups left: {left}.")

    async def _existing(self, unit: EducationUnit, group_id: GroupId) -> Group:
        group = await unit.groups.get(group_id, for_update=True)
        if group is None:
            raise NotFoundError("There is no such group.")
        return group


async def close_group(unit: EducationUnit, group: Group, *, now: datetime, why: str) -> Group:
    """End a group in the caller's unit: nothing more is led or answered in it."""
    closed = replace(group, status="closed", closed_at=now, trouble="")
    await unit.groups.save(closed)
    await unit.lanes.drop(LEAD_LANE, group.id)
    if group.client_id is not None:
        await unit.journey.enter(stage_entry(group, "group_closed", why, now))
    return closed


async def client_of(unit: EducationUnit, group: Group | None) -> ClientProfile | None:
    """The person the group was opened for."""
    if group is None or group.client_id is None:
        return None
    return await unit.users.get(group.client_id)


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
