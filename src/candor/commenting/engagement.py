"""How a published comment does: looked at on a schedule that grows sparse, and then let be."""

from datetime import datetime, timedelta
from typing import Final

from candor.commenting.administration import EngagementSource
from candor.commenting.comment import Comment, Engagement
from candor.commenting.ports import Unit, Units
from candor.common.clock import Clock
from candor.common.errors import TemporaryError
from candor.common.ids import AccountId, CommentId, TelegramChatId, TelegramMessageId
from candor.common.lanes import Lane

FIRST_LOOK: Final = timedelta(minutes=10)
AGES: Final = (
    FIRST_LOOK,
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(days=1),
    timedelta(days=2),
    timedelta(days=4),
    timedelta(days=8),
    timedelta(days=16),
    timedelta(days=30),
)
"""Ages of a comment at which its counters are read; after the last nobody looks any more."""


def next_look(*, sent_at: datetime, now: datetime) -> datetime | None:
    """When to look again; None when the comment is too old to change much."""
    return next((sent_at + age for age in AGES if sent_at + age > now), None)


class EngagementService:
    """Reads counters where they can be seen; replies are counted from what was addressed to us."""

    def __init__(self, units: Units, clock: Clock, source: EngagementSource | None = None) -> None:
        """`source`: a user session that may look into the discussion; None: bots see no counters."""
        self._units = units
        self._clock = clock
        self._source = source

    async def refresh(self, lane: Lane) -> datetime | None:
        """The lane `commenting.refresh_engagement`."""
        comment_id, now = CommentId(int(lane.key)), self._clock.now()
        async with self._units() as unit:
            comment = await unit.comments.get(comment_id)
            post = await unit.posts.get(comment.post_id) if comment else None
        if comment is None or post is None or comment.sent_at is None:
            return None
        seen = await self._seen(comment, post.discussion_chat_id)
        async with self._units() as unit:
            await self._note(unit, comment_id, seen, now)
        return next_look(sent_at=comment.sent_at, now=now)

    async def count_reactions(
        self, chat_id: TelegramChatId, message_id: TelegramMessageId, total: int
    ) -> None:
        """Telegram told how many reactions a message has; ignored unless it is a comment of ours."""
        now = self._clock.now()
        async with self._units() as unit:
            found = await unit.comments.of_message(chat_id, message_id)
            comment = await unit.comments.get(found.id, for_update=True) if found else None
            if comment is None:
                return
            known = comment.engagement
            await unit.comments.note_engagement(
                comment.id, Engagement(known.views, known.replies, max(0, total)), now=now
            )

    async def change_reactions(
        self,
        chat_id: TelegramChatId,
        message_id: TelegramMessageId,
        difference: int,
        *,
        account_id: AccountId,
        update_id: int,
    ) -> None:
        """A reader gave or took back reactions; who it was is not kept.

        Counted once: not again when a crash has the update told once more, and only as the account
        that wrote the comment hears it, since every bot in the group hears the same.
        """
        now = self._clock.now()
        async with self._units() as unit:
            comment = await unit.comments.of_message(chat_id, message_id)
            if comment is None or difference == 0 or comment.account_id != account_id:
                return
            locked = await unit.comments.get(comment.id, for_update=True)
            if locked is None or not await unit.comments.is_first_told(comment.id, update_id):
                return
            known = locked.engagement
            total = max(0, known.reactions + difference)
            await unit.comments.note_engagement(
                comment.id, Engagement(known.views, known.replies, total), now=now
            )

    async def _seen(self, comment: Comment, chat_id: TelegramChatId | None) -> Engagement | None:
        if self._source is None or chat_id is None or comment.message_id is None:
            return None
        try:
            return await self._source.look(chat_id, comment.message_id)
        except TemporaryError:
            return None

    async def _note(
        self, unit: Unit, comment_id: CommentId, seen: Engagement | None, now: datetime
    ) -> None:
        current = await unit.comments.get(comment_id, for_update=True)
        if current is None:
            return
        counted = await unit.direct_messages.count_replies(comment_id)
        known = current.engagement
        fresh = Engagement(
            views=seen.views if seen else known.views,
            replies=max(counted, seen.replies if seen else 0),
            reactions=seen.reactions if seen else known.reactions,
        )
        await unit.comments.note_engagement(comment_id, fresh, now=now)
