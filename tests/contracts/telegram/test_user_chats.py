"""What only a user session can do in chats, on the double and on every MTProto server that is named."""

import secrets

import pytest
from tests.contracts.telegram.mtproto_servers import ACCOUNT

from candor.messaging.gateway import ChatClosedError, RejectedError, SendText


async def test_that_a_group_is_made_listed_as_own_and_joined_by_request_only(mtproto):
    chats, directory = await mtproto.chats()
    title = f"Учёба {secrets.token_hex(4)}"
    chat_id = await chats.make_group(ACCOUNT, title=title, about="Группа", bots=[])
    (own,) = [c for c in await directory.own_chats(ACCOUNT) if c.chat_id == chat_id]
    assert (own.title, own.kind, own.is_own) == (title, "group", True)
    link = await chats.create_join_link(ACCOUNT, chat_id, name="Анна")
    assert link.startswith("http")


async def test_that_what_was_said_in_a_chat_of_ours_is_read_in_order(mtproto):
    chats, _ = await mtproto.chats()
    chat_id = await chats.make_group(ACCOUNT, title="Заметки", about="", bots=[])
    gateway = await mtproto.gateway()
    await gateway._client.get_dialogs()
    for number in range(3):
        random_id = secrets.randbits(62)
        await gateway.send_text(SendText(chat_id, f"заметка {number}", random_id))
    posts = await chats.history(ACCOUNT, chat_id)
    assert [p.text for p in posts if p.text] == ["заметка 0", "заметка 1", "заметка 2"]
    later = await chats.history(ACCOUNT, chat_id, after=posts[-2].message_id)
    assert [p.text for p in later] == ["заметка 2"]


async def test_that_a_name_that_nobody_has_finds_nothing(mtproto):
    _, directory = await mtproto.chats()
    assert await directory.find_chat(ACCOUNT, f"nobody_{secrets.token_hex(6)}") is None


async def test_that_a_chat_that_the_account_does_not_know_is_closed_to_it(mtproto):
    chats, _ = await mtproto.chats()
    with pytest.raises((ChatClosedError, RejectedError)):
        await chats.history(ACCOUNT, -1009999999999)
