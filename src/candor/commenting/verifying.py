"""Looks with Telegram whether a channel, its comments and our rights are still there."""

from datetime import datetime

from candor.commenting.administration import ChatAdministration, ChatFacts
from candor.commenting.cancelling import cancel_all
from candor.commenting.channel import Channel
from candor.commenting.lanes import CATCH_UP, VERIFY_EVERY
from candor.commenting.permission import ChannelPermissionService
from candor.commenting.ports import Unit, Units
from candor.common.clock import Clock
from candor.common.ids import AccountId, ChannelId, TelegramChatId
from candor.common.lanes import Lane
from candor.messaging.gateway import ChatClosedError, RejectedError

CLOSED = "the channel's comments are closed: its discussion group is not linked any more"


class ChannelVerification:
    """A renamed channel is known by its new name; closed comments stop the queue within a day."""

    def __init__(
        self,
        units: Units,
        clock: Clock,
        administration: ChatAdministration,
        permissions: ChannelPermissionService,
    ) -> None:
        self._units = units
        self._clock = clock
        self._administration = administration
        self._permissions = permissions

    async def verify_due(self, lane: Lane) -> datetime | None:
        """The lane `commenting.verify_channel`; rights lost without a word are found here too."""
        channel_id = ChannelId(int(lane.key))
        async with self._units() as unit:
            channel = await unit.channels.get(channel_id)
            standings = await unit.channels.standings_of(channel_id)
        if channel is None or channel.discussion_chat_id is None:
            return None
        present = [one.account_id for one in standings if one.left_at is None]
        for account_id in present:
            await self._permissions.rights_changed(
                account_id, channel.discussion_chat_id, can_write=True
            )
        if present:
            await self._look(present[0], channel, channel.discussion_chat_id)
        return self._clock.now() + VERIFY_EVERY

    async def recognise(self, account_id: AccountId, chat_id: TelegramChatId) -> None:
        """Our bot became an administrator of a channel: proof that a channel of ours is ours.

        Only a channel that the business has put on its list as its own is followed from then on.
        """
        facts = await self._facts(account_id, chat_id)
        if facts is None or facts.kind != "channel":
            return
        async with self._units() as unit:
            found = await unit.channels.of_chat(chat_id)
            if found is None and facts.username:
                found = await unit.channels.of_username(facts.username)
            if found is None or not found.is_own or found.chat_id not in (None, chat_id):
                return
            await self._identify(unit, found, facts, facts.linked_chat_id)
            await unit.lanes.wake(CATCH_UP, found.id, at=self._clock.now())

    async def _look(
        self, account_id: AccountId, channel: Channel, group_id: TelegramChatId
    ) -> None:
        group = await self._facts(account_id, group_id)
        if group is None:
            return
        if group.linked_chat_id != channel.chat_id:
            await self._close(channel.id)
            return
        # A private channel that the bot is not in can't be seen; its group says enough.
        facts = await self._facts(account_id, channel.chat_id) if channel.chat_id else None
        async with self._units() as unit:
            current = await unit.channels.get(channel.id, for_update=True)
            if current is not None and facts is not None:
                await self._identify(
                    unit, current, facts, group_id, slow_mode_seconds=group.slow_mode_seconds
                )

    async def _close(self, channel_id: ChannelId) -> None:
        now = self._clock.now()
        async with self._units() as unit:
            channel = await unit.channels.get(channel_id, for_update=True)
            if channel is None:
                return
            await unit.channels.note_problem(channel_id, CLOSED, now=now)
            open_ones = await unit.comments.open_of_channel(channel_id)
            await cancel_all(unit, open_ones, reason=CLOSED, now=now)

    async def _identify(
        self,
        unit: Unit,
        channel: Channel,
        facts: ChatFacts,
        group_id: TelegramChatId | None,
        *,
        slow_mode_seconds: int = 0,
    ) -> None:
        """The name as Telegram has it now; a channel that has become private has none."""
        taken = await unit.channels.of_username(facts.username) if facts.username else None
        is_free = taken is None or taken.id == channel.id
        await unit.channels.identify(
            channel.id,
            username=facts.username if is_free else channel.username,
            title=facts.title or channel.title,
            chat_id=facts.chat_id,
            discussion_chat_id=group_id,
            slow_mode_seconds=slow_mode_seconds,
            problem=channel.problem,
            now=self._clock.now(),
        )

    async def _facts(self, account_id: AccountId, chat_id: TelegramChatId) -> ChatFacts | None:
        try:
            return await self._administration.describe(account_id, chat_id)
        except (ChatClosedError, RejectedError):
            return None
