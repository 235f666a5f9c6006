"""Catching up by a user session: posts, edits and deletions that no bot has told us of.

Only channels that may be read now are looked at (their owner's permission, or the business's own), and
only as far back as a comment would still make sense.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from candor.commenting.channel import Channel
from candor.commenting.gate import MAX_AGE
from candor.commenting.monitor import ChannelMonitorService
from candor.commenting.ports import Units
from candor.commenting.post import AlbumId, ArrivedPost
from candor.common.clock import Clock
from candor.common.errors import TemporaryError
from candor.common.ids import ChannelId, TelegramChatId, TelegramMessageId
from candor.common.lanes import Lane

CATCH_UP_EVERY: Final = timedelta(minutes=10)
AWAY_PAUSE: Final = timedelta(minutes=2)
LOOKED_AT: Final = 100
"""The newest posts of a channel that are compared at a look: edits and deletions show there."""


class HistorySource(Protocol):
    """A user session of the business that may read the channel; it marks nothing as read."""

    async def read(
        self, channel_id: TelegramChatId, *, after: TelegramMessageId | None
    ) -> Sequence[ArrivedPost] | None:
        """Posts after that number, oldest first, with the place of their thread; None: no session
        may read there. Raises TemporaryError while Telegram can't be reached."""
        ...


class ChannelCatchUp:
    """The handler of the lane `commenting.catch_up`, key: channel."""

    def __init__(
        self,
        units: Units,
        clock: Clock,
        monitor: ChannelMonitorService,
        source: HistorySource | None,
    ) -> None:
        """`source` None: no user session is configured; bots alone see the posts."""
        self._units = units
        self._clock = clock
        self._monitor = monitor
        self._source = source

    async def catch_up(self, lane: Lane) -> datetime | None:
        """Read what is new and what has changed; answers when to look again."""
        channel_id, now = ChannelId(int(lane.key)), self._clock.now()
        if self._source is None:
            return None
        channel, after = await self._place(channel_id, now)
        if channel is None or channel.chat_id is None:
            return None
        try:
            found = await self._source.read(channel.chat_id, after=after)
        except TemporaryError as error:
            return now + (error.retry_after or AWAY_PAUSE)
        if found is not None:
            await self._take(channel, channel.chat_id, after, found, now)
        return self._clock.now() + CATCH_UP_EVERY

    async def _place(
        self, channel_id: ChannelId, now: datetime
    ) -> tuple[Channel | None, TelegramMessageId | None]:
        """The channel, if it may be read, and the number from which posts are compared."""
        async with self._units() as unit:
            channel = await unit.channels.get(channel_id)
            if channel is None or not channel.may_be_read(now):
                return None, None
            known = await unit.posts.numbers_since(channel_id, now - MAX_AGE, limit=LOOKED_AT)
        after = TelegramMessageId(min(known) - 1) if known else channel.history_read_to
        return channel, after

    async def _take(
        self,
        channel: Channel,
        chat_id: TelegramChatId,
        after: TelegramMessageId | None,
        found: Sequence[ArrivedPost],
        now: datetime,
    ) -> None:
        # H7 once more: the permission may have ended while Telegram answered; `record_…` look again.
        since = _readable_since(channel, now)
        async with self._units() as unit:
            known = await unit.posts.numbers_since(channel.id, since, limit=LOOKED_AT)
        fresh = [post for post in whole_albums(found, known) if post.posted_at >= since]
        await self._monitor.record_history(fresh)
        for post in fresh:
            if post.edited_at is not None:
                await self._monitor.record_edit(post)
        await self._note_deleted(chat_id, after, found, known)
        if found:
            async with self._units() as unit:
                await unit.channels.read_to(channel.id, max(post.message_id for post in found))

    async def _note_deleted(
        self,
        chat_id: TelegramChatId,
        after: TelegramMessageId | None,
        found: Sequence[ArrivedPost],
        known: Sequence[TelegramMessageId],
    ) -> None:
        """What is stored between the first and the last number that was read, and is not there."""
        if not found or after is None:
            return
        seen, last = {post.message_id for post in found}, max(post.message_id for post in found)
        gone = [number for number in known if after < number <= last and number not in seen]
        if gone:
            await self._monitor.record_deletion(chat_id, gone)


def whole_albums(
    posts: Sequence[ArrivedPost], known: Sequence[TelegramMessageId]
) -> tuple[ArrivedPost, ...]:
    """An album's parts as one post, under the number by which it is stored."""
    albums: dict[AlbumId, list[ArrivedPost]] = {}
    single: list[ArrivedPost] = []
    for post in posts:
        if post.album_id is None:
            single.append(post)
        else:
            albums.setdefault(post.album_id, []).append(post)
    return (*single, *(_whole(parts, frozenset(known)) for parts in albums.values()))


def _whole(parts: Sequence[ArrivedPost], known: frozenset[TelegramMessageId]) -> ArrivedPost:
    first = next((part for part in parts if part.message_id in known), parts[0])
    edits = [part.edited_at for part in parts if part.edited_at is not None]
    return replace(
        first,
        text=next((part.text for part in parts if part.text), ""),
        media=tuple(kind for part in parts for kind in part.media),
        links=tuple(link for part in parts for link in part.links),
        discussion_message_id=next(
            (part.discussion_message_id for part in parts if part.discussion_message_id), None
        ),
        edited_at=max(edits, default=None),
    )


def _readable_since(channel: Channel, now: datetime) -> datetime:
    """Posts are read from the permission on, never before; those of our own channel while fresh."""
    permission = channel.permission_at(now)
    oldest = now - MAX_AGE
    return oldest if channel.is_own or permission is None else max(oldest, permission.granted_at)
