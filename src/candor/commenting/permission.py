"""The permission register: granted in Telegram by the channel's administrator, verified, revocable.

A grant is `/allow CODE`, written by an administrator in the discussion group; the code ties it to
what the guided page has shown. `/revoke`, or removing the bot, ends it, and everything queued for the
channel is cancelled in the same unit (H4, T-11).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from candor.clients.activity import Activity
from candor.commenting.administration import (
    Administrator,
    ChatAdministration,
    ChatFacts,
    OwnRights,
)
from candor.commenting.cancelling import cancel_all
from candor.commenting.channel import (
    DEFAULT_PERMISSION,
    Channel,
    Permission,
    Proof,
    Standing,
)
from candor.commenting.errors import GrantRefusedError, NotAnAdministratorError
from candor.commenting.lanes import CATCH_UP, END_PERMISSION, VERIFY_CHANNEL, VERIFY_EVERY
from candor.commenting.ports import Unit, Units
from candor.commenting.recheck import NO_PERMISSION, NO_RIGHTS
from candor.common.clock import Clock
from candor.common.errors import NotFoundError, TemporaryError
from candor.common.ids import (
    AccountId,
    ChannelId,
    TelegramChatId,
    TelegramMessageId,
    TelegramUserId,
)
from candor.common.lanes import Lane
from candor.messaging.gateway import ChatClosedError, RejectedError


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRequest:
    """`/allow CODE` as it was written in a discussion group."""

    account_id: AccountId
    chat_id: TelegramChatId
    sender_id: TelegramUserId
    sender_name: str
    code: str
    text: str
    message_id: TelegramMessageId | None = None


@dataclass(frozen=True, slots=True)
class _Verified:
    group: ChatFacts
    channel: ChatFacts
    administrator: Administrator
    rights: OwnRights


class ChannelPermissionService:
    """Grants, withdrawals, expiry, and what removing or restricting the bot means."""

    def __init__(self, units: Units, clock: Clock, administration: ChatAdministration) -> None:
        self._units = units
        self._clock = clock
        self._administration = administration

    async def grant(self, request: GrantRequest) -> Channel:
        """Verify with Telegram and record; raises GrantRefusedError or NotAnAdministratorError."""
        async with self._units() as unit:
            wanted = await unit.channels.of_code(request.code.strip())
        if wanted is None:
            raise GrantRefusedError(
                "This code is not known. Copy the whole line from the page that you were sent."
            )
        verified = await self._verify(request, wanted)
        now = self._clock.now()
        async with self._units() as unit:
            channel = await unit.channels.of_code(request.code.strip(), for_update=True)
            if channel is None:
                raise GrantRefusedError("The channel was taken out of the list meanwhile.")
            return await _record(unit, channel, request, verified, now)

    async def revoke_in_group(
        self,
        account_id: AccountId,
        chat_id: TelegramChatId,
        sender_id: TelegramUserId,
        sender_name: str,
    ) -> tuple[Channel, ...]:
        """`/revoke` by an administrator: ends the permission of the group's channel.

        When Telegram can't confirm the administrator now, the channel is paused at once instead.
        Raises NotAnAdministratorError.
        """
        try:
            administrators = await self._administration.administrators(account_id, chat_id)
        except TemporaryError:
            return await self._pause_group(chat_id, "A withdrawal is being verified")
        if not any(one.user_id == sender_id and not one.is_bot for one in administrators):
            raise NotAnAdministratorError(
                "Only an administrator of the channel can withdraw the permission."
            )
        return await self._end_in_group(
            chat_id, by=f"{sender_name} ({sender_id})", reason="withdrawn with /revoke"
        )

    async def revoke(self, channel_id: ChannelId, *, by: str, reason: str) -> Channel:
        """From the panel: the channel's owner asked for it some other way."""
        now = self._clock.now()
        async with self._units() as unit:
            channel = await unit.channels.get(channel_id, for_update=True)
            if channel is None:
                raise NotFoundError("There is no such channel.")
            await _end(unit, channel, by=by, reason=reason, now=now)
            return await _reread(unit, channel_id)

    async def account_removed(
        self, account_id: AccountId, chat_id: TelegramChatId, *, by: str
    ) -> None:
        """Our account was removed or left: whoever removes it withdraws the permission."""
        now = self._clock.now()
        async with self._units() as unit:
            for seen in await _channels_around(unit, chat_id):
                channel = await unit.channels.get(seen.id, for_update=True)
                if channel is None:
                    continue
                standings = await unit.channels.standings_of(channel.id)
                if not any(one.account_id == account_id for one in standings):
                    continue
                await unit.channels.put_standing(
                    Standing(channel.id, account_id, False, False, now, left_at=now)
                )
                await _end(unit, channel, by=by, reason="our account was removed", now=now)

    async def rights_changed(
        self, account_id: AccountId, chat_id: TelegramChatId, *, can_write: bool
    ) -> None:
        """Our account was added, promoted, demoted or muted in a discussion group."""
        now = self._clock.now()
        rights = await self._rights(account_id, chat_id) if can_write else None
        async with self._units() as unit:
            for seen in await unit.channels.of_discussion(chat_id):
                channel = await unit.channels.get(seen.id, for_update=True)
                if channel is not None:
                    await _note_rights(unit, channel, account_id, rights, now)

    async def end_due(self, lane: Lane) -> datetime | None:
        """The lane `commenting.end_permission`: a permission that ran out cancels its queue."""
        now, channel_id = self._clock.now(), ChannelId(int(lane.key))
        async with self._units() as unit:
            channel = await unit.channels.get(channel_id, for_update=True)
            if channel is None or channel.permission is None:
                return None
            if channel.permission.covers(now):
                return channel.permission.expires_at
            open_ones = await unit.comments.open_of_channel(channel.id)
            await cancel_all(unit, open_ones, reason="the permission has run out", now=now)
            await _tell(unit, channel, "commenting.permission_expired", "", now)
            return None

    async def _verify(self, request: GrantRequest, wanted: Channel) -> _Verified:
        try:
            group = await self._administration.describe(request.account_id, request.chat_id)
            if group.linked_chat_id is None:
                raise GrantRefusedError(
                    "This group is not linked to a channel. Write the line in the discussion group "
                    "of your channel."
                )
            channel = await self._channel_facts(request, group.linked_chat_id, wanted)
            administrators = await self._administrators(request, channel)
            rights = await self._administration.own_rights(request.account_id, request.chat_id)
        except (ChatClosedError, RejectedError) as error:
            raise GrantRefusedError(
                "Telegram does not let me see this group. Add me to it and try again."
            ) from error
        found = next((one for one in administrators if one.user_id == request.sender_id), None)
        if found is None or found.is_bot or not found.can_manage:
            raise NotAnAdministratorError
        if not rights.can_see_posts or not rights.can_write:
            raise GrantRefusedError(
                "I can't see or answer posts here. Make me an administrator of this group (no "
                "special rights are needed), then send the line again."
            )
        return _Verified(group, channel, found, rights)

    async def _channel_facts(
        self, request: GrantRequest, channel_id: TelegramChatId, wanted: Channel
    ) -> ChatFacts:
        """The linked channel; a private one that the bot can't see is known by its number only."""
        try:
            facts = await self._administration.describe(request.account_id, channel_id)
        except (ChatClosedError, RejectedError):
            facts = ChatFacts(channel_id, "channel", wanted.title, None, request.chat_id)
        if wanted.chat_id is not None and wanted.chat_id != channel_id:
            raise GrantRefusedError("The code belongs to another channel.")
        if wanted.username and (facts.username or "").lower() != wanted.username.lower():
            raise GrantRefusedError(
                f"The code belongs to @{wanted.username}, but this group is linked to another channel."
            )
        return facts

    async def _administrators(
        self, request: GrantRequest, channel: ChatFacts
    ) -> tuple[Administrator, ...]:
        """Of the channel where the bot may see them, else of its discussion group."""
        try:
            return await self._administration.administrators(request.account_id, channel.chat_id)
        except (ChatClosedError, RejectedError):
            return await self._administration.administrators(request.account_id, request.chat_id)

    async def _rights(self, account_id: AccountId, chat_id: TelegramChatId) -> OwnRights | None:
        try:
            return await self._administration.own_rights(account_id, chat_id)
        except (ChatClosedError, RejectedError):
            return None

    async def _end_in_group(
        self, chat_id: TelegramChatId, *, by: str, reason: str
    ) -> tuple[Channel, ...]:
        now = self._clock.now()
        ended = []
        async with self._units() as unit:
            for seen in await _channels_around(unit, chat_id):
                channel = await unit.channels.get(seen.id, for_update=True)
                if channel is not None:
                    await _end(unit, channel, by=by, reason=reason, now=now)
                    ended.append(channel)
        return tuple(ended)

    async def _pause_group(self, chat_id: TelegramChatId, reason: str) -> tuple[Channel, ...]:
        now = self._clock.now()
        async with self._units() as unit:
            channels = await _channels_around(unit, chat_id)
            for channel in channels:
                await unit.channels.get(channel.id, for_update=True)
                await unit.channels.pause(channel.id, reason, now=now)
                open_ones = await unit.comments.open_of_channel(channel.id)
                await cancel_all(unit, open_ones, reason=reason, now=now)
            return channels


