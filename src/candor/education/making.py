"""Making a group's chat by the owner's user session: at most one chat, whatever crashes.

The intent is stored before Telegram is asked, and the description of the new chat holds the group's
marker: asked again, the session finds the chat that it has made already.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from candor.common.clock import Clock
from candor.common.ids import GroupId, TelegramChatId
from candor.education.ports import EducationUnits, Group, GroupMaker, OwnerNotices
from candor.messaging.gateway import ChatClosedError, NotReachedError, RejectedError

WAIT_FOR_SESSION = timedelta(minutes=10)
"""So long an interrupted making waits for its user session before the pool is used instead."""
TITLE_LENGTH = 100
"""So much of the title stands before the marker while a group is made."""


class SessionAwayError(NotReachedError):
    """The session that was asked is not here just now; what it has made can't be looked up."""

    code = "group_session_away"


class ChatMaking:
    """One chat per group, made by a user session."""

    def __init__(
        self,
        *,
        units: EducationUnits,
        maker: GroupMaker | None,
        notices: OwnerNotices,
        clock: Clock,
        business: str,
    ) -> None:
        self._units = units
        self._maker = maker
        self._notices = notices
        self._clock = clock
        self._business = business

    async def make(self, group: Group, *, title: str, bots: Sequence[str]) -> TelegramChatId | None:
        """The chat made for this group; None: take one of the pool.

        Raises SessionAwayError while an interrupted making can't be looked up, UnconfirmedError when
        Telegram's answer was lost; the next run goes on from the stored intent.
        """
        if self._maker is None or group.is_pool_only:
            return None
        if group.making_since is None and not await self._maker.is_at_work():
            return None
        await self._note(group.id, is_begun=True)
        about = f"{self._business} · {group.marker}"
        # The marker makes the name the only one of its kind until the bot gives the group its title.
        name = f"{title[:TITLE_LENGTH]} · {group.marker}"
        try:
            chat_id = await self._maker.make_group(title=name, about=about, bots=bots)
        except (RejectedError, ChatClosedError) as error:
            await self._note(group.id, is_begun=True, is_pool_only=True)
            await self._notices.tell("group_not_made", f"{title}: {error.message}")
            return None
        if chat_id is None:
            await self._no_session(group)
        return chat_id

    async def _no_session(self, group: Group) -> None:
        """None at work. If an earlier run asked one, it may have made a chat: wait for it a while."""
        if group.making_since is None:
            await self._note(group.id, is_begun=False)
            return
        if self._clock.now() - group.making_since < WAIT_FOR_SESSION:
            raise SessionAwayError("The user session that makes this group is away.")
        await self._note(group.id, is_begun=True, is_pool_only=True)
        await self._notices.tell(
            "group_maybe_made",
            f"A group with {group.marker} in its description may be left in Telegram. Delete it.",
        )

    async def _note(self, group_id: GroupId, *, is_begun: bool, is_pool_only: bool = False) -> None:
        async with self._units() as unit:
            current = await unit.groups.get(group_id, for_update=True)
            if current is None:
                return
            since = (current.making_since or self._clock.now()) if is_begun else None
            await unit.groups.save(replace(current, making_since=since, is_pool_only=is_pool_only))
