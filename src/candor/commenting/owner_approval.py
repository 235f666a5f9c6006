"""Approval in the owner's Telegram: cards go out, buttons and replies come back.

A button is bound to the exact text that stands in its card, counts only from the linked person in the
linked chat, and goes through the same `CommentApprovalService` as the panel: two clicks send once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from candor.commenting.approval import MAX_REASON, Approver, CommentApprovalService
from candor.commenting.comment import Comment
from candor.commenting.errors import (
    BlockedByPolicyError,
    CommentChangedError,
    PermissionMissingError,
    TextRefusedError,
)
from candor.commenting.lanes import OFFER_COMMENT
from candor.commenting.owner_card import (
    STANDS,
    WORDS,
    Press,
    ShownCard,
    card_keyboard,
    card_text,
    in_zone,
    mark_of,
    problem_words,
    read_press,
    reason_keyboard,
    reason_of,
)
from candor.commenting.ports import Unit, Units
from candor.common.clock import Clock
from candor.common.errors import CandorError
from candor.common.ids import CommentId
from candor.common.lanes import Lane
from candor.common.llm import Language
from candor.common.paging import Cut
from candor.messaging.incoming import IncomingMessage, IncomingPress, PressAnswer
from candor.messaging.owner_chats import OwnerChat, OwnerChats

SNOOZE: Final = timedelta(hours=2)
MAX_TOAST: Final = 200
"""Characters that Telegram shows at a button."""
WAITING: Final = Cut(limit=20)


@dataclass(frozen=True, slots=True)
class _Done:
    """What the person reads: at the button, and as a message when it should stay."""

    toast: str
    note: str = ""


class OwnerApproval:
    """Comments on cards in the linked chats."""

    def __init__(
        self,
        units: Units,
        clock: Clock,
        chats: OwnerChats[Unit],
        approval: CommentApprovalService,
        *,
        timezone: str,
    ) -> None:
        self._units = units
        self._clock = clock
        self._chats = chats
        self._approval = approval
        self._zone = ZoneInfo(timezone)

    # --- cards go out

    async def offer_due(self, lane: Lane) -> datetime | None:
        """The lane `commenting.offer_comment`: each linked chat sees each text once."""
        now, comment_id = self._clock.now(), CommentId(int(lane.key))
        async with self._units() as unit:
            comment = await unit.comments.get(comment_id, for_update=True)
            if comment is None or comment.status != "pending":
                return None
            if comment.snoozed_until is not None and comment.snoozed_until > now:
                return comment.snoozed_until
            for chat in await unit.owner_chats.linked():
                await self._show(unit, chat, comment, now)
        return None

    async def offer_all(self) -> None:
        """A chat was linked: what waits is shown there."""
        now = self._clock.now()
        async with self._units() as unit:
            waiting = (await unit.comments.page("pending", WAITING, now=now)).items
            await unit.lanes.wake_all(OFFER_COMMENT, [comment.id for comment in waiting], at=now)

    async def _show(self, unit: Unit, chat: OwnerChat, comment: Comment, now: datetime) -> None:
        snoozed = comment.snoozed_until
        occasion = mark_of(comment.text) + (f" {snoozed.isoformat()}" if snoozed else "")
        if await unit.comment_cards.was_shown(comment.id, chat.id, "card", occasion):
            return
        post = await unit.posts.get(comment.post_id)
        channel = await unit.channels.get(comment.channel_id)
        if post is None or channel is None or channel.comment_mode not in ("approve", "auto"):
            return
        account = await unit.commentators.get(comment.account_id)
        name = f"{account.title} (@{account.username})" if account else ""
        words, texts = card_text(
            comment, post, channel, name, language=chat.language, zone=self._zone
        )
        outbox_id = await self._chats.write(
            unit,
            chat,
            words,
            keyboard=card_keyboard(comment, texts, chat.language),
            note=f"card of comment {comment.id}",
        )
        card = ShownCard(comment.id, chat.id, "card", occasion)
        await unit.comment_cards.add(card, outbox_id=outbox_id, now=now)

    # --- what comes back

    async def press(self, press: IncomingPress) -> PressAnswer:
        """A tap on a button of a card; `is_handled` False: no button of ours."""
        pressed = read_press(press.data)
        if pressed is None:
            return PressAnswer(is_handled=False)
        async with self._units() as unit:
            chat = await unit.owner_chats.of_chat(press.account_id, press.chat_id)
        if chat is None or chat.user_id != press.sender_id or press.chat_type != "private":
            return PressAnswer(_word("not_yours", chat.language if chat else "ru"))
        done = await self._carry_out(pressed, chat)
        if done.note:
            await self._write(chat, done.note)
        return PressAnswer(done.toast[:MAX_TOAST])

    async def hear(self, message: IncomingMessage) -> bool:
        """A reply to a card: another wording, or the reason of a rejection. True: it was for us."""
        if message.reply_to is None or message.is_edit or message.chat_type != "private":
            return False
        async with self._units() as unit:
            chat = await unit.owner_chats.of_chat(message.account_id, message.chat_id)
            if chat is None or chat.user_id != message.sender_id:
                return False
            card = await unit.comment_cards.of_message(chat.id, message.reply_to)
        if card is None:
            return False
        if card.kind == "card":
            done = await self._edit(card.comment_id, message.text, chat)
        else:
            done = await self._reject(card.comment_id, message.text, chat)
        if done.note or done.toast:
            await self._write(chat, done.note or done.toast)
        return True

    # --- moves

    async def _carry_out(self, press: Press, chat: OwnerChat) -> _Done:
        comment = await self._comment(press.comment_id)
        if comment is None:
            return _Done(_word("gone", chat.language))
        if press.move == "approve":
            return await self._approve(comment, press, chat)
        if comment.status != "pending" and press.move != "reason":
            return _Done(STANDS[comment.status][chat.language])
        if press.move == "snooze":
            return await self._snooze(comment, chat)
        reason = reason_of(press, chat.language)
        if press.move == "reason" and reason is not None:
            return await self._reject(comment.id, reason, chat)
        return await self._ask_reason(comment, chat)

    async def _approve(self, comment: Comment, press: Press, chat: OwnerChat) -> _Done:
        texts = (comment.text, *comment.variants)
        text = next((one for one in texts if mark_of(one) == press.mark), None)
        if comment.status != "pending":
            return _Done(STANDS[comment.status][chat.language])
        if text is None:
            return _Done(_word("other_text", chat.language))
        try:
            approved = await self._approval.approve(comment.id, text, _approver(chat))
        except CandorError as error:
            return await self._failed(comment.id, error, chat)
        if approved.scheduled_for is None:
            words = _word("approved_no_slot", chat.language)
        else:
            at = in_zone(approved.scheduled_for, self._zone)
            words = _word("approved", chat.language).format(at=at)
        return _Done(words, words)

    async def _edit(self, comment_id: CommentId, text: str, chat: OwnerChat) -> _Done:
        """The new wording comes back as a card of its own: it needs its own approval."""
        try:
            edited = await self._approval.edit(comment_id, text)
        except CandorError as error:
            return await self._failed(comment_id, error, chat)
        return _Done("" if edited.status == "pending" else STANDS[edited.status][chat.language])

    async def _reject(self, comment_id: CommentId, reason: str, chat: OwnerChat) -> _Done:
        if not 0 < len(reason.strip()) <= MAX_REASON:
            why = _word("long_reason", chat.language)
            return _Done(_word("not_done", chat.language).format(why=why))
        try:
            rejected = await self._approval.reject(comment_id, reason, _approver(chat))
        except CandorError as error:
            return await self._failed(comment_id, error, chat)
        words = _word("rejected", chat.language).format(reason=rejected.reason)
        return _Done(words, words)

    async def _snooze(self, comment: Comment, chat: OwnerChat) -> _Done:
        until = self._clock.now() + SNOOZE
        try:
            await self._approval.snooze(comment.id, until)
        except CandorError as error:
            return await self._failed(comment.id, error, chat)
        return _Done(_word("snoozed", chat.language).format(at=in_zone(until, self._zone)))

    async def _ask_reason(self, comment: Comment, chat: OwnerChat) -> _Done:
        now = self._clock.now()
        occasion = f"{int(now.timestamp()) // 60}"
        async with self._units() as unit:
            if not await unit.comment_cards.was_shown(comment.id, chat.id, "reason", occasion):
                outbox_id = await self._chats.write(
                    unit,
                    chat,
                    _word("why", chat.language),
                    keyboard=reason_keyboard(comment.id, chat.language),
                    note=f"reason for rejecting comment {comment.id}",
                )
                card = ShownCard(comment.id, chat.id, "reason", occasion)
                await unit.comment_cards.add(card, outbox_id=outbox_id, now=now)
        return _Done(_word("asked", chat.language))

    # --- parts

    async def _failed(self, comment_id: CommentId, error: CandorError, chat: OwnerChat) -> _Done:
        """The refusal in the reader's words."""
        language = chat.language
        if isinstance(error, TextRefusedError):
            problems = "; ".join(
                dict.fromkeys(problem_words(one.message, language) for one in error.errors)
            )
            words = _word("refused", language).format(problems=problems[:600])
            return _Done(words, words)
        if isinstance(error, CommentChangedError):
            comment = await self._comment(comment_id)
            return _Done(STANDS[comment.status][language] if comment else _word("gone", language))
        why = {
            PermissionMissingError: _word("no_permission", language),
            BlockedByPolicyError: _word("blocked", language),
        }.get(type(error), error.message)
        return _Done(_word("not_done", language).format(why=why))

    async def _comment(self, comment_id: CommentId) -> Comment | None:
        async with self._units() as unit:
            return await unit.comments.get(comment_id)

    async def _write(self, chat: OwnerChat, words: str) -> None:
        async with self._units() as unit:
            await self._chats.write(unit, chat, words)


def _approver(chat: OwnerChat) -> Approver:
    return Approver(chat.operator_id, f"{chat.operator} (Telegram)")


def _word(key: str, language: Language) -> str:
    return WORDS[key][language]
