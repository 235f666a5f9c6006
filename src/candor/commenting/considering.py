"""The gate at work: a channel's new posts are sifted in batches, the worthy ones written about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from candor.commenting.checking import CommentChecks
from candor.commenting.gate import Decision, look_at, topics_of
from candor.commenting.generation import Batch, CommentGenerationService
from candor.commenting.ports import Units, Verdict
from candor.commenting.post import Post
from candor.commenting.relevance import Relevance
from candor.commenting.slots import local_day
from candor.common.clock import Clock
from candor.common.ids import ChannelId
from candor.common.lanes import Lane

BATCH = 50
ROUNDS = 5
"""Batches per turn of a lane; then other channels have theirs."""
GUIDANCE = 5
"""Latest reasons of rejections that are told to the model."""


class PostConsideration:
    """The handler of the lane `commenting.consider_posts`."""

    def __init__(
        self,
        units: Units,
        clock: Clock,
        relevance: Relevance,
        checks: CommentChecks,
        generation: CommentGenerationService,
    ) -> None:
        self._units = units
        self._clock = clock
        self._relevance = relevance
        self._checks = checks
        self._generation = generation

    async def consider(self, lane: Lane) -> datetime | None:
        """Decide about the channel's posts; running it again changes nothing."""
        channel_id = ChannelId(int(lane.key))
        for _ in range(ROUNDS):
            batch = await self._read(channel_id)
            if batch is None:
                return None
            if not batch.posts:
                break
            worthy = await self._sift(batch)
            if worthy is None:
                continue
            again_at = await self._generation.write(batch, worthy)
            if again_at is not None:
                return again_at
            if len(batch.posts) == 1:
                break
        async with self._units() as unit:
            return await unit.posts.next_ready_at(channel_id)

    async def _read(self, channel_id: ChannelId) -> Batch | None:
        now = self._clock.now()
        async with self._units() as unit:
            channel = await unit.channels.get(channel_id)
            if channel is None:
                return None
            posts = await unit.posts.ready(channel_id, now=now, limit=BATCH)
            if not posts:
                return Batch((), channel, (), frozenset(), 0, (), ())
            since, until = local_day(now, channel.hours)
            return Batch(
                posts=posts,
                channel=channel,
                candidates=await unit.commentators.candidates(channel.id, since=since, until=until),
                commented=await unit.comments.commented_among([post.id for post in posts]),
                in_channel_today=await unit.comments.load(channel.id, since=since, until=until),
                earlier=await self._checks.earlier(unit, now=now),
                guidance=await unit.comments.rejections(channel.id, limit=GUIDANCE),
            )

    async def _sift(self, batch: Batch) -> Post | None:
        """The first worthy post; those before it get their reasons."""
        refused: list[Verdict] = []
        worthy: Post | None = None
        for post in batch.posts:
            relevance, decision = await self._look(batch, post)
            if decision.is_worth:
                worthy = replace(post, relevance=relevance)
                break
            refused.append(
                Verdict(post.id, post.text_hash, decision.code, decision.reason, relevance)
            )
        await self._write_down(refused)
        return worthy

    async def _look(self, batch: Batch, post: Post) -> tuple[float | None, Decision]:
        """The encoder is asked last, and only when words have not settled it."""
        now = self._clock.now()
        by_words = look_at(post, batch.channel, batch.around(post, relevance=None, now=now))
        if by_words.code != "off_topic":
            return None, by_words
        relevance = await self._relevance.measure(post.text, topics_of(batch.channel))
        around = batch.around(post, relevance=relevance, now=now)
        return relevance, look_at(post, batch.channel, around)

    async def _write_down(self, refused: Sequence[Verdict]) -> None:
        if refused:
            async with self._units() as unit:
                await unit.posts.decide(refused, now=self._clock.now())
