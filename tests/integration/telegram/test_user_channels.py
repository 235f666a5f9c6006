"""Channels by a user session: posts as they come, their deletion, and the history with its threads."""

from types import SimpleNamespace
from typing import Any

import pytest
from tests.integration.telegram.test_user_sessions import owner  # noqa: F401

from candor.bootstrap.channel_history import UserHistory


class Sessions:
    """The facade that the catch-up reads through, over this test's session."""

    def __init__(self, made: Any) -> None:
        self.made = made
        self.looked_up: list[int] = []

    async def history(self, account_id: int, channel_id: int, *, after: int | None = None) -> Any:
        return await self.made.chats.history(account_id, channel_id, after=after)

    async def discussion_of(self, account_id: int, channel_id: int, message_id: int) -> Any:
        self.looked_up.append(message_id)
        return await self.made.chats.discussion_of(account_id, channel_id, message_id)


@pytest.fixture
async def channel(owner: Any, until: Any) -> Any:  # noqa: F811
    """The owner's channel, read by the signed-in session."""
    account = await owner.signed_in()
    await owner.sessions.start()
    await until(lambda: owner.runtime.running)
    await owner.station.post("/channels", username="mayak", title="М", owner_id=owner.user_id)
    client = await owner.runtime.client_of(account.id)
    chat_id = int(f"-100{(await client.get_entity('mayak')).id}")
    return SimpleNamespace(account=account, chat_id=chat_id)


async def test_that_a_post_of_an_allowed_channel_is_told_as_it_comes(owner, channel, until):  # noqa: F811
    owner.our_chats.add(channel.chat_id)
    made = await owner.station.post("/channels/mayak/posts", text="Новый поток")
    await until(lambda: owner.station.recorder.told)
    post = owner.station.recorder.told[0]
    assert (post.channel_id, post.message_id, post.text) == (
        channel.chat_id,
        made["message_id"],
        "Новый поток",
    )


async def test_that_deletions_are_told_of_allowed_channels_only(owner, channel):  # noqa: F811
    session = owner.runtime._sessions[channel.account.id]
    event = SimpleNamespace(chat_id=channel.chat_id, deleted_ids=[5, 6])
    await owner.runtime._take_deletion(session, event)
    assert owner.station.recorder.told == []
    owner.our_chats.add(channel.chat_id)
    await owner.runtime._take_deletion(session, event)
    assert owner.station.recorder.told == [(channel.chat_id, (5, 6))]


async def test_that_history_comes_with_threads_that_are_looked_up_once(owner, channel):  # noqa: F811
    made = await owner.station.post("/channels/mayak/posts", text="Новый поток")
    sessions = Sessions(owner)
    history = UserHistory(owner.station.units, sessions, owner)
    assert await history.read(channel.chat_id, after=None) is None
    owner.our_chats.add(channel.chat_id)
    for _ in range(2):
        (post,) = await history.read(channel.chat_id, after=None)
    assert (post.discussion_chat_id, post.discussion_message_id) == (
        made["discussion_chat_id"],
        made["discussion_message_id"],
    )
    assert sessions.looked_up == [made["message_id"]]