async def _record(
    unit: Unit, channel: Channel, request: GrantRequest, verified: _Verified, now: datetime
) -> Channel:
    expires_at = now + DEFAULT_PERMISSION
    proof = Proof(
        chat_id=request.chat_id,
        message_id=request.message_id,
        text=request.text[:500],
        administrator_status="owner" if verified.administrator.is_owner else "administrator",
        verified_at=now,
    )
    await unit.channels.identify(
        channel.id,
        username=verified.channel.username or channel.username,
        title=verified.channel.title or channel.title,
        chat_id=verified.channel.chat_id,
        discussion_chat_id=request.chat_id,
        slow_mode_seconds=verified.group.slow_mode_seconds,
        problem="",
        now=now,
    )
    await unit.channels.grant(
        channel.id,
        granted_by=verified.administrator.name or request.sender_name,
        granted_by_id=request.sender_id,
        scope=channel.offered,
        proof=proof,
        expires_at=expires_at,
        now=now,
    )
    await unit.channels.put_standing(Standing(channel.id, request.account_id, True, True, now))
    await unit.channels.resume(channel.id, now=now)
    await unit.lanes.postpone(END_PERMISSION, channel.id, at=expires_at)
    await unit.lanes.postpone(VERIFY_CHANNEL, channel.id, at=now + VERIFY_EVERY)
    await unit.lanes.wake(CATCH_UP, channel.id, at=now)
    await _tell(unit, channel, "commenting.permission_granted", "", now, level="info")
    return await _reread(unit, channel.id)


