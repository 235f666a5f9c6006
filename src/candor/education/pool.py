"""`GroupPool`: groups that the owner prepared, each checked with Telegram before a client is led there."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from candor.common.clock import Clock
from candor.common.errors import CandorError, ConflictError, InvalidInputError, NotFoundError
from candor.common.ids import AccountId, GroupId, TelegramChatId
from candor.common.lanes import Lane
from candor.common.llm import Language
from candor.education.closing import wake_waiting
from candor.education.partner import Partner
from candor.education.ports import EducationUnits, Group, GroupChats, OwnerNotices
from candor.messaging.gateway import ChatClosedError, RejectedError

LOW_POOL = 2
"""At this many prepared groups the owner is told."""
_BEING_MADE: Final = re.compile(r"\bcandor-\d+-\d+\b")
"""A group that our own user session makes for one client; its opening takes it by itself."""


class GroupPool:
    """Takes groups in, checks them, keeps their links fresh, and tells when few are left."""

    def __init__(
        self,
        *,
        units: EducationUnits,
        chats: GroupChats,
        notices: OwnerNotices,
        clock: Clock,
        language: Language,
    ) -> None:
        self._units = units
        self._chats = chats
        self._notices = notices
        self._clock = clock
        self._language: Language = language

    async def register(self, *, account_id: AccountId, chat_id: TelegramChatId) -> Group:
        """Take a group that the owner made into the pool.

        Raises InvalidInputError that says what is missing, ConflictError when it is known or was used.
        """
        title, missing = await self._check(account_id, chat_id)
        if missing:
            raise InvalidInputError(missing)
        return await self._add(account_id, chat_id, title)

    async def check_again(self, group_id: GroupId) -> Group:
        """Ask Telegram once more about a prepared group; what is missing stays as its trouble."""
        async with self._units() as unit:
            group = await unit.groups.get(group_id)
        if group is None or group.chat_id is None:
            raise NotFoundError("There is no such group.")
        if not group.is_prepared:
            raise ConflictError("This group is a client's already.")
        _, missing = await self._check(group.account_id, group.chat_id)
        now = self._clock.now()
        async with self._units() as unit:
            current = await unit.groups.get(group_id, for_update=True)
            if current is None or not current.is_prepared:
                raise ConflictError("This group is a client's already.")
            current = replace(current, trouble=missing)
            await unit.groups.save(current)
            if not missing:
                await wake_waiting(unit, now=now)
        return current

    async def offered(self, account_id: AccountId, chat_id: TelegramChatId) -> None:
        """A bot of ours came into a group, or got rights there: it may be ready for the pool now.

        What is still missing is kept as the group's trouble, and asked again with the next change.
        """
        async with self._units() as unit:
            known = await unit.groups.of_chat(chat_id)
            is_partner = any(
                partner.account_id == account_id for partner in await unit.student_bots.all_active()
            )
            is_used = await unit.groups.is_used(chat_id)
        if known is not None and known.is_prepared:
            await self.check_again(known.id)
        if known is not None or is_partner or is_used:
            return
        try:
            rights = await self._chats.rights(account_id, chat_id)
            if not rights.is_group or not rights.is_admin or _BEING_MADE.search(rights.about):
                return
            title, missing = await self._check(account_id, chat_id)
            await self._add(account_id, chat_id, title, trouble=missing)
        except (ConflictError, ChatClosedError, RejectedError):
            return

    async def freshen(self, lane: Lane) -> None:
        """The lane `education.freshen_group`: the old personal link ends before a new client comes."""
        async with self._units() as unit:
            group = await unit.groups.get(GroupId(int(lane.key)))
        if group is None or not group.is_prepared:
            return
        if group.invite_link is not None and group.chat_id is not None:
            # Refused: the link is gone already, or the chat is, which the next check says.
            with suppress(RejectedError, ChatClosedError):
                await self._chats.revoke_link(group.account_id, group.chat_id, group.invite_link)
        async with self._units() as unit:
            current = await unit.groups.get(group.id, for_update=True)
            if current is not None and current.is_prepared:
                await unit.groups.save(replace(current, invite_link=None))
                await wake_waiting(unit, now=self._clock.now())

    async def warn_when_low(self) -> None:
        async with self._units() as unit:
            left = await unit.groups.count_prepared()
        if left <= LOW_POOL:
            await self._notices.tell("group_pool_low", f"Prepared study groups left: {left}.")

    async def _add(
        self, account_id: AccountId, chat_id: TelegramChatId, title: str, *, trouble: str = ""
    ) -> Group:
        now = self._clock.now()
        async with self._units() as unit:
            if await unit.groups.of_chat(chat_id):
                raise ConflictError("This group is registered already.")
            if await unit.groups.is_used(chat_id):
                raise ConflictError(
                    "A client has been in this group, so its messages are theirs. Make a new one."
                )
            group = await unit.groups.add(
                Group(
                    id=GroupId(0),
                    account_id=account_id,
                    status="preparing",
                    source="pool",
                    title=title,
                    language=self._language,
                    chat_id=chat_id,
                    created_at=now,
                    trouble=trouble,
                )
            )
            if not trouble:
                await wake_waiting(unit, now=now)
            return group

    async def _check(self, account_id: AccountId, chat_id: TelegramChatId) -> tuple[str, str]:
        """The chat's title, and what it still lacks as a sentence; empty when it is ready."""
        rights = await self._chats.rights(account_id, chat_id)
        if not rights.is_group:
            return rights.title, "This chat is not a group."
        if not rights.is_admin:
            return rights.title, "Make the bot an administrator of the group."
        if rights.missing:
            return rights.title, f"Give the bot these rights: {', '.join(rights.missing)}."
        async with self._units() as unit:
            partners = await unit.student_bots.all_active()
        absent = [p for p in partners if not await self._is_in(p, chat_id)]
        return rights.title, _absent(absent)

    async def _is_in(self, partner: Partner, chat_id: TelegramChatId) -> bool:
        try:
            await self._chats.rights(partner.account_id, chat_id)
        except (ChatClosedError, RejectedError):
            return False
        except CandorError:
            return True  # The bot itself is out of reach just now; that says nothing of the chat.
        return True


def _absent(partners: Sequence[Partner]) -> str:
    names = ", ".join(f"@{partner.username}" for partner in partners)
    return f"Add the partner bots to the group: {names}." if names else ""
