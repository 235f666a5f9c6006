"""A user session reads what no bot has told us of: new posts, edits, deletions, counters."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.integration.commenting.conftest import (
    APPROVER,
    CHANNEL_CHAT,
    GROUP_CHAT,
    POST_TEXT,
    READER,
    FakeCounters,
    FakeHistory,
    Stage,
)

from candor.commenting.comment import Comment, Engagement
from candor.commenting.engagement import AGES
from candor.commenting.lanes import CATCH_UP
from candor.commenting.paging import Page
from candor.commenting.post import AlbumId, Post
from candor.common.clock import FrozenClock
from candor.common.ids import ChannelId, TelegramMessageId
from candor.storage.unit_of_work import Units


@pytest.fixture
def history() -> FakeHistory:
    return FakeHistory()


@pytest.fixture
def counters(clock: FrozenClock) -> FakeCounters:
    made = FakeCounters()
    made.clock = clock
    return made


@pytest.fixture
def stage(
    units: Units,
    engine: AsyncEngine,
    clock: FrozenClock,
    history: FakeHistory,
    counters: FakeCounters,
) -> Stage:
    return Stage(units, engine, clock, history=history, counters=counters)


async def posts_of(stage: Stage, channel_id: ChannelId) -> list[Post]:
    posts, _total = await stage.register.posts(channel_id, Page(1, 50))
    return sorted(posts, key=lambda post: post.message_id)


async def test_that_a_missed_post_is_caught_up_and_commented(
    stage: Stage, history: FakeHistory
) -> None:
    channel, _ = await stage.scripted()
    history.posts = [stage.arrived(4)]
    await stage.pass_time(timedelta(minutes=1))
    (post,) = await posts_of(stage, channel.id)
    assert post.text == POST_TEXT
    assert len(await stage.comments("pending")) == 1
    assert (await stage.register.get(channel.id)).history_read_to == 4


async def test_that_what_a_bot_has_told_is_not_stored_twice(
    stage: Stage, history: FakeHistory
) -> None:
    channel, _ = await stage.scripted()
    await stage.monitor.record_post(stage.arrived(4))
    history.posts = [stage.arrived(4, discussion_chat_id=None, discussion_message_id=None)]
    await stage.pass_time(timedelta(minutes=30))
    (post,) = await posts_of(stage, channel.id)
    assert post.discussion_message_id == 1004


async def test_that_an_album_is_read_as_one_post_each_time(
    stage: Stage, history: FakeHistory
) -> None:
    channel, _ = await stage.scripted(comment_mode="off")
    album = [
        stage.arrived(4, "", album_id=AlbumId("a"), media=("photo",)),
        stage.arrived(5, POST_TEXT, album_id=AlbumId("a"), media=("video",)),
    ]
    history.posts = list(album)
    await stage.monitor.record_post(album[1])
    for _ in range(3):
        await stage.pass_time(timedelta(minutes=10))
    (post,) = await posts_of(stage, channel.id)
    assert (post.text, len(post.media)) == (POST_TEXT, 1)


async def test_that_an_edit_that_no_bot_saw_voids_the_approval(
    stage: Stage, history: FakeHistory
) -> None:
    await stage.scripted()
    pending = await stage.pending()
    stage.clock.advance(timedelta(hours=11, minutes=50))  # late in the evening in Moscow
    await stage.approval.approve(pending.id, pending.text, APPROVER)
    edited = stage.arrived(1, POST_TEXT + " Поправка.", posted_at=pending.created_at)
    history.posts = [replace(edited, edited_at=stage.clock.now())]
    await stage.run_lanes(CATCH_UP)
    assert (await stage.comment(pending.id)).status == "expired"


async def test_that_a_post_that_is_gone_takes_its_comment_back(
    stage: Stage, history: FakeHistory
) -> None:
    channel, _ = await stage.scripted(daily_cap=3)
    pending = await stage.pending()
    history.posts = [stage.arrived(2, POST_TEXT + " Ещё один.")]
    await stage.pass_time(timedelta(minutes=10))
    assert (await stage.comment(pending.id)).status == "expired"
    gone, _newer = await posts_of(stage, channel.id)
    assert gone.deleted_at is not None


async def test_that_an_empty_answer_deletes_nothing(stage: Stage, history: FakeHistory) -> None:
    await stage.scripted()
    pending = await stage.pending()
    for answer in ([], None):
        history.posts = answer
        await stage.pass_time(timedelta(minutes=10))
    assert (await stage.comment(pending.id)).status == "pending"
    assert len(history.asked) >= 2


async def test_that_nothing_is_read_before_the_permission_or_after_its_end(
    stage: Stage, history: FakeHistory
) -> None:
    history.posts = [stage.arrived(3, posted_at=stage.clock.now() - timedelta(hours=1))]
    channel, _ = await stage.scripted()
    await stage.pass_time(timedelta(minutes=1))
    assert await posts_of(stage, channel.id) == []
    asked = len(history.asked)
    await stage.permissions.revoke(channel.id, by="Ольга", reason="передумала")
    history.posts = [stage.arrived(5)]
    await stage.pass_time(timedelta(hours=1))
    assert len(history.asked) == asked
    assert await posts_of(stage, channel.id) == []


async def test_that_our_own_channel_is_followed_once_our_bot_is_in_it_and_never_commented(
    stage: Stage, history: FakeHistory
) -> None:
    account = await stage.add_account()
    channel = await stage.add_channel(is_own=True)
    await stage.monitor.record_post(stage.arrived(1))
    assert await posts_of(stage, channel.id) == []
    moved = replace(stage.moved(account, is_in=True), chat_id=CHANNEL_CHAT, chat_type="channel")
    await stage.discussion.account_moved(moved)
    await stage.monitor.record_post(stage.arrived(2))
    history.posts = [stage.arrived(2), stage.arrived(3, POST_TEXT + " Ещё.")]
    await stage.pass_time(timedelta(minutes=1))
    assert [post.gate_code for post in await posts_of(stage, channel.id)] == ["no_permission"] * 2
    assert stage.model.calls == 0


async def test_that_being_added_to_a_strangers_channel_follows_nothing(stage: Stage) -> None:
    account = await stage.add_account()
    channel = await stage.add_channel()
    moved = replace(stage.moved(account, is_in=True), chat_id=CHANNEL_CHAT, chat_type="channel")
    await stage.discussion.account_moved(moved)
    await stage.monitor.record_post(stage.arrived(2))
    assert await posts_of(stage, channel.id) == []


# --- counters


async def published(stage: Stage) -> Comment:
    await stage.scripted()
    pending = await stage.pending()
    await stage.approval.approve(pending.id, pending.text, APPROVER)
    await stage.run_lanes()
    return await stage.comment(pending.id)


async def test_that_counters_are_read_at_growing_distances_and_then_let_be(
    stage: Stage, counters: FakeCounters
) -> None:
    comment = await published(stage)
    assert comment.sent_at is not None
    counters.seen = Engagement(views=120, replies=2, reactions=5)
    for age in AGES:
        await stage.until(comment.sent_at + age)
    assert [at - comment.sent_at for at in counters.looks] == list(AGES)
    assert (await stage.comment(comment.id)).engagement == counters.seen
    await stage.pass_time(timedelta(days=40))
    assert len(counters.looks) == len(AGES)


async def test_that_reactions_are_counted_where_bots_are_told(stage: Stage) -> None:
    comment = await published(stage)
    number = TelegramMessageId(comment.message_id or 0)
    for update, difference in enumerate((1, 1, -1)):
        await stage.engagement.change_reactions(
            GROUP_CHAT, number, difference, account_id=comment.account_id, update_id=update
        )
    assert (await stage.comment(comment.id)).engagement.reactions == 1
    await stage.engagement.count_reactions(GROUP_CHAT, number, 9)
    assert (await stage.comment(comment.id)).engagement.reactions == 9
    await stage.engagement.change_reactions(
        GROUP_CHAT, TelegramMessageId(5), 1, account_id=comment.account_id, update_id=9
    )
    assert (await stage.comment(comment.id)).engagement.reactions == 9


async def test_that_a_reaction_told_once_more_after_a_crash_counts_once(stage: Stage) -> None:
    comment = await published(stage)
    number = TelegramMessageId(comment.message_id or 0)
    for update in (71, 72, 71, 72, 73):
        await stage.engagement.change_reactions(
            GROUP_CHAT, number, 1, account_id=comment.account_id, update_id=update
        )
    assert (await stage.comment(comment.id)).engagement.reactions == 3


async def test_that_a_long_row_of_reactions_is_remembered_as_far_as_one_batch(stage: Stage) -> None:
    comment = await published(stage)
    number = TelegramMessageId(comment.message_id or 0)
    async with stage.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE generated_comments SET reaction_updates ="
                " ARRAY(SELECT generate_series(1, 500))"
            )
        )
    for update in (501, 500, 401):
        await stage.engagement.change_reactions(
            GROUP_CHAT, number, 1, account_id=comment.account_id, update_id=update
        )
    assert (await stage.comment(comment.id)).engagement.reactions == 1
    async with stage.engine.connect() as connection:
        kept = await connection.scalar(
            text("SELECT cardinality(reaction_updates) FROM generated_comments")
        )
    assert kept == 300


async def test_that_two_bots_in_one_group_count_a_reaction_and_a_reply_once(stage: Stage) -> None:
    comment = await published(stage)
    other = await stage.add_account("mayak_second_bot")
    number = TelegramMessageId(comment.message_id or 0)
    for account, update in ((comment.account_id, 5), (other, 800)):
        await stage.engagement.change_reactions(
            GROUP_CHAT, number, 1, account_id=account, update_id=update
        )
    said = stage.heard("А сколько карточек в день?", by=READER, reply_to=number)
    for account in (comment.account_id, other):
        await stage.discussion.hear(replace(said, account_id=account))
    seen = (await stage.comment(comment.id)).engagement
    assert (seen.reactions, seen.replies) == (1, 1)
