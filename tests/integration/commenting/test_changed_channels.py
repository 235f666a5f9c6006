"""What happens to channels behind our back: renamed, made private, deleted, comments closed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.integration.commenting.conftest import APPROVER, CHANNEL_CHAT, GROUP_CHAT, Stage

from candor.commenting.administration import OwnRights
from candor.commenting.channel import Channel
from candor.commenting.comment import Comment
from candor.common.ids import AccountId, TelegramChatId
from candor.messaging.gateway import ChatClosedError, RejectedError


class Closing:
    """Wraps `describe`: these chats are gone, or not for us to see."""

    def __init__(self, stage: Stage, *gone: TelegramChatId) -> None:
        self.describe = stage.telegram.describe
        self.gone = set(gone)
        stage.telegram.describe = self  # type: ignore[method-assign,assignment]

    async def __call__(self, account_id: AccountId, chat: TelegramChatId | str) -> object:
        if chat in self.gone:
            raise RejectedError("chat not found")
        return await self.describe(account_id, chat)


async def waiting(stage: Stage) -> tuple[Channel, Comment]:
    """An approved comment whose slot is the next morning."""
    channel, _ = await stage.scripted()
    stage.clock.advance(timedelta(hours=12, minutes=30))
    pending = await stage.pending()
    await stage.approval.approve(pending.id, pending.text, APPROVER)
    return channel, pending


async def test_that_a_renamed_channel_is_known_by_its_new_name(stage: Stage) -> None:
    channel, comment = await waiting(stage)
    facts = stage.telegram.chats[CHANNEL_CHAT]
    stage.telegram.chats[CHANNEL_CHAT] = replace(facts, username="novye_slova", title="Новые слова")
    await stage.verification.verify_due(stage.lane("commenting.verify_channel", channel.id))
    seen = await stage.register.get(channel.id)
    assert (seen.username, seen.title) == ("novye_slova", "Новые слова")
    assert seen.permission is not None
    await stage.pass_time(timedelta(hours=11))
    assert "t.me/novye_slova/1" in (await stage.comment(comment.id)).permalink


async def test_that_a_channel_that_became_private_keeps_its_permission(stage: Stage) -> None:
    channel, comment = await waiting(stage)
    Closing(stage, CHANNEL_CHAT)
    await stage.verification.verify_due(stage.lane("commenting.verify_channel", channel.id))
    await stage.pass_time(timedelta(hours=11))
    assert (await stage.register.get(channel.id)).permission is not None
    assert (await stage.comment(comment.id)).status == "sent"


async def test_that_closed_comments_stop_the_queue(stage: Stage) -> None:
    channel, comment = await waiting(stage)
    group = stage.telegram.chats[GROUP_CHAT]
    stage.telegram.chats[GROUP_CHAT] = replace(group, linked_chat_id=None)
    await stage.verification.verify_due(stage.lane("commenting.verify_channel", channel.id))
    seen = await stage.register.get(channel.id)
    assert "comments are closed" in seen.problem
    gone = await stage.comment(comment.id)
    assert (gone.status, "closed" in gone.reason) == ("expired", True)
    await stage.pass_time(timedelta(hours=24))
    assert stage.telegram.sent == []


async def test_that_a_deleted_group_stops_the_queue(stage: Stage) -> None:
    channel, comment = await waiting(stage)
    Closing(stage, CHANNEL_CHAT, GROUP_CHAT)
    stage.telegram.rights = OwnRights(is_member=False, can_see_posts=False, can_write=False)
    await stage.verification.verify_due(stage.lane("commenting.verify_channel", channel.id))
    assert (await stage.comment(comment.id)).status == "expired"
    assert (await stage.register.get(channel.id)).problem


@pytest.mark.parametrize("error", [ChatClosedError(), RejectedError("CHANNEL_PRIVATE")])
async def test_that_a_channel_that_is_gone_at_the_moment_of_sending_is_left_alone(
    stage: Stage, error: Exception
) -> None:
    channel, comment = await waiting(stage)
    stage.telegram.fails.append(error)
    await stage.pass_time(timedelta(hours=11))
    assert (await stage.comment(comment.id)).status == "failed"
    assert (await stage.register.get(channel.id)).paused_at is not None
    await stage.pass_time(timedelta(hours=24))
    assert stage.telegram.sent == []


async def test_that_a_post_without_open_comments_gets_none(stage: Stage) -> None:
    await stage.scripted()
    closed = stage.arrived(discussion_chat_id=None, discussion_message_id=None)
    await stage.monitor.record_post(closed)
    await stage.pass_time(timedelta(minutes=1))
    assert await stage.reasons() == [
        "no_thread: The post has no comments open, so there is no place for one."
    ]
    assert stage.model.calls == 0
