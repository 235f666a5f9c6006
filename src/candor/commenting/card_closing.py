"""A decided comment's cards in Telegram say who decided what, and have no buttons any more.

Decisions are made in the panel, in another linked chat, by time, by an edit of the post or by a
withdrawn permission: whoever looks at the card later reads what became of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from candor.commenting.comment import Comment
from candor.commenting.decision_words import decision_words
from candor.commenting.owner_card import SentCard, decided_text
from candor.commenting.ports import Unit, Units
from candor.common.clock import Clock
from candor.common.errors import CandorError
from candor.common.ids import AccountId, CommentId, TelegramChatId, TelegramMessageId
from candor.common.lanes import Lane
from candor.messaging.gateway import DEFAULT_PAUSE, Gateways, NotReachedError, RateLimitedError
from candor.messaging.owner_chats import OwnerChat

log = structlog.get_logger(__name__)

ON_ITS_WAY: Final = timedelta(seconds=2)
GIVE_UP_AFTER: Final = timedelta(days=3)
"""Age of a card from which a bot that can't be reached is no longer waited for."""


@dataclass(frozen=True, slots=True)
class _Edit:
    card_id: int
    account_id: AccountId
    chat_id: TelegramChatId
    message_id: TelegramMessageId
    text: str
    decision: str
    created_at: datetime


class CardClosing:
    """The handler of the lane `commenting.close_cards`; running it again changes nothing."""

    def __init__(self, units: Units, clock: Clock, gateways: Gateways, *, timezone: str) -> None:
        self._units = units
        self._clock = clock
        self._gateways = gateways
        self._zone = ZoneInfo(timezone)

    async def close_due(self, lane: Lane) -> datetime | None:
        """Change every card that doesn't say yet what was decided."""
        async with self._units() as unit:
            edits, again_at = await self._plan(unit, CommentId(int(lane.key)))
        for edit in edits:
            later = await self._carry_out(edit)
            again_at = min(filter(None, (again_at, later)), default=None)
        return again_at

    async def _plan(self, unit: Unit, comment_id: CommentId) -> tuple[list[_Edit], datetime | None]:
        comment = await unit.comments.get(comment_id)
        if comment is None:
            return [], None
        chats = {chat.id: chat for chat in await unit.owner_chats.linked()}
        edits: list[_Edit] = []
        again_at: datetime | None = None
        for card in await unit.comment_cards.of_comment(comment_id):
            chat = chats.get(card.card.owner_chat_id)
            if chat is None:
                continue
            words = decision_words(card.card, comment, language=chat.language, zone=self._zone)
            if words is None or words == card.decision:
                continue
            if card.is_on_its_way:
                again_at = self._clock.now() + ON_ITS_WAY
            elif card.message_id is not None:
                edits.append(await self._edit(unit, comment, card, chat, words))
        return edits, again_at

    async def _edit(
        self, unit: Unit, comment: Comment, card: SentCard, chat: OwnerChat, words: str
    ) -> _Edit:
        text = words
        post = await unit.posts.get(comment.post_id)
        channel = await unit.channels.get(comment.channel_id)
        is_decided = card.card.kind == "card" and comment.status != "pending"
        if is_decided and post is not None and channel is not None:
            account = await unit.commentators.get(comment.account_id)
            name = f"{account.title} (@{account.username})" if account else ""
            text = decided_text(comment.text, words, post, channel, name, language=chat.language)
        return _Edit(
            card_id=card.id,
            account_id=chat.account_id,
            chat_id=chat.chat_id,
            message_id=card.message_id or TelegramMessageId(0),
            text=card.label + text,
            decision=words,
            created_at=card.created_at,
        )

    async def _carry_out(self, edit: _Edit) -> datetime | None:
        """When to try again; None: it is done, or can't be done."""
        now = self._clock.now()
        try:
            gateway = await self._gateways.of(edit.account_id)
            await gateway.edit_text(edit.chat_id, edit.message_id, edit.text)
        except (RateLimitedError, NotReachedError) as error:
            if now - edit.created_at < GIVE_UP_AFTER:
                return now + (error.retry_after or DEFAULT_PAUSE)
        except CandorError as error:
            # Deleted by its reader, the bot blocked, or it says so already: nothing to wait for.
            log.info("card_not_changed", card=edit.card_id, error=error.code)
        async with self._units() as unit:
            await unit.comment_cards.note_decision(edit.card_id, edit.decision)
        return None
