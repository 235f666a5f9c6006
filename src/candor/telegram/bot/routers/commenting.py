"""`CommentHandler`: channels' posts, and what is written in their discussion groups."""

from aiogram import F, Router
from aiogram.filters import BaseFilter
from aiogram.types import (
    ChatMemberUpdated,
    Message,
    MessageReactionCountUpdated,
    MessageReactionUpdated,
    Update,
)

from candor.telegram.bot.seat import Seat
from candor.telegram.bot.translation import (
    channel_post,
    forwarded_post,
    group_message,
    incoming,
    membership,
    reaction_change,
    reaction_count,
)
from candor.telegram.ports import DiscussionInbox

_GROUPS = F.chat.type.in_({"group", "supergroup"})


class OfCommentator(BaseFilter):
    """The update came to an account whose role is to comment."""

    async def __call__(self, event: object, seat: Seat) -> bool:
        return seat.account.role == "commentator"


class CommentHandler:
    """Hands posts to commenting whichever bot saw them, group messages of commentators only."""

    def __init__(self, discussions: DiscussionInbox) -> None:
        self._discussions = discussions

    def router(self) -> Router:
        router = Router(name="commenting")
        for observer in (router.message, router.edited_message):
            observer.register(self.forwarded_post, _GROUPS, F.is_automatic_forward)
        router.message.register(self.message, _GROUPS, OfCommentator())
        router.edited_message.register(self.edited_message, _GROUPS, OfCommentator())
        router.channel_post.register(self.channel_post)
        router.edited_channel_post.register(self.channel_post)
        router.my_chat_member.register(self.our_place, F.chat.type == "channel")
        router.my_chat_member.register(self.our_place, _GROUPS, OfCommentator())
        router.message_reaction.register(self.reaction, OfCommentator())
        router.message_reaction_count.register(self.reactions, OfCommentator())
        return router

    async def forwarded_post(self, message: Message, seat: Seat) -> None:
        post = forwarded_post(message, account_id=seat.account_id)
        if post is not None:
            await self._discussions.receive_post(post)

    async def channel_post(self, message: Message, seat: Seat) -> None:
        await self._discussions.receive_post(channel_post(message, account_id=seat.account_id))

    async def message(self, message: Message, seat: Seat) -> None:
        await self._receive(message, seat, is_edit=False)

    async def edited_message(self, message: Message, seat: Seat) -> None:
        await self._receive(message, seat, is_edit=True)

    async def our_place(self, change: ChatMemberUpdated, seat: Seat) -> None:
        changed = membership(change, account_id=seat.account_id, is_us=True)
        await self._discussions.receive_membership(changed)

    async def reaction(
        self, change: MessageReactionUpdated, seat: Seat, event_update: Update
    ) -> None:
        told = reaction_change(change, account_id=seat.account_id, update_id=event_update.update_id)
        await self._discussions.receive_reactions(told)

    async def reactions(
        self, change: MessageReactionCountUpdated, seat: Seat, event_update: Update
    ) -> None:
        told = reaction_count(change, account_id=seat.account_id, update_id=event_update.update_id)
        await self._discussions.receive_reactions(told)

    async def _receive(self, message: Message, seat: Seat, *, is_edit: bool) -> None:
        heard = incoming(
            message, account_id=seat.account_id, username=seat.username, is_edit=is_edit
        )
        if heard is not None:
            told = group_message(message, heard, our_id=seat.telegram_id)
            await self._discussions.receive_message(told)