async def _end(unit: Unit, channel: Channel, *, by: str, reason: str, now: datetime) -> None:
    """Permission and queue end together; the channel's row is locked."""
    ended: Permission | None = await unit.channels.revoke(channel.id, by=by, reason=reason, now=now)
    open_ones = await unit.comments.open_of_channel(channel.id)
    await cancel_all(unit, open_ones, reason=f"{NO_PERMISSION}: {reason}", now=now)
    await unit.lanes.drop(END_PERMISSION, channel.id)
    if ended is not None:
        await _tell(unit, channel, "commenting.permission_revoked", reason, now)


async def _note_rights(
    unit: Unit, channel: Channel, account_id: AccountId, rights: OwnRights | None, now: datetime
) -> None:
    can_see = rights is not None and rights.can_see_posts
    can_write = rights is not None and rights.can_write
    is_gone = rights is not None and not rights.is_member
    await unit.channels.put_standing(
        Standing(channel.id, account_id, can_see, can_write, now, left_at=now if is_gone else None)
    )
    if can_see and can_write:
        await unit.channels.note_problem(channel.id, "", now=now)
        return
    await unit.channels.note_problem(channel.id, NO_RIGHTS, now=now)
    open_ones = await unit.comments.open_of_channel(channel.id)
    ours = [comment for comment in open_ones if comment.account_id == account_id]
    await cancel_all(unit, ours, reason=NO_RIGHTS, now=now)


async def _channels_around(unit: Unit, chat_id: TelegramChatId) -> tuple[Channel, ...]:
    """The channels whose discussion group this is, or the channel itself."""
    itself = await unit.channels.of_chat(chat_id)
    around = await unit.channels.of_discussion(chat_id)
    return (*around, itself) if itself and itself not in around else around


async def _reread(unit: Unit, channel_id: ChannelId) -> Channel:
    channel = await unit.channels.get(channel_id)
    if channel is None:
        raise NotFoundError("There is no such channel.")
    return channel


async def _tell(
    unit: Unit,
    channel: Channel,
    kind: str,
    reason: str,
    now: datetime,
    *,
    level: Literal["info", "warning"] = "warning",
) -> None:
    await unit.activity.record(
        Activity(
            kind=kind,
            at=now,
            level=level,
            details={"channel": channel.title or channel.username or "", "reason": reason},
        )
    )
