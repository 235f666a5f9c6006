"""`ChannelMonitorService`: each post of a followed channel is stored once; edits are followed."""

from collections.abc import Sequence
from dataclasses import replace

from candor.commenting.cancelling import cancel_all
from candor.commenting.lanes import CONSIDER_POSTS, GATHERING_PAUSE
from candor.commenting.ports import Unit, Units
from candor.commenting.post import MAX_POST_CHARACTERS, ArrivedPost
from candor.commenting.recheck import POST_DELETED, POST_EDITED
from candor.common.clock import Clock
from candor.common.ids import PostId, TelegramChatId, TelegramMessageId
from candor.messaging.incoming import harmless

BATCH = 100
"""Posts of read history per unit of work: a long history never makes a long transaction."""


class ChannelMonitorService:
    """Takes what the edges saw. When a method returns, the update may be acknowledged."""

    def __init__(self, units: Units, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    async def record_post(self, arrived: ArrivedPost) -> PostId | None:
        """Store a post and wake its lane; None when it was known, or is none of ours to read.

        Posts of channels without permission are not stored at all (H7).
        """
        async with self._units() as unit:
            return await self._store(unit, _clean(arrived))

    async def record_history(self, posts: Sequence[ArrivedPost]) -> int:
        """Store what a user session has read to catch up; answers how many were new."""
        stored = 0
        for start in range(0, len(posts), BATCH):
            async with self._units() as unit:
                for arrived in posts[start : start + BATCH]:
                    stored += await self._store(unit, _clean(arrived)) is not None
        return stored

    async def record_edit(self, arrived: ArrivedPost) -> None:
        """Follow an edit. A changed text voids what was written about the old one."""
        now, arrived = self._clock.now(), _clean(arrived)
        async with self._units() as unit:
            channel = await unit.channels.of_chat(arrived.channel_chat_id)
            if channel is None or not channel.may_be_read(now):
                return
            post = await unit.posts.of_message(channel.id, arrived.message_id)
            if post is None:
                await self._store(unit, arrived)
            elif post.text != arrived.text:
                edited = arrived.edited_at or now
                await unit.posts.rewrite(
                    post.id,
                    text=arrived.text,
                    links=arrived.links,
                    edited_at=edited,
                    ready_at=now + GATHERING_PAUSE,
                )
                open_ones = await unit.comments.open_of_post(post.id)
                await cancel_all(unit, open_ones, reason=POST_EDITED, now=now)
                await unit.lanes.wake(CONSIDER_POSTS, channel.id, at=now + GATHERING_PAUSE)

    async def record_deletion(
        self, channel_chat_id: TelegramChatId, message_ids: Sequence[TelegramMessageId]
    ) -> None:
        """Posts that are gone: nothing is sent under them any more."""
        now = self._clock.now()
        async with self._units() as unit:
            channel = await unit.channels.of_chat(channel_chat_id)
            if channel is None:
                return
            for message_id in message_ids:
                post = await unit.posts.of_message(channel.id, message_id)
                if post is None or post.deleted_at is not None:
                    continue
                await unit.posts.mark_deleted(post.id, now=now)
                open_ones = await unit.comments.open_of_post(post.id)
                await cancel_all(unit, open_ones, reason=POST_DELETED, now=now)

    async def _store(self, unit: Unit, arrived: ArrivedPost) -> PostId | None:
        now = self._clock.now()
        channel = await unit.channels.of_chat(arrived.channel_chat_id)
        if channel is None or not channel.may_be_read(now):
            return None
        is_whole = arrived.album_id is None and arrived.discussion_message_id is not None
        due = now if is_whole else now + GATHERING_PAUSE
        post_id = await unit.posts.add(channel.id, arrived, ready_at=due, now=now)
        if post_id is not None:
            await unit.lanes.wake(CONSIDER_POSTS, channel.id, at=due)
        return post_id


def _clean(arrived: ArrivedPost) -> ArrivedPost:
    return replace(
        arrived,
        text=harmless(arrived.text)[:MAX_POST_CHARACTERS].strip(),
        links=tuple(harmless(link)[:500] for link in arrived.links[:20]),
    )
