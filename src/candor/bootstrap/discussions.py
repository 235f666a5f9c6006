"""Connects commenting with what the Telegram edge hears in channels and their discussion groups."""

from collections.abc import Sequence

from candor.commenting.discussion import AccountMoved, DiscussionService, HeardMessage
from candor.commenting.engagement import EngagementService
from candor.commenting.monitor import ChannelMonitorService
from candor.commenting.post import AlbumId, ArrivedPost
from candor.commenting.private import PrivateMessageService
from candor.common.ids import TelegramChatId, TelegramMessageId
from candor.telegram.ports import ArrivedPost as SeenPost
from candor.telegram.ports import GroupMessage, Membership, Reactions


class DiscussionRoom:
    """`telegram.ports.DiscussionInbox`: the edge's words turned into the area's."""

    def __init__(
        self,
        monitor: ChannelMonitorService,
        discussion: DiscussionService,
        private: PrivateMessageService,
        engagement: EngagementService,
    ) -> None:
        self._monitor = monitor
        self._discussion = discussion
        self._private = private
        self._engagement = engagement

    async def receive_post(self, post: SeenPost) -> None:
        arrived = arrived_post(post)
        if post.edited_at is not None:
            await self._monitor.record_edit(arrived)
        else:
            await self._monitor.record_post(arrived)

    async def receive_message(self, message: GroupMessage) -> None:
        told = message.message
        if told.is_edit:
            return
        if told.direct_messages_topic_id is not None:
            await self._private.receive_for_channel(told)
            return
        await self._discussion.hear(
            HeardMessage(
                account_id=told.account_id,
                chat_id=told.chat_id,
                message_id=told.message_id,
                sender_id=told.sender_id,
                sender_name=" ".join(part for part in (told.first_name, told.last_name) if part),
                text=told.text,
                reply_to=told.reply_to,
                is_bot=told.is_bot,
                is_anonymous=message.sender_chat_id is not None,
                account_username=told.account_username,
            )
        )

    async def receive_reactions(self, change: Reactions) -> None:
        if change.total is not None:
            await self._engagement.count_reactions(change.chat_id, change.message_id, change.total)
            return
        await self._engagement.change_reactions(
            change.chat_id,
            change.message_id,
            change.difference,
            account_id=change.account_id,
            update_id=change.update_id,
        )

    async def receive_deletion(
        self, chat_id: TelegramChatId, message_ids: Sequence[TelegramMessageId]
    ) -> None:
        await self._monitor.record_deletion(chat_id, message_ids)

    async def receive_membership(self, change: Membership) -> None:
        if not change.is_us:
            return
        was_in = change.before in ("creator", "administrator", "member", "restricted")
        can_write = change.after != "restricted" or "can_send_messages" in change.rights
        await self._discussion.account_moved(
            AccountMoved(
                account_id=change.account_id,
                chat_id=change.chat_id,
                chat_type=change.chat_type,
                was_in=was_in,
                is_in=change.is_in,
                can_write=can_write,
                by=f"{change.by.name} ({change.by.id})",
            )
        )


def arrived_post(post: SeenPost) -> ArrivedPost:
    """The edge's words for a post as the area's."""
    return ArrivedPost(
        channel_chat_id=post.channel_id,
        message_id=post.message_id,
        text=post.text,
        posted_at=post.posted_at,
        account_id=post.account_id,
        discussion_chat_id=post.discussion_chat_id,
        discussion_message_id=post.discussion_message_id,
        media=() if post.kind == "text" else (post.kind,),
        links=post.links,
        album_id=AlbumId(post.album_id) if post.album_id else None,
        edited_at=post.edited_at,
    )
